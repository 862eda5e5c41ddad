"""Markdown read whole: every piece with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.content.markdown_tree import (
    Bullets,
    Definition,
    Fence,
    Heading,
    Html,
    Image,
    Link,
    Row,
    TooLarge,
    Undefined,
    read,
)

TEXT = """\
---
title: x
---
# A `b` c!

One [two
three](x.md "t
u") and ![i

# A b c
Now ![a
b](p.png) <b
id=k> [q][zz] <https://auto.example>
> - ```py
>   x
>   ```

[r]: /x
"""


def test_each_piece_has_its_line_though_a_paragraph_spans_many() -> None:
    tree = read(TEXT)
    assert tree.all(Heading) == (Heading(4, 1, "A b c!", "a-b-c"), Heading(10, 1, "A b c", "a-b-c-1"))
    assert tree.all(Link) == (
        Link(6, "x.md", "two three", "t\nu"),
        Link(13, "https://auto.example", "https://auto.example"),
    )
    assert tree.all(Image) == (Image(11, "p.png", "a\nb"),)
    assert [(piece.line, piece.tag.name) for piece in tree.all(Html)] == [(12, "b")]
    assert tree.all(Undefined) == (Undefined(13, "zz"),)
    assert tree.all(Fence) == (Fence(14, "py", is_closed=True),)
    assert tree.all(Bullets) == (Bullets(14, "-"),)
    assert tree.all(Definition) == (Definition(18, "R", "/x", is_used=False),)
    assert tree.anchors() == {"a-b-c", "a-b-c-1", "k"}


@pytest.mark.parametrize(
    ("titles", "anchors"),
    [
        (["A", "A", "A"], ["a", "a-1", "a-2"]),
        (["A", "A-1", "A"], ["a", "a-1", "a-2"]),
        (["Set-up & _run_", "`a_b` <i>c</i>!", "[d](e)", "Äpfel 2.0", "日本"],
         ["set-up--run", "a_b-c", "d", "äpfel-20", "日本"]),
    ],
)  # fmt: skip
def test_anchors_are_those_of_github(titles: list[str], anchors: list[str]) -> None:
    assert [heading.anchor for heading in read("\n".join(f"# {title}" for title in titles)).all(Heading)] == anchors


def test_a_target_is_taken_as_it_is_written() -> None:
    text = "[a](javascript:x) [b](<two words>) [c](d%20e?f=g&amp;h) [i](ä)"
    assert [link.target for link in read(text).all(Link)] == ["javascript:x", "two words", "d%20e?f=g&h", "ä"]


def test_a_lone_carriage_return_is_no_line_end() -> None:
    assert read("a\rb\n# C\n").all(Heading)[0].line == 2


def test_rows_are_counted_as_they_are_written() -> None:
    text = "> | a | b |\n> | - | - |\n> | 1 |\n> 1 | 2 \\| 3\n"
    assert read(text).all(Row) == (Row(3, 1, 2), Row(4, 2, 2))


def test_a_text_is_too_large_at_a_line() -> None:
    with pytest.raises(TooLarge) as caught:
        read("\n" + "[" * 20_000 + "\n" + "[" * 20_000)
    assert (caught.value.line, caught.value.message) == (
        3,
        "the text has 40000 opening brackets; at most 30000 are read as Markdown",
    )


PIECES = st.lists(
    st.sampled_from(
        ["# A", "===", "```", "~~~~ py", "text *em* `code`", "> quoted", "- item", "", "<!-- no", "-->", "[a](b", "c)",
         "<b", "x>", "| a | b |", "|--|--|", "    indented", "![", "](", "[x]: y", "[x][z]", "https://x.example", "\\"]
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=60)
@given(PIECES)
def test_every_piece_stands_on_a_line_that_is_there(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    assert all(1 <= piece.line <= text.count("\n") + 1 for piece in read(text).pieces)
