"""Syllables, and the formulas that rest on them."""

import pytest

from orchestrator.content.readability import Reading, reading, syllables

KNOWN = """
the 1 make 1 made 1 table 2 tables 2 handled 2 called 1 asked 1 wanted 2 played 1 playing 2 trying 2 being 2 lovely 2
statement 2 element 3 cement 2 careful 2 boxes 2 changes 2 watches 2 breathes 1 clothes 1 serious 3 radio 3 million 2
union 2 region 2 station 2 special 2 media 3 association 5 appreciate 4 marriage 2 science 2 quiet 2 patient 2 client 2
experience 4 society 4 friend 1 easier 3 happiest 3 video 3 people 2 area 3 idea 3 create 2 usual 3 language 2 quality 3
fluent 2 continue 3 league 1 unique 2 continuous 4 poem 2 does 1 tourism 3 rhythm 2 didn't 2 don't 1 beyond 2 player 2
eye 1 anyone 3 something 2 every 2 business 2 water 2 mornings 2 dishwasher 3 university 5 through 1 straight 1 café 2
"""
"""Words by which the rules were made, with the syllables that a dictionary of English gives them."""

UNSEEN = """
bread 1 window 2 kettle 2 garden 2 purple 2 silence 2 remember 3 Saturday 3 holiday 3 computer 3 elephant 3 banana 3
strawberry 3 calendar 3 electric 3 telephone 3 understand 3 energy 3 yesterday 3 important 3 tomorrow 3 family 3
potatoes 3 carpenter 3 newspaper 3 hospital 3 umbrella 3 grandmother 3 avocado 4 watermelon 4 helicopter 4 caterpillar 4
information 4 dictionary 4 television 4 education 4 January 4 supermarket 4 vegetarian 5 refrigerator 5 imagination 5
opportunity 5 curiosity 5 hippopotamus 5 responsibility 6 night 1 school 1 bridge 1 length 1 squirrel 2 engine 2
promise 2 believe 2 receive 2 village 2 orange 2 bicycle 3 animal 3 library 3 chemistry 3 violin 3 acne 2 naive 2
"""
"""Words that no rule was made for."""


def counts(table: str) -> list[tuple[str, int]]:
    parts = table.split()
    return list(zip(parts[::2], map(int, parts[1::2]), strict=True))


@pytest.mark.parametrize(("word", "count"), counts(KNOWN))
def test_the_syllables_of_a_word(word: str, count: int) -> None:
    assert syllables(word) == count


def test_nineteen_unseen_words_in_twenty_come_out_right() -> None:
    words = counts(UNSEEN)
    assert len(words) > 60
    wrong = [word for word, count in words if syllables(word) != count]
    assert len(wrong) * 20 <= len(words), wrong


@pytest.mark.parametrize("word", ["", "x", "陶", "е", "e", "'s", "b" * 1_000_000, "a" * 1_000_000])
def test_any_word_has_one_syllable_at_least(word: str) -> None:
    assert syllables(word) >= 1


def test_case_and_the_style_of_an_apostrophe_do_not_count() -> None:
    assert (syllables("Didn’t"), syllables("TABLE"), syllables("mug's")) == (2, 2, 1)


def test_what_the_formulas_need_is_counted_without_numbers() -> None:
    assert reading(["The cat sat on 12 mats.", "It isn't dishwasher-safe.", "1, 2, 3."]) == Reading(2, 9, 12)
    assert reading([]) == Reading(0, 0, 0)


def test_the_formulas_are_those_of_the_sources() -> None:
    """100 words in 5 sentences with 150 syllables."""
    whole = Reading(5, 100, 150)
    assert whole.grade == pytest.approx(0.39 * 20 + 11.8 * 1.5 - 15.59)
    assert whole.ease == pytest.approx(206.835 - 1.015 * 20 - 84.6 * 1.5)
