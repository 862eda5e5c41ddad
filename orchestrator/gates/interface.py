"""What a check is: files and settings in, findings out. A check sees no git, no clock and no network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestrator.model.finding import Finding, Severity
from orchestrator.model.outside import Answered, CannotRun, CommandCall, CommandEnd

__all__ = [
    "Answered",
    "CannotRun",
    "Check",
    "CheckSettings",
    "CommandCall",
    "CommandEnd",
    "Malformed",
    "Material",
    "NothingOutside",
    "Outside",
    "needs",
]


class CheckSettings(BaseModel):
    """The base of a check's settings: keys as they stand in a gate. Each field is described, for the catalogue.

    `bare` names the key that a value without keys is for: `sections: [A, B]` is `sections: {titles: [A, B]}`.
    `example` is a use as it stands in a gate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    bare: ClassVar[str | None] = None
    example: ClassVar[str] = ""

    severity: Severity = Field(
        default=Severity.MAJOR, description="how bad its findings are; with minor or info it remarks, and fails nothing"
    )

    @model_validator(mode="before")
    @classmethod
    def _from_bare(cls, raw: object) -> object:
        if raw is None:
            return {}
        if isinstance(raw, Mapping) or cls.bare is None:
            return raw
        return {cls.bare: raw}


class Outside(Protocol):
    """What a few checks ask for beyond their files, by names that only the base's settings can give a meaning."""

    def command(self, call: CommandCall) -> CommandEnd:
        """Run a named program and return its end. Raises CannotRun where it cannot be started."""
        ...

    def callable(self, name: str) -> Callable[..., object]:
        """Return a named callable. Raises CannotRun where there is none, or it does not load."""
        ...

    def look_up(self, address: str, timeout: float) -> Answered:
        """Ask a web address whether it is there; `timeout` in seconds. Raises CannotRun where nothing may be asked."""
        ...

    def earlier(self) -> Mapping[str, Mapping[str, bytes]]:
        """Return the finished jobs: id → the files of that job. Raises CannotRun where there is no such thing."""
        ...


class NothingOutside:
    """Files, and nothing else: what a check has where nobody hands it more."""

    def command(self, call: CommandCall) -> CommandEnd:
        """Refuse."""
        raise CannotRun(f"no program can be run here, and it wants {call.name}")

    def callable(self, name: str) -> Callable[..., object]:
        """Refuse."""
        raise CannotRun(f"nothing can be called here, and it wants {name}")

    def look_up(self, address: str, timeout: float) -> Answered:  # noqa: ARG002  # the protocol's words
        """Refuse."""
        raise CannotRun(f"no address can be asked here, and it wants {address}")

    def earlier(self) -> Mapping[str, Mapping[str, bytes]]:
        """Refuse."""
        raise CannotRun("there are no jobs here to compare with")


@dataclass(frozen=True, slots=True)
class Material:
    """What a gate judges. Paths are relative to the job's directory; a leading `/` is the workspace's root."""

    files: Mapping[str, bytes]
    """Every file of the job as it would stand (artifacts, inputs, sources). May read lazily."""
    artifacts: tuple[str, ...]
    """The files that the step wrote."""
    before: Mapping[str, bytes] = field(default_factory=dict)
    """For the artifacts that the step also read: the version it started from."""
    is_by_person: bool = False
    """Limits on change bind agents only."""
    outside: Outside = field(default_factory=NothingOutside)


class Malformed(CannotRun):
    """What a judge handed in is no judgement: neither pass nor fail, and its maker is to make it again.

    `findings` say where it is wrong.
    """

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


def needs(package: str, extra: str = "checks") -> CannotRun:
    """Return what is to be said where a check's library is not installed."""
    return CannotRun(f"it needs {package}: pip install 'git-orchestrator[{extra}]'")


@dataclass(frozen=True, slots=True)
class Check:
    """A named rule. `run` raises CannotRun where it cannot judge; a critical or major finding fails the gate."""

    name: str
    summary: str
    settings: type[CheckSettings]
    run: Callable[[Material, Any], Iterable[Finding]]
    is_verdict: bool = False
    """It judges other steps' files: its failing is a verdict, never reworked."""
    looks_beyond: bool = False
    """It may ask for more than its files: what it says can change though no file does, and cannot be proved by them."""
