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


class Proposals(Protocol):
    """The base branch, to be read, and branches beside it that people merge into it. Paths begin at the workspace.

    Each method raises OrchestratorError where the repository is not as it must be.
    """

    def base(self) -> str:
        """Return the commit that the base is at."""
        ...

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file as a commit of the base has it, None where there is none."""
        ...

    def branch(self, job: str, step: str) -> str:
        """Return the short name of the branch on which a step's proposal stands, or would stand."""
        ...

    def propose(
        self, job: str, step: str, files: Mapping[str, bytes], *, base: str, source: tuple[str, bytes], message: str
    ) -> None:
        """Put one commit on top of `base`, the only one of the branch, that changes `files` and nothing else.

        Its author is who made `source`: a file's path, and the version of it from which the content comes. A proposal
        that stands on the branch is replaced; one that a person has gone on from is not, and that is an error.
        """
        ...

    def messages(self, job: str) -> tuple[str, ...]:
        """Return the messages of the job's proposals, as they were written: of each branch the one that it is of."""
        ...
