"""The check `front_matter`: the YAML at a Markdown file's head has certain keys, of certain kinds and lengths."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from orchestrator.content import markdown
from orchestrator.errors import DocumentError
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown


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
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: FrontMatter) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _judge(text, settings)


def _judge(text: Text, settings: FrontMatter) -> Iterator[Finding]:
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
    for key, message, suggestion in _faults(head.data, settings):
        yield _finding(text, settings.severity, f"{shown(key)} {message}", lines.get(key, 1), suggestion)


def _faults(data: Mapping[str, object], settings: FrontMatter) -> Iterator[tuple[str, str, str]]:
    for key in settings.required:
        if key not in data:
            yield key, "is missing from the front matter", f"add '{key}: …'"
        elif _is_empty(data[key]):
            yield key, "is empty", "fill it in"
    for key, kind in settings.types.items():
        if key in data and not _is_empty(data[key]) and not _IS[kind](data[key]):
            yield key, f"is to be {_ARTICLE[kind]}", f"write {_EXAMPLE[kind].format(key=key)}"
    for key, most in settings.max.items():
        size = _size(data.get(key))
        if size > most:
            unit = "items" if isinstance(data[key], list | tuple) else "characters"
            yield key, f"has {size} {unit}; at most {most} are wanted", "shorten it"


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


def _size(value: object) -> int:
    if isinstance(value, list | tuple):
        return len(value)
    return 0 if value is None else len(str(value))


def _finding(text: Text, severity: Severity, message: str, line: int | None, suggestion: str | None) -> Finding:
    return Finding(severity=severity, message=message, file=text.path, line=line, suggestion=suggestion)


CHECK = Check(
    "front_matter",
    "The YAML at a Markdown file's head has certain keys, of certain kinds and lengths.",
    FrontMatter,
    _run,
)
