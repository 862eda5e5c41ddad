"""The page of a drawing: where title, points, price and picture stand, and how text is set into its box.

Each element is a line of the file, so that a change of one is a change of one line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.agents.builtin.lettered import Box, cut_lines, drawn, one_line, text_block
from orchestrator.agents.builtin.product_listing.palette import Palette
from orchestrator.content import typeface
from orchestrator.content.color import Color
from orchestrator.content.xml_text import escape, quote_attribute

WIDE, HIGH = 1600, 1200
_LEFT = 104
_ROOM = 790
_LEADING = 1.1


TITLE = Box(_LEFT, 196, _ROOM, 336)
TITLE_SIZES = tuple(range(124, 40, -4))


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be shown."""

    eyebrow: str
    title: str
    points: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    price: str
    motif: Sequence[str]
    palette: Palette


def page(shown: Page) -> str:
    """Return the whole drawing. Signs that the typeface lacks, such as emoji, are left out; letters are not."""
    shown = replace(
        shown,
        eyebrow=drawn(shown.eyebrow),
        title=drawn(shown.title),
        points=tuple(drawn(point) for point in shown.points),
        facts=tuple((drawn(name), drawn(value)) for name, value in shown.facts),
        price=drawn(shown.price),
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" '
        f'font-family={quote_attribute(typeface.FAMILY)} role="img">',
        f"<title>{escape(shown.title)}</title>",
        *_scene(shown.palette, shown.motif),
        *_eyebrow(shown),
        *title_block(shown.title, shown.palette.ink),
        *_points(shown),
        *_facts(shown),
        *_price(shown),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def title_block(title: str, ink: Color | str, box: Box = TITLE) -> list[str]:
    """Return the title as lines of SVG: as large as it can be in its box, from the bottom up."""
    size, lines = _largest(title, box)
    step = size * _LEADING
    first = box.y + box.height - step * (len(lines) - 1) - size * typeface.DESCENT
    return text_block(lines, Box(box.x, first, box.width, step), box, size, ink, role="title", is_bold=True)


def _largest(title: str, box: Box) -> tuple[int, tuple[str, ...]]:
    for size in TITLE_SIZES:
        lines = typeface.wrap(title, size, box.width, is_bold=True)
        is_whole = " ".join(lines) == " ".join(title.split())
        if is_whole and size * _LEADING * len(lines) <= box.height:
            return size, lines
    smallest = TITLE_SIZES[-1]
    most = int(box.height / (smallest * _LEADING))
    return smallest, cut_lines(typeface.wrap(title, smallest, box.width, is_bold=True), most, smallest, box.width)


# --- the left side ---------------------------------------------------------------------------------------------------


def _eyebrow(shown: Page) -> list[str]:
    text = shown.eyebrow.upper()
    size, spread = 21, 3
    while text and typeface.width(text, size, is_bold=True) + spread * len(text) > _ROOM:
        text = text.rpartition("  ·  ")[0]
    if not text:
        return []
    room = Box(_LEFT, 104, _ROOM, 36)
    more = f' letter-spacing="{spread}" xml:space="preserve"'
    spaced = text.replace("  ·  ", " · ")
    return [
        f'<rect x="{_LEFT}" y="88" width="56" height="6" rx="3" fill="{shown.palette.accent}"/>',
        one_line(spaced, _LEFT, 134, size, shown.palette.accent_ink, role="tags", room=room, is_bold=True, more=more),
    ]


def _points(shown: Page) -> list[str]:
    lines: list[str] = []
    y, size, step, left = 622.0, 31, 42, _LEFT + 62
    for point in shown.points:
        rows = _fitted(point, size, _ROOM - 62, 2)
        lines += [
            f'<circle cx="{_LEFT + 19}" cy="{y - 11:g}" r="19" fill="{shown.palette.accent}"/>',
            f'<path d="M{_LEFT + 10} {y - 11:g} l7 7 l12 -13" fill="none" stroke="{shown.palette.on_accent}" '
            'stroke-width="4.5" stroke-linecap="round" stroke-linejoin="round"/>',
            *text_block(
                rows,
                Box(left, y, 0, step),
                Box(left, y - size, _ROOM - 62, step * len(rows) + 8),
                size,
                shown.palette.ink,
                role="point",
            ),
        ]
        y += step * len(rows) + 26
    return lines


def _fitted(text: str, size: float, room: float, most: int) -> tuple[str, ...]:
    """A point in at most so many lines: whole, else up to the last clause that fits, else cut with dots."""
    clauses = [text[: match.start()] for match in re.finditer(r"[:;,.](?=\s)|\s[–—]\s", text)]
    for candidate in (text.rstrip("."), *reversed(clauses)):
        lines = typeface.wrap(candidate, size, room)
        if len(lines) <= most and len(candidate.split()) > 2:
            return lines
    return cut_lines(typeface.wrap(text, size, room), most, size, room)


def _facts(shown: Page) -> list[str]:
    """Up to three facts side by side, small name over value, right of the price."""
    left, lines = _price_width(shown) + _LEFT + 48, []
    for name, value in shown.facts:
        width = max(typeface.width(name, 21), typeface.width(value, 29, is_bold=True)) + 4
        if left + width > _LEFT + _ROOM:
            break
        room = Box(left, 1014, width, 92)
        lines += [
            one_line(name, left, 1046, 21, shown.palette.quiet_ink, role="fact-name", room=room),
            one_line(value, left, 1086, 29, shown.palette.ink, role="fact", room=room, is_bold=True),
        ]
        left += width + 44
    rule = f'<path d="M{_LEFT} 976 h{_ROOM}" stroke="{shown.palette.line}" stroke-width="2"/>'
    return [rule, *lines]


def _price_size(shown: Page) -> float:
    """As large as it can be in one line."""
    return min(54.0, round(54 * (_ROOM - 84) / max(typeface.width(shown.price, 54, is_bold=True), 1), 1))


def _price_width(shown: Page) -> float:
    return typeface.width(shown.price, _price_size(shown), is_bold=True) + 84 if shown.price else -48


def _price(shown: Page) -> list[str]:
    if not shown.price:
        return []
    width = _price_width(shown)
    return [
        f'<g><rect x="{_LEFT}" y="1014" width="{width:.1f}" height="92" rx="46" fill="{shown.palette.accent}"/>',
        one_line(
            shown.price,
            _LEFT + width / 2,
            1060 + _price_size(shown) * 0.36,
            _price_size(shown),
            shown.palette.on_accent,
            role="price",
            room=Box(_LEFT, 1014, round(width, 1), 92),
            is_bold=True,
            more=' text-anchor="middle"',
        ),
        "</g>",
    ]


# --- the right side --------------------------------------------------------------------------------------------------


def _scene(palette: Palette, motif: Sequence[str]) -> list[str]:
    """A wall, a low sun, a table with the thing on it."""
    return [
        f'<defs><linearGradient id="wall" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{palette.wall}"/>'
        f'<stop offset="1" stop-color="{palette.wall_deep}"/></linearGradient>'
        '<clipPath id="side"><path d="M990 0 H1600 V1200 H990 C950 900 1034 620 990 0 z"/></clipPath></defs>',
        f'<rect width="{WIDE}" height="{HIGH}" fill="{palette.ground}"/>',
        '<g clip-path="url(#side)">',
        f'<rect x="940" width="660" height="{HIGH}" fill="url(#wall)"/>',
        f'<circle cx="1304" cy="500" r="280" fill="{palette.glow}" fill-opacity="0.55"/>',
        f'<circle cx="1304" cy="500" r="206" fill="{palette.glow}" fill-opacity="0.65"/>',
        f'<rect x="940" y="880" width="660" height="320" fill="{palette.table}"/>',
        f'<rect x="940" y="880" width="660" height="14" fill="{palette.table_edge}"/>',
        f'<ellipse cx="1318" cy="956" rx="236" ry="26" fill="{palette.shadow}" fill-opacity="0.38"/>',
        '<g transform="translate(1078 478) scale(1.2)">',
        *motif,
        "</g>",
        "</g>",
    ]
