"""What a publisher is: a delivery that carries its key goes out, once; after a crash it is looked up, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Idempotency(StrEnum):
    """How a publisher keeps an effect from happening twice."""

    KEY = "key"
    """The other side knows the key: sending again is safe."""
    LOOKUP = "lookup"
    """The other side can be asked whether the key has arrived."""
    NONE = "none"
    """Neither: after a crash only a person can tell."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What goes out. `files`: path as in `publish.files` → content."""

    key: str
    job: str
    title: str
    step: str
    target: str
    files: Mapping[str, bytes]


class Publisher(Protocol):
    """One place or wire."""

    @property
    def idempotency(self) -> Idempotency:
        """Return how it keeps an effect from happening twice."""
        ...

    @property
    def is_event(self) -> bool:
        """Say whether it is something that happens, and not a place that shows the latest."""
        ...

    def send(self, delivery: Delivery) -> str:
        """Make the effect and return one line that says where it can be seen.

        Raises EffectError when it did not happen, UnknownEffect when it may have.
        """
        ...

    def look_up(self, key: str, job: str) -> bool:
        """Say whether the effect of that key has happened. Raises EffectError when that cannot be learnt."""
        ...
