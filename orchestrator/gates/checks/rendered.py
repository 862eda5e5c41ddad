"""The check `rendered`: a picture shows a certain drawing, pixel by pixel, and no other version of it."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content.picture import DrawingError, render
from orchestrator.content.raster import NotAPicture, decode_png, difference, png_size
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import Bytes, FilePath, read_bytes
from orchestrator.model.finding import Finding, Severity


class Rendered(CheckSettings):
    """Settings of `rendered`."""

    example: ClassVar[str] = "rendered: {from: design.svg, file: design.png}"

    drawing: FilePath = Field(alias="from", description="the SVG")
    file: FilePath = Field(description="the PNG that shows it")
    tolerance: float = Field(
        default=0, ge=0, le=100, description="the most that the pictures may differ, in percent of all channels' range"
    )


def _run(material: Material, settings: Rendered) -> Iterator[Finding]:
    drawings, no_drawing = read_bytes(material, settings.drawing, ())
    pictures, no_picture = read_bytes(material, settings.file, ())
    yield from (*no_drawing, *no_picture)
    for drawing, picture in zip(drawings, pictures, strict=False):
        yield from _judge(drawing, picture, settings)


def _judge(drawing: Bytes, picture: Bytes, settings: Rendered) -> Iterator[Finding]:
    try:
        wanted = render(drawing.content, png_size(picture.content).width)
        apart = _apart(wanted, picture.content)
    except DrawingError as exc:
        yield Finding(severity=Severity.CRITICAL, message=exc.message, file=drawing.path, line=exc.line)
        return
    except NotAPicture as exc:
        yield Finding(severity=Severity.CRITICAL, message=str(exc), file=picture.path)
        return
    if apart is None or apart > settings.tolerance:
        message = f"the picture does not show {drawing.path} as it is now"
        suggestion = "render the drawing again, with no change of its proportions"
        yield Finding(severity=settings.severity, message=message, file=picture.path, suggestion=suggestion)


def _apart(wanted: bytes, content: bytes) -> float | None:
    """Return the difference in percent, or None where the sizes differ."""
    if wanted == content:
        return 0.0
    one, other = decode_png(wanted), decode_png(content)
    return difference(one, other) if one.size == other.size else None


CHECK = Check("rendered", "A picture shows a certain drawing, pixel by pixel.", Rendered, _run)
