"""The check `reviews`: of several reviewers enough are content. Where they disagree, it is said who says what.

A review that is missing or malformed is no voice for either side: the check cannot run.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from orchestrator.gates.checks.findings import Allowed, objections
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import FilePath
from orchestrator.gates.reviewing import read_review, read_rubric
from orchestrator.model.finding import FAILING, Finding, Severity
from orchestrator.model.rubric import Need, needed


class Reviews(Allowed):
    """Settings of `reviews`."""

    bare: ClassVar[str | None] = "files"
    example: ClassVar[str] = "reviews: {files: [draft-review-critic.yaml, draft-review-lawyer.yaml], need: majority}"

    files: tuple[FilePath, ...] = Field(min_length=1, max_length=9, description="the reviewers' files, one each")
    need: Need = Field(default="majority", description="how many must be content: `all`, `majority` or a number")

    @model_validator(mode="after")
    def _enough(self) -> "Reviews":
        if len(set(self.files)) < len(self.files):
            raise ValueError("a file is named twice: a second word of the same reviewer is no second opinion")
        if isinstance(self.need, int) and self.need > len(self.files):
            raise ValueError(f"need is {self.need}, and there are {len(self.files)} reviews")
        return self


def _run(material: Material, settings: Reviews) -> Iterator[Finding]:
    said = _said(material, settings)
    against = [file for file, found in said.items() if any(each.severity in FAILING for each in found)]
    content = len(said) - len(against)
    if against and content:
        yield _disagreement(said, against)
    if content < needed(settings.need, len(said)):
        for file in against:
            yield from said[file]


def _said(material: Material, settings: Reviews) -> Mapping[str, tuple[Finding, ...]]:
    """Return what each reviewer objects to. Raises CannotRun at the first review that is none."""
    rubric = read_rubric(material, settings.rubric)
    reviews = {file: read_review(material, file, rubric).value for file in settings.files}
    return {file: tuple(objections(each, file, rubric, settings)) for file, each in reviews.items() if each is not None}


def _disagreement(said: Mapping[str, tuple[Finding, ...]], against: list[str]) -> Finding:
    content = ", ".join(file for file in said if file not in against)
    message = f"the reviewers disagree: {content} would let it pass, {', '.join(against)} would not"
    return Finding(severity=Severity.INFO, message=message)


CHECK = Check("reviews", "Of several reviewers enough found no more than is allowed.", Reviews, _run, is_verdict=True)
