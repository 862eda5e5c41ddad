"""Runs in forked children, a few at a time, each within its time. It knows ends and seconds, and judges no module."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, TypeVar

AT_ONCE = 2

_FORK = get_context("fork")
_RED = frozenset({1, 2})  # pytest: a test failed; the run was interrupted, as by a module that does not load

K = TypeVar("K")


class MutationError(Exception):
    """The harness could not do its work: nothing is known of the mutants."""


class End(StrEnum):
    """How a run of tests ended. `HUNG`: it was ended at its limit."""

    GREEN = "green"
    RED = "red"
    HUNG = "hung"


@dataclass(frozen=True, slots=True)
class Asked(Generic[K]):
    """A run to be made: what it is for, what a child does, where it prints, and its limit in seconds."""

    key: K
    work: Callable[[], None]
    printed: Path
    limit: float


@dataclass(frozen=True, slots=True)
class Ran(Generic[K]):
    """How a run ended, after how many seconds."""

    key: K
    end: End
    seconds: float
    printed: Path


@dataclass(frozen=True, slots=True)
class _Going(Generic[K]):
    asked: Asked[K]
    child: BaseProcess
    since: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.since

    @property
    def left(self) -> float:
        return max(0.0, self.asked.limit - self.seconds)


def run_all(asked: Iterable[Asked[K]], at_once: int = AT_ONCE) -> Iterator[Ran[K]]:
    """Yield how each run ended, in the order of their ends. Raises MutationError where pytest itself did not work."""
    coming = iter(asked)
    going: list[_Going[K]] = []
    try:
        while True:
            while len(going) < at_once and (following := next(coming, None)) is not None:
                going.append(_started(following))
            if not going:
                return
            wait([each.child.sentinel for each in going], timeout=min(each.left for each in going))
            for each in [each for each in going if not each.child.is_alive() or not each.left]:
                going.remove(each)
                yield _ended(each)
    finally:
        for each in going:
            _end(each.child)


def _started(asked: Asked[K]) -> _Going[K]:
    child = _FORK.Process(target=asked.work, daemon=True)
    child.start()
    return _Going(asked, child, time.monotonic())


def _ended(going: _Going[K]) -> Ran[K]:
    seconds = going.seconds
    is_alive = going.child.is_alive()
    _end(going.child)
    end = End.HUNG if is_alive else _meant(going)
    return Ran(going.asked.key, end, seconds, going.asked.printed)


def _meant(going: _Going[K]) -> End:
    code = going.child.exitcode
    if code == 0:
        return End.GREEN
    if code is not None and (code in _RED or code < 0):
        return End.RED  # below 0 a signal ended it: a mutant that crashes the interpreter is seen
    printed = going.asked.printed
    said = printed.read_text(errors="replace")[-2_000:] if printed.exists() else ""
    raise MutationError(f"pytest ended with {code} for {going.asked.key}:\n{said}")


def _end(child: BaseProcess) -> None:
    """End the child and all that it started; it leads a session of its own."""
    if child.pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.join()
