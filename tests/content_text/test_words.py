"""Counting words, and finding phrases however they are dressed up."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.words import fold, occurrences, occurrences_in, visible_length, word_count, words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two  three\nfour", 4),
        ("don't, dishwasher-safe; 1,200 and/or 24.00", 5),
        ("… — * ###", 0),
        ("陶瓷杯", 3),
        ("a陶瓷b", 4),
        ("\U00020000人々", 3),
        ("ｶﾀｶﾅ", 4),
        ("_one_ **two**", 2),
    ],
)
def test_words_are_counted_as_people_count_them(text: str, count: int) -> None:
    assert len(words(text)) == word_count(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "Guaranteed!",
        "it is GUARANTEED",
        "_guaranteed_",
        "guaran\u00adteed",  # a soft hyphen
        "guaran\u200bteed",  # a zero-width space
        "guaran\u034fteed",  # a grapheme joiner
        "guaran\ufe0fteed",  # a variation selector
        "guaran\u3164teed",  # a filler
        "guaran\U000e0100teed",
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


@pytest.mark.parametrize(
    ("phrase", "text"),
    [("杯", "陶瓷杯很好"), ("陶瓷", "一个陶瓷杯"), ("iphone", "买iPhone吧"), ("แก้ว", "นี่คือแก้วสวย"), ("杯", "a杯b")],
)
def test_in_scripts_without_spaces_a_letter_beside_a_word_is_the_next_word(phrase: str, text: str) -> None:
    assert occurrences(phrase, text) == (1,)


@pytest.mark.parametrize(
    ("phrase", "lines"),
    [("a ~ b", (1, 2)), ("* a", (1, 2)), ("***", (3,)), ("* *", (2,)), ("C++", (4,)), ("snake_case", (4,))],
)
def test_marks_that_stand_alone_do_not_count_unless_there_is_nothing_else(phrase: str, lines: tuple[int, ...]) -> None:
    assert occurrences(phrase, "a b\n* * a ~ b\n***\nC++ snake_case\n") == lines


def test_many_phrases_are_looked_for_in_a_text_that_is_folded_once() -> None:
    folded = fold("A mug.\nA Mug and a CUP\n")
    assert [list(occurrences_in(folded, phrase)) for phrase in ("mug", "cup", "bowl", "")] == [[1, 2], [2], [], []]


@pytest.mark.parametrize(
    "text", ["", " ", "a", " a ", "a b", "a \n\t b", "a\u00a0b", "\U0001f600 \U0001f600", "\n\na\n\nb c\n"]
)
def test_white_space_counts_as_one_character_between_others(text: str) -> None:
    assert visible_length(text) == len(" ".join(text.split()))


@pytest.mark.parametrize("marks", ["\u0301\u0316", "\u0301\uff9e", "\u0f73", "\u0344\u0316"])
def test_a_row_of_marks_takes_no_time_by_its_square(marks: str) -> None:
    assert fold("a" + marks * 100_000 + "b").endswith("b")


@pytest.mark.parametrize("count", [1, 29, 30])
def test_marks_up_to_thirty_are_composed_as_unicode_says(count: int) -> None:
    assert fold("e\u0316" + "\u0301" * (count - 1)) == fold(
        unicodedata.normalize("NFC", "e\u0316" + "\u0301" * (count - 1))
    )
    assert fold("e\u0301" + "x" * count) == "\u00e9" + "x" * count


@given(st.text(max_size=200))
def test_a_sane_text_is_folded_as_nfkc_folds_it(text: str) -> None:
    assert fold(text) == fold(unicodedata.normalize("NFKC", text))
