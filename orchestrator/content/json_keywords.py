"""What the library jsonschema is not asked to do, done here: keywords made safe for texts and files of strangers.

Patterns run in RE2; unique items and evaluated ones are found without comparing each with each; `multipleOf` counts in
decimals, as people do; a way through references that never ends is found, and all work is counted. It imports
jsonschema, which is an extra: import it late. It says no words to people.
"""

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema import FormatChecker, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable as Unresolvable  # those who ask find it here
from referencing.jsonschema import lookup_recursive_ref, specification_with

from orchestrator.content import formats
from orchestrator.content.regexes import Pattern, compiled

MOST_STEPS = 1_000_000
"""Of a schema against one file: parts of the one that are held against parts of the other."""
_MOST_OF_A_BRANCH = 20

Errors = Iterator[ValidationError]
Keyword = Callable[[Any, Any, Any, Any], Iterable[ValidationError]]

DRAFTS = ("Draft4Validator", "Draft6Validator", "Draft7Validator", "Draft201909Validator", "Draft202012Validator")
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
NEWEST = validators.Draft202012Validator


class Endless(Exception):
    """References that lead back to themselves without a step into the file."""


class TooMuch(Exception):
    """More than MOST_STEPS."""


class Work:
    """What is under way: how much was done, and which references are being followed for which value."""

    def __init__(self) -> None:
        self._steps = 0
        self._followed: set[tuple[int, int]] = set()

    def begin_anew(self) -> None:
        """Forget what was counted: another file comes."""
        self._steps = 0
        self._followed.clear()

    def count(self) -> None:
        """Count a step. Raises TooMuch."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooMuch

    def following(self, keyword: Keyword) -> Keyword:
        """Return the keyword of a reference such that it raises Endless where it comes round to the same value."""

        def follow(validator: Any, value: Any, instance: Any, schema: Any) -> Errors:
            way = (id(schema), id(instance))
            if way in self._followed:
                raise Endless
            self._followed.add(way)
            try:
                yield from keyword(validator, value, instance, schema)
            finally:
                self._followed.discard(way)

        return follow


def drafts() -> Mapping[str, Any]:
    """Return the dialects that are known: the `$schema` of each, and the library's class."""
    known = [getattr(validators, name) for name in DRAFTS]
    return {str(draft.ID_OF(draft.META_SCHEMA)).rstrip("#"): draft for draft in known}


def hardened(draft: Any, work: Work) -> Any:
    """Return the library's class of a dialect with the keywords of this module; `work` counts what it does."""
    known = draft.VALIDATORS
    safe = {name: keyword for name, keyword in _SAFE.items() if name in known}
    references = {name: work.following(known[name]) for name in _REFERENCES if name in known}
    kind = validators.extend(draft, {**safe, **references}, format_checker=_formats())
    specification = specification_with(str(draft.ID_OF(draft.META_SCHEMA)))

    def evolve(self: Any, **changes: Any) -> Any:
        """Stay what it is: the library would take its own class where a part of the schema has a `$schema`."""
        own = {
            "schema": self.schema,
            "format_checker": self.format_checker,
            "registry": self._registry,
            "_resolver": self._resolver,
        }
        return kind(**{**own, **changes})

    def descend(self: Any, instance: Any, schema: Any, path: Any = None, resolver: Any = None, **_: Any) -> Errors:
        """Count, and give what `false` refuses its path too."""
        work.count()
        inner = resolver or self._resolver
        if resolver is None and isinstance(schema, dict) and ("$id" in schema or "id" in schema):
            inner = inner.in_subresource(specification.create_resource(schema))
        for error in evolve(self, schema=schema, _resolver=inner).iter_errors(instance):
            if path is not None:
                error.path.appendleft(path)
            yield error

    kind.evolve, kind.descend = evolve, descend
    return kind


