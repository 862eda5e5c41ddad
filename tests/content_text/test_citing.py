"""Citations of files and lines, and footnotes: where they stand, and what of them is not there."""

import pytest

from orchestrator.content.citing import WHOLE, Miss, Note, Notes, Shelf, citations, notes
from orchestrator.content.figures import Citation

LINES = {"a/notes.md": ("one", "", " ", "four"), "b/notes.md": ("one", "two", ""), "p.png": (), "end.md": ("x",)}


@pytest.mark.parametrize(
    ("file", "first", "last", "miss"),
    [
        ("a/notes.md", 1, 1, None),
        ("a/notes.md", 4, 4, None),
        ("a/notes.md", 5, 5, Miss.LINE),
        ("a/notes.md", 0, 1, Miss.LINE),
        ("a/notes.md", 2, 1, Miss.LINE),
        ("a/notes.md", 2, 3, Miss.BLANK),
        ("a/notes.md", 2, 4, None),
        ("a/notes.md", 1, 2, None),
        ("a/notes.md", 4, 5, Miss.LINE),
        ("b/notes.md", 2, 2, None),
        ("b/notes.md", 3, 3, Miss.LINE),
        ("notes.md", 2, 2, None),
        ("notes.md", 3, 3, Miss.BLANK),
        ("notes.md", 4, 4, None),
        ("notes.md", 5, 5, Miss.LINE),
        ("/b/notes.md", 3, 3, Miss.LINE),
        ("./b/notes.md", 2, 2, None),
        ("otes.md", 1, 1, Miss.FILE),
        ("c/notes.md", 1, 1, Miss.FILE),
        ("gone.md", WHOLE, WHOLE, Miss.FILE),
        ("p.png", WHOLE, WHOLE, None),
        ("p.png", 1, 1, Miss.LINE),
        ("end.md", 1, 1, None),
        ("end.md", 2, 2, Miss.LINE),
    ],
)
def test_a_citation_misses_a_file_a_line_or_what_stands_on_it(
    file: str, first: int, last: int, miss: Miss | None
) -> None:
    assert Shelf(LINES).miss(Citation("x", 1, file, first, last)) == miss


def test_the_longest_source_of_a_name_is_counted_without_its_last_line_end() -> None:
    shelf = Shelf(LINES)
    assert [shelf.longest(name) for name in ("notes.md", "b/notes.md", "p.png", "gone.md")] == [4, 2, 0, 0]


def test_citations_are_found_in_order_those_of_whole_files_outside_of_code() -> None:
    text = "---\na: [a.md]\n---\n[b.md] and [b.md:2]\n`[c.md]` [d.md](x) [e.md]: [f.md][1]\n```\n[g.md] [h.md:3]\n```\n"
    assert citations(text) == (
        Citation("b.md:2", 4, "b.md", 2, 2),
        Citation("b.md", 4, "b.md", WHOLE, WHOLE),
        Citation("h.md:3", 7, "h.md", 3, 3),
    )


def test_footnotes_are_found_with_their_lines() -> None:
    text = "a[^1] b[^Two] `[^3]`\n\n[^1]: x[^two]\n> [^TWO]: y\n    [^4]: code\n\n```\n[^5]\n```\n[^] [^a b]\n"
    assert notes(text) == Notes(
        (Note("1", 1), Note("two", 1), Note("two", 3), Note("4", 5)), (Note("1", 3), Note("two", 4))
    )
