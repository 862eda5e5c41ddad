"""The check `contrast`: the texts of a drawing stand out from what lies beneath them (WCAG 2.2, 1.4.3)."""

from collections.abc import Iterator
from math import floor
from typing import ClassVar

from pydantic import Field

from orchestrator.content.drawing import Contrast as Found
from orchestrator.content.drawing import DrawingError, contrasts
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import DRAWING, Bytes, FilePath, file_field, read_bytes
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown


class Contrast(CheckSettings):
    """Settings of `contrast`."""

    bare: ClassVar[str | None] = "min"
    example: ClassVar[str] = "contrast: {file: design.svg, min: 4.5}"

    min: float = Field(default=4.5, ge=1, le=21, description="the least contrast ratio of a text; 4.5 is WCAG's AA")
    large_min: float | None = Field(
        default=None,
        ge=1,
        le=21,
        description="the same of a large text, 24 pixels or 18.66 and bold; 3 is WCAG's AA; left out: as for all",
    )
    file: FilePath | None = file_field("SVG")


def _run(material: Material, settings: Contrast) -> Iterator[Finding]:
    drawings, faults = read_bytes(material, settings.file, DRAWING)
    yield from faults
    for drawing in drawings:
        yield from _judge(drawing, settings)


def _judge(drawing: Bytes, settings: Contrast) -> Iterator[Finding]:
    try:
        found = contrasts(drawing.content)
    except DrawingError as exc:
        yield Finding(severity=Severity.CRITICAL, message=exc.message, file=drawing.path, line=exc.line)
        return
    for each in found:
        wanted = settings.large_min if each.is_large and settings.large_min is not None else settings.min
        if each.ratio < wanted:
            yield _finding(drawing.path, each, wanted, settings.severity)


def _finding(path: str, found: Found, wanted: float, severity: Severity) -> Finding:
    message = f"the text {shown(found.text)} has a contrast of {_ratio(found.ratio)}; {wanted:g} is wanted"
    suggestion = "make the text or what lies beneath it lighter or darker"
    if found.is_covered:
        message = f"nothing is seen of the text {shown(found.text)}: what is drawn later covers it"
        suggestion = "put it behind that in the file, so that it is drawn over it"
    return Finding(severity=severity, message=message, file=path, line=found.line, suggestion=suggestion)


def _ratio(ratio: float) -> str:
    """Rounded down, so that what is under the limit never reads as being at it."""
    return f"{floor(ratio * 100) / 100:g}"


CHECK = Check("contrast", "The texts of a drawing stand out from what lies beneath them.", Contrast, _run)
