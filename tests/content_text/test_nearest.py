"""What comes nearest to a claim: the number of its unit, and the passage of its words, with the place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.figures import figures
from orchestrator.content.nearest import LONGEST_SHOWN, MOST_PLACES, Numbers, Passages


def nearest_number(claim: str, *stated: str) -> str | None:
    numbers = Numbers()
    for text in stated:
        (figure,) = figures(text)
        numbers.add(figure.value, figure.unit, figure.text)
    (wanted,) = figures(claim)
    return numbers.nearest(wanted)


@pytest.mark.parametrize(
    ("claim", "stated", "nearest"),
    [
        ("360 ml", ["350 ml", "360 g", "361"], "350 ml"),
        ("360 ml", ["100 ml", "350 ml", "371 ml"], "350 ml"),
        ("360 ml", ["350 ml", "370 ml"], "350 ml"),
        ("360 ml", ["370 ml", "355 ml"], "355 ml"),
        ("1 ml", ["350 ml", "370 ml"], "350 ml"),
        ("999 ml", ["350 ml", "370 ml"], "370 ml"),
        ("360 ml", ["360 g", "359"], "360 g"),
        ("360", ["359 g", "370"], "359 g"),
        ("USD 25", ["$24", "25 ml"], "$24"),
        ("25 %", ["24 %", "25 ml"], "24 %"),
        ("2026-03-02", ["2026-03-01", "2026-04-02", "2"], "2026-03-01"),
        ("2026-03-31", ["2026-03-01", "2026-04-01"], "2026-04-01"),
        ("2026-03", ["2026-02", "2026-06"], "2026-02"),
        ("2026-03-02", ["24", "IP67"], None),
        ("IP68", ["IP67", "68"], None),
        ("24", ["2026-03-01"], None),
        ("24", [], None),
    ],
)
def test_the_nearest_number_of_the_unit_is_found(claim: str, stated: list[str], nearest: str | None) -> None:
    assert nearest_number(claim, *stated) == nearest


def test_the_first_place_of_a_number_is_told_and_one_that_comes_late_is_found() -> None:
    numbers = Numbers()
    (wanted,) = figures("24")
    for place, text in (("a", "20"), ("b", "20")):
        numbers.add(figures(text)[0].value, None, place)
    assert numbers.nearest(wanted) == "a"
    numbers.add(figures("23")[0].value, None, "c")
    assert numbers.nearest(wanted) == "c"


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=20), st.integers(0, 1_000))
def test_no_number_of_the_sources_is_nearer(stated: list[int], claim: int) -> None:
    found = nearest_number(str(claim), *map(str, stated))
    assert found is not None
    assert abs(int(found) - claim) == min(abs(number - claim) for number in stated)


def passage(quotation: str, *texts: str) -> str | None:
    return Passages({f"{place}.md": text.split("\n") for place, text in enumerate(texts)}).nearest(quotation)


@pytest.mark.parametrize(
    ("quotation", "texts", "found"),
    [
        ("the cat sat down", ["x\nThe *cat* stood down\n"], "0.md:2 has 'The *cat* stood down'"),
        ("the cat sat down", ["the cat\nsat up"], "0.md:1 has 'the cat sat up'"),
        ("the cat sat down", ["the cat ran", "cat sat down"], "1.md:1 has 'cat sat down'"),
        ("the cat sat down", ["the cat", "sat down"], "0.md:1 has 'the cat'"),
        ("the cat sat down", ["the catalogue"], None),
        ("the cat sat down", ["the"], None),
        ("one two three", ["one two"], "0.md:1 has 'one two'"),
        ("one two three", ["one"], None),
        ("one two", ["two"], "0.md:1 has 'two'"),
        ("one", ["one"], None),
        ("one two three four", ["one " + "x " * 40 + "two"], None),
        ("four five six", ["four x x x x x five six\nfour five\n"], "0.md:1 has 'four x x x x x five six'"),
        ("four five six", ["four x x five\nfour five\n"], "0.md:2 has 'four five'"),
        ("four five six", [], None),
        ("FÜNF große Äpfel", ["fünf GROSSE Birnen"], "0.md:1 has 'fünf GROSSE Birnen'"),
    ],
)
def test_the_passage_with_most_of_the_words_is_found(quotation: str, texts: list[str], found: str | None) -> None:
    assert passage(quotation, *texts) == found


def test_a_long_passage_is_cut_where_the_words_stand() -> None:
    line = "word " * 100 + "the cat sat down" + " more" * 100
    found = passage("the cat sat up", line)
    assert found is not None
    assert found.startswith("0.md:1 has '…")
    assert found.endswith("…'")
    assert "the cat sat" in found
    assert len(found) <= LONGEST_SHOWN + 20


@pytest.mark.parametrize(("length", "is_cut"), [(LONGEST_SHOWN, False), (LONGEST_SHOWN + 1, True)])
def test_a_passage_is_cut_when_it_is_longer_than_is_shown(length: int, is_cut: bool) -> None:
    found = passage("the cat sat", "the cat sat " + "x" * (length - 12))
    assert found is not None
    assert found.endswith("…'") == is_cut


def test_a_word_that_stands_very_often_is_looked_for_so_often_only() -> None:
    assert passage("alpha beta", "alpha\n" * (MOST_PLACES - 1) + "alpha beta") == f"0.md:{MOST_PLACES} has 'alpha beta'"
    found = passage("alpha beta", "alpha " * MOST_PLACES + "\nalpha beta")
    assert found is not None
    assert found.startswith("0.md:1 has ")


@given(st.lists(st.sampled_from(["ab", "cd", "ef", "gh", "\n"]), max_size=30), st.text("abcdefgh é\n", max_size=40))
def test_any_texts_are_searched_and_the_same_is_said_again(words: list[str], text: str) -> None:
    quotation = " ".join(words)
    assert passage(quotation, text, quotation) == passage(quotation, text, quotation)
