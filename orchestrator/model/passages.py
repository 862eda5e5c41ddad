"""Passages of a text, as a prompt's template takes them out: of Markdown a section, points, paragraphs; a table's rows.

Pure. Markdown is read as it stands, without front matter, links or HTML. Headings are those that `#` marks; what stands
in fenced code is neither heading nor point nor prose.

Each raises ValueError for a text of too many lines, and before it would return too much: a short text can be a table of
millions of cells, or hold a hundred thousand points.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from orchestrator.model.fences import fenced

MOST_LINES = 500_000
MOST_PASSAGES = 100_000
"""Sections, points, paragraphs or rows that are returned."""
MOST_CELLS = 500_000
"""Cells of the rows that are returned, the empty ones among them."""
_Passage = TypeVar("_Passage")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_POINT = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_NO_PROSE = ("#", ">", "|", "<!--", "---", "***", "___")


def sections(text: object, level: int = 2) -> list[dict[str, str]]:
    """Return the sections of a level, each with its `title` and, up to the next of its level or above, its `text`."""
    lines = _lines(text)
    marks = [mark for mark in _headings(lines) if mark[1] <= level]
    ends = [at for at, _, _ in marks[1:]] + [len(lines)]
    return _few(
        {"title": title, "text": "\n".join(lines[at + 1 : end]).strip("\n")}
        for (at, found, title), end in zip(marks, ends, strict=False)
        if found == level
    )


def section(text: object, title: str) -> str:
    """Return what stands under the first heading of that title, up to the next of its level or above; else nothing.

    Case and spacing of the title do not count.
    """
    lines = _lines(text)
    marks = _headings(lines)
    start, level, _ = next((mark for mark in marks if _folded(mark[2]) == _folded(title)), (len(lines), 0, ""))
    end = next((at for at, other, _ in marks if other <= level), len(lines))
    return "\n".join(lines[start + 1 : end]).strip("\n")


def points(text: object) -> list[str]:
    """Return the items of the lists, each in one line and without its mark."""
    return _few(_joined(lines) for is_point, lines in _blocks(text) if is_point)


def paragraphs(text: object) -> list[str]:
    """Return the paragraphs that are prose, each in one line: no heading, point, quotation, table, comment or code."""
    return _few(_joined(lines) for is_point, lines in _blocks(text) if not is_point)


def rows(text: object) -> list[dict[str, str]]:
    """Return the rows of a CSV text, each by the names of its first line; `;` or a tab may stand for the comma.

    A cell that is not there is an empty text. Raises ValueError where it is no CSV, or has more than MOST_CELLS.
    """
    lines = [line for line in _lines(text) if line.strip()]
    mark = max(",;\t", key=lines[0].count) if lines else ","
    cells = _cells(lines, mark)
    return _few(_named(next(cells, []), cells))


def _named(names: list[str], cells: Iterable[list[str]]) -> Iterator[dict[str, str]]:
    """Yield each row by the names of its cells. Raises ValueError before the rows have too many."""
    for count, row in enumerate(cells, start=1):
        if count * len(names) > MOST_CELLS:
            raise ValueError(f"this table has more than {MOST_CELLS:,} cells, too many for a prompt")
        yield dict(zip(names, [*row, *[""] * len(names)], strict=False))


def _cells(lines: list[str], mark: str) -> Iterator[list[str]]:
    import csv

    try:
        for row in csv.reader(lines, delimiter=mark):
            yield [cell.strip() for cell in row]
    except csv.Error as exc:
        raise ValueError(f"this is no table: {exc}") from exc


def _few(passages: Iterable[_Passage]) -> list[_Passage]:
    """Return the passages. Raises ValueError before there are too many."""
    found = list(islice(passages, MOST_PASSAGES + 1))
    if len(found) > MOST_PASSAGES:
        raise ValueError(f"this has more than {MOST_PASSAGES:,} parts, too many for a prompt")
    return found


def _lines(text: object) -> list[str]:
    whole = str(text).replace("\r\n", "\n")
    if whole.count("\n") >= MOST_LINES:
        raise ValueError(f"this has more than {MOST_LINES:,} lines, too many for a prompt")
    return whole.split("\n")


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (index of the line, level, title)."""
    for at, (line, is_code) in enumerate(zip(lines, fenced(lines), strict=True)):
        found = None if is_code else _HEADING.match(line)
        if found:
            yield at, len(found[1]), line[found.end() :].strip().rstrip("#").strip()


def _blocks(text: object) -> Iterator[tuple[bool, list[str]]]:
    """Yield the points and the paragraphs in their order: whether it is a point, and its lines."""
    lines = _lines(text)
    is_point, block = False, list[str]()
    for line, is_code in zip(lines, fenced(lines), strict=True):
        mark = None if is_code else _POINT.match(line)
        ends = is_code or not line.strip() or line.lstrip().startswith(_NO_PROSE)
        if (mark or ends) and block:
            yield is_point, block
            block = []
        if mark:
            is_point, block = True, [line[mark.end() :]]
        elif not ends:
            is_point = is_point and bool(block)
            block.append(line)
    if block:
        yield is_point, block


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()
