"""The check `citations`: files and lines that are there, how many, for each paragraph; and footnotes."""

import pytest
from gate_cases import HOSTILE, Files, material, said

FILES: Files = {
    "a.md": "",
    "sources/notes.md": "one\n\nthree\n",
    "sources/deep/log.md": "1\n",
    "p.png": b"\0\1",
    "end.md": "x",
}
SOURCES = ["sources/", "p.png", "end.md"]
CITE = "cite its source there, as [file:line]"


def found(text: str, **settings: object) -> list[str]:
    return said({"citations": {"in": SOURCES, **settings}}, {**FILES, "a.md": text})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No citation.",
        "[notes.md:1] [notes.md:3] [sources/notes.md:1-3] [notes.md:2-3]",
        "[notes.md] [deep/log.md] [./sources/notes.md] [p.png]",
        "see notes.md#L3 and notes.md, line 1",
        "[log.md:1] [end.md:1]",
        "[gone.md](https://acme.com) [gone.md][1] `[gone.md]` gone.md\n\n[gone.md]: https://acme.com",
        "```\n[gone.md]\n```",
        "---\ntags: [gone.md]\n---\n",
        "A note[^1] and [^Two].\n\n[^1]: See [notes.md:1].\n[^two]: Here.\n",
        "`[^x]`",
    ],
)
def test_what_is_there_may_be_cited(text: str) -> None:
    assert found(text) == ["pass"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("x\n[zzz.csv:1]", "missing-file a.md:2: the citation 'zzz.csv:1' names no source -> "
         "cite a source, or leave it out"),
        ("[zzz.csv]", "missing-file a.md:1: the citation 'zzz.csv' names no source -> cite a source, or leave it out"),
        ("[note.md:1]", "missing-file a.md:1: the citation 'note.md:1' names no source -> "
         "'notes.md' is one: cite that, or leave it out"),
        ("[source/notes.md:1]", "missing-file a.md:1: the citation 'source/notes.md:1' names no source -> "
         "'sources/notes.md' is one: cite that, or leave it out"),
        ("[otes.md:1]", "missing-file a.md:1: the citation 'otes.md:1' names no source -> "
         "'notes.md' is one: cite that, or leave it out"),
        ("[notes.md:4]", "missing-line a.md:1: the citation 'notes.md:4' points at no line of it -> "
         "it has 3 lines: cite as [file:line], the first line being 1"),
        ("[notes.md:1-4]", "missing-line a.md:1: the citation 'notes.md:1-4' points at no line of it -> "
         "it has 3 lines: cite as [file:line], the first line being 1"),
        ("[notes.md:3-1]", "missing-line a.md:1: the citation 'notes.md:3-1' points at no line of it -> "
         "it has 3 lines: cite as [file:line], the first line being 1"),
        ("[end.md:2]", "missing-line a.md:1: the citation 'end.md:2' points at no line of it -> "
         "it has 1 line: cite as [file:line], the first line being 1"),
        ("[notes.md:0]", "missing-line a.md:1: the citation 'notes.md:0' points at no line of it -> "
         "it has 3 lines: cite as [file:line], the first line being 1"),
        ("[p.png:1]", "missing-line a.md:1: the citation 'p.png:1' points at no line of it -> "
         "it has 0 lines: cite as [file:line], the first line being 1"),
        ("[notes.md:2]", "blank-line a.md:1: the citation 'notes.md:2' points at a blank line -> "
         "cite the line that says it"),
    ],
)  # fmt: skip
def test_what_is_not_there_may_not(text: str, finding: str) -> None:
    assert found(text) == ["fail", f"critical {finding}"]


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("x[^1]", ["fail", "major undefined-note a.md:1: the footnote '[^1]' is not defined -> "
                   "define it on a line of its own, or take it out"]),
        ("x\n\n[^1]: y", ["pass", "minor unused-note a.md:3: nothing refers to the footnote '[^1]' -> "
                          "refer to it, or take it out"]),
        ("x[^1]\n\n[^1]: y\n[^1]: z", ["fail", "major note-twice a.md:4: the footnote '[^1]' is defined again -> "
                                       "give it another label"]),
        ("[^1]: y[^2]", ["fail", "major undefined-note a.md:1: the footnote '[^2]' is not defined -> "
                         "define it on a line of its own, or take it out",
                         "minor unused-note a.md:1: nothing refers to the footnote '[^1]' -> "
                         "refer to it, or take it out"]),
    ],
)  # fmt: skip
def test_footnotes_are_defined_once_and_used(text: str, findings: list[str]) -> None:
    assert found(text) == findings


@pytest.mark.parametrize(("count", "verdict"), [(0, "pass"), (3, "pass"), (4, "fail")])
def test_there_are_as_many_citations_as_are_asked_for(count: int, verdict: str) -> None:
    assert found("[notes.md:1] [notes.md] x[^1]\n\n[^1]: y", min=count)[0] == verdict


@pytest.mark.parametrize("text", ["```\n[notes.md:1]\n```", "`[notes.md:1]`", "---\na: [notes.md:1]\n---\n"])
def test_a_citation_in_code_is_an_example_and_counts_for_none(text: str) -> None:
    assert found(text, min=1)[0] == "fail"
    assert found(f"{text}\n[notes.md:1]", min=1) == ["pass"]
    assert found("350 ml `[notes.md:1]`", every="paragraph")[0] == "fail"


@pytest.mark.parametrize("text", ["index.html:8080", "acme.htm:3000", "index.html:443", "gone.md:12345"])
def test_a_port_cites_no_line(text: str) -> None:
    assert found(text) == ["pass"]


