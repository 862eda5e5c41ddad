"""Where a source can be mutated, and the source so mutated: one comparison, `and`, `or` or `not` at a time. Pure."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TURNED: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    # The neighbour moves the boundary by one, the opposite turns the whole.
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_LONGEST = 110


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of a source. `site`: which expression, in the order of `ast.walk`; `turn`: which change of it."""

    line: int
    before: str
    after: str
    site: int
    turn: int

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


def mutations(source: str) -> tuple[Mutation, ...]:
    """Return all mutations of a source, by line. Raises SyntaxError where it is no Python."""
    found = [
        Mutation(node.lineno, _told(node), _told(changed), site, turn)
        for site, node in enumerate(_expressions(ast.parse(source)))
        for turn, changed in enumerate(_turned(node))
    ]
    return tuple(sorted(found, key=lambda mutation: (mutation.line, mutation.site, mutation.turn)))


def mutated(source: str, mutation: Mutation) -> ast.Module:
    """Return the source with one mutation; places in it are those of the source."""
    tree = ast.parse(source)
    node = list(_expressions(tree))[mutation.site]
    changed = list(_turned(node))[mutation.turn]
    _Exchange(node, ast.copy_location(changed, node)).visit(tree)
    return ast.fix_missing_locations(tree)


class _Exchange(ast.NodeTransformer):
    """Puts one expression in another's place."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)


def _expressions(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield node


def _turned(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            yield from _joined(node)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand


def _compared(node: ast.Compare) -> Iterator[ast.expr]:
    for place, sign in enumerate(node.ops):
        for other in _TURNED[type(sign)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _joined(node: ast.BoolOp) -> Iterator[ast.expr]:
    """`a and b and c` has two `and`s: each becomes an `or` between what stands before it and what stands behind it."""
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    for place in range(1, len(node.values)):
        sides = [_side(node.op, node.values[:place]), _side(node.op, node.values[place:])]
        yield ast.BoolOp(other, sides)


def _side(sign: ast.boolop, values: list[ast.expr]) -> ast.expr:
    return values[0] if len(values) == 1 else ast.BoolOp(sign, values)


def _told(node: ast.expr) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
