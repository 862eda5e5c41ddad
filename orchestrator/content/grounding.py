"""No invented facts: every figure and quotation of a text must stand in its sources, or be computed from what does.

A figure may be computed where the calculation stands behind it on the same line, in round brackets, from figures
that are themselves grounded (or computed on an earlier line, or further left):

    +38 % (120 → 166)                 the change from the first to the second, in percent; `->` is the same
    46 (12 + 30 + 4)                  + − × ÷ (- * /), products and quotients first
    28 % (34 / 120)                   of a quotient, the percentage too
    24.50 (median of 22, 24, 25, 30)  also `mean of`, `average of`, `sum of`

The result must be the figure printed, rounded to the places printed.

The hash of a commit, whole or its first seven characters and more, must stand in a source, or begin one that does.

A citation, `[notes.md:12]`, must point at a line that is there and not blank. This room compares; it opens no file.
"""

import csv
import html
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from enum import StrEnum
from itertools import islice

from orchestrator.content.citing import Shelf
from orchestrator.content.figures import (
    DOLLARS,
    PERCENT,
    POUND,
    Figure,
    Line,
    Value,
    figures_of,
    read,
    spaced_thousands,
)
from orchestrator.content.nearest import Numbers, Passages
from orchestrator.content.quotations import Quotation, comparable, quotations_and_names

_CALCULATION = re.compile(r"\(([^()]{1,600})\)")
_OPERATORS = {
    "→": "→", "->": "→", "+": "+", "-": "-", "−": "-", "–": "-", "×": "*", "*": "*", "x": "*", "÷": "/", "/": "/",
}  # fmt: skip
_LISTED = re.compile(r"(median|mean|average|sum) of", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?:,? ?and|[,;])", re.IGNORECASE)
_RATE = re.compile(r"%|percent|pct|share|rate|growth|change", re.IGNORECASE)
_SHORT_HASH = re.compile(r"[0-9a-f]{7,64}")
_WHOLE_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LINED_TAG = re.compile(r"<!\[CDATA\[|\]\]>|</?[A-Za-z?!][^<>]{0,4000}>")
_MARKED_UP = (".xml", ".rss", ".atom", ".html", ".htm")
_TABLES = {".csv": ",;\t|", ".tsv": "\t"}
_MOST_QUOTATIONS = 2_000
"""Quotations of a text that are looked for; each takes a walk through all sources. One beyond them stands nowhere."""
_MOST_MISSING = 200
"""Quotations that are named as missing; with so many, the rest need not be looked for."""
_MOST_SEARCHED = 20
"""Missing quotations for which a similar passage is looked for; it takes a walk through all sources."""
_HUNDRED = Decimal(100)


