"""A folder as a gate sees one outside any job: names listed, contents read when a check asks. It writes nothing.

Only ordinary files are opened, and never through a link that leads out of the folder. Of a file that is too large to be
judged only so much is read as shows that it is. It needs no git; what git keeps for itself (`.git`) is left out.
"""

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import Place, UsageError, WorkspaceError
from orchestrator.gates import CannotRun
from orchestrator.gates.reading import LARGEST
from orchestrator.model.names import shown

MOST_FILES = 200_000
"""Names that are listed: a check that wants to look through more was started in the wrong folder."""

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC
_GIT = ".git"
_MISSING = "is not there"
_A_FOLDER = "is a folder"
_LINKED_FOLDER = "is a link to a folder"
_OUT = "leads out of the folder"
_SPECIAL = "is no ordinary file"
_FOREIGN = "has a name that is no UTF-8"
_UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be judged, and what stands below a named folder and cannot be: path → why. Relative to the root."""

    paths: tuple[str, ...]
    left_out: Mapping[str, str]


class Folder(Mapping[str, bytes]):
    """Path relative to the root → content, at most one byte over what is judged. A leading `/` is the root too."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self._real = os.path.realpath(root)
        self._contents: dict[str, bytes] = {}
        self._listed: tuple[str, ...] | None = None

    def __getitem__(self, path: str) -> bytes:
        """Return the content, read once. Raises KeyError where there is no file, CannotRun where it may not be read."""
        name = path.removeprefix("/")
        if name not in self._contents:
            self._contents[name] = self._content(name)
        return self._contents[name]

    def __contains__(self, path: object) -> bool:
        """Say whether it is a file of the folder. Reads nothing."""
        return isinstance(path, str) and self._fault(path.removeprefix("/")) is None

    def __iter__(self) -> Iterator[str]:
        """Return the paths in order, of links those to files within. Raises CannotRun where there are too many."""
        if self._listed is None:
            self._listed = tuple(sorted(self._names()))
        return iter(self._listed)

    def __len__(self) -> int:
        """Return how many files there are."""
        return sum(1 for _ in self)

    def choose(self, typed: Sequence[str], here: Path) -> Chosen:
        """Return what a person named, seen from `here`; a folder stands for all the files below it.

        Raises UsageError for what is not below the root, WorkspaceError for what is not there or cannot be read.
        """
        paths: dict[str, None] = {}
        left_out: dict[str, str] = {}
        for word in typed:
            name = self.name(word, here)
            if name is None:
                hint = "--root FOLDER says what paths are seen from"
                raise UsageError(f"{shown(word)} is not below the folder {self.root}", hint=hint)
            for path, why in self._chosen(name, word):
                if why is None:
                    paths[path] = None
                else:
                    left_out[path] = why
        return Chosen(tuple(paths), left_out)

    def name(self, word: str, here: Path) -> str | None:
        """Return a path that a person typed as one relative to the root, None where it is not below the root."""
        whole = os.path.abspath(here / word)
        folder, last = os.path.split(whole)
        real = os.path.join(os.path.realpath(folder), last)
        names = (os.path.relpath(whole, self.root), os.path.relpath(real, self._real))
        inside = next((name for name in names if name.split("/")[0] != ".."), None)
        return "" if inside == "." else inside

    def _chosen(self, name: str, word: str) -> list[tuple[str, str | None]]:
        fault = self._fault(name)
        if fault != _A_FOLDER:
            if why := fault or self._closed(name):
                raise _refusal(word, why)
            return [(name, None)]
        found = [(path, why or self._closed(path)) for path, why in sorted(self._below(name), key=lambda each: each[0])]
        for path, why in found:
            if why is not None and why.startswith(_UNREADABLE):
                raise _refusal(path, why)
        if all(why is not None for _, why in found):
            raise WorkspaceError("the folder has no file to judge", place=Place(word), hint="name a file, or fill it")
        return found

    def _names(self) -> Iterator[str]:
        count = 0
        for path, why in self._below(""):
            if why is None:
                count += 1
                if count > MOST_FILES:
                    raise CannotRun(
                        f"there are more than {MOST_FILES:,} files in {self.root}: start it in a smaller folder"
                    )
                yield path

    def _below(self, top: str) -> Iterator[tuple[str, str | None]]:
        """Yield what is below a folder, each with why it is no file of it. Links to folders are not gone into."""
        folders = [top]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(os.path.join(self._real, folder)) as found:
                    entries = [entry for entry in found if entry.name != _GIT]
            except OSError as exc:
                yield folder, _unreadable(exc)
                continue
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                else:
                    why = self._fault(path)
                    yield path, _LINKED_FOLDER if why == _A_FOLDER else why

    def _fault(self, name: str) -> str | None:
        """Why it is no file of the folder. Opens nothing: to open a device may do something."""
        if "\0" in name:
            return _MISSING
        if not _is_text(name):
            return _FOREIGN
        real = os.path.realpath(os.path.join(self._real, name))
        if os.path.commonpath([real, self._real]) != self._real:
            return _OUT
        try:
            mode = os.lstat(real).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return _MISSING
        except OSError as exc:
            return _MISSING if exc.errno == errno.ENAMETOOLONG else _unreadable(exc)
        if stat.S_ISDIR(mode):
            return _A_FOLDER
        return None if stat.S_ISREG(mode) else _SPECIAL

    def _content(self, name: str) -> bytes:
        why = self._fault(name)
        if why in (_MISSING, _A_FOLDER):
            raise KeyError(name)
        if why is not None:
            raise CannotRun(f"{shown(name)} {why}")
        try:
            with open(self._open(name), "rb") as file:
                return file.read(LARGEST + 1)
        except OSError as exc:
            raise CannotRun(f"{shown(name)} {_unreadable(exc)}") from exc

    def _closed(self, name: str) -> str | None:
        try:
            os.close(self._open(name))
        except OSError as exc:
            return _unreadable(exc)
        return None

    def _open(self, name: str) -> int:
        """Open part by part, following nothing: a link put there since it was looked at leads nowhere."""
        real = os.path.realpath(os.path.join(self._real, name))
        *folders, last = os.path.relpath(real, self._real).split(os.sep)
        here = os.open(self._real, _FOLDER)
        try:
            for part in folders:
                below = os.open(part, _FOLDER, dir_fd=here)
                os.close(here)
                here = below
            return os.open(last, _FILE, dir_fd=here)
        finally:
            os.close(here)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(exc: OSError) -> str:
    return f"{_UNREADABLE}: {(exc.strerror or str(exc)).lower()}"


def _refusal(path: str, why: str) -> WorkspaceError:
    hint = "name another, or write it" if why == _MISSING else "put a file there that can be read, or name others"
    return WorkspaceError(f"the file {why}", place=Place(path), hint=hint)
