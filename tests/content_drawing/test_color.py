import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.content.color import BLACK, WHITE, Color, contrast_ratio, luminance, mix, parse, readable

COLORS = st.builds(Color, st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "white", 4.54), ("#0000ff", "#ffff00", 8.0)],
)
def test_contrasts_are_those_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast_ratio(one, other), 2) == ratio
    assert round(contrast_ratio(parse(other), one), 2) == ratio


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#abc", Color(170, 187, 204)),
        ("rgb(1, 2, 3)", Color(1, 2, 3)),
        ("seagreen", Color(46, 139, 87)),
        ("hsl(0, 100%, 50%)", Color(255, 0, 0)),
        ("transparent", Color(0, 0, 0, 0.0)),
        ("rgba(1, 2, 3, .5)", Color(1, 2, 3, 0.5)),
        ("rgba(1, 2, 3, 1)", Color(1, 2, 3)),
        ("RGB(1 2 3 / 25%)", Color(1, 2, 3, 0.25)),
        ("rgb(100%, 0%, 0%)", Color(255, 0, 0)),
        ("hsla(0, 100%, 50%, 0)", Color(255, 0, 0, 0.0)),
        ("rgba(1, 2, 3, 7)", Color(1, 2, 3)),
        (" #00ff0080 ", Color(0, 255, 0, 128 / 255)),
    ],
)
def test_css_colours_are_read(text: str, color: Color) -> None:
    assert parse(text) == color


@pytest.mark.parametrize(
    "text",
    ["", "#12", "sea", "url(#x)", "rgb(" * 200, "rgb(1, 2)", "rgba(1, 2, 3, x)", "rgba(1,2,3,nan)", "rgb(1,2,3,4,5)"],
)
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no colour"):
        parse(text)


def test_a_colour_over_another_is_mixed_by_its_opacity() -> None:
    assert Color(0, 0, 0, 0.5).over(WHITE) == Color(128, 128, 128)
    assert BLACK.over(WHITE, 0.0) == WHITE
    assert mix(WHITE, BLACK, 1.0) == BLACK


@given(COLORS, COLORS, st.sampled_from([3.0, 4.5]))
@settings(max_examples=60, deadline=None)
def test_a_readable_colour_is_readable(ink: Color, ground: Color, ratio: float) -> None:
    assert contrast_ratio(readable(ink, ground, ratio), ground) >= ratio


@given(COLORS)
@settings(max_examples=60, deadline=None)
def test_luminance_lies_between_black_and_white(color: Color) -> None:
    assert luminance(BLACK) <= luminance(color) <= luminance(WHITE)
    assert parse(str(color)) == color
