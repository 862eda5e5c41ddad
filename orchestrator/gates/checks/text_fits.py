"""The check `text_fits`: no text of a drawing runs out of its box or off the canvas."""

from collections.abc import Iterator
from typing import ClassVar

from orchestrator.content import typeface
from orchestrator.content.drawing import DrawingError, overflows, texts
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import DRAWING, Bytes, FilePath, file_field, read_bytes
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown


class TextFits(CheckSettings):
    """Settings of `text_fits`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "text_fits: {file: design.svg}"

    file: FilePath | None = file_field("SVG")


def _run(material: Material, settings: TextFits) -> Iterator[Finding]:
    drawings, faults = read_bytes(material, settings.file, DRAWING)
    yield from faults
    for drawing in drawings:
        yield from _judge(drawing, settings)


def _judge(drawing: Bytes, settings: TextFits) -> Iterator[Finding]:
    try:
        found = overflows(drawing.content)
        shown_texts = texts(drawing.content)
    except DrawingError as exc:
        yield Finding(severity=Severity.CRITICAL, message=exc.message, file=drawing.path, line=exc.line)
        return
    for each in found:
        message = f"the text {shown(each.text)} runs {each.by:g} units out of its box"
        yield Finding(
            severity=settings.severity,
            message=message,
            file=drawing.path,
            line=each.line,
            suggestion="shorten it, break it, or set it smaller",
        )
    for text in shown_texts:
        lacking = typeface.lacking(text.text)
        if lacking:
            message = f"the typeface {typeface.FAMILY} lacks {shown(lacking)} of {shown(text.text)}"
            yield Finding(
                severity=settings.severity,
                message=message,
                file=drawing.path,
                line=text.line,
                suggestion="write it in letters that the typeface has, or draw it as paths",
            )


CHECK = Check("text_fits", "No text of a drawing runs out of its box or off the canvas.", TextFits, _run)
