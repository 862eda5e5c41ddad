"""The check `front_matter`: the YAML at a Markdown file's head has certain keys, of certain kinds and lengths."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from orchestrator.content import markdown, structured
from orchestrator.content.json_schema import Schema, SchemaFault
from orchestrator.content.mistakes import capped
from orchestrator.content.regexes import compiled
from orchestrator.documents import yaml
from orchestrator.errors import DocumentError
from orchestrator.gates.checks import schema
from orchestrator.gates.expressions import Expression
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean


class Kind(StrEnum):
    """What a key may hold."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    LIST = "list"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_IS: Mapping[Kind, Callable[[object], bool]] = {
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.NUMBER: _is_number,
    Kind.INTEGER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    Kind.BOOLEAN: lambda value: isinstance(value, bool),
    Kind.LIST: lambda value: isinstance(value, list | tuple),
}


class FrontMatter(CheckSettings):
    """Settings of `front_matter`."""

    bare: ClassVar[str | None] = "required"
    example: ClassVar[str] = "front_matter: {required: [title, price, tags], types: {price: number}, max: {title: 60}}"

    required: tuple[str, ...] = Field(default=(), description="keys that must be there and not empty")
    types: Mapping[str, Kind] = Field(
        default_factory=dict, description="key → text, number, integer, boolean or list; for the keys that are there"
    )
    max: Mapping[str, int] = Field(
        default_factory=dict, description="key → the most characters of a text, or items of a list"
    )
    values: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description="key → what it, or each item of its list, may hold"
    )
    patterns: Mapping[str, Expression] = Field(
        default_factory=dict,
        description="key → a regular expression (RE2) that the whole value, or each item of its list, matches",
    )
    no_others: bool = Field(default=False, description="no key but those that these settings name")
    schema_file: FilePath | None = Field(
        default=None, alias="schema", description="a JSON Schema for all the keys, as the check `schema` takes it"
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: FrontMatter) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    known = schema.read_schema(material, settings.schema_file) if settings.schema_file else None
    yield from faults
    for text in texts:
        yield from _judge(text, settings, known)


def _judge(text: Text, settings: FrontMatter, known: Schema | None) -> Iterator[Finding]:
    try:
        head = markdown.split_front_matter(text.text, text.path)
    except DocumentError as exc:
        line = exc.place.line if exc.place else None
        yield _finding(text, Severity.CRITICAL, exc.message, line, exc.hint)
        return
    if head.data is None:
        wanted = f" with {', '.join(settings.required)}" if settings.required else ""
        yield _finding(
            text, settings.severity, f"the front matter{wanted} is missing", 1, "begin the file with '---', keys, '---'"
        )
        return
    lines = markdown.key_lines(text.text)
    for key, message, suggestion in _faults(head.data, _nodes(text), settings):
        yield _finding(text, settings.severity, f"{shown(key)} {message}", lines.get(key, 1), suggestion)
    if known is not None:
        yield from _breaches(text, known, settings)


def _breaches(text: Text, known: Schema, settings: FrontMatter) -> Iterator[Finding]:
    head = structured.from_yaml(_yaml(text), text.path)
    try:
        for mistake in capped(structured.breached(head, known, "the front matter")):
            yield schema.finding(mistake, text.path, settings.severity)
    except SchemaFault as exc:
        raise CannotRun(f"the schema {settings.schema_file} against {text.path}: {exc.message}") from exc


def _nodes(text: Text) -> Mapping[str, yaml.Node]:
    """Return the keys with what stands there as it is written, which a number loses when it is read: `24.00`."""
    root = yaml.compose(_yaml(text), text.path).root
    return {key: node for key, (_, node) in root.entries.items()} if isinstance(root, yaml.MapNode) else {}


def _yaml(text: Text) -> str:
    """Return the front matter between its fences, each line under its own number."""
    lines = text.text.split("\n")[1 : markdown.front_matter_lines(text.text) - 1]
    return "\n".join(["", *lines, ""]) if any(lines) else "{}"


def _faults(
    data: Mapping[str, object], nodes: Mapping[str, yaml.Node], settings: FrontMatter
) -> Iterator[tuple[str, str, str]]:
    for key in settings.required:
        if key not in data:
            yield key, "is missing from the front matter", f"add '{key}: …'"
        elif _is_empty(data[key]):
            yield key, "is empty", "fill it in"
    for key, kind in settings.types.items():
        if key in data and not _is_empty(data[key]) and not _IS[kind](data[key]):
            yield key, f"is to be {_ARTICLE[kind]}", f"write {_EXAMPLE[kind].format(key=key)}"
    for key, most in settings.max.items():
        size = _size(nodes.get(key))
        if size > most:
            unit = "items" if isinstance(data[key], list | tuple) else "characters"
            yield key, f"has {size} {unit}; at most {most} are wanted", "shorten it"
    yield from _of_values(nodes, settings)
    if settings.no_others:
        yield from _others(data, settings)


def _of_values(nodes: Mapping[str, yaml.Node], settings: FrontMatter) -> Iterator[tuple[str, str, str]]:
    for key, allowed in settings.values.items():
        for item in _items(nodes.get(key)):
            if item.written not in allowed and item.meant not in allowed:
                hint = did_you_mean(item.written, allowed, "write one of") or "take it out"
                yield key, f"is {shown(item.written)}, which is none of those allowed", hint
    for key, expression in settings.patterns.items():
        pattern = compiled(expression)
        for item in _items(nodes.get(key)):
            if not pattern.fullmatch(item.written):
                hint = "write it so that the pattern matches the whole of it"
                yield key, f"is {shown(item.written)}, which is not in the form wanted", hint


def _others(data: Mapping[str, object], settings: FrontMatter) -> Iterator[tuple[str, str, str]]:
    named = (settings.required, settings.types, settings.max, settings.values, settings.patterns)
    known = dict.fromkeys(key for keys in named for key in keys)
    for key in data:
        if key not in known:
            yield key, "is not wanted", did_you_mean(key, known, "take it out; wanted") or "take it out"


@dataclass(frozen=True, slots=True)
class _Item:
    """A value as it is written, and as a number without quotes reads among the settings: `24.00` is `24.0` there."""

    written: str
    meant: str


def _items(node: yaml.Node | None) -> Iterator[_Item]:
    """The value, or each item of a list; nothing of what is empty."""
    for each in node.items if isinstance(node, yaml.ListNode) else (node,):
        value = yaml.plain(each)
        if not _is_empty(value):
            yield _Item(_written(each, value), str(value))


def _written(node: yaml.Node | None, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return node.text if isinstance(node, yaml.ScalarNode) else str(value)


_ARTICLE = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number",
    Kind.INTEGER: "a whole number",
    Kind.BOOLEAN: "true or false",
    Kind.LIST: "a list",
}
_EXAMPLE = {
    Kind.TEXT: '{key}: "…"',
    Kind.NUMBER: "{key}: 24.00",
    Kind.INTEGER: "{key}: 24",
    Kind.BOOLEAN: "{key}: true",
    Kind.LIST: "{key}: [one, two]",
}


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], (), {})


def _size(node: yaml.Node | None) -> int:
    if isinstance(node, yaml.ListNode):
        return len(node.items)
    value = yaml.plain(node)
    return 0 if value is None else len(_written(node, value))


def _finding(text: Text, severity: Severity, message: str, line: int | None, suggestion: str | None) -> Finding:
    return Finding(severity=severity, message=message, file=text.path, line=line, suggestion=suggestion)


CHECK = Check(
    "front_matter",
    "The YAML at a Markdown file's head has certain keys, of certain kinds and lengths.",
    FrontMatter,
    _run,
)
