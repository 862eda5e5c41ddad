"""The world that `advance` is handed: the ledger, the clock, and the ways to agents, gates and publishers.

It loads none of them: a command that only looks at refs has the same world, and needs no model and no room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from orchestrator.agents.interface import Backend
    from orchestrator.gates.interface import Material, Outside
    from orchestrator.ledger import Ledger
    from orchestrator.ledger.foreign import ForeignRepository
    from orchestrator.model import settings
    from orchestrator.model.action import Action, CheckResult, Entry, Route
    from orchestrator.model.agent import Agent
    from orchestrator.model.pipeline import CheckUse
    from orchestrator.model.settings import Settings
    from orchestrator.model.snapshot import Snapshot
    from orchestrator.publishers.interface import Publisher

_MOST_REMEMBERED = 4_096

T = TypeVar("T")


class Watcher(Protocol):
    """Somebody who looks on."""

    def began(self, snapshot: Snapshot, action: Action) -> None:
        """An action was decided and is about to be performed."""
        ...

    def ended(self, moved: Moved) -> None:
        """It was recorded, or found to need no entry."""
        ...


class Unwatched:
    """Nobody looks on."""

    def began(self, snapshot: Snapshot, action: Action) -> None:
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


class Memory:
    """What was parsed once need not be parsed again: values by what they are made of. It may be dropped at any time."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Any] = {}

    def recall(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """Return the value under `key`, made now if it is not known."""
        if key not in self._known:
            self.keep(key, make())
        value: T = self._known[key]
        return value

    def keep(self, key: tuple[str, ...], value: object) -> None:
        """Remember a value; the oldest goes when there are too many."""
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[key] = value


@dataclass(frozen=True, slots=True)
class World:
    """All that is outside, handed in. `timer` counts milliseconds; with SOURCE_DATE_EPOCH it stands still."""

    ledger: Ledger
    clock: Callable[[], int]
    timer: Callable[[], int]
    judge: Callable[[Sequence[CheckUse], Material], tuple[CheckResult, ...]]
    backend: Callable[[Agent, Route], Backend]
    publisher: Callable[[settings.Publisher], Publisher]
    is_event: Callable[[settings.Publisher], bool]
    foreign: Callable[[str], ForeignRepository]
    """The repository that a folder is in, to be read; a relative folder is seen from where one stands."""
    outside: Callable[[Settings, str], Outside]
    """What checks may ask for beyond their files, as the base's settings grant it to a job."""
    owner: str
    """Who claims a job here: `host/pid`."""
    memory: Memory = field(default_factory=Memory)
    watcher: Watcher = field(default_factory=Unwatched)
    vouched: Mapping[str, str] = field(default_factory=dict)
    """Commits on `approved/<id>` that a person made through us just now → that person's id."""
