"""The files that a check judges: which they are, and what is said of one that is missing, too large or no text."""

from collections.abc import Sequence

import pytest
from gate_cases import Files, material

from orchestrator.gates import CannotRun
from orchestrator.gates.reading import DRAWING, LARGEST, Listed, Text, read_bytes, read_list, read_texts, source, unix

FILES: Files = {"a.md": "one\r\ntwo\r", "B.MARKDOWN": "\ufeffthree", "c.svg": "<svg/>", "d.md": "never written"}
WRITTEN = ("a.md", "B.MARKDOWN", "c.svg")


def texts(file: str | None, files: Files = FILES, artifacts: Sequence[str] = WRITTEN) -> list[Text | str]:
    found, faults = read_texts(material(files, tuple(artifacts)), file)
    return [*found, *(f"{fault.severity} {fault} -> {fault.suggestion}" for fault in faults)]


def test_the_artifacts_of_a_kind_are_read_or_the_file_that_is_named() -> None:
    assert texts(None) == [Text("a.md", "one\ntwo\r"), Text("B.MARKDOWN", "three")]
    assert texts("d.md") == [Text("d.md", "never written")]
    assert texts("c.svg") == [Text("c.svg", "<svg/>")]


def test_bytes_are_read_as_they_are() -> None:
    found, faults = read_bytes(material(FILES, WRITTEN), "a.md", ())
    assert ([each.content for each in found], faults) == ([b"one\r\ntwo\r"], ())
    found, faults = read_bytes(material(FILES, WRITTEN), None, DRAWING)
    assert ([each.path for each in found], faults) == (["c.svg"], ())


def test_nothing_to_judge_is_said_with_what_was_looked_for() -> None:
    told = "critical the step wrote no .md or .markdown file to judge -> write one, or name one with `file`"
    assert texts(None, artifacts=["c.svg"]) == [told]


def test_a_file_that_is_not_there_does_not_hide_the_others() -> None:
    gone = "critical gone.md: the file is not there -> write it"
    assert texts("gone.md") == [gone]
    assert texts(None, artifacts=["gone.md", "d.md"]) == [Text("d.md", "never written"), gone]


def test_a_file_may_be_as_large_as_the_largest_and_not_a_byte_larger() -> None:
    assert texts("a.md", {"a.md": b"a" * LARGEST}) == [Text("a.md", "a" * LARGEST)]
    told = "critical a.md: the file has more than 5 MB -> make it smaller"
    assert texts("a.md", {"a.md": b"a" * (LARGEST + 1)}) == [told]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"one\ntwo\0", "critical a.md:2: the file has a NUL byte: it is no text -> write it anew as text"),
        (b"\xff\0", "critical a.md:1: the file has a NUL byte: it is no text -> write it anew as text"),
        (b"one\n\ncaf\xe9\n", "critical a.md:3: the file is not UTF-8 text -> save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_said_at_the_line_of_its_first_wrong_byte(content: bytes, told: str) -> None:
    assert texts("a.md", {"a.md": content}) == [told]


def test_a_list_is_its_lines_without_what_follows_a_number_sign() -> None:
    words = "# words\nalpha\n\n  beta gamma  # two\r\nC#\n \u00a0\n"
    listed = read_list(material({"words.txt": words}), "words.txt")
    assert listed == (Listed(2, "alpha"), Listed(4, "beta gamma"), Listed(5, "C#"))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("gone.txt", "the list gone.txt is not there, or not among the step's reads or gate_reads"),
        ("bytes.txt", "the list bytes.txt:1: the file is not UTF-8 text"),
    ],
)
def test_a_list_that_is_none_cannot_be_judged_by(path: str, why: str) -> None:
    with pytest.raises(CannotRun) as caught:
        read_list(material({"bytes.txt": b"\xff"}), path)
    assert str(caught.value) == why


def test_a_source_may_be_as_large_as_the_largest_and_not_a_byte_larger() -> None:
    assert source(material({"a.md": b"a" * LARGEST}), "a.md") == b"a" * LARGEST
    with pytest.raises(CannotRun) as caught:
        source(material({"a.md": b"a" * (LARGEST + 1)}), "a.md")
    assert str(caught.value) == "a.md has more than 5 MB: cut it, or leave it out"


def test_line_ends_are_those_of_unix() -> None:
    assert unix("a\r\nb\rc\n") == "a\nb\rc\n"
