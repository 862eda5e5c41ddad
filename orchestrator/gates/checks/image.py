"""The check `image`: a picture is of a wanted type and size, and decodes to its last pixel."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

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

    @model_validator(mode="after")
    def _some_picture_fits(self) -> "Image":
        for name, least, most in (
            ("width", self.min_width, self.max_width),
            ("height", self.min_height, self.max_height),
            ("bytes", self.min_bytes, self.max_bytes),
        ):
            if least is not None and most is not None and least > most:
                raise ValueError(f"min_{name} {least} is over max_{name} {most}: no picture fits")
        return self


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
    for message, suggestion in (
        *_type_faults(file.path, picture, settings),
        *_limit_faults(picture, len(file.content), settings),
        *_form_faults(picture, settings),
    ):
        yield Finding(severity=settings.severity, message=message, file=file.path, suggestion=suggestion)


_Faults = Iterator[tuple[str, str]]
"""What is wrong, and what to do."""


def _type_faults(path: str, picture: Picture, settings: Image) -> _Faults:
    named = next((kind for ending, kind in _ENDINGS.items() if path.casefold().endswith(ending)), None)
    if named is not None and named is not picture.kind:
        message = f"the file's name says {named}, and its content is {picture.kind}"
        yield message, f"name it .{picture.kind}, or save it as {named}"
    if settings.types and picture.kind not in settings.types:
        wanted = ", ".join(settings.types)
        yield f"the picture is {picture.kind}; wanted: {wanted}", "save it as one of these"
    if picture.surplus > 0:
        yield f"behind the picture's end stand {picture.surplus} bytes that are none of it", "save it anew"


def _limit_faults(picture: Picture, weight: int, settings: Image) -> _Faults:
    limits = (
        ("pixels wide", picture.size.width, settings.min_width, settings.max_width),
        ("pixels high", picture.size.height, settings.min_height, settings.max_height),
        ("bytes large", weight, settings.min_bytes, settings.max_bytes),
    )
    for unit, value, least, most in limits:
        if least is not None and value < least:
            yield f"the picture is {value} {unit}; at least {least} are wanted", "make it larger"
        if most is not None and value > most:
            yield f"the picture is {value} {unit}; at most {most} are wanted", "make it smaller"


def _form_faults(picture: Picture, settings: Image) -> _Faults:
    if settings.aspect is not None:
        yield from _aspect_faults(picture, settings.aspect, settings.tolerance)
    is_animated = picture.frames > 1
    if settings.animated is False and is_animated:
        yield f"the picture has {picture.frames} frames; one is wanted", "save one of them"
    if settings.animated and not is_animated:
        yield "the picture does not move", "save it as an animation"
    if settings.alpha is False and picture.has_alpha:
        yield "the picture has transparency", "save it on a ground of one colour"
    if settings.alpha and not picture.has_alpha:
        yield "the picture has no transparency", "save it with an alpha channel"
    if settings.no_location and picture.has_location:
        yield "the picture's metadata tell where it was taken", "save it without metadata"


def _aspect_faults(picture: Picture, aspect: str, tolerance: float) -> _Faults:
    across, down = (int(side) for side in aspect.split(":"))
    width, height = picture.size.width, picture.size.height
    if abs(width * down - height * across) * 100 > tolerance * height * across:
        yield f"the picture is {width}×{height}; an aspect of {aspect} is wanted", "cut it to that shape"


CHECK = Check("image", "A picture is of a wanted type and size, and decodes to its last pixel.", Image, _run)
