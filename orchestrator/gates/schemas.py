"""The settings of checks: their JSON Schema, and what is wrong with the settings that a gate gives. Judges no files."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from orchestrator.documents.words import say
from orchestrator.gates.interface import CannotRun, CheckSettings
from orchestrator.gates.registry import find
from orchestrator.model.pipeline import CheckUse

Fault = tuple[tuple[int | str, ...], str]
"""The keys and indexes that lead to a mistake within a check's settings, and the mistake."""


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of what may stand behind a check's name, whole in itself: it refers to nothing.

    Of a plug-in that does not load, the schema allows anything. Raises KeyError where there is no such check.
    """
    try:
        check = find(name)
    except CannotRun as exc:
        return {"description": str(exc)}
    if check is None:
        raise KeyError(name)
    keyed = keyed_schema(check.settings)
    forms = [keyed]
    if check.settings.bare:
        forms.insert(0, keyed["properties"][check.settings.bare])
    if not keyed.get("required"):
        forms.append({"type": "null"})
    return {"description": check.summary, "anyOf": forms} if len(forms) > 1 else {**keyed, "description": check.summary}


def keyed_schema(settings: type[CheckSettings]) -> dict[str, Any]:
    """Return the JSON Schema of settings written as keys."""
    raw = settings.model_json_schema(by_alias=True)
    whole = _inlined(raw, raw.get("$defs", {}), ())
    if not isinstance(whole, dict):
        raise TypeError("a model's schema is an object")
    whole["properties"]["severity"] = whole["properties"].pop("severity")  # every check has it: last
    return {key: value for key, value in whole.items() if key not in ("$defs", "title", "description")}


def paths_named(use: CheckUse) -> tuple[str, ...]:
    """Return the files, folders and patterns that the settings of a check's use name; none where they are wrong."""
    try:
        check = find(use.name)
    except CannotRun:
        return ()
    raw = use.settings
    if check is not None and check.settings.bare and not isinstance(raw, Mapping):
        raw = {check.settings.bare: raw}
    if check is None or not isinstance(raw, Mapping):
        return ()
    named = (raw.get(key) for key in _path_keys(check.settings))
    return tuple(
        each for said in named for each in (said if isinstance(said, list) else [said]) if isinstance(each, str)
    )


@lru_cache(maxsize=256)
def _path_keys(settings: type[CheckSettings]) -> tuple[str, ...]:
    properties = keyed_schema(settings)["properties"]
    return tuple(key for key, field in properties.items() if "'format': 'path'" in repr(field))


def settings_faults(name: str) -> Callable[[object], tuple[Fault, ...]]:
    """Return what judges the settings of a check: the keys that lead to each mistake, and the mistake in words.

    The check is looked up when it is first asked; an unknown one has no faults here.
    """
    return lambda settings: _faults(name, settings)


def faults(use: CheckUse) -> tuple[str, ...]:
    """Return what is wrong with the settings of a check's use, each as `key: message`; nothing where all is well."""
    found = _faults(use.name, use.settings)
    return tuple(f"{'.'.join(map(str, keys))}: {message}" if keys else message for keys, message in found)


def _faults(name: str, raw: object) -> tuple[Fault, ...]:
    try:
        check = find(name)
    except CannotRun as exc:
        return (((), str(exc)),)
    if check is None:
        return ()
    try:
        check.settings.model_validate(raw)
    except ValidationError as exc:
        return tuple(_fault(error, check.settings, raw) for error in exc.errors(include_url=False))
    return ()


def _fault(error: ErrorDetails, settings: type[CheckSettings], raw: object) -> Fault:
    """The key that a bare value is for is not written there, so it is no part of the way."""
    is_bare = not isinstance(raw, Mapping) and error["loc"][:1] == (settings.bare,)
    keys = error["loc"][1:] if is_bare else error["loc"]
    if error["type"] == "extra_forbidden":
        known = ", ".join(sorted(field.alias or name for name, field in settings.model_fields.items()))
        return keys, f"unknown key; known keys: {known}"
    return keys, "missing key" if error["type"] == "missing" else say(error).message


def _inlined(part: object, definitions: dict[str, Any], above: tuple[str, ...]) -> Any:
    """Put each definition where it is referred to, so that the schema can stand inside another. Titles go."""
    if isinstance(part, list):
        return [_inlined(item, definitions, above) for item in part]
    if not isinstance(part, dict):
        return part
    name = str(part.get("$ref", "")).removeprefix("#/$defs/")
    if name in above:
        return {}  # a plug-in's model that holds itself: anything, from there on
    inner = _inlined(definitions[name], definitions, (*above, name)) if name else {}
    own = {key: _inlined(value, definitions, above) for key, value in part.items() if not _is_noise(key, value)}
    return {**inner, **own}


def _is_noise(key: str, value: object) -> bool:
    return key == "$ref" or (key == "title" and isinstance(value, str))
