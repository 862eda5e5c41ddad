"""What the processes of one machine know together of the calls to a provider: those of the last minute, and the seats.

It is a cache, in `.git/orchestrator/limits/`: deleted, it is begun anew, and for a minute too much may be asked. A seat
is a lock of the system's, which goes when its holder dies.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LINE = re.compile(r"(\d{1,18}) (\d{1,18})")


class Seat:
    """A place among the calls that may be under way at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def leave(self) -> None:
        """Give the seat back. Closing alone is not enough: a program that begins just now may hold a copy."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)


class MachineLimits:
    """The calls to each provider, as all processes of the machine that work in this repository make them."""

    def __init__(self, common_dir: Path) -> None:
        self._folder = common_dir / "orchestrator" / "limits"

    @contextmanager
    def calls(self, provider: str) -> Iterator[list[tuple[int, int]]]:
        """Hold the provider's calls, as (milliseconds, tokens), oldest first: what is changed in the list is kept.

        Nobody else on the machine has them meanwhile. What is no call in the file is passed over.
        """
        descriptor = self._opened(f"{_name(provider)}.calls")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            before = _read(descriptor)
            calls = list(before)
            yield calls
            if calls != before:
                _write(descriptor, "".join(f"{at} {tokens}\n" for at, tokens in calls).encode())
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def seat(self, provider: str, most: int) -> Seat | None:
        """Take one of the provider's seats; None where all of them are taken."""
        for number in range(most):
            descriptor = self._opened(f"{_name(provider)}.{number}")
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return Seat(descriptor)
        return None

    def _opened(self, name: str) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        return os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o666)


def _name(provider: str) -> str:
    """Return a file name for what the settings call a provider, which may be any text."""
    return hashlib.sha256(provider.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _write(descriptor: int, content: bytes) -> None:
    """Write the file anew. Cut short, it ends in a line that is none, or in calls that no longer count."""
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], written)
    os.ftruncate(descriptor, len(content))


def _read(descriptor: int) -> list[tuple[int, int]]:
    text = os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode("ascii", "replace")
    return [(int(found[1]), int(found[2])) for found in map(_LINE.fullmatch, text.splitlines()) if found]
