"""The check `plain_text`: each rule, by code points and never by the characters themselves."""

import pytest
from gate_cases import HOSTILE, material, said

ALL_ON = {"rules": {"trailing-space": "minor", "tabs": "minor"}}
ZWSP = "U+200B (zero width space) is not seen"
RLO = "U+202E (right-to-left override)"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\tb\n",
        "caf\u00e9 \u2026 na\u00efve\n",
        "\U0001f469\u200d\U0001f52c \u2764\ufe0f 1\ufe0f\u20e3\n",
        "\u05e9\u05dc\u05d5\u05dd\u200f! C++\n",
        "a  \nb\n",
    ],
)
def test_a_plain_text_passes(text: str) -> None:
    assert said({"plain_text": None}, {"a.md": text}) == ["pass"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a\nb\x07\n", "major controls a.md:2: U+0007 is a control character -> delete it"),
        (
            "\x1b[31m \x1b[0m\n",
            "major controls a.md:1: U+001B is a control character, 2 times on this line -> delete it",
        ),
        ("a\u2028b\n", "major controls a.md:1: U+2028 (line separator) is a control character -> delete it"),
        (
            "a\nb\ufffd\ufffd c\ufffd\n",
            "major replacement a.md:2: U+FFFD (replacement character) stands where a character was lost"
            " -> write the character that was meant",
        ),
        ("\na\u200bb\n", f"major invisible a.md:2: {ZWSP} -> delete it"),
        ("a\u200bb\u200b\n", f"major invisible a.md:1: {ZWSP}, 2 times on this line -> delete it"),
        (
            "a \u202eb\u202c\n",
            f"critical bidi a.md:1: {RLO} lets the text be read in another order than it is stored"
            " -> delete it, and what ends it",
        ),
        (
            "\na \u202eb\n\u202c\n".replace("\u202c", "c"),
            f"critical bidi-open a.md:2: {RLO} turns the reading order and is not ended on its line -> delete it",
        ),
        (
            "a\u2069\n",
            "critical bidi-open a.md:1: U+2069 (pop directional isolate) ends nothing on its line -> delete it",
        ),
    ],
)
def test_what_is_not_seen_fails(text: str, finding: str) -> None:
    assert said({"plain_text": None}, {"a.md": text}) == ["fail", finding]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "a\nb\r\nc\r\n",
            "line-ends a.md:2: 2 lines end in CR LF (U+000D U+000A); this is the first"
            " -> save the file with LF (U+000A) line ends",
        ),
        (
            "a\nb\rc\n",
            "line-ends a.md:2: 1 line ends in CR (U+000D); this is the first"
            " -> save the file with LF (U+000A) line ends",
        ),
        ("a\nb", "final-newline a.md:2: the last line has no line end -> end it with one"),
        (
            "\ufeffa\n",
            "bom a.md:1: the file begins with a byte order mark (U+FEFF) -> save it as UTF-8 without one",
        ),
        (
            "a\ncafe\u0301\n",
            "normal-form a.md:2: the line is not in normal form C: U+0065 U+0301 -> normalise the text (NFC)",
        ),
        (
            "\u212b\n",
            "normal-form a.md:1: the line is not in normal form C: U+212B -> normalise the text (NFC)",
        ),
        (
            "a\u0316\u0301\n",
            "normal-form a.md:1: the line is not in normal form C -> normalise the text (NFC)",
        ),
        ("a\nb \n", "trailing-space a.md:2: the line ends in white space -> delete it"),
        ("a\nb\t\tc\n", "tabs a.md:2: the line has a tab (U+0009) -> write spaces"),
    ],
)
def test_what_is_untidy_is_a_remark(text: str, finding: str) -> None:
    assert said({"plain_text": ALL_ON}, {"a.md": text}) == ["pass", f"minor {finding}"]


def test_each_kind_of_line_end_is_told_once() -> None:
    found = said({"plain_text": None}, {"a.md": "a\r\n" * 50 + "b\rc\r"})
    assert [line.split("; ")[0] for line in found] == [
        "pass",
        "minor line-ends a.md:1: 50 lines end in CR LF (U+000D U+000A)",
        "minor line-ends a.md:51: 2 lines end in CR (U+000D)",
    ]


