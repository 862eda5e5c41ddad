"""One process at a time advances a job on a machine. The lock is the system's: it goes when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.errors import Busy
from orchestrator.ledger.refs import ARCHIVE, CLAIMS, JOBS, LOST, REVIEWS, TIPS
from orchestrator.ledger.values import Clock

_STALE_SECONDS = 5


@contextmanager
def job_lock(common_dir: Path, job: str, *, clock: Clock) -> Iterator[None]:
    """Hold the job's lock. Raises Busy with the holder's process id and when it began."""
    path = common_dir / "orchestrator" / "locks" / job
    descriptor = _taken(path, job)
    try:
        if os.pread(descriptor, 64, 0):
            # The holder before us died at work: a git that it ran may have left locks of the job's refs.
            _drop_stale(common_dir, job, clock())
        os.pwrite(descriptor, b"%d %d\n" % (os.getpid(), clock()), 0)
        yield
    finally:
        os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _taken(path: Path, job: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 64, 0).decode("ascii", "replace").split()
            os.close(descriptor)
            raise _busy(job, holder) from error
        if _is_still(path, descriptor):
            return descriptor
        # The cache was deleted under us: a lock on a file that nobody else can find holds nobody off.
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _drop_stale(common_dir: Path, job: str, now: int) -> None:
    refs = [f"{JOBS}{job}", f"{TIPS}{job}", f"{CLAIMS}{job}"]
    locks = [common_dir / f"{ref}.lock" for ref in refs]
    for folder in (ARCHIVE, LOST, REVIEWS):
        locks += (common_dir / f"{folder}{job}").glob("*.lock")
    for lock in locks:
        with suppress(FileNotFoundError):
            if now - lock.stat().st_mtime > _STALE_SECONDS:
                lock.unlink()


def _busy(job: str, holder: list[str]) -> Busy:
    who = f"process {holder[0]}, since {_day_and_hour(holder[1])}" if len(holder) == 2 else "another process"
    return Busy(f"{job} is being advanced by {who}", hint="try again when it is done")


def _day_and_hour(seconds: str) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
