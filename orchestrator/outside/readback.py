"""What stands in a folder that somebody else wrote in: plain files are read, all else is named and never opened.

Each name is opened once, below a folder that is open, without following a link, and only as a place (O_PATH, open(2)):
that neither waits for a FIFO nor wakes a device. What it is, is asked of the open place, and the same place is read: a
link that takes a file's place meanwhile is seen for what it is.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

MOST_BYTES = 5_000_000
"""Of one file."""
MOST_IN_ALL = 50_000_000
MOST_FILES = 10_000
_MOST_DEEP = 64

_PLACE = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK) | os.O_NOFOLLOW | os.O_CLOEXEC
_OPENED = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_BITS = (
    (stat.S_ISUID, "has the setuid bit"),
    (stat.S_ISGID, "has the setgid bit"),
    (stat.S_ISVTX, "has the sticky bit"),
)


@dataclass
class Gathered:
    """What was found: path → content, and path → what stands there that was not read."""

    files: dict[str, bytes] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    room: int = MOST_FILES
    """How many files and folders may still be looked at."""
    held: int = 0
    """Bytes."""


def gather(
    folders: Mapping[str, int], listed: Callable[[str], None] = lambda _: None, *, most: int = MOST_FILES
) -> Gathered:
    """Return all that stands below some open folders; each one's key goes before the paths (`/`, or nothing).

    `listed` is told the path of each folder that has been listed, before anything in it is opened. `most` files and
    folders are looked at.
    """
    found = Gathered(room=most)
    for prefix, folder in folders.items():
        _descend(folder, prefix, found, listed)
    return found


def _descend(folder: int, prefix: str, found: Gathered, listed: Callable[[str], None]) -> None:
    names = _names(folder)
    listed(prefix)
    for name in names:
        if found.room == 0:
            found.odd[prefix.rstrip("/") or "."] = "holds too many files and folders; the rest was not read"
            return
        found.room -= 1
        _look(folder, name, prefix, found, listed)


def _names(folder: int) -> list[str]:
    """Return the names in a folder in order; one more than may be is enough."""
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            names.append(entry.name)
            if len(names) > MOST_FILES:
                break
    return sorted(names)


def _look(folder: int, name: str, prefix: str, found: Gathered, listed: Callable[[str], None]) -> None:
    path = prefix + name
    readable = os.fsencode(path).decode("utf-8", "backslashreplace")
    if readable != path:
        found.odd[readable] = "has a name that is not UTF-8"
        return
    try:
        with _opened(folder, name) as place:
            if stat.S_ISDIR(os.fstat(place).st_mode):
                _enter(place, path, found, listed)
            else:
                _take(place, path, found)
    except OSError as exc:
        found.odd[path] = f"cannot be read: {exc.strerror}"


def _enter(place: int, path: str, found: Gathered, listed: Callable[[str], None]) -> None:
    if path.count("/") >= _MOST_DEEP:
        found.odd[path] = f"lies more than {_MOST_DEEP} folders deep"
        return
    with _again(place, os.O_RDONLY | os.O_DIRECTORY, 0o700) as folder:
        _descend(folder, f"{path}/", found, listed)


def _take(place: int, path: str, found: Gathered) -> None:
    oddity = _oddity(os.fstat(place)) or _too_much(os.fstat(place).st_size, found)
    if oddity:
        found.odd[path] = oddity
        return
    with _again(place, os.O_RDONLY, 0o600) as opened, open(os.dup(opened), "rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        found.odd[path] = "grew while it was read"
        return
    found.held += len(content)
    found.files[path] = content


def _oddity(status: os.stat_result) -> str | None:
    """Return what makes it no plain file of one name and a fair size, in words."""
    for is_kind, words in _KINDS:
        if is_kind(status.st_mode):
            return words
    if not stat.S_ISREG(status.st_mode):
        return "no file that we know"
    for bit, words in _BITS:
        if status.st_mode & bit:
            return words
    if status.st_nlink > 1:
        return "has another name too (a hard link)"
    return f"is larger than {MOST_BYTES // 1_000_000} MB" if status.st_size > MOST_BYTES else None


def _too_much(size: int, found: Gathered) -> str | None:
    return f"all files have more than {MOST_IN_ALL // 1_000_000} MB" if found.held + size > MOST_IN_ALL else None


@contextmanager
def _opened(folder: int, name: str) -> Iterator[int]:
    place = os.open(name, _PLACE, dir_fd=folder)
    try:
        yield place
    finally:
        os.close(place)


@contextmanager
def _again(place: int, how: int, mode: int) -> Iterator[int]:
    """Open the very thing that is open as a place, whatever its owner made of its permissions."""
    name = f"{_OPENED}/{place}"
    try:
        opened = os.open(name, how | os.O_CLOEXEC)
    except PermissionError:
        os.chmod(name, mode)
        opened = os.open(name, how | os.O_CLOEXEC)
    try:
        yield opened
    finally:
        os.close(opened)
