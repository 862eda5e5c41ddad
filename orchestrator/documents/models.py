"""Documents as models: all that is wrong with a file in one pass, each mistake at the line and column of its key.

A text is a text where the model says so: `title: 1.10` is "1.10", not 1.1. It judges no file by another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestrator.documents.words import Said, dotted, known_keys, say, say_either
from orchestrator.documents.yaml import KeyPath, MapNode, Node, ScalarNode, child, compose, descend, plain, together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.nearness import did_you_mean, nearest

M = TypeVar("M", bound=BaseModel)

MOST_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Read(Generic[M]):
    """What a file came to: its value, None where it is wrong beyond use; its mistakes; its nodes, for their places.

    With mistakes there may still be a value: the file with unknown keys taken for the ones they resemble, or left out.
    `is_whole`: nothing had to be left out to make it.
    """

    path: str
    value: M | None
    faults: tuple[DocumentError, ...] = ()
    root: Node | None = None
    is_whole: bool = True

    def place(self, *keys: str | int, at_key: bool = False) -> Place:
        """Return the place of a value, or of its key, or of the nearest thing above it that is there."""
        return place_of(self.root, keys, self.path, at_key=at_key)


def parse(text: str | bytes, path: str, model: type[M]) -> M:
    """Return the document as `model`. Raises DocumentError for its first mistake, which carries the others."""
    found = read(text, path, model)
    if found.faults or found.value is None:
        raise together(found.faults)
    return found.value


def read(text: str | bytes, path: str, model: type[M]) -> Read[M]:
    """Return the document as `model` as far as it can be read, and all its mistakes. Raises nothing."""
    try:
        tree = compose(text, path)
    except DocumentError as exc:
        return Read(path, None, (exc,), is_whole=False)
    if tree.root is None:
        return Read(path, None, (_empty(path, model),), is_whole=False)
    found = read_node(tree.root, path, model)
    return Read(path, found.value, (*tree.faults, *found.faults), tree.root, found.is_whole)


def read_node(root: Node, path: str, model: type[M]) -> Read[M]:
    """Return a composed document as `model` as far as it can be read, and what is wrong with it. Raises nothing."""
    value = plain(root)
    result, errors = _validated(value, root, model)
    faults = tuple(_faults(errors[:MOST_ERRORS], root, path, model))
    is_whole = True
    while result is None and (mended := _mend(value, errors, root, model)) is not None:
        is_whole = is_whole and mended
        result, errors = _validated(value, root, model)
    return Read(path, result, faults, root, is_whole)


def place_of(root: Node | None, keys: KeyPath, path: str, *, at_key: bool = False) -> Place:
    """Return the place of a value, or of its key, or of the nearest thing above it that is there."""
    if root is None:
        return Place(path, 1, 1)
    node, key = root, None
    for step in keys:
        below = child(node, step)
        if below is None:
            break
        key = node.entries[step][0] if isinstance(node, MapNode) and isinstance(step, str) else None
        node = below
    span = key.span if key is not None and at_key else node.span
    return Place(path, span.line, span.column)


def _validated(value: object, root: Node, model: type[M]) -> tuple[M | None, list[ErrorDetails]]:
    """Validate, and give the source's own text to each field that wants a text and was handed a number or a truth."""
    given: set[KeyPath] = set()
    while True:
        try:
            return model.model_validate(value), []
        except ValidationError as exc:
            errors = exc.errors(include_url=False)
        wanted = {path for error in errors if (path := _text_path(error, root)) is not None} - given
        if not wanted:
            return None, errors
        for path in wanted:
            node = descend(root, path)
            if isinstance(node, ScalarNode):
                _put(value, path, node.text)
        given |= wanted


def _text_path(error: ErrorDetails, root: Node) -> KeyPath | None:
    if error["type"] != "string_type" or not isinstance(error["input"], bool | int | float):
        return None
    return _walk(error["loc"], root).path


@dataclass(frozen=True, slots=True)
class _Spot:
    """A pydantic location in the document. `fork`: the path at which a union was tried last, if one was."""

    path: KeyPath
    fork: KeyPath | None
    missing: str | None
    is_key: bool


def _walk(loc: tuple[int | str, ...], root: Node) -> _Spot:
    # pydantic mixes the names of a union's branches into the path: what is no child of the node is such a name.
    node, path = root, ()  # type: Node, KeyPath
    fork: KeyPath | None = None
    missing: str | None = None
    for step in loc:
        below = child(node, step)
        if below is not None:
            node, path = below, (*path, step)
        elif isinstance(step, str):
            missing, fork = step, path
    return _Spot(path, fork, missing, loc[-1:] == ("[key]",))


