"""How much of a text changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.changes import MOST_COMPARED, longest_common, share_changed


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
