"""What is wrong with an SVG of any origin, all of it and not only the first: rules broken, each with its line.

Expat reads it in one pass and no tree is built, so that a file too deep or too large for the fence (`svg.parse`) can
still be told what is wrong. Entities are never expanded: at a DOCTYPE the reading ends.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from PIL import Image

from orchestrator.content import svg as drawings
from orchestrator.content import typeface
from orchestrator.content.effort import check_effort
from orchestrator.content.picture import render_tree
from orchestrator.content.svg import Canvas, DrawingError, Element

MOST_BREACHES = 1_000
"""A hostile file may break a rule with each of a million attributes."""

_SVG = "http://www.w3.org/2000/svg"
_LONGEST = 400
_OUTSIDE = 10
"""Canvases on each side that are looked at for what lies outside."""
_RUNS = ("javascript:", "vbscript:", "data:text/html")
_PICTURES = tuple(f"data:image/{kind}{mark}" for kind in ("png", "jpeg", "gif", "webp") for mark in ";,")
_FETCHING = frozenset({"href", "src", "srcset", "poster", "data"})
_URL = re.compile(r"(?:url|src|image)\(\s*+['\"]?\s*+([^'\"()\s]{0,80})", re.IGNORECASE)
_FAMILY = re.compile(r"font-family\s{0,9}:([^;{}]*)", re.IGNORECASE)
_BLANKS = re.compile(r"[\x00-\x20]+")
"""Browsers pass over them at the head of an address, and over tabs and line ends within."""
_CHOICE_OF_PICTURES = "image-set("


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken, and where. `line` is 1-based."""

    rule: str
    message: str
    line: int | None = None


@dataclass(slots=True)
class Inspection:
    """What was found in a drawing. `elements` is how many it has, `depth` how deep they stand in each other at most."""

    breaches: list[Breach] = field(default_factory=list)
    elements: int = 0
    depth: int = 0
    deepest_line: int = 1


def inspect(svg: bytes) -> Inspection:
    """Return what is wrong with the text of a drawing. Raises nothing: what is no XML is the breach `well-formed`."""
    return _Reader().read(svg)


def look(svg: bytes) -> Iterator[Breach]:
    """Return what is wrong with the drawing once it is drawn: that it cannot be, or that nothing is seen of it."""
    try:
        root = drawings.parse(svg)
        shown = _shown(root)
        if shown is None:
            return
        is_outside = shown == 0 and _is_outside(root)
    except DrawingError as fault:
        said = fault.message.removeprefix("the drawing cannot be drawn: ")
        yield Breach("renders", f"the drawing cannot be drawn: {said}", fault.line)
        return
    if is_outside:
        yield Breach("off-canvas", "all that is drawn lies outside of the canvas", root.line)
    else:
        kind = "nothing is seen in the drawing" if shown == 0 else "the drawing is of one colour all over"
        yield Breach("blank", kind, root.line)


class _StopReading(Exception):
    """What follows is not to be read."""


