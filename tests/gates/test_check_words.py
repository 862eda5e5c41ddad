"""The check `words`: each limit just kept and just broken, what counts as a word, and wrong settings."""

import pytest
from gate_cases import HOSTILE, material, said

THREE = "---\ntitle: not counted\n---\n# One\n\nTwo [three](https://four.five/six).\n\n```\nseven\n```\n"
NOTE = "front matter, code and link targets do not count"


@pytest.mark.parametrize("use", [{"min": 3}, {"max": 3}, {"min": 3, "max": 3}, {"min": 2}, {"max": 4}, 3, {"min": 0}])
def test_a_text_within_its_limits_passes(use: object) -> None:
    assert said({"words": use}, {"a.md": THREE}) == ["pass"]


@pytest.mark.parametrize(
    ("use", "wanted"),
    [
        ({"min": 4}, "at least 4"),
        ({"max": 2}, "at most 2"),
        ({"min": 4, "max": 9}, "at least 4"),
        ({"min": 1, "max": 2}, "at most 2"),
        (4, "at least 4"),
    ],
)
def test_a_text_beyond_a_limit_fails_with_its_count(use: object, wanted: str) -> None:
    finding = f"major a.md: the text has 3 words; {wanted} are wanted -> {NOTE}"
    assert said({"words": use}, {"a.md": THREE}) == ["fail", finding]


CODE = "One two.\n\n    four five six\n\n<script>\nlet a = b;\n</script>\n<STYLE media=x>\np {}\n</style >\n\nthree\n"


@pytest.mark.parametrize("name", ["words", "characters", "not_empty"])
def test_indented_code_scripts_and_styles_are_no_prose(name: str) -> None:
    exact = {
        "words": {"min": 3, "max": 3},
        "characters": {"min": len("One two. three"), "max": 14},
        "not_empty": {"min_words": 3},
    }
    assert said({name: exact[name]}, {"a.md": CODE}) == ["pass"]
    assert said({"not_empty": {"min_words": 4}}, {"a.md": CODE})[0] == "fail"


@pytest.mark.parametrize(
    "text",
    ["a\n    b c", "- a\n\n    b c", "<script> a b c", "<scripts>a b c</scripts>", "`<style>` a b c `</style>`",
     "</style> a b c <style>", "<style> <script>x</script> a b c"],
)  # fmt: skip
def test_what_only_looks_like_code_counts(text: str) -> None:
    assert said({"words": {"min": 3, "max": 3}}, {"a.md": text}) == ["pass"]


def test_one_word_is_one_word_and_none_is_none() -> None:
    assert said({"words": {"max": 0}}, {"a.md": "one"})[1].startswith("major a.md: the text has 1 word; ")
    assert said({"words": 1}, {"a.md": ""})[1].startswith("major a.md: the text has 0 words; ")


def test_a_minor_finding_fails_nothing() -> None:
    found = said({"words": {"min": 4, "severity": "minor"}}, {"a.md": THREE})
    assert found == ["pass", f"minor a.md: the text has 3 words; at least 4 are wanted -> {NOTE}"]


def test_each_markdown_artifact_is_judged_or_the_file_that_is_named() -> None:
    files = {"a.md": "one", "b.markdown": "one two", "c.txt": "", "d.md": ""}
    judged = material(files, ("a.md", "b.markdown", "c.txt"))
    assert [line.split(":")[0] for line in said({"words": 3}, judged)] == ["fail", "major a.md", "major b.markdown"]
    assert said({"words": {"min": 1, "file": "d.md"}}, judged)[1].startswith("major d.md: ")


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (None, "needs min or max, or both"),
        ({"min": 3, "max": 2}, "min 3 is more than max 2: exchange the two"),
        ({"min": -1}, "min: "),
        ({"max": -1}, "max: "),
        ({"min": "many"}, "min: "),
        ({"most": 3}, "most: unknown key; known keys: file, max, min, severity"),
        ({"min": 1, "file": "../a.md"}, "file: "),
    ],
)
def test_wrong_settings_are_an_error(use: object, message: str) -> None:
    (verdict, finding) = said({"words": use}, {"a.md": THREE})
    assert verdict == "error"
    assert "its settings are wrong: " in finding
    assert message in finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    assert said({"words": {"min": 0}}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")
