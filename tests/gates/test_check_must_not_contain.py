"""The check `must_not_contain`: phrases however disguised, patterns, lists, and how much is told of them."""

import pytest
from gate_cases import HOSTILE, material, said

FILES = {
    "a.md": "---\ntitle: A mug\n---\nGuaranteed!\n\n```\nmoney back\n```\n",
    "words.txt": "miracle\nmoney back # never\n",
    "none.txt": "# nothing\n",
}


@pytest.mark.parametrize(
    "use", [["guarantee"], ["mugs", "moneyback"], {"patterns": ["guaranteed"]}, {"patterns": ["x+"], "phrases": ["b"]}]
)
def test_a_text_without_them_passes(use: object) -> None:
    assert said({"must_not_contain": use}, FILES) == ["pass"]


@pytest.mark.parametrize(
    ("use", "findings"),
    [
        (["guaranteed"], ["a.md:4: 'guaranteed' must not stand here"]),
        (["mug", "money back"], ["a.md:2: 'mug' must not stand here", "a.md:7: 'money back' must not stand here"]),
        ({"list": "words.txt"}, ["a.md:7: 'money back' (words.txt:2) must not stand here"]),
        (
            {"patterns": ["(?i)GUARANT[a-z]*"]},
            ["a.md:4: 'Guaranteed' must not stand here: it matches the pattern '(?i)GUARANT[a-z]*'"],
        ),
        (
            {"phrases": ["mug"], "patterns": ["mon.y"]},
            [
                "a.md:2: 'mug' must not stand here",
                "a.md:7: 'money' must not stand here: it matches the pattern 'mon.y'",
            ],
        ),
    ],
)
def test_a_text_with_one_of_them_fails_at_its_line(use: object, findings: list[str]) -> None:
    told = [f"major {finding} -> say it otherwise" for finding in findings]
    assert said({"must_not_contain": use}, FILES) == ["fail", *told]


@pytest.mark.parametrize(
    "text",
    [
        "mira\u00adcle",
        "mira\u034fcle",
        "&#109;iracle",
        "mir<b></b>acle",
        "MIRACLE",
        "**mir**acle",
        "x\n\nmiracle".replace("x\n\n", ""),
    ],
)
def test_no_disguise_hides_a_word(text: str) -> None:
    found = said({"must_not_contain": ["miracle"]}, {"a.md": f"one\n{text}\n"})
    assert found == ["fail", "major a.md:2: 'miracle' must not stand here -> say it otherwise"]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [("money-back", "money\u2011back"), ("money-back", "money\u2010back"), ("100% safe", r"100\% safe")],
)
def test_neither_another_hyphen_nor_an_escape_hides_a_phrase(phrase: str, text: str) -> None:
    found = said({"must_not_contain": [phrase]}, {"a.md": f"one\n{text}\n"})
    assert found == ["fail", f"major a.md:2: '{phrase}' must not stand here -> say it otherwise"]


def test_a_line_end_as_an_entity_moves_no_line() -> None:
    found = said({"must_not_contain": ["miracle"]}, {"a.md": "a&#10;b\n&#109;iracle\n"})
    assert found[1].startswith("major a.md:2: ")


def test_a_word_stands_once_on_a_line_though_it_stands_there_twice() -> None:
    assert len(said({"must_not_contain": ["mug"]}, {"a.md": "mug mug\nmug\n"})) == 3
    assert len(said({"must_not_contain": {"patterns": ["mug"]}}, {"a.md": "mug mug\nmug\n"})) == 3


@pytest.mark.parametrize(
    ("use", "count", "last"),
    [
        (["mug"], 20, "major a.md:20: 'mug' must not stand here -> say it otherwise"),
        (["mug"], 21, "major a.md: 'mug' stands in 1 more place"),
        (["mug"], 23, "major a.md: 'mug' stands in 3 more places"),
        (
            {"patterns": ["m.g"]},
            20,
            "major a.md:20: 'mug' must not stand here: it matches the pattern 'm.g' -> say it otherwise",
        ),
        ({"patterns": ["m.g"]}, 21, "major a.md: the pattern 'm.g' matches in 1 more place"),
        ({"patterns": ["m.g"]}, 999, "major a.md: the pattern 'm.g' matches in 979 more places"),
        ({"patterns": ["m.g"]}, 1_000, "major a.md: the pattern 'm.g' matches in at least 980 more places"),
        ({"patterns": ["m.g"]}, 2_000, "major a.md: the pattern 'm.g' matches in at least 980 more places"),
    ],
)
def test_of_many_places_the_first_twenty_are_told(use: object, count: int, last: str) -> None:
    found = said({"must_not_contain": use}, {"a.md": "mug\n" * count})
    assert (len(found) - 1, found[-1]) == (min(count, 21), last)


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (None, "its settings are wrong: needs phrases, patterns or list"),
        ([""], "its settings are wrong: 0: '' is an empty phrase: it stands nowhere"),
        ({"patterns": ["("]}, "its settings are wrong: patterns.0: '(' is no regular expression of RE2: "),
        ({"patterns": ["x|"]}, "its settings are wrong: patterns.0: the pattern 'x|' matches nothing at all"),
        ({"list": "gone.txt"}, "the list gone.txt is not there, or not among the step's reads or gate_reads"),
        ({"list": "none.txt"}, "the list none.txt names nothing to look for"),
        ({"phrases": ["a"], "any": True}, "its settings are wrong: any: unknown key; known keys: file, list, "),
    ],
)
def test_what_cannot_be_looked_for_is_an_error(use: object, reason: str) -> None:
    (verdict, finding) = said({"must_not_contain": use}, FILES)
    assert verdict == "error"
    assert reason in finding


def test_each_file_is_judged_or_the_one_that_is_named() -> None:
    judged = material({"a.md": "cup", "b.md": "mug", "c.md": "mug"}, ("a.md", "b.md"))
    assert [line[:11] for line in said({"must_not_contain": ["mug"]}, judged)] == ["fail", "major b.md:"]
    named = {"phrases": ["mug"], "file": "c.md"}
    assert [line[:11] for line in said({"must_not_contain": named}, judged)] == ["fail", "major c.md:"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    use = {"phrases": ["zzz", "a ~ b", "* x"], "patterns": ["z{3,}x|(a|b)*c"]}
    assert said({"must_not_contain": use}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")


@pytest.mark.parametrize("phrase", ["a ~ b", "* x", "* * *", "*x y"])
@pytest.mark.parametrize("text", ["~", "*", "* ", "a~", "a *"])
def test_no_phrase_takes_time_by_the_square_of_a_text(phrase: str, text: str) -> None:
    assert said({"must_not_contain": [phrase]}, {"a.md": text * (200_000 // len(text))})[0] in ("pass", "fail")
