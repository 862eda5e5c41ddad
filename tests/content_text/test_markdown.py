"""Markdown as sections and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.markdown import (
    FrontMatter,
    Section,
    fenced,
    key_lines,
    plain,
    sections,
    split_front_matter,
    words,
)
from orchestrator.errors import DocumentError

PIECES = st.lists(
    st.sampled_from(
        ["# A", "## B ##", "---", "===", "```", "~~~~", "text *em* `code`", "> quoted", "- item", "", "<!-- no", "-->",
         "[a](b", "c)", "<b", "x>", "1. one", "| a | b |", "title: x", "    indented", "_em_", "https://x.y/z"]
    ),
    max_size=25,
)  # fmt: skip


def test_front_matter_is_split_off_with_the_line_where_the_body_begins() -> None:
    text = "---\ntitle: A mug\ntags: [tea, clay]\n---\n\nBody\n"
    expected = FrontMatter({"title": "A mug", "tags": ["tea", "clay"]}, "\nBody\n", 5)
    assert split_front_matter(text, "listing.md") == expected


@pytest.mark.parametrize("text", ["", "# Mug\n---\n", "--\na: 1\n--\n", " ---\na: 1\n---\n"])
def test_a_text_without_front_matter_is_all_body(text: str) -> None:
    assert split_front_matter(text) == FrontMatter(None, text, 1)


def test_empty_front_matter_is_no_keys() -> None:
    assert split_front_matter("---\n---\nBody") == FrontMatter({}, "Body", 3)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("---\ntitle: x\n", "listing.md:1:1", "the front matter is not closed"),
        ("---\n- a\n---\n", "listing.md:2:1", "the front matter must be keys and values"),
    ],
)
def test_wrong_front_matter_is_a_located_error(text: str, place: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        split_front_matter(text, "listing.md")
    assert (str(caught.value.place), caught.value.message) == (place, message)


def test_broken_yaml_is_placed_in_the_whole_file() -> None:
    with pytest.raises(DocumentError) as caught:
        split_front_matter("---\ntitle: x\nprice: [1\n---\n", "listing.md")
    place = caught.value.place
    assert place is not None
    assert place.path == "listing.md"
    assert place.line in (3, 4)


def test_keys_of_the_front_matter_are_found_by_line() -> None:
    text = '---\ntitle: x\n# a: comment\n"price": 1\ntags:\n  - inner: 1\n---\nbody: 2\n'
    assert key_lines(text) == {"title": 2, "price": 4, "tags": 5}


def test_sections_hold_all_that_stands_under_their_heading() -> None:
    text = "# Top\nintro\n## One\na\n### In *one*\nb\n## Two ##\nc\n"
    assert sections(text) == (
        Section("Top", 1, 1, "intro\n## One\na\n### In *one*\nb\n## Two ##\nc\n"),
        Section("One", 2, 3, "a\n### In *one*\nb"),
        Section("In one", 3, 5, "b"),
        Section("Two", 2, 7, "c\n"),
    )


def test_underlined_headings_are_headings_and_rules_are_not() -> None:
    text = "Top\nof all\n===\n\n---\n\n- item\n---\nOne\n---\nx"
    assert [(s.title, s.level, s.line) for s in sections(text)] == [("Top of all", 1, 1), ("One", 2, 9)]


def test_headings_in_code_and_front_matter_are_none() -> None:
    text = "---\n# comment: 1\n---\n```sh\n# no\n```\n~~~\n# no\n```\n# no\n~~~\n# Yes\n    # code\n#no\n"
    assert [(s.title, s.line) for s in sections(text)] == [("Yes", 12)]


def test_an_open_fence_runs_to_the_end() -> None:
    assert fenced(["a", "````", "```", "b"]) == [False, True, True, True]


def test_the_prose_keeps_its_lines_and_loses_what_no_reader_sees() -> None:
    text = (
        "---\ntitle: x\n---\n# A *mug*\n> said [Ann](https://a.b/c 'title')\n<!-- hidden\nstill -->shown\n"
        "```\ncode\n```\n| a | b |\n|---|---|\n2. see https://x.y/z\n[ref]: http://x\n<b>bold</b> snake_case _em_\n"
    )
    assert plain(text) == ("\n\n\nA mug\nsaid Ann\n\nshown\n\n\n\n a  b \n\nsee \n\nbold snake_case em\n")


def test_front_matter_code_and_link_targets_are_not_counted() -> None:
    text = "---\ntitle: one two\n---\n# One\n\nTwo [three four](https://five.six/seven).\n\n```\neight\n```\n"
    assert words(text) == ("One", "Two", "three", "four")


@given(PIECES)
def test_the_prose_has_as_many_lines_as_the_text(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    assert plain(text).count("\n") == text.count("\n")


@given(PIECES)
def test_each_section_begins_on_its_line_and_none_is_lost(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    lines = text.split("\n")
    found = sections(text)
    assert [section.line for section in found] == sorted(section.line for section in found)
    assert all(lines[section.line - 1].strip() for section in found)


@pytest.mark.parametrize(
    "piece", ["<!--", "[", "[a](", "<b ", "# " + " " * 99, "_", "> ", "`", " ", "- ", "|", "\n", "http://"]
)
def test_a_hostile_text_is_read_without_trying_everything(piece: str) -> None:
    text = piece * (300_000 // len(piece)) + "x"
    assert plain(text).count("\n") == text.count("\n")
    sections(text)
