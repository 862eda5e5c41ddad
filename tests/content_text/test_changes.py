"""How much of a text changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.changes import (
    MOST_COMPARED,
    Difference,
    How,
    Part,
    differences,
    first_changed,
    head_parts,
    lines_changed,
    longest_common,
    parts,
    share_changed,
    within,
    without,
)
from orchestrator.content.markdown import front_matter_lines


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("", "", 0),
        ("", "new", 100),
        ("one two three four", "one two three four", 0),
        ("one two three four", "one  two\nthree four", 0),
        ("one two three four", "one 2 three four", 25),
        ("one two three four", "one three four", 25),
        ("one two three four", "one two and three four", 25),
        ("one two three four", "", 100),
        ("one two", "one two three four five six", 200),
        ("one two three four", "two one three four", 25),
    ],
)
def test_the_share_is_of_the_words_that_were_there(before: str, after: str, share: float) -> None:
    assert share_changed(before, after) == share


def test_what_is_too_long_to_compare_counts_as_changed() -> None:
    before = " ".join(["a", *["same"] * MOST_COMPARED, "b"])
    after = " ".join(["c", *["same"] * MOST_COMPARED, "d"])
    assert share_changed(before, after) == 100


def slowly(one: list[str], other: list[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        before = row[:]
        for place, right in enumerate(other, start=1):
            row[place] = before[place - 1] + 1 if word == right else max(before[place], row[place - 1])
    return row[-1]


@given(st.lists(st.sampled_from("abcd"), max_size=40), st.lists(st.sampled_from("abcd"), max_size=40))
def test_the_fast_comparison_agrees_with_the_textbook(one: list[str], other: list[str]) -> None:
    assert longest_common(one, other) == slowly(one, other)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", "", 0),
        ("", "a\n", 1),
        ("a\n", "", 1),
        ("a\nb\n", "a\nb", 0),
        ("a\nb\n", "a\nc\nd\n", 2),
        ("a\n", "a \n", 1),
    ],
)
def test_lines_that_go_or_come_are_counted(before: str, after: str, lines: int) -> None:
    assert lines_changed(before, after) == lines


PAGE = "---\n# by hand\ntitle: a\ntags:\n  - b\n---\nHead.\n# A\nx\n## B\ny\n# 2.1 C:\nz\n"


def test_a_text_consists_of_parts_with_their_lines() -> None:
    assert parts(PAGE) == (
        Part(None, (), 7, ("Head.",)),
        Part("A", ("a",), 8, ("# A", "x")),
        Part("B", ("b", "a"), 10, ("## B", "y")),
        Part("2.1 C:", ("c",), 12, ("# 2.1 C:", "z", "")),
    )
    assert head_parts(PAGE) == (
        Part(None, (), 1, ("---", "# by hand")),
        Part("title", ("title",), 3, ("title: a",)),
        Part("tags", ("tags",), 4, ("tags:", "  - b")),
    )
    assert head_parts("# A\n") == ()
    assert head_parts("---\n---\n") == (Part(None, (), 1, ("---",)),)


def test_parts_within_a_section_forget_what_it_lies_in() -> None:
    assert [part.titles for part in within(parts(PAGE), {"b"})] == [("b",)]
    assert [part.titles for part in within(parts(PAGE), {"a", "b"})] == [("a",), ("b", "a")]
    assert [part.titles for part in without(parts(PAGE), {"a"})] == [(), ("c",)]


def test_parts_of_one_title_are_told_apart_by_their_order() -> None:
    before, after = parts("# A\nx\n# A\ny\n"), parts("# A\nx\n# A\nz\n# A\n")
    assert differences(before, after) == (Difference(How.CHANGED, "A", 4), Difference(How.NEW, "A", 5))
    assert differences(after, before) == (Difference(How.CHANGED, "A", 4), Difference(How.GONE, "A", None))


def test_a_part_without_a_word_is_neither_new_nor_gone() -> None:
    nothing, blank = parts("# A\nx\n"), (*parts("# A\nx\n"), Part("B", ("b",), 3, ("", " ")))
    assert differences(nothing, blank) == differences(blank, nothing) == ()


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("a b\nc", "a\nb c", None),
        ("a\nb", "a\nc", 2),
        ("a\nb", "a\nb\nc", 3),
        ("a\nb", "a\n", 1),
        ("a", "", 1),
        ("", "", None),
        ("a\nb", "x\nb", 1),
    ],
)
def test_the_first_word_that_is_another_is_found(before: str, after: str, line: int | None) -> None:
    old, new = (Part(None, (), 1, tuple(text.split("\n"))) for text in (before, after))
    assert first_changed(old, new) == line


@given(st.text("ab#-: \n", max_size=60))
def test_no_text_differs_from_itself(text: str) -> None:
    assert differences(parts(text), parts(text)) == ()
    assert sum(len(part.lines) for part in parts(text)) == text.count("\n") + 1 - front_matter_lines(text)
