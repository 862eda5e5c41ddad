"""Loose objects: how a few small ones are read and written, at no process's cost. See gitrepository-layout(5).

What is many, large, or in a repository that several users share, git's own `unpack-objects` writes. What is packed,
large or broken, `git cat-file` reads.
"""

import os
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock, Thread

from orchestrator.errors import LedgerError
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import Git
from orchestrator.ledger.reading import content_of
from orchestrator.ledger.values import NewObject

MOST = 64
"""Objects: from more of them on, one pack to one process is cheaper than a file each."""
LARGEST = 1_000_000
"""Bytes, before they are compressed."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_SIDE_BY_SIDE = 6
_NUMBERS = count()
_MOST_PACKED = 2 * LARGEST
_HEADER_BYTES = 64
_HEAD = re.compile(rb"(commit|tree|blob|tag) (0|[1-9][0-9]{0,17})\0")
_OURS: set[str] = set()
"""The names of the files that this process is writing."""


class _AtWork:
    """How many threads of the process are writing: those that do so together are synced together in any case."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0

    @contextmanager
    def entered(self) -> Iterator[bool]:
        """Be one of them; say whether there is no other."""
        with self._lock:
            self._count += 1
            is_alone = self._count == 1
        try:
            yield is_alone
        finally:
            with self._lock:
                self._count -= 1


_AT_WORK = _AtWork()


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
            is_alone = stack.enter_context(_AT_WORK.entered())
            laid = [self._lay(stack, new) for new in {new.id: new for new in objects}.values() if not self._has(new)]
            with _told(self._folder):
                _sync([descriptor for descriptor, _, _ in laid], _SIDE_BY_SIDE if is_alone else 1)
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
            descriptor, unfinished = _begun(folder)
            stack.callback(_drop, descriptor, unfinished)
            content = memoryview(self._format.loose(new))
            while content:
                content = content[os.write(descriptor, content) :]
        return descriptor, unfinished, path


class Broken(Exception):
    """An object's file is not what git wrote."""


class LooseReader:
    """Reads objects that stand in files of their own. Raises Broken where such a file is broken.

    git would tell of one whose length is another than it says as if it were whole.
    """

    def __init__(self, common_dir: Path) -> None:
        self._folder = str(common_dir / "objects")

    def look(self, oid: str) -> tuple[str, int] | None:
        """Return kind and size (bytes) of an object; None where git must be asked."""
        found = self._begun(oid)
        return (found.kind, found.size) if found else None

    def read(self, oid: str) -> tuple[str, bytes] | None:
        """Return kind and body of an object; None where git must be asked."""
        found = self._begun(oid)
        if found is None or found.size > LARGEST:
            return None
        try:
            body = found.rest + found.inflating.decompress(found.inflating.unconsumed_tail, found.size + 1)
        except zlib.error as error:
            raise Broken from error
        if not found.inflating.eof or len(body) != found.size:
            raise Broken
        return found.kind, body

    def _begun(self, oid: str) -> "_Begun | None":
        try:
            packed = content_of(f"{self._folder}/{oid[:2]}/{oid[2:]}", _MOST_PACKED + 1)
        except OSError:
            return None
        if len(packed) > _MOST_PACKED:
            return None
        inflating = zlib.decompressobj()
        try:
            begin = inflating.decompress(packed, _HEADER_BYTES)
        except zlib.error as error:
            raise Broken from error
        head = _HEAD.match(begin)
        if head is None:
            raise Broken
        return _Begun(head[1].decode(), int(head[2]), begin[head.end() :], inflating)


@dataclass(frozen=True, slots=True)
class _Begun:
    """An object of which the header was read."""

    kind: str
    size: int
    rest: bytes
    """What came behind the header with it."""
    inflating: "zlib._Decompress"


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
        try:
            return os.open(f"{folder}/{name}", _NEW, 0o444), f"{folder}/{name}"
        except FileExistsError:
            _OURS.discard(name)
        except FileNotFoundError:
            _OURS.discard(name)
            os.makedirs(folder, exist_ok=True)


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


def _sync(descriptors: Sequence[int], side_by_side: int) -> None:
    """Sync files, so many side by side: a file system then commits them together, and not one after the other."""
    faults: list[OSError] = []

    def work(mine: Sequence[int]) -> None:
        try:
            for descriptor in mine:
                os.fsync(descriptor)
        except OSError as problem:
            faults.append(problem)

    shares = [descriptors[number::side_by_side] for number in range(min(side_by_side, len(descriptors)))]
    helpers = [Thread(target=work, args=(share,)) for share in shares[1:]]
    for helper in helpers:
        helper.start()
    work(shares[0] if shares else ())
    for helper in helpers:
        helper.join()
    if faults:
        raise faults[0]
