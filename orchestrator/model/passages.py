"""Passages of a text, as a prompt's template takes them out: of Markdown a section, points, paragraphs; a table's rows.

Pure. Markdown is read as it stands, without front matter, links or HTML. Headings are those that `#` marks; what stands
in fenced code is neither heading nor point nor prose.
"""

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_POINT = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_NO_PROSE = ("#", ">", "|", "<!--", "---", "***", "___")


def sections(text: object, level: int = 2) -> list[dict[str, str]]:
    """Return the sections of a level, each with its `title` and, up to the next of its level or above, its `text`."""
    lines = _lines(text)
    marks = [mark for mark in _headings(lines) if mark[1] <= level]
    ends = [at for at, _, _ in marks[1:]] + [len(lines)]
    return [
        {"title": title, "text": "\n".join(lines[at + 1 : end]).strip("\n")}
        for (at, found, title), end in zip(marks, ends, strict=False)
        if found == level
    ]


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
    return [_joined(lines) for is_point, lines in _blocks(text) if is_point]


def paragraphs(text: object) -> list[str]:
    """Return the paragraphs that are prose, each in one line: no heading, point, quotation, table, comment or code."""
    return [_joined(lines) for is_point, lines in _blocks(text) if not is_point]


def rows(text: object) -> list[dict[str, str]]:
    """Return the rows of a CSV text, each by the names of its first line; `;` or a tab may stand for the comma.

    A cell that is not there is an empty text. Raises ValueError where it is no CSV.
    """
    import csv

    lines = [line for line in _lines(text) if line.strip()]
    mark = max(",;\t", key=lines[0].count) if lines else ","
    try:
        names, *cells = ([cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark))
    except csv.Error as exc:
        raise ValueError(f"this is no table: {exc}") from exc
    except ValueError:
        return []
    return [dict(zip(names, [*row, *[""] * len(names)], strict=False)) for row in cells]


def _lines(text: object) -> list[str]:
    return str(text).replace("\r\n", "\n").split("\n")


def _headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (index of the line, level, title)."""
    for at, (line, is_code) in enumerate(_told(lines)):
        found = None if is_code else _HEADING.match(line)
        if found:
            yield at, len(found[1]), line[found.end() :].strip().rstrip("#").strip()


def _told(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it belongs to fenced code. A fence that nothing closes runs to the end."""
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        yield line, bool(fence or found)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not line[found.end() :].strip():
            fence = ""


def _blocks(text: object) -> Iterator[tuple[bool, list[str]]]:
    """Yield the points and the paragraphs in their order: whether it is a point, and its lines."""
    is_point, block = False, list[str]()
    for line, is_code in _told(_lines(text)):
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
