"""The check `characters`: each limit just kept and just broken, in the prose and in the file."""

import pytest
from gate_cases import HOSTILE, said

TEXT = "# Ab\r\n\r\n*cd*   \U0001f600\r\n"  # the prose is `Ab cd 😀`, 7; the file with one for each line end is 15


@pytest.mark.parametrize(
    "use", [{"min": 7}, {"max": 7}, {"min": 7, "max": 7}, {"min": 15, "of": "file"}, {"max": 15, "of": "file"}]
)
def test_a_text_within_its_limits_passes(use: object) -> None:
    assert said({"characters": use}, {"a.md": TEXT}) == ["pass"]


@pytest.mark.parametrize(
    ("use", "finding"),
    [
        ({"min": 8}, "the prose has 7 characters; at least 8 are wanted -> write more"),
        ({"max": 6}, "the prose has 7 characters; at most 6 are wanted -> shorten it"),
        ({"min": 1, "max": 6}, "the prose has 7 characters; at most 6 are wanted -> shorten it"),
        ({"min": 8, "max": 9}, "the prose has 7 characters; at least 8 are wanted -> write more"),
        ({"min": 16, "of": "file"}, "the file has 15 characters; at least 16 are wanted -> write more"),
        ({"max": 14, "of": "file"}, "the file has 15 characters; at most 14 are wanted -> shorten it"),
    ],
)
def test_a_text_beyond_a_limit_fails_with_its_count(use: object, finding: str) -> None:
    assert said({"characters": use}, {"a.md": TEXT}) == ["fail", f"major a.md: {finding}"]


def test_one_character_is_one_character() -> None:
    found = said({"characters": {"min": 2}}, {"a.md": "x"})
    assert found[1] == "major a.md: the prose has 1 character; at least 2 are wanted -> write more"


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (None, "needs min or max, or both"),
        ({"of": "file"}, "needs min or max, or both"),
        ({"min": 3, "max": 2}, "min 3 is more than max 2: exchange the two"),
        ({"min": -1}, "min: "),
        ({"max": -1}, "max: "),
        ({"max": 3, "of": "page"}, "of: "),
        (280, ""),
    ],
)
def test_wrong_settings_are_an_error(use: object, message: str) -> None:
    (verdict, finding) = said({"characters": use}, {"a.md": TEXT})
    assert verdict == "error"
    assert finding.startswith(f"critical the check could not run: its settings are wrong: {message}")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    assert said({"characters": {"min": 0}}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")
