"""What a model is asked for, by what its step writes, and the files that its answer is. It calls nobody.

One text file: the answer is the file. One YAML or JSON file that the gate holds to a schema: data that fits it. More
than one file, or a pattern: a list of paths and contents. Pictures that are drawn afterwards, and binary files, are not
asked for.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.agents.interface import Request
from orchestrator.content import json_text
from orchestrator.content.json_schema import Schema, SchemaFault, compiled, named
from orchestrator.documents.emit import emit_yaml
from orchestrator.errors import DocumentError
from orchestrator.model.names import path_fault, shown
from orchestrator.model.patterns import is_literal, matches_any

_BINARY = tuple(
    f".{name}"
    for name in (
        *("png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "tif", "tiff", "pdf", "epub", "docx", "xlsx"),
        *("pptx", "odt", "ods", "zip", "gz", "xz", "bz2", "tar", "7z", "woff", "woff2", "ttf", "otf", "mp3", "mp4"),
        *("wav", "ogg", "webm", "mov", "sqlite", "parquet", "wasm"),
    )
)
_DATA = (".yaml", ".yml", ".json")
_WHOLE = "value"
"""The key that holds an answer whose schema is not one of keys and values."""
_OPENING = re.compile(r"(`{3,}+|~{3,}+)([^`\n]*+)")
"""Possessive, as no repeat of it may give back what it took: a line of a million blanks would take hours."""
_NESTING = frozenset({"", "md", "markdown", "text", "txt"})
_MARKDOWN = (".md", ".markdown")
_OF_MARKDOWN = frozenset({"", "md", "markdown"})
_MARK = "\ufeff"
"""A byte order mark, which some models begin with."""
_MOST_BREACHES = 5


class Misfit(Exception):
    """An answer that is whole, but not of the form that was asked for. Its text says what is wrong, for the model."""


def is_closed(schema: object) -> bool:
    """Say whether every object of a schema names all its keys, and nothing of it stands elsewhere."""
    if isinstance(schema, Mapping):
        is_open = schema.get("type") == "object" and schema.get("additionalProperties") is not False
        return not is_open and "$ref" not in schema and all(map(is_closed, schema.values()))
    return all(map(is_closed, schema)) if isinstance(schema, list) else True


class Unwritable(Misfit):
    """A text that no file can hold, and no request either."""


class NoData(Misfit):
    """A text that is no JSON at all where data was asked for."""


@dataclass(frozen=True, slots=True)
class Text:
    """The answer's text is the file."""

    path: str
    schema: None = None


@dataclass(frozen=True, slots=True)
class Data:
    """The answer is data that fits a schema. `schema` is what the model is shown: always one of keys and values."""

    path: str
    schema: Mapping[str, object]
    rule: Schema
    is_wrapped: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The answer is a list of files."""

    patterns: tuple[str, ...]
    schema: Mapping[str, object]
    drawn: Mapping[str, str] = field(default_factory=dict)
    """Picture → the SVG that it is drawn from afterwards."""
    schemas: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


Form = Text | Data | Files


@dataclass(frozen=True, slots=True)
class Unasked:
    """No model can be asked for what the step writes."""

    reason: str


def form_of(request: Request) -> Form | Unasked:
    """Return what a model is asked for. Raises ImportError where a schema needs a library that is not installed."""
    drawn = {path: source for path, source in request.agent.extras.renders.items() if path in request.writes}
    asked = tuple(path for path in request.writes if path not in drawn and not _is_binary(path))
    if not asked:
        return Unasked(f"a model writes text, and {request.step} writes {', '.join(request.writes) or 'nothing'}")
    first = asked[0]
    if len(asked) > 1 or not is_literal(first):
        return Files(asked, _files_schema(asked), drawn, request.schemas)
    schema = request.schemas.get(first)
    return _data_form(first, schema) if schema is not None and first.endswith(_DATA) else Text(first)


def _is_binary(path: str) -> bool:
    return is_literal(path) and path.casefold().endswith(_BINARY)


def _data_form(path: str, schema: Mapping[str, object]) -> Data | Unasked:
    plain = json.loads(json.dumps(schema))
    try:
        rule = compiled(plain)
    except SchemaFault as exc:
        return Unasked(f"the schema of {path} is wrong: {exc.message}")
    is_wrapped = plain.get("type") != "object"
    asked = plain if not is_wrapped else _wrapped(plain)
    return Data(path, asked, rule, is_wrapped)


def _wrapped(schema: dict[str, object]) -> dict[str, object]:
    """References begin at the root, so what they lead to stays there."""
    shared: dict[str, object] = {key: schema.pop(key) for key in ("$defs", "definitions", "$schema") if key in schema}
    return {
        "type": "object",
        "properties": {_WHOLE: schema},
        "required": [_WHOLE],
        "additionalProperties": False,
        **shared,
    }


def _files_schema(patterns: tuple[str, ...]) -> dict[str, object]:
    path: dict[str, object] = {"type": "string", "description": f"one of: {', '.join(patterns)}"}
    if all(map(is_literal, patterns)):
        path = {"type": "string", "enum": list(patterns)}
    content = {"type": "string", "description": "the whole content of the file"}
    each = {
        "type": "object",
        "properties": {"path": path, "content": content},
        "required": ["path", "content"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"files": {"type": "array", "items": each}},
        "required": ["files"],
        "additionalProperties": False,
    }


# --- what the model is told ------------------------------------------------------------------------------------------


def note_of(form: Form) -> str:
    """Return the paragraph on the form of the answer that goes under the role's system prompt."""
    if isinstance(form, Text):
        return (
            f"The text of your answer becomes the file {form.path}, as it stands: write the whole of the file, nothing"
            " before it and nothing after it, and put no fence around it."
        )
    if isinstance(form, Data):
        return f"Your answer is the content of {form.path}, as data that fits the schema you are given."
    return _note_of_files(form)


