"""Values held against a JSON Schema, and what is wrong told in plain words. It reads no file and fetches nothing.

Drafts 4, 6, 7, 2019-09 and 2020-12 (which holds where no `$schema` is said). References lead within the schema only.
`format` is asserted for date, date-time, time, email, uri, uuid, ipv4, ipv6 and regex; other formats are remarks.
Patterns are those of RE2. It needs the library jsonschema, and raises ImportError where that is not installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.content.formats import EXAMPLES
from orchestrator.documents.yaml import KeyPath
from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean, nearest

_PLAIN_KEY = re.compile(r"[\w$@-]{1,60}")
_MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Breach:
    """What a schema does not allow: the way to it, and a message that goes on after its name (`is to be a number`)."""

    path: KeyPath
    message: str
    suggestion: str
    is_at_key: bool
    """It is about a key, or about all that a key holds; else about a single value."""


class SchemaFault(Exception):
    """The schema itself is wrong, at a key path, or asks for what is not done here."""

    def __init__(self, message: str, path: KeyPath = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class Schema:
    """A schema that was found right, ready for any number of values. Made by `compiled`."""

    def __init__(self, validator: Any, work: Any) -> None:
        self._validator = validator
        self._work = work

    def breaches(self, value: object) -> Iterator[Breach]:
        """Return what is wrong, in the order of the schema.

        The value is one that YAML or JSON holds, of at most a hundred levels. Raises SchemaFault where the comparing
        comes to no end.
        """
        self._work.begin_anew()
        for error in _bounded(self._validator.iter_errors(value)):
            yield _breach(error)


def compiled(document: object) -> Schema:
    """Return the schema that a document is. Raises SchemaFault where it is none, ImportError without the library."""
    from orchestrator.content import json_keywords  # jsonschema is an extra, and takes 100 ms

    work = json_keywords.Work()
    kind = json_keywords.hardened(_draft(document, json_keywords), work)
    of_schemas = json_keywords.checking(kind, kind.META_SCHEMA)
    _refuse_faults(of_schemas, document, ())
    work.begin_anew()
    validator = json_keywords.checking(kind, document)
    for reference in _bounded(json_keywords.references(validator)):
        way = _way_to(reference.owner, document) or ()
        if not reference.parts:
            raise SchemaFault(f"the reference {shown(reference.address)} leads nowhere, and nothing is fetched", way)
        for part in reference.parts:
            _refuse_faults(of_schemas, part, way)
    return Schema(validator, work)


def _refuse_faults(of_schemas: Any, part: object, way: KeyPath) -> None:
    for error in _bounded(of_schemas.iter_errors(part)):
        breach = _breach(error)
        path = (*way, "$ref", *breach.path) if way else breach.path
        raise SchemaFault(f"{named(path, 'the schema')} {breach.message}", way or path)


def named(path: KeyPath, whole: str) -> str:
    """Return a way as people write it, `items[3].price`; `whole` where it is empty."""
    parts = [f".{step}" if _is_plain(step) else f"[{shown(step) if isinstance(step, str) else step}]" for step in path]
    return "".join(parts).removeprefix(".") or whole


def _is_plain(step: str | int) -> bool:
    return isinstance(step, str) and _PLAIN_KEY.fullmatch(step) is not None


def _draft(document: object, keywords: Any) -> Any:
    if not isinstance(document, dict | bool):
        raise SchemaFault("the schema must be keys and values")
    asked = document.get("$schema") if isinstance(document, dict) else None
    if asked is None:
        return keywords.NEWEST
    known = keywords.drafts()
    if not isinstance(asked, str) or asked.rstrip("#") not in known:
        raise SchemaFault(f"the dialect {shown(str(asked))} is not known; known: {', '.join(known)}", ("$schema",))
    return known[asked.rstrip("#")]


def _bounded(found: Iterator[Any]) -> Iterator[Any]:
    """What is found, as long as there is an end to finding it."""
    from orchestrator.content.json_keywords import MOST_STEPS, Endless, TooMuch, Unresolvable

    try:
        yield from found
    except Endless:
        raise SchemaFault("its references lead round in a circle") from None
    except RecursionError:
        raise SchemaFault("it leads deeper than can be followed: its references go round, or lie too deep") from None
    except TooMuch:
        raise SchemaFault(f"it takes more than {MOST_STEPS:,} steps: make it simpler, or the file smaller") from None
    except Unresolvable as exc:
        raise SchemaFault(f"the reference {shown(exc.ref)} leads nowhere, and nothing is fetched") from exc
    except ValueError as exc:
        raise SchemaFault(f"one of its addresses is none: {exc}") from exc


def _way_to(part: object, document: object) -> KeyPath | None:
    if part is document:
        return ()
    inner: list[tuple[str | int, Any]] = []
    if isinstance(document, dict):
        inner = list(document.items())
    elif isinstance(document, list):
        inner = list(enumerate(document))
    for step, value in inner:
        way = _way_to(part, value)
        if way is not None:
            return (step, *way)
    return None


def _breach(error: Any) -> Breach:
    message, suggestion = _WORDS.get(error.validator, _other)(error)
    return Breach(tuple(error.absolute_path), message, suggestion, isinstance(error.instance, dict | list))


_KINDS = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "keys and values",
    "null": "null",
}

Words = tuple[str, str]
"""The message, and the suggestion."""


def _told(value: object) -> str:
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list):
        return "a list"
    return "keys and values" if isinstance(value, dict) else _number(value)


def _number(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _other(error: Any) -> Words:
    return f"does not fit {shown(str(error.validator))} of the schema", "see the schema"


def _type(error: Any) -> Words:
    kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
    wanted = " or ".join(_KINDS.get(kind, kind) for kind in kinds)
    return f"is to be {wanted}, and is {_told(error.instance)}", f"write {wanted}"


def _required(error: Any) -> Words:
    return f"lacks the key {shown(error.validator_value)}", f"add {shown(error.validator_value)}"


def _dependent(error: Any) -> Words:
    key, wanted = error.validator_value
    return f"has the key {shown(key)} and lacks {shown(wanted)}, which belongs to it", f"add {shown(wanted)}"


def _unexpected(error: Any) -> Words:
    """Of a refused key the error's instance is what holds it."""
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    near = nearest(str(error.path[-1]), known) if error.path else None
    return "is not allowed here", f'did you mean "{near}"?' if near else "take it out"


