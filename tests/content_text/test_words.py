"""Counting words, and finding phrases however they are dressed up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.words import fold, occurrences, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two  three\nfour", 4),
        ("don't, dishwasher-safe; 1,200 and/or 24.00", 5),
        ("… — * ###", 0),
        ("陶瓷杯", 3),
        ("_one_ **two**", 2),
    ],
)
def test_words_are_counted_as_people_count_them(text: str, count: int) -> None:
    assert len(words(text)) == count


@pytest.mark.parametrize(
    "text",
    [
        "Guaranteed!",
        "it is GUARANTEED",
        "_guaranteed_",
        "guaran\u00adteed",  # a soft hyphen
        "guaran\u200bteed",  # a zero-width space
        "ｇｕａｒａｎｔｅｅｄ",
        "un-guaranteed",
    ],
)
def test_a_word_is_found_in_every_disguise(text: str) -> None:
    assert occurrences("guaranteed", text) == (1,)


@pytest.mark.parametrize("text", ["guarantee", "unguaranteed", "guaranteed2", "", "guarante ed"])
def test_a_part_of_a_word_is_not_the_word(text: str) -> None:
    assert occurrences("guaranteed", text) == ()


def test_a_phrase_is_found_across_lines_and_emphasis_on_the_line_where_it_begins() -> None:
    text = "We give\nyour _money_\n**back**, no: money\nback. Money  back\n"
    assert occurrences("Money back", text) == (2, 3, 4)


def test_quote_marks_of_any_style_are_one() -> None:
    assert occurrences("world's best", "The world’s “best” is not it, the world`s best is") == (1,)


def test_nothing_is_found_of_an_empty_phrase() -> None:
    assert occurrences("  ", "a b") == ()


@given(st.text(max_size=200))
def test_folding_keeps_the_number_of_lines(text: str) -> None:
    assert fold(text).count("\n") == text.count("\n")


@given(st.lists(st.sampled_from(["mug", "Mug", "MUG", "\n", "cup", "smuggle", "mugs"]), max_size=30))
def test_each_occurrence_is_on_its_line(parts: list[str]) -> None:
    text = " ".join(parts)
    expected = [n for n, line in enumerate(text.split("\n"), 1) for word in line.split() if word.lower() == "mug"]
    assert list(occurrences("mug", text)) == expected
