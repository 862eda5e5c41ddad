"""What a prompt's template can take out of a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.passages import paragraphs, points, rows, section, sections

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


LINES = st.lists(st.sampled_from(["# a", "## b", "- p", "  more", "text", "", "```", "> q", "~~~~", "#", "1. n"]))


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_whatever_the_text_each_line_is_given_at_most_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    words = " ".join([*points(text), *paragraphs(text)]).split()
    assert words.count("text") <= lines.count("text")
    assert words.count("p") <= lines.count("- p")
    assert sum(len(part["text"]) for part in sections(text, 1)) <= len(text)
