"""What a commit's message says of breaks: each passage, in every way that people write one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.breaks import begins_break, breaks_in


def told(body: str) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(each.first, each.after, each.notes) for each in breaks_in(body.split("\n"))]


@pytest.mark.parametrize(
    "line",
    [
        "BREAKING CHANGE: it is gone",
        "BREAKING CHANGES: it is gone",
        "BREAKING-CHANGE: it is gone",
        "BREAKING CHANGE - it is gone",
        "BREAKING: it is gone",
        "Breaking change: it is gone",
        "breaking: it is gone",
        "BREAKING CHANGE(api): it is gone",
        "BREAKING CHANGE!: it is gone",
        "- BREAKING CHANGE: it is gone",
        "* BREAKING CHANGE: it is gone",
        "1. BREAKING CHANGE: it is gone",
        "    BREAKING CHANGE: it is gone",
        "> BREAKING CHANGE: it is gone",
        "> > - BREAKING CHANGE: it is gone",
        "**BREAKING CHANGE:** it is gone",
        "**BREAKING CHANGE**: it is gone",
        "__Breaking Change__: it is gone",
        "💥 BREAKING CHANGE: it is gone",
        ":boom: BREAKING CHANGE: it is gone",
        "⚠️ **Breaking:** it is gone",
        "[BREAKING] it is gone",
        "(breaking change) it is gone",
        "Breaking change – it is gone",
        "API break: it is gone",
        "Backwards-incompatible: it is gone",
        "Backward incompatible change: it is gone",
        "- [x] Breaking change: it is gone",
        "feat!: it is gone",
        "* feat(api)!: it is gone",
        "- feat!(api): it is gone",
        "  * api!: it is gone",
        "* 1a2b3c4 feat!: it is gone",
        "2) packages/core!:it is gone",
    ],
)
def test_every_way_to_mark_a_break_is_seen(line: str) -> None:
    assert told(f"Why.\n\n{line}\n\nMore.") == [(2, 3, ("it is gone",))]
    assert begins_break(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "breaking changes affect the version",
        "This is a breaking change: no.",
        "a\nbreaking change",
        "- [ ] Breaking change: it is gone",
        "- [ ] Breaking change (a fix that changes what users rely on)",
        "fix: what a BREAKING CHANGE: footer is",
        "BREAKING CHANGE footers are read",
        "Line breaking: as before",
        "Hello! world: x",
        "vec!::new: x",
        "feat: a bang!",
    ],
)
def test_what_speaks_of_breaking_is_no_break(line: str) -> None:
    assert told(line) == []


@pytest.mark.parametrize(
    ("body", "passage"),
    [
        ("BREAKING CHANGE: one\ntwo\n\nthree", (0, 2, ("one two",))),
        ("BREAKING CHANGE:\n\none\ntwo\n\nthree", (0, 4, ("one two",))),
        ("BREAKING CHANGE\n===============\n\none\n\ntwo", (0, 4, ("one",))),
        ("BREAKING CHANGES\n\n- one\n  more\n- two\n\n- three\n\nfour", (0, 7, ("one more", "two", "three"))),
        ("BREAKING CHANGE: these:\n- one\n- two\n\nthree", (0, 3, ("these: one", "two"))),
        ("BREAKING CHANGE: this:\n\none\n\ntwo", (0, 3, ("this: one",))),
        ("BREAKING CHANGE:\n  one\n\n  two\n\nthree", (0, 4, ("one", "two"))),
        ("- BREAKING CHANGES:\n  - one\n  - two\n- three", (0, 3, ("one", "two"))),
        ("- BREAKING CHANGE: one\n- two", (0, 1, ("one",))),
        ("## Breaking changes\n\none\n\n- two\n\nthree\n\n## More\n\nfour", (0, 7, ("one", "two", "three"))),
        ("### BREAKING CHANGE: one\n\ntwo\n\n---\n\nthree", (0, 3, ("one", "two"))),
        ("> BREAKING CHANGE: one\n> two\n>\n> three", (0, 2, ("one two",))),
        ("BREAKING CHANGE: one\nSigned-off-by: two", (0, 1, ("one",))),
        ("BREAKING CHANGE:\n\nCloses #1", (0, 1, ())),
        ("BREAKING CHANGE:\n\n[…]\n\none", (0, 1, ())),
        ("BREAKING CHANGES:\n\n* one\n\n* fix: two", (0, 3, ("one",))),
        ("BREAKING CHANGE: one\n* fix: two", (0, 1, ("one",))),
        ("* feat!: one\n  two\n* fix: three", (0, 1, ("one",))),
        ("- [x] Breaking change (as one says)\n- two", (0, 1, ())),
        ("BREAKING CHANGE: --one is --two", (0, 1, ("--one is --two",))),
        ("BREAKING CHANGE:`one()` is gone", (0, 1, ("`one()` is gone",))),
    ],
)
def test_a_passage_is_all_that_is_said_of_the_break(body: str, passage: tuple[int, int, tuple[str, ...]]) -> None:
    assert told(body) == [passage]


def test_passages_end_where_others_begin() -> None:
    body = "BREAKING CHANGES:\n- feat!: one\n- BREAKING: two\nBREAKING CHANGE: three\nBREAKING-CHANGE: four"
    assert [notes for _, _, notes in told(body)] == [(), ("one",), ("two",), ("three",), ("four",)]


MARKS = [
    "BREAKING CHANGE:",
    "BREAKING CHANGES",
    "## Breaking changes",
    "feat!:",
    " ",
    "x",
    "- ",
    ">",
    "#",
    "\n",
    ":",
    "[x]",
]


@given(st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=20)), max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_no_two_passages_share_a_line_and_each_begins_as_one(body: str) -> None:
    lines = body.split("\n")
    at = 0
    for each in breaks_in(lines):
        assert at <= each.first < each.after <= len(lines)
        assert begins_break(lines[each.first])
        assert all(note.strip() for note in each.notes)
        at = each.after


@pytest.mark.parametrize(
    "piece", ["breaking ", "BREAKING CHANGE:\n", "> ", "- [x] ", "*_", "a!(", "BREAKING CHANGE: a:\n- "]
)
def test_a_long_hostile_body_is_read_line_by_line(piece: str) -> None:
    lines = ("breaking" + piece * 30_000).split("\n")
    assert all(each.after - each.first <= 401 for each in breaks_in(lines))
