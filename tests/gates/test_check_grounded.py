"""The check `grounded`: figures, quotations, names and citations; what comes nearest; which files are sources."""

import pytest
from gate_cases import HOSTILE, material, said

NOTES = """\
Ann said: "I drink my tea slowly, and it stays warm."

The Slow Morning mug holds 350 ml and costs $24.00. Others ask 22 euros.
First sold on 2026-03-01.
"""
FILES = {"a.md": "", "sources/notes.md": NOTES, "brief.md": "Paint it in 3 colours.\n"}
FIGURE = "state what a source says, show the calculation as '+38 % (120 → 166)', or leave it out"
QUOTE = "quote word for word, or leave it out"
NAME = "call it what a source calls it, or write it without quotes if it is no name"


def found(text: str, **settings: object) -> list[str]:
    use = {"grounded": {"in": ["sources/", "brief.md"], **settings}}
    return said(use, {**FILES, "a.md": text})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It holds 350 ml, in 3 colours; it costs $24.",
        "Since 1 March 2026 (+46 % (24 → 35))".replace("35", "3").replace("+46", "-88"),
        "“I drink my tea slowly” [notes.md:1]",
        'The "Slow Morning" mug; the "slow" one; it is `"Loud Evening"` to nobody.',
        "It is a 'Loud Evening'.",
        '"a proper mug" holds'.replace("a proper ", "proper "),
    ],
)
def test_what_the_sources_say_passes(text: str) -> None:
    assert found(text) == ["pass"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("\n360 ml", ":2: the figure '360 ml' stands in no source -> the nearest: "
         f"sources/notes.md:3 has 350 ml; {FIGURE}"),
        ("€25", f":1: the figure '€25' stands in no source -> the nearest: sources/notes.md:3 has 22 euros; {FIGURE}"),
        ("2026-03-02", ":1: the figure '2026-03-02' stands in no source -> the nearest: "
         f"sources/notes.md:4 has 2026-03-01; {FIGURE}"),
        ("IP67", f":1: the figure 'IP67' stands in no source -> {FIGURE}"),
        ("“I drink my coffee slowly”", ":1: the quotation 'I drink my coffee slowly' stands in no source -> "
         f"""the nearest: sources/notes.md:1 has {NOTES.splitlines()[0]!r}; {QUOTE}"""),
        ("“none of these words”", f":1: the quotation 'none of these words' stands in no source -> {QUOTE}"),
        ('x\nthe "Slow Evening" mug', ":2: the name 'Slow Evening' stands in no source -> "
         f"the nearest: sources/notes.md:3 has {NOTES.splitlines()[2]!r}; {NAME}"),
        ('the "Evening" mug', f":1: the name 'Evening' stands in no source -> {NAME}"),
        ("[notes.md:9]", ":1: the citation 'notes.md:9' points at no line of a source -> cite as [file:line]"),
        ("[notes.md:2]", ":1: the citation 'notes.md:2' points at no line of a source -> cite as [file:line]"),
    ],
)  # fmt: skip
def test_what_they_do_not_say_fails_with_what_comes_nearest(text: str, finding: str) -> None:
    assert found(text) == ["fail", f"critical a.md{finding}"]


def judged(text: str, source: str) -> str:
    return said({"grounded": "s.md"}, {"a.md": text, "s.md": source})[0]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("$5M", "$5"),
        ("$5B", "$5"),
        ("$5 m", "$5"),
        ("$3 trillion", "$3"),
        ("3 hundred", "3"),
        ("2 dozen", "2"),
        ("5 Mrd.", "5"),
        ("5 Millionen", "5"),
        ("5M users", "5 m"),
        ("**38**%", "38 items"),
        ("38\\%", "38 items"),
        ("## 98.6 percent of it", "98.6 items"),
        ("## 12.5 million mugs", "12.5 mugs"),
        ("## 38.5 %", "38.5 mugs"),
        ("24 dollars", "24 euros"),
        ("24 dollars", "€24"),
        ("5 pounds", "5 kg"),
        ("3<b></b>8 cups", "3 and 8"),
        ("3<!-- -->8 cups", "3 and 8"),
        ("3<sup></sup>8 cups", "3 and 8"),
        ("3\u200b8 cups", "3 and 8"),
        ("3&shy;8 cups", "3 and 8"),
        ("1½ cups", "1 and 2"),
        ("10⁶ mugs", "106 mugs"),
        ("1 200 mugs", "1 and 300"),
        ("Step 5 million", "5"),
        ("Step 1.5", "1"),
        ("> Mugs — Ada, 2026 mugs\n", "“Mugs”"),
        ("she said &quot;none of these words&quot;", "none of these"),
        ("<q>none of these words</q>", "none of these"),
        ("<blockquote>\n\nnone of these\n</blockquote>", "these"),
        ("- > none of these", "these"),
        ("> [!quote]\n> none of these", "these"),
        ("「何でもない言葉」", "何"),
        ("『何でもない言葉』", "何"),
        ('the "Łódź" mug', "a mug"),
    ],
)
def test_what_a_reader_sees_and_no_source_says_fails(text: str, source: str) -> None:
    assert judged(text, source) == "fail"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("$5M and 5M users", "$5,000,000 and 5 million users"),
        ("$5 million", "5 million dollars"),
        ("5 Mio. €", "€5,000,000"),
        ("2 dozen", "24"),
        ("5 pounds", "£5"),
        ("5 pounds", "5 lb"),
        ("24 dollars", "USD 24"),
        ("24 US dollars", "$24"),
        ("**38**%", "38 %"),
        ("## 2.1 Week one", "x"),
        ("1️⃣ first\n- 2️⃣ second", "x"),
        ("1½ cups", "1.5 cups"),
        ("10⁶ mugs", "1,000,000 mugs"),
        ("10^6 mugs", "1,000,000 mugs"),
        ("1 200 mugs", "1200 mugs"),
        ("1\u202f200 and 1\u00a0200\u00a0000 mugs", "1200 and 1200000 mugs"),
        ("1. März 2026 war es, am 3. Mai", "2026-03-01 and 3 May"),
        ("Step 1: warm it\n\n## Step 2", "x"),
        ("> warm mugs\n> — Ada, 2026", "warm mugs"),
        ('"the [best](x) mug"', "the best mug"),
        ("<q>the <b>best</b> mug</q>", "the best mug"),
        ("> [!NOTE]\n> nobody's words", "x"),
    ],
)
def test_other_writings_of_what_a_source_says_pass(text: str, source: str) -> None:
    assert judged(text, source) == "pass"


