"""PNGs: decoded whole or refused."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from orchestrator.content.raster import NotAPicture, Size, decode_png, difference, png_size


def png(width: int = 4, height: int = 3, color: str = "red") -> bytes:
    stream = BytesIO()
    Image.new("RGBA", (width, height), color).save(stream, "PNG")
    return stream.getvalue()


def bomb(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )


def test_a_png_has_its_size_and_pixels() -> None:
    assert png_size(png(4, 3)) == Size(4, 3)
    assert decode_png(png(4, 3)).getpixel((3, 2)) == (255, 0, 0, 255)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is no PNG"),
        (b"<svg/>" * 20, "the file is no PNG"),
        (png()[:30], "the file is no PNG"),
        (png()[:60], "the PNG does not decode: it is broken or cut short"),
        (png()[:45] + b"xxxx" + png()[49:], "the PNG does not decode: it is broken or cut short"),
        (bomb(0, 5), "the PNG has no pixels"),
        (bomb(100_000, 100_000), "the PNG has 100000×100000 pixels, more than 40 million"),
        (bomb(5_000, 5_000), "the PNG does not decode: it is broken or cut short"),
    ],
)
def test_what_is_no_whole_png_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(NotAPicture) as caught:
        decode_png(content)
    assert str(caught.value) == message


@settings(max_examples=60)
@given(st.integers(0, len(png()) - 1), st.integers(0, 255))
def test_a_flipped_byte_is_read_or_refused_and_never_an_error(place: int, byte: int) -> None:
    content = bytearray(png())
    content[place] = byte
    with suppress(NotAPicture):
        assert decode_png(bytes(content)).mode == "RGBA"


def test_pictures_are_as_far_apart_as_their_channels() -> None:
    red, blue = decode_png(png(color="red")), decode_png(png(color="blue"))
    assert difference(red, red) == 0
    assert difference(red, blue) == 50
    assert difference(decode_png(png(color="#ff000000")), decode_png(png(color="#0000ff00"))) == 0