def _enum(error: Any) -> Words:
    known = [str(value) for value in error.validator_value[: _MOST_LISTED * 10]]
    hint = did_you_mean(str(error.instance)[:100], known, "write one of") if isinstance(error.instance, str) else None
    return f"is {_told(error.instance)}, which is none of the values allowed", hint or _one_of_these(known)


def _one_of_these(known: list[str]) -> str:
    more = " …" if len(known) > _MOST_LISTED else ""
    return f"write one of: {', '.join(known[:_MOST_LISTED])}{more}"


def _const(error: Any) -> Words:
    wanted = _told(error.validator_value)
    return f"is to be {wanted}, and is {_told(error.instance)}", f"write {wanted}"


def _pattern(error: Any) -> Words:
    return f"is {_told(error.instance)}, which does not match {shown(error.validator_value)}", "write it in that form"


def _format(error: Any) -> Words:
    name = str(error.validator_value)
    if name == "regex":
        return f"is {_told(error.instance)}, which is no regular expression of RE2", "write it without look-around"
    example = f"write it like {EXAMPLES[name]}" if name in EXAMPLES else f"write a {name}"
    return f"is {_told(error.instance)}, which is no {name}", example


def _limit(words: str) -> Callable[[Any], Words]:
    def say(error: Any) -> Words:
        wanted = words.format(_number(error.validator_value))
        return f"is {_number(error.instance)}; {wanted} is wanted", f"write {wanted}"

    return say


