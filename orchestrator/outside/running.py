"""A program run under limits: started by its keeper, heard until its end, and gone afterwards with all that it started.

What it may not pass: time, silence, what it writes to stdout and stderr, the memory and the number of all its processes
together, the size of one file, and the processor time of one process. What the system cannot hold is told in `unheld`.

This is no sandbox: the program runs as the user, may read what the user may read, write elsewhere, and use the network.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from orchestrator.model.outside import CannotRun
from orchestrator.outside.cgroups import cgroup_of, has_refused
from orchestrator.outside.hearing import MARGIN, Heard, Listener
from orchestrator.outside.limits import USUAL, Limits, killed, size

_KEEPER = Path(__file__).with_name("keeper.py")
OPEN = (
    "the program's own view: it sees the other processes, and what stands in the environment of those of the same user"
)
"""What no system holds that gives no namespaces."""
_UNBOUNDED = (
    "a program that starts processes without end: they are counted and killed, but no kernel's limit stops it",
)
_BARE = (
    "processes that leave the program's process group",
    "the memory and the number of all its processes together; each has the limit for itself",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. `status` is None where it did not end by itself, and `why` says what happened."""

    status: int | None
    stdout: bytes
    stderr: bytes
    why: str | None = None
    unheld: tuple[str, ...] = ()
    """What this system could not hold."""
    signal: int | None = None
    """The signal that it died of, where that was none of ours."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What goes between a program and us beside its outputs."""

    stdin: bytes = b""
    hear: Callable[[bytes], None] | None = None
    """Called with each piece of stdout as it comes; it raises nothing."""
    inherited: tuple[int, ...] = ()
    """Descriptors that it is to find open."""
    is_wrapped: bool = False
    """Whether it stands between us and another (as bwrap does): SIGTERM goes to what it started, not to itself."""


def run(
    argv: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    limits: Limits = USUAL,
    lines: Lines = Lines(),
    *,
    is_open: bool = False,
) -> Ended:
    """Run a program in a folder to its end, and end all that it started.

    `argv[0]` is an absolute path. `is_open`: without namespaces of its own, as where the system has none. Raises
    CannotRun where it cannot be started.
    """
    modes = ("open",) if is_open else ("closed", "open")
    with cgroup_of(limits.processes) as cgroup:
        for mode in modes:
            with _filled(lines.stdin) as given:
                told = [mode, cgroup, str(given), "wrapped" if lines.is_wrapped else "bare", *_bounds(limits), *argv]
                passed = (*lines.inherited, given) if given >= 0 else lines.inherited
                with _kept(told, folder, environ, passed) as (process, report):
                    heard = Listener(process, report, limits, lines.hear).listen()
            if heard.word != "open":
                break
        if has_refused(cgroup):
            heard = replace(heard, word="processes")
    return _ended(heard, limits, _unheld(mode, cgroup), argv[0])


# --- the keeper ------------------------------------------------------------------------------------------------------


@contextmanager
def _filled(content: bytes) -> Iterator[int]:
    """Lay content down as a file without a name, to be read from its beginning; -1 for none.

    No pipe: nobody has to write to a program that may never read.
    """
    if not content:
        yield -1
        return
    given = _nameless(content)
    try:
        yield given
    finally:
        os.close(given)


def _nameless(content: bytes) -> int:
    if sys.platform == "linux":  # held in memory, so that it can be opened again as /dev/stdin under any sandbox
        with open(os.memfd_create("stdin"), "wb") as file:
            file.write(content)
            file.flush()
            return os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY)
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return os.open(file.name, os.O_RDONLY)


@contextmanager
def _kept(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], inherited: Sequence[int]
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    told, telling = os.pipe()
    command = [sys.executable, "-I", "-S", str(_KEEPER), str(telling), *arguments]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(telling, *inherited),
            start_new_session=True,  # a Ctrl-C at the terminal is ours to answer
            bufsize=0,
        )
    except (OSError, ValueError) as exc:  # too many arguments, or a NUL in one
        os.close(told)
        raise CannotRun(f"the program cannot be started: {exc}") from exc
    finally:
        os.close(telling)
    with open(told, "rb", buffering=0) as report:
        try:
            yield process, report
        finally:
            _end(process)


def _bounds(limits: Limits) -> Iterator[str]:
    whole = (int(limits.grace * 1000), limits.memory, limits.file, limits.processes, limits.cpu)
    return map(str, whole)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let go of the keeper, which then kills what it keeps, and wait until it has. It is never killed itself."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(MARGIN)
    except subprocess.TimeoutExpired as exc:
        raise CannotRun(f"the program cannot be ended; process {process.pid} goes on trying") from exc
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def _ended(heard: Heard, limits: Limits, unheld: tuple[str, ...], program: str) -> Ended:
    if heard.word == "absent":
        raise CannotRun(f"{program} cannot be started: {os.strerror(heard.number)}")
    why = heard.why or _why(heard, limits)
    status = heard.number if why is None else None
    died_of = heard.number if heard.word == "signal" and heard.why is None else None
    return Ended(status, heard.stdout, heard.stderr, why, unheld, died_of)


def _why(heard: Heard, limits: Limits) -> str | None:
    match heard.word:
        case "exit":
            return None
        case "signal":
            return killed(heard.number, limits)
        case "memory":
            return f"held more than {size(limits.memory)} of memory"
        case "processes":
            return f"ran more than {limits.processes} processes at a time"
    return "was ended by something outside, and its end was not seen"


def _unheld(mode: str, cgroup: str) -> tuple[str, ...]:
    return (
        *(_UNBOUNDED if os.geteuid() == 0 and cgroup == "-" else ()),
        *((OPEN,) if mode == "open" else ()),
        *(() if sys.platform.startswith("linux") else _BARE),
    )
