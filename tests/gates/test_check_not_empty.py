"""The check `not_empty`: files of any kind, and Markdown that has more than headings."""

import pytest
from gate_cases import HOSTILE, material, said

HEADINGS = "---\ntitle: a title\n---\n# The mug\n\n## Care\n\n```\ncode\n```\n"
WANTED = "beyond front matter, headings and code; at least {} are wanted -> write what the headings promise"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.md", HEADINGS + "One.\n"),
        ("a.md", "word"),
        ("a.png", b"\x89PNG\0"),
        ("a.bin", b"\xff\xfe"),
        ("a.csv", b"a\n"),
        ("a.txt", "# Heading\n"),
        ("a.txt", "\u9676"),
        ("a.txt", " ! "),
        ("a.txt", " ~ "),
    ],
)
def test_a_file_that_holds_something_passes(path: str, content: str | bytes) -> None:
    assert said({"not_empty": None}, {path: content}) == ["pass"]


@pytest.mark.parametrize("path", ["a.md", "a.png", "a"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n", "the file holds nothing but white space"),
        (b" \t\r\n\x0b\x0c\0\0", "the file holds nothing but white space"),
        ("\ufeff\u00a0\u200b\u2003\n".encode(), "the file holds nothing but white space"),
    ],
)
def test_an_empty_file_of_any_kind_fails(path: str, content: bytes, message: str) -> None:
    assert said({"not_empty": None}, {path: content}) == ["fail", f"major {path}: {message} -> write it"]


@pytest.mark.parametrize("path", ["a.md", "a.markdown", "A.MD"])
def test_headings_and_front_matter_are_no_text(path: str) -> None:
    assert said({"not_empty": None}, {path: HEADINGS}) == [
        "fail",
        f"major {path}: the text has no words {WANTED.format(1)}",
    ]


@pytest.mark.parametrize(
    ("use", "words", "finding"),
    [
        (3, "one two three", None),
        ({"min_words": 3}, "one two three four", None),
        (3, "one two", f"2 words {WANTED.format(3)}"),
        (2, "one", f"1 word {WANTED.format(2)}"),
        (0, "", None),
    ],
)
def test_so_many_words_are_wanted_and_no_fewer(use: object, words: str, finding: str | None) -> None:
    expected = ["fail", f"major a.md: the text has {finding}"] if finding else ["pass"]
    assert said({"not_empty": use}, {"a.md": HEADINGS + words}) == expected


def test_each_artifact_is_judged_or_the_file_that_is_named() -> None:
    judged = material({"a.md": "", "b.png": "", "c.csv": "x", "d.txt": ""}, ("a.md", "b.png", "c.csv", "gone.txt"))
    assert said({"not_empty": None}, judged) == [
        "fail",
        "major a.md: the file is empty -> write it",
        "major b.png: the file is empty -> write it",
        "critical gone.txt: the file is not there -> write it",
    ]
    assert said({"not_empty": {"file": "d.txt"}}, judged) == ["fail", "major d.txt: the file is empty -> write it"]
    assert said({"not_empty": {"file": "c.csv"}}, judged) == ["pass"]


def test_a_step_that_wrote_nothing_fails() -> None:
    found = said({"not_empty": None}, material({"a.md": "x"}, ()))
    assert found == ["fail", "critical the step wrote no file to judge -> write one"]


def test_a_file_that_is_too_large_is_no_pass() -> None:
    found = said({"not_empty": None}, {"a.bin": b"x" * 5_000_001})
    assert found == ["fail", "critical a.bin: the file has more than 5 MB -> make it smaller"]


@pytest.mark.parametrize("use", [-1, "many", {"min_words": -1}, {"words": 3}, {"file": "/"}])
def test_wrong_settings_are_an_error(use: object) -> None:
    assert said({"not_empty": use}, {"a.md": "x"})[0] == "error"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_judged(name: str) -> None:
    for path in ("a.md", "a.bin"):
        assert said({"not_empty": None}, {path: HOSTILE[name]})[0] in ("pass", "fail")
