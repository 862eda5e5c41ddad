"""What is known of a program: how it is asked, and how what it prints is read. Values; nothing here runs anything."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.agents.command.output import Event, Printed
from orchestrator.agents.interface import Request
from orchestrator.model.action import Trouble


@dataclass(frozen=True, slots=True)
class Option:
    """An option that a program needs, unless the settings give it one of the same kind themselves."""

    names: tuple[str, ...]
    """All its spellings, and those of options that say the same otherwise. The first is the one that is given."""
    value: str | None = None

    def __str__(self) -> str:
        return self.names[0] if self.value is None else f"{self.names[0]}={self.value}"

    def stands_in(self, argv: Sequence[str]) -> bool:
        """Say whether an argv has it already."""
        return any(word == name or word.startswith(f"{name}=") for word in argv for name in self.names)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a program could not do its work, in its own words, and what kind of trouble that is."""

    message: str
    trouble: Trouble = Trouble.WORK
    retry_after: int | None = None
    """Seconds."""

    @property
    def is_transient(self) -> bool:
        """Say whether the same again, later, may go well."""
        return self.trouble in (Trouble.BUSY, Trouble.OUTAGE)


@dataclass(frozen=True, slots=True)
class Heard:
    """What an output says. A figure that it does not say is None. `tokens_in` counts those of the caches too."""

    text: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    cache_read: int = 0
    cache_write: int = 0
    cost_usd: float | None = None
    stop: str = ""
    complaint: Complaint | None = None
    is_cut: bool = False
    """The output breaks off before its own end."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What an event tells of work that goes on. `of`: whose tokens they are, so that none are counted twice."""

    note: str = ""
    of: str = ""
    tokens_out: int = 0
    cost_usd: float = 0.0


def _reads_nothing(_: Printed) -> Heard:
    return Heard()


def _sees_nothing(_: Event) -> Glimpse | None:
    return None


def _adds_nothing(_: Request) -> Iterator[str]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Profile:
    """How one program is asked and read."""

    name: str
    plays: str
    """The program, in words."""
    install: str = ""
    """What brings it here."""
    verb: str | None = None
    """Its first argument, put in where the settings give the program alone."""
    options: tuple[Option, ...] = ()
    held: tuple[Option, ...] = ()
    """Options instead, where a sandbox of ours is certain to hold it; outside one they would let it do anything."""
    model: tuple[str, ...] = ()
    """Its option that names a model, in all spellings; empty: it has none, and runs the model that it is set to."""
    has_slashes: bool = False
    """It names models as `provider/model`; else by the model's name alone."""
    providers: Mapping[str, str] = field(default_factory=dict)
    """Provider of ours → of its own, where `has_slashes`."""
    system: tuple[str, ...] = ()
    """Its option that takes the role's system prompt; empty: that stands before the task."""
    adds: Callable[[Request], Iterator[str]] = _adds_nothing
    """Further arguments, by what the request says."""
    environ: Mapping[str, str] = field(default_factory=dict)
    is_agent: bool = True
    """It works on files by itself, and is told where they are."""
    is_answer: bool = False
    """Its stdout is the one file that the step writes."""
    is_offline: bool = False
    """Without a network and a variable of the environment it can have asked nobody who takes money."""
    leaves: tuple[str, ...] = ()
    """Patterns of what it leaves in its folder for itself: neither work nor offence."""
    read: Callable[[Printed], Heard] = _reads_nothing
    glimpse: Callable[[Event], Glimpse | None] = _sees_nothing
    advice: str = ""
    """What to look at where it says that it is done, and wrote nothing."""
    figures: str = "none"
    """What it says of tokens and cost, in words for the documentation."""