def checking(kind: Any, document: object) -> Any:
    """Return what holds values against a document that is a schema; it knows the drafts' own schemas, no others."""
    return kind(document, format_checker=kind.FORMAT_CHECKER, registry=Registry())


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference of a schema: the part that has it, what it says, and the parts it leads to (none or one)."""

    owner: object
    address: str
    parts: tuple[object, ...]


def references(validator: Any) -> Iterator[Reference]:
    """Return each reference of a schema, and those of the parts that only they lead to.

    What they lead to may be anything: look at it before asking for the next. Raises ValueError where an `$id` or a
    reference is no address.
    """
    specification = specification_with(str(validator.ID_OF(validator.META_SCHEMA)))
    visited: set[int] = set()

    def walk(contents: object, resolver: Any) -> Iterator[Reference]:
        if not isinstance(contents, dict) or id(contents) in visited:
            return
        visited.add(id(contents))
        for address in (contents[name] for name in ("$ref", "$dynamicRef") if isinstance(contents.get(name), str)):
            resolved = _resolved(resolver, address)
            yield Reference(contents, address, tuple(each.contents for each in resolved))
            for each in resolved:
                yield from walk(each.contents, each.resolver)
        for part in specification.create_resource(contents).subresources():
            yield from walk(part.contents, resolver.in_subresource(part))

    return walk(validator.schema, validator._resolver)


def _resolved(resolver: Any, address: str) -> tuple[Any, ...]:
    try:
        return (resolver.lookup(address),)
    except Unresolvable:
        return ()


def canonical(value: object) -> str:
    """Return a text that two values share where JSON Schema calls them equal: 1 is 1.0, and true is not 1."""
    return json.dumps(_canonical(value), sort_keys=True)


def _canonical(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    return value


@lru_cache(maxsize=512)
def expression(pattern: str) -> Pattern:
    """Return a schema's pattern, `^` and `$` for the whole text as in ECMA 262. Raises ValueError where it is none."""
    compiled(pattern)
    return compiled(f"(?-m:{pattern})")


def _formats() -> Any:
    checker = FormatChecker(formats=())
    for name, is_one in formats.FORMATS.items():
        checker.checks(name)(_on_texts(is_one))
    checker.checks("regex", raises=ValueError)(_on_texts(lambda text: bool(expression(text))))
    return checker


def _on_texts(is_one: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or is_one(value)


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Errors:
    if isinstance(instance, str) and not expression(pattern).search(instance):
        yield ValidationError("")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, _schema: Any) -> Errors:
    if isinstance(instance, dict):
        for pattern, inner in patterns.items():
            for key in filter(expression(pattern).search, instance):
                yield from validator.descend(instance[key], inner, path=key)


def _property_names(validator: Any, names: Any, instance: Any, _schema: Any) -> Errors:
    """A mistake in a key has the key's path."""
    if isinstance(instance, dict):
        for key in instance:
            if not validator.evolve(schema=names).is_valid(key):
                yield ValidationError("", path=(key,))


def _additional_properties(validator: Any, additional: Any, instance: Any, schema: Any) -> Errors:
    if isinstance(instance, dict):
        yield from _others(validator, additional, instance, _own_keys(instance, schema))


def _others(validator: Any, rule: Any, instance: dict[str, Any], known: Collection[str]) -> Errors:
    for key in instance:
        if key in known:
            continue
        if rule is False:
            yield ValidationError("", path=(key,))
        else:
            yield from validator.descend(instance[key], rule, path=key)


def _own_keys(instance: dict[str, Any], schema: Mapping[str, Any]) -> set[str]:
    """The keys that `properties` and `patternProperties` speak of."""
    found = set(schema.get("properties", {})) & set(instance)
    for pattern in schema.get("patternProperties", {}):
        found.update(filter(expression(pattern).search, instance))
    return found


def _unevaluated_properties(validator: Any, rule: Any, instance: Any, schema: Any) -> Errors:
    if isinstance(instance, dict):
        own = {name: value for name, value in schema.items() if name != "unevaluatedProperties"}
        yield from _others(validator, rule, instance, _seen(validator, instance, own, _keys))


def _unevaluated_items(validator: Any, rule: Any, instance: Any, schema: Any) -> Errors:
    if not isinstance(instance, list):
        return
    own = {name: value for name, value in schema.items() if name != "unevaluatedItems"}
    seen = _seen(validator, instance, own, _indexes)
    for index, item in enumerate(instance):
        if index in seen:
            continue
        if rule is False:
            yield ValidationError("", path=(index,))
        else:
            yield from validator.descend(item, rule, path=index)


_Own = Callable[[Any, Any, Mapping[str, Any]], Iterable[Hashable]]


def _seen(validator: Any, instance: Any, schema: Any, own: _Own) -> set[Any]:
    """The keys or indexes that the schema, and what it applies to the same value, speaks of (2020-12, core 11)."""
    if not isinstance(schema, dict):
        return set()
    found = set(own(validator, instance, schema))
    for inner, resolver in _applied(validator, instance, schema):
        found |= _seen(validator.evolve(schema=inner, _resolver=resolver), instance, inner, own)
    return found


