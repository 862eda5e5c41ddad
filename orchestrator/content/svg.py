"""SVG text ⇄ a tree of the elements that we draw. The fence for drawings of any origin: nothing is drawn here.

Only known elements of the SVG namespace pass; elements of other namespaces are left out, and what could run, fetch,
expand or take forever is refused. What is drawn later is this tree written out again, never the bytes that came in.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from orchestrator.content.xml_text import escape, quote_attribute

MOST_BYTES = 2_000_000
MOST_ELEMENTS = 20_000
MOST_DEPTH = 64
MOST_WEIGHT = 100_000
MOST_SIDE = 8_192
MOST_PIXELS = 32_000_000

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_KNOWN_TAGS = """
svg g defs title desc metadata style rect circle ellipse line polyline polygon path text tspan a symbol use
linearGradient radialGradient stop clipPath mask pattern marker
filter feGaussianBlur feOffset feMerge feMergeNode feFlood feComposite feColorMatrix feDropShadow feBlend
"""
_KNOWN = frozenset(_KNOWN_TAGS.split())
_WORDY = frozenset({"id", "class", "href", "title", "lang"})
"""Attributes that hold no CSS."""
_APART = frozenset({"defs", "symbol", "pattern", "mask", "clipPath", "marker"})
_GRADIENTS = frozenset({"linearGradient", "radialGradient"})
_REFERENCE = re.compile(r"url\(\s{0,9}['\"]?\s{0,9}#([^'\"()\s]{1,200})\s{0,9}['\"]?\s{0,9}\)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(px|pt|pc|mm|cm|in)?\s*")
_UNITS = {None: 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


class DrawingError(ValueError):
    """The drawing cannot be read, or holds what we do not draw. `line` is 1-based."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Element:
    """One element, and what stands in it in order: elements and text. `line` is where it begins, 1-based."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def elements(self) -> "Iterator[Element]":
        """The elements directly in this one."""
        return (child for child in self.children if isinstance(child, Element))

    @property
    def own_text(self) -> str:
        """The text directly in this one."""
        return "".join(child for child in self.children if isinstance(child, str))

    def walk(self) -> "Iterator[Element]":
        """This element and all below it, in the order of the document."""
        yield self
        for child in self.elements:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Canvas:
    """The part of the plane that is shown, in the drawing's own units, and the picture's size in pixels."""

    x: float
    y: float
    width: float
    height: float
    pixels_wide: float
    pixels_high: float


def parse(svg: bytes) -> Element:
    """Return the root of the drawing. Raises DrawingError for what is no SVG, or is not safe to draw."""
    if len(svg) > MOST_BYTES:
        raise DrawingError(f"the drawing has {len(svg):,} bytes; the most is {MOST_BYTES:,}")
    root = _Reader().read(svg)
    _refuse_heavy(root)
    canvas(root)
    return root


def write(element: Element) -> str:
    """Return the element and all below it as XML."""
    return "".join(_pieces(element, is_root=True))


def canvas(root: Element) -> Canvas:
    """Return the canvas, from viewBox, width and height. Raises DrawingError where it is absent or too large."""
    box = _view_box(root)
    wide, high = (_side(root, name, fallback) for name, fallback in (("width", box[2:3]), ("height", box[3:4])))
    if not (0 < wide <= MOST_SIDE and 0 < high <= MOST_SIDE and wide * high <= MOST_PIXELS):
        raise DrawingError(f"the drawing is {wide:g} × {high:g} pixels; a side has 1 to {MOST_SIDE}", root.line)
    x, y, width, height = box or (0.0, 0.0, wide, high)
    return Canvas(x, y, width, height, wide, high)


def length(text: str) -> float | None:
    """Return a length in pixels: a finite number, with an absolute unit or none. None where it is something else."""
    found = _LENGTH.fullmatch(text)
    pixels = float(found[1]) * _UNITS[found[2]] if found else math.inf
    return pixels if math.isfinite(pixels) else None


def references(text: str) -> list[str]:
    """Return the ids that a value or a style sheet names by `url(#id)`."""
    return _REFERENCE.findall(text)


def may_hide_reference(name: str, value: str) -> bool:
    """Say whether an attribute that CSS reads has a backslash, as in `u\\72l(…)`. `name`: without its namespace."""
    return "\\" in value and name not in _WORDY and not name.startswith(("aria-", "data-"))


class _Reader:
    """Feeds expat, and builds the tree. Namespaces are resolved, so that a prefix hides nothing."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._root: Element | None = None
        self._count = 0
        self._foreign = 0
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._expat.StartDoctypeDeclHandler = lambda *_: self._refuse("a DOCTYPE is not allowed: remove it")
        self._expat.ProcessingInstructionHandler = lambda *_: self._refuse("a processing instruction is not allowed")

    def read(self, svg: bytes) -> Element:
        try:
            self._expat.Parse(svg, True)  # noqa: FBT003 - expat takes it by position alone
        except expat.ExpatError as fault:
            raise DrawingError(f"not well-formed XML: {expat.ErrorString(fault.code)}", fault.lineno) from fault
        if self._root is None:
            raise DrawingError("the root element is not <svg> of the namespace http://www.w3.org/2000/svg", 1)
        return self._root

    def _refuse(self, message: str) -> None:
        raise DrawingError(message, self._expat.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            self._refuse(f"more than {MOST_ELEMENTS:,} elements")
        namespace, _, tag = name.rpartition(" ")
        if self._foreign or namespace != _SVG:
            self._foreign += 1
            if self._foreign > MOST_DEPTH:
                self._refuse(f"more than {MOST_DEPTH} elements deep")
            return
        self._check_place(tag)
        element = Element(tag, self._admitted(tag, attributes), self._expat.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _check_place(self, tag: str) -> None:
        if tag not in _KNOWN:
            self._refuse(f"<{tag}> is not among the elements that are drawn")
        if (tag == "svg") is bool(self._open):
            self._refuse("<svg> is the root, and stands nowhere else")
        if len(self._open) >= MOST_DEPTH:
            self._refuse(f"more than {MOST_DEPTH} elements deep")
        if tag == "text" and any(element.tag in _APART for element in self._open):
            self._refuse("text in a definition cannot be measured: put it where it is drawn")

    def _admitted(self, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name, value in attributes.items():
            namespace, _, local = name.rpartition(" ")
            if namespace not in ("", _XLINK, _XML):
                continue
            if local.startswith("on"):
                self._refuse(f"the event attribute {local} is not allowed")
            if local == "href" and tag != "a" and not value.startswith("#"):
                self._refuse(f"<{tag}> refers to {value[:40]!r}; only '#name' in the drawing itself is allowed")
            if may_hide_reference(local, value):
                self._refuse(f"the attribute {local[:40]} has a backslash, which can hide a url()")
            if not (tag == "a" and local == "href"):
                self._check_references(value)
                kept[f"xml:{local}" if namespace == _XML else local] = value
        return kept

    def _check_references(self, value: str) -> None:
        if value.casefold().count("url(") != len(_REFERENCE.findall(value)):
            self._refuse("url() may only name '#name' in the drawing itself")

    def _end(self, _name: str) -> None:
        if self._foreign:
            self._foreign -= 1
            return
        closed = self._open.pop()
        if closed.tag == "style":  # whole: expat hands text out in pieces, and one may end within a url()
            self._check_references(closed.own_text)

    def _characters(self, text: str) -> None:
        if self._foreign or not self._open:
            return
        if self._open[-1].tag == "style" and ("@" in text or "\\" in text):
            self._refuse("a style sheet may have no @ rule and no backslash")
        self._open[-1].children.append(text)


def _refuse_heavy(root: Element) -> None:
    """What is drawn again wherever it is named must stay small: the sum over all that a name draws is bounded."""
    by_id = {element.attributes["id"]: element for element in root.walk() if "id" in element.attributes}
    weights: dict[int, int] = {}
    if _weight(root, by_id, weights, frozenset()) > MOST_WEIGHT:
        raise DrawingError(f"drawn out, the drawing has more than {MOST_WEIGHT:,} elements", root.line)
    for element in root.walk():
        if element.tag == "style" and any(
            by_id[name].tag not in _GRADIENTS for name in _names(element) if name in by_id
        ):
            raise DrawingError("a style sheet may name gradients only: set other paints on the element", element.line)
        target = by_id.get(element.attributes.get("href", "")[1:])
        if element.tag == "use" and target and any(below.tag == "text" for below in target.walk()):
            raise DrawingError("text drawn by <use> cannot be measured: put it where it is drawn", element.line)


def _weight(element: Element, by_id: Mapping[str, Element], weights: dict[int, int], above: frozenset[int]) -> int:
    known = weights.get(id(element))
    if known is not None:
        return known
    if id(element) in above or len(above) > MOST_DEPTH * 4:
        raise DrawingError(f"<{element.tag}> refers to itself", element.line)
    within = above | {id(element)}
    named = (by_id[name] for name in _names(element) if name in by_id)
    weights[id(element)] = 1 + sum(_weight(part, by_id, weights, within) for part in (*element.elements, *named))
    return weights[id(element)]


def _names(element: Element) -> Iterator[str]:
    texts = [*element.attributes.values(), *([element.own_text] if element.tag == "style" else [])]
    for text in texts:
        yield from references(text)
    if "href" in element.attributes:
        yield element.attributes["href"][1:]


def _view_box(root: Element) -> tuple[float, ...]:
    said = root.attributes.get("viewBox")
    if said is None:
        return ()
    numbers = tuple(length(part) for part in said.replace(",", " ").split())
    box = tuple(number for number in numbers if number is not None)
    if len(box) != 4 or len(numbers) != 4 or not (0 < box[2] <= 1e6 and 0 < box[3] <= 1e6):
        raise DrawingError("viewBox must be four numbers: x y width height, the last two above 0", root.line)
    return box


def _side(root: Element, name: str, fallback: tuple[float, ...]) -> float:
    said = root.attributes.get(name, "100%")
    measured = length(said)
    if measured is not None:
        return measured
    if said.endswith("%") and fallback:
        return fallback[0]
    raise DrawingError(f'no {name} in pixels and no viewBox: write viewBox="0 0 1200 900"', root.line)


def _pieces(element: Element, *, is_root: bool = False) -> Iterator[str]:
    space = f' xmlns="{_SVG}"' if is_root else ""
    names = "".join(f" {name}={quote_attribute(value)}" for name, value in element.attributes.items())
    if not element.children:
        yield f"<{element.tag}{space}{names}/>"
        return
    yield f"<{element.tag}{space}{names}>"
    for child in element.children:
        yield from [escape(child)] if isinstance(child, str) else _pieces(child)
    yield f"</{element.tag}>"
