"""Structured texts (YAML, JSON, JSON Lines) held against a JSON Schema, each mistake with its line. It opens no file.

Which of the three a text is, the file's ending says; where that says nothing, the first character does.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from orchestrator.content import json_text
from orchestrator.content.json_schema import Breach, Schema, named
from orchestrator.content.mistakes import MOST_OF_A_RULE, Mistake
from orchestrator.documents import yaml
from orchestrator.documents.yaml import KeyPath, Mark
from orchestrator.errors import DocumentError, Place

YAML = (".yaml", ".yml")
JSON = (".json",)
JSON_LINES = (".jsonl", ".ndjson")

UNREADABLE = "unreadable"
"""The rule of what cannot be read at all; the others are the schema's."""
BREACH = "breach"

MOST_LINES = 200_000
"""Of JSON Lines."""


@dataclass(frozen=True, slots=True)
class Structured:
    """A value, and what tells where its parts stand."""

    value: object
    marks: Callable[[Collection[KeyPath]], Mapping[KeyPath, Mark]]

    def line(self, path: KeyPath) -> int:
        """Return the 1-based line of a part, 1 where it is not there."""
        mark = self.marks([path]).get(path)
        return mark.value[0] if mark else 1


def load(text: str, path: str) -> Structured:
    """Return a YAML or JSON text's value. Raises DocumentError with line and column in `path`."""
    return from_json(text, path) if _is_json(text, path) else from_yaml(text, path)


def from_json(text: str, path: str) -> Structured:
    """Return as `load` does."""
    return Structured(json_text.load(text, path), lambda wanted: json_text.marks(text, wanted))


def from_yaml(text: str, path: str) -> Structured:
    """Return as `load` does."""
    tree = yaml.compose(text, path)
    if tree.faults:
        raise yaml.together(tree.faults)
    return Structured(yaml.plain(tree.root), lambda wanted: _marks(tree.root, wanted))


def mistakes(text: str, path: str, schema: Schema) -> Iterator[Mistake]:
    """Return what is wrong with a text. Raises SchemaFault as `Schema.breaches` does."""
    if path.casefold().endswith(JSON_LINES):
        if not text or text.isspace():
            return iter((Mistake(UNREADABLE, 1, "the file has no line to judge", "write a value on each line"),))
        return chain.from_iterable(_of_line(number, line, path, schema) for number, line in _numbered(text))
    return _of_document(text, path, schema)


def breached(structured: Structured, schema: Schema, whole: str) -> Iterator[Mistake]:
    """Return the breaches in a value that is called `whole`; of those that nobody will read, no lines."""
    found = schema.breaches(structured.value)
    first = list(islice(found, MOST_OF_A_RULE))
    marks = structured.marks([breach.path for breach in first])
    placed = [_placed(breach, marks.get(breach.path), whole) for breach in first]
    yield from sorted(placed, key=lambda mistake: mistake.line or 0)
    yield from (Mistake(BREACH, None, breach.message) for breach in found)


def _is_json(text: str, path: str) -> bool:
    ending = path.casefold()
    return ending.endswith(JSON) or (not ending.endswith(YAML) and text.lstrip()[:1] in ("{", "["))


def _marks(root: yaml.Node | None, wanted: Collection[KeyPath]) -> Mapping[KeyPath, Mark]:
    found = ((path, _mark(root, path)) for path in wanted)
    return {path: mark for path, mark in found if mark}


def _mark(root: yaml.Node | None, path: KeyPath) -> Mark | None:
    node = yaml.descend(root, path)
    if node is None:
        return None
    above = yaml.descend(root, path[:-1])
    key = above.entries[str(path[-1])][0].span[2:] if path and isinstance(above, yaml.MapNode) else None
    return Mark(node.span[2:], key)


def _placed(breach: Breach, mark: Mark | None, whole: str) -> Mistake:
    line = 1
    if mark:
        line = mark.key[0] if breach.is_at_key and mark.key else mark.value[0]
    return Mistake(BREACH, line, f"{named(breach.path, whole)} {breach.message}", breach.suggestion)


def _of_document(text: str, path: str, schema: Schema) -> Iterator[Mistake]:
    try:
        structured = load(text, path)
    except DocumentError as exc:
        yield from unreadable(exc)
        return
    yield from breached(structured, schema, "the file")


def unreadable(error: DocumentError, lines_before: int = 0) -> Iterator[Mistake]:
    """Return an error of a document, and those that it carries, as mistakes."""
    for each in (error, *error.others):
        place = each.place or Place("")
        yield Mistake(UNREADABLE, (place.line or 1) + lines_before, each.message, each.hint)


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    start = number = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        number += 1
        yield number, text[start:end]
        start = end + 1


def _of_line(number: int, line: str, path: str, schema: Schema) -> Iterator[Mistake]:
    if number > MOST_LINES:
        if number == MOST_LINES + 1:
            yield Mistake(UNREADABLE, number, f"more than {MOST_LINES:,} lines", "split the file")
        return
    if not line.strip():
        return
    try:
        structured = from_json(line, path)
    except DocumentError as exc:
        yield from unreadable(exc, number - 1)
        return
    for mistake in breached(structured, schema, "the line"):
        yield Mistake(mistake.rule, number, mistake.message, mistake.suggestion)
