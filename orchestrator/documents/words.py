"""What pydantic finds wrong with a document, said in plain words. It knows no file and no place."""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from orchestrator.documents.yaml import KeyPath
from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean, nearest


class Said(NamedTuple):
    """What is wrong, and what to do."""

    message: str
    hint: str | None = None


def say(error: ErrorDetails) -> Said:
    """Return the words for one error on a value; unknown and missing keys are the caller's to name."""
    kind, value, ctx = error["type"], error["input"], error.get("ctx", {})
    if kind in ("enum", "literal_error"):
        return _choice(value, str(ctx["expected"]))
    if kind == "value_error":
        return Said(str(ctx["error"]), getattr(ctx["error"], "hint", None))
    if kind in _BOUNDS:
        is_version = kind == "less_than_equal" and error["loc"] == ("version",)
        return Said(_BOUNDS[kind].format(**ctx), _NEWER.format(**ctx) if is_version else None)
    if noun := noun_of(error):
        return Said(f"must be {noun}, not {named(value)}", _as_noun(noun, value))
    return Said(error["msg"][:1].lower() + error["msg"][1:])


def say_either(errors: Sequence[ErrorDetails]) -> Said:
    """Return the words for a value that is none of several kinds that it might be."""
    if len(errors) == 1:
        return say(errors[0])
    nouns = list(dict.fromkeys(noun_of(error) or say(error).message for error in errors))
    if nouns[:3] == ["a text", "a whole number", "a number"]:
        nouns = ["a text", "a number", "true", "false"]
    return Said(f"must be {_listed(nouns, 'or')}, not {named(errors[0]['input'])}")


def noun_of(error: ErrorDetails) -> str | None:
    """Return what was wanted, where the error is one of kind."""
    if error["type"] in ("enum", "literal_error"):
        return str(error["ctx"]["expected"]).replace("'", "")
    return next((noun for start, noun in _NOUNS if error["type"].startswith(start)), None)


def named(value: object) -> str:
    """Return how a message names a value: a text quoted and cut, a list or a mapping by its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping of keys"
    return "a list" if isinstance(value, list | tuple) else shown(str(value))


def dotted(path: KeyPath) -> str:
    """Return a key path as messages name it: `steps.draft.gate[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part if part.isprintable() else shown(part)}"
    return text.removeprefix(".")[:200]


def known_keys(model: type[BaseModel], path: KeyPath) -> tuple[str, ...]:
    """Return the keys that the mapping at a key path may have; none where any key may stand there."""
    annotation: object = model
    for part in path:
        annotation = _under(annotation, part)
    models = [kind for kind in _kinds(annotation) if _is_model(kind)]
    return tuple(dict.fromkeys(key for kind in models for key in _fields(kind)))


def _choice(value: object, expected: str) -> Said:
    choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
    hint = did_you_mean(value, choices) if isinstance(value, str) and nearest(value, choices) else None
    kind = f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    return Said(f"must be {kind}, not {named(value)}", hint)


def _as_noun(noun: str, value: object) -> str | None:
    if noun == "a mapping of keys":
        return f"write lines of the form `key: value`{', without the dashes' if isinstance(value, list) else ''}"
    return f"write it as [{value}]" if noun == "a list" and isinstance(value, str) and len(value) <= 60 else None


def _listed(nouns: Sequence[str], last: str) -> str:
    return nouns[0] if len(nouns) == 1 else f"{', '.join(nouns[:-1])} {last} {nouns[-1]}"


_NOUNS = (
    ("int", "a whole number"),
    ("float", "a number"),
    ("finite_number", "a number"),
    ("bool", "true or false"),
    ("string_type", "a text"),
    ("none_required", "null"),
    ("tuple_type", "a list"),
    ("list_type", "a list"),
    ("mapping_type", "a mapping of keys"),
    ("dict_type", "a mapping of keys"),
    ("model_type", "a mapping of keys"),
    ("model_attributes_type", "a mapping of keys"),
)

_NEWER = "write version: {le:g}, or take the newer program that the file was written for"
_BOUNDS = {
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "greater_than": "must be more than {gt:g}",
    "less_than": "must be less than {lt:g}",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length}, and has {actual_length}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}


def _under(annotation: object, part: str | int) -> object:
    kinds = [inner for kind in _kinds(annotation) for inner in _child_kinds(kind, part)]
    return Union[tuple(kinds)] if kinds else None  # noqa: UP007  # built from values


def _child_kinds(kind: Any, part: str | int) -> list[Any]:
    if _is_model(kind):
        return [annotation for name, annotation in _fields(kind).items() if name == part]
    arguments = [argument for argument in get_args(kind) if argument is not ...]
    return arguments[-1:]


def _kinds(annotation: object) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for argument in get_args(annotation) for kind in _kinds(argument)]
    return [annotation]


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
