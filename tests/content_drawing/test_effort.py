"""The work that a drawing is: bounded before the renderer sees it."""

import pytest

from orchestrator.content import svg as drawings
from orchestrator.content.effort import FURTHEST, MOST_EFFORT, check_effort
from orchestrator.content.shapes import Outline, outline_of
from orchestrator.content.svg import DrawingError, Element
from orchestrator.content.transforms import Box

GRADIENT = '<linearGradient id="g"><stop/></linearGradient>'
FILTER = '<filter id="f"><feGaussianBlur stdDeviation="9"/></filter>'
PATTERN = (
    '<pattern id="p" patternUnits="userSpaceOnUse" width="{0}" height="{0}"><rect width="9" height="9"/></pattern>'
)
RECT = '<rect width="1000" height="1000" {}/>'


def checked(body: str, side: int = 1_000) -> None:
    root = drawings.parse(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000">\n{body}\n</svg>'.encode())
    check_effort(root, side, side)


@pytest.mark.parametrize(
    ("piece", "many", "too_many"),
    [
        (RECT.format(""), 150, 250),
        (RECT.format('fill="url(#g)"'), 40, 70),
        (RECT.format('opacity=".5"'), 40, 70),
        ('<g opacity=".5">' + RECT.format("") + "</g>", 40, 70),
        (RECT.format('filter="url(#f)"'), 3, 8),
        (RECT.format('style="filter:blur(9px)"'), 0, 2),
        ('<rect width="9" height="9" opacity=".5"/>', 15_000, None),
        ('<text y="9">' + "mug " * 50 + "</text>", 300, 900),
        ('<path d="M0 0' + "L1000 1000L0 0" * 50 + '" stroke="red"/>', 20, 60),
    ],
)
def test_work_adds_up_by_what_it_covers(piece: str, many: int, too_many: int | None) -> None:
    checked(GRADIENT + FILTER + piece * many)
    if too_many is not None:
        with pytest.raises(DrawingError, match="too much work at its size"):
            checked(GRADIENT + FILTER + piece * too_many)


def test_the_same_drawing_is_less_work_when_it_is_small() -> None:
    body = RECT.format("") * 250
    checked(body, 500)
    with pytest.raises(DrawingError) as caught:
        checked(body)
    assert caught.value.line == 2


def test_a_style_sheet_counts_for_all() -> None:
    body = RECT.format("") * 70
    checked(body)
    with pytest.raises(DrawingError, match="too much work"):
        checked("<style>.never{opacity:.5}</style>" + body)


def test_a_pattern_may_be_as_large_as_a_picture() -> None:
    checked(PATTERN.format(5_000) + RECT.format('fill="url(#p)"'))
    with pytest.raises(DrawingError, match="a pattern's tile is larger than any picture may be"):
        checked(PATTERN.format(6_000) + RECT.format('fill="url(#p)"'))
    with pytest.raises(DrawingError, match="a pattern's tile"):
        checked(
            PATTERN.format(50).replace(" width", ' patternTransform="scale(500)" width', 1)
            + RECT.format('fill="url(#p)"')
        )


def test_patterns_in_patterns_are_drawn_out() -> None:
    layers = '<pattern id="p0" width="1" height="1"><rect width="9" height="9"/></pattern>' + "".join(
        f'<pattern id="p{n}" width="1" height="1"><g fill="url(#p{n - 1})">'
        + '<rect width="9" height="9"/>' * 10
        + "</g></pattern>"
        for n in range(1, 9)
    )
    with pytest.raises(DrawingError):
        checked(layers + '<rect width="9" height="9" fill="url(#p8)"/>')


def test_a_shape_out_of_all_bounds_is_refused() -> None:
    checked(f'<circle cx="{FURTHEST - 100}" r="9"/>')
    with pytest.raises(DrawingError, match="a shape leads out of all bounds"):
        checked(f'<circle cx="{FURTHEST}" r="9"/>')


@pytest.mark.parametrize(
    ("tag", "attributes", "box"),
    [
        ("rect", {"x": "1", "y": "2", "width": "3", "height": "4"}, Box(1, 2, 4, 6)),
        ("circle", {"cx": "5", "cy": "6", "r": "2"}, Box(3, 4, 7, 8)),
        ("ellipse", {"cx": "5", "rx": "1", "ry": "2"}, Box(4, -2, 6, 2)),
        ("line", {"x1": "9", "y2": "3"}, Box(0, 0, 9, 3)),
        ("polygon", {"points": "0,0 4,0 4,3"}, Box(0, 0, 4, 3)),
        ("path", {"d": "M1 1h3v4l-9-9z"}, Box(-5, -4, 4, 5)),
        ("path", {"d": "m1,1c0 5 9 5 9 0s1 1 2 2q1 1 2 2t3 3"}, Box(1, -4, 17, 8)),
        (
            "path",
            {"d": "M0 0a5 5 0 0 1 5 5"},
            Box(-14.142135623730951, -14.142135623730951, 14.142135623730951, 14.142135623730951),
        ),
    ],
)
def test_shapes_lie_in_their_boxes(tag: str, attributes: dict[str, str], box: Box) -> None:
    found = outline_of(Element(tag, attributes, 1))
    assert found is not None
    assert (found.box.left <= box.left, found.box.top <= box.top) == (True, True)
    assert (found.box.right >= box.right, found.box.bottom >= box.bottom) == (True, True)


@pytest.mark.parametrize("d", ["5 5", "M1", "M0 0x", "M0 0a5 5 0 01 5 5", "M0 0L1 1 1", "Mnan 0"])
def test_what_is_not_surely_read_has_no_outline(d: str) -> None:
    assert outline_of(Element("path", {"d": d}, 1)) is None


def test_an_outline_runs_as_far_as_its_sides() -> None:
    assert outline_of(Element("rect", {"width": "3", "height": "4"}, 1)) == Outline(Box(0, 0, 3, 4), 4, 14)


def test_a_reference_is_found_where_expat_hands_the_text_out_in_pieces() -> None:
    for places in (8_188, 8_190, 65_530):
        sheet = "/*" + "x" * places + "*/a{fill:url(http://x)}"
        with pytest.raises(DrawingError, match="only name '#name'"):
            checked(f"<style>{sheet}</style>")


def test_the_bound_is_some_seconds() -> None:
    assert MOST_EFFORT == 5e9