def _note_of_files(form: Files) -> str:
    parts = [
        "Your answer is a list of files, for each its path and the whole of its content. You may write:"
        f" {', '.join(form.patterns)}. Leave out a file that is to stay as it is."
    ]
    parts += [
        f"{picture} is drawn from {source} afterwards; do not write it." for picture, source in form.drawn.items()
    ]
    parts += [f"{path} must fit this JSON Schema: {json.dumps(schema)}" for path, schema in form.schemas.items()]
    return " ".join(parts)


# --- what the answer is ----------------------------------------------------------------------------------------------


def files_of_text(form: Form, text: str) -> dict[str, bytes]:
    """Return the files of an answer that is a text, or data written as one. Raises Misfit."""
    if isinstance(form, Text):
        is_markdown = form.path.casefold().endswith(_MARKDOWN)
        return {form.path: _lines(unfenced(text, is_markdown=is_markdown))}
    return files_of_value(form, _parsed(unfenced(text)))


def _parsed(text: str) -> object:
    try:
        return json_text.load(text, "the answer")
    except DocumentError as exc:
        raise NoData(f"{exc.place}: {exc.message}") from exc


def files_of_value(form: Form, value: object) -> dict[str, bytes]:
    """Return the files of an answer that is data. Raises Misfit."""
    if isinstance(form, Data):
        return {form.path: _data_file(form, value)}
    if isinstance(form, Files):
        return _several(form, value)
    raise Misfit("a text was asked for, not data")


def _data_file(form: Data, value: object) -> bytes:
    if form.is_wrapped:
        if not isinstance(value, dict) or set(value) != {_WHOLE}:
            raise Misfit(f"the answer must have the key {_WHOLE}, and no other")
        value = value[_WHOLE]
    _hold(form.rule, value)
    if form.path.endswith(".json"):
        return _encoded(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    return emit_yaml(value)


def _hold(rule: Schema, value: object) -> None:
    try:
        breaches = list(rule.breaches(value))
    except SchemaFault as exc:
        raise Misfit(exc.message) from exc
    if breaches:
        told = [f"{named(each.path, 'the whole')} {each.message}" for each in breaches[:_MOST_BREACHES]]
        raise Misfit("; ".join(told))


def _several(form: Files, value: object) -> dict[str, bytes]:
    listed = value.get("files") if isinstance(value, dict) else None
    if not isinstance(listed, list) or not listed:
        raise Misfit("the answer must have the key files, a list of at least one file")
    files: dict[str, bytes] = {}
    for each in listed:
        path, content = _one(form, each)
        if path in files:
            raise Misfit(f"{shown(path)} is there twice")
        files[path] = content
    return files


def _one(form: Files, each: object) -> tuple[str, bytes]:
    path, content = (each.get("path"), each.get("content")) if isinstance(each, dict) else (None, None)
    if not isinstance(path, str) or not isinstance(content, str):
        raise Misfit("each of the files must have a path and a content, both texts")
    if path_fault(path) or not matches_any(form.patterns, path):
        raise Misfit(f"{shown(path)} is none of the files to write: {', '.join(form.patterns)}")
    if not content.strip():
        raise Misfit(f"{shown(path)} is empty")
    return path, _lines(content)


def _lines(text: str) -> bytes:
    """The text without empty lines around it, its last line ended. Raises Unwritable."""
    return _encoded(text.removeprefix(_MARK).strip("\r\n") + "\n")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as exc:
        raise Unwritable(f"there is half a surrogate pair in it, U+{ord(text[exc.start]):04X}") from exc


def unfenced(text: str, *, is_markdown: bool = False) -> str:
    """Return what stands in the fence where the whole answer is one fenced block, else the answer as it is.

    A fence in a fenced Markdown file is told from the end of the file's own by the word that opens it. A Markdown file
    may be a block of code and no more: a fence that names another language is its own.
    """
    lines = text.removeprefix(_MARK).strip().split("\n")
    opening = _OPENING.fullmatch(lines[0].rstrip())
    if opening is None or len(lines) < 2:
        return text
    language = opening[2].strip().casefold()
    if is_markdown and language.partition(" ")[0] not in _OF_MARKDOWN:
        return text
    end = _closing(lines, opening[1], may_nest=language in _NESTING)
    return "\n".join(lines[1:-1]) if end == len(lines) - 1 else text


def _closing(lines: list[str], mark: str, *, may_nest: bool) -> int | None:
    """The number of the line that closes the fence of the first line."""
    is_within = False
    for number, line in enumerate(lines[1:], start=1):
        found = _OPENING.fullmatch(line.rstrip())
        if found is None or found[1][0] != mark[0] or len(found[1]) < len(mark):
            continue
        if found[2].strip():
            is_within = is_within or may_nest
        elif not is_within:
            return number
        else:
            is_within = False
    return None
