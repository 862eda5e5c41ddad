"""HTML as browsers build it, by justhtml: elements with their lines, and what the writing of the page breaks.

The rules are those of the HTML standard (https://html.spec.whatwg.org/). Nothing is run, fetched or mended here.
justhtml is imported where a page is read, since not every installation has it: `read` raises ImportError.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from orchestrator.content.tags import VOID, tags
from orchestrator.model.names import shown

if TYPE_CHECKING:
    from justhtml import JustHTML

MOST_CHARACTERS = 2_000_000
MOST_TAGS = 100_000
"""Each takes up to 25 µs to read."""
_MOST_LOOKED_AT = 100
_MOST_SHOWN = 200

_MAY_STAY_OPEN_NAMES = "html head body p li dt dd rt rp optgroup option colgroup caption thead tbody tfoot tr td th"
_MAY_STAY_OPEN = frozenset(_MAY_STAY_OPEN_NAMES.split())
"""Elements whose end tag may be left out (HTML, 13.1.2.4)."""
_UNSEEN = frozenset(["script", "style", "template", "head", "title", "noscript"])
_DOCTYPE_FAULTS = frozenset(["expected-doctype-but-got-chars", "expected-doctype-but-got-start-tag", "unknown-doctype"])
_FAULTS = {
    "eof-in-comment": "a comment is not closed",
    "eof-in-tag": "a tag is not closed",
    "unexpected-null-character": "a NUL character stands in the page",
}
_END_TAG = re.compile(r"</([^>\s]{1,100})")


class PageTooLarge(Exception):
    """A page that would take too long to read. `line` is where the limit is passed."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(slots=True, eq=False)
class Element:
    """An element. What is not of HTML has its kind before its name, as in `svg:title`."""

    tag: str
    line: int
    attributes: Mapping[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return the value of an attribute without the space around it, or nothing."""
        return self.attributes.get(name, "").strip()

    def words(self) -> str:
        """Return what a reader hears of it: its texts, and those that stand for pictures; of a long one the beginning.

        Of a hostile element with thousands of parts only the first few are looked at.
        """
        found: list[str] = []
        todo: list[Element | str] = [self]
        for _ in range(_MOST_LOOKED_AT):
            if not todo:
                break
            part = todo.pop()
            if isinstance(part, str):
                found.append(part[:_MOST_SHOWN])
            elif part.tag not in _UNSEEN - {self.tag} and part.get("aria-hidden") != "true":
                found.append(f" {_label(part)} ")
                todo.extend(reversed(part.children))
        return " ".join("".join(found).split())


def _label(element: Element) -> str:
    return element.get("aria-label") or (element.get("alt") if element.tag in ("img", "area", "input") else "")


@dataclass(frozen=True, slots=True)
class Fault:
    """What the writing of a page breaks. `rule`: parse-error, unclosed, repeated-attribute or doctype."""

    rule: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its elements in the order of their beginnings, what templates hold left out; and its faults by line."""

    elements: tuple[Element, ...]
    faults: tuple[Fault, ...]

    def all(self, *names: str) -> tuple[Element, ...]:
        """Return the elements of certain names."""
        return tuple(element for element in self.elements if element.tag in names)


@lru_cache(maxsize=2)
def read(text: str) -> Page:
    """Return the page. Raises PageTooLarge, and ImportError where justhtml is not installed."""
    from justhtml import JustHTML  # in the extra `checks`

    _refuse_too_large(text)
    document = JustHTML(text, sanitize=False, collect_errors=True, track_node_locations=True)
    faults = [*_parser_faults(document), *_written_faults(text)]
    return Page(tuple(_elements(document)), tuple(sorted(faults, key=lambda fault: fault.line)))


def _refuse_too_large(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        line = text.count("\n", 0, MOST_CHARACTERS) + 1
        raise PageTooLarge(f"the page has {len(text)} characters; at most {MOST_CHARACTERS} are read", line)
    count = text.count("<")
    if count > MOST_TAGS:
        place = -1
        for _ in range(MOST_TAGS + 1):
            place = text.find("<", place + 1)
        message = f"the page has {count} tags; at most {MOST_TAGS} are read"
        raise PageTooLarge(message, text.count("\n", 0, place) + 1)


def _elements(document: "JustHTML") -> Iterator[Element]:
    """By hand and not by recursion: a hostile page is nested as deep as it likes."""
    todo: list[tuple[Any, Element | None]] = [(document.root, None)]
    while todo:
        node, parent = todo.pop()
        if node.name == "#text":
            if parent is not None:
                parent.children.append(str(node.data or ""))
            continue
        if not node.name.startswith(("#", "!")):
            parent = _element(node, parent)
            yield parent
        todo.extend((child, parent) for child in reversed(node.children or ()))


def _element(node: Any, parent: Element | None) -> Element:
    """One that the parser put in by itself has the line of what it lies in."""
    name = node.name if node.namespace in (None, "html") else f"{node.namespace}:{node.name}"
    line = node.origin_line or (parent.line if parent else 1)
    element = Element(name, line, {key: value or "" for key, value in (node.attrs or {}).items()}, parent)
    if parent is not None:
        parent.children.append(element)
    return element


def _parser_faults(document: "JustHTML") -> Iterator[Fault]:
    for error in document.errors:
        if error.code in _DOCTYPE_FAULTS:
            yield Fault("doctype", error.line or 1, "the page does not begin with <!doctype html>")
        elif error.code == "unexpected-end-tag":
            found = _END_TAG.search(error.message)
            tag = f"</{_named(found[1])}>" if found else "an end tag"
            yield Fault("parse-error", error.line or 1, f"{tag} closes nothing that is open")
        else:
            yield Fault("parse-error", error.line or 1, _FAULTS.get(error.code, error.code))


def _written_faults(text: str) -> Iterator[Fault]:
    """Look at the tags as they are written: the parser closes in silence what the author left open."""
    opened: list[tuple[str, int]] = []
    count: Counter[str] = Counter()
    line, reached = 1, 0
    for tag in tags(text):
        line += text.count("\n", reached, tag.at)
        reached = tag.at
        yield from (
            Fault(
                "repeated-attribute",
                line,
                f"<{_named(tag.name)}> has the attribute {_named(name)} twice: the first counts",
            )
            for name, times in Counter(name for name, _ in tag.attributes).items()
            if times > 1
        )
        if tag.is_end:
            yield from _closed(tag.name, opened, count)
        elif tag.name not in VOID and not (tag.is_self_closing and (count["svg"] or count["math"])):
            opened.append((tag.name, line))
            count[tag.name] += 1
    yield from (_unclosed(name, line) for name, line in opened if name not in _MAY_STAY_OPEN)


def _closed(name: str, opened: list[tuple[str, int]], count: Counter[str]) -> Iterator[Fault]:
    """Close an element, and all that was left open in it."""
    while count[name]:
        inner, line = opened.pop()
        count[inner] -= 1
        if inner == name:
            return
        if inner not in _MAY_STAY_OPEN:
            yield _unclosed(inner, line)


def _named(name: str) -> str:
    """Return a name of the page's own for a message: cut, its controls escaped."""
    return shown(name)[1:-1]


def _unclosed(name: str, line: int) -> Fault:
    return Fault("unclosed", line, f"<{_named(name)}> is not closed, or not where it should be")
