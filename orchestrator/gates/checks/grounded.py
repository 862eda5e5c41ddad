"""The check `grounded`: every figure, quotation and quoted name stands in the sources. What none says is invented."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from orchestrator.content.decoding import decode
from orchestrator.content.grounding import Claim, Grounds, Kind, gather, ungrounded
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, file_field, read_texts, source
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown
from orchestrator.model.patterns import is_literal, matches, matches_any
from orchestrator.model.pipeline import PathPattern


def _listed(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


Sources = Annotated[
    tuple[PathPattern, ...], BeforeValidator(_listed, json_schema_input_type=PathPattern | list[PathPattern])
]
"""The setting `in` of this check, and of others that look into sources."""

IN = "files, folders with a trailing '/', patterns; binary files are passed over"


class Grounded(CheckSettings):
    """Settings of `grounded`."""

    bare: ClassVar[str | None] = "in"
    example: ClassVar[str] = "grounded: {in: [sources/, brief.md]}"

    sources: Sources = Field(alias="in", min_length=1, description=IN)
    names: bool = Field(
        default=True, description="whether names in quotes, of one or two words with a capital, must stand there too"
    )
    severity: Severity = Field(default=Severity.CRITICAL, description="how bad an invented fact is")
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: Grounded) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    yield from missing(material, settings.sources)
    grounds = _grounds(material, settings)
    for text in texts:
        for claim in ungrounded(text.text, grounds, names=settings.names):
            yield Finding(
                severity=settings.severity,
                message=_message(claim),
                file=text.path,
                line=claim.line,
                suggestion=_suggestion(claim),
            )


def missing(material: Material, sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each source that is named and not there."""
    for path in sources:
        if is_literal(path) and path not in material.files:
            message = "the source is not there"
            yield Finding(
                severity=Severity.CRITICAL, message=message, file=path, suggestion="add it, or do not name it"
            )


def source_paths(material: Material, sources: Sources, file: str | None) -> tuple[str, ...]:
    """Return the sources that are there, in order.

    What the step itself wrote bears nothing out: an agent could put its inventions into a source. Raises CannotRun
    where a folder or a pattern holds none: with a slip of the pen in its name, nothing would be looked into.
    """
    for pattern in sources:
        if not is_literal(pattern) and not any(matches(pattern, path) for path in material.files):
            raise CannotRun(
                f"nothing stands in {pattern} to look into, or it is not among the step's reads or gate_reads"
            )
    own = {*material.artifacts, file}
    return tuple(sorted({path for path in material.files if matches_any(sources, path)} - own))


def _grounds(material: Material, settings: Grounded) -> Grounds:
    paths = source_paths(material, settings.sources, settings.file)
    texts = {path: decode(source(material, path)) for path in paths}
    return gather({path: decoded.text for path, decoded in texts.items() if decoded})


def _message(claim: Claim) -> str:
    if claim.kind is Kind.FIGURE:
        return f"the figure {shown(claim.text)} stands in no source"
    if claim.kind is Kind.QUOTATION:
        return f"the quotation {shown(claim.text)} stands in no source"
    if claim.kind is Kind.NAME:
        return f"the name {shown(claim.text)} stands in no source"
    return f"the citation {shown(claim.text)} points at no line of a source"


def _suggestion(claim: Claim) -> str:
    nearest = f"the nearest: {claim.nearest}; " if claim.nearest else ""
    if claim.kind is Kind.FIGURE:
        return f"{nearest}state what a source says, show the calculation as '+38 % (120 → 166)', or leave it out"
    if claim.kind is Kind.QUOTATION:
        return f"{nearest}quote word for word, or leave it out"
    if claim.kind is Kind.NAME:
        return f"{nearest}call it what a source calls it, or write it without quotes if it is no name"
    return "cite as [file:line]"


CHECK = Check(
    "grounded", "Every figure, quotation and quoted name stands in the sources; no invented facts.", Grounded, _run
)
