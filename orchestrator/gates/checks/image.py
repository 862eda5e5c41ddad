"""The check `image`: a picture is of a wanted type and size, and decodes to its last pixel."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from orchestrator.content.raster import Kind, NotAPicture, Picture, read_picture
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import Bytes, FilePath, file_field, read_bytes
from orchestrator.model.finding import Finding, Severity

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_ENDINGS = {".png": Kind.PNG, ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG, ".gif": Kind.GIF, ".webp": Kind.WEBP}

Aspect = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}:[1-9][0-9]{0,4}$")]


class Image(CheckSettings):
    """Settings of `image`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "image: {file: design.png, min_width: 1200}"

    file: FilePath | None = file_field("picture")
    types: tuple[Kind, ...] = Field(default=(), description="the types that it may be, by its content; left out: any")
    min_width: int | None = Field(default=None, ge=1, description="pixels")
    min_height: int | None = Field(default=None, ge=1, description="pixels")
    max_width: int | None = Field(default=None, ge=1, description="pixels")
    max_height: int | None = Field(default=None, ge=1, description="pixels")
    aspect: Aspect | None = Field(default=None, description="width to height, such as `16:9`")
    tolerance: float = Field(default=1, ge=0, le=100, description="percent by which the aspect may be another")
    min_bytes: int | None = Field(default=None, ge=1, description="the smallest file")
    max_bytes: int | None = Field(default=None, ge=1, description="the largest file")
    animated: bool | None = Field(default=None, description="whether it must move (true) or must not (false)")
    alpha: bool | None = Field(default=None, description="whether it must have transparency (true) or must not (false)")
    no_location: bool = Field(default=False, description="its metadata must not tell where it was taken")


def _run(material: Material, settings: Image) -> Iterator[Finding]:
    pictures, faults = read_bytes(material, settings.file, PICTURES)
    yield from faults
    for picture in pictures:
        yield from _judge(picture, settings)


def _judge(file: Bytes, settings: Image) -> Iterator[Finding]:
    try:
        picture = read_picture(file.content)
    except NotAPicture as exc:
        yield Finding(
            severity=Severity.CRITICAL, message=str(exc), file=file.path, suggestion="write it anew as a picture"
        )
        return
    for message in (
        *_type_faults(file.path, picture, settings),
        *_limit_faults(picture, len(file.content), settings),
        *_form_faults(picture, settings),
    ):
        yield Finding(severity=settings.severity, message=message, file=file.path)


def _type_faults(path: str, picture: Picture, settings: Image) -> Iterator[str]:
    named = next((kind for ending, kind in _ENDINGS.items() if path.casefold().endswith(ending)), None)
    if named is not None and named is not picture.kind:
        yield f"the file's name says {named}, and its content is {picture.kind}"
    if settings.types and picture.kind not in settings.types:
        yield f"the picture is {picture.kind}; wanted: {', '.join(settings.types)}"
    if picture.surplus > 0:
        yield f"behind the picture's end stand {picture.surplus} bytes that are none of it"


def _limit_faults(picture: Picture, weight: int, settings: Image) -> Iterator[str]:
    limits = (
        ("pixels wide", picture.size.width, settings.min_width, settings.max_width),
        ("pixels high", picture.size.height, settings.min_height, settings.max_height),
        ("bytes large", weight, settings.min_bytes, settings.max_bytes),
    )
    for unit, value, least, most in limits:
        if least is not None and value < least:
            yield f"the picture is {value} {unit}; at least {least} are wanted"
        if most is not None and value > most:
            yield f"the picture is {value} {unit}; at most {most} are wanted"


def _form_faults(picture: Picture, settings: Image) -> Iterator[str]:
    if settings.aspect is not None:
        yield from _aspect_faults(picture, settings.aspect, settings.tolerance)
    is_animated = picture.frames > 1
    if settings.animated is not None and settings.animated is not is_animated:
        yield f"the picture has {picture.frames} frames; one is wanted" if is_animated else "the picture does not move"
    if settings.alpha is not None and settings.alpha is not picture.has_alpha:
        yield "the picture has transparency" if picture.has_alpha else "the picture has no transparency"
    if settings.no_location and picture.has_location:
        yield "the picture's metadata tell where it was taken"


def _aspect_faults(picture: Picture, aspect: str, tolerance: float) -> Iterator[str]:
    across, down = (int(side) for side in aspect.split(":"))
    width, height = picture.size.width, picture.size.height
    if abs(width * down - height * across) * 100 > tolerance * height * across:
        yield f"the picture is {width}×{height}; an aspect of {aspect} is wanted"


CHECK = Check("image", "A picture is of a wanted type and size, and decodes to its last pixel.", Image, _run)
