"""How much work a drawing is to the renderer, estimated from its boxes before anything is drawn.

A small file can ask for hours or for all memory: thousands of layers over the whole canvas, a pattern whose tile is a
square mile, a filter on each of them. The renderer obeys, so it is never handed what is past these bounds. The figures
are nanoseconds as measured with resvg 0.48 on one core; they weigh one kind of work against another, no more.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.content import svg as drawings
from orchestrator.content.shapes import Outline, outline_of
from orchestrator.content.svg import DrawingError, Element
from orchestrator.content.transforms import Box, Matrix, product, scale_of, seen_box, transform_of

MOST_EFFORT = 5e9
MOST_VISITS = 100_000
MOST_LAYERED = 2 * drawings.MOST_PIXELS
"""Pixels of the layers that are open at one time, 4 bytes each."""
FURTHEST = 1e7
"""Pixels from the canvas; beyond, the renderer's own arithmetic breaks."""

_DEEPEST = 4 * drawings.MOST_DEPTH
_EACH = 10_000
_FILL, _GRADIENT, _PATTERN = 25, 90, 60
_OPACITY, _CLIP, _MASK = 60, 100, 110
_FILTER, _PRIMITIVE = 300, 350
_LARGEST_REGION = 9
"""Times the canvas: the renderer cuts off what is wider."""
_FUNCTIONS = 4
"""Primitives that `filter: drop-shadow()` and its like are taken for."""
_EDGE, _STROKED_EDGE = 16, 650
"""A pixel that the outline of a fill runs past, and one of a stroke."""
_DASH, _MOST_DASHES = 500, 1_000_000
_LETTER, _LETTERS_SQUARED, _SPAN_LETTERS = 30_000, 2, 600

_MARKERS = ("marker-start", "marker-mid", "marker-end")
_INHERITED = frozenset({"fill", "stroke", "stroke-width", "stroke-miterlimit", "stroke-dasharray", *_MARKERS})
_LAYERS = frozenset({"opacity", "mix-blend-mode", "isolation", "clip-path", "mask", "filter"})
_LOOKED_AT = _INHERITED | _LAYERS | {"transform", "marker", "overflow"}
_DECLARED = re.compile(r"([a-zA-Z-]{3,20})\s{0,9}:([^;{}]*)")
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+")

Properties = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Where:
    """What holds at a place: `matrix` leads to pixels, None where it is not known; no box has more than `most`."""

    matrix: Matrix | None
    most: float
    inherited: Properties
    layered: float = 0.0
    depth: int = 0
    times: float = 1.0


def check_effort(root: Element, wide: float, high: float) -> None:
    """Raise DrawingError, with the element's line, where drawing it at that size in pixels is too much work."""
    canvas = drawings.canvas(root)
    scale = max(wide / canvas.width, high / canvas.height)
    matrix = (scale, 0.0, 0.0, scale, -canvas.x * scale, -canvas.y * scale)
    _Estimate(root, wide * high).visit(root, _Where(matrix, wide * high, {}))


