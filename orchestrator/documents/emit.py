"""The one canonical emitter: equal values give equal bytes, and a small change gives a small diff. It writes no file.

Block style, two spaces, one scalar a line. A text stands in double quotes wherever a YAML reader, of 1.1 or 1.2, might
read it as something else; control characters, line separators and direction marks are escaped.
"""

import json
import math
import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from orchestrator.model.state import State

_ALWAYS = frozenset({"schema", "seq", "status"})
_AS_GIVEN = frozenset({"steps", "checks"})

_NUMBERLIKE = r"(?:[\d_.][-+\d._:eE]*|0[xXoObB][\da-fA-F_]+)"
_TIMELIKE = r"\d{4}-\d\d?-\d\d?(?:[Tt]| +)\d\d?:[-+:.\d Zz]*"
"""A date with a time behind it, and wider than it is: https://yaml.org/type/timestamp.html."""
_PLAIN = re.compile(
    rf"(?!(?:{_NUMBERLIKE}|{_TIMELIKE})$)(?!\.\.)[A-Za-z0-9_/.]"
    r"(?:[A-Za-z0-9_/.@+=()%~^$-]|,(?! )|:(?=\S)| (?=[^#\s]))*",
    re.ASCII,
)
_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", ".nan", ".inf"])
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LONGEST_KEY = 900
"""A reader takes no longer key than 1,024 characters without a `?` before it."""


def emit_state(state: State) -> bytes:
    """Return `state.yaml`: fields in the model's order, what is empty left out, paths sorted, steps as they stand."""
    return emit_yaml(_fields(state))


def emit_yaml(value: object) -> bytes:
    """Return a document of mappings, lists and scalars as YAML. Raises TypeError for anything else."""
    lines: list[str] = []
    _block(value, "", lines)
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def scalar(value: object) -> str:
    """Return one scalar as it may stand behind a key or in a list. Raises TypeError for anything else."""
    if isinstance(value, Enum):
        return scalar(value.value)
    if isinstance(value, str):
        return value if _is_plain(value) else quoted(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    raise TypeError(f"{value!r} has no place in a document")


@lru_cache(maxsize=4096)
def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.casefold() not in _WORDS and not text.endswith(" ")


def quoted(text: str) -> str:
    """Return a text in double quotes, on one line."""
    # A half of a surrogate pair is no character, and no reader takes it.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(whole, ensure_ascii=False))


def _fields(model: BaseModel) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, key, is_kept, default in _plan(type(model)):
        value = getattr(model, name)
        if is_kept or value != default:
            found[key] = _plain(value, in_order=key not in _AS_GIVEN)
    return found


@lru_cache
def _plan(model: type[BaseModel]) -> tuple[tuple[str, str, bool, object], ...]:
    return tuple(
        (name, key := field.alias or name, field.is_required() or key in _ALWAYS, _default(field))
        for name, field in model.model_fields.items()
    )


def _default(field: FieldInfo) -> object:
    return None if field.is_required() else field.get_default(call_default_factory=True)


def _plain(value: object, *, in_order: bool = True) -> object:
    if isinstance(value, BaseModel):
        return _fields(value)
    if isinstance(value, Mapping):
        keys = sorted(value) if in_order else list(value)
        return {key: _plain(value[key]) for key in keys}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _block(value: object, indent: str, lines: list[str]) -> None:
    if isinstance(value, dict | Mapping) and value:
        for key, inner in value.items():
            _entry(str(key), inner, indent, lines)
    elif isinstance(value, list | tuple) and value:
        for item in value:
            _item(item, indent, lines)
    else:
        lines.append(f"{indent}{_inline(value)}")


def _entry(key: str, value: object, indent: str, lines: list[str]) -> None:
    name = scalar(key)
    if len(name) > _LONGEST_KEY:
        lines.append(f"{indent}? {name}")
        name = ""
    if _is_nested(value):
        lines.append(f"{indent}{name}:")
        _block(value, indent + "  ", lines)
    else:
        lines.append(f"{indent}{name}: {_inline(value)}")


def _item(value: object, indent: str, lines: list[str]) -> None:
    # The first line of what is nested in a list stands behind its dash.
    place = len(lines)
    _block(value, indent + "  ", lines)
    lines[place] = f"{indent}- {lines[place][len(indent) + 2 :]}"


def _inline(value: object) -> str:
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, dict | Mapping):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else scalar(value)


def _is_nested(value: object) -> bool:
    return not isinstance(value, str) and isinstance(value, dict | list | tuple | Mapping) and bool(value)
