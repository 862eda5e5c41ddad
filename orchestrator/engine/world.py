"""The world that `advance` is handed: the ledger, the clock, and the ways to agents, gates and publishers.

It loads none of them: a command that only looks at refs has the same world, and needs no model and no room.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from orchestrator.engine.breaker import Breaker
from orchestrator.engine.throttle import Throttle

if TYPE_CHECKING:
    from orchestrator.agents.interface import Backend, Underway
    from orchestrator.gates.interface import Material, Outside
    from orchestrator.ledger import Ledger
    from orchestrator.ledger.foreign import ForeignRepository
    from orchestrator.model import settings
    from orchestrator.model.action import Action, CheckResult, Entry, Result, Route, Run
    from orchestrator.model.agent import Agent
    from orchestrator.model.pipeline import CheckUse
    from orchestrator.model.settings import Model, Settings
    from orchestrator.model.snapshot import Snapshot
    from orchestrator.publishers.interface import Publisher

_MOST_REMEMBERED = 4_096
_UNKNOWN: Any = object()

T = TypeVar("T")


class Watcher(Protocol):
    """Somebody who looks on."""

    def began(self, snapshot: Snapshot, action: Action) -> None:
        """An action was decided and is about to be performed."""
        ...

    def progress(self, snapshot: Snapshot, action: Run, underway: Underway) -> None:
        """An agent tells how far it is, from any thread."""
        ...

    def warned(self, text: str) -> None:
        """People must know it: a line, from any thread."""
        ...

    def ended(self, moved: Moved) -> None:
        """It was recorded, or found to need no entry."""
        ...


class Unwatched:
    """Nobody looks on."""

    def began(self, snapshot: Snapshot, action: Action) -> None:
        """Do nothing."""

    def progress(self, snapshot: Snapshot, action: Run, underway: Underway) -> None:
        """Do nothing."""

    def warned(self, text: str) -> None:
        """Do nothing."""

    def ended(self, moved: Moved) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What one advance did. `commit` is None where nothing was written."""

    job: str
    action: Action
    entry: Entry | None
    commit: str | None


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of an action, and the files that it made: job path → content."""

    result: Result
    files: Mapping[str, bytes] = field(default_factory=dict)
    claim: str | None = None
    """The claim that was taken for it, to be given back with the entry."""


class Memory:
    """What was parsed once need not be parsed again: values by what they are made of. It may be dropped at any time."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Any] = {}
        self._lock = Lock()

    def recall(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """Return the value under `key`, made now if it is not known; two threads may make it at once."""
        value: T = self._known.get(key, _UNKNOWN)
        if value is _UNKNOWN:
            value = make()
            self.keep(key, value)
        return value

    def is_first(self, key: tuple[str, ...]) -> bool:
        """Say whether the key was not known yet; from now on it is."""
        is_new = key not in self._known
        self.keep(key, ())
        return is_new

    def keep(self, key: tuple[str, ...], value: object) -> None:
        """Remember a value; the oldest goes when there are too many."""
        with self._lock:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = value


def _milliseconds() -> int:
    return int(time.monotonic() * 1000)


@dataclass(frozen=True, slots=True)
class World:
    """All that is outside, handed in. `timer` counts milliseconds; with SOURCE_DATE_EPOCH it stands still."""

    ledger: Ledger
    clock: Callable[[], int]
    timer: Callable[[], int]
    judge: Callable[[Sequence[CheckUse], Material], tuple[CheckResult, ...]]
    backend: Callable[[Agent, Route, Settings], Backend]
    """The program that plays a role; raises what keeps it from being asked at all, before any money is reserved."""
    publisher: Callable[[settings.Publisher], Publisher]
    is_event: Callable[[settings.Publisher], bool]
    foreign: Callable[[str], ForeignRepository]
    """The repository that a folder is in, to be read; a relative folder is seen from where one stands."""
    outside: Callable[[Settings, str], Outside]
    """What checks may ask for beyond their files, as the base's settings grant it to a job."""
    priced: Callable[[tuple[Model, ...]], tuple[Model, ...]]
    """Models with the price and the sizes that the dated table knows, where the settings leave them out."""
    owner: str
    """Who claims a job here: `host/pid`."""
    memory: Memory = field(default_factory=Memory)
    throttle: Throttle = field(default_factory=lambda: Throttle(_milliseconds))
    breaker: Breaker = field(default_factory=Breaker)
    watcher: Watcher = field(default_factory=Unwatched)
    vouched: Mapping[str, str] = field(default_factory=dict)
    """Commits on `approved/<id>` that a person made through us just now → that person's id."""
