"""One process at a time advances a job on a machine. The lock is the system's: it goes when its holder dies.

The lock's file holds who has it; what stands there when the lock is free is the word of one who died at work.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.errors import Busy, LedgerError, Place
from orchestrator.ledger.loose import drop_unfinished
from orchestrator.ledger.refs import ARCHIVE, CLAIMS, JOBS, LOST, PROPOSALS, REVIEWS, TIPS
from orchestrator.ledger.values import Clock

_STALE_SECONDS = 5
_LOOKS = 500
"""How often one who would take a lock finds others who only look at it, before that counts as held."""
_MOMENT = 0.001
"""Seconds."""


@contextmanager
def job_lock(common_dir: Path, job: str, *, clock: Clock) -> Iterator[None]:
    """Hold the job's lock.

    Raises Busy with the holder's process id and when it began, LedgerError where something else is in the lock's place.
    """
    path = common_dir / "orchestrator" / "locks" / job
    descriptor = _taken(path, job)
    try:
        if left := os.pread(descriptor, 64, 0):
            _clear_up(common_dir, job, left, clock())
        os.pwrite(descriptor, b"%d %d\n" % (os.getpid(), clock()), 0)
        yield
    finally:
        os.ftruncate(descriptor, 0)
        # Closing alone is not enough: a program that another thread begins just now holds a copy until it is loaded.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def is_held(common_dir: Path, job: str) -> bool:
    """Say whether a process on this machine holds the job's lock. Writes nothing, bars nobody.

    Who looks shares the lock with all who look: one who would take it sees by that that nobody has it.
    """
    try:
        descriptor = os.open(common_dir / "orchestrator" / "locks" / job, os.O_RDONLY | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        return not _is_shared(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def till(common_dir: Path) -> Iterator[None]:
    """Hold what only one process and thread of the machine may: to look at the spend and reserve. Waits for it."""
    descriptor = _opened(common_dir / "orchestrator" / "till")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # each has a descriptor of its own, so that threads wait as well
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _taken(path: Path, job: str) -> int:
    for _ in range(_LOOKS):
        descriptor = _opened(path)
        if _is_ours(descriptor) and _is_still(path, descriptor):
            return descriptor
        # Others look at it; or the cache was deleted under us, and a lock that nobody can find holds nobody off.
        holder = _words(os.pread(descriptor, 64, 0))
        is_free = _is_shared(descriptor)
        os.close(descriptor)
        if not is_free:
            raise _busy(job, holder)
        time.sleep(_MOMENT)
    raise _busy(job, [])


def _is_ours(descriptor: int) -> bool:
    """Say whether the lock could be taken, or is ours already."""
    return _is_got(descriptor, fcntl.LOCK_EX)


def _is_shared(descriptor: int) -> bool:
    """Say whether nobody has the lock, but those who look at it; given back at once."""
    if not _is_got(descriptor, fcntl.LOCK_SH):
        return False
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return True


def _is_got(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _opened(path: Path) -> int:
    try:
        with suppress(FileNotFoundError):
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise _in_the_way(path) from error


def _in_the_way(path: Path) -> LedgerError:
    cache = path.parent.parent
    wrong = next((folder for folder in (cache, path.parent) if not folder.is_dir()), path)
    stands, belongs = ("a folder", "a job's lock") if wrong == path else ("a file", "the folder of the locks")
    hint = f"delete it: all in {cache} is a cache"
    return LedgerError(f"here stands {stands}, and {belongs} belongs here", place=Place(str(wrong)), hint=hint)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _clear_up(common_dir: Path, job: str, left: bytes, now: int) -> None:
    """Take away what the holder before us, who died at work, and the git that it ran may have left unfinished."""
    _drop_stale(common_dir, job, now)
    words = _words(left)
    if words and words[0].isdecimal():
        drop_unfinished(common_dir, int(words[0]))


def _drop_stale(common_dir: Path, job: str, now: int) -> None:
    refs = [f"{JOBS}{job}", f"{TIPS}{job}", f"{CLAIMS}{job}"]
    locks = [common_dir / f"{ref}.lock" for ref in refs]
    for folder in (ARCHIVE, LOST, REVIEWS, PROPOSALS):
        locks += (common_dir / f"{folder}{job}").glob("*.lock")
    for lock in locks:
        with suppress(FileNotFoundError):
            if now - lock.stat().st_mtime > _STALE_SECONDS:
                lock.unlink()


def _words(left: bytes) -> list[str]:
    """Return process id and Unix time of a holder, as texts."""
    return left.decode("ascii", "replace").split()


def _busy(job: str, holder: list[str]) -> Busy:
    who = f"process {holder[0]}, since {_day_and_hour(holder[1])}" if len(holder) == 2 else "another process"
    return Busy(f"{job} is being advanced by {who}", hint="try again when it is done")


def _day_and_hour(seconds: str) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