def _edge(open_key: str, closed: str, opened: str) -> Callable[[Any], Words]:
    """Draft 4 says by a key beside it that the limit itself is left out."""
    return lambda error: _limit(opened if error.schema.get(open_key) is True else closed)(error)


def _length(unit: str, bound: str) -> Callable[[Any], Words]:
    def say(error: Any) -> Words:
        size, limit = len(error.instance), error.validator_value
        counted = f"{size} {_UNITS[unit][size != 1]}"
        return f"has {counted}; {bound} {limit} are wanted", "write more" if bound == "at least" else "make it shorter"

    return say


_UNITS = {"characters": ("character", "characters"), "items": ("item", "items"), "keys": ("key", "keys")}


def _too_many(error: Any) -> Words:
    return f"has {len(error.instance)} items, more than are allowed", "take the last ones out"


def _contains(_error: Any) -> Words:
    return "has no item of the kind that is asked for", "add one"


def _contained(bound: str) -> Callable[[Any], Words]:
    return lambda error: (
        f"has the wrong number of items of the kind that is asked for; {bound} {error.validator_value} are wanted",
        "count them",
    )


def _unique(error: Any) -> Words:
    return f"is item [{error.validator_value}] once more", "take one of the two out"


def _not(_error: Any) -> Words:
    return "is just what the schema rules out", "see `not` in the schema"


def _name(_error: Any) -> Words:
    return "is no name that a key may have here", "rename it"


def _forms(error: Any) -> Words:
    """Of several forms, the one is told that was followed furthest; a mere wrong kind comes last."""
    if not error.context:
        holding = " and ".join(map(str, error.validator_value))
        return (
            f"fits the forms {holding} of the schema at once; exactly one is to fit",
            "leave out what tells two forms",
        )
    best = max(error.context, key=lambda one: (len(one.path), one.validator != "type"))
    inner = _breach(best)
    wanted = sorted({kind for one in error.context if one.validator == "type" for kind in _kinds_of(one)})
    if len(wanted) > 1 and all(one.validator == "type" and not one.path for one in error.context):
        kinds = " or ".join(wanted)
        return f"is to be {kinds}, and is {_told(error.instance)}", f"write {kinds}"
    way = named(tuple(best.path), "it")
    return f"fits none of the forms allowed; the nearest: {way} {inner.message}", inner.suggestion


def _kinds_of(error: Any) -> list[str]:
    kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
    return [_KINDS.get(kind, kind) for kind in kinds]


_WORDS: Mapping[str | None, Callable[[Any], Words]] = {
    None: _unexpected,
    "type": _type,
    "required": _required,
    "dependentRequired": _dependent,
    "dependencies": _dependent,
    "additionalProperties": _unexpected,
    "unevaluatedProperties": _unexpected,
    "unevaluatedItems": _unexpected,
    "items": _too_many,
    "additionalItems": _too_many,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    "minimum": _edge("exclusiveMinimum", "at least {}", "more than {}"),
    "maximum": _edge("exclusiveMaximum", "at most {}", "less than {}"),
    "exclusiveMinimum": _limit("more than {}"),
    "exclusiveMaximum": _limit("less than {}"),
    "multipleOf": _limit("a multiple of {}"),
    "minLength": _length("characters", "at least"),
    "maxLength": _length("characters", "at most"),
    "minItems": _length("items", "at least"),
    "maxItems": _length("items", "at most"),
    "minProperties": _length("keys", "at least"),
    "maxProperties": _length("keys", "at most"),
    "contains": _contains,
    "minContains": _contained("at least"),
    "maxContains": _contained("at most"),
    "uniqueItems": _unique,
    "not": _not,
    "propertyNames": _name,
    "anyOf": _forms,
    "oneOf": _forms,
}
