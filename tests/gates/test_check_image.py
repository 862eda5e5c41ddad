"""The check `image`, on pictures made here."""

import struct
from io import BytesIO

import pytest
from gate_cases import HOSTILE, material, said
from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (16, 9), *, mode: str = "RGB", **options: object) -> bytes:
    stream = BytesIO()
    Image.new(mode, size, "red").save(stream, kind, **options)
    return stream.getvalue()


def moving(kind: str) -> bytes:
    return picture(kind, save_all=True, append_images=[Image.new("RGB", (16, 9), "blue")])


def located(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a mug"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(kind, exif=exif)


PNG = picture()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PNG),
        ("a.jpg", picture("JPEG")),
        ("a.JPEG", picture("JPEG")),
        ("a.gif", picture("GIF")),
        ("a.webp", picture("WEBP")),
        ("a.webp", picture("WEBP", lossless=True)),
        ("a.webp", moving("WEBP")),
        ("a.gif", moving("GIF")),
    ],
)
def test_a_whole_picture_passes(name: str, content: bytes) -> None:
    assert said("image", {name: content}) == ["pass"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_width": 16}, None),
        ({"max_width": 16}, None),
        ({"min_height": 9}, None),
        ({"max_height": 9}, None),
        ({"min_width": 17}, "the picture is 16 pixels wide; at least 17 are wanted -> make it larger"),
        ({"max_width": 15}, "the picture is 16 pixels wide; at most 15 are wanted -> make it smaller"),
        ({"min_height": 10}, "the picture is 9 pixels high; at least 10 are wanted -> make it larger"),
        ({"max_height": 8}, "the picture is 9 pixels high; at most 8 are wanted -> make it smaller"),
        ({"min_bytes": len(PNG)}, None),
        ({"max_bytes": len(PNG)}, None),
        (
            {"min_bytes": len(PNG) + 1},
            f"the picture is {len(PNG)} bytes large; at least {len(PNG) + 1} are wanted -> make it larger",
        ),
        (
            {"max_bytes": len(PNG) - 1},
            f"the picture is {len(PNG)} bytes large; at most {len(PNG) - 1} are wanted -> make it smaller",
        ),
        ({"types": ["png"]}, None),
        ({"types": ["jpeg", "webp"]}, "the picture is png; wanted: jpeg, webp -> save it as one of these"),
        ({"aspect": "16:9", "tolerance": 0}, None),
        ({"aspect": "32:18", "tolerance": 0}, None),
        ({"aspect": "9:16"}, "the picture is 16×9; an aspect of 9:16 is wanted -> cut it to that shape"),
        ({"aspect": "2:1", "tolerance": 12}, None),
        ({"aspect": "2:1", "tolerance": 11}, "the picture is 16×9; an aspect of 2:1 is wanted -> cut it to that shape"),
        ({"animated": False}, None),
        ({"animated": True}, "the picture does not move -> save it as an animation"),
        ({"alpha": False}, None),
        ({"alpha": True}, "the picture has no transparency -> save it with an alpha channel"),
        ({"no_location": True}, None),
    ],
)
def test_each_limit_holds_to_the_last_unit(settings: dict[str, object], message: str | None) -> None:
    assert said({"image": settings}, {"a.png": PNG}) == (["fail", f"major a.png: {message}"] if message else ["pass"])


def test_an_aspect_may_be_off_by_its_tolerance_to_the_last_pixel() -> None:
    use = {"image": {"aspect": "1:1", "tolerance": 1}}
    for width, verdict in ((99, "pass"), (101, "pass"), (98, "fail"), (102, "fail")):
        assert said(use, {"a.png": picture(size=(width, 100))})[0] == verdict


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_what_moves_is_told(kind: str) -> None:
    files = {f"a.{kind.lower()}": moving(kind)}
    assert said({"image": {"animated": True}}, files) == ["pass"]
    assert said({"image": {"animated": False}}, files)[1].endswith(
        "the picture has 2 frames; one is wanted -> save one of them"
    )


def test_transparency_is_told() -> None:
    files = {"a.png": picture(mode="RGBA")}
    assert said({"image": {"alpha": True}}, files) == ["pass"]
    assert said({"image": {"alpha": False}}, files) == [
        "fail",
        "major a.png: the picture has transparency -> save it on a ground of one colour",
    ]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_place_in_the_metadata_is_told_where_it_is_asked_for(kind: str) -> None:
    files = {f"a.{kind.lower()}": located(kind)}
    assert said("image", files) == ["pass"]
    verdict, finding = said({"image": {"no_location": True}}, files)
    assert verdict == "fail"
    assert finding.endswith("the picture's metadata tell where it was taken -> save it without metadata")


