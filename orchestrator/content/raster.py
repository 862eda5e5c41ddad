"""Pictures as pixels: a PNG decoded whole, within bounds. Draws nothing and opens no file."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageStat

MOST_PIXELS = 40_000_000
"""160 MB decoded; a small file can say that it is far larger."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class NotAPicture(ValueError):
    """The bytes are no PNG, one that is cut short or broken, or one too large to decode."""


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
        with Image.open(BytesIO(content), formats=["PNG"]) as picture:
            picture.verify()  # that it is whole: pixels alone may be, of a file that is cut short
        with Image.open(BytesIO(content), formats=["PNG"]) as picture:
            return picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, LookupError, OverflowError, struct.error, zlib.error) as exc:
        raise NotAPicture("the PNG does not decode: it is broken or cut short") from exc


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
