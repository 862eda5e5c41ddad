"""The check `image`: a PNG decodes, and is as large as it must be."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content.raster import NotAPicture, Size, decode_png, png_size
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import Bytes, FilePath, file_field, read_bytes
from orchestrator.model.finding import Finding, Severity

PNG = (".png",)


class Image(CheckSettings):
    """Settings of `image`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "image: {file: design.png, min_width: 1200}"

    file: FilePath | None = file_field("PNG")
    min_width: int | None = Field(default=None, ge=1, description="pixels")
    min_height: int | None = Field(default=None, ge=1, description="pixels")
    max_width: int | None = Field(default=None, ge=1, description="pixels")
    max_height: int | None = Field(default=None, ge=1, description="pixels")
    max_bytes: int | None = Field(default=None, ge=1, description="the largest file")


def _run(material: Material, settings: Image) -> Iterator[Finding]:
    pictures, faults = read_bytes(material, settings.file, PNG)
    yield from faults
    for picture in pictures:
        yield from _judge(picture, settings)


def _judge(picture: Bytes, settings: Image) -> Iterator[Finding]:
    try:
        size = png_size(picture.content)
        decode_png(picture.content)
    except NotAPicture as exc:
        yield Finding(
            severity=Severity.CRITICAL, message=str(exc), file=picture.path, suggestion="write it anew as PNG"
        )
        return
    for message in _faults(size, len(picture.content), settings):
        yield Finding(severity=settings.severity, message=message, file=picture.path)


def _faults(size: Size, weight: int, settings: Image) -> Iterator[str]:
    limits = (
        ("pixels wide", size.width, settings.min_width, settings.max_width),
        ("pixels high", size.height, settings.min_height, settings.max_height),
        ("bytes large", weight, None, settings.max_bytes),
    )
    for unit, value, least, most in limits:
        if least is not None and value < least:
            yield f"the picture is {value} {unit}; at least {least} are wanted"
        if most is not None and value > most:
            yield f"the picture is {value} {unit}; at most {most} are wanted"


CHECK = Check("image", "A PNG decodes, and is as large as it must be.", Image, _run)
