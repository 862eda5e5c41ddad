"""The check `lines`: how many, how long, and which."""

import pytest
from gate_cases import HOSTILE, said

TEXT = "one\n\nthree\n"


@pytest.mark.parametrize(
    "use",
    [{"min": 3}, {"max": 3}, {"min": 3, "max": 3}, {"longest": 5}, {"longest": 6}, {"min": 2, "max": 4, "longest": 5}],
)
def test_a_text_within_its_limits_passes(use: object) -> None:
    assert said({"lines": use}, {"a.md": TEXT}) == ["pass"]


@pytest.mark.parametrize(
    ("use", "finding"),
    [
        ({"min": 4}, "a.md: the text has 3 lines; at least 4 are wanted -> write more"),
        ({"max": 2}, "a.md: the text has 3 lines; at most 2 are wanted -> shorten it"),
        ({"min": 1, "max": 2}, "a.md: the text has 3 lines; at most 2 are wanted -> shorten it"),
        ({"min": 4, "max": 5}, "a.md: the text has 3 lines; at least 4 are wanted -> write more"),
        ({"longest": 4}, "a.md:3: the line has 5 characters; at most 4 are wanted -> break it"),
    ],
)
def test_a_text_beyond_a_limit_fails_with_its_figure(use: object, finding: str) -> None:
    assert said({"lines": use}, {"a.md": TEXT}) == ["fail", f"major {finding}"]


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("\n", 1), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\n\n", 2), ("a\r\nb\r\n", 2), ("a\u2028b\x0cc\x85", 1)],
)
def test_a_line_ends_at_its_line_end_and_the_last_without_one_too(text: str, count: int) -> None:
    assert said({"lines": {"min": count, "max": count}}, {"a.md": text}) == ["pass"]
    assert said({"lines": {"min": count + 1}}, {"a.md": text})[0] == "fail"


def test_one_line_is_one_line() -> None:
    found = said({"lines": {"min": 2}}, {"a.md": "a"})
    assert found == ["fail", "major a.md: the text has 1 line; at least 2 are wanted -> write more"]


def test_a_line_end_is_no_part_of_a_line_and_an_emoji_is_one_character() -> None:
    assert said({"lines": {"longest": 2}}, {"a.md": "ab\r\na\U0001f600\n"}) == ["pass"]


def test_each_line_that_is_too_long_is_told_with_its_number() -> None:
    found = said({"lines": {"longest": 1}}, {"a.md": "ab\n\na\nabc"})
    assert found == [
        "fail",
        "major a.md:1: the line has 2 characters; at most 1 are wanted -> break it",
        "major a.md:4: the line has 3 characters; at most 1 are wanted -> break it",
    ]


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (20, "major a.md:20: the line has 2 characters; at most 1 are wanted -> break it"),
        (21, "major a.md: lines are too long in 1 more place"),
        (22, "major a.md: lines are too long in 2 more places"),
    ],
)
def test_of_many_long_lines_the_first_twenty_are_told(count: int, last: str) -> None:
    found = said({"lines": {"longest": 1}}, {"a.md": "ab\n" * count})
    assert (len(found) - 1, found[-1]) == (min(count, 21), last)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (None, "needs min, max or longest"),
        ({"min": 3, "max": 2}, "min 3 is more than max 2: exchange the two"),
        ({"min": -1}, "min: "),
        ({"max": -1}, "max: "),
        ({"longest": 0}, "longest: "),
        ({"shortest": 1}, "shortest: unknown key; known keys: file, longest, max, min, severity"),
    ],
)
def test_wrong_settings_are_an_error(use: object, message: str) -> None:
    (verdict, finding) = said({"lines": use}, {"a.md": TEXT})
    assert verdict == "error"
    assert finding.startswith(f"critical the check could not run: its settings are wrong: {message}")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    assert said({"lines": {"longest": 100}}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")