class _Estimate:
    """Sums up as it walks the drawing drawn out, and stops at the first element that is too much."""

    def __init__(self, root: Element, pixels: float) -> None:
        self._pixels = pixels
        self._by_id = {element.attributes["id"]: element for element in root.walk() if "id" in element.attributes}
        self._parents = {id(child): element for element in root.walk() for child in element.elements}
        sheets = " ".join(element.own_text for element in root.walk() if element.tag == "style")
        self._sheet = {name: value for name, value in _declared(sheets).items() if value not in _NO_LAYER}
        self._letters = _largest_letters(root, sheets)
        self._outlines: dict[int, Outline | None] = {}
        self._own: dict[int, Properties] = {}
        self._visits = 0
        self._effort = 0.0

    def visit(self, element: Element, where: _Where) -> None:
        """Add what an element costs with all that is drawn for it."""
        self._visits += 1
        if self._visits > MOST_VISITS or where.depth > _DEEPEST:
            raise DrawingError(_TOO_MANY, element.line)
        own = self._properties(element)
        inner = self._within(element, own, where)
        self._spend(_EACH * inner.times, element)
        area = self._area(element, inner) if element.tag in _SHAPES or _LAYERS & own.keys() else inner.most
        inner = self._layered(element, own, inner, area)
        if element.tag == "text":
            self._write(element, inner)
        elif element.tag in _SHAPES:
            self._paint(element, inner, area)
        self._descend(element, inner)

    def _spend(self, effort: float, element: Element) -> None:
        self._effort += effort
        if not self._effort <= MOST_EFFORT:
            raise DrawingError(_TOO_MUCH, element.line)

    def _properties(self, element: Element) -> Properties:
        known = self._own.get(id(element))
        if known is None:
            own = {name: value for name, value in element.attributes.items() if name in _LOOKED_AT}
            own.update(_declared(element.attributes.get("style", "")))
            both = {name: f"{own.get(name, '')} {value}" for name, value in self._sheet.items()}
            known = self._own[id(element)] = own | both  # whatever the sheet selects: the costlier counts
        return known

    def _within(self, element: Element, own: Properties, where: _Where) -> _Where:
        inherited = {**where.inherited, **{name: value for name, value in own.items() if name in _INHERITED}}
        matrix = _matrix(element, own, where.matrix)
        return replace(where, matrix=matrix, inherited=inherited, depth=where.depth + 1)

    def _area(self, element: Element, where: _Where) -> float:
        """The pixels of an element's box, at most: of text and of what is not known, all."""
        box = self._box(element, where)
        if box is None:
            return where.most
        return min(where.most, (box.right - box.left + 2) * (box.bottom - box.top + 2))

    def _box(self, element: Element, where: _Where) -> Box | None:
        if element.tag in ("g", "a"):
            return self._group_box(element, where)
        outline = self._outline(element)
        if where.matrix is None or outline is None or any(name in where.inherited for name in _MARKERS):
            return None
        _check_reach(seen_box(outline.box, where.matrix), element)
        return seen_box(_grown(outline.box, _reach(where.inherited)), where.matrix)

    def _group_box(self, group: Element, where: _Where) -> Box | None:
        boxes: list[Box] = []
        for child in group.elements:
            self._spend(_EACH, child)
            own = self._properties(child)
            box = None if "filter" in own else self._box(child, self._within(child, own, where))
            if box is None:
                return None
            boxes.append(box)
        return _around(boxes) if boxes else None

    def _outline(self, element: Element) -> Outline | None:
        if id(element) not in self._outlines:
            self._outlines[id(element)] = outline_of(element)
        return self._outlines[id(element)]

    def _layered(self, element: Element, own: Properties, where: _Where, area: float) -> _Where:
        """Add the layers that an element opens; what lies in it lies in them."""
        said = [(name, own[name].strip()) for name in sorted(_LAYERS & own.keys())]
        opened = [self._open(name, value, element, where, area) for name, value in said if value not in _NO_LAYER]
        layered = where.layered + sum(opened)
        if opened and layered > MOST_LAYERED:
            raise DrawingError(_TOO_MUCH, element.line)
        return replace(where, layered=layered)

    def _open(self, name: str, value: str, element: Element, where: _Where, area: float) -> float:
        """Add what one layer costs; return the pixels that it holds."""
        named = self._named(value)
        if name == "filter":
            return self._filter(value, named, element, replace(where, most=area))
        self._spend(where.times * area * {"clip-path": _CLIP, "mask": _MASK}.get(name, _OPACITY), element)
        for each in named:
            self._refer(each, replace(where, matrix=_units_matrix(each, where.matrix)))
        return 2 * area

    def _filter(self, value: str, named: list[Element], element: Element, where: _Where) -> float:
        primitives = sum(len(list(each.walk())) - 1 for each in named) + _FUNCTIONS * (
            value.count("(") - len(drawings.references(value))
        )
        pixels = where.most * max((_region(each) for each in named), default=_LARGEST_REGION)
        self._spend(where.times * pixels * (_FILTER + _PRIMITIVE * primitives), element)
        return pixels * (2 + primitives)

    def _paint(self, element: Element, where: _Where, area: float) -> None:
        outline = self._outline(element)
        for name in ("fill", "stroke"):
            said = where.inherited.get(name, "none" if name == "stroke" else "black").strip()
            if set(said.split()) == {"none"}:
                continue
            self._spend(where.times * area * self._rate(said, where, area), element)
            self._spend(where.times * self._edges(name, outline, where), element)
        for name in _MARKERS:
            for marker in self._named(where.inherited.get(name, "")):
                self._mark(marker, outline.corners if outline else MOST_VISITS, where)

    def _rate(self, paint: str, where: _Where, area: float) -> float:
        rate = _FILL
        for each in self._named(paint):
            rate = max(rate, _GRADIENT)
            if each.tag == "pattern":
                self._tile(each, where, area)
        return rate

    def _tile(self, pattern: Element, where: _Where, area: float) -> None:
        """A pattern's tile is drawn as a picture of its own, as large as it says."""
        pixels = self._tile_pixels(pattern, where, area)
        if pixels > drawings.MOST_PIXELS:
            raise DrawingError("a pattern's tile is larger than any picture may be", pattern.line)
        self._spend(where.times * _PATTERN * pixels, pattern)
        self._refer(pattern, replace(where, matrix=None, most=max(1.0, pixels)))

    def _tile_pixels(self, pattern: Element, where: _Where, area: float) -> float:
        sides = [self._said(pattern, name) for name in ("width", "height")]
        numbers = [_fraction(side) for side in sides]
        turned = Element("pattern", {"transform": self._said(pattern, "patternTransform")}, pattern.line)
        told = math.prod(math.inf if number is None else number for number in numbers)
        told *= max(1.0, scale_of(transform_of(turned)) ** 2)
        if self._said(pattern, "patternUnits") == "userSpaceOnUse":
            return told * (scale_of(where.matrix) ** 2 if where.matrix else where.most)
        return told * area * 4

    def _said(self, pattern: Element, name: str) -> str:
        """An attribute of a pattern, or of the one that it refers to (svg.parse has refused circles)."""
        said = pattern.attributes.get(name)
        other = self._by_id.get(pattern.attributes.get("href", "")[1:])
        if said is not None or other is None:
            return said or ""
        return self._said(other, name)

    def _edges(self, name: str, outline: Outline | None, where: _Where) -> float:
        corners, travel = (outline.corners, outline.travel) if outline else (8, FURTHEST)
        side = 2 * math.sqrt(where.most) + 2
        passed = corners + min(travel * scale_of(where.matrix) if where.matrix else math.inf, corners * side)
        if name == "fill":
            return _EDGE * passed
        return _STROKED_EDGE * passed + _DASH * _dashes(where.inherited.get("stroke-dasharray", "none"), travel)

    def _mark(self, marker: Element, corners: int, where: _Where) -> None:
        most = min(where.most, max(1.0, self._marker_pixels(marker, where)))
        self._spend(where.times * corners * _CLIP * most, marker)
        self._refer(marker, replace(where, matrix=None, most=most, times=where.times * corners))

    def _marker_pixels(self, marker: Element, where: _Where) -> float:
        sides = [drawings.length(marker.attributes.get(name, "3")) for name in ("markerWidth", "markerHeight")]
        if where.matrix is None or None in sides or self._properties(marker).get("overflow", "hidden") != "hidden":
            return math.inf
        unit = 1.0 if "markerUnits" in marker.attributes else max(1.0, _stroke_width(where.inherited))
        return math.prod(abs(side or 0.0) for side in sides) * (unit * scale_of(where.matrix)) ** 2

    def _refer(self, element: Element, where: _Where) -> None:
        """Visit what stands elsewhere: it inherits from where it stands."""
        if where.depth > _DEEPEST:
            raise DrawingError(_TOO_MANY, element.line)
        inner = replace(where, inherited=self._inherited_at(element), depth=where.depth + 1)
        inner = self._layered(element, self._properties(element), inner, where.most)
        for child in element.elements:
            self.visit(child, inner)
        other = self._by_id.get(element.attributes.get("href", "")[1:])
        if other is not None:
            self._refer(other, inner)

    def _inherited_at(self, element: Element) -> Properties:
        above = [element]
        while (parent := self._parents.get(id(above[-1]))) is not None:
            above.append(parent)
        inherited: dict[str, str] = {}
        for each in reversed(above):
            inherited.update((name, value) for name, value in self._properties(each).items() if name in _INHERITED)
        return inherited

    def _write(self, text: Element, where: _Where) -> None:
        """Letters are laid out in a time that grows with their number squared, and with that of their spans."""
        parts = list(text.walk())
        letters = sum(len(part.own_text) for part in parts)
        each = _LETTER + _LETTERS_SQUARED * letters + _SPAN_LETTERS * len(parts)
        self._spend(where.times * letters * each, text)
        scale = scale_of(where.matrix) if where.matrix else math.inf
        area = min(where.most, letters * (self._letters * scale) ** 2)
        paints = {self._properties(part).get(name, "") for part in parts for name in ("fill", "stroke")}
        for said in sorted({*paints, where.inherited.get("fill", ""), where.inherited.get("stroke", "")}):
            self._spend(where.times * area * self._rate(said, where, where.most), text)

    def _descend(self, element: Element, where: _Where) -> None:
        if element.tag in _UNSEEN or element.tag == "text":
            return
        for child in element.elements:
            self.visit(child, where)
        target = self._by_id.get(element.attributes.get("href", "")[1:]) if element.tag == "use" else None
        if target is not None:
            is_symbol = target.tag == "symbol"
            self.visit(replace(target, tag="g") if is_symbol else target, _shifted(element, where, is_symbol=is_symbol))

    def _named(self, value: str) -> list[Element]:
        return [self._by_id[name] for name in drawings.references(value) if name in self._by_id]


