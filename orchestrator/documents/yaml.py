"""Strict YAML: text in, plain values and their places out. It reads no file and knows no model.

Refused before anything is built: more than 1 MB, 64 levels or 50,000 nodes; a second document; anchors, aliases, tags
and directives; keys that are twice there. Scalars resolve much as in YAML 1.2's core schema: null, true, false, decimal
integers and floats; all else is text, so that `no`, `0777`, `0x1F` and dates stay as they were written.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # the C parser: five to twenty times as fast
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from orchestrator.documents.text import decode, refuse_conflict_markers
from orchestrator.errors import DocumentError, Place
from orchestrator.model.names import shown

MOST_DEPTH = 64
MOST_NODES = 50_000
MOST_DIGITS = 40
MOST_FAULTS = 100

KeyPath = tuple[str | int, ...]
"""Keys and 0-based indexes from the root: `("steps", "draft", "gate", 0)`."""


class Span(NamedTuple):
    """Where a node stands: 0-based offsets in characters, 1-based line and column of its start."""

    start: int
    end: int
    line: int
    column: int


class ScalarNode(NamedTuple):
    """A text, and whether it stood without quotes, so that it may mean something else."""

    text: str
    is_plain: bool
    span: Span


class ListNode(NamedTuple):
    """A list. `is_flow`: in brackets."""

    items: "list[Node]"
    is_flow: bool
    span: Span


class MapNode(NamedTuple):
    """A mapping, in the order in which it stands; of keys that stand twice, the first."""

    entries: "dict[str, tuple[ScalarNode, Node]]"
    is_flow: bool
    span: Span


Node = ScalarNode | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Tree:
    """A composed document: its root, None where it is empty, and the keys that stand twice, as errors."""

    root: Node | None
    faults: tuple[DocumentError, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """1-based (line, column) of a value, and of its key where it has one."""

    value: tuple[int, int]
    key: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """A loaded document, with the places of all that is in it by key path; the root's path is ()."""

    value: object
    marks: Mapping[KeyPath, Mark]


def load(text: str | bytes, path: str) -> object:
    """Return the document as dicts with text keys, lists, str, int, float, bool and None; an empty one is None.

    Raises DocumentError with line and column in `path`.
    """
    return plain(_faultless(compose(text, path)))


def load_located(text: str | bytes, path: str) -> Located:
    """Return what `load` does, with the place of each key and value. Raises DocumentError."""
    root = _faultless(compose(text, path))
    return Located(plain(root), dict(_marks(root, (), None)) if root is not None else {})


def compose(text: str | bytes, path: str) -> Tree:
    """Return the document as nodes that know their places. Raises DocumentError, but for keys that stand twice."""
    decoded = decode(text, path)
    refuse_conflict_markers(decoded, path)
    composer = _Composer(decoded, path)
    try:
        return composer.compose()
    except YAMLError as exc:
        raise _translated(exc, path) from exc


def plain(node: Node | None) -> object:
    """Return a node's value."""
    if node is None:
        return None
    if isinstance(node, ScalarNode):
        return resolve(node.text) if node.is_plain else node.text
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, (_, value) in node.entries.items()}


_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(\.[0-9]*)?|(\.[0-9]+))([eE][-+]?[0-9]+)?")


