"""The drawing of a release's activity: commits over time by kind, the folders touched, four figures above.

What it shows stands in the record, to the marks of its axis; each text says the box that it stays in. Signs that the
typeface lacks are shown as dots.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.agents.builtin.lettered import Box, one_line
from orchestrator.agents.builtin.release_notes import days
from orchestrator.agents.builtin.release_notes.families import FAMILIES
from orchestrator.agents.builtin.release_notes.kinds import Kind
from orchestrator.agents.builtin.release_notes.record import Bin, FolderCount, Record
from orchestrator.content import color as colors
from orchestrator.content import typeface
from orchestrator.content.color import WHITE, Color
from orchestrator.content.xml_text import escape, quote_attribute

WIDE, HIGH = 1600, 900
MOST_ROWS = 8
MOST_NUMBERED = 18
"""Bars above which a number has room."""

_INK = Color(24, 35, 48)
_QUIET = Color(70, 84, 100)
_LINE = Color(226, 231, 237)
_GROUND = Color(247, 249, 251)
_ACCENT = Color(31, 95, 168)
_PLOT = Box(124, 372, 888, 380)
_LABELS_END = 1044
"""How far to the right a label may reach; to the left there is room for half of the widest."""
_SIDE = Box(1108, 372, 412, 430)
_UNIT = {
    "hour": "an hour",
    "day": "a day",
    "week": "a week",
    "month": "a month",
    "quarter": "a quarter",
    "year": "a year",
}


def chart(record: Record, title: str, accent: Color | None) -> str:
    """Return the whole drawing."""
    tone = colors.readable(accent or _ACCENT, WHITE)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" '
        f'font-family={quote_attribute(typeface.FAMILY)} role="img">',
        f"<title>{escape(inked(title))}</title>",
        f"<desc>{escape(inked(_description(record)))}</desc>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="{_GROUND}"/>',
        f'<rect width="{WIDE}" height="10" fill="{tone}"/>',
        *_head(record, title),
        *_figures(record, tone),
        f'<rect x="48" y="244" width="1004" height="608" rx="16" fill="{WHITE}" stroke="{_LINE}"/>',
        f'<rect x="1076" y="244" width="476" height="608" rx="16" fill="{WHITE}" stroke="{_LINE}"/>',
        *_plot(record),
        *_side(record, tone),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def inked(text: str) -> str:
    """Return a text as the typeface can show it: dots stand for what it lacks."""
    lacking = typeface.lacking(text)
    if not lacking:
        return text
    dotted = "".join("…" if char in lacking else char for char in text)
    while "……" in dotted:
        dotted = dotted.replace("……", "…")
    return dotted


def fitted(text: str, size: float, room: float, *, is_bold: bool = False) -> str:
    """Return a text as far as it fits in one line; where it does not, dots stand for its end."""
    shown = inked(text)
    if typeface.width(shown, size, is_bold=is_bold) <= room:
        return shown
    low, high = 0, len(shown)
    while low < high:
        middle = (low + high + 1) // 2
        if typeface.width(f"{shown[:middle]}…", size, is_bold=is_bold) <= room:
            low = middle
        else:
            high = middle - 1
    return f"{shown[:low].rstrip()}…"


def fitted_path(path: str, sizes: Sequence[int], room: float) -> tuple[str, int]:
    """Return a path and the size in which it fits in one line.

    Where none does, dots stand for its first folders; where its last one alone is too long, for the beginning of that.
    """
    shown = inked(path)
    parts = shown.split("/")
    ways = (shown, *("/".join(["…", *parts[first:]]) for first in range(1, len(parts))))
    fitting = ((way, size) for way in ways for size in sizes if typeface.width(way, size) <= room)
    return next(fitting, (fitted(parts[-1][::-1], sizes[-1], room)[::-1], sizes[-1]))


def _description(record: Record) -> str:
    return f"Commits {_UNIT.get(record.scale.unit, 'over time')} by kind, and the folders that they touched."


# --- the head --------------------------------------------------------------------------------------------------------


def _head(record: Record, title: str) -> list[str]:
    room = 690
    sizes = (size for size in (60, 54, 48, 42, 36) if typeface.width(inked(title), size, is_bold=True) <= room)
    size = next(sizes, 36)
    name = fitted(title, size, room, is_bold=True)
    return [
        one_line(name, 48, 124, size, _INK, role="title", room=Box(48, 60, room + 8, 84), is_bold=True),
        _text(_span(record), 48, 174, 24, _QUIET, Box(48, 146, room + 8, 40), role="subtitle"),
    ]


def _span(record: Record) -> str:
    until = days.spoken_iso(record.until)
    return f"{days.spoken_iso(record.since)} to {until}" if record.since else f"until {until}"


@dataclass(frozen=True, slots=True)
class _Figure:
    count: int
    one: str
    many: str


def _figures(record: Record, tone: Color) -> Iterator[str]:
    """Four figures at the right of the title, each a tile."""
    totals = record.totals
    found = [_Figure(totals.commits, "commit", "commits"), _Figure(totals.authors, "person", "people")]
    for kind, one, many in ((Kind.FEATURE, "feature", "features"), (Kind.FIX, "fix", "fixes")):
        group = record.group(kind)
        found += [_Figure(group.changes, one, many)] if group and group.changes else []
    if totals.breaking:
        found = [*found[:3], _Figure(totals.breaking, "breaking", "breaking")]
    wide, gap = 184, 16
    left = WIDE - 48 - len(found) * (wide + gap) + gap
    widest = max((f"{figure.count:,}" for figure in found), key=lambda shown: typeface.width(shown, 48, is_bold=True))
    sizes = (size for size in (48, 44, 40, 36) if typeface.width(widest, size, is_bold=True) <= wide - 40)
    size = next(sizes, 24)
    for place, figure in enumerate(found):
        x = left + place * (wide + gap)
        shown = f"{figure.count:,}"
        yield f'<rect x="{x}" y="62" width="{wide}" height="136" rx="16" fill="{WHITE}" stroke="{_LINE}"/>'
        yield _text(shown, x + 20, 126, size, tone, Box(x, 62, wide, 90), role="figure", is_bold=True)
        yield _text(figure.one if figure.count == 1 else figure.many, x + 20, 168, 24, _QUIET, Box(x, 140, wide, 58))


def _text(
    text: str,
    x: float,
    y: float,
    size: float,
    ink: Color,
    room: Box,
    *,
    role: str = "label",
    is_bold: bool = False,
    more: str = "",
) -> str:
    return one_line(inked(text), round(x, 1), round(y, 1), size, ink, role=role, room=room, is_bold=is_bold, more=more)


# --- commits over time -----------------------------------------------------------------------------------------------


def _plot(record: Record) -> list[str]:
    heading = f"Commits {_UNIT.get(record.scale.unit, '')}, by kind".replace(" ,", ",")
    return [
        _text(heading, 80, 292, 26, _INK, Box(80, 262, 900, 44), role="heading", is_bold=True),
        *_legend(record.bins),
        *_axis(record),
        *_bars(record),
        *_labels(record.bins),
    ]


def _legend(bins: Sequence[Bin]) -> Iterator[str]:
    """The families that occur, in the order of the bars from the bottom up."""
    x = 80.0
    for family in FAMILIES:
        if any(family.count(stretch) for stretch in bins):
            wide = typeface.width(family.name, 18)
            yield f'<rect x="{x:.1f}" y="318" width="16" height="16" rx="4" fill="{family.color}"/>'
            yield _text(family.name, x + 24, 332, 18, _QUIET, Box(round(x + 20, 1), 310, round(wide + 12, 1), 30))
            x += wide + 24 + 26


def _axis(record: Record) -> Iterator[str]:
    ticks = record.scale.ticks
    for tick in ticks:
        y = _PLOT.y + _PLOT.height * (1 - tick / (ticks[-1] or 1))
        yield f'<path d="M{_PLOT.x:g} {y:.1f} h{_PLOT.width:g}" stroke="{_LINE}" stroke-width="{1 if tick else 2}"/>'
        yield _text(
            f"{tick:,}", _PLOT.x - 14, y + 6, 18, _QUIET, Box(56, round(y - 16, 1), 60, 32), role="tick",
            more=' text-anchor="end"',
        )  # fmt: skip
    y = _PLOT.y + _PLOT.height + 74
    said = f"commits without merges, by when they were written{_first_bar(record)}"
    yield _text(
        said,
        _PLOT.x,
        y,
        18,
        _QUIET,
        Box(_PLOT.x, y - 24, _PLOT.width, 34),
        role="axis",
    )


def _first_bar(record: Record) -> str:
    """What the labels lack: of which year the first one is."""
    if record.scale.unit not in (days.Unit.HOUR, days.Unit.DAY, days.Unit.WEEK):
        return ""
    return f"; the first {record.scale.unit} is that of {days.spoken_iso(record.bins[0].start[:10])}"


def _bars(record: Record) -> Iterator[str]:
    slot = _PLOT.width / len(record.bins)
    wide = min(slot * 0.74, 96.0)
    scale = _PLOT.height / (record.scale.ticks[-1] or 1)
    for place, stretch in enumerate(record.bins):
        x, base = _PLOT.x + slot * (place + 0.5) - wide / 2, _PLOT.y + _PLOT.height
        for family in FAMILIES:
            count = family.count(stretch)
            if count:
                base -= count * scale
                yield (
                    f'<rect data-start="{escape(stretch.start)}" data-commits="{count}" x="{x:.1f}" y="{base:.1f}" '
                    f'width="{wide:.1f}" height="{count * scale:.1f}" fill="{family.color}"/>'
                )
        if stretch.commits and len(record.bins) <= MOST_NUMBERED:
            yield _text(
                f"{stretch.commits:,}", x + wide / 2, base - 8, 18, _INK,
                Box(round(x + wide / 2 - slot / 2, 1), round(base - 28, 1), round(slot, 1), 26), role="value",
                is_bold=True, more=' text-anchor="middle"',
            )  # fmt: skip


def _labels(bins: Sequence[Bin]) -> Iterator[str]:
    """Under as many bars as there is room for, evenly, each in the middle of its bar."""
    slot = _PLOT.width / len(bins)
    widest = max(typeface.width(inked(stretch.label), 18) for stretch in bins)
    every = next(step for step in (1, 2, 3, 4, 6, 12, 24, 48, 96) if step * slot >= widest + 20 or step == 96)
    y = _PLOT.y + _PLOT.height + 32
    for place in range(0, len(bins), every):
        wide = typeface.width(inked(bins[place].label), 18)
        middle = _PLOT.x + slot * (place + 0.5)
        if middle + wide / 2 > _LABELS_END:
            continue
        room = Box(round(middle - wide / 2 - 4, 1), y - 20, round(wide + 8, 1), 30)
        yield _text(bins[place].label, middle, y, 18, _QUIET, room, role="tick", more=' text-anchor="middle"')


# --- folders ---------------------------------------------------------------------------------------------------------


def _side(record: Record, tone: Color) -> Iterator[str]:
    x, wide = _SIDE.x, _SIDE.width
    yield _text("Where it changed", x, 292, 26, _INK, Box(x, 262, wide, 44), role="heading", is_bold=True)
    yield _text("commits that touched a folder", x, 332, 18, _QUIET, Box(x, 310, wide, 30), role="axis")
    if not record.folders:
        yield _text("No file was touched.", x, 400, 22, _QUIET, Box(x, 372, wide, 40))
        return
    rows = record.folders[:MOST_ROWS]
    most = max(1, rows[0].commits)
    for place, folder in enumerate(rows):
        yield from _row(folder, _SIDE.y + place * 58, most, tone)


def _row(folder: FolderCount, y: float, most: int, tone: Color) -> Iterator[str]:
    x, wide = _SIDE.x, _SIDE.width
    count = f"{folder.commits:,}"
    room = wide - typeface.width(count, 20, is_bold=True) - 24
    name, size = fitted_path(folder.name, (20, 19, 18), room)
    yield _text(
        name,
        x,
        y + 16,
        size,
        _INK,
        Box(x, y - 8, round(room + 4, 1), 32),
        role="folder",
    )
    yield _text(
        count, x + wide, y + 16, 20, _INK, Box(round(x + room, 1), y - 8, round(wide - room + 1, 1), 32), role="value",
        is_bold=True, more=' text-anchor="end"',
    )  # fmt: skip
    yield f'<rect x="{x:g}" y="{y + 26:g}" width="{wide:g}" height="10" rx="5" fill="{_LINE}"/>'
    long = max(10.0, wide * folder.commits / most)
    yield f'<rect x="{x:g}" y="{y + 26:g}" width="{long:.1f}" height="10" rx="5" fill="{tone}"/>'