@pytest.mark.parametrize("text", ["index.html:81", "index.html:80801", "gone.md:8080", "gone.md:1234"])
def test_what_is_no_port_cites_one(text: str) -> None:
    assert found(text)[0] == ("pass" if text.endswith("80801") else "fail")


def test_too_few_are_told_with_their_number() -> None:
    advice = "are wanted -> cite sources, as [file:line]"
    assert found("", min=1) == ["fail", f"major too-few a.md: the text has 0 citations; at least 1 {advice}"]
    assert found("[p.png]", min=2) == ["fail", f"major too-few a.md: the text has 1 citation; at least 2 {advice}"]


@pytest.mark.parametrize(
    "text",
    [
        "It holds 350 ml [notes.md:1].",
        "It holds\n350 ml\n[notes.md].",
        "[notes.md:1] It holds\n350 ml.",
        "It holds 350 ml[^1].\n\n[^1]: In 2026.",
        "# Top 10 mugs\n\nProse of nobody.",
        "1. Prose\n2. Prose",
        "> Words of Ann [notes.md:3]",
        '"two words"',
        "| a | 5 |\n|---|---|\n| b [notes.md:1] | 6 |",
        "```\n350\n```",
        "---\nprice: 24\n---\n",
    ],
)
def test_a_paragraph_that_cites_its_source_passes(text: str) -> None:
    assert found(text, every="paragraph") == ["pass"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("x\n\nIt holds\n350 ml.", "a.md:4: a figure stands here, and no citation with it"),
        ("It holds 350 ml.\n\n[notes.md:1]", "a.md:1: a figure stands here, and no citation with it"),
        ("[notes.md:1]\n\nIt holds 350 ml.", "a.md:3: a figure stands here, and no citation with it"),
        ("- a [notes.md:1]\n- 350 ml", "a.md:2: a figure stands here, and no citation with it"),
        ("Ann said “it is warm” there.", "a.md:1: a quotation stands here, and no citation with it"),
        ("> It is warm", "a.md:1: a quotation stands here, and no citation with it"),
        ("# Ten\n350 ml", "a.md:2: a figure stands here, and no citation with it"),
    ],
)
def test_a_paragraph_that_does_not_fails_at_its_line(text: str, finding: str) -> None:
    assert found(text, every="paragraph") == ["fail", f"major uncited {finding} -> {CITE}"]
    assert found(text) == ["pass"]


@pytest.mark.parametrize(("count", "more"), [(20, 0), (21, 1)])
def test_of_very_many_the_first_twenty_are_told(count: int, more: int) -> None:
    told = found("[note.md:1]\n" * count)
    assert len(told) == 1 + 20 + more
    assert told[20].endswith("'notes.md' is one: cite that, or leave it out")
    if more:
        assert told[-1].endswith("1 more mistake of this kind -> mend these first, and look again")


def test_what_the_step_wrote_is_no_source() -> None:
    files = {"a.md": "[b.md:1]", "b.md": "x"}
    assert said({"citations": "*.md"}, material(files)) == ["pass"]
    assert said({"citations": "*.md"}, material(files, ("a.md", "b.md")))[0] == "fail"
    assert said({"citations": "gone.md"}, {"a.md": "x"}) == [
        "fail", "critical gone.md: the source is not there -> add it, or do not name it",
    ]  # fmt: skip


def test_a_folder_or_pattern_that_holds_nothing_is_an_error() -> None:
    for slip in ("sorces/", "*.txt"):
        why = f"nothing stands in {slip} to look into, or it is not among the step's reads or gate_reads"
        for sources in (slip, ["sources/", slip]):
            use = {"citations": {"in": sources}}
            assert said(use, FILES) == ["error", f"critical the check could not run: {why}"]


def test_rules_can_be_put_off_and_changed() -> None:
    assert found("[notes.md:2]", rules={"blank-line": "off"}) == ["pass"]
    assert found("[notes.md:2]", severity="minor")[0] == "pass"


def test_it_agrees_with_grounded_on_lines() -> None:
    for cited in ("notes.md:1", "notes.md:2", "notes.md:4", "gone.md:1", "notes.md:1-2", "notes.md:0"):
        files = {**FILES, "a.md": f"[{cited}]"}
        uses = ({"citations": {"in": SOURCES}}, {"grounded": {"in": SOURCES}})
        one, other = (said(use, files)[0] for use in uses)
        assert one == other


def test_a_hostile_label_is_shown_and_not_told() -> None:
    assert all(char.isprintable() for line in found("x[^a\x1b[2J\u202eb]\n\n[^\x07]: y") for char in line)


@pytest.mark.parametrize(
    "use", [None, [], {"in": []}, {"in": "x", "min": -1}, {"in": "x", "every": "word"}, {"in": "x", "style": "apa"}]
)
def test_wrong_settings_are_an_error(use: object) -> None:
    verdict, finding = said({"citations": use}, FILES)
    assert verdict == "error"
    assert "its settings are wrong" in finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_and_sources_are_judged(name: str) -> None:
    use = {"citations": {"in": "s.md", "every": "paragraph", "min": 1}}
    assert said(use, {"a.md": HOSTILE[name], "s.md": "x"})[0] == "fail"
    assert said(use, {"a.md": "[s.md:1]", "s.md": HOSTILE[name]})[0] in ("pass", "fail")


@pytest.mark.parametrize("piece", ["[s.md:1] ", "[^a] ", "[^a]: ", "[", "[a/", "`[s.md]", "[x.md] ", "> [^"])
def test_a_long_row_of_one_beginning_is_judged(piece: str) -> None:
    assert found(piece * (100_000 // len(piece)), every="paragraph", min=1)[0] in ("pass", "fail")