def resolve(text: str) -> str | int | float | bool | None:
    """Return what a text without quotes means."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    found = _NUMBER.fullmatch(text) if len(text) <= MOST_DIGITS else None
    if found is None:
        return text
    if not any(found.groups()):
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else text


def descend(root: Node | None, path: KeyPath) -> Node | None:
    """Return the node at a key path, or None where there is none."""
    node = root
    for step in path:
        node = child(node, step)
    return node


def child(node: Node | None, step: str | int) -> Node | None:
    """Return the node under one key or index, or None where there is none."""
    if isinstance(node, MapNode) and isinstance(step, str) and step in node.entries:
        return node.entries[step][1]
    if isinstance(node, ListNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def _faultless(tree: Tree) -> Node | None:
    if tree.faults:
        raise together(tree.faults)
    return tree.root


def together(faults: tuple[DocumentError, ...]) -> DocumentError:
    """Return the first of several errors, which carries the others. There must be one."""
    first, *others = faults
    return DocumentError(first.message, place=first.place, hint=first.hint, others=tuple(others))


def _marks(node: Node, path: KeyPath, key: ScalarNode | None) -> Iterator[tuple[KeyPath, Mark]]:
    yield path, Mark(node.span[2:], key.span[2:] if key else None)
    if isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from _marks(item, (*path, index), None)
    elif isinstance(node, MapNode):
        for name, (name_node, value) in node.entries.items():
            yield from _marks(value, (*path, name), name_node)


class _Composer:
    """Builds the tree from the parser's events, and stops at the first thing that a strict document may not have."""

    def __init__(self, text: str, path: str) -> None:
        self._parser = CParser(text)
        self._path = path
        self._nodes = 0
        self._faults: list[DocumentError] = []

    def compose(self) -> Tree:
        self._next()
        if not self._parser.check_event(DocumentStartEvent):
            return Tree(None, ())
        start = self._next()
        if start.version or start.tags:
            raise self._fault(start, "a directive (%) is not allowed", "leave the line out")
        root = self._node(0)
        self._next()
        if self._parser.check_event(DocumentStartEvent):
            raise self._fault(self._next(), "a second document begins here", "one file holds one document: drop '---'")
        return Tree(root, tuple(self._faults))

    def _next(self) -> Any:
        return self._parser.get_event()

    def _node(self, depth: int) -> Node:
        event = self._next()
        self._bound(event, depth)
        if isinstance(event, ScalarEvent):
            return ScalarNode(event.value, not event.style, _span(event, event))
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, depth + 1)
        return self._mapping(event, depth + 1)

    def _bound(self, event: Any, depth: int) -> None:
        if isinstance(event, AliasEvent):
            raise self._fault(event, "an alias (*) is not allowed", "write the value out, or put the text in quotes")
        if event.anchor is not None:
            raise self._fault(event, "an anchor (&) is not allowed", "write the value out, or put the text in quotes")
        if event.tag is not None:
            raise self._fault(event, f"a tag, {shown(event.tag)}, is not allowed", "leave it out, or quote the text")
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._fault(event, f"more than {MOST_NODES:,} values", "split the file")
        if depth > MOST_DEPTH:
            raise self._fault(event, f"more than {MOST_DEPTH} levels deep", "make it flatter")

    def _sequence(self, start: Any, depth: int) -> ListNode:
        items = []
        while not self._parser.check_event(SequenceEndEvent):
            items.append(self._node(depth))
        return ListNode(items, bool(start.flow_style), _span(start, self._next()))

    def _mapping(self, start: Any, depth: int) -> MapNode:
        entries: dict[str, tuple[ScalarNode, Node]] = {}
        while not self._parser.check_event(MappingEndEvent):
            key = self._key(depth)
            value = self._node(depth)
            if key.text not in entries:
                entries[key.text] = (key, value)
            elif len(self._faults) < MOST_FAULTS:
                self._faults.append(self._twice(key, entries[key.text][0]))
        return MapNode(entries, bool(start.flow_style), _span(start, self._next()))

    def _key(self, depth: int) -> ScalarNode:
        if self._parser.check_event(MappingStartEvent, SequenceStartEvent):
            hint = "a text that begins with '{' or '[' must stand in quotes"
            raise self._fault(self._next(), "a key must be a text", hint)
        key = self._node(depth)
        assert isinstance(key, ScalarNode)  # the only kind of event that is left
        return key

    def _twice(self, key: ScalarNode, first: ScalarNode) -> DocumentError:
        return DocumentError(
            f"{shown_key(key.text)}: this key stands twice",
            place=Place(self._path, key.span.line, key.span.column),
            hint=f"the first one is in line {first.span.line}; keep one of them",
        )

    def _fault(self, event: Any, message: str, hint: str) -> DocumentError:
        mark = event.start_mark
        return DocumentError(message, place=Place(self._path, mark.line + 1, mark.column + 1), hint=hint)


def shown_key(key: str) -> str:
    """Return a key as a message names it: as it is where it is short and plain, else quoted and cut."""
    return key if re.fullmatch(r"[\w./-]{1,60}", key) else shown(key)


def _span(start: Any, end: Any) -> Span:
    mark = start.start_mark
    return Span(mark.index, end.end_mark.index, mark.line + 1, mark.column + 1)


_HINTS = {
    "mapping values are not allowed in this context": "a text that contains ': ' must stand in quotes",
    "found character that cannot start any token": "indent with spaces; a text that begins with @, `, % or a tab "
    "must stand in quotes",
    "did not find expected key": "look at the indentation of this line, and at quotes left open above it",
    "did not find expected '-' indicator": "look at the indentation: items of one list begin in one column",
    "could not find expected ':'": "a key ends in ':' and stands in one line with it",
    "found unexpected end of stream": "a quote or a bracket was left open",
    "did not find expected ',' or ']'": "a bracket [ was left open",
    "did not find expected ',' or '}'": "a bracket { was left open",
    "did not find expected node content": "a value is missing, or a text that begins with a sign wants quotes",
}


_HINT = "look at the indentation, and at quotes and brackets left open above; write lines such as 'key: value'"


def _translated(exc: YAMLError, path: str) -> DocumentError:
    if not isinstance(exc, MarkedYAMLError):
        return DocumentError(f"not YAML: {exc}", place=Place(path), hint=_HINT)
    problem = str(exc.problem)
    mark = exc.problem_mark or exc.context_mark
    place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
    since = f" {exc.context} of line {exc.context_mark.line + 1}" if exc.context and exc.context_mark else ""
    return DocumentError(f"not YAML: {problem}{since}", place=place, hint=_HINTS.get(problem, _HINT))
