"""The check `contrast`, held against ratios that are computed here by the formula of WCAG 2.2."""

from math import floor

import pytest
from gate_cases import HOSTILE, said

WHITE = (255, 255, 255)


def luminance(*channels: int) -> float:
    shares = [channel / 255 for channel in channels]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    light, dark = sorted((luminance(*one), luminance(*other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def shown(value: float) -> str:
    return f"{floor(value * 100) / 100:g}"


def drawing(body: str, size: str = 'width="300" height="200"') -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>'


def text(fill: str = "#777777", **more: str) -> str:
    said = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<text x="20" y="100" fill="{fill}" {said}>Slow mug</text>'


def judged(body: str, size: str = 'width="300" height="200"', **settings: float) -> list[str]:
    return said({"contrast": settings}, {"a.svg": drawing(body, size)})


def low(found: str, wanted: str = "4.5") -> list[str]:
    return [
        "fail",
        f"major a.svg:2: the text 'Slow mug' has a contrast of {found}; {wanted} is wanted"
        " -> make the text or what lies beneath it lighter or darker",
    ]


def test_the_limit_of_level_aa_lies_between_two_greys() -> None:
    assert ratio((119, 119, 119), (255, 255, 255)) < 4.5 < ratio((118, 118, 118), (255, 255, 255))
    assert judged(text("#777777")) == low("4.47")
    assert judged(text("#767676")) == ["pass"]


def test_a_ratio_at_the_limit_passes() -> None:
    assert judged(text("#000000"), min=21) == ["pass"]
    assert judged(text("#ffffff"), min=1) == ["pass"]
    assert judged(text("#010101"), min=21) == low(shown(ratio((1, 1, 1), WHITE)), "21")


@pytest.mark.parametrize(
    ("beneath", "fill", "seen"),
    [
        ('<rect width="300" height="200" fill="#000"/>', "#0a0a0a", ((10, 10, 10), (0, 0, 0))),
        ('<rect width="300" height="200" fill="#000"/>', "#0b0b0b", ((11, 11, 11), (0, 0, 0))),
        ('<rect width="300" height="200" fill="#336699"/>', "#99ccff", ((153, 204, 255), (51, 102, 153))),
    ],
)
def test_ratios_are_those_of_the_formula(beneath: str, fill: str, seen: tuple[tuple[int, int, int], ...]) -> None:
    wanted = ratio(seen[0], seen[1])
    assert judged(beneath + text(fill), min=wanted - 0.001) == ["pass"]
    assert judged(beneath + text(fill), min=wanted + 0.001)[0] == "fail"


@pytest.mark.parametrize("more", [{"fill_opacity": "0.5"}, {"opacity": "0.5"}])
def test_a_translucent_ink_is_mixed_with_what_lies_beneath(more: dict[str, str]) -> None:
    assert judged(text("#000", **more)) == low("3.94")
    assert judged(f'<g opacity="0.5">{text("#000")}</g>') == low("3.94")
    assert ratio((128, 128, 128), (255, 255, 255)) == pytest.approx(3.949, abs=0.001)


def test_of_several_shapes_under_a_text_the_worst_counts() -> None:
    assert judged('<rect x="50" y="60" width="30" height="60" fill="#808080"/>' + text("#767676")) == low(
        shown(ratio((118, 118, 118), (128, 128, 128)))
    )
    assert judged('<rect x="150" y="60" width="30" height="60" fill="#808080"/>' + text("#767676")) == ["pass"]


@pytest.mark.parametrize(
    ("size", "weight", "verdict"),
    [("24", "400", "pass"), ("23.9", "400", "fail"), ("18.66", "700", "pass"), ("18.65", "700", "fail"),
     ("18.66", "400", "fail")],
)  # fmt: skip
def test_large_text_may_have_less(size: str, weight: str, verdict: str) -> None:
    body = text("#888888", font_size=size, font_weight=weight)
    assert judged(body, large_min=3)[0] == verdict
    assert judged(body)[0] == "fail"


def test_what_is_large_is_told_by_pixels_and_not_by_units() -> None:
    body = '<text x="2" y="10" font-size="2.4" fill="#888888">Mug</text>'
    assert judged(body, 'width="300" height="200" viewBox="0 0 30 20"', large_min=3) == ["pass"]
    assert judged(body, 'width="290" height="200" viewBox="0 0 30 20"', large_min=3)[0] == "fail"


def test_large_text_has_a_limit_of_its_own() -> None:
    body = text("#959595", font_size="30")
    assert judged(body, large_min=2) == ["pass"]
    assert judged(body, large_min=3) == low(shown(ratio((149, 149, 149), WHITE)), "3")


def low_parts(*parts: str) -> list[str]:
    return [low("1")[1].replace("Slow mug", part) for part in parts]


def test_each_part_of_a_line_is_judged_by_its_own_paint_and_size() -> None:
    assert judged('<text y="90">Slow <tspan fill="#fff">mug</tspan> of <tspan fill="#fff">clay</tspan></text>') == [
        "fail",
        *low_parts("mug", "clay"),
    ]
    assert judged('<text y="90">Slow <tspan fill="#000">mug</tspan></text>', min=21) == ["pass"]
    large = '<text y="90" fill="#888">{}<tspan font-size="24">mug</tspan></text>'
    assert judged(large.format(""), large_min=3) == ["pass"]
    assert judged(large.format("Slow "), large_min=3)[1:] == [low("3.54")[1].replace("Slow mug", "Slow")]


def test_a_part_is_judged_on_the_ground_where_it_stands() -> None:
    body = '<text x="20" y="100" font-size="20"><tspan fill="#000">mmmmm</tspan><tspan fill="#fff">mmmmm</tspan></text>'
    assert judged('<rect x="107" width="190" height="200"/>' + body) == ["pass"]
    assert len(judged('<rect width="107" height="200"/>' + body)) == 3


@pytest.mark.parametrize("hiding", ['fill="none"', 'visibility="hidden"', 'display="none"', 'opacity="0"'])
def test_a_first_part_that_is_not_seen_hides_no_other(hiding: str) -> None:
    assert judged(f'<text y="90"><tspan {hiding}>Slow</tspan><tspan fill="#fff"> mug</tspan></text>') == [
        "fail",
        *low_parts("mug"),
    ]
    assert judged(f'<text y="90" fill="#fff"><tspan {hiding}>Slow mug</tspan></text>') == ["pass"]


def test_a_part_that_is_not_displayed_takes_no_room() -> None:
    body = '<text x="20" y="90"><tspan display="none" x="400">Slow</tspan><tspan>mug</tspan></text>'
    assert said("text_fits", {"a.svg": drawing(body)}) == ["pass"]
    assert judged('<rect x="20" y="60" width="50" height="60" fill="#777"/>' + body)[0] == "fail"


COVERED = [
    "fail",
    "major a.svg:2: nothing is seen of the text 'Slow mug': what is drawn later covers it"
    " -> put it behind that in the file, so that it is drawn over it",
]


def test_a_text_that_something_covers_is_not_seen() -> None:
    assert judged(text("#000") + '<rect width="300" height="200" fill="#fff"/>') == COVERED
    assert judged(text("#fff") + '<rect width="300" height="200"/>') == COVERED
    assert judged('<clipPath id="c"><rect width="9" height="9"/></clipPath>' + text(clip_path="url(#c)")) == COVERED
    assert judged(text("#000") + '<rect width="30" height="200" fill="#fff"/>') == ["pass"]


@pytest.mark.parametrize(("veil", "verdict"), [("0.7", ["pass"]), ("0.8", COVERED)])
def test_a_thick_veil_covers(veil: str, verdict: list[str]) -> None:
    cover = f'<rect width="300" height="200" fill="#fff" opacity="{veil}"/>'
    assert judged(text("#000", font_size="40") + cover) == verdict
    assert judged(text("#000", font_size="3.5") + cover) == ["pass"]


def test_a_text_off_the_canvas_is_not_called_covered() -> None:
    assert judged('<text x="20" y="300">Slow mug</text>') == ["pass"]


@pytest.mark.parametrize("size", ["4", "5.5", "8"])
def test_small_letters_of_a_large_drawing_are_seen(size: str) -> None:
    big = 'width="4000" height="3000"'
    for place in ("100.3", "101.9"):
        assert judged(f'<text x="20.6" y="{place}" font-size="{size}">ill, i.</text>', big) == ["pass"]


def test_a_drawing_that_cannot_be_read_is_a_finding_with_its_line() -> None:
    finding = "critical a.svg:2: <script> is not among the elements that are drawn"
    assert judged("<script/>") == ["fail", finding]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_fail(name: str) -> None:
    assert said("contrast", {"a.svg": HOSTILE[name]})[0] == "fail"


@pytest.mark.parametrize("wrong", [{"min": 0.9}, {"min": 21.1}, {"large_min": 0}, {"large_min": "much"}])
def test_wrong_settings_are_an_error(wrong: dict[str, object]) -> None:
    assert said({"contrast": wrong}, {"a.svg": drawing(text())})[0] == "error"


def test_a_step_that_wrote_no_drawing_fails() -> None:
    assert said("contrast", {"a.md": "x"})[0] == "fail"