_SHAPES = frozenset({"rect", "circle", "ellipse", "line", "polyline", "polygon", "path"})
_UNSEEN_TAGS = """
defs symbol pattern mask clipPath marker filter linearGradient radialGradient style title desc metadata
"""
_UNSEEN = frozenset(_UNSEEN_TAGS.split())
_NO_LAYER = frozenset({"", "none", "1", "1.0", "100%", "normal", "auto"})
_TOO_MANY = "drawn out, the drawing has too many elements: name fewer by <use> and url()"
_TOO_MUCH = "the drawing is too much work at its size: draw fewer large, layered or filtered things, or make it smaller"


def _declared(css: str) -> dict[str, str]:
    """What declarations set, each property's values one behind the other."""
    found: dict[str, str] = {}
    for written, value in _DECLARED.findall(css):
        name = written.casefold()
        for each in _MARKERS if name == "marker" else (name,):
            if each in _LOOKED_AT:
                found[each] = f"{found[each]} {value.strip()}" if each in found else value.strip()
    return found


def _matrix(element: Element, own: Properties, above: Matrix | None) -> Matrix | None:
    if above is None or own.get("transform") != element.attributes.get("transform"):
        return None  # a style's own transform
    return product(above, transform_of(element))


def _shifted(use: Element, where: _Where, *, is_symbol: bool) -> _Where:
    """A symbol is fitted into a box of its own: where it comes to lie is not known."""
    across, down = (drawings.length(use.attributes.get(name, "0")) for name in ("x", "y"))
    if where.matrix is None or across is None or down is None or is_symbol:
        return replace(where, matrix=None)
    return replace(where, matrix=product(where.matrix, (1.0, 0.0, 0.0, 1.0, across, down)))