def test_names_are_not_looked_for_where_they_are_put_off() -> None:
    assert found('the "Evening" mug', names=False) == ["pass"]
    assert found('the "Evening of a day" mug', names=False)[0] == "fail"


def test_three_words_are_a_quotation_and_two_a_name() -> None:
    assert found("“Warm Loud Evening”")[1].startswith("critical a.md:1: the quotation ")
    assert found("“Loud Evening”")[1].startswith("critical a.md:1: the name ")
    assert found("“loud evening”") == ["pass"]
    assert found("“warm loud evening”")[0] == "fail"


def test_the_severity_is_the_one_that_is_asked_for() -> None:
    assert found("99", severity="minor")[0] == "pass"


def test_a_source_that_is_named_must_be_there() -> None:
    use = {"grounded": {"in": ["gone.md", "sources/"]}}
    assert said(use, FILES) == ["fail", "critical gone.md: the source is not there -> add it, or do not name it"]


@pytest.mark.parametrize("slip", ["sorces/", "sources/notes.md/", "*.txt", "**/gone.md", "note?.md"])
def test_a_folder_or_pattern_that_holds_nothing_is_an_error_though_another_holds_something(slip: str) -> None:
    nothing = f"nothing stands in {slip} to look into, or it is not among the step's reads or gate_reads"
    why = f"the check could not run: {nothing}"
    for sources in (slip, ["sources/", "brief.md", slip]):
        assert said({"grounded": {"in": sources}}, FILES) == ["error", f"critical {why}"]
    assert said({"grounded": {"in": ["sources/", "*.md", "**/notes.md", "sources/note?.md"]}}, FILES) == ["pass"]


def test_what_the_step_wrote_and_the_file_itself_bear_nothing_out() -> None:
    files = {"a.md": "99", "b.md": "99"}
    use = {"grounded": {"in": ["*.md"]}}
    assert said(use, material(files, ("a.md",))) == ["pass"]
    assert said(use, material(files, ("a.md", "b.md")))[0] == "fail"
    assert said({"grounded": {"in": "*.md", "file": "b.md"}}, material(files, ("a.md",)))[0] == "fail"


def test_a_source_that_is_no_text_is_passed_over_and_one_too_large_is_an_error() -> None:
    assert said({"grounded": "p.png"}, {"a.md": "99", "p.png": b"\x00 99"})[0] == "fail"
    assert said({"grounded": "b.md"}, {"a.md": "99", "b.md": "99" + " " * 4_999_998}) == ["pass"]
    assert said({"grounded": "b.md"}, {"a.md": "99", "b.md": "99" + " " * 4_999_999})[0] == "error"


@pytest.mark.parametrize("use", [None, [], {"in": []}, {"in": "../x"}, {"in": "x", "names": "maybe"}, {"from": "x"}])
def test_wrong_settings_are_an_error(use: object) -> None:
    verdict, finding = said({"grounded": use}, FILES)
    assert verdict == "error"
    assert "its settings are wrong" in finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_and_sources_are_judged(name: str) -> None:
    assert said({"grounded": "sources/"}, {**FILES, "a.md": HOSTILE[name]})[0] in ("pass", "fail")
    text = '99 ml “words that nobody said” "Loud Evening" [s.md:1]'
    assert said({"grounded": "s.md"}, {"a.md": text, "s.md": HOSTILE[name]})[0] == "fail"