class Kind(StrEnum):
    """What sort of statement a claim is."""

    FIGURE = "figure"
    QUOTATION = "quotation"
    NAME = "name"
    CITATION = "citation"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that the sources do not bear out. `nearest` is the place and text that comes closest."""

    kind: Kind
    text: str
    line: int
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class _Stand:
    """One way in which a number stands in the sources."""

    unit: str | None
    sign: str


@dataclass(slots=True)
class Grounds:
    """What the sources say, made ready to be asked. Made by `gather`."""

    numbers: dict[Decimal, set[_Stand]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    prose: dict[str, str] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    nearest: Numbers = field(default_factory=Numbers)
    hashes: list[str] = field(default_factory=list)

    def add(self, figure: Figure, place: str, *, is_rate: bool = False) -> None:
        """Take a figure in. `is_rate`: it stands in a column of percentages, where the mark is left out."""
        units = {figure.unit, PERCENT} if is_rate and figure.unit is None else {figure.unit}
        stands = {_Stand(unit, figure.sign) for unit in units}
        for reading in figure.readings:
            for unit in units:
                self.nearest.add(reading, unit, f"{place} has {figure.text}")
            for value in _implied(reading):
                if isinstance(value, str):
                    self.texts.add(value)
                else:
                    self.numbers.setdefault(value, set()).update(stands)

    def bear_out(self, figure: Figure) -> bool:
        """Say whether the figure stands here."""
        return any(self._has(figure, reading) for reading in figure.readings)

    def _has(self, figure: Figure, reading: Value) -> bool:
        if isinstance(reading, str):
            return reading in self.texts or self._begins_a_hash(reading)
        return any(_agree(figure, stand) for stand in self.numbers.get(reading, ()))

    def _begins_a_hash(self, text: str) -> bool:
        """A commit is called by the first characters of its hash, seven or more."""
        if not _SHORT_HASH.fullmatch(text):
            return False
        place = bisect_left(self.hashes, text)
        return place < len(self.hashes) and self.hashes[place].startswith(text)


def gather(sources: Mapping[str, str]) -> Grounds:
    """Read the sources, name → text. What a name ends in says how: tables by their cells, mark-up without its tags."""
    grounds = Grounds()
    for name, text in sources.items():
        grounds.lines[name] = text.split("\n")
        bare = _without_tags(text) if name.casefold().endswith(_MARKED_UP) else text
        delimiters = _TABLES.get(name[-4:].casefold())
        prose = _read_table(grounds, name, bare, delimiters) if delimiters else _read_text(grounds, name, bare)
        grounds.prose[name] = f" {comparable(prose)} "
    grounds.hashes = sorted(text for text in grounds.texts if _WHOLE_HASH.fullmatch(text))
    return grounds


def ungrounded(text: str, sources: Mapping[str, str] | Grounds, *, names: bool = False) -> tuple[Claim, ...]:
    """Return what the text states and the sources do not, in the order of its lines; `names`: those in quotes too."""
    grounds = sources if isinstance(sources, Grounds) else gather(sources)
    claims = [*_ungrounded_figures(text, grounds), *_ungrounded_quotations(text, grounds, names=names)]
    return tuple(sorted(claims, key=lambda claim: claim.line))


# --- reading the sources ---------------------------------------------------------------------------------------------


def _read_text(grounds: Grounds, name: str, text: str) -> str:
    for line in read(text):
        for figure in line.figures:
            grounds.add(figure, f"{name}:{line.number}")
    return re.sub(r"(?m)^[ \t]*(?:>[ \t]?)+", "", text)


def _read_table(grounds: Grounds, name: str, text: str, delimiters: str) -> str:
    cells: list[str] = []
    rates: frozenset[int] = frozenset()
    for line, row in _rows(text, delimiters):
        if not cells:
            rates = frozenset(column for column, title in enumerate(row) if _RATE.search(title))
        cells += row
        for column, cell in enumerate(row):
            for figure in figures_of(cell, line):
                grounds.add(figure, f"{name}:{line}", is_rate=column in rates)
    return "\n".join(cells)


def _rows(text: str, delimiters: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the 1-based line it begins on. The delimiter is the one that the first line has most of."""
    head = text[:10_000].split("\n", 1)[0]
    rows = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=max(delimiters, key=head.count))
    while True:
        line = rows.line_num + 1
        try:
            yield line, next(rows)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond csv's limit; the rows after it are still good
            continue


def _without_tags(text: str) -> str:
    bare = _LINED_TAG.sub(lambda match: " " + "\n" * match.group(0).count("\n"), text)
    return html.unescape(html.unescape(bare))  # feeds hold HTML that was escaped once more


def _implied(value: Value) -> Iterable[Value]:
    """A date bears out its month, its year, and its day without the year."""
    if isinstance(value, Decimal):
        return (value,)
    parts = value.split("-")
    if re.fullmatch(r"\d{4}-\d\d(?:-\d\d)?", value):
        return (value, value[:7], f"-{value[4:]}", Decimal(parts[0]))
    return (value,)


# --- figures ---------------------------------------------------------------------------------------------------------


def _ungrounded_figures(text: str, grounds: Grounds) -> Iterator[Claim]:
    computed, shelf = Grounds(), Shelf(grounds.lines)
    for line in read(text):
        _compute(line, grounds, computed)
        joined = [whole for whole in spaced_thousands(line) if grounds.bear_out(whole)]
        for figure in line.figures:
            if not (grounds.bear_out(figure) or computed.bear_out(figure) or _is_part(figure, joined)):
                yield Claim(Kind.FIGURE, figure.text, line.number, grounds.nearest.nearest(figure))
        for cited in line.citations:
            if shelf.miss(cited):
                yield Claim(Kind.CITATION, cited.text, cited.line)


def _is_part(figure: Figure, joined: list[Figure]) -> bool:
    return any(whole.start <= figure.start < whole.end for whole in joined)


def _agree(claim: Figure, stand: _Stand) -> bool:
    if claim.sign and stand.sign and claim.sign != stand.sign:
        return False
    if claim.unit == PERCENT:
        return stand.unit == PERCENT
    if claim.unit is None or stand.unit is None or claim.unit == stand.unit:
        return True
    units = {claim.unit, stand.unit}
    return ("$" in units and bool(DOLLARS & units)) or (POUND in units and bool({"lb", "GBP"} & units))


# --- calculations ----------------------------------------------------------------------------------------------------


