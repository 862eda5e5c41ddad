"""Characters that no reader sees: which are told, and which a script or an emoji needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.hidden import Hidden, Turn, controls, decomposed, invisible, point, turns


def test_controls_are_told_but_tab_and_line_ends() -> None:
    text = "a\tb\r\n\x00\x7f\n\x85\u2029"
    assert list(controls(text)) == [Hidden(2, "\x00"), Hidden(2, "\x7f"), Hidden(3, "\x85"), Hidden(3, "\u2029")]


@pytest.mark.parametrize("code", [*range(32), *range(0x7F, 0xA0)])
def test_every_control_is_one(code: int) -> None:
    assert bool(list(controls(f"a{chr(code)}b"))) is (chr(code) not in "\t\n\r")


@pytest.mark.parametrize(
    "text",
    [
        "\ufefftext",
        "\U0001f469\u200d\U0001f52c",  # emoji joined
        "\U0001f9d1\U0001f3fd\u200d\U0001f4bb",  # with a skin tone
        "\u2764\ufe0f\u200d\U0001f525",  # after a selector
        "\u2764\ufe0f",
        "#\ufe0f\u20e3",
        "7\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
        "\u0915\u094d\u200d\u0937",  # Devanagari
        "\u0e44\u0e17\u0e22\u200b\u0e44\u0e17\u0e22",  # Thai, with the place of a line break
        "\u05d0\u200f!",
        "\u0623 \u200eC++",
        "\u845b\U000e0100",  # a form of an ideograph
    ],
)
def test_what_a_script_or_an_emoji_needs_is_fine(text: str) -> None:
    assert list(invisible(text)) == []


@pytest.mark.parametrize(
    ("text", "char"),
    [
        ("a\u200bb", "\u200b"),
        ("\u200bab", "\u200b"),
        ("a\ufeffb", "\ufeff"),
        ("\ufeff\ufeffb", "\ufeff"),
        ("co\u00adop", "\u00ad"),
        ("a\u200db", "\u200d"),
        ("\U0001f469\u200d", "\u200d"),
        ("\U0001f469\u200dx", "\u200d"),
        ("x\u200d\U0001f469", "\u200d"),
        ("a\u200cb", "\u200c"),
        ("a\ufe0f", "\ufe0f"),
        ("\ufe0fa", "\ufe0f"),
        (" \ufe0f", "\ufe0f"),
        ("\u3000\ufe0f", "\ufe0f"),
        ("a\u200f b", "\u200f"),
        ("\u05d0\na\u200f b\n\u05d0", "\u200f"),
        ("a\U000e0041", "\U000e0041"),
        ("a\u2060", "\u2060"),
        ("a\u3164", "\u3164"),
        ("a\u034f", "\u034f"),
        ("\u05d0\u2060", "\u2060"),
    ],
)
def test_what_only_hides_is_told(text: str, char: str) -> None:
    assert [each.char for each in invisible(text)] == [char]


def test_a_row_of_selectors_is_told_but_the_first() -> None:
    assert len(list(invisible("\u2764\ufe0f\ufe0f\U000e0101\U000e0102\n"))) == 3


def test_letters_as_tags_without_a_flag_are_told() -> None:
    assert len(list(invisible("a\U000e0067\U000e0062\U000e0065\U000e007f"))) == 4
    assert len(list(invisible("\U0001f3f4" + "\U000e0067" * 7 + "\U000e007f"))) == 8


def test_a_direction_mark_finds_its_text_within_two_hundred_characters() -> None:
    assert list(invisible("\u05d0" + "a" * 199 + "\u200f")) == []
    assert list(invisible("\u05d0" + "a" * 200 + "\u200f")) != []
    assert list(invisible("\u200f" + "a" * 199 + "\u05d0")) == []
    assert list(invisible("\u200f" + "a" * 200 + "\u05d0")) != []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\u202aa\u202c", [("\u202a", True)]),
        ("\u202aa", [("\u202a", False)]),
        ("a\u202c", [("\u202c", False)]),
        ("\u2066a\u2069", [("\u2066", True)]),
        ("\u2066a\u202c", [("\u2066", False), ("\u202c", False)]),
        ("\u202aa\u2069", [("\u202a", False), ("\u2069", False)]),
        ("\u2067\u202e\u2069", [("\u2067", True), ("\u202e", True)]),
        ("\u202e\u2067\u2069", [("\u202e", False), ("\u2067", True)]),
        ("\u202e\u2068\u2069\u202c", [("\u202e", True), ("\u2068", True)]),
        ("\u2066\u2066\u2069", [("\u2066", False), ("\u2066", True)]),
        ("plain", []),
    ],
)
def test_turns_are_paired_as_the_bidirectional_algorithm_pairs_them(text: str, found: list[tuple[str, bool]]) -> None:
    assert [(turn.char, turn.is_closed) for turn in turns(text)] == found


def test_a_turn_ends_with_its_line() -> None:
    assert list(turns("a\n\u202eb\nc\u202c\n\n\u202e")) == [
        Turn(2, "\u202e", is_closed=False),
        Turn(3, "\u202c", is_closed=False),
        Turn(5, "\u202e", is_closed=False),
    ]


def test_a_character_is_named_and_not_printed() -> None:
    assert [point(char) for char in ("\u202e", "\x07", "\U000e0041")] == [
        "U+202E (right-to-left override)",
        "U+0007",
        "U+E0041 (tag latin capital letter a)",
    ]


@pytest.mark.parametrize("text", ["", "plain\ntext", "caf\u00e9", "\u0301"])
def test_a_text_in_normal_form_is_no_finding(text: str) -> None:
    assert list(decomposed(text)) == []


def test_lines_that_are_not_in_normal_form_are_told_with_the_first_characters_that_show_it() -> None:
    text = "\u00e9\ne\u0301 e\u0301\n\n\u212b\na\u0316\u0301\n"
    assert list(decomposed(text)) == [(2, "e\u0301"), (4, "\u212b"), (5, "")]


CHARS = "a \n\u200b\u202a\u202e\u202c\u2066\u2069\u05d0\u200f\ufe0f\u2764\u200d\u0301\x07"


@given(st.text(alphabet=CHARS, max_size=40))
def test_what_is_told_stands_on_its_line(text: str) -> None:
    lines = text.split("\n")
    found = [(each.line, each.char) for each in (*controls(text), *invisible(text))]
    for line, char in [*found, *((turn.line, turn.char) for turn in turns(text))]:
        assert char in lines[line - 1]


@pytest.mark.parametrize(
    "piece", ["\u202e", "\u2066", "\u2069", "\u202a\u2066", "\u200f", "\ufe0f", "\u0301\u0316", "\n"]
)
def test_a_hostile_text_is_read_without_trying_everything(piece: str) -> None:
    text = piece * 50_000
    for read in (controls, invisible, turns, decomposed):
        sum(1 for _ in read(text))
