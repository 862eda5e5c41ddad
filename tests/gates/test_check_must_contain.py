"""The check `must_contain`: phrases, patterns and lists; all of them, or any."""

import pytest
from gate_cases import HOSTILE, material, said

TEXT = "Our **Dishwasher-safe** mug\nholds 350 ml.\n"
FILES = {"a.md": TEXT, "words.txt": "# wanted\n\ndishwasher-safe\nslow morning # a name\n", "none.txt": "# nothing\n"}


@pytest.mark.parametrize(
    "use",
    [
        ["dishwasher-safe"],
        ["safe mug holds"],
        {"patterns": [r"\d+ ml"]},
        {"patterns": ["^holds"]},
        {"phrases": ["mug"], "patterns": ["mug$"]},
        {"phrases": ["mug", "cup"], "any": True},
        {"phrases": ["cup", "mug"], "any": True},
        {"phrases": ["cup"], "patterns": ["mug"], "any": True},
        {"phrases": ["cup"], "patterns": ["cup", "mug"], "any": True},
        {"list": "words.txt", "any": True},
    ],
)
def test_a_text_with_what_is_wanted_passes(use: object) -> None:
    assert said({"must_contain": use}, FILES) == ["pass"]


@pytest.mark.parametrize(
    ("use", "finding"),
    [
        (["cup", "mug"], "'cup' does not stand in the text -> say it in these words"),
        (["mugs"], "'mugs' does not stand in the text -> say it in these words"),
        (
            {"patterns": ["Mug", "ml"]},
            "nothing in the text matches the pattern 'Mug' -> write what the pattern asks for",
        ),
        (
            {"list": "words.txt"},
            "'slow morning' (words.txt:4) does not stand in the text -> say it in these words",
        ),
        (
            {"phrases": ["cup"], "patterns": ["c.p"], "any": True},
            "none of these stands in the text: 'cup', pattern 'c.p' -> say one of them",
        ),
        (
            {"phrases": ["b", "c", "d", "e", "f"], "any": True},
            "none of these stands in the text: 'b', 'c', 'd', 'e', 'f' -> say one of them",
        ),
        (
            {"phrases": ["b", "c", "d", "e", "f", "g"], "any": True},
            "none of these stands in the text: 'b', 'c', 'd', 'e', 'f' and 1 more -> say one of them",
        ),
    ],
)
def test_a_text_without_it_fails(use: object, finding: str) -> None:
    assert said({"must_contain": use}, FILES) == ["fail", f"major a.md: {finding}"]


@pytest.mark.parametrize(
    "text",
    ["---\ntitle: mug\n---\nx", "<!-- mug -->", "<!-- mug", "<!--\nmug\n-->", "[x](mug)", "[x](/mug 'mug')", "[x]: mug",
     "<a title='mug'>x</a>", "<b mug>", "<b\n mug>"],
)  # fmt: skip
def test_what_no_reader_sees_is_not_in_the_text(text: str) -> None:
    assert len(said({"must_contain": ["mug"]}, {"a.md": f"{text}\n"})) == 2
    assert len(said({"must_contain": {"phrases": ["mug"], "any": True}}, {"a.md": f"{text}\n"})) == 2


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("mug", "`mug`"), ("mug", "```\nmug\n```"), ("mug", "[mug](x)"), ("mug", "![mug](x.png)"), ("mug", "m**u**g"),
        ("mug", "<b>m</b>ug"), ("mug", "<!-- x --> mug"), ("mug", "&#109;ug"),
        ("https://a.example/x", "<https://a.example/x>"),
        ("https://a.example/x", "See https://a.example/x"), ("5* mug", "A 5* mug"), ("100% safe", "100\\% safe"),
        ("money-back", "money\u2011back"), ("money\u2010back", "money-back"), ("a | b", "| a | b |"),
        ("ann@mug.example", "<ann@mug.example>"),
    ],
)  # fmt: skip
def test_what_a_reader_sees_is_in_the_text(phrase: str, text: str) -> None:
    assert said({"must_contain": [phrase]}, {"a.md": f"{text}\n"}) == ["pass"]


