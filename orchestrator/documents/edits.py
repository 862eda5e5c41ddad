"""Edits of a person's file that leave all else in it as it stands: comments, order, quotes. It writes no file."""

import re
from collections.abc import Mapping

from orchestrator.documents.emit import quoted, scalar
from orchestrator.documents.yaml import KeyPath, ListNode, MapNode, Node, ScalarNode, compose, plain, together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.job import Scalar


def set_params(
    text: str,
    params: Mapping[str, Scalar],
    *,
    template: str | None = None,
    title: str | None = None,
    path: str = "job.yaml",
) -> str:
    """Return a job file with these params, and this template and title where they are given.

    Raises DocumentError for a file that cannot be read, or that has a list or a mapping where a param goes.
    """
    if plain(compose(text, path).root) is None:
        text = _appended(text, ["version: 1"])
    edits: dict[KeyPath, Scalar] = {(key,): said for key, said in (("title", title), ("template", template)) if said}
    edits.update({("params", key): value for key, value in params.items()})
    for keys, value in edits.items():
        text = set_value(text, keys, value, path)
    return text


def set_value(text: str, keys: KeyPath, value: Scalar, path: str) -> str:
    """Return the document with a scalar at a path of keys, all else as it stands. Raises DocumentError."""
    tree = compose(text, path)
    if tree.faults:
        raise together(tree.faults)
    if tree.root is None or plain(tree.root) is None:
        return _appended(text, _lines(keys, value, ""))
    owner, node, rest = _descend(tree.root, keys)
    if isinstance(node, MapNode) and rest:
        return _inserted(text, node, rest, value)
    if isinstance(node, ScalarNode) and (not rest or plain(node) is None):
        return _replaced(text, owner, node, rest, value)
    place = Place(path, node.span.line, node.span.column)
    what = "a list" if isinstance(node, ListNode) else "a mapping" if isinstance(node, MapNode) else "a single value"
    raise DocumentError(
        f"{'.'.join(map(str, keys))} cannot be set: {what} stands here", place=place, hint="edit the file"
    )


def _descend(root: Node, keys: KeyPath) -> tuple[MapNode | None, Node, tuple[str, ...]]:
    """Return the last mapping gone into, the node come to, and the keys that are not there."""
    owner: MapNode | None = None
    node, rest = root, [str(key) for key in keys]
    while rest and isinstance(node, MapNode) and rest[0] in node.entries:
        owner, node = node, node.entries[rest.pop(0)][1]
    return owner, node, tuple(rest)


def _inserted(text: str, owner: MapNode, rest: tuple[str, ...], value: Scalar) -> str:
    if not owner.is_flow:
        first = next(iter(owner.entries.values()))[0]
        return _after(text, _end(owner), _lines(rest, value, " " * (first.span.column - 1)))
    brace = owner.span.end - 1
    before = text[:brace].rstrip()
    comma = " " if before.endswith(",") else ", " if owner.entries else ""
    return f"{text[:brace].rstrip(' ')}{comma}{_flow(rest, value)}{text[brace:]}"


def _replaced(text: str, owner: MapNode | None, node: ScalarNode, rest: tuple[str, ...], value: Scalar) -> str:
    start, end = node.span.start, node.span.end
    is_flow = owner is not None and owner.is_flow
    if rest and start == end and owner is not None and not is_flow:
        indent = " " * (next(iter(owner.entries.values()))[0].span.column + 1)
        return _after(text, end, _lines(rest, value, indent))
    said = f"{{{_flow(rest, value)}}}" if rest else _scalar(value, is_flow=is_flow)
    space = " " if start == end and text[start - 1 : start] == ":" else ""
    newline = _newline(text) if text[start:end].endswith("\n") else ""
    return f"{text[:start]}{space}{said}{newline}{text[end:]}"


def _lines(keys: tuple[str | int, ...], value: Scalar, indent: str) -> list[str]:
    above = [f"{indent}{'  ' * depth}{scalar(key)}:" for depth, key in enumerate(keys)]
    return [*above[:-1], f"{above[-1]} {scalar(value)}"]


def _flow(keys: tuple[str, ...], value: Scalar) -> str:
    text = _scalar(value, is_flow=True)
    for depth, key in enumerate(reversed(keys)):
        text = f"{_scalar(key, is_flow=True)}: {f'{{{text}}}' if depth else text}"
    return text


def _scalar(value: Scalar, *, is_flow: bool) -> str:
    # Within braces a comma or a colon may end a text that stands without quotes.
    is_open = isinstance(value, str) and is_flow and not re.fullmatch(r"[\w./@ -]*", value)
    return quoted(str(value)) if is_open else scalar(value)


def _end(node: Node) -> int:
    """The offset behind the last thing in a node; a block's own end stands behind the comments that follow it."""
    if isinstance(node, ScalarNode) or node.is_flow:
        return node.span.end
    last = node.items[-1] if isinstance(node, ListNode) else next(reversed(node.entries.values()))[1]
    return _end(last)


def _after(text: str, offset: int, lines: list[str]) -> str:
    """Put lines behind the line in which `offset` stands."""
    if offset and text[offset - 1] == "\n":
        at = offset
    else:
        at = text.find("\n", offset) + 1
    if not at:
        return _appended(text, lines)
    newline = _newline(text)
    return text[:at] + "".join(line + newline for line in lines) + text[at:]


def _appended(text: str, lines: list[str]) -> str:
    newline = _newline(text)
    gap = "" if not text or text.endswith("\n") else newline
    return text + gap + "".join(line + newline for line in lines)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
