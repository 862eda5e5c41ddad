"""The checks on pictures and drawings, on real ones."""

import pytest

from orchestrator.content.picture import render
from orchestrator.gates import Material, judge
from orchestrator.model.pipeline import CheckUse

DRAWING = b"""\
<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" viewBox="0 0 300 200">
<rect width="300" height="200" fill="#ffffff"/>
<text x="20" y="60" font-size="24" fill="#111111">Slow mug</text>
</svg>
"""
PALE = DRAWING.replace(b"#111111", b"#dddddd")
WIDE = DRAWING.replace(b"Slow mug", b"The mug for the very slowest of mornings")
FILES = {
    "design.svg": DRAWING,
    "design.png": render(DRAWING, 600),
    "pale.svg": PALE,
    "wide.svg": WIDE,
    "bad.svg": b"<svg",
}


def said(use: object, **changes: bytes) -> list[str]:
    material = Material(files={**FILES, **changes}, artifacts=("design.svg", "design.png"))
    (result,) = judge([CheckUse.model_validate(use)], material)
    return [str(result.verdict), *(f"{finding.severity} {finding}" for finding in result.findings)]


@pytest.mark.parametrize(
    "use",
    [
        "image",
        {"image": {"file": "design.png", "min_width": 600, "max_width": 600, "min_height": 400, "max_bytes": 100_000}},
        {"rendered": {"from": "design.svg", "file": "design.png"}},
        {"contrast": {"file": "design.svg", "min": 7}},
        "contrast",
        "text_fits",
        {"text_fits": "pale.svg"},
    ],
)
def test_a_good_design_passes(use: object) -> None:
    assert said(use) == ["pass"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_width": 601}, "the picture is 600 pixels wide; at least 601 are wanted"),
        ({"max_height": 399}, "the picture is 400 pixels high; at most 399 are wanted"),
        ({"max_bytes": 10}, f"the picture is {len(FILES['design.png'])} bytes large; at most 10 are wanted"),
    ],
)
def test_a_picture_of_the_wrong_size_fails(settings: dict[str, int], message: str) -> None:
    assert said({"image": settings}) == ["fail", f"major design.png: {message}"]


@pytest.mark.parametrize("content", [b"", b"<svg/>", FILES["design.png"][:-20], b"\xff\xd8\xff\xe0JFIF"])
def test_what_does_not_decode_is_no_picture(content: bytes) -> None:
    verdict, finding = said("image", **{"design.png": content})
    assert verdict == "fail"
    assert finding.startswith("critical design.png: the ")


def test_a_picture_of_another_drawing_fails() -> None:
    use = {"rendered": {"from": "design.svg", "file": "design.png"}}
    expected = ["fail", "major design.png: the picture does not show design.svg as it is now"]
    assert said(use, **{"design.png": render(PALE, 600)}) == expected
    assert said(use, **{"design.svg": DRAWING.replace(b"Slow", b"slow")}) == expected
    assert said(use, **{"design.svg": DRAWING.replace(b'height="200"', b'height="300"')}) == expected


def test_a_tolerance_lets_a_near_picture_pass() -> None:
    use = {"rendered": {"from": "design.svg", "file": "design.png", "tolerance": 5}}
    assert said(use, **{"design.png": render(PALE, 600)}) == ["pass"]


def test_a_drawing_or_picture_that_is_broken_or_missing_fails() -> None:
    assert said({"rendered": {"from": "gone.svg", "file": "gone.png"}}) == [
        "fail",
        "critical gone.svg: the file is not there",
        "critical gone.png: the file is not there",
    ]
    for use in ({"rendered": {"from": "bad.svg", "file": "design.png"}}, {"contrast": {"file": "bad.svg"}}):
        verdict, finding = said(use)
        assert (verdict, finding[:16]) == ("fail", "critical bad.svg")
    assert said({"text_fits": "bad.svg"})[0] == "fail"
    assert said({"rendered": {"from": "design.svg", "file": "design.png"}}, **{"design.png": b"x"}) == [
        "fail",
        "critical design.png: the file is no PNG",
    ]


def test_a_pale_text_fails_with_its_line_and_ratio() -> None:
    assert said({"contrast": {"file": "pale.svg"}}) == [
        "fail",
        "major pale.svg:3: the text 'Slow mug' has a contrast of 1.35; 4.5 is wanted",
    ]


def test_a_text_off_the_canvas_fails_with_its_line() -> None:
    verdict, finding = said({"text_fits": "wide.svg"})
    assert verdict == "fail"
    assert finding.startswith("major wide.svg:3: the text 'The mug for the very slowest of mornings' runs ")


@pytest.mark.parametrize(("name", "kind"), [("contrast", ".svg"), ("text_fits", ".svg"), ("image", ".png")])
def test_a_step_that_wrote_no_such_file_fails(name: str, kind: str) -> None:
    (result,) = judge([CheckUse(name=name)], Material(files=FILES, artifacts=("listing.md",)))
    assert [str(finding) for finding in result.findings] == [f"the step wrote no {kind} file to judge"]
