"""The check `findings`: a reviewer found no more than is allowed. Its failing is a verdict on the work reviewed.

A review that is missing or malformed is no verdict: the check cannot run.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from orchestrator.documents.models import read
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, read_texts
from orchestrator.model.finding import Finding, ReviewFile, ReviewFinding, Severity


class Findings(CheckSettings):
    """Settings of `findings`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "findings: {file: recheck.yaml, critical: 0, major: 0}"

    file: FilePath = Field(description="the reviewer's file")
    critical: int | None = Field(default=0, ge=0, description="the most critical findings; null: any number")
    major: int | None = Field(default=0, ge=0, description="the most major findings; null: any number")
    minor: int | None = Field(default=None, ge=0, description="the most minor findings; null: any number")
    info: int | None = Field(default=None, ge=0, description="the most remarks; null: any number")

    severity: Severity = Field(
        default=Severity.MAJOR, description="how bad too many minor findings or remarks are; others keep their own"
    )

    def most(self, severity: Severity) -> int | None:
        """Return how many findings of a severity are allowed, None where any number is."""
        return {
            Severity.CRITICAL: self.critical,
            Severity.MAJOR: self.major,
            Severity.MINOR: self.minor,
            Severity.INFO: self.info,
        }[severity]


def _run(material: Material, settings: Findings) -> Iterator[Finding]:
    said = _review(material, settings.file).findings
    for severity in Severity:
        found = [finding for finding in said if finding.severity is severity]
        most = settings.most(severity)
        if most is not None and len(found) > most:
            yield from _handed_on(found, settings)
            if severity not in (Severity.CRITICAL, Severity.MAJOR):
                yield _too_many(len(found), severity, most, settings)


def _review(material: Material, file: str) -> ReviewFile:
    texts, faults = read_texts(material, file)
    if not texts:
        raise CannotRun(str(faults[0]))
    review = read(texts[0].text, file, ReviewFile)
    if review.faults or review.value is None:
        raise CannotRun("; ".join(str(fault).split("\n")[0] for fault in review.faults[:5]))
    return review.value


def _handed_on(found: Sequence[ReviewFinding], settings: Findings) -> Iterator[Finding]:
    for each in found:
        place = {"file": each.file, "line": each.line} if each.file else {"file": settings.file}
        yield Finding(severity=each.severity, message=each.message, suggestion=each.suggestion, **place)


def _too_many(count: int, severity: Severity, most: int, settings: Findings) -> Finding:
    message = f"the review has {count} {severity} findings; at most {most} are allowed"
    return Finding(severity=settings.severity, message=message, file=settings.file)


CHECK = Check("findings", "A reviewer found no more than is allowed.", Findings, _run, is_verdict=True)