def _applied(validator: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The schemas that hold for the same value, and what resolves their references."""
    here = validator._resolver
    for name in _REFERENCES:
        if name in schema and _holds(validator, instance, {name: schema[name]}):
            resolved = lookup_recursive_ref(here) if name == "$recursiveRef" else here.lookup(schema[name])
            yield resolved.contents, resolved.resolver
    candidates = [inner for name in ("allOf", "anyOf", "oneOf") for inner in schema.get(name, ())]
    if isinstance(instance, dict):
        candidates += [inner for key, inner in schema.get("dependentSchemas", {}).items() if key in instance]
    if "if" in schema:
        holds = _holds(validator, instance, schema["if"])
        candidates += [schema["if"], schema.get("then", True)] if holds else [schema.get("else", True)]
    yield from ((inner, here) for inner in candidates if _holds(validator, instance, inner))


def _holds(validator: Any, instance: Any, schema: Any) -> bool:
    return next(iter(validator.descend(instance, schema)), None) is None


def _keys(_validator: Any, instance: dict[str, Any], schema: Mapping[str, Any]) -> Iterable[str]:
    if "additionalProperties" in schema or "unevaluatedProperties" in schema:
        return instance
    return _own_keys(instance, schema)


def _indexes(validator: Any, instance: list[Any], schema: Mapping[str, Any]) -> Iterable[int]:
    items = schema.get("items")
    if isinstance(items, dict | bool) or "additionalItems" in schema or "unevaluatedItems" in schema:
        return range(len(instance))
    first = range(len(items if isinstance(items, list) else schema.get("prefixItems", ())))
    if "contains" not in schema or "prefixItems" not in validator.VALIDATORS:  # before 2020-12 it sees no item
        return first
    return (
        index for index, item in enumerate(instance) if index in first or _holds(validator, item, schema["contains"])
    )


def _unique_items(_validator: Any, is_unique: bool, instance: Any, _schema: Any) -> Errors:  # noqa: FBT001
    """Each item that was there before, at its own place; texts are hashed, since numbers can be made to collide."""
    if not is_unique or not isinstance(instance, list):
        return
    first: dict[str, int] = {}
    for index, item in enumerate(instance):
        earlier = first.setdefault(canonical(item), index)
        if earlier != index:
            yield ValidationError("", path=(index,), validator_value=earlier)


def _multiple_of(validator: Any, divisor: float, instance: Any, _schema: Any) -> Errors:
    if validator.is_type(instance, "number") and (Fraction(str(instance)) / Fraction(str(divisor))).denominator != 1:
        yield ValidationError("")


def _required(_validator: Any, names: list[str], instance: Any, _schema: Any) -> Errors:
    if isinstance(instance, dict):
        yield from (ValidationError("", validator_value=name) for name in names if name not in instance)


def _dependent_required(_validator: Any, rules: Mapping[str, Any], instance: Any, _schema: Any) -> Errors:
    if isinstance(instance, dict):
        asked = ((key, name) for key, names in rules.items() if key in instance for name in names)
        yield from (ValidationError("", validator_value=pair) for pair in asked if pair[1] not in instance)


def _dependencies(validator: Any, rules: Mapping[str, Any], instance: Any, schema: Any) -> Errors:
    """What was one keyword up to draft 7."""
    yield from _dependent_required(
        validator, {key: rule for key, rule in rules.items() if isinstance(rule, list)}, instance, schema
    )
    for key, rule in rules.items():
        if isinstance(instance, dict) and key in instance and not isinstance(rule, list):
            yield from validator.descend(instance, rule)


def _any_of(validator: Any, branches: list[Any], instance: Any, _schema: Any) -> Errors:
    against: list[ValidationError] = []
    for branch in branches:
        errors = list(islice(validator.descend(instance, branch), _MOST_OF_A_BRANCH))
        if not errors:
            return
        against += errors
    yield ValidationError("", context=against)


def _one_of(validator: Any, branches: list[Any], instance: Any, schema: Any) -> Errors:
    holding = [number for number, branch in enumerate(branches, start=1) if _holds(validator, instance, branch)]
    if not holding:
        yield from _any_of(validator, branches, instance, schema)
    elif len(holding) > 1:
        yield ValidationError("", validator_value=holding)


_SAFE: Mapping[str, Keyword] = {
    "additionalProperties": _additional_properties,
    "anyOf": _any_of,
    "dependencies": _dependencies,
    "dependentRequired": _dependent_required,
    "multipleOf": _multiple_of,
    "oneOf": _one_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "propertyNames": _property_names,
    "required": _required,
    "unevaluatedItems": _unevaluated_items,
    "unevaluatedProperties": _unevaluated_properties,
    "uniqueItems": _unique_items,
}