def _faults(errors: Sequence[ErrorDetails], root: Node, path: str, model: type[BaseModel]) -> list[DocumentError]:
    return [
        DocumentError(f"{dotted(keys)}: {said.message}" if keys else said.message, place=place, hint=said.hint)
        for keys, place, said in _told(errors, root, path, model)
    ]


def _told(
    errors: Sequence[ErrorDetails], root: Node, path: str, model: type[BaseModel]
) -> list[tuple[KeyPath, Place, Said]]:
    told: list[tuple[KeyPath, Place, Said]] = []
    forks: dict[KeyPath, list[ErrorDetails]] = {}
    misspelt = _misspelt(errors, root, model)
    for error in errors:
        spot = _walk(error["loc"], root)
        if error["type"] == "missing" and spot.missing is not None:
            keys: KeyPath = (*spot.path, spot.missing)
            if keys not in misspelt:
                told.append((keys, place_of(root, spot.path, path, at_key=True), _missing(spot.missing)))
        elif error["type"] == "extra_forbidden":
            told.append((spot.path, place_of(root, spot.path, path, at_key=True), _unknown(spot.path, model)))
        elif spot.fork is not None and not spot.is_key and spot.path == spot.fork:
            forks.setdefault(spot.fork, []).append(error)
        else:
            told.append((spot.path, place_of(root, spot.path, path, at_key=spot.is_key), say(error)))
    for fork, several in forks.items():
        # One branch of a union came further than the fork: what it found there is the better news.
        if not any(keys[: len(fork)] == fork and len(keys) > len(fork) for keys, _, _ in told):
            told.append((fork, place_of(root, fork, path), say_either(several)))
    return sorted(told, key=lambda item: (item[1].line or 0, item[1].column or 0))


def _misspelt(errors: Sequence[ErrorDetails], root: Node, model: type[BaseModel]) -> set[KeyPath]:
    """The keys that stand there in another spelling: one slip, one mistake."""
    unknown = [_walk(error["loc"], root).path for error in errors if error["type"] == "extra_forbidden"]
    return {(*path[:-1], meant) for path in unknown if (meant := _meant(path, model)) is not None}


def _empty(path: str, model: type[BaseModel]) -> DocumentError:
    wanted = ", ".join(name for name, field in model.model_fields.items() if field.is_required())
    hint = f"it needs at least: {wanted}" if wanted else "write {} for a file that says nothing"
    return DocumentError("the file is empty", place=Place(path, 1, 1), hint=hint)


def _missing(key: str) -> Said:
    return Said("missing key", f'add "{key}: …"')


def _unknown(path: KeyPath, model: type[BaseModel]) -> Said:
    return Said("unknown key", did_you_mean(str(path[-1]), known_keys(model, path[:-1]), "known keys"))


def _mend(value: object, errors: Sequence[ErrorDetails], root: Node, model: type[BaseModel]) -> bool | None:
    """Change the value so that it may pass, for whoever judges the rest of the file.

    Return whether nothing was left out, or None where nothing can be done.
    """
    nothing_lost, changed = True, False
    for error in errors:
        path = _walk(error["loc"], root).path
        kept = error["type"] == "extra_forbidden" and _rename(value, path, root, model)
        dropped = not kept and _drop(value, path)
        changed = changed or kept or dropped
        nothing_lost = nothing_lost and not dropped
    return nothing_lost if changed else None


def _rename(value: object, path: KeyPath, root: Node, model: type[BaseModel]) -> bool:
    owner, node = _at(value, path[:-1]), descend(root, path[:-1])
    key = _meant(path, model)
    if not isinstance(owner, dict) or not isinstance(node, MapNode) or key is None or key in owner:
        return False
    _rename_key(owner, path[-1], key)
    _rename_key(node.entries, path[-1], key)
    return True


def _rename_key(owner: dict[Any, Any], old: object, new: str) -> None:
    renamed = {new if name == old else name: inner for name, inner in owner.items()}
    owner.clear()
    owner.update(renamed)


def _meant(path: KeyPath, model: type[BaseModel]) -> str | None:
    """The key that an unknown one resembles."""
    return nearest(str(path[-1]), known_keys(model, path[:-1]))


def _drop(value: object, path: KeyPath) -> bool:
    owner = _at(value, path[:-1]) if path else None
    if isinstance(owner, dict) and path[-1] in owner:
        del owner[path[-1]]
        return True
    return isinstance(owner, list) and len(path) > 1 and _drop(value, path[:-1])


def _at(value: object, path: KeyPath) -> object:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _put(value: object, path: KeyPath, text: str) -> None:
    owner = _at(value, path[:-1])
    if isinstance(owner, dict | list):
        owner[path[-1]] = text  # type: ignore[index]
