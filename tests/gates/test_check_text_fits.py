"""The check `text_fits`: a text in its box, to the half unit that nobody sees."""

import pytest
from gate_cases import HOSTILE, said

from orchestrator.content import typeface

WIDE = typeface.width("Slow mug", 20)


def judged(body: str) -> list[str]:
    return said(
        "text_fits", {"a.svg": f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="99">\n{body}\n</svg>'}
    )


def test_a_text_that_ends_at_the_edge_passes_and_one_past_it_fails() -> None:
    at = 300 - WIDE
    assert judged(f'<text x="{at + 0.49}" y="40" font-size="20">Slow mug</text>') == ["pass"]
    assert judged(f'<text x="{at + 0.6}" y="40" font-size="20">Slow mug</text>') == [
        "fail",
        "major a.svg:2: the text 'Slow mug' runs 0.6 units out of its box -> shorten it, break it, or set it smaller",
    ]
    assert judged('<text x="-0.5" y="40" font-size="20">Slow mug</text>') == ["pass"]
    assert judged('<text x="-0.6" y="40" font-size="20">Slow mug</text>')[0] == "fail"


def test_letters_that_the_typeface_lacks_are_told() -> None:
    assert judged('<text y="40">Mug \u2603\ufe0f \U00012000</text>')[0] == "fail"
    _, finding = judged('<text y="40">Mug \U00012000</text>')
    assert finding.startswith("major a.svg:2: the typeface Inter lacks ")
    assert finding.endswith(" -> write it in letters that the typeface has, or draw it as paths")
    assert judged('<text y="40">Grüße, Łódź</text>') == ["pass"]


def test_a_drawing_that_cannot_be_read_is_a_finding_with_its_line() -> None:
    assert judged("<script/>") == ["fail", "critical a.svg:2: <script> is not among the elements that are drawn"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_fail(name: str) -> None:
    assert said("text_fits", {"a.svg": HOSTILE[name]})[0] == "fail"


def test_a_line_has_at_most_ten_thousand_letters() -> None:
    assert "runs" in judged('<text y="40">' + "i" * 10_000 + "</text>")[1]
    assert judged('<text y="40">' + "i" * 10_001 + "</text>") == [
        "fail",
        "critical a.svg:2: a line of text has more than 10,000 letters",
    ]


def test_rules_and_elements_are_bounded_together() -> None:
    sheet = "<style>" + "g{fill:red}" * 400 + "</style>"
    assert judged(sheet + "<g/>" * 498) == ["pass"]
    assert judged(sheet + "<g/>" * 499) == [
        "fail",
        "critical a.svg:1: too many rules in the style sheets for so many elements",
    ]


def test_wrong_settings_are_an_error() -> None:
    assert said({"text_fits": {"file": "../a.svg"}}, {"a.svg": "x"})[0] == "error"


def test_a_step_that_wrote_no_drawing_fails() -> None:
    assert said("text_fits", {"a.md": "x"})[0] == "fail"
