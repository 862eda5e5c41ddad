"""A rubric: named criteria that a reviewer scores, each score with its evidence; and the short form of a reviewer."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from orchestrator.model.names import path_fault, step_name_fault


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _criterion_name(text: str) -> str:
    fault = step_name_fault(text)
    if fault:
        raise ValueError(fault.replace("step name", "criterion's name"))
    return text


CriterionName = Annotated[str, AfterValidator(_criterion_name)]


class Criterion(_Document):
    """One thing to be scored."""

    asks: str = Field(min_length=1, max_length=2_000, description="the question that the score answers")
    pass_: float | None = Field(default=None, alias="pass", description="the least score that passes; none: any does")
    evidence: int = Field(default=1, ge=0, le=20, description="how many quotations a score needs at least")


class Rubric(_Document):
    """What a reviewer is asked. `scale`: the lowest and the highest score."""

    version: int = Field(ge=1, le=1)
    scale: tuple[int, ...] = Field(
        default=(1, 5), min_length=2, max_length=2, description="the lowest and the highest score"
    )
    mean: float | None = Field(default=None, description="the least mean of all scores that passes; none: any does")
    criteria: Mapping[CriterionName, Criterion] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _within_the_scale(self) -> "Rubric":
        low, high = self.scale
        if low >= high:
            raise ValueError(f"the scale goes from {low} to {high}: write the lowest score first")
        marks = {"mean": self.mean, **{f"criteria.{name}.pass": each.pass_ for name, each in self.criteria.items()}}
        for key, mark in marks.items():
            if mark is not None and not low <= mark <= high:
                raise ValueError(f"{key} is {mark:g}, which is not on the scale from {low} to {high}")
        return self


class Evidence(_Document):
    """Words of the artifact that bear a score out."""

    file: str = Field(min_length=1)
    quote: str = Field(min_length=1, max_length=2_000)


class Score(_Document):
    """A reviewer's score of one criterion."""

    score: float
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=20)
    why: str | None = Field(default=None, max_length=2_000)


def _path(text: str) -> str:
    fault = path_fault(text)
    if fault:
        raise ValueError(f"{text!r} {fault}")
    return text


def _need(raw: object) -> object:
    if raw in ("all", "majority") or (
        isinstance(raw, int) and not isinstance(raw, bool) and 1 <= raw <= MOST_REVIEWERS
    ):
        return raw
    raise ValueError(f"must be all, majority, or a number from 1 to {MOST_REVIEWERS}")


MOST_REVIEWERS = 9
Need = Annotated[
    str | int,
    BeforeValidator(_need, json_schema_input_type=Literal["all", "majority"] | Annotated[int, Field(ge=1, le=9)]),
]
"""How many of several reviewers must be content."""


class Reviewer(BaseModel):
    """`reviewer` as a gate has it: short for steps put in behind this one, before all that need it (DESIGN §7)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str | None = Field(default=None, description="the agent that reviews; another than the one that made it")
    agents: tuple[str, ...] = Field(
        default=(), max_length=MOST_REVIEWERS, description="several, each with a step of its own"
    )
    prompt: str = Field(default="review", description="a file prompts/<name>.md.j2")
    rubric: Annotated[str, AfterValidator(_path)] | None = Field(
        default=None, description="a file with criteria that are scored"
    )
    reads: tuple[Annotated[str, AfterValidator(_path)], ...] = Field(
        default=(), description="what they read besides what the step reads and writes, and the rubric"
    )
    need: Need = Field(
        default="all", description="how many of several must find nothing that fails: `all`, `majority` or a number"
    )
    rounds: int = Field(default=2, ge=1, le=20, description="how often the maker mends before a person is asked")
    critical: int | None = Field(default=0, ge=0, description="the most critical findings; null: any number")
    major: int | None = Field(default=0, ge=0, description="the most major findings; null: any number")
    minor: int | None = Field(default=None, ge=0, description="the most minor findings; null: any number")

    @model_validator(mode="after")
    def _somebody(self) -> "Reviewer":
        if (self.agent is None) == (not self.agents):
            raise ValueError("name one reviewer with agent, or several with agents")
        if len(set(self.agents)) < len(self.agents):
            raise ValueError("an agent is named twice: a second word of the same reviewer is no second opinion")
        if isinstance(self.need, int) and self.need > len(self.who):
            raise ValueError(f"need is {self.need}, and the reviewers are {len(self.who)}")
        return self

    @property
    def who(self) -> tuple[str, ...]:
        """Return the agents that review, in order."""
        return (self.agent,) if self.agent is not None else self.agents


def needed(need: str | int, count: int) -> int:
    """Return how many of `count` reviewers must be content."""
    if isinstance(need, int):
        return need
    return count if need == "all" else count // 2 + 1
