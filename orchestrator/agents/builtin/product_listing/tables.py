"""Tables with dates, and the trends in them. Every figure can be traced to the cells that it came from."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from orchestrator.agents.builtin.reading import Source
from orchestrator.content.figures import figures_of

MOST_ROWS = 100_000
MOST_ADDENDS = 40
"""More parts than that make a calculation which nobody reads."""

_DELIMITERS = ",;\t|"
_SHARE = 0.8
"""Of a column's filled cells, how many must be of a kind for the column to be of it."""
_MOST_SERIES = 40
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?(?:[T ].*)?"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"),
    re.compile(r"(?:(?P<d>\d{1,2})[ -])?(?P<name>[A-Za-z]{3,9})\.?[ -](?P<y>\d{4})"),
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_EARLY, _LATE = 7, 24
"""Days of a month: a table that has rows of the whole month has some up to the one and some after the other."""
_Group = tuple[str, list[tuple[tuple[str, str], str, str, int]]]
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*")
_NOT_COUNTED = re.compile(r"\b(id|no|nr|year|price|cost|rank|position|sku|ean|zip|phone)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells, and the 1-based line on which it begins."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A source that is a table. `header` is empty where the first row is no header: `has_header` says so."""

    source: Source
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    has_header: bool = True
    remark: str | None = None

    def column(self, place: int) -> Iterator[tuple[int, str]]:
        """Yield the filled cells of a column, each with its line."""
        for row in self.rows:
            if place < len(row.cells) and row.cells[place]:
                yield row.line, row.cells[place]


@dataclass(frozen=True, slots=True)
class Point:
    """What a series says of one period. `parts` are the cells that were summed up, as they stand."""

    period: str
    shown: str
    value: Decimal
    parts: tuple[str, ...]
    line: int
    lines: tuple[int, ...] = ()
    """Of each part, where it is a sum."""

    @property
    def is_sum(self) -> bool:
        """Whether more than one cell went into it."""
        return len(self.parts) > 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as it stands."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Series:
    """A name, what is counted (empty where the table does not say), and its points in the order of time."""

    name: str
    measure: str
    source: Source
    points: tuple[Point, ...]

    @property
    def growth(self) -> int | None:
        """The change from the first point to the last, in whole percent; None where it cannot be said."""
        first, last = self.points[0].value, self.points[-1].value
        if len(self.points) < 2 or first <= 0:
            return None
        return int(((last - first) / first * 100).quantize(Decimal(1), ROUND_HALF_EVEN))

    @property
    def extremes(self) -> tuple[Cell, Cell]:
        """The least and the greatest of all its cells, the first of equals."""
        cells = [
            (number_of(text) or Decimal(0), -line, text)
            for point in self.points
            for text, line in zip(point.parts, point.lines or (point.line,), strict=False)
        ]
        least = min(cells, key=lambda cell: (cell[0], -cell[1]))
        most = max(cells)
        return Cell(least[2], -least[1]), Cell(most[2], -most[1])

    @property
    def can_be_shown(self) -> bool:
        """Whether the calculation is short enough to be read."""
        return all(len(point.parts) <= MOST_ADDENDS for point in (self.points[0], self.points[-1]))


def read_table(source: Source) -> Table | None:
    """Return the table, or None for a source that has no rows at all."""
    rows = _with_plain_dates(tuple(_rows(source)))
    if not rows:
        return None
    cut = "it has more rows than are read, so only the first ones count" if len(rows) >= MOST_ROWS else None
    if _is_header(rows):
        return Table(source, rows[0].cells, rows[1:], remark=cut)
    names = tuple(f"column {_letter(place)}" for place in range(len(rows[0].cells)))
    said = "it has no header, so its columns are named by letters"
    return Table(source, names, rows, has_header=False, remark=" and ".join(filter(None, (said, cut))))


def series_of(table: Table) -> tuple[Series, ...]:
    """Return what the table says over time, where one of its columns, or its header, holds dates."""
    dated = next((place for place in range(len(table.header)) if _is_of(table, place, period_of)), None)
    found = _from_header(table) if dated is None else _from_rows(table, dated)
    return tuple(series for series in found if len(series.points) > 1)[:_MOST_SERIES]


def period_of(cell: str) -> tuple[str, str] | None:
    """Return a date as sortable texts, its month and the whole (`2026-03`, `2026-03-09`), or None for no date."""
    text = cell.strip()
    matches = (pattern.fullmatch(text) for pattern in _DATES)
    found = next((match.groupdict() for match in matches if match), None)
    if found is None:
        return None
    month = _month(found)
    day = int(found.get("d") or 0)
    if not 1 <= month <= 12 or day > 31:
        return None
    whole = f"{found['y']}-{month:02}" + (f"-{day:02}" if day else "")
    return whole[:7], whole


def number_of(cell: str) -> Decimal | None:
    """Return the cell's number, or None where it holds something else."""
    if cell.isascii() and cell.isdecimal() and len(cell) < 20:
        return Decimal(cell)
    if not _NUMBER.fullmatch(cell.strip()):
        return None
    found = figures_of(cell.strip(), 1)
    if len(found) != 1 or not isinstance(found[0].value, Decimal):
        return None
    return -found[0].value if found[0].sign == "-" else found[0].value


def _rows(source: Source) -> Iterator[Row]:
    head = source.text[:10_000].split("\n", 1)[0]
    lines = (f"{line}\n" for line in source.text.split("\n"))
    reader = csv.reader(lines, delimiter=max(_DELIMITERS, key=head.count))
    for _ in range(MOST_ROWS):
        line = reader.line_num + 1
        try:
            cells = tuple(cell.strip() for cell in next(reader))
        except StopIteration:
            return
        except csv.Error:  # a cell beyond csv's limit; the rows after it are still good
            continue
        if any(cells):
            yield Row(line, cells)


def _with_plain_dates(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Dates such as 12/31/2026 as ISO, in columns where one of them tells which of the two is the month."""
    orders = {place: order for place in range(len(rows[0].cells) if rows else 0) if (order := _order(rows, place))}
    return (
        tuple(
            Row(row.line, tuple(_plain_date(cell, orders.get(place)) for place, cell in enumerate(row.cells)))
            for row in rows
        )
        if orders
        else rows
    )


def _order(rows: Iterable[Row], place: int) -> str | None:
    found = [match for row in rows if (match := _SLASHED.fullmatch(_cell(row, place)))]
    if any(int(match[1]) > 12 for match in found):
        return "day first"
    return "month first" if any(int(match[2]) > 12 for match in found) else None


def _plain_date(cell: str, order: str | None) -> str:
    found = _SLASHED.fullmatch(cell) if order else None
    if found is None:
        return cell
    day, month = (found[1], found[2]) if order == "day first" else (found[2], found[1])
    return f"{found[3]}-{int(month):02}-{int(day):02}"


def _is_header(rows: Sequence[Row]) -> bool:
    """A header names: its cells are filled, differ, and hold no number; dates may be names of columns."""
    cells = rows[0].cells
    filled = [cell for cell in cells if cell]
    if len(rows) < 2 or len(set(filled)) < len(cells):
        return False
    dates = sum(period_of(cell) is not None for cell in cells)
    numbers = sum(number_of(cell) is not None and period_of(cell) is None for cell in cells)
    return numbers == 0 and (dates == 0 or dates > 1)


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"A{_letter(place - 26)}"


def _is_of(table: Table, place: int, kind: object) -> bool:
    test = period_of if kind is period_of else number_of
    cells = [cell for _, cell in table.column(place)]
    return bool(cells) and sum(test(cell) is not None for cell in cells) >= _SHARE * len(cells)


def _from_rows(table: Table, dated: int) -> Iterator[Series]:
    others = [place for place in range(len(table.header)) if place != dated]
    counted = [place for place in others if _is_of(table, place, number_of) and not _is_left_out(table.header[place])]
    label = _label_column(table, [place for place in others if not _is_of(table, place, number_of)])
    for place in counted:
        groups: dict[str, list[Row]] = {}
        for row in table.rows:
            groups.setdefault(_cell(row, label) if label is not None else table.header[place], []).append(row)
        for name, rows in groups.items():
            yield Series(name, table.header[place], table.source, _points(rows, dated, place))


def _is_left_out(name: str) -> bool:
    return bool(_NOT_COUNTED.search(name.replace("_", " ")))


def _label_column(table: Table, texts: Sequence[int]) -> int | None:
    """The column that names what each row counts: its words come again and again."""
    for place in texts:
        names = Counter(cell for _, cell in table.column(place))
        if len(names) <= _MOST_SERIES and max(names.values(), default=0) > 1:
            return place
    return None


def _points(rows: Iterable[Row], dated: int, place: int) -> tuple[Point, ...]:
    """By date where each date stands once for a series of at most a dozen, else summed up by month."""
    cells = [(dates, _cell(row, dated), _cell(row, place), row.line) for row in rows if (dates := _dates(row, dated))]
    cells = [cell for cell in cells if number_of(cell[2]) is not None]
    wholes = [dates[1] for dates, *_ in cells]
    by_month = len(set(wholes)) < len(wholes) or (len(wholes) > 12 and len({dates[0] for dates, *_ in cells}) > 1)
    groups: dict[str, list[tuple[tuple[str, str], str, str, int]]] = {}
    for cell in cells:
        groups.setdefault(cell[0][0] if by_month else cell[0][1], []).append(cell)
    ordered = sorted(groups.items())
    whole = _whole_months(ordered) if by_month else ordered
    return tuple(_point(period, group, by_month=by_month) for period, group in whole)


def _whole_months(ordered: list[_Group]) -> list[_Group]:
    """Without a first or last month that the table has only a part of: its sum would show a change that is none."""
    days = [sorted(int(whole[8:] or 0) for (_, whole), *_ in group) for _, group in ordered]
    if len(ordered) > 2 and 0 < days[-1][-1] < _LATE <= days[-2][-1]:
        ordered, days = ordered[:-1], days[:-1]
    if len(ordered) > 2 and days[0][0] > _EARLY >= days[1][0] > 0:
        ordered = ordered[1:]
    return ordered


def _point(period: str, group: Sequence[tuple[tuple[str, str], str, str, int]], *, by_month: bool) -> Point:
    parts = tuple(cell for _, _, cell, _ in group)
    value = sum((number_of(part) or Decimal(0) for part in parts), Decimal(0))
    lines = tuple(line for *_, line in group)
    return Point(period, period if by_month else group[0][1], value, parts, group[0][3], lines)


def _dates(row: Row, place: int) -> tuple[str, str] | None:
    return period_of(_cell(row, place))


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _from_header(table: Table) -> Iterator[Series]:
    """A table whose columns are dates: each row is a series."""
    dated = {place: period_of(name) for place, name in enumerate(table.header)}
    periods = sorted((dates[1], place) for place, dates in dated.items() if dates)
    label = next((place for place, dates in dated.items() if not dates), None)
    if len(periods) < 2 or label is None:
        return
    for row in table.rows:
        points = tuple(
            Point(period, table.header[place], value, (_cell(row, place),), row.line)
            for period, place in periods
            if (value := number_of(_cell(row, place))) is not None
        )
        if points:
            yield Series(_cell(row, label), "", table.source, points)


def _month(found: Mapping[str, str | None]) -> int:
    name = found.get("name")
    if name is None:
        return int(found["m"] or 0)
    return _MONTHS.index(name[:3].casefold()) + 1 if name[:3].casefold() in _MONTHS else 0
