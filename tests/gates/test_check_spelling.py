"""The check `spelling`: what codespell's lists know, where it is looked for, and what is let pass."""

import pytest
from gate_cases import HOSTILE, Files, said

from orchestrator.gates import faults
from orchestrator.model.pipeline import CheckUse

BEHIND = "; where the word is meant, put it on the list of words"


def words(text: str, **settings: object) -> list[str]:
    """Return `line word: proposals` of each finding."""
    found = said({"spelling": settings}, {"a.md": text})[1:]
    return [
        each.removeprefix("major a.md:")
        .replace(": ", " ", 1)
        .replace(" is misspelt -> write", ":", 1)
        .removesuffix(BEHIND)
        for each in found
    ]


def test_a_good_text_passes() -> None:
    assert said("spelling", {"a.md": "---\ntitle: A mug\n---\nWe receive the government's mug.\n"}) == ["pass"]


def test_a_misspelling_fails_at_its_line_with_what_may_be_meant() -> None:
    assert said("spelling", {"a.md": "# Mugs\n\nWe recieve\nteh mug.\n"}) == [
        "fail",
        f"major a.md:3: 'recieve' is misspelt -> write 'receive'{BEHIND}",
        f"major a.md:4: 'teh' is misspelt -> write 'the'{BEHIND}",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Recieve RECIEVE recieve", ["1 'Recieve': 'Receive'", "1 'RECIEVE': 'RECEIVE'", "1 'recieve': 'receive'"]),
        ("does'nt", ['1 "does\'nt": "doesn\'t"']),
        ("does’nt", ["1 'does’nt': 'doesn’t'"]),
        ("Does'nt", ['1 "Does\'nt": "Doesn\'t"']),
        ("'teh' “teh” (teh) teh, teh.", ["1 'teh': 'the'"] * 5),
        ("**teh** _teh_ [teh](teh.md) > teh", ["1 'teh': 'the'"] * 4),
        ("goverment's goverment’S", ["1 'goverment': 'government'"] * 2),
        ("recieve-mode pre-recieve", ["1 'recieve': 'receive'"] * 2),
        ("alpha-numeric", ["1 'alpha-numeric': 'alphanumeric'"]),
        ("onRecieve RecieveMode HTTPRecieve", ["1 'Recieve': 'Receive'"] * 3),
        ("and/teh", ["1 'teh': 'the'"]),
        (
            "- teh\n  teh\n\n| teh | a |\n|---|---|\n| b | teh |\n",
            ["1 'teh': 'the'", "2 'teh': 'the'", "4 'teh': 'the'", "6 'teh': 'the'"],
        ),
    ],
)
def test_a_misspelling_is_found_in_every_dress(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_several_proposals_are_all_named() -> None:
    assert words("bu", dictionaries=["rare"]) == ["1 'bu': 'by', 'be', 'but', 'bug', 'bun', 'bud', 'buy' or 'bum'"]
    assert words("ablet", dictionaries=["rare"]) == ["1 'ablet': 'able' or 'tablet'"]


@pytest.mark.parametrize(
    "text",
    [
        "`recieve` and ``recieve``",
        "```\nrecieve\n```",
        "~~~ recieve\nrecieve\n~~~",
        "    recieve\n",
        "<!-- recieve -->",
        "<recieve>",
        "[ok](recieve.md 'recieve')",
        "[ok]: recieve.md",
        "http://teh.com/recieve https://recieve.com",
        "ftp://recieve www.recieve.com www.recieve",
        "recieve@example.com me@recieve.com me@recieve",
        "recieve.md src/recieve/a /recieve ~/recieve C:\\recieve",
        "(recieve.md), “sources/recieve/”",
        "recieve_mode recieve2 2recieve x_recieve",
        "---\nrecieve: ok\n---\n",
        "---\nfile: sources/recieve.md # recieve\n---\n",
        "---\n# recieve\nlist:\n  - recieve: 1\n---\n",
    ],
)
def test_code_addresses_paths_keys_and_names_with_digits_are_not_looked_at(text: str) -> None:
    assert words(text) == []


def test_the_values_of_front_matter_are_looked_at() -> None:
    text = "---\ntitle: Recieve teh\ntags: [recieve, ok]\nlist:\n  - recieve\nsaid: |\n  We recieve\n---\nok\n"
    assert [each.split(":")[0] for each in words(text)] == [
        "2 'Recieve'", "2 'teh'", "3 'recieve'", "5 'recieve'", "7 'recieve'",
    ]  # fmt: skip


def test_a_part_of_a_word_has_three_letters_at_least() -> None:
    assert words("teh-mug") == ["1 'teh': 'the'"]
    assert words("bu-mug", dictionaries=["rare"]) == []


@pytest.mark.parametrize(
    "text", ["I met Ines.", "So *Ines* and (Ines), “Ines”.", "- I met Ines' son", "x" * 300 + " Ines"]
)
def test_a_capitalised_word_within_a_sentence_is_a_name(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize(
    "text", ["Teh mug", "A. Teh mug", "A! (Teh", "A? “Teh", "a: Teh", "a…\nTeh", "## A Teh", "a TEH b", "a aTeh b"]
)
def test_a_capitalised_word_is_looked_at_where_it_may_be_none(text: str) -> None:
    assert len(words(text)) == 1


GERMAN = "Das ist der Becher, als er noch neu war, und so ist er auch heute: er ist aus Ton und fasst viel heissen Tee."


def test_a_longer_passage_in_another_language_is_let_pass_where_it_is_asked_for() -> None:
    assert len(words(GERMAN)) == 4
    assert words(GERMAN, only_english=True) == []
    assert words(f"{GERMAN}\n\nDas ist gut.\n\nTeh mug.\n", only_english=True) == [
        "3 'ist': 'is', 'it', 'its', \"it's\", 'sit' or 'list'",
        "5 'Teh': 'The'",
    ]
    assert words(
        "We recieve the mugs of every size, and then we wash them by hand, and dry them, and put them away with care.",
        only_english=True,
    ) == ["1 'recieve': 'receive'"]


def test_words_of_a_list_and_of_the_settings_are_right_in_any_case() -> None:
    files: Files = {
        "a.md": "Teh recieve goverment's onTeh does’nt",
        "words.txt": "# ours\nTEH\n\ngoverment # a name\ndoes'nt\n",
    }
    assert said({"spelling": {"words": "words.txt", "ignore": ["Recieve"]}}, files) == ["pass"]
    assert said({"spelling": "words.txt"}, files) == [
        "fail",
        f"major a.md:1: 'recieve' is misspelt -> write 'receive'{BEHIND}",
    ]


def test_a_whole_word_that_is_known_is_not_looked_into() -> None:
    assert words("teh-recieve", ignore=["teh-recieve"]) == []
    assert words("teh-recieve", ignore=["teh"]) == ["1 'recieve': 'receive'"]


def test_the_list_must_be_there() -> None:
    assert said({"spelling": "words.txt"}, {"a.md": "ok"}) == [
        "error",
        "critical the check could not run: the list words.txt is not there,"
        " or not among the step's reads or gate_reads",
    ]


def test_british_words_are_found_where_american_ones_are_wanted() -> None:
    assert words("The colour") == []
    assert words("The colour", dictionaries=["en-GB_to_en-US"]) == ["1 'colour': 'color'"]
    assert words("The recieve", dictionaries=["en-GB_to_en-US"]) == []


@pytest.mark.parametrize(
    ("dictionary", "word"),
    [
        ("clear", "recieve"),
        ("rare", "ablet"),
        ("code", "alloced"),
        ("names", "aldo"),
        ("informal", "betcha"),
        ("usage", "blackhat"),
        ("en-GB_to_en-US", "colour"),
    ],
)
def test_each_list_can_be_gone_by_alone(dictionary: str, word: str) -> None:
    assert len(words(word, dictionaries=[dictionary])) == 1
    others = {"clear", "rare", "code", "names", "informal", "usage", "en-GB_to_en-US"} - {dictionary}
    assert words(word, dictionaries=sorted(others)) == []


def test_the_clear_and_the_rare_list_are_gone_by_unless_said() -> None:
    assert len(words("recieve ablet alloced aldo betcha blackhat colour")) == 2


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"dictionaries": []}, "dictionaries: "),
        ({"dictionaries": ["clearest"]}, "dictionaries.0: "),
        ({"words": "../words.txt"}, "words: "),
        ({"wrds": "words.txt"}, "wrds: unknown key"),
        ({"ignore": 3}, "ignore: "),
    ],
)
def test_wrong_settings_are_told(settings: object, fault: str) -> None:
    found = faults(CheckUse(name="spelling", settings=settings))
    assert found[0].startswith(fault)


def test_a_remark_fails_nothing() -> None:
    assert said({"spelling": {"severity": "info"}}, {"a.md": "teh"})[0] == "pass"


@pytest.mark.parametrize("name", HOSTILE)
def test_any_file_is_judged_or_told_to_be_none(name: str) -> None:
    assert said("spelling", {"a.md": HOSTILE[name]})[0] in ("pass", "fail")


@pytest.mark.parametrize("piece", ["a1", "a-", "a'", "aA", "/a", "teh ", "teh-", "teh/", "tehTeh", "@teh", "a@"])
def test_a_text_of_one_piece_is_read(piece: str) -> None:
    assert said("spelling", {"a.md": piece * 30_000})[0] in ("pass", "fail")
