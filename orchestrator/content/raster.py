"""Pictures as pixels: PNG, JPEG, GIF and WebP, decoded whole, within bounds. Draws nothing and opens no file."""

import struct
import warnings
import zlib
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image, ImageChops, ImageStat

MOST_PIXELS = 40_000_000
"""160 MB decoded; a small file can say that it is far larger."""

MOST_FRAMES = 500
MOST_MOVING_PIXELS = 4 * MOST_PIXELS
"""Of all frames of an animation together."""

_GPS = 0x8825
"""The tag of EXIF's directory of places (EXIF 2.32, 4.6.3)."""
_UNSIZED = frozenset({0xC4, 0xC8, 0xCC})
"""Among JPEG's markers C0 to CF, those that begin no frame (ITU T.81, table B.1)."""
_JPEG_END = 0xD9
_ALONE = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})
"""JPEG's markers without a length; and the byte behind an FF that is one of the picture's own."""
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, OverflowError, struct.error, zlib.error)
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class NotAPicture(ValueError):
    """The bytes are no picture, one that is cut short or broken, or one too large to decode."""


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels."""

    width: int
    height: int


def png_size(content: bytes) -> Size:
    """Return what a PNG's header says. Raises NotAPicture."""
    if content[:8] != _SIGNATURE or content[12:16] != b"IHDR" or len(content) < 33:
        raise NotAPicture("the file is no PNG")
    width, height = struct.unpack(">II", content[16:24])
    if not (width and height):
        raise NotAPicture("the PNG has no pixels")
    if width * height > MOST_PIXELS:
        raise NotAPicture(f"the PNG has {width}×{height} pixels, more than {MOST_PIXELS // 1_000_000} million")
    return Size(width, height)


def decode_png(content: bytes) -> Image.Image:
    """Return the picture with red, green, blue and alpha, every pixel read. Raises NotAPicture."""
    png_size(content)
    try:
        _verify(content)
        with Image.open(BytesIO(content), formats=["PNG"]) as picture:
            return picture.convert("RGBA")
    except _BROKEN as exc:
        raise NotAPicture("the PNG does not decode: it is broken or cut short") from exc


def _verify(content: bytes) -> None:
    """That it is whole: pixels alone may be, of a file that is cut short."""
    with Image.open(BytesIO(content), formats=["PNG"]) as picture:
        picture.verify()


