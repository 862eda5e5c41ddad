"""The check `findings`: a reviewer found no more than is allowed. Its failing is a verdict on the work reviewed.

A review that is missing or malformed is no verdict: the check cannot run.
"""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath
from orchestrator.gates.reviewing import handed_on, low_scores, read_review, read_rubric
from orchestrator.model.finding import Finding, ReviewFile, Severity
from orchestrator.model.rubric import Rubric


class Allowed(CheckSettings):
    """How many findings of which severity a review may hold, and which scores it must give."""

    critical: int | None = Field(default=0, ge=0, description="the most critical findings; null: any number")
    major: int | None = Field(default=0, ge=0, description="the most major findings; null: any number")
    minor: int | None = Field(default=None, ge=0, description="the most minor findings; null: any number")
    info: int | None = Field(default=None, ge=0, description="the most remarks; null: any number")
    rubric: FilePath | None = Field(default=None, description="the criteria whose scores must reach their `pass`")

    severity: Severity = Field(
        default=Severity.MAJOR, description="how bad too many minor findings, remarks or a low score are"
    )

    def most(self, severity: Severity) -> int | None:
        """Return how many findings of a severity are allowed, None where any number is."""
        return {
            Severity.CRITICAL: self.critical,
            Severity.MAJOR: self.major,
            Severity.MINOR: self.minor,
            Severity.INFO: self.info,
        }[severity]


class Findings(Allowed):
    """Settings of `findings`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "findings: {file: recheck.yaml, critical: 0, major: 0}"

    file: FilePath = Field(description="the reviewer's file")


def _run(material: Material, settings: Findings) -> Iterator[Finding]:
    rubric = read_rubric(material, settings.rubric)
    review = read_review(material, settings.file, rubric).value
    return objections(review, settings.file, rubric, settings) if review else iter(())


def objections(review: ReviewFile, file: str, rubric: Rubric | None, allowed: Allowed) -> Iterator[Finding]:
    """Yield what one review says that is more than is allowed; nothing where the reviewer is content."""
    for severity in Severity:
        found = [finding for finding in review.findings if finding.severity is severity]
        most = allowed.most(severity)
        if most is not None and len(found) > most:
            yield from (handed_on(each, file) for each in found)
            if severity not in (Severity.CRITICAL, Severity.MAJOR):
                yield _too_many(len(found), severity, most, file, allowed)
    if rubric is not None:
        yield from low_scores(review.scores, rubric, file, allowed.severity)


def _too_many(count: int, severity: Severity, most: int, file: str, allowed: Allowed) -> Finding:
    message = f"the review has {count} {severity} findings; at most {most} are allowed"
    return Finding(severity=allowed.severity, message=message, file=file)


CHECK = Check("findings", "A reviewer found no more than is allowed.", Findings, _run, is_verdict=True)
