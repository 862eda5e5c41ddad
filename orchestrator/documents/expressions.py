"""The expressions of `when`: a whitelist of Jinja2's syntax, read by Jinja2's parser and worked out here.

Names, attributes (`review.findings`, `params["house style"]`), comparisons, and / or / not / in, texts, numbers, true,
false, none, lists, and the filter `length`. No call, no arithmetic, no other filter: all else is refused.
An attribute that is not there is an error that names it, never silently false.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.parser import Parser

from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean

MOST_CHARACTERS = 1_000
MOST_TOKENS = 150
MOST_BRACKETS = 30

_ENVIRONMENT = Environment(autoescape=False)  # no markup is made here


class ExpressionError(ValueError):
    """An expression that cannot be read or worked out. `column` is 1-based within the expression."""

    def __init__(self, message: str, column: int = 1, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Expression:
    """A readable expression. `attributes`: what it takes of each name, as far as it goes: ("review", "findings")."""

    text: str
    names: frozenset[str]
    attributes: frozenset[tuple[str, ...]]
    _root: nodes.Expr
    _columns: tuple[int, ...]

    def holds(self, context: Mapping[str, object]) -> bool:
        """Work it out on plain data. Raises ExpressionError where something that it names is not there, or no fit."""
        return bool(_Working(context, self._columns).value(self._root))

    def compared_with(self, chain: tuple[str, ...]) -> frozenset[str]:
        """Return the texts with which a name or an attribute is compared for being the same, alone or in a list."""
        return frozenset(
            text
            for node in _all(self._root)
            if isinstance(node, nodes.Compare)
            for one, sign, other in _pairs(node)
            for text in _texts_for(chain, one, sign, other)
        )

    def column_of(self, name: str) -> int:
        """Return the 1-based column at which a name stands first."""
        found = [node for node in _all(self._root) if isinstance(node, nodes.Name) and node.name == name]
        return _column(found[0], self._columns) if found else 1


@lru_cache(maxsize=512)
def compile_expression(text: str) -> Expression:
    """Return the expression. Raises ExpressionError with the column of what is wrong."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"longer than {MOST_CHARACTERS:,} characters", hint="decide it in a check, not here")
    lines, columns = _one_token_a_line(text)
    if not lines:
        raise ExpressionError("the expression is empty", hint='write a comparison: params.review == "person"')
    if len(lines) > MOST_TOKENS:
        raise ExpressionError(f"more than {MOST_TOKENS} words and signs", hint="decide it in a check, not here")
    root = _parsed(lines, columns)
    for node in _all(root):
        _refuse_unlisted(node, _column(node, columns))
    chains = frozenset(chain for node in _all(root) if (chain := _chain(node)))
    longest = frozenset(c for c in chains if not any(o != c and o[: len(c)] == c for o in chains))
    return Expression(text, frozenset(chain[0] for chain in chains), longest, root, columns)


def _one_token_a_line(text: str) -> tuple[list[str], tuple[int, ...]]:
    # Jinja2's nodes know their lines and no columns: with each token in a line of its own, the line names the token.
    lines: list[str] = []
    columns: list[int] = []
    place, depth = 1, 0
    try:
        for _, kind, token in _ENVIRONMENT.lexer.tokeniter(text.replace("\n", " "), "when", state="variable"):
            if kind != "whitespace":
                lines.append(token)
                columns.append(place)
            depth += (token in "([{") - (token in ")]}") if len(token) == 1 else 0
            if depth > MOST_BRACKETS:
                raise ExpressionError(
                    f"more than {MOST_BRACKETS} open brackets", place, "decide it in a check, not here"
                )
            place += len(token)
    except TemplateSyntaxError as exc:
        raise ExpressionError(str(exc.message), place, "allowed: " + _ALLOWED) from exc
    return lines, tuple(columns)


def _parsed(lines: list[str], columns: tuple[int, ...]) -> nodes.Expr:
    try:
        parser = Parser(_ENVIRONMENT, "\n".join(lines), state="variable")
        root = parser.parse_expression(with_condexpr=True)
        if not parser.stream.eos:
            spare = parser.stream.current
            hint = "join two conditions with and / or, and put texts in quotes"
            raise ExpressionError(f"{shown(str(spare.value))} is one too many", columns[spare.lineno - 1], hint)
    except TemplateSyntaxError as exc:
        column = columns[min(exc.lineno, len(columns)) - 1]
        message = str(exc.message).replace("unexpected 'end of template'", "the expression ends too early")
        raise ExpressionError(message, column, "allowed: " + _ALLOWED) from exc
    return root


_ALLOWED = "names, attributes, comparison, and / or / not / in, texts, numbers, lists, `| length`"

_COMPARISONS: dict[str, Callable[[object, object], object]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,  # type: ignore[dict-item]  # what has no order is caught where they are called
    "lteq": operator.le,  # type: ignore[dict-item]
    "gt": operator.gt,  # type: ignore[dict-item]
    "gteq": operator.ge,  # type: ignore[dict-item]
    "in": lambda item, whole: item in whole,  # type: ignore[operator]
    "notin": lambda item, whole: item not in whole,  # type: ignore[operator]
}

_PLAIN_NODES = (nodes.Name, nodes.Getattr, nodes.Const, nodes.List, nodes.Compare, nodes.And, nodes.Or, nodes.Not)
_NAMES_OF_NODES: dict[type[nodes.Node], str] = {
    nodes.Call: "a call",
    nodes.CondExpr: "if … else",
    nodes.Test: "a test (is …)",
    nodes.Concat: "joining (~)",
    nodes.Dict: "a mapping",
    nodes.Tuple: "a tuple",
    nodes.Slice: "a slice",
}


