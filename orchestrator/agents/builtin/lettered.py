"""Texts set into boxes, as lines of SVG: each says the box that it stays in, so that a gate can see whether it does.

Each element is a line of the file, so that a change of one is a change of one line.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.content import typeface
from orchestrator.content.color import Color
from orchestrator.content.xml_text import escape


@dataclass(frozen=True, slots=True)
class Box:
    """A place in a drawing, in its units."""

    x: float
    y: float
    width: float
    height: float

    def __str__(self) -> str:
        return f"{self.x:g} {self.y:g} {self.width:g} {self.height:g}"


def drawn(text: str) -> str:
    """Return a text as it can be drawn: without the emoji and other signs that the typeface lacks."""
    lacking = typeface.lacking(text)
    if not lacking:
        return text
    kept = "".join(" " if char in lacking and unicodedata.category(char)[0] in "SCM" else char for char in text)
    return " ".join(kept.split()) or text


def cut_lines(lines: tuple[str, ...], most: int, size: float, room: float) -> tuple[str, ...]:
    """Return at most so many lines; where more were needed, the last ends in dots."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and typeface.width(last + " …", size, is_bold=True) > room:
        last = last.rpartition(" ")[0]
    return (*lines[: most - 1], f"{last.rstrip(' ,;:–—-')} …")


def text_block(
    lines: Sequence[str], at: Box, room: Box, size: float, ink: Color | str, *, role: str, is_bold: bool = False
) -> list[str]:
    """Return lines of text, the first on the base line `at.y`, each `at.height` under the one before."""
    weight = ' font-weight="700"' if is_bold else ""
    opening = f'<text data-role="{role}" data-box="{room}" font-size="{size:g}"{weight} fill="{ink}">'
    rows = [
        f'<tspan x="{at.x:g}" y="{at.y + number * at.height:.1f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    ]
    return [opening, *rows, "</text>"]


def one_line(
    text: str,
    x: float,
    y: float,
    size: float,
    ink: Color,
    *,
    role: str,
    room: Box,
    is_bold: bool = False,
    more: str = "",
) -> str:
    """Return one line of text that begins at `x`, or is anchored there as `more` says, on the base line `y`."""
    weight = ' font-weight="700"' if is_bold else ""
    return (
        f'<text data-role="{role}" data-box="{room}" x="{x:g}" y="{y:g}" font-size="{size:g}"{weight} '
        f'fill="{ink}"{more}>{escape(text)}</text>'
    )
