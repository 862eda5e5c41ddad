"""What a program needs to find outside its scratch folder: the system's programs, and where it lives itself.

Never a home, a temporary folder or a repository: where the program stands in one of those, its file alone is seen.
It looks at the program's file and links; it runs nothing.
"""

import os
import pwd
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from orchestrator.model.names import shown
from orchestrator.model.outside import CannotRun

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = tuple(
    f"/etc/{name}"
    for name in (
        "alternatives",
        "ca-certificates.conf",
        "gai.conf",
        "host.conf",
        "hosts",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "localtime",
        "mime.types",
        "nsswitch.conf",
        "pki/ca-trust/extracted",
        "pki/tls/certs",
        "protocols",
        "resolv.conf",
        "services",
        "ssl/certs",
        "ssl/openssl.cnf",
    )
)
"""Files of /etc that programs need, none of them with a secret: /etc/ssl/private is left out, for one."""

_WIDE = frozenset(
    {"/", "/boot", "/dev", "/etc", "/home", "/media", "/mnt", "/opt", "/proc", "/run", "/srv", "/sys", "/tmp", "/var"}
)
_MARKS = (".git", ".ssh", ".gnupg", ".aws", ".config", ".netrc")
"""What stands in a home or a repository."""
_MOST_LINKS = 40


def seen_by(program: str, path: str) -> tuple[str, ...]:
    """Return the folders and files, beyond SYSTEM, in which a program and what interprets it live.

    `program` is absolute; `path` is where an interpreter after `#!/usr/bin/env` is looked for.
    """
    found = dict.fromkeys(chain.from_iterable(map(_home, _interpreted(program, path))))
    return tuple(each for each in found if not is_systems(each))


def asked(folders: tuple[str, ...]) -> tuple[str, ...]:
    """Return the folders that the settings let a program see. Raises CannotRun where one is not there, or is `/`."""
    for folder in folders:
        if not folder.startswith("/") or os.path.normpath(folder).strip("/") == "":
            raise CannotRun(f"{shown(folder)} cannot be seen: sees of a command takes absolute folders other than /")
        if not os.path.exists(folder):
            raise CannotRun(
                f"{shown(folder)} cannot be seen: it is not there; mend sees of the command in orchestrator.yaml"
            )
    return tuple(map(os.path.normpath, folders))


def is_systems(place: str) -> bool:
    """Say whether a place stands below SYSTEM."""
    return any(place == each or place.startswith(f"{each}/") for each in SYSTEM)


def _interpreted(program: str, path: str) -> Iterator[str]:
    """Yield a program, its interpreter, and that one's: the system takes four."""
    for _ in range(4):
        yield program
        following = _interpreter(program, path)
        if following is None:
            return
        program = following


def _interpreter(program: str, path: str) -> str | None:
    """Return what a `#!` names; execve(2), env(1)."""
    try:
        with open(program, "rb") as file:
            line = file.readline(256)
    except OSError:
        return None
    words = os.fsdecode(line[2:]).split() if line.startswith(b"#!") else []
    if words and os.path.basename(words[0]) == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        return shutil.which(words[0], path=path) if words else None
    return words[0] if words and words[0].startswith("/") else None


def _home(program: str) -> Iterator[str]:
    for place in _links(program):
        yield _narrow(os.path.dirname(place)) or place
        yield from _python(place)
    yield from _package(os.path.realpath(program))


def _links(program: str) -> Iterator[str]:
    """Yield a program's path, that of what it links to, and so on to the file itself."""
    for _ in range(_MOST_LINKS):
        yield program
        if not os.path.islink(program):
            return
        program = os.path.join(os.path.realpath(os.path.dirname(program)), os.readlink(program))
        program = os.path.join(os.path.realpath(os.path.dirname(program)), os.path.basename(program))


def _python(program: str) -> Iterator[str]:
    """Yield the prefix of a Python, and of the one that its virtual environment was made with; see `venv`."""
    if not os.path.basename(program).startswith(("python", "pypy")):
        return
    prefix = os.path.dirname(os.path.dirname(program))
    if _narrow(prefix):
        yield prefix
    for home in _homes(Path(prefix, "pyvenv.cfg")):
        if _narrow(os.path.dirname(home)):
            yield os.path.dirname(home)


def _homes(settings: Path) -> Iterator[str]:
    try:
        lines = settings.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return
    for key, _, value in (line.partition("=") for line in lines):
        if key.strip() == "home" and value.strip().startswith("/"):
            yield value.strip()


def _package(program: str) -> Iterator[str]:
    """Yield the folder of the npm package that a program stands in."""
    before, found, after = program.partition("/node_modules/")
    if found:
        parts = after.split("/")
        yield f"{before}{found}{'/'.join(parts[: 2 if parts[0].startswith('@') else 1])}"


def _narrow(folder: str) -> str | None:
    """Return a folder, unless more than a program lives there."""
    home = _users_home()
    if folder in _WIDE or f"{home}/".startswith(f"{folder}/"):
        return None
    return None if any(map(_is_marked, _with_folders(folder))) else folder


def _with_folders(folder: str) -> Iterator[str]:
    """Yield a folder and those in it: one that holds a repository holds what is in that."""
    yield folder
    try:
        with os.scandir(folder) as entries:
            yield from (entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return


def _is_marked(folder: str) -> bool:
    return any(os.path.lexists(f"{folder}/{mark}") for mark in _MARKS)


def _users_home() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:  # a user that the system does not know, as in a container
        return "/"
