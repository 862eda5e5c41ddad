"""What a prompt's template can take out of a text."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.content.markdown import plain
from orchestrator.errors import DocumentError
from orchestrator.model.passages import paragraphs, points, rows, section, sections
from orchestrator.prompts import render

TEXT = """\
# A visit

We came at ten
and stayed.

## The room ##

- nine tables,
  in two rows
* a kettle
1. one clock

> It was the hairpin.

### Under it

deeper

```
# not a heading
- not a point
```

## The  People

| a | b |
| - | - |

Fatou sews.
"""


def test_a_section_runs_to_the_next_heading_of_its_level_or_above() -> None:
    assert section(TEXT, "the people") == "\n| a | b |\n| - | - |\n\nFatou sews.".strip("\n")
    assert section(TEXT, "Under it") == "deeper\n\n```\n# not a heading\n- not a point\n```"
    assert section(TEXT, "The room").startswith("- nine tables,")
    assert section(TEXT, "The room").endswith("- not a point\n```")
    assert section(TEXT, "A visit").startswith("We came at ten")


@pytest.mark.parametrize("title", ["not a heading", "nothing", ""])
def test_a_section_that_is_not_there_is_empty(title: str) -> None:
    assert section(TEXT, title) == ""


def test_sections_of_a_level_have_a_title_and_a_text() -> None:
    assert [part["title"] for part in sections(TEXT)] == ["The room", "The  People"]
    assert sections(TEXT)[1] == {"title": "The  People", "text": section(TEXT, "The people")}
    assert [part["title"] for part in sections(TEXT, 1)] == ["A visit"]
    assert sections("no heading") == []


def test_points_are_one_line_each_without_their_marks() -> None:
    assert points(TEXT) == ["nine tables, in two rows", "a kettle", "one clock"]


def test_paragraphs_are_the_prose_alone() -> None:
    assert paragraphs(TEXT) == ["We came at ten and stayed.", "deeper", "Fatou sews."]


def test_text_after_a_point_and_a_blank_line_is_prose_again() -> None:
    assert (points("- one\n\ntwo\n"), paragraphs("- one\n\ntwo\n")) == (["one"], ["two"])


def test_windows_line_ends_are_line_ends() -> None:
    assert section("# A\r\n\r\ntext\r\n# B\r\n", "a") == "text"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_rows_go_by_the_names_of_the_first_line(mark: str) -> None:
    text = "month,brought\nMay,3\n\nJune\n".replace(",", mark)
    assert rows(text) == [{"month": "May", "brought": "3"}, {"month": "June", "brought": ""}]


def test_a_quoted_cell_may_hold_the_mark() -> None:
    assert rows('a,b\n"x, y",2\n') == [{"a": "x, y", "b": "2"}]


def test_a_table_without_a_line_has_no_rows() -> None:
    assert rows("") == []
    assert rows("\n\n") == []


def test_a_cell_without_an_end_is_no_table() -> None:
    with pytest.raises(ValueError, match="this is no table: field larger than field limit"):
        rows("a,b\n" + "x" * 200_000)


def test_a_small_file_can_be_a_table_too_large_to_return() -> None:
    names = ",".join(f"c{number}" for number in range(3_000))
    assert [len(row) for row in rows(names + "\n1" * 166)] == [3_000] * 166
    with pytest.raises(ValueError, match=r"^this table has more than 500,000 cells, too many for a prompt$"):
        rows(names + "\n1" * 3_000)


@pytest.mark.parametrize(
    ("line", "take"), [("- a", points), ("a\n", paragraphs), ("## a", sections), ("a", lambda text: rows("b\n" + text))]
)
def test_more_parts_than_a_prompt_can_use_are_refused(line: str, take: Callable[[str], list[object]]) -> None:
    assert len(take("\n".join([line] * 100_000))) == 100_000
    with pytest.raises(ValueError, match=r"^this has more than 100,000 parts, too many for a prompt$"):
        take("\n".join([line] * 100_001))


@pytest.mark.parametrize("take", [points, paragraphs, sections, rows, lambda text: section(text, "a")])
def test_more_lines_than_a_prompt_can_use_are_refused(take: Callable[[str], object]) -> None:
    with pytest.raises(ValueError, match=r"^this has more than 500,000 lines, too many for a prompt$"):
        take("\n" * 500_000)


def test_what_is_too_much_is_told_at_the_prompts_line() -> None:
    table = ",".join(map(str, range(3_000))) + "\n1" * 3_000
    with pytest.raises(DocumentError) as caught:
        render("a\n{{ files['x'] | rows | length }}", "prompts/a.md.j2", {"files": {"x": table}})
    assert str(caught.value) == "prompts/a.md.j2:2: this table has more than 500,000 cells, too many for a prompt"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("``` a`b\n- p\n", ["p"]),
        ("~~~ a`b\n- p\n", []),
        ("````\n```\n- p\n````\n- q\n", ["q"]),
        ("```\n- p\n~~~\n- q\n``` x\n- r\n````  \n- s\n", ["s"]),
        ("    ```\n- p\n", ["p"]),
    ],
)
def test_fenced_code_is_what_markdown_says_it_is(text: str, found: list[str]) -> None:
    assert points(text) == found
    assert [line for line in plain(text).split("\n") if line in {"p", "q", "r", "s"}] == found


LINES = st.lists(st.sampled_from(["# a", "## b", "- p", "  more", "text", "", "```", "> q", "~~~~", "#", "1. n"]))


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_whatever_the_text_each_line_is_given_at_most_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    words = " ".join([*points(text), *paragraphs(text)]).split()
    assert words.count("text") <= lines.count("text")
    assert words.count("p") <= lines.count("- p")
    assert sum(len(part["text"]) for part in sections(text, 1)) <= len(text)
