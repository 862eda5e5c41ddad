"""The bench's rows: a figure, its goal and whether it is reached; as lines, as JSON, as a block of the docs. Pure."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from bench_pairs import Spread

_UNITS: Mapping[str, str] = {"×": "", "": "", "s": " s", "ms": " ms", "MB": " MB"}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; None where it could not be measured. A goal is a most.

    `unit` is × (a ratio), s, ms, MB, or nothing (a count).
    """

    key: str
    title: str
    unit: str
    figure: Spread | None
    goal: float | None = None
    ours: Spread | None = None
    """Seconds of our side, of a ratio."""
    theirs: Spread | None = None
    note: str = ""
    """What a reader must know to take the figure rightly, or why there is none."""

    @property
    def is_reached(self) -> bool | None:
        """Say whether the median is within the goal; None where there is no goal, or no figure."""
        if self.goal is None or self.figure is None:
            return None
        return self.figure.median <= self.goal

    @property
    def verdict(self) -> str:
        """Return in a word how the figure stands to its goal."""
        if self.figure is None:
            return "not measured"
        if self.goal is None or self.is_reached:
            return "reached" if self.is_reached else ""
        return f"short by {_number(self.figure.median - self.goal)}{_UNITS[self.unit]}"


def compared(
    key: str, title: str, ours: Spread, theirs: Spread, figure: Spread, *, goal: float | None = None, note: str = ""
) -> Row:
    """Return the row of a ratio, with both sides."""
    return Row(key, title, "×", figure, goal, ours, theirs, note)


def lines(row: Row) -> Iterator[str]:
    """Yield a row as the terminal shows it."""
    yield f"{row.title:<78} {_figure(row):>9}  {_goal(row):>8}  {row.verdict}".rstrip()
    yield f"    {_sides(row)}"
    if row.note:
        yield f"    {row.note}"


def document(row: Row) -> dict[str, object]:
    """Return a row as `--json` prints it."""
    return {**asdict(row), "is_reached": row.is_reached}


def block(rows: Iterable[Row], machine: Iterable[str], command: str) -> str:
    """Return the figures as Markdown: the machine, the command, the table, and the notes under it."""
    found = list(rows)
    return "\n".join(
        [
            *(_point(line) for line in (*machine, f"made by `{command}`")),
            "",
            "| figure | measured | the sides, spread | goal | |",
            "|---|---|---|---|---|",
            *(f"| {r.title} | {_figure(r)} | {_sides(r)} | {_goal(r)} | {r.verdict} |" for r in found),
            "",
            *(_point(f"{r.title}: {r.note}") for r in found if r.note),
        ]
    )


def _point(text: str) -> str:
    return textwrap.fill(text, 118, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)


def _figure(row: Row) -> str:
    return f"{_number(row.figure.median)}{_UNITS[row.unit]}" if row.figure else "–"


def _goal(row: Row) -> str:
    return f"≤ {row.goal:g}{_UNITS[row.unit]}" if row.goal is not None else "–"


def _sides(row: Row) -> str:
    if row.figure is None:
        return "–"
    between = f"{_number(row.figure.low)} to {_number(row.figure.high)}"
    if row.ours is None or row.theirs is None:
        return between
    return f"{_ms(row.ours)} ÷ {_ms(row.theirs)}; {between}"


def _ms(side: Spread) -> str:
    return f"{side.median * 1000:.1f} ms"


def _number(value: float) -> str:
    if value == round(value) and value < 10:
        return str(round(value))
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