def _region(region: Element) -> float:
    """A filter's region as a multiple of the box of what it is put on."""
    if region.attributes.get("filterUnits") == "userSpaceOnUse":
        return _LARGEST_REGION
    sides = [_fraction(region.attributes.get(name, "120%")) for name in ("width", "height")]
    return math.prod(_LARGEST_REGION if side is None else min(side, _LARGEST_REGION) for side in sides)


def _units_matrix(element: Element, matrix: Matrix | None) -> Matrix | None:
    units = (element.attributes.get(name) for name in ("clipPathUnits", "maskContentUnits"))
    return None if "objectBoundingBox" in units else matrix


def _fraction(said: str) -> float | None:
    """A side of a tile, a percentage as what it is of one; None where it is not told by numbers."""
    percent = said.strip().endswith("%")
    number = drawings.length(said.strip().removesuffix("%") or "0")
    return None if number is None else abs(number) / (100 if percent else 1)


def _stroke_width(inherited: Properties) -> float:
    if set(inherited.get("stroke", "none").split()) == {"none"} and not any(name in inherited for name in _MARKERS):
        return 0.0
    width = drawings.length(inherited.get("stroke-width", "1"))
    return FURTHEST if width is None else abs(width)


def _reach(inherited: Properties) -> float:
    """How far a stroke may stand out: half its width, and at a sharp corner as many times that as it is let."""
    corner = drawings.length(inherited.get("stroke-miterlimit", "4"))
    return FURTHEST if corner is None else min(FURTHEST, _stroke_width(inherited) * max(1.0, abs(corner)) / 2)


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _grown(box: Box, by: float) -> Box:
    return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)


def _check_reach(seen: Box, element: Element) -> None:
    if max(map(abs, (seen.left, seen.top, seen.right, seen.bottom))) > FURTHEST:
        raise DrawingError("a shape leads out of all bounds", element.line)


def _dashes(said: str, travel: float) -> float:
    shortest = min((number for each in _NUMBER.findall(said) if (number := float(each))), default=math.inf)
    return min(_MOST_DASHES, 2 * travel / shortest)


def _largest_letters(root: Element, sheets: str) -> float:
    """The largest size that letters can have; beyond all bounds where one is told by something else than numbers."""
    said = [sheets, *(element.attributes.get("style", "") for element in root.walk())]
    sizes = [value for text in said for name, value in _DECLARED.findall(text) if name.casefold() == "font-size"]
    sizes += [element.attributes["font-size"] for element in root.walk() if "font-size" in element.attributes]
    return max((FURTHEST if (size := drawings.length(each)) is None else size for each in sizes), default=16.0)
