"""Where the texts of a drawing stand, how large they are and what they are filled with. Nothing is judged here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from orchestrator.content import svg as drawings
from orchestrator.content import typeface
from orchestrator.content.color import Color
from orchestrator.content.paints import Paints
from orchestrator.content.styles import Rule, Style, rules_of, share, style_of
from orchestrator.content.svg import DrawingError, Element
from orchestrator.content.transforms import IDENTITY, Box, Matrix, around, product, scale_of, seen_box, transform_of

MOST_TEXTS = 500
MOST_LETTERS = 10_000
"""Of one line."""

_ANCHORS = {"middle": 0.5, "end": 1.0}
_SHIFTS = {"middle": 0.26, "central": 0.36, "hanging": 0.73, "text-before-edge": 0.78, "text-after-edge": -0.21}


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line that is seen, of one look. `line` is that of its element in the file."""

    text: str
    line: int
    box: Box
    size: float
    paints: tuple[Color, ...]
    """What it is filled with."""
    opacity: float
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text as it is seen. `line` is that of its first element in the file, `size` that of its first run."""

    text: str
    line: int
    box: Box
    size: float
    role: str | None
    """The element's `data-role`, or that of what it lies in."""
    room: Box | None
    """The box that it must stay in, where one is said."""
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Where:
    """What an element has from those that it lies in."""

    above: tuple[Element, ...] = ()
    style: Style = field(default_factory=Style)
    matrix: Matrix = IDENTITY
    size: float = 16.0
    room: Box | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text of one style; `x` and `y` where it begins a new line."""

    text: str
    where: _Where
    element: Element
    x: float | None = None
    y: float | None = None
    dx: float = 0.0
    dy: float = 0.0


def texts_of(root: Element) -> tuple[Text, ...]:
    """Return every line of text that is seen, in the order of the document. Raises DrawingError."""
    rules = rules_of(root)
    paints = Paints.of(root, rules)
    found = [
        text
        for element, where in _text_elements(root, _Where(), rules)
        for text in _lines(element, where, rules, paints)
    ]
    if len(found) > MOST_TEXTS:
        raise DrawingError(f"more than {MOST_TEXTS} lines of text")
    return tuple(found)


def _text_elements(element: Element, where: _Where, rules: Sequence[Rule]) -> Iterator[tuple[Element, _Where]]:
    inner = _within(element, where, rules)
    if inner.style.get("display") == "none":
        return
    if element.tag == "text":
        yield element, inner
        return
    for child in element.elements:
        yield from _text_elements(child, inner, rules)


def _within(element: Element, where: _Where, rules: Sequence[Rule]) -> _Where:
    style = style_of(element, where.above, where.style, rules)
    matrix = product(where.matrix, transform_of(element))
    return _Where(
        above=(*where.above, element),
        style=style,
        matrix=matrix,
        size=_font_size(style.get("font-size"), where, element),
        room=_room(element, matrix) or where.room,
        role=element.attributes.get("data-role", where.role),
    )


def _font_size(said: str, where: _Where, element: Element) -> float:
    """Only an element that sets its own size changes the inherited one, or `2em` would count at every level."""
    if not said or said == where.style.get("font-size"):
        return where.size
    relative = {"em": 1.0, "%": 0.01}
    for unit, factor in relative.items():
        number = drawings.length(said.removesuffix(unit)) if said.endswith(unit) else None
        if number is not None:
            return where.size * factor * number
    size = drawings.length(said)
    if size is None or not 0 < size <= drawings.MOST_SIDE:
        raise DrawingError(f"font-size {said[:20]!r} is not understood: write a number of pixels", element.line)
    return size


def _room(element: Element, matrix: Matrix) -> Box | None:
    said = element.attributes.get("data-box")
    if said is not None:
        numbers = [drawings.length(part) for part in said.replace(",", " ").split()]
        corner = [number for number in numbers if number is not None]
        if len(corner) != 4 or len(numbers) != 4:
            raise DrawingError('data-box must be four numbers: "x y width height"', element.line)
        return seen_box(Box(corner[0], corner[1], corner[0] + corner[2], corner[1] + corner[3]), matrix)
    first = next(element.elements, None)
    if element.tag != "g" or first is None or first.tag != "rect" or not _sides(first):
        return None
    x, y, width, height = _sides(first)
    return seen_box(Box(x, y, x + width, y + height), product(matrix, transform_of(first)))


def _sides(rect: Element) -> tuple[float, ...]:
    numbers = tuple(drawings.length(rect.attributes.get(name, "0")) for name in ("x", "y", "width", "height"))
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == 4 else ()


def _lines(element: Element, where: _Where, rules: Sequence[Rule], paints: Paints) -> Iterator[Text]:
    """The text element's lines: a piece that has an x or y of its own begins a new one."""
    x, y = 0.0, 0.0
    line: list[_Piece] = []
    for piece in _pieces(element, where, rules):
        begins = piece.x is not None or piece.y is not None or piece.dy != 0
        if begins and line:
            yield from _drawn(line, x, y, paints)
            x += 0.0 if piece.x is not None else sum(_advance(part) for part in line)
            line = []
        x = (piece.x if piece.x is not None else x) + piece.dx
        y = (piece.y if piece.y is not None else y) + piece.dy
        line.append(piece)
    yield from _drawn(line, x, y, paints)


def _pieces(element: Element, where: _Where, rules: Sequence[Rule]) -> Iterator[_Piece]:
    start = {name: _coordinate(element, name, where.size) for name in ("x", "y", "dx", "dy")}
    opening = _Piece("", where, element, start["x"], start["y"], start["dx"] or 0.0, start["dy"] or 0.0)
    for child in element.children:
        if isinstance(child, str):
            yield replace(opening, text=child)
        elif child.tag in ("tspan", "a"):
            inner = _within(child, where, rules)
            if inner.style.get("display") == "none":
                continue
            yield from _opened(_pieces(child, inner, rules), opening)
        opening = replace(opening, x=None, y=None, dx=0.0, dy=0.0)


