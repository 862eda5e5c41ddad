"""Loose objects: how a few small ones are written, each synced, at no process's cost. See gitrepository-layout(5).

What is many, large, or in a repository that several users share, git's own `unpack-objects` writes.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Thread

from orchestrator.errors import LedgerError
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import Git
from orchestrator.ledger.values import NewObject

MOST = 64
"""Objects: from more of them on, one pack to one process is cheaper than a file each."""
LARGEST = 1_000_000
"""Bytes, before they are compressed."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_SIDE_BY_SIDE = 6
_NUMBERS = count()
_OURS: set[str] = set()
"""The names of the files that this process is writing."""


class ObjectWriter:
    """Writes objects. One that is there already is left as it is, as git leaves it."""

    def __init__(self, git: Git, form: Format, common_dir: Path, *, is_shared: bool) -> None:
        self._git = git
        self._format = form
        self._folder = str(common_dir / "objects")
        self._is_shared = is_shared

    def write(self, objects: Sequence[NewObject]) -> None:
        """Write the objects, each durable when this returns. Raises LedgerError where the disk will not."""
        if self._is_shared or len(objects) > MOST or any(len(new.body) > LARGEST for new in objects):
            self._git.run("unpack-objects", "-q", stdin=self._format.pack(objects))
            return
        with ExitStack() as stack:
            laid = [self._lay(stack, new) for new in {new.id: new for new in objects}.values() if not self._has(new)]
            with _told(self._folder):
                _sync([descriptor for descriptor, _, _ in laid])
                for _, unfinished, path in laid:
                    os.rename(unfinished, path)

    def _has(self, new: NewObject) -> bool:
        """Say whether the object is there, and if so, make it young again: a gc prunes what is old and unreached."""
        try:
            os.utime(self._path(new))
        except OSError:
            return False
        return True

    def _path(self, new: NewObject) -> str:
        return f"{self._folder}/{new.id[:2]}/{new.id[2:]}"

    def _lay(self, stack: ExitStack, new: NewObject) -> tuple[int, str, str]:
        """Write an object beside its place. Return the open file, where it stands, and where it belongs."""
        path = self._path(new)
        folder = os.path.dirname(path)
        with _told(folder):
            os.makedirs(folder, exist_ok=True)
            descriptor, unfinished = _begun(folder)
            stack.callback(_drop, descriptor, unfinished)
            with open(descriptor, "wb", closefd=False) as file:
                file.write(self._format.loose(new))
        return descriptor, unfinished, path


def drop_unfinished(common_dir: Path, process: int) -> None:
    """Delete the objects that a process did not finish, once it is dead. What this one is writing stays."""
    if process != os.getpid() and _is_alive(process):
        return
    for path in (common_dir / "objects").glob(f"??/tmp_obj_{process}_*"):
        if path.name not in _OURS:
            with suppress(OSError):
                path.unlink()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _begun(folder: str) -> tuple[int, str]:
    """Return a new file, open, under git's own name for what is not finished: its gc clears away what a crash left."""
    while True:
        name = f"tmp_obj_{os.getpid()}_{next(_NUMBERS)}"
        _OURS.add(name)
        # One of the same id may have died here: in a container every process may have the same.
        with suppress(FileExistsError):
            return os.open(f"{folder}/{name}", _NEW, 0o444), f"{folder}/{name}"


@contextmanager
def _told(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise LedgerError(
            f"an object could not be written: {problem.strerror or problem}",
            hint=f"see that there is room in {folder}, and that you may write there",
        ) from problem


def _drop(descriptor: int, unfinished: str) -> None:
    _OURS.discard(os.path.basename(unfinished))
    os.close(descriptor)
    with suppress(OSError):
        os.unlink(unfinished)


def _sync(descriptors: Sequence[int]) -> None:
    """Sync files side by side: a file system then commits them together, and not one after the other."""
    faults: list[OSError] = []

    def work(mine: Sequence[int]) -> None:
        try:
            for descriptor in mine:
                os.fsync(descriptor)
        except OSError as problem:
            faults.append(problem)

    helpers = [Thread(target=work, args=(descriptors[n::_SIDE_BY_SIDE],)) for n in range(1, _SIDE_BY_SIDE)]
    for helper in helpers[: len(descriptors) - 1]:
        helper.start()
    work(descriptors[::_SIDE_BY_SIDE])
    for helper in helpers[: len(descriptors) - 1]:
        helper.join()
    if faults:
        raise faults[0]
