"""A gate file: `gate: [ … ]` as a step has it, in a file of its own. Text in, the checks' uses out; it judges nothing.

What a check wants of its settings is handed in, as it is to lint: the same mistakes are told in the same words.
"""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator

from orchestrator.documents.lint_case import JudgeSettings
from orchestrator.documents.lint_pipeline import judge_use
from orchestrator.documents.models import Read, read
from orchestrator.documents.problems import Problem
from orchestrator.documents.yaml import together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.pipeline import CheckUse


class GateFile(BaseModel):
    """The checks, in the order in which they are run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(default=1, ge=1, le=1)
    gate: tuple[CheckUse, ...] = Field(max_length=100)

    @field_validator("gate")
    @classmethod
    def _some_check(cls, gate: tuple[CheckUse, ...]) -> tuple[CheckUse, ...]:
        if not gate:
            raise ValueError("must not be empty: a gate without a check would let all through")
        return gate


def parse_gate(text: str | bytes, path: str, checks: Mapping[str, JudgeSettings]) -> tuple[CheckUse, ...]:
    """Return the uses of checks. Raises DocumentError for the first mistake, which carries the others.

    `checks`: a check's name → what is wrong with its settings; a check that has no name there is unknown.
    """
    found = read(text, path, GateFile)
    if found.value is None or not found.is_whole:
        raise together(found.faults)
    faults = (*found.faults, *map(_error, _problems(found, found.value, checks)))
    if faults:
        raise together(faults)
    return found.value.gate


def _problems(found: Read[GateFile], value: GateFile, checks: Mapping[str, JudgeSettings]) -> Iterable[Problem]:
    for index, use in enumerate(value.gate):
        yield from judge_use(found, ("gate", index), use, checks)


def _error(problem: Problem) -> DocumentError:
    return DocumentError(problem.message, place=Place(problem.path, problem.line, problem.column), hint=problem.hint)
