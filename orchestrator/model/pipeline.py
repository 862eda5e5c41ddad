"""`pipeline.yaml`: the ordered steps of a job."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from orchestrator.model.names import Unfit, path_fault, path_hint, step_name_fault, target_fault


def _step_name(text: str) -> str:
    fault = step_name_fault(text)
    if fault:
        raise ValueError(fault)
    return text


def _pattern(text: str) -> str:
    """A path, a folder (trailing `/`) or a glob of DESIGN §14."""
    fault = path_fault(text.removesuffix("/") or text)
    if fault:
        raise Unfit(f"{text!r} {fault}", path_hint(fault))
    return text


def _target(text: str) -> str:
    fault = target_fault(text)
    if fault:
        raise ValueError(fault)
    return text


TargetName = Annotated[str, AfterValidator(_target)]
StepName = Annotated[str, AfterValidator(_step_name)]
PathPattern = Annotated[str, AfterValidator(_pattern), Field(json_schema_extra={"format": "path"})]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckUse(_Document):
    """A check as a gate uses it: `words: {min: 150}`. `settings` is what stood behind the name, unjudged."""

    name: str
    settings: Any = None

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, raw: object) -> object:
        if isinstance(raw, str):
            return {"name": raw}
        if isinstance(raw, dict) and "name" in raw and raw.keys() <= {"name", "settings"}:
            return raw
        if isinstance(raw, dict) and len(raw) == 1:
            ((name, settings),) = raw.items()
            return {"name": name, "settings": settings}
        raise ValueError("a check is a name, or one name with its settings: 'words: {min: 150}'")


class OnFail(_Document):
    """Where a failed step sends the job, and how many times before a person is asked."""

    goto: StepName
    rounds: int = Field(default=1, ge=1, le=20)


class Approve(_Document):
    """A step that a person answers. `by` names an entry of `approvers` on the base branch."""

    by: str
    when: str | None = None


class PublishTo(_Document):
    """A step that makes an outside effect. `to` names an entry of `publishers` on the base branch."""

    to: TargetName
    files: tuple[PathPattern, ...] = Field(min_length=1)


VERDICTS = frozenset({"findings", "reviews"})
"""The checks whose failing is a verdict on other steps' work."""


class StepKind(StrEnum):
    """What a step does."""

    AGENT = "agent"
    APPROVE = "approve"
    PUBLISH = "publish"


class Step(_Document):
    """One stage. Paths are relative to the job's directory; a leading `/` is the workspace's root."""

    agent: str | None = None
    approve: Approve | None = None
    publish: PublishTo | None = None
    prompt: str | None = Field(default=None, description="a file prompts/<name>.md.j2; the step's name unless said")
    needs: tuple[StepName, ...] | None = Field(default=None, description="the step above it unless said")
    reads: tuple[PathPattern, ...] = ()
    writes: tuple[PathPattern, ...] = ()
    when: str | None = None
    skipped_with: StepName | None = Field(
        default=None, description="a step before it: where that one is skipped, this one is too"
    )
    gate: tuple[CheckUse, ...] = ()
    gate_reads: tuple[PathPattern, ...] = Field(
        default=(), description="what the gate reads besides, and the agent does not: word lists, schemas, rubrics"
    )
    other_model_than: tuple[StepName, ...] = Field(
        default=(), description="steps before it whose models may not do it too: who made it does not judge it"
    )
    attempts: int = Field(default=2, ge=1, le=20)
    on_fail: OnFail | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Step":
        named = [key for key in ("agent", "approve", "publish") if getattr(self, key) is not None]
        if len(named) != 1:
            said = " and ".join(named) or "none of them"
            raise ValueError(f"a step has exactly one of agent, approve, publish; this one has {said}")
        if self.agent and not self.writes:
            raise ValueError("an agent's step must say what it writes")
        if not self.agent:
            spare = [
                key
                for key in ("prompt", "reads", "writes", "gate", "gate_reads", "skipped_with", "on_fail")
                if getattr(self, key)
            ]
            if spare:
                raise ValueError(f"only an agent's step has {', '.join(spare)}")
        return self

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Return what the step's work and the verdict on it rest on: what the agent reads, what the gate reads."""
        return (*self.reads, *self.gate_reads)

    @property
    def is_review(self) -> bool:
        """Say whether its gate holds a reviewer's verdict on other steps' work."""
        return any(use.name in VERDICTS for use in self.gate)

    @property
    def kind(self) -> StepKind:
        """Return which of the three a step is."""
        if self.approve:
            return StepKind.APPROVE
        return StepKind.PUBLISH if self.publish else StepKind.AGENT


class Pipeline(_Document):
    """The steps, in the order in which they stand."""

    version: int = Field(ge=1, le=1)
    steps: Mapping[StepName, Step] = Field(min_length=1, max_length=200)

    def needs(self, name: str) -> tuple[str, ...]:
        """Return the steps that `name` waits for: its `needs`, else the step above it."""
        said = self.steps[name].needs
        if said is not None:
            return said
        names = list(self.steps)
        place = names.index(name)
        return (names[place - 1],) if place else ()
