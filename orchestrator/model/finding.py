"""What a check or a reviewer says of a file."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.model.rubric import Score

MOST_FINDINGS = 50
MOST_CHARACTERS = 500


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


FAILING = frozenset({Severity.CRITICAL, Severity.MAJOR})
"""What fails a gate; the others are remarks."""


class Verdict(StrEnum):
    """What a check comes to. `ERROR`: the check itself could not run, which is neither pass nor fail."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"


class Finding(BaseModel):
    """One thing that a check says. `line` is 1-based; `file` is relative to the job's directory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity
    message: str = Field(min_length=1)
    check: str | None = None
    rule: str | None = Field(default=None, description="which rule of a check that has several")
    file: str | None = None
    line: int | None = Field(default=None, ge=1)
    suggestion: str | None = None
    waived: str | None = Field(default=None, description="who waived it, and why: it fails nothing")

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place}: {self.message}" if place else self.message


class ReviewFile(BaseModel):
    """`review.yaml`: what a reviewer hands in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    findings: tuple["ReviewFinding", ...]
    scores: Mapping[str, Score] = Field(default_factory=dict, description="criterion of the rubric → its score")


class ReviewFinding(BaseModel):
    """One finding of a reviewer, in the keys that DESIGN §14 fixes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severity
    message: str = Field(min_length=1)
    file: str | None = None
    line: int | None = Field(default=None, ge=1)
    suggestion: str | None = None


def bounded(findings: "tuple[Finding, ...]") -> "tuple[Finding, ...]":
    """Return the findings as state.yaml keeps them: at most 50, worst first, waived ones last, 500 characters each."""
    order = list(Severity)
    worst_first = sorted(findings, key=lambda finding: (finding.waived is not None, order.index(finding.severity)))
    return tuple(_cut(finding) for finding in worst_first[:MOST_FINDINGS])


def cut(text: str) -> str:
    """Return a text as state.yaml keeps it."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _cut(finding: Finding) -> Finding:
    long = {
        key: cut(text)
        for key, text in (("message", finding.message), ("suggestion", finding.suggestion), ("waived", finding.waived))
        if text is not None and len(text) > MOST_CHARACTERS
    }
    return finding.model_copy(update=long) if long else finding


ReviewFile.model_rebuild()
