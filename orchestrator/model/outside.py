"""What a check may ask for beyond its files, as values: a program run, an address asked. Nothing here does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


class CannotRun(Exception):
    """The check itself could not run: neither pass nor fail. Its text says why."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A program to be run, by the name that the base's settings know it by, in a folder that holds `files`."""

    name: str
    files: Mapping[str, bytes]
    arguments: tuple[str, ...] = ()
    """Put behind the argv of the settings."""
    timeout: float = 60.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """How a program ended. `status` is its exit code; None where it had to be killed, and `why` says what for."""

    status: int | None
    stdout: bytes
    stderr: bytes
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a web address answered: a status such as 404; None where nobody answered, and `why` says it."""

    status: int | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class ScratchCall:
    """A program to be run as an agent, in a scratch checkout that holds just `files`; its work is what changes there.

    Paths of `files` are relative to the job's directory; a leading `/` is the workspace's root.
    """

    argv: tuple[str, ...]
    """The program, as the settings name it (a name in the PATH, or an absolute path), and all its arguments."""
    files: Mapping[str, bytes]
    stdin: bytes = b""
    handed: Mapping[str, bytes] = field(default_factory=dict)
    """File name → content, laid in a folder beside the checkout whose path is in the environment as HANDED."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """What it finds in its environment beyond PATH, HOME, TMPDIR, LANG."""
    sees: tuple[str, ...] = ()
    """Absolute folders that it may read beyond the system's programs."""
    network: tuple[str, ...] = ()
    """`host:port` that it may reach, through a proxy that HTTPS_PROXY and HTTP_PROXY name; empty: no network."""
    timeout: float = 300.0
    """Seconds of wall time."""
    idle: float | None = None
    """Seconds without a byte of output; None: as long as the timeout."""
    hear: Callable[[bytes], None] | None = None
    """Called with each piece of stdout as it comes; it raises nothing."""


@dataclass(frozen=True, slots=True)
class ScratchEnd:
    """How it ended, and all that stands in its checkout then. `status` is None where it had to be killed: see `why`."""

    status: int | None
    stdout: bytes
    stderr: bytes
    files: Mapping[str, bytes]
    """Every regular file that is there now, at its job path; `job/` comes out as is, `workspace/x` as `/x`."""
    odd: Mapping[str, str] = field(default_factory=dict)
    """Path → what stands there that is no plain file of one name: `a symbolic link`, `a FIFO`, `has the setuid bit`,
    `has another name too (a hard link)`, `is larger than 5 MB`. Nothing of it was read."""
    why: str | None = None
    sandbox: str = "none"
    """`bubblewrap`, `landlock`, or `none`."""
    unheld: tuple[str, ...] = ()
    """What this system could not hold."""
    written: bytes | None = None
    """Stdout byte for byte, where paths of the scratch checkout are made the job's own in `stdout`."""
