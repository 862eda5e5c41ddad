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
from orchestrator.content.lettering import Run, Text, texts_of
from orchestrator.content.svg import DrawingError, Element
from orchestrator.content.transforms import Box

__all__ = ["Contrast", "DrawingError", "Overflow", "Text", "contrasts", "overflows", "texts"]

_LARGE, _LARGE_BOLD = 24.0, 18.66
"""Pixels: 18 points, and 14 for bold letters."""
_FULL_LETTERS, _FEWEST_PIXELS = 12, 2
"""Pixels of the ground from which on a letter's strokes are about a pixel wide, and below which it may vanish."""
_LEAST_CHANGE, _LEAST_SMALL_CHANGE = 4, 64
"""A text that is seen changes some pixel of its ground by a 4th of what its ink differs, in small letters a 64th."""
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
    is_covered: bool = False
    """Whether something lies over it, so that nothing of it is seen: its ratio is 1."""


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
    """Return the contrast of each run of one look of every text with what lies beneath it, at its worst.

    Raises DrawingError.
    """
    root, found = _root(svg), _texts(svg)
    if not found:
        return ()
    ground = Ground.of(root)
    canvas = drawings.canvas(root)
    scale = min(canvas.pixels_wide / canvas.width, canvas.pixels_high / canvas.height)
    return tuple(_contrast(run, text.role, ground, scale) for text in found for run in text.runs)


def overflows(svg: bytes) -> tuple[Overflow, ...]:
    """Return the texts that pass the canvas, their `data-box`, or the rectangle that their group begins with."""
    canvas = drawings.canvas(_root(svg))
    shown = Box(canvas.x, canvas.y, canvas.x + canvas.width, canvas.y + canvas.height)
    judged = (_overflow(text, shown) for text in _texts(svg))
    return tuple(overflow for overflow in judged if overflow)


def _contrast(run: Run, role: str | None, ground: Ground, scale: float) -> Contrast:
    pairs = [(paint.over(under, run.opacity), under) for under in ground.beneath(run.box) for paint in run.paints]
    ink, under = min(pairs, key=lambda pair: colors.contrast_ratio(*pair))
    is_covered = _is_covered(run, ink, under, ground)
    ratio = 1.0 if is_covered else colors.contrast_ratio(ink, under)
    is_large = run.size * scale >= (_LARGE_BOLD if run.is_bold else _LARGE)
    return Contrast(run.text, ratio, run.line, ink, under, run.size, role, is_large, is_covered)


def _is_covered(run: Run, ink: Color, under: Color, ground: Ground) -> bool:
    """Drawn or not, the text changes nothing, or next to nothing, of what is seen where it stands."""
    wanted = max(abs(ink.red - under.red), abs(ink.green - under.green), abs(ink.blue - under.blue))
    change = ground.change(run.box) if run.size * ground.scale >= _FEWEST_PIXELS else None
    least = _LEAST_CHANGE if run.size * ground.scale >= _FULL_LETTERS else _LEAST_SMALL_CHANGE
    return change is not None and change * least < wanted


def _overflow(text: Text, shown: Box) -> Overflow | None:
    rooms = [shown, text.room] if text.room else [shown]
    by, room = max(((_excess(text.box, room), room) for room in rooms), key=lambda pair: pair[0])
    if by <= TOLERANCE:
        return None
    room_wide = max(0.0, min(room.right, text.box.right) - max(room.left, text.box.left))
    return Overflow(text.text, text.line, round(by, 1), room_wide / max(text.box.width, 1e-9), text.role)


def _excess(box: Box, room: Box) -> float:
    return max(room.left - box.left, room.top - box.top, box.right - room.right, box.bottom - room.bottom)
