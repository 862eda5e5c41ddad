"""The check `review_file`: a reviewer's file is well-formed. What it says of others' work is for `findings`.

A review that is none is an error, and the reviewer is asked again: a judge that breaks has judged nothing.
"""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath
from orchestrator.gates.reviewing import read_review, read_rubric
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown
from orchestrator.model.pipeline import PathPattern


class ReviewFileSettings(CheckSettings):
    """Settings of `review_file`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "review_file: {file: review.yaml, rubric: /memory/rubric.yaml}"

    file: FilePath = Field(
        description="the reviewer's file: `findings:`, a list of severity, message, file, line, suggestion; `scores:`"
    )
    rubric: FilePath | None = Field(
        default=None, description="the criteria that it must score, each with evidence that really stands there"
    )
    of: tuple[PathPattern, ...] = Field(
        default=(), description="the files that evidence is quoted from; left out: any but the review"
    )
    severity: Severity = Field(default=Severity.MINOR, description="how bad a finding on a file that is not there is")


def _run(material: Material, settings: ReviewFileSettings) -> Iterator[Finding]:
    review = read_review(material, settings.file, read_rubric(material, settings.rubric), settings.of)
    for place, finding in enumerate(review.value.findings if review.value else ()):
        if finding.file and finding.file not in material.files:
            line = review.place("findings", place, "file").line
            message = f"the finding points at {shown(finding.file)}, which is not there"
            yield Finding(
                severity=settings.severity,
                message=message,
                file=settings.file,
                line=line,
                suggestion="name the file judged",
            )


CHECK = Check("review_file", "A reviewer's file is well-formed, with no key of its own.", ReviewFileSettings, _run)