def _opened(pieces: Iterator[_Piece], opening: _Piece) -> Iterator[_Piece]:
    """The first piece begins where its parent does, unless it says otherwise."""
    for place, piece in enumerate(pieces):
        if place:
            yield piece
            continue
        x = piece.x if piece.x is not None else opening.x
        y = piece.y if piece.y is not None else opening.y
        yield replace(piece, x=x, y=y, dx=piece.dx + opening.dx, dy=piece.dy + opening.dy)


def _coordinate(element: Element, name: str, size: float) -> float | None:
    said = element.attributes.get(name)
    if said is None:
        return None
    in_em = said.strip().endswith("em")
    number = drawings.length(said.strip().removesuffix("em"))
    if number is None:
        raise DrawingError(f"{name}={said[:30]!r} is not understood: write one number", element.line)
    return number * size if in_em else number


def _drawn(line: Sequence[_Piece], x: float, y: float, paints: Paints) -> Iterator[Text]:
    first = next((piece for piece in line if piece.text.strip()), None)
    seen = [piece for piece in line if piece.text.strip() and _is_seen(piece.where.style)]
    if first is None or not seen:
        return
    text = _unspaced("".join(piece.text for piece in line))
    if len(text) > MOST_LETTERS:
        raise DrawingError(f"a line of text has more than {MOST_LETTERS:,} letters", first.element.line)
    left = x - _width_of(line, text) * _ANCHORS.get(first.where.style.get("text-anchor"), 0.0)
    runs = tuple(_runs(line, text, left, y, paints))
    yield Text(
        text=_unspaced("".join(piece.text for piece in line if _is_seen(piece.where.style))),
        line=seen[0].element.line,
        box=around([run.box for run in runs]),
        size=runs[0].size,
        role=seen[0].where.role,
        room=seen[0].where.room,
        runs=runs,
    )


def _unspaced(text: str) -> str:
    return " ".join(text.split())


def _is_seen(style: Style) -> bool:
    return not style.is_hidden and style.get("fill") != "none"


def _runs(line: Sequence[_Piece], text: str, left: float, y: float, paints: Paints) -> Iterator[Run]:
    """Yield what is seen of the line; pieces of one look, such as links, are one run."""
    if len({_look(piece) for piece in line if piece.text.strip()}) == 1:
        piece = next(piece for piece in line if piece.text.strip())
        yield _run(piece, text, left, y, _width_of(line, text), paints)
        return
    parts = _spaced(line)
    for look, pieces in groupby(zip(parts, line, strict=True), key=lambda pair: _look(pair[1])):
        together = list(pieces)
        width = sum(_measured(part, piece) for part, piece in together)
        said = "".join(part for part, _ in together)
        if said.strip() and look[-1]:
            piece = next(piece for part, piece in together if part.strip())
            yield _run(piece, _unspaced(said), left, y, width, paints)
        left += width


def _look(piece: _Piece) -> tuple[object, ...]:
    """What tells runs apart; last, whether anything is seen of it."""
    style = piece.where.style
    ink = (style.get("fill"), style.get("color"), style.get("fill-opacity"), style.opacity)
    return (*ink, piece.where.size, _is_bold(style), style.get("dominant-baseline"), _is_seen(style))


def _run(piece: _Piece, text: str, left: float, y: float, width: float, paints: Paints) -> Run:
    style, size = piece.where.style, piece.where.size
    base = y + size * _SHIFTS.get(style.get("dominant-baseline"), 0.0)
    flat = Box(left, base - size * typeface.CAP_HEIGHT, left + width, base + size * typeface.DESCENT)
    return Run(
        text=text,
        line=piece.element.line,
        box=seen_box(flat, piece.where.matrix),
        size=size * scale_of(piece.where.matrix),
        paints=paints.fill(style, piece.element.line),
        opacity=style.opacity * share(style.get("fill-opacity", "1")),
        is_bold=_is_bold(style),
    )


def _width_of(line: Sequence[_Piece], text: str) -> float:
    """One style is measured as it is drawn, in one; several are summed up."""
    if len({(piece.where.size, _is_bold(piece.where.style)) for piece in line}) == 1:
        return _measured(text, line[0])
    return sum(_measured(part, piece) for part, piece in zip(_spaced(line), line, strict=True))


def _spaced(line: Sequence[_Piece]) -> list[str]:
    """Return the pieces' texts with their spaces as they are drawn."""
    spaced = [re.sub(r"\s+", " ", piece.text) for piece in line]
    spaced[0], spaced[-1] = spaced[0].lstrip(), spaced[-1].rstrip()
    return spaced


def _advance(piece: _Piece) -> float:
    return _measured(re.sub(r"\s+", " ", piece.text), piece)


def _measured(text: str, piece: _Piece) -> float:
    said = piece.element.attributes.get("textLength")
    if said is not None:
        return drawings.length(said) or 0.0
    style = piece.where.style
    letters = drawings.length(style.get("letter-spacing", "0")) or 0.0
    spaces = drawings.length(style.get("word-spacing", "0")) or 0.0
    spread = letters * max(0, len(text) - 1) + spaces * text.count(" ")
    return typeface.width(text, piece.where.size, is_bold=_is_bold(style)) + spread


def _is_bold(style: Style) -> bool:
    weight = style.get("font-weight", "400")
    return weight in ("bold", "bolder") or (weight.isdecimal() and int(weight[:4]) >= 550)