class Kind(StrEnum):
    """What a picture's bytes are."""

    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was decoded whole. `surplus`: the bytes behind its end."""

    kind: Kind
    size: Size
    frames: int
    has_alpha: bool
    has_location: bool
    surplus: int


def kind_of(content: bytes) -> Kind | None:
    """Return what the first bytes say, whatever the file is called; None for what is none of the four."""
    if content.startswith(_SIGNATURE):
        return Kind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    return Kind.WEBP if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def read_picture(content: bytes) -> Picture:
    """Return what a picture is, every pixel read. Raises NotAPicture; of one too large, before anything is decoded."""
    kind = kind_of(content)
    if kind is None:
        raise NotAPicture("the file is no PNG, JPEG, GIF or WebP")
    size = _bounded(kind, content)
    if kind is Kind.WEBP:
        from PIL import WebPImagePlugin  # noqa: F401  # else Pillow would load all its plug-ins to find this one
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(content), formats=[kind.upper()]) as picture:
                if kind is Kind.PNG:
                    _verify(content)
                frames = _read_frames(picture, size)
                alpha, located = picture.has_transparency_data, _is_located(picture, content)
    except (*_BROKEN, Warning, Image.DecompressionBombError) as exc:
        raise NotAPicture(f"the {_SAID[kind]} does not decode: it is broken or cut short") from exc
    return Picture(kind, size, frames, alpha, located, len(content) - _end(kind, content))


def _bounded(kind: Kind, content: bytes) -> Size:
    if kind is Kind.PNG:
        return png_size(content)
    size = {Kind.JPEG: _jpeg_size, Kind.GIF: _gif_size, Kind.WEBP: _webp_size}[kind](content)
    if size is None:
        raise NotAPicture(f"the {_SAID[kind]} does not decode: it is broken or cut short")
    if not (size.width and size.height):
        raise NotAPicture(f"the {_SAID[kind]} has no pixels")
    if size.width * size.height > MOST_PIXELS:
        many = f"{size.width}×{size.height} pixels, more than {MOST_PIXELS // 1_000_000} million"
        raise NotAPicture(f"the {_SAID[kind]} has {many}")
    return size


def _read_frames(picture: Image.Image, size: Size) -> int:
    picture.load()
    if not getattr(picture, "is_animated", False):
        return 1
    for frame in range(1, MOST_FRAMES + 1):
        try:
            picture.seek(frame)
        except EOFError:
            return frame
        picture.load()
        if (frame + 1) * size.width * size.height > MOST_MOVING_PIXELS:
            raise NotAPicture(f"the animation has more than {MOST_MOVING_PIXELS // 1_000_000} million pixels in all")
    raise NotAPicture(f"the animation has more than {MOST_FRAMES} frames")


def _is_located(picture: Image.Image, content: bytes) -> bool:
    return bool(picture.getexif().get_ifd(_GPS)) or b"exif:GPS" in content


def _jpeg_size(content: bytes) -> Size | None:
    place = 2
    while place + 9 <= len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _UNSIZED:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return Size(width, height)
        alone = marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01
        fill = 1 if marker == 0xFF else 2
        place += fill if alone else 2 + max(2, int.from_bytes(content[place + 2 : place + 4], "big"))
    return None


def _gif_size(content: bytes) -> Size | None:
    return Size(*struct.unpack("<HH", content[6:10])) if len(content) >= 13 else None


def _webp_size(content: bytes) -> Size | None:
    """The three forms of a first chunk (RFC 9649, sections 2.5 to 2.7)."""
    if len(content) < 30:
        return None
    match content[12:16]:
        case b"VP8X":
            return Size(*(1 + int.from_bytes(content[at : at + 3], "little") for at in (24, 27)))
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
        case b"VP8 ":
            return Size(*(side & 0x3FFF for side in struct.unpack("<HH", content[26:30])))
    return None


def _end(kind: Kind, content: bytes) -> int:
    """Where the picture ends, as it says itself."""
    match kind:
        case Kind.PNG:
            return _png_end(content)
        case Kind.JPEG:
            return _jpeg_end(content)
        case Kind.WEBP:
            told = int.from_bytes(content[4:8], "little") + 8
            return min(len(content), told + told % 2)
        case Kind.GIF:
            return _gif_end(content)


def _png_end(content: bytes) -> int:
    place = 8
    while place + 12 <= len(content):
        name = content[place + 4 : place + 8]
        place += 12 + int.from_bytes(content[place : place + 4], "big")
        if name == b"IEND":
            return place
    return len(content)


def _jpeg_end(content: bytes) -> int:
    """Go from segment to segment (ITU T.81, B.1.1): what a segment holds, such as a small picture, ends nothing."""
    place = 2
    while (place := content.find(b"\xff", place)) >= 0 and place + 2 <= len(content):
        marker = content[place + 1]
        if marker == _JPEG_END:
            return place + 2
        if marker == 0xFF:
            place += 1
        elif marker in _ALONE:
            place += 2
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return len(content)


def _gif_end(content: bytes) -> int:
    """Go from block to block (GIF89a, section 17 to 27)."""
    place = 13 + _color_table(content[10])
    while place < len(content):
        match content[place]:
            case 0x2C:  # an image: ten bytes, a table of colours, the size of its codes
                flags = content[place + 9] if place + 9 < len(content) else 0
                place = _behind_pieces(content, place + 11 + _color_table(flags))
            case 0x21:  # an extension
                place = _behind_pieces(content, place + 2)
            case 0x3B:
                return place + 1
            case _:
                return place
    return len(content)


def _color_table(flags: int) -> int:
    """Return its length in bytes."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_pieces(content: bytes, place: int) -> int:
    while place < len(content) and content[place]:
        place += 1 + content[place]
    return place + 1


_SAID = {Kind.PNG: "PNG", Kind.JPEG: "JPEG", Kind.GIF: "GIF", Kind.WEBP: "WebP"}


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures of one size are apart: the mean difference of their channels, in percent."""
    if one.tobytes() == other.tobytes():
        return 0.0
    means = ImageStat.Stat(ImageChops.difference(_opaque(one), _opaque(other))).mean
    alpha = ImageStat.Stat(ImageChops.difference(one.getchannel("A"), other.getchannel("A"))).mean
    return 100 * (sum(means) + sum(alpha)) / 4 / 255


def _opaque(picture: Image.Image) -> Image.Image:
    """Colours as they show on white: what lies under full transparency is seen by nobody."""
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture).convert("RGB")