def test_a_name_that_lies_fails() -> None:
    message = "the file's name says png, and its content is jpeg"
    assert said("image", {"a.png": picture("JPEG")}) == [
        "fail",
        f"major a.png: {message} -> name it .jpeg, or save it as png",
    ]
    assert said({"image": "a.pic"}, {"a.pic": PNG}) == ["pass"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_what_stands_behind_the_end_is_told(kind: str) -> None:
    verdict, finding = said("image", {f"a.{kind.lower()}": picture(kind) + b"x"})
    assert verdict == "fail"
    assert finding.endswith("behind the picture's end stand 1 bytes that are none of it -> save it anew")


HIDDEN = b"PK\3\4 stolen \xff\xd9 ;"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpeg", picture("JPEG")),
        ("a.jpeg", picture("JPEG", (300, 200), progressive=True)),
        ("a.jpeg", picture("JPEG", comment=b"\xff\xd9")),
        ("a.jpeg", picture("JPEG", (64, 64), restart_marker_blocks=1)),
        ("a.gif", picture("GIF")),
        ("a.gif", picture("GIF", comment=b"a; b;")),
        ("a.gif", moving("GIF")),
        ("a.png", PNG),
        ("a.webp", picture("WEBP")),
    ],
)
def test_an_archive_behind_a_picture_is_told_whatever_it_ends_with(name: str, content: bytes) -> None:
    assert said("image", {name: content}) == ["pass"]
    assert said("image", {name: content + HIDDEN}) == [
        "fail",
        f"major {name}: behind the picture's end stand {len(HIDDEN)} bytes that are none of it -> save it anew",
    ]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_that_is_cut_short_is_never_passed(kind: str) -> None:
    name, content = f"a.{kind.lower()}", picture(kind, (200, 200))
    for part in (0.1, 0.5, 0.9):
        assert said("image", {name: content[: int(len(content) * part)]})[0] == "fail"


def jpeg(width: int, height: int) -> bytes:
    return b"\xff\xd8\xff\xc0\0\x11\x08" + struct.pack(">HH", height, width) + b"\3" + b"\0" * 20


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jpg", jpeg(60_000, 60_000), "the JPEG has 60000×60000 pixels, more than 40 million"),
        ("a.jpg", jpeg(0, 9), "the JPEG has no pixels"),
        ("a.gif", b"GIF89a" + b"\xff" * 40, "the GIF has 65535×65535 pixels, more than 40 million"),
        (
            "a.webp",
            b"RIFF\x40\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff" + b"\0" * 40,
            "the WebP has 16777216×16777216 pixels, more than 40 million",
        ),
        ("a.png", HOSTILE["lying picture"], "the PNG has 2147483647×2147483647 pixels, more than 40 million"),
        ("a.png", b"BM" + b"\0" * 60, "the file is no PNG, JPEG, GIF or WebP"),
    ],
)
def test_what_is_no_picture_or_says_that_it_is_vast_is_refused(name: str, content: bytes, message: str) -> None:
    assert said("image", {name: content}) == ["fail", f"critical {name}: {message} -> write it anew as a picture"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp"])
def test_hostile_bytes_fail(name: str, ending: str) -> None:
    assert said("image", {f"a.{ending}": HOSTILE[name]})[0] == "fail"


@pytest.mark.parametrize("what", ["width", "height", "bytes"])
def test_limits_that_no_picture_fits_are_an_error(what: str) -> None:
    verdict, finding = said({"image": {f"min_{what}": 10, f"max_{what}": 9}}, {"a.png": PNG})
    assert verdict == "error"
    assert f"min_{what} 10 is over max_{what} 9: no picture fits" in finding
    assert said({"image": {f"min_{what}": 10, f"max_{what}": 10}}, {"a.png": PNG})[0] == "fail"


@pytest.mark.parametrize("wrong", [{"aspect": "wide"}, {"aspect": "0:9"}, {"types": ["bmp"]}, {"min_width": 0}])
def test_wrong_settings_are_an_error(wrong: dict[str, object]) -> None:
    assert said({"image": wrong}, {"a.png": PNG})[0] == "error"


def test_a_step_that_wrote_no_picture_fails() -> None:
    what = material({"a.md": "x"})
    assert said("image", what) == [
        "fail",
        "critical the step wrote no .png or .jpg or .jpeg or .gif or .webp file to judge"
        " -> write one, or name one with `file`",
    ]
