"""The check `rendered`: a picture of this drawing, and of no other."""

from io import BytesIO

import pytest
from gate_cases import HOSTILE, material, said
from PIL import Image

from orchestrator.content.picture import render

DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="#fff"/></svg>'
)
DARK = DRAWING.replace(b"#fff", b"#000")
USE = {"from": "a.svg", "file": "a.png"}
OTHER = [
    "fail",
    "major a.png: the picture does not show a.svg as it is now"
    " -> render the drawing again, with no change of its proportions",
]


def judged(drawing: bytes, picture: bytes, **settings: object) -> list[str]:
    return said({"rendered": {**USE, **settings}}, {"a.svg": drawing, "a.png": picture})


def plain(color: str, size: tuple[int, int] = (30, 20)) -> bytes:
    stream = BytesIO()
    Image.new("RGBA", size, color).save(stream, "PNG")
    return stream.getvalue()


def test_a_picture_of_the_drawing_passes_in_any_width() -> None:
    for width in (30, 60, 400):
        assert judged(DRAWING, render(DRAWING, width)) == ["pass"]
    assert judged(DRAWING, plain("#fff")) == ["pass"]


def test_a_picture_of_another_drawing_or_shape_fails() -> None:
    assert judged(DRAWING, render(DARK)) == OTHER
    assert judged(DRAWING, plain("#fff", (30, 21)), tolerance=100) == OTHER
    assert judged(DRAWING, plain("#fefefe")) == OTHER


def test_the_tolerance_counts_to_the_last_shade() -> None:
    """Black for white: three of the four channels are all apart, 75 % of their range."""
    assert judged(DRAWING, plain("#000"), tolerance=75) == ["pass"]
    assert judged(DRAWING, plain("#000"), tolerance=74.9) == OTHER


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_fail(name: str) -> None:
    assert judged(HOSTILE[name], render(DRAWING))[0] == "fail"
    assert judged(DRAWING, HOSTILE[name])[0] == "fail"


def test_what_is_broken_or_missing_is_named() -> None:
    assert judged(b"<svg", plain("#fff")) == ["fail", "critical a.svg:1: not well-formed XML: unclosed token"]
    assert judged(DRAWING, b"x") == ["fail", "critical a.png: the file is no PNG"]
    assert said({"rendered": USE}, material({})) == [
        "fail",
        "critical a.svg: the file is not there -> write it",
        "critical a.png: the file is not there -> write it",
    ]


@pytest.mark.parametrize("wrong", [{"tolerance": -1}, {"tolerance": 101}, {"from": "../a.svg"}])
def test_wrong_settings_are_an_error(wrong: dict[str, object]) -> None:
    assert judged(DRAWING, plain("#fff"), **wrong)[0] == "error"
