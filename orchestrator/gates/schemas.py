"""The settings of checks: their JSON Schema, and what is wrong with the settings that a gate gives. Judges no files."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from orchestrator.documents.words import say
from orchestrator.gates.interface import CheckSettings
from orchestrator.gates.registry import find
from orchestrator.model.pipeline import CheckUse


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of what may stand behind a check's name, whole in itself: it refers to nothing.

    Raises KeyError where there is no such check, CannotRun where it is a plug-in that does not load.
    """
    check = find(name)
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


def faults(use: CheckUse) -> tuple[str, ...]:
    """Return what is wrong with the settings of a check's use, each as `key: message`; nothing where all is well.

    An unknown check has no faults here. Raises CannotRun where the check is a plug-in that does not load.
    """
    check = find(use.name)
    if check is None:
        return ()
    try:
        check.settings.model_validate(use.settings)
    except ValidationError as exc:
        return tuple(_fault(error, check.settings) for error in exc.errors(include_url=False))
    return ()


def _fault(error: ErrorDetails, settings: type[CheckSettings]) -> str:
    place = ".".join(str(key) for key in error["loc"])
    if error["type"] == "extra_forbidden":
        known = ", ".join(sorted(field.alias or name for name, field in settings.model_fields.items()))
        return f"{place}: unknown key; known keys: {known}"
    message = "missing key" if error["type"] == "missing" else say(error).message
    return f"{place}: {message}" if place else message


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