def _compute(line: Line, grounds: Grounds, computed: Grounds) -> None:
    """Take into `computed` the figures of a line that a calculation behind them on it yields."""
    for match in _CALCULATION.finditer(line.compared):
        operands = [figure for figure in line.figures if match.start() < figure.start < match.end()]
        if len(operands) < 2 or not all(grounds.bear_out(each) or computed.bear_out(each) for each in operands):
            continue
        results = tuple(_results(match.group(1), operands, match.start() + 1))
        for figure in line.figures:
            if figure.end <= match.start() and any(_prints(figure, result, unit) for result, unit in results):
                computed.add(figure, "the text")


def _results(text: str, operands: list[Figure], offset: int) -> Iterator[tuple[Decimal, str | None]]:
    """Yield what a calculation comes to, with the unit that the result must have: `%`, or None for any but `%`."""
    numbers = [_signed(operand.value, operand.sign) for operand in operands if isinstance(operand.value, Decimal)]
    gaps = _gaps(text, operands, offset)
    if len(numbers) < len(operands) or gaps is None:
        return
    try:
        yield from _evaluate(numbers, gaps)
    except DecimalException:  # a division by nothing, or more digits than a figure has
        return


def _signed(value: Decimal, sign: str) -> Decimal:
    return -value if sign == "-" else value


def _gaps(text: str, operands: list[Figure], offset: int) -> list[str] | None:
    """Return what stands before each operand, or None where something stands behind the last."""
    gaps: list[str] = []
    reached = 0
    for operand in operands:
        gaps.append(text[reached : operand.start - offset].strip())
        reached = operand.end - offset
    return None if text[reached:].strip() else gaps


def _evaluate(numbers: list[Decimal], gaps: list[str]) -> Iterator[tuple[Decimal, str | None]]:
    listed = _LISTED.fullmatch(gaps[0])
    if listed and all(_SEPARATOR.fullmatch(gap) for gap in gaps[1:]):
        yield _of_list(listed.group(1).casefold(), numbers), None
        return
    operators = [_OPERATORS.get(gap.casefold(), "") for gap in gaps[1:]]
    if gaps[0] or not all(operators):
        return
    if operators == ["→"]:
        yield (numbers[1] - numbers[0]) / abs(numbers[0]) * _HUNDRED, PERCENT
    elif "→" not in operators:
        result = _sum(numbers, operators)
        yield result, None
        if "/" in operators:
            yield result * _HUNDRED, PERCENT


def _of_list(name: str, numbers: list[Decimal]) -> Decimal:
    if name == "median":
        ordered, half = sorted(numbers), len(numbers) // 2
        return ordered[half] if len(numbers) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return sum(numbers, Decimal(0)) / (1 if name == "sum" else len(numbers))


def _sum(numbers: list[Decimal], operators: list[str]) -> Decimal:
    terms = [numbers[0]]
    for operator, number in zip(operators, numbers[1:], strict=True):
        if operator == "*":
            terms[-1] *= number
        elif operator == "/":
            terms[-1] /= number
        else:
            terms.append(number if operator == "+" else -number)
    return sum(terms, Decimal(0))


def _prints(figure: Figure, result: Decimal, unit: str | None) -> bool:
    """Say whether the figure is the result as printed: its places, its sign where it shows one, and its unit."""
    value = figure.value
    if isinstance(value, str) or (figure.unit == PERCENT) != (unit == PERCENT):
        return False
    if figure.sign and (result < 0) != (figure.sign == "-"):
        return False
    return abs(value - abs(result)) * 2 <= Decimal(1).scaleb(-figure.places)


# --- quotations ------------------------------------------------------------------------------------------------------


def _ungrounded_quotations(text: str, grounds: Grounds, *, names: bool) -> Iterator[Claim]:
    found = (each for each in quotations_and_names(text) if names or not each.is_name)
    missing = (each for place, each in enumerate(found) if place >= _MOST_QUOTATIONS or not _stands(each, grounds))
    passages = Passages(grounds.lines)
    for count, quotation in enumerate(islice(missing, _MOST_MISSING)):
        nearest = passages.nearest(quotation.text) if count < _MOST_SEARCHED else None
        kind = Kind.NAME if quotation.is_name else Kind.QUOTATION
        yield Claim(kind, quotation.text, quotation.line, nearest)


def _stands(quotation: Quotation, grounds: Grounds) -> bool:
    return any(_holds(prose, quotation.parts) for prose in grounds.prose.values())


def _holds(prose: str, parts: tuple[str, ...]) -> bool:
    place = 0
    for part in parts:
        place = _find(prose, part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def _find(prose: str, part: str, place: int) -> int:
    """Find whole words: `art is` does not stand in `start isolating`."""
    while (place := prose.find(part, place)) >= 0:
        after = prose[place + len(part) : place + len(part) + 1]
        if not (prose[place - 1 : place].isalnum() or after.isalnum()):
            return place
        place += 1
    return place