_RESERVED = frozenset({"not", "and", "or", "in", "is", "if", "else"})


def _refuse_unlisted(node: nodes.Node, column: int) -> None:
    if isinstance(node, nodes.Name) and node.name in _RESERVED:
        raise ExpressionError(f"{node.name!r} cannot stand here", column, "brackets may help: a == (not b)")
    if isinstance(node, (*_PLAIN_NODES, nodes.Operand, nodes.Neg)):
        return
    if isinstance(node, nodes.Getitem):
        if not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)):
            raise ExpressionError("only a text in quotes may stand in [ ]", column, 'write it as params["a key"]')
        return
    if isinstance(node, nodes.Filter):
        if node.name != "length" or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise ExpressionError(f"the filter {shown(node.name)} is not allowed", column, "the one filter is length")
        return
    what = _NAMES_OF_NODES.get(type(node), "arithmetic")
    raise ExpressionError(f"{what} is not allowed", column, "allowed: " + _ALLOWED)


def _all(node: nodes.Node) -> list[nodes.Node]:
    found, todo = [], [node]
    while todo:
        found.append(current := todo.pop())
        todo.extend(reversed(list(current.iter_child_nodes())))
    return found


def _first(node: nodes.Node) -> nodes.Node:
    """The node with which a chain of attributes and filters begins."""
    while isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Filter) and node.node is not None:
        node = node.node
    return node


def _chain(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        above = _chain(node.node)
        return (*above, _attribute(node)) if above else ()
    return ()


def _pairs(node: nodes.Compare) -> Iterator[tuple[nodes.Expr, str, nodes.Expr]]:
    left = node.expr
    for operand in node.ops:
        yield left, operand.op, operand.expr
        left = operand.expr


def _texts_for(chain: tuple[str, ...], one: nodes.Expr, sign: str, other: nodes.Expr) -> list[str]:
    if sign in {"in", "notin"}:
        return _texts(other.items) if _chain(one) == chain and isinstance(other, nodes.List) else []
    if sign not in {"eq", "ne"}:
        return []
    return _texts([against for own, against in ((one, other), (other, one)) if _chain(own) == chain])


def _texts(items: Iterable[nodes.Expr]) -> list[str]:
    return [item.value for item in items if isinstance(item, nodes.Const) and isinstance(item.value, str)]


def _attribute(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else ""


def _column(node: nodes.Node, columns: tuple[int, ...]) -> int:
    return columns[min(node.lineno or 1, len(columns)) - 1]


@dataclass(frozen=True, slots=True)
class _Working:
    """Works an expression out on plain data."""

    context: Mapping[str, object]
    columns: tuple[int, ...]

    def value(self, node: nodes.Node) -> object:
        match node:
            case nodes.Const():
                return node.value
            case nodes.Name():
                return self._taken(self.context, node.name, None, node)
            case nodes.Getattr() | nodes.Getitem():
                return self._taken(self.value(node.node), _attribute(node), node.node, node)
            case nodes.Not():
                return not self.value(node.node)
            case nodes.And():
                return self.value(node.left) and self.value(node.right)
            case nodes.Or():
                return self.value(node.left) or self.value(node.right)
            case nodes.Compare():
                return self._compared(node)
            case nodes.List():
                return [self.value(item) for item in node.items]
            case nodes.Neg():
                return self._negated(node)
            case nodes.Filter():
                return self._length(node)
        raise TypeError(f"{type(node).__name__} was let through")

    def _taken(self, whole: object, name: str, owner: nodes.Node | None, node: nodes.Node) -> object:
        if not isinstance(whole, Mapping):
            hint = "compare it as it is, or look at what the file holds"
            raise self._error(f"{_shown(owner)} has no {shown(name)}: it is no mapping of keys", node, hint)
        if name not in whole:
            where = f"{_shown(owner)} has no {shown(name)}" if owner else f"there is no {shown(name)}"
            raise self._error(where, node, did_you_mean(name, sorted(map(str, whole)), "there is"))
        return whole[name]

    def _compared(self, node: nodes.Compare) -> bool:
        left = self.value(node.expr)
        for operand in node.ops:
            right = self.value(operand.expr)
            try:
                holds = _COMPARISONS[operand.op](left, right)
            except TypeError as exc:
                hint = "compare numbers with numbers, texts with texts; `in` wants a list, a mapping or a text"
                raise self._error("these two cannot be compared like that", _first(operand.expr), hint) from exc
            if not holds:
                return False
            left = right
        return True

    def _negated(self, node: nodes.Neg) -> object:
        value = self.value(node.node)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error("only a number can be negative", node, "drop the minus sign, or put the text in quotes")
        return -value

    def _length(self, node: nodes.Filter) -> int:
        value = self.value(node.node) if node.node else None
        if not isinstance(value, str | list | tuple | Mapping):
            raise self._error(f"{_shown(node.node)} has no length", node, "a list, a mapping and a text have one")
        return len(value)

    def _error(self, message: str, node: nodes.Node, hint: str | None = None) -> ExpressionError:
        return ExpressionError(message, _column(node, self.columns), hint)


def _shown(node: nodes.Node | None) -> str:
    return ".".join(_chain(node)) or "this" if node else "this"
