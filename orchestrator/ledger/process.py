"""How git is run: fixed plumbing arguments, the caller's GIT_* gone, no hook, no prompt, no shell.

No argument comes from a file unless `--end-of-options` or `--` stands before it; what is written goes in on stdin.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.errors import LedgerError, WorkspaceError
from orchestrator.ledger.values import Clock
from orchestrator.model.names import AGENT_DOMAIN, ORCHESTRATOR, shown

OLDEST_GIT = (2, 39)

_HERMETIC: Mapping[str, str] = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_COMMITTER_NAME": ORCHESTRATOR,
    "GIT_COMMITTER_EMAIL": f"{ORCHESTRATOR}@{AGENT_DOMAIN}",
    "LC_ALL": "C",
}
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "gc.auto=0",
    "core.fsync=committed",
)
_OPTIONS = tuple(part for setting in _SETTINGS for part in ("-c", setting))
# Where the user's own configuration is; the only GIT_* that are the user's word and no redirection of the repository.
_CONFIG_PLACES = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"})


@dataclass(frozen=True, slots=True)
class Ran:
    """What a git command came to."""

    status: int
    out: bytes
    error: str


@dataclass(frozen=True, slots=True)
class Git:
    """A way to run git in one folder. `safe` are the folders that the user trusts (safe.directory)."""

    folder: Path
    environ: Mapping[str, str]
    clock: Clock
    safe: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    """Variables of ours for this folder alone, such as GIT_INDEX_FILE."""

    def run(self, *args: str, stdin: bytes = b"") -> bytes:
        """Return what the command printed. Raises LedgerError with git's own words when it fails."""
        ran = self.attempt(*args, stdin=stdin)
        if ran.status:
            hint = "orchestrator doctor looks for what is wrong with the repository"
            raise LedgerError(f"git {args[0]} failed: {ran.error or f'exit {ran.status}'}", hint=hint)
        return ran.out

    def attempt(self, *args: str, stdin: bytes = b"") -> Ran:
        """Run the command and return its end, good or bad."""
        return _run([*self.argv(), *args], self.folder, self.hermetic(), stdin)

    def argv(self) -> list[str]:
        """Return the beginning of every command line."""
        trusted = [part for folder in self.safe for part in ("-c", f"safe.directory={folder}")]
        return ["git", *_OPTIONS, *trusted]

    def hermetic(self) -> dict[str, str]:
        """Return the environment of a command: the caller's without GIT_*, then ours."""
        date = {"GIT_COMMITTER_DATE": f"@{self.clock()} +0000"}
        return {**without_git(self.environ), **_HERMETIC, **date, **self.more}

    def lasting(self) -> dict[str, str]:
        """Return the environment of a process that lives on: it dates by the clock, unless that stands still."""
        environ = self.hermetic()
        if not self.environ.get("SOURCE_DATE_EPOCH"):
            del environ["GIT_COMMITTER_DATE"]
        return environ

    def user_config(self) -> "Config":
        """Return the configuration as the user sees it: system, global, repository."""
        ran = self.as_user("config", "--list", "--show-scope", "-z")
        if ran.status:
            hint = "mend the file that git names: git config --list shows it too"
            raise WorkspaceError(f"git cannot read its configuration: {ran.error}", hint=hint)
        return Config.parse(ran.out)

    def as_user(self, *args: str) -> Ran:
        """Run the command under the user's own configuration: what a remote asks for (credentials) stands there."""
        places = {key: value for key, value in self.environ.items() if key in _CONFIG_PLACES}
        environ = {**without_git(self.environ), **places, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
        return _run(["git", *args], self.folder, environ, b"")

    def version(self) -> tuple[int, ...]:
        """Return git's version. Raises WorkspaceError where there is no git."""
        ran = _run(["git", "version"], self.folder, without_git(self.environ), b"")
        found = re.search(rb"(\d+)\.(\d+)(?:\.(\d+))?", ran.out)
        if found is None:
            said = shown(ran.out.decode("utf-8", "replace"))
            raise WorkspaceError(f"git does not say its version: {said}", hint="install git 2.39 or newer")
        return tuple(int(part) for part in found.groups() if part is not None)


@dataclass(frozen=True, slots=True)
class Config:
    """git's configuration: key (section and name in lower case) → every value, weakest first."""

    values: Mapping[str, tuple[str, ...]]
    protected: Mapping[str, tuple[str, ...]]
    """The same without what the repository says of itself."""

    @classmethod
    def parse(cls, listing: bytes) -> "Config":
        """Read what `git config --list --show-scope -z` prints. A key without a value means true."""
        values: dict[str, tuple[str, ...]] = {}
        protected: dict[str, tuple[str, ...]] = {}
        parts = listing.decode("utf-8", "surrogateescape").split("\0")
        for scope, item in zip(parts[::2], parts[1::2], strict=False):
            key, found, value = item.partition("\n")
            for kept in (values, protected) if scope in {"system", "global"} else (values,):
                kept[key] = (*kept.get(key, ()), value if found else "true")
        return cls(values, protected)

    def get(self, key: str) -> str | None:
        """Return the value that counts, or None."""
        return self.values.get(key, (None,))[-1]

    def trusted(self) -> tuple[str, ...]:
        """Return the folders of other owners that the user trusts (safe.directory)."""
        return self.protected.get("safe.directory", ())

    def remotes(self) -> tuple[str, ...]:
        """Return the names of the remotes that have an address."""
        found = (re.fullmatch(r"remote\.(.+)\.url", key, re.DOTALL) for key in self.values)
        return tuple(match[1] for match in found if match)


def without_git(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the variables by which a caller's git would steer ours."""
    return {key: value for key, value in environ.items() if not key.startswith("GIT_")}


def _run(argv: Sequence[str], folder: Path, environ: Mapping[str, str], stdin: bytes) -> Ran:
    try:
        done = subprocess.run(argv, cwd=folder, env=dict(environ), input=stdin, capture_output=True, check=False)
    except PermissionError as error:
        raise WorkspaceError(f"{folder} may not be entered", hint="run as a user who may read it") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        if not folder.is_dir():
            raise WorkspaceError(
                f"there is no folder {folder}", hint="go to the repository, or name it: orchestrator -C DIR"
            ) from error
        raise WorkspaceError("git is not installed, or not in the PATH", hint="install git 2.39 or newer") from error
    return Ran(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())
