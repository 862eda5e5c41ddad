"""Tables of Markdown: the rows and cells that are kept are those of markdown-it-py's own rule."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from orchestrator.content.markdown_tree import Link, Row, Verbatim, read

LINES = st.lists(
    st.sampled_from(
        ["| a | b |", "a|b", "|--|--|", "-|-", ":-: | -", "| 1 |", "|1|2|3|", "1", "x \\| y | z", "|", "||", "\\|",
         "| [l](t) | w |", "| w | [l](t) | [m](u) |", "[l](t)", "", "    | in | dented |", "  | 2 | 3 |", "- | a |",
         "- item", "> | a | b |", "> |--|--|", "> | 1 | 2 |", "# h", "```", "***", "<b>", "| <b> |", "1. | x |"]
    ),
    max_size=12,
)  # fmt: skip


def theirs(text: str) -> tuple[list[Row | Verbatim], list[Link]]:
    """Return what the library makes of the tables of a text. Counts of cells are not its own."""
    tables: list[Row | Verbatim] = []
    links: list[Link] = []
    wanted = 0
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        first, end = token.map or (0, 0)
        if token.type == "table_open":
            wanted = 0
            tables.append(Verbatim(first + 1, end + 1))
        wanted += token.type == "th_open"
        if token.type == "tr_open" and before and before.type != "thead_open":
            tables.append(Row(first + 1, 0, wanted))
        if before and before.type in ("td_open", "th_open"):
            targets = [child.attrs["href"] for child in token.children or () if child.type == "link_open"]
            links += [Link(first + 1, str(target), "l") for target in targets]
    return tables, links


def ours(text: str) -> tuple[list[Row | Verbatim], list[Link]]:
    """Return the same of what is read."""
    tree = read(text)
    tables = list(_of_tables(text, tree.pieces))
    in_tables = {line for each in tables if isinstance(each, Verbatim) for line in range(each.line, each.end)}
    return tables, [Link(link.line, link.target, "l") for link in tree.all(Link) if link.line in in_tables]


def _of_tables(text: str, pieces: tuple[object, ...]) -> Iterator[Row | Verbatim]:
    """Code is verbatim as well, and no table."""
    tables = {each.line for each in theirs(text)[0] if isinstance(each, Verbatim)}
    for piece in pieces:
        if isinstance(piece, Row) and piece.is_table:
            yield Row(piece.line, 0, piece.wanted)
        elif isinstance(piece, Verbatim) and piece.line in tables:
            yield piece


@settings(max_examples=150)
@given(LINES)
@example(["| a | b |", "|--|--|", "| 1 |", "- item", "| 1 |"])
@example(["| a | b |", "|--|--|", "| [l](t) | w | [m](u) |", "1", "# h"])
@example(["- | a | b |", "  |--|--|", "  | 1 | [l](t) |", "| 1 | 2 |"])
@example(["| a \\| [l](t) | b |", "|--|--|", "|  |", "||", "|", "    | in | dented |"])
def test_rows_and_the_links_in_cells_are_those_of_the_library(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert ours(text) == theirs(text)


@pytest.mark.parametrize("line", ["- item", "> quoted", "# h", "```", "***", "<div>", "1. one", ""])
def test_a_table_ends_where_another_block_begins(line: str) -> None:
    text = f"a | b\n-|-\n1 | 2\n{line}\n3 | 4\n"
    assert read(text).all(Row) == (Row(3, 2, 2),)


@pytest.mark.parametrize("columns", [257, 300])
def test_a_table_ends_before_its_empty_cells_are_too_many(columns: int) -> None:
    text = "|".join("a" * columns) + "\n" + "|".join("-" * columns) + "\n" + "|a|\n" * 300
    assert len(read(text).all(Row)) == 65_536 // (columns - 1)


def test_a_bar_that_is_escaped_parts_no_cells() -> None:
    assert read("| a |\n|--|\n| [x \\| y](t) |\n").all(Link) == (Link(3, "t", "x | y"),)
