"""What can be said of a drawing without eyes: which texts stand in it, how well they can be read, whether they fit.

What lies beneath a text is taken from the drawing itself, drawn without its texts: so gradients, opacity, clips and
shapes in any order count as they are seen, the worst place under a text counts, and so does a shape that covers it.
"""

from dataclasses import dataclass
from functools import lru_cache

from orchestrator.content import color as colors
from orchestrator.content import svg as drawings
from orchestrator.content.color import Color
from orchestrator.content.ground import Ground
from orchestrator.content.lettering import Text, texts_of
from orchestrator.content.svg import DrawingError, Element
from orchestrator.content.transforms import Box

__all__ = ["Contrast", "DrawingError", "Overflow", "Text", "contrasts", "overflows", "texts"]

_LARGE, _LARGE_BOLD = 24.0, 18.66
"""Pixels: 18 points, and 14 for bold letters."""
TOLERANCE = 0.5
"""Units of the drawing by which a text may pass its box: no eye sees it."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How well a text can be read: the contrast, 1 to 21, of `ink` upon `ground`, where it is worst."""

    text: str
    ratio: float
    line: int
    ink: Color
    ground: Color
    size: float
    role: str | None = None
    is_large: bool = False
    """24 pixels or more, or 18.66 and bold, at the size that the drawing says (WCAG 2.2, large scale)."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """A text that passes its box by `by` units. `share`: the factor that would make it fit by its size alone."""

    text: str
    line: int
    by: float
    share: float
    role: str | None = None


def texts(svg: bytes) -> tuple[Text, ...]:
    """Return every line of text that is seen, in the order of the document. Raises DrawingError."""
    return _texts(svg)


@lru_cache(maxsize=2)
def _root(svg: bytes) -> Element:
    """Parse once what several checks of a gate look at; nobody here changes it."""
    return drawings.parse(svg)


@lru_cache(maxsize=2)
def _texts(svg: bytes) -> tuple[Text, ...]:
    return texts_of(_root(svg))


def contrasts(svg: bytes) -> tuple[Contrast, ...]:
    """Return the contrast of every text with what lies beneath it, each at its worst. Raises DrawingError."""
    root, found = _root(svg), _texts(svg)
    if not found:
        return ()
    ground = Ground.of(root)
    canvas = drawings.canvas(root)
    scale = min(canvas.pixels_wide / canvas.width, canvas.pixels_high / canvas.height)
    return tuple(_contrast(text, ground, scale) for text in found)


def overflows(svg: bytes) -> tuple[Overflow, ...]:
    """Return the texts that pass the canvas, their `data-box`, or the rectangle that their group begins with."""
    canvas = drawings.canvas(_root(svg))
    shown = Box(canvas.x, canvas.y, canvas.x + canvas.width, canvas.y + canvas.height)
    judged = (_overflow(text, shown) for text in _texts(svg))
    return tuple(overflow for overflow in judged if overflow)


def _contrast(text: Text, ground: Ground, scale: float) -> Contrast:
    pairs = [(paint.over(under, text.opacity), under) for under in ground.beneath(text.box) for paint in text.paints]
    ink, under = min(pairs, key=lambda pair: colors.contrast_ratio(*pair))
    ratio = colors.contrast_ratio(ink, under)
    is_large = text.size * scale >= (_LARGE_BOLD if text.is_bold else _LARGE)
    return Contrast(text.text, ratio, text.line, ink, under, text.size, text.role, is_large)


def _overflow(text: Text, shown: Box) -> Overflow | None:
    rooms = [shown, text.room] if text.room else [shown]
    by, room = max(((_excess(text.box, room), room) for room in rooms), key=lambda pair: pair[0])
    if by <= TOLERANCE:
        return None
    room_wide = max(0.0, min(room.right, text.box.right) - max(room.left, text.box.left))
    return Overflow(text.text, text.line, round(by, 1), room_wide / max(text.box.width, 1e-9), text.role)


def _excess(box: Box, room: Box) -> float:
    return max(room.left - box.left, room.top - box.top, box.right - room.right, box.bottom - room.bottom)