def test_white_space_before_a_line_end_of_any_kind_is_trailing() -> None:
    use = {"rules": {"trailing-space": "minor", "line-ends": "off", "final-newline": "off"}}
    found = said({"plain_text": use}, {"a.md": "a \r\nb\n \nc\t"})
    assert [line.split(": ")[0] for line in found] == ["pass", *(f"minor trailing-space a.md:{n}" for n in (1, 3, 4))]


def test_findings_stand_in_the_order_of_their_lines() -> None:
    found = said({"plain_text": None}, {"a.md": "a\u200b\nb\x07\n" * 21})
    assert [line.split(": ")[0] for line in found[1:4]] == [
        f"major {at}" for at in ("invisible a.md:1", "controls a.md:2", "invisible a.md:3")
    ]
    assert [line.split(": ")[0] for line in found[-2:]] == ["major controls a.md", "major invisible a.md"]


def test_rules_can_be_put_off_and_the_rest_stays() -> None:
    text = "\u202ea\u202c\u200b\r\n"
    use = {"rules": {"bidi": "off", "invisible": "info", "line-ends": "off"}}
    assert said({"plain_text": use}, {"a.md": text}) == ["pass", f"info invisible a.md:1: {ZWSP} -> delete it"]


def test_balanced_turns_can_be_allowed_and_open_ones_still_fail() -> None:
    found = said({"plain_text": {"rules": {"bidi": "off"}}}, {"a.md": "\u2067a\u2069 \u2067b\n"})
    assert found[0] == "fail"
    assert len(found) == 2
    assert found[1].startswith("critical bidi-open a.md:1: U+2067 ")


@pytest.mark.parametrize(
    ("rule", "line", "told"),
    [("controls", "\x07", "U+0007"), ("invisible", "\u200b", "U+200B"), ("bidi-open", "\u202e", "U+202E")],
)
@pytest.mark.parametrize(("count", "more"), [(20, None), (21, "1 more place"), (25, "5 more places")])
def test_of_many_the_first_twenty_are_told(rule: str, line: str, told: str, count: int, more: str | None) -> None:
    (_, *found) = said({"plain_text": None}, {"a.md": f"{line}\n" * count})
    assert len(found) == min(count, 21)
    assert all(told in each for each in found[:20])
    assert more is None or found[-1].endswith(f"{rule} a.md: the same in {more}")


@pytest.mark.parametrize("path", ["a.md", "a.markdown", "a.txt", "a.yaml", "a.json", "a.csv", "a.svg", "a.html"])
def test_every_kind_of_text_is_judged(path: str) -> None:
    assert said({"plain_text": None}, {path: "\u200b\n"}) == ["fail", f"major invisible {path}:1: {ZWSP} -> delete it"]


def test_other_files_are_judged_where_they_are_named() -> None:
    judged = material({"a.md": "a\n", "b.py": "\u200b\n", "c.png": b"\x89PNG"}, ("a.md", "b.py", "c.png"))
    assert said({"plain_text": None}, judged) == ["pass"]
    assert said({"plain_text": {"file": "b.py"}}, judged)[0] == "fail"
    assert said({"plain_text": {"file": "c.png"}}, judged)[1].endswith("the file is not UTF-8 text -> save it as UTF-8")


@pytest.mark.parametrize("use", [{"rules": {"bidy": "off"}}, {"rules": {"bidi": "bad"}}, {"tabs": True}, ["bidi"]])
def test_wrong_settings_are_an_error(use: object) -> None:
    assert said({"plain_text": use}, {"a.md": "a\n"})[0] == "error"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged_and_none_of_their_characters_told(name: str) -> None:
    found = said({"plain_text": ALL_ON}, {"a.md": HOSTILE[name]})
    assert found[0] in ("pass", "fail")
    assert all(line.isascii() and line.isprintable() for line in found)
