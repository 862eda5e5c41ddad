"""What a check is: files and settings in, findings out. A check sees no git, no clock and no network."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestrator.model.finding import Finding, Severity


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


class CannotRun(Exception):
    """The check itself could not run: neither pass nor fail. Its text says why."""


@dataclass(frozen=True, slots=True)
class Check:
    """A named rule. `run` raises CannotRun where it cannot judge; a critical or major finding fails the gate."""

    name: str
    summary: str
    settings: type[CheckSettings]
    run: Callable[[Material, Any], Iterable[Finding]]
    is_verdict: bool = False
    """It judges other steps' files: its failing is a verdict, never reworked."""
