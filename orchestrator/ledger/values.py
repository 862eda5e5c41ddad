"""What the ledger hands out: frozen values that know nothing of git's commands and hold no connection to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.model.names import AGENT_DOMAIN, ORCHESTRATOR, person_id

Clock = Callable[[], int]
"""Unix time, whole seconds."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who made a content: a person by their own address, an agent under `agents.invalid`."""

    name: str
    email: str

    @property
    def id(self) -> str:
        """Return the name by which state and trailers know them."""
        return person_id(self.email)

    @property
    def is_agent(self) -> bool:
        """Say whether this is one of ours and no person."""
        return self.email.casefold().endswith(f"@{AGENT_DOMAIN}")


MACHINE = Person(ORCHESTRATOR, f"{ORCHESTRATOR}@{AGENT_DOMAIN}")
"""The orchestrator, as the committer of its entries."""


@dataclass(frozen=True, slots=True)
class Base:
    """The branch that grants trust: its short name, the commit that it is at."""

    name: str
    commit: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, decoded. `date` is the committer's, Unix time; `message` is as it stands, in UTF-8 or mended."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    date: int
    message: str

    @property
    def author(self) -> Person:
        """Return who made the content."""
        return Person(self.author_name, self.author_email)

    @property
    def committer(self) -> Person:
        """Return who committed it: the orchestrator, or a person."""
        return Person(self.committer_name, self.committer_email)

    @property
    def is_machine(self) -> bool:
        """Say whether the orchestrator made this commit."""
        return self.committer.is_agent


class Kind(StrEnum):
    """The kinds of git objects that we write."""

    COMMIT = "commit"
    TREE = "tree"
    BLOB = "blob"


@dataclass(frozen=True, slots=True)
class NewObject:
    """An object that is not in the repository yet."""

    kind: Kind
    id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit that is built and not written: its id, its tree, and every object that it needs."""

    id: str
    tree: str
    parents: tuple[str, ...]
    objects: tuple[NewObject, ...] = field(repr=False)
    blobs: Mapping[str, str] = field(repr=False)
    """Path → id of every file that the change set."""


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """One ref's move. `old` None: it must not exist. `new` None: it goes. Both the same: it must stand there."""

    ref: str
    new: str | None
    old: str | None


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """What a ref under `effects/` tells: the commit of the intent, and of the receipt where there is one."""

    key: str
    intent: str
    receipt: str | None

    @property
    def tip(self) -> str:
        """Return the commit that the ref is at."""
        return self.receipt or self.intent


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim as it stands: the id of its blob, and its text."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person is at in a worktree: its folder, and why it is in the way, in words that name the folder."""

    path: str
    reason: str


class Level(StrEnum):
    """How much a remark of `doctor` matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that `doctor` saw, and what to do about it."""

    level: Level
    message: str
    hint: str | None = None
