"""The check `review_file`: a reviewer's file is well-formed. What it says of others' work is for `findings`."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.documents.models import read
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, read_texts
from orchestrator.model.finding import Finding, ReviewFile, Severity
from orchestrator.model.names import shown


class ReviewFileSettings(CheckSettings):
    """Settings of `review_file`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "review_file: review.yaml"

    file: FilePath = Field(
        description="the reviewer's file: `findings:`, a list of severity, message, file, line, suggestion"
    )


def _run(material: Material, settings: ReviewFileSettings) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _judge(text, material, settings)


def _judge(text: Text, material: Material, settings: ReviewFileSettings) -> Iterator[Finding]:
    review = read(text.text, text.path, ReviewFile)
    for fault in review.faults:
        yield Finding(
            severity=settings.severity,
            message=fault.message,
            file=text.path,
            line=fault.place.line if fault.place else None,
            suggestion=fault.hint,
        )
    if review.value is None or review.faults:
        return
    for place, finding in enumerate(review.value.findings):
        if finding.file and finding.file not in material.files:
            line = review.place("findings", place, "file").line
            message = f"the finding points at {shown(finding.file)}, which is not there"
            yield Finding(
                severity=Severity.MINOR, message=message, file=text.path, line=line, suggestion="name the file judged"
            )


CHECK = Check("review_file", "A reviewer's file is well-formed, with no key of its own.", ReviewFileSettings, _run)
