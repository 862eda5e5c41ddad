"""Tables as comma-separated values (RFC 4180): what is wrong with the header, the rows and the cells. It opens no file.

Rows are read one after the other and never kept, so that a file of half a million takes no more memory than its text.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from orchestrator.content.formats import is_date
from orchestrator.content.mistakes import Mistake
from orchestrator.content.regexes import Pattern
from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean, nearest

DELIMITERS: Mapping[str, str] = {",": ",", ";": ";", "|": "|", "tab": "\t"}
MOST_COLUMNS = 10_000
MOST_ROWS = 500_000
_MOST_NAMED = 20


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"


_Fault = tuple[str, str, str]
"""A rule, what is wrong, and what to do."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,300}", re.ASCII)

_IS: Mapping[Kind, Callable[[str], object]] = {
    Kind.TEXT: lambda _: True,
    Kind.NUMBER: _NUMBER.fullmatch,
    Kind.INTEGER: _INTEGER.fullmatch,
    Kind.DATE: is_date,
    Kind.BOOLEAN: lambda cell: cell.casefold() in ("true", "false"),
}
_WANTED = {
    Kind.NUMBER: ("a number", "write it like 24.90: a point, no thousands marks, no unit"),
    Kind.INTEGER: ("a whole number", "write it like 24: no point, no thousands marks, no unit"),
    Kind.DATE: ("a day", "write it like 2026-03-01, and a day that there is"),
    Kind.BOOLEAN: ("true or false", "write true or false"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a table is to be. Columns are known by their names in the header; every one named here must be there."""

    columns: tuple[str, ...]
    types: Mapping[str, Kind]
    required: tuple[str, ...]
    unique: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, Pattern]
    fewest_rows: int | None = None
    most_rows: int | None = None
    has_no_others: bool = False


class _Row(NamedTuple):
    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that something is asked of, and its place in a row."""

    name: str
    place: int
    kind: Kind
    is_required: bool
    values: frozenset[str] | None
    pattern: Pattern | None

    def faults(self, cell: str) -> Iterator[_Fault]:
        """Return what is wrong with a cell; of an empty one only that it is."""
        if not cell or cell.isspace():
            if self.is_required:
                yield "empty", "is empty", "fill it in"
            return
        if not _IS[self.kind](cell):
            wanted, hint = _WANTED[self.kind]
            yield "types", f"is to be {wanted}, and is {shown(cell)}", hint
        if self.values is not None and cell not in self.values:
            hint = did_you_mean(cell, sorted(self.values), "write one of") or "leave it empty"
            yield "values", f"is {shown(cell)}, which is none of those allowed", hint
        if self.pattern is not None and not self.pattern.fullmatch(cell):
            hint = "write it so that the pattern matches the whole cell"
            yield "patterns", f"is {shown(cell)}, which is not in the form wanted", hint


class _Sieve:
    """Tells which cells of a column may be there twice, in two bytes a row: their hashes met in one place."""

    def __init__(self, name: str, place: int, most_rows: int) -> None:
        self.name = name
        self.place = place
        self.doubtful: set[str] = set()
        self._slots = 16 * most_rows
        self._seen = bytearray(2 * most_rows)

    def take(self, cell: str) -> None:
        """Note a cell."""
        slot = hash(cell) % self._slots
        byte, bit = slot >> 3, 1 << (slot & 7)
        if self._seen[byte] & bit:
            self.doubtful.add(cell)
        self._seen[byte] |= bit


def mistakes(text: str, wanted: Wanted, delimiter: str) -> Iterator[Mistake]:
    """Return what is wrong with a table, by rule: form, columns, others, width, rows, empty, types, values, patterns
    and unique. `delimiter` is the character itself. It reads the rows twice where a column is to be unique.
    """
    rows = _rows(text, delimiter)
    header = next(rows, None)
    if header is None:
        yield Mistake("columns", 1, "the table is empty: it has no header", "write a line with the columns' names")
        return
    if isinstance(header, Mistake):
        yield header
        return
    if len(header.cells) > MOST_COLUMNS:
        message = f"the header has {len(header.cells):,} columns; at most {MOST_COLUMNS:,} are read"
        yield Mistake("columns", header.line, message, "look at the delimiter, and at the line's end")
        return
    yield from _of_header(header, wanted)
    sieves = _sieves(text, header.cells, wanted)
    yield from _of_rows(rows, len(header.cells), wanted, _columns(header.cells, wanted), sieves)
    yield from _repeated(text, delimiter, len(header.cells), [sieve for sieve in sieves if sieve.doubtful])


def likely_delimiter(text: str) -> str:
    """Return the delimiter that stands most often in the first line outside quotes; the comma where none does."""
    line = re.sub(r'"[^"]*+"?', "", text[: text.find("\n") if "\n" in text else len(text)])
    return max(DELIMITERS.values(), key=line.count)


def _rows(text: str, delimiter: str) -> Iterator[_Row | Mistake]:
    """The rows that are not empty, each with the line it begins on; a mistake of form is the last of them."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            yield _malformed(exc, before + 1)
            return
        if cells:
            yield _Row(before + 1, cells)
        before = reader.line_num


def _lines(text: str) -> Iterator[str]:
    """One by one, since a list of all lines takes many times the text's memory."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _malformed(exc: csv.Error, line: int) -> Mistake:
    said = str(exc)
    if "field larger" in said:
        message = f"a cell has more than {csv.field_size_limit():,} characters"
        suggestion = "make it shorter, or close its quotes"
    elif "unexpected end" in said:
        message, suggestion = "a quote is opened in this row and never closed", 'close it; a quote in a cell is ""'
    elif "new-line" in said:
        message, suggestion = "a carriage return stands alone in this row", "end lines with a line feed"
    else:
        message, suggestion = "text follows a closing quote in this row", 'quote the whole cell; a quote in it is ""'
    return Mistake("form", line, message, suggestion)


def _of_header(header: _Row, wanted: Wanted) -> Iterator[Mistake]:
    names = header.cells
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name.strip():
            yield Mistake("columns", header.line, f"the column {place} has no name", "name it, or take it out")
        elif name in seen:
            yield Mistake("columns", header.line, f"the column {shown(name)} stands twice", "rename one of the two")
        seen.add(name)
    asked = _named(wanted)
    for name in asked:
        if name not in seen:
            near = nearest(name, names[:_MOST_NAMED])
            hint = f"{shown(near)} is there: rename it" if near else f"add it; there are: {_listed(names)}"
            yield Mistake("columns", header.line, f"the column {shown(name)} is missing", hint)
    if wanted.has_no_others:
        for name in dict.fromkeys(names):
            if name.strip() and name not in asked:
                yield Mistake("others", header.line, f"the column {shown(name)} is not wanted", "take it out")


def _listed(names: list[str]) -> str:
    more = " …" if len(names) > _MOST_NAMED else ""
    return ", ".join(map(shown, names[:_MOST_NAMED])) + more


def _named(wanted: Wanted) -> tuple[str, ...]:
    groups = (wanted.columns, wanted.types, wanted.required, wanted.unique, wanted.values, wanted.patterns)
    return tuple(dict.fromkeys(name for group in groups for name in group))


def _columns(names: list[str], wanted: Wanted) -> tuple[_Column, ...]:
    return tuple(
        _Column(
            name,
            names.index(name),
            wanted.types.get(name, Kind.TEXT),
            name in wanted.required,
            frozenset(wanted.values[name]) if name in wanted.values else None,
            wanted.patterns.get(name),
        )
        for name in _named(wanted)
        if name in names
    )


def _sieves(text: str, names: list[str], wanted: Wanted) -> list[_Sieve]:
    most_rows = text.count("\n") + 1
    return [_Sieve(name, names.index(name), most_rows) for name in dict.fromkeys(wanted.unique) if name in names]


def _of_rows(
    rows: Iterator[_Row | Mistake], width: int, wanted: Wanted, columns: tuple[_Column, ...], sieves: list[_Sieve]
) -> Iterator[Mistake]:
    count = 0
    for row in rows:
        if isinstance(row, Mistake):
            yield row
            return
        count += 1
        if count > MOST_ROWS:
            yield Mistake("rows", row.line, f"more than {MOST_ROWS:,} rows", "split the table")
            return
        if len(row.cells) != width:
            yield _misfit(row, width)
            continue
        for sieve in sieves:
            sieve.take(row.cells[sieve.place])
        for column in columns:
            for rule, wrong, hint in column.faults(row.cells[column.place]):
                yield Mistake(rule, row.line, f"{shown(column.name)} {wrong}", hint)
    yield from _of_count(count, wanted)


def _misfit(row: _Row, width: int) -> Mistake:
    have = len(row.cells)
    cells = "cell" if have == 1 else "cells"
    hint = "quote a cell that has the delimiter in it" if have > width else "write an empty cell as nothing at all"
    return Mistake("width", row.line, f"the row has {have} {cells}; the header has {width}", hint)


def _of_count(count: int, wanted: Wanted) -> Iterator[Mistake]:
    limit = None
    if wanted.fewest_rows is not None and count < wanted.fewest_rows:
        limit, hint = f"at least {wanted.fewest_rows:,}", "write the rows that are missing; the header is none"
    elif wanted.most_rows is not None and count > wanted.most_rows:
        limit, hint = f"at most {wanted.most_rows:,}", "take rows out; the header is none"
    if limit:
        rows = "row" if count == 1 else "rows"
        yield Mistake("rows", None, f"the table has {count:,} {rows}; {limit} are wanted", hint)


def _repeated(text: str, delimiter: str, width: int, sieves: list[_Sieve]) -> Iterator[Mistake]:
    """A second walk, which keeps the cells in doubt alone."""
    first: dict[tuple[str, str], int] = {}
    for row in _whole_rows(text, delimiter, width) if sieves else ():
        for sieve in sieves:
            cell = row.cells[sieve.place]
            if cell not in sieve.doubtful or not cell.strip():
                continue
            earlier = first.setdefault((sieve.name, cell), row.line)
            if earlier != row.line:
                message = f"{shown(sieve.name)} is {shown(cell)} once more, as in line {earlier}"
                yield Mistake("unique", row.line, message, "change one of the two, or take a row out")


def _whole_rows(text: str, delimiter: str, width: int) -> Iterator[_Row]:
    rows = islice(_rows(text, delimiter), 1, MOST_ROWS + 1)
    return (row for row in rows if isinstance(row, _Row) and len(row.cells) == width)