class _Reader:
    def __init__(self) -> None:
        self._found = Inspection()
        self._tags: list[str] = []
        self._root_line = 1
        self._titled = False
        self._text_line = 0
        self._text: list[str] = []
        self._families: set[str] = set()
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = False  # the line of a piece of text is that of its beginning
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._expat.StartDoctypeDeclHandler = self._doctype
        self._expat.ProcessingInstructionHandler = self._instruction

    def read(self, svg: bytes) -> Inspection:
        try:
            self._expat.Parse(svg, True)  # noqa: FBT003 - expat takes it by position alone
        except expat.ExpatError as fault:
            self._add("well-formed", f"not well-formed XML: {expat.ErrorString(fault.code)}", fault.lineno)
        except _StopReading:
            return self._found
        if self._found.elements and not self._titled and not self._has("well-formed"):
            self._add("title", "the drawing has no title: who cannot see it is told nothing", self._root_line)
        return self._found

    def _has(self, rule: str) -> bool:
        return any(breach.rule == rule for breach in self._found.breaches)

    def _add(self, rule: str, message: str, line: int | None = None) -> None:
        if len(self._found.breaches) < MOST_BREACHES:
            self._found.breaches.append(Breach(rule, message, line or self._expat.CurrentLineNumber))

    def _doctype(self, *_: object) -> None:
        self._add("entities", "a DOCTYPE can declare entities, which grow or fetch; what follows it was not read")
        raise _StopReading

    def _instruction(self, target: str, _: str) -> None:
        rule = "external" if target.casefold() == "xml-stylesheet" else "script"
        self._add(rule, f"the processing instruction {target[:40]!r} is for other programs to act on")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, tag = name.rpartition(" ")
        self._count()
        if not self._tags:
            self._root(namespace, tag, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        self._tags.append(tag)
        if tag.casefold() == "script":
            self._add("script", "a script in a drawing runs in the reader's browser")
        if tag == "foreignObject" or namespace == "http://www.w3.org/1999/xhtml":
            self._add("foreign-object", f"<{tag[:40]}> is not drawn outside of a browser")
        for key, value in attributes.items():
            self._attribute(tag, key.rpartition(" ")[2], value)
        if tag in ("style", "title"):
            self._text, self._text_line = [], 0

    def _count(self) -> None:
        self._found.elements += 1
        if len(self._tags) + 1 > self._found.depth:
            self._found.depth = len(self._tags) + 1
            if self._found.depth <= drawings.MOST_DEPTH + 1:
                self._found.deepest_line = self._expat.CurrentLineNumber

    def _root(self, namespace: str, tag: str, attributes: Mapping[str, str]) -> None:
        self._root_line = self._expat.CurrentLineNumber
        if namespace != _SVG or tag != "svg":
            self._add("well-formed", f"the root element is not <svg> of the namespace {_SVG}")
            raise _StopReading
        self._titled = any(attributes.get(name, "").strip() for name in ("aria-label", "aria-labelledby"))
        if "viewBox" not in attributes:
            self._add("view-box", "the drawing has no viewBox: it cannot be shown in another size")
        for rule, message in _size_faults(attributes):
            self._add(rule, message)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        start = _BLANKS.sub("", value)[:200].casefold()
        if name.casefold().startswith("on"):
            self._add("script", f"the attribute {name[:40]} of <{tag[:40]}> runs a script")
        elif start.startswith(_RUNS) or (tag == "a" and name == "href" and _is_document(start)):
            self._add("script", f"the attribute {name[:40]} of <{tag[:40]}> runs what it says")
        elif name in _FETCHING and tag != "a" and not _stays(start):
            self._add("external", f"<{tag[:40]}> fetches {value[:60].strip()!r}")
        if drawings.may_hide_reference(name, value):
            self._add("external", f"the attribute {name[:40]} of <{tag[:40]}> has a backslash, which can hide a url()")
        for target in _fetched(value):
            self._add("external", f"the attribute {name[:40]} of <{tag[:40]}> fetches {target!r}")
        self._fonts(value if name == "font-family" else "", value if name == "style" else "", None)

    def _characters(self, text: str) -> None:
        if self._tags and self._tags[-1] in ("style", "title"):
            self._text_line = self._text_line or self._expat.CurrentLineNumber
            self._text.append(text)

    def _end(self, _name: str) -> None:
        tag = self._tags.pop()
        if tag == "style":
            self._sheet("".join(self._text), self._text_line)
        if tag == "title" and len(self._tags) == 1 and "".join(self._text).strip():
            self._titled = True

    def _sheet(self, text: str, first: int) -> None:
        """An expression never spans lines here: what CSS would read over a line's end, the fence refuses."""
        for line, written in enumerate(text.split("\n"), start=first):
            if len(self._found.breaches) >= MOST_BREACHES:
                return
            for target in _fetched(written):
                self._add("external", f"the style sheet fetches {target!r}", line)
            if "@import" in written.casefold():
                self._add("external", "@import fetches another style sheet", line)
            if "\\" in written:
                self._add("external", "the style sheet has a backslash, which can hide a url()", line)
            self._fonts("", written, line)

    def _fonts(self, families: str, style: str, line: int | None) -> None:
        for said in (families, *_FAMILY.findall(style)):
            wanted = said.replace("!important", "").strip()[:200]
            if wanted and wanted not in self._families and not typeface.has(wanted):
                self._families.add(wanted)
                self._add("fonts", f"the renderer has no typeface {wanted[:60]!r}: it draws {typeface.FAMILY}", line)


def _stays(target: str) -> bool:
    """Whether what is named lies in the drawing, or is a picture that it brings along."""
    return not target or target.startswith(("#", *_PICTURES))


def _is_document(target: str) -> bool:
    """Whether an address holds what it leads to, and that is no picture: an SVG behind a link runs its scripts."""
    return target.startswith("data:") and not _stays(target)


def _fetched(value: str) -> Iterator[str]:
    """What a value fetches; a choice of pictures names them without a url() too, and stands in no drawing of ours."""
    if "(" in value:
        if _CHOICE_OF_PICTURES in value.casefold():
            yield _CHOICE_OF_PICTURES + ")"
        yield from (target[:60] for target in _URL.findall(value) if not _stays(target.casefold()))


def _size_faults(attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    sides: dict[str, float] = {}
    for name in ("width", "height"):
        said = attributes.get(name)
        pixels = drawings.length(said) if said is not None else None
        if pixels is not None:
            sides[name] = pixels
        elif said is not None and not _is_share(said):
            yield "size", f"the {name} {said[:40]!r} is no length in pixels"
    for name, pixels in sides.items():
        if not 0 < pixels <= drawings.MOST_SIDE:
            yield "size", f"the {name} is {pixels:g} pixels; a side has more than 0 and at most {drawings.MOST_SIDE}"
    if len(sides) == 2 and all(0 < side <= drawings.MOST_SIDE for side in sides.values()):
        pixels = sides["width"] * sides["height"]
        if pixels > drawings.MOST_PIXELS:
            yield "size", f"the drawing has {pixels:,.0f} pixels; at most {drawings.MOST_PIXELS:,} are drawn"


def _is_share(said: str) -> bool:
    share = drawings.length(said.strip().removesuffix("%")) if said.strip().endswith("%") else None
    return share is not None and share > 0


def _shown(root: Element) -> int | None:
    """Return None where something is seen; else how many channels one look has: 0 where all is transparent."""
    canvas = drawings.canvas(root)
    small = max(1, int(_LONGEST * min(1.0, canvas.pixels_wide / canvas.pixels_high)))
    check_effort(root, canvas.pixels_wide, canvas.pixels_high)
    shown = _colors(render_tree(root, width=small))
    # what is too fine for the small picture is looked for in one of the drawing's own size
    return shown if shown is None else _colors(render_tree(root))


def _colors(png: bytes) -> int | None:
    with Image.open(BytesIO(png), formats=["PNG"]) as picture:
        channels = picture.convert("RGBA").split()
    ranges = [channel.getextrema() for channel in channels]
    if ranges[3] == (0, 0):
        return 0
    return 4 if all(low == high for low, high in ranges) else None


def _is_outside(root: Element) -> bool:
    canvas = drawings.canvas(root)
    times = 2 * _OUTSIDE + 1
    box = Canvas(canvas.x - _OUTSIDE * canvas.width, canvas.y - _OUTSIDE * canvas.height, 0, 0, 0, 0)
    seen = f"{box.x} {box.y} {canvas.width * times} {canvas.height * times}"
    wider = Element("svg", {**root.attributes, "viewBox": seen}, root.line, root.children)
    return _colors(render_tree(wider, width=1_000)) != 0