def test_another_file_than_markdown_is_looked_at_as_it_stands() -> None:
    use = {"must_contain": {"phrases": ["mug"], "file": "a.txt"}}
    assert said(use, {"a.txt": "<!-- mug -->"}) == ["pass"]
    assert said({"must_contain": {"phrases": ["mug"], "file": "A.MD"}}, {"A.MD": "<!-- mug -->"})[0] == "fail"


def test_each_that_is_missing_is_told_phrases_before_the_list_before_patterns() -> None:
    found = said({"must_contain": {"patterns": ["zz"], "list": "words.txt", "phrases": ["yy"]}}, FILES)
    assert [line.split(" -> ")[0] for line in found] == [
        "fail",
        "major a.md: 'yy' does not stand in the text",
        "major a.md: 'slow morning' (words.txt:4) does not stand in the text",
        "major a.md: nothing in the text matches the pattern 'zz'",
    ]


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (None, "its settings are wrong: needs phrases, patterns or list"),
        ([], "its settings are wrong: needs phrases, patterns or list"),
        ({"any": True}, "its settings are wrong: needs phrases, patterns or list"),
        (["mug", " "], "its settings are wrong: 1: ' ' is an empty phrase: it stands nowhere"),
        (["\u200b"], "its settings are wrong: 0: '\\u200b' is an empty phrase: it stands nowhere"),
        ({"patterns": ["m("]}, "its settings are wrong: patterns.0: 'm(' is no regular expression of RE2: "),
        ({"patterns": ["m*"]}, "its settings are wrong: patterns.0: the pattern 'm*' matches nothing at all"),
        ({"patterns": [r"\bx?"]}, "it broke: ValueError: the pattern matches nothing in more than 1000 places"),
        ({"list": "gone.txt"}, "the list gone.txt is not there, or not among the step's reads or gate_reads"),
        ({"list": "none.txt"}, "the list none.txt names nothing to look for"),
        ({"list": "blank.txt"}, "the list blank.txt:2 has an empty phrase"),
        ({"list": "../words.txt"}, "its settings are wrong: list: "),
        ({"phrase": ["mug"]}, "its settings are wrong: phrase: unknown key; known keys: any, file, list, patterns, "),
    ],
)
def test_what_cannot_be_looked_for_is_an_error(use: object, reason: str) -> None:
    files = {"a.md": "a " * 1_000, "words.txt": FILES["words.txt"], "none.txt": "# nothing\n"}
    (verdict, finding) = said({"must_contain": use}, {**files, "blank.txt": "mug\n\u200b\n"})
    assert verdict == "error"
    assert reason in finding


def test_of_patterns_a_match_of_something_counts() -> None:
    assert said({"must_contain": {"patterns": ["(?i)MUG"]}}, FILES) == ["pass"]
    assert said({"must_contain": {"patterns": [r"\bx?\b"]}}, {"a.md": "ab"})[0] == "fail"


def test_each_file_is_judged_or_the_one_that_is_named() -> None:
    judged = material({"a.md": "mug", "b.md": "cup", "c.md": ""}, ("a.md", "b.md"))
    assert said({"must_contain": ["mug"]}, judged)[1].startswith("major b.md: ")
    assert said({"must_contain": {"phrases": ["mug"], "file": "c.md"}}, judged)[1].startswith("major c.md: ")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_and_lists_are_judged(name: str) -> None:
    use = {"phrases": ["zzz"], "patterns": ["z{3,}x|(a|b)*c"], "any": True}
    assert said({"must_contain": use}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")
    listed = {"must_contain": {"list": "list.txt"}}
    assert said(listed, {"a.md": "text", "list.txt": HOSTILE[name][:2_000]})[0] in ("pass", "fail", "error")
