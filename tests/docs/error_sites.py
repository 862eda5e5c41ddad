"""Reads orchestrator/ for every text that tells a person what is wrong: the message, the hint, who says it. No imports.

A *site* is a call that builds an error, a lint problem, a fault, a wait, a halt, a doctor's remark. Its texts are
followed through variables, conditions, f-strings, functions that return a text, and functions that are handed one. What
is a value in the end stays a placeholder in braces. A site whose text comes from elsewhere as a whole is a *relay*.
"""

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TypeGuard

PACKAGE = Path(__file__).parents[2] / "orchestrator"
MOST_FORMS = 64
DEEPEST = 8

Node = ast.FunctionDef | ast.Module


@dataclass(frozen=True)
class Slot:
    """Where a call carries its message and its hint: by place, and by name. `room`: where the word means this.

    `advice`: the module and the table that have the hint, by the call's first argument.
    """

    message: tuple[int, str]
    hint: tuple[int, str] | None = None
    room: str = ""
    advice: tuple[str, str] | None = None


_ERROR = Slot((0, "message"), (99, "hint"))
SLOTS: Mapping[str, Slot] = {
    "problem": Slot((1, "message"), (2, "hint")),
    "Said": Slot((0, "message"), (1, "hint"), room="documents"),
    "_Mistake": Slot((2, "message"), (3, "hint"), room="prompts"),
    "ExpressionError": Slot((0, "message"), (2, "hint")),
    "DrawingError": Slot((0, "message")),
    "NotAPicture": Slot((0, "message")),
    "CannotWork": Slot((0, "message")),
    "CannotRun": Slot((0, "message")),
    "SecurityError": Slot((0, "message")),
    "ValueError": Slot((0, "message")),
    "Unfit": Slot((0, "message"), (1, "hint")),
    "Fault": Slot((0, "message")),
    "NotSent": Slot((0, "why")),
    "Unclear": Slot((0, "why")),
    "Standing": Slot((1, "fault")),
    "Escalate": Slot((1, "reason")),
    "Refused": Slot((1, "reason")),
    "Await": Slot((3, "reason"), (4, "command")),
    "Halt": Slot((2, "reason"), (3, "command")),
    "Remark": Slot((1, "message"), (2, "hint")),
    "Finding": Slot((99, "message"), (99, "suggestion")),
    "settings.finding": Slot((1, "message"), (4, "suggestion"), room="gates.checks"),
    "_Breach": Slot((1, "message"), (2, "suggestion"), room="gates.checks"),
    "Mistake": Slot((2, "message"), (3, "suggestion")),
    "SchemaFault": Slot((0, "message")),
    "TooLarge": Slot((0, "message")),
    "PageTooLarge": Slot((0, "message")),
    "_Refused": Slot((0, "why"), room="outside.links"),
    "Answered": Slot((1, "why"), room="outside.links"),
    "self._stop": Slot((1, "why"), room="outside.hearing"),
    "_Broken": Slot((0, "message"), room="agents.callable"),
    "Broken": Slot((0, "message"), room="agents.model"),
    "Complaint": Slot((0, "message"), room="agents.command"),
    "click.UsageError": Slot((0, "message")),
}
"""What carries a text to a person, beside the errors of errors.py."""
IN_ROOMS: Mapping[tuple[str, str], Slot] = {
    ("content.html_tree", "Fault"): Slot((2, "message"), advice=("gates.checks.html", "_MENDING")),
    ("content.inspection", "Breach"): Slot((1, "message"), advice=("gates.checks.svg", "_ADVICE")),
    ("content.json_schema", "Breach"): Slot((1, "message"), (2, "suggestion")),
    ("documents.reviewers", "Fault"): Slot((1, "message"), (2, "hint")),
    ("gates.checks.plain_text", "Breach"): Slot((1, "message"), (2, "suggestion")),
    ("gates.checks.svg", "Breach"): Slot((1, "message"), advice=("gates.checks.svg", "_ADVICE")),
}
"""What carries a text in one module, and something else, or elsewhere in the call, in others."""
FORWARDERS = frozenset({("gates.rules", "Finding"), ("documents.reports", "Said")})
"""What is called so, and is handed what other calls, which are sites themselves, have told."""
PAIRED = frozenset({"Finding", "settings.finding", "_Breach", "Breach", "Mistake"})
"""What is told with the suggestion of the same branch, where messages and suggestions are as many."""

FORMATTERS = frozenset(
    {
        *("shown", "_shown", "shown_key", "dotted", "quote", "str", "repr", "line", "plain", "named"),
        *("count", "sorted", "min", "len", "ord", "path_fault"),
    }
)
"""Functions that only say how a value is written: the placeholder is named for the value."""
OPAQUE = frozenset({"reason", "decoded", "text", "hint", "key", "_SAID"})
"""Variables and tables that stay a placeholder inside a text: what they may be stands elsewhere, or is a file's."""
PHRASES = frozenset(
    {
        ("agents.admission", "_fault"),
        ("agents.admission", "_content_fault"),
        ("agents.admission", "_text_fault"),
        ("model.names", "path_fault"),
        ("outside.running", "_why"),
        ("model.protected", "protected"),
        ("routing.choice", "_too_small"),
        ("routing.choice", "_unfit"),
        ("routing.choice", "kept_off"),
        ("routing.purse", "refusal"),
        ("routing.purse", "used_up"),
    }
)
"""Functions whose texts are told with a name before them: `design.svg: the file is empty`."""
NOTHING = "\0"
"""What a text that is None comes to."""
VAGUE = frozenset({"name", "id", "path", "text", "value", "commit", "message", "said", "kind", "type", "size"})


class Unbound(Exception):
    """A text is a parameter of the outermost function that is looked at: its callers must say."""


@dataclass(frozen=True)
class Site:
    """One way in which one call tells something: templates with {placeholders}.

    `kind` is the class or function, `sort` the first argument of what has one: `Waits.LOCK`, `Stop.BUDGET`.
    """

    module: str
    line: int
    kind: str
    message: str
    hint: str | None
    sort: str = ""

    @property
    def is_relay(self) -> bool:
        """Say whether the text is another's as a whole, so that its words stand elsewhere."""
        return not re.search(r"[A-Za-z]{2}", re.sub(r"\{[^}]*\}", "", self.message))


@dataclass(eq=False)
class Module:
    """A module of the package: its tree, what it imports, its constants."""

    name: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...] = ()
    """All of the tree, in the order of `ast.walk`, which takes its time."""
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = tuple(ast.walk(self.tree))
        self.parents = {below: node for node in self.nodes for below in ast.iter_child_nodes(node)}

    @cached_property
    def functions(self) -> dict[str, list[ast.FunctionDef]]:
        """Return name → the functions and methods of that name."""
        found: dict[str, list[ast.FunctionDef]] = {}
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Return local name → (module, name there) of what is imported from the package."""
        return {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in self.nodes
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("orchestrator")
            for alias in node.names
        }

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """Return name → what is assigned to it at the module's top, or in a class's body."""
        bodies = [self.tree.body, *(n.body for n in self.tree.body if isinstance(n, ast.ClassDef))]
        found: dict[str, ast.expr] = {}
        for node in itertools.chain(*bodies):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    def class_of(self, node: ast.AST) -> ast.ClassDef | None:
        """Return the class in which a node stands."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, ast.ClassDef):
            above = self.parents.get(above)
        return above

    def around(self, node: ast.AST) -> ast.FunctionDef | None:
        """Return the function in which a node stands."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, ast.FunctionDef):
            above = self.parents.get(above)
        return above


@dataclass(frozen=True)
class Scope:
    """A function as it is called: by `call`, which stands in `outer`. Both None where nobody has looked yet."""

    module: Module
    function: ast.FunctionDef | None
    call: ast.Call | None = None
    outer: "Scope | None" = None

    @property
    def depth(self) -> int:
        """Return how many calls lie above."""
        return 1 + self.outer.depth if self.outer else 0


@dataclass(frozen=True)
class Row:
    """What is told at once: a tuple that a table holds, a function returns or a generator yields; or a single text."""

    value: ast.expr
    scope: Scope

    def part(self, index: int | None) -> ast.expr | None:
        """Return what stands at an index of it, all of it without one."""
        if index is None:
            return self.value
        return self.value.elts[index] if isinstance(self.value, ast.Tuple) and index < len(self.value.elts) else None


class Reader:
    """Follows texts through the package."""

    def __init__(self, package: Path = PACKAGE) -> None:
        files = sorted(package.rglob("*.py"))
        self.modules = {self._name(package, file): Module(self._name(package, file), _parsed(file)) for file in files}
        self.slots = {**SLOTS, **dict.fromkeys(self._errors(), _ERROR)}
        self._following: list[tuple[ast.AST, int]] = []
        self._taken: dict[tuple[ast.AST | None, str], tuple[Row, int | None]] = {}
        self._calls_by_name: dict[str, list[tuple[Module, ast.Call]]] = {}
        self._says_by_name: dict[str, list[tuple[Module, ast.FunctionDef]]] = {}
        for module in self.modules.values():
            for name, functions in module.functions.items():
                self._says_by_name.setdefault(name, []).extend((module, each) for each in functions if _says(each))
            for node in module.nodes:
                if isinstance(node, ast.Call):
                    self._calls_by_name.setdefault(_last(node.func), []).append((module, node))

    @staticmethod
    def _name(package: Path, file: Path) -> str:
        parts = file.relative_to(package.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def _room(self, module: Module) -> str:
        return module.name.partition(".")[2]

    def _errors(self) -> Iterator[str]:
        found = {"OrchestratorError"}
        for module in self.modules.values():
            for node in module.nodes:
                if isinstance(node, ast.ClassDef) and any(ast.unparse(base) in found for base in node.bases):
                    found.add(node.name)
        yield from found

    def sites(self) -> list[Site]:
        """Return every site of the package, each form of its texts once."""
        found: dict[tuple[str, str, str | None, str], Site] = {}
        for module in self.modules.values():
            for call in (node for node in module.nodes if isinstance(node, ast.Call)):
                slot = self._slot(module, call)
                if slot is not None:
                    for site in self._told(module, call, slot):
                        found.setdefault((site.module, site.message, site.hint, site.kind), site)
        for phrase in self._phrases():
            found.setdefault((phrase.module, phrase.message, None, phrase.kind), phrase)
        return list(found.values())

    def _phrases(self) -> Iterator[Site]:
        for module in self.modules.values():
            for name, functions in module.functions.items():
                if (self._room(module), name) in PHRASES:
                    yield from self._phrase(module, functions[0])

    def _phrase(self, module: Module, function: ast.FunctionDef) -> Iterator[Site]:
        scope = Scope(module, function)
        for node in _own(function):
            if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Call):
                for text in self.texts(node.value, scope):
                    if _is_worded(text):
                        yield Site(self._room(module), node.lineno, "phrase", text, None)

    def _slot(self, module: Module, call: ast.Call) -> Slot | None:
        room, kind = self._room(module), _kind(call)
        slot = IN_ROOMS.get((room, kind)) or self.slots.get(kind)
        return slot if slot and room.startswith(slot.room) and (room, kind) not in FORWARDERS else None

    def _told(self, module: Module, call: ast.Call, slot: Slot) -> Iterator[Site]:
        message = _argument(call, *slot.message)
        if message is None:
            return
        hint = _argument(call, *slot.hint) if slot.hint else None
        kind = _kind(call)

        def read(scope: Scope) -> list[tuple[str, str | None]]:
            if slot.advice:
                return self._advised(message, call.args[0], slot.advice, scope)
            pairs = self._paired(message, hint, scope) if kind in PAIRED and hint is not None else []
            return (pairs or self._pairs(message, hint, scope))[:MOST_FORMS]

        for said, advice in self._expanded(Scope(module, module.around(call)), read):
            if kind == "click.UsageError":
                # As the edge tells what the command line's parser says.
                said, advice = said[:1].lower() + said[1:].rstrip("."), "orchestrator [COMMAND] --help"
            yield Site(self._room(module), call.lineno, kind, said, advice, _sort(call))

    def _pairs(self, message: ast.expr, hint: ast.expr | None, scope: Scope) -> list[tuple[str, str | None]]:
        starred = [h for h in (message, hint) if isinstance(h, ast.Starred)]
        if starred:
            return [("{" + self._named(starred[0].value, scope) + "}", None)]
        texts = self.texts(message, scope)
        hints = self.texts(hint, scope) if hint is not None else []
        advice = " · or: ".join(dict.fromkeys(text for text in hints if text not in ("", NOTHING))) or None
        return [(text, advice) for text in texts if text not in ("", NOTHING)]

    def _paired(self, message: ast.expr, hint: ast.expr, scope: Scope) -> list[tuple[str, str | None]]:
        """Return each message with the suggestion that is told with it; nothing where that cannot be told."""
        while (given := _handed(message, scope)) and (advice := _handed(hint, scope)) and scope.outer:
            message, hint, scope = given, advice, scope.outer
        for same in self._at_once(message, hint, scope):
            rows = [row for value in next(iter(same.values()))[0] for row in self._rows(value, scope)]
            pairs: list[tuple[str, str | None]] = []
            for row in rows:
                self._taken = {(scope.function, name): (row, index) for name, (_, index) in same.items()}
                try:
                    pairs += self._pairs(message, hint, scope)
                finally:
                    self._taken = {}
            if pairs:
                return pairs
        texts, hints = (
            [text for text in self.texts(each, scope) if text not in ("", NOTHING)] for each in (message, hint)
        )
        return list(zip(texts, hints, strict=True)) if len(texts) == len(hints) else []

    def _at_once(
        self, message: ast.expr, hint: ast.expr, scope: Scope
    ) -> Iterator[dict[str, tuple[tuple[ast.expr, ...], int]]]:
        """Yield the variables of both texts that are assigned together: name → the values, and its index in them."""
        said, advised = (
            {each.id for each in ast.walk(whole) if isinstance(each, ast.Name)} for whole in (message, hint)
        )
        sources: dict[str, tuple[tuple[ast.expr, ...], int]] = {}
        for name in sorted(said | advised) if scope.function else ():
            assigned = _assigned(scope.function, name) if scope.function else []
            indexes = {index for _, index in assigned}
            if len(indexes) == 1 and isinstance(index := indexes.pop(), int):
                sources[name] = (tuple(value for value, _ in assigned), index)
        for name in sorted(said & sources.keys()):
            same = {other: source for other, source in sources.items() if source[0] == sources[name][0]}
            if advised & same.keys():
                yield same

    def _advised(
        self, message: ast.expr, rule: ast.expr, advice: tuple[str, str], scope: Scope
    ) -> list[tuple[str, str | None]]:
        """Return the messages with what a table of another module says to do about the rule."""
        there = self.modules.get(f"{PACKAGE.name}.{advice[0]}")
        table = there.constants.get(advice[1]) if there else None
        words = (
            dict(zip(map(_text, table.keys), map(_text, table.values), strict=True))
            if isinstance(table, ast.Dict)
            else {}
        )
        hints = [words[text] for text in self.texts(rule, scope) if words.get(text)]
        return [(text, " · or: ".join(hints) or None) for text in self.texts(message, scope)]

    def _expanded(
        self, scope: Scope, read: Callable[[Scope], list[tuple[str, str | None]]]
    ) -> list[tuple[str, str | None]]:
        try:
            return read(scope)
        except Unbound:
            root = _root(scope)
            callers = list(self._callers(root.module, root.function)) if root.function else []
            if not callers or scope.depth >= DEEPEST:
                return self._unfollowed(scope, read)
            return [pair for found in callers for pair in self._expanded(_rooted(scope, *found), read)]

    def _unfollowed(
        self, scope: Scope, read: Callable[[Scope], list[tuple[str, str | None]]]
    ) -> list[tuple[str, str | None]]:
        # A call of nobody's: its parameters stay placeholders.
        root = _root(scope)
        nobody = Scope(root.module, None)
        return read(_rooted(scope, nobody, ast.Call(ast.Name("nobody"), [], [])))

    def _callers(self, module: Module, function: ast.FunctionDef) -> Iterator[tuple[Scope, ast.Call]]:
        is_method = isinstance(module.parents.get(function), ast.ClassDef)
        for other, call in self._calls_by_name.get(function.name, []):
            if self._calls(other, call, module, function, is_method=is_method):
                yield Scope(other, other.around(call)), call

    def _calls(
        self, other: Module, call: ast.Call, module: Module, function: ast.FunctionDef, *, is_method: bool
    ) -> bool:
        if isinstance(call.func, ast.Name) and not is_method:
            here = other is module and call.func.id == function.name
            return here or other.imports.get(call.func.id) == (module.name, function.name)
        if not isinstance(call.func, ast.Attribute):
            return False
        if is_method and _is_self(call.func.value):
            return other is module and other.class_of(call) is module.class_of(function)
        return is_method or ast.unparse(call.func.value) == module.name.rpartition(".")[2]

    def texts(self, expression: ast.expr, scope: Scope) -> list[str]:
        """Return the templates that an expression may come to. Raises Unbound where its callers must say."""
        match expression:
            case ast.Constant(value=None):
                return [NOTHING]
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return self._joined(parts, scope)
            case ast.IfExp(body=body, orelse=orelse):
                return _once([*self.texts(body, scope), *self.texts(orelse, scope)])
            case ast.BoolOp(op=ast.Or(), values=values):
                found = [text for value in values for text in self.texts(value, scope)]
                return _once(text for text in found if text != NOTHING)
            case ast.BoolOp(op=ast.And(), values=values):
                return self.texts(values[-1], scope)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _once(a + b for a in self.texts(left, scope) for b in self.texts(right, scope))
            case ast.NamedExpr(value=value):
                return self.texts(value, scope)
            case ast.Name():
                return self._name_texts(expression, scope)
            case ast.Call():
                return self._call_texts(expression, scope)
            case ast.Subscript(value=ast.Name() as table) | ast.Subscript(value=ast.Dict() as table):
                return self._table_texts(table, scope) or [self._placeholder(expression, scope)]
        return [self._placeholder(expression, scope)]

    def _joined(self, parts: list[ast.expr], scope: Scope) -> list[str]:
        pieces: list[list[str]] = []
        for part in parts:
            if isinstance(part, ast.Constant):
                pieces.append([str(part.value)])
            elif isinstance(part, ast.FormattedValue):
                pieces.append(self._piece(part, scope))
        return _once("".join(form) for form in itertools.islice(itertools.product(*pieces), MOST_FORMS))

    def _piece(self, part: ast.FormattedValue, scope: Scope) -> list[str]:
        placeholder = [self._placeholder(part, scope)]
        whole = part.value.value if isinstance(part.value, ast.Subscript) else part.value
        if part.conversion == ord("r") or (isinstance(whole, ast.Name) and whole.id in OPAQUE):
            return placeholder
        if not isinstance(part.value, ast.Name | ast.Call | ast.IfExp | ast.BoolOp | ast.BinOp | ast.Subscript):
            return placeholder
        if not self._may_be_prose(part.value, scope):
            return placeholder
        found = [text for text in self.texts(part.value, scope) if text != NOTHING]
        rest = [text for text in found if text]
        if not any(_is_worded(text) for text in rest) and not any(text.startswith(": ") for text in rest):
            return placeholder
        if len(rest) > 4:
            return placeholder
        if not _is_noun(part.value) and not any(" " in text for text in rest):
            # A single word is a value: a job's id, a path.
            return placeholder
        # What may be left out stands in square brackets.
        return [f"[{text}]" for text in rest] if "" in found else rest

    def _may_be_prose(self, value: ast.expr, scope: Scope) -> bool:
        """Say whether it is worth following: a parameter only where some caller hands it words."""
        if not (isinstance(value, ast.Name) and scope.function and value.id in _parameters(scope.function)):
            return True
        if _assigned(scope.function, value.id):
            return True
        if scope.outer is not None:
            return True
        return any(
            _is_words(_passed(scope.function, call, value.id))
            for _, call in self._callers(scope.module, scope.function)
        )

    def _name_texts(self, name: ast.Name, scope: Scope) -> list[str]:
        function = scope.function
        if function is not None:
            taken = self._taken.get((function, name.id))
            if taken is not None and (part := taken[0].part(taken[1])) is not None:
                return self._guarded(name, scope, lambda: self.texts(part, taken[0].scope))
            assigned = _before(scope.module, _assigned(function, name.id), name)
            if assigned:
                return self._guarded(name, scope, lambda: self._assigned_texts(assigned, name, scope))
            if name.id in _parameters(function):
                return self._parameter_texts(name, scope)
        value = self._constant(scope.module, name.id)
        if value is not None:
            module, expression = value
            return self._guarded(name, scope, lambda: self.texts(expression, Scope(module, None)))
        return [self._placeholder(name, scope)]

    def _assigned_texts(self, assigned: list[tuple[ast.expr, int | None]], name: ast.Name, scope: Scope) -> list[str]:
        found: list[str] = []
        for value, index in assigned:
            parts = [(row.part(index), row.scope) for row in self._rows(value, scope)]
            if any(part is not None for part, _ in parts):
                found += [text for part, there in parts if part is not None for text in self.texts(part, there)]
            elif isinstance(scope.module.parents.get(value), ast.For | ast.Starred):
                found.append(self._placeholder(name, scope))
            elif index is None:
                found += self.texts(value, scope)
            elif isinstance(value, ast.Tuple) and index < len(value.elts):
                found += self.texts(value.elts[index], scope)
            elif isinstance(value, ast.Call):
                found += self._call_texts(value, scope, index) or [self._placeholder(name, scope)]
            else:
                found.append(self._placeholder(name, scope))
        return _once(found)

    def _rows(self, value: ast.expr, scope: Scope) -> list[Row]:
        """Return what a value is one of: the tuples of a table or of a function, or what a generator yields."""
        above = scope.module.parents.get(value)
        match value:
            case ast.Tuple():
                return [Row(value, scope)]
            case ast.Call() if isinstance(above, ast.For | ast.Starred):
                return self._yielded(value, scope)
            case ast.Call(func=ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="get"))):
                return self._returned(table, scope.module)
            case ast.Subscript(value=ast.Name(id=table)):
                constant = self._constant(scope.module, table)
                if constant is not None and isinstance(constant[1], ast.Dict):
                    tuples = [each for each in constant[1].values if isinstance(each, ast.Tuple)]
                    return [Row(each, Scope(constant[0], None)) for each in tuples]
        return []

    def _yielded(self, call: ast.Call, scope: Scope) -> list[Row]:
        functions = scope.module.functions.get(_last(call.func), [])
        returns = ast.unparse(functions[0].returns) if len(functions) == 1 and functions[0].returns else ""
        if not returns.startswith("Iterator[") or scope.depth >= DEEPEST:
            return []
        inner = Scope(scope.module, functions[0], call, scope)
        found: list[Row] = []
        for node in _own(functions[0]):
            if isinstance(node, ast.YieldFrom) and isinstance(node.value, ast.Call):
                found += self._yielded(node.value, inner)
            elif isinstance(node, ast.Yield) and node.value is not None:
                found.append(Row(node.value, inner))
        return found

    def _returned(self, table: str, module: Module) -> list[Row]:
        """Return what the functions of a table of functions return: all of the module that are of its type."""
        types = [ast.unparse(node.annotation) for node in module.tree.body if _is_typed(node, table)]
        kind = re.search(r"Callable\[\[.*?\], (\w+)\]", types[0]) if types else None
        functions = [each for same in module.functions.values() for each in same if kind and _returns(each, kind[1])]
        told = [
            *((n.value, f) for f in functions for n in _own(f) if isinstance(n, ast.Return)),
            *((n.body, module.around(n)) for n in module.nodes if kind and _is_returned(n, module)),
        ]
        nobody = ast.Call(ast.Name("nobody"), [], [])
        return [
            Row(value, Scope(module, function, nobody, Scope(module, None)))
            for value, function in told
            if isinstance(value, ast.Tuple)
        ]

    def _parameter_texts(self, name: ast.Name, scope: Scope) -> list[str]:
        if scope.outer is None or scope.call is None or scope.function is None:
            raise Unbound
        given = _passed(scope.function, scope.call, name.id) or _default(scope.function, name.id)
        if given is None:
            return [self._placeholder(name, scope)]
        return self.texts(given, scope.outer)

    def _call_texts(self, call: ast.Call, scope: Scope, index: int | None = None) -> list[str]:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "get" and isinstance(call.func.value, ast.Name):
            found = self._table_texts(call.func.value, scope)
            if found:
                return _once([*found, *(self.texts(call.args[1], scope) if call.args[1:] else [NOTHING])])
        if isinstance(call.func, ast.Attribute) and call.func.attr == "format":
            return self.texts(call.func.value, scope)
        called = None if _last(call.func) in FORMATTERS else self._called(call, scope)
        if called is None or scope.depth >= DEEPEST:
            return [self._placeholder(call, scope)]
        module, function = called
        inner = Scope(module, function, call, scope)
        values = [node.value for node in _own(function) if isinstance(node, ast.Return) and node.value is not None]
        if index is not None:
            values = [v.elts[index] for v in values if isinstance(v, ast.Tuple) and index < len(v.elts)]
        found = self._guarded(call, scope, lambda: _once(text for v in values for text in self.texts(v, inner)))
        ended = function.returns is not None and "None" in ast.unparse(function.returns) and index is None
        return _once([*found, *([NOTHING] if ended else [])]) or [self._placeholder(call, scope)]

    def _called(self, call: ast.Call, scope: Scope) -> tuple[Module, ast.FunctionDef] | None:
        name = _last(call.func)
        if isinstance(call.func, ast.Name):
            at = scope.module.imports.get(name, (scope.module.name, name))
            module = self.modules.get(at[0])
            found = module.functions.get(at[1], []) if module else []
            return (module, found[0]) if module and len(found) == 1 and _says(found[0]) else None
        places = self._says_by_name.get(name, [])
        if isinstance(call.func, ast.Attribute) and _is_self(call.func.value):
            places = [place for place in places if place[0] is scope.module] or places
        return places[0] if len(places) == 1 else None

    def _table_texts(self, table: ast.expr, scope: Scope) -> list[str]:
        value: ast.expr | None = table
        module = scope.module
        if isinstance(table, ast.Name):
            assigned = _assigned(scope.function, table.id) if scope.function else []
            constant = self._constant(scope.module, table.id)
            value = assigned[0][0] if assigned else constant[1] if constant else None
            module = constant[0] if constant and not assigned else module
        if not isinstance(value, ast.Dict):
            return []
        inner = scope if module is scope.module else Scope(module, None)
        return _once(text for each in value.values for text in self.texts(each, inner))

    def _constant(self, module: Module, name: str) -> tuple[Module, ast.expr] | None:
        if name in module.constants:
            return module, module.constants[name]
        there, other = module.imports.get(name, ("", ""))
        found = self.modules.get(there)
        return (found, found.constants[other]) if found and other in found.constants else None

    def _guarded(self, node: ast.AST, scope: Scope, follow: Callable[[], list[str]]) -> list[str]:
        """Follow, but never in a circle."""
        mark = (node, scope.depth)
        if mark in self._following:
            return []
        self._following.append(mark)
        try:
            return follow()
        finally:
            self._following.pop()

    def _placeholder(self, expression: ast.expr, scope: Scope) -> str:
        form, value = "", expression
        quoted = False
        if isinstance(expression, ast.FormattedValue):
            value = expression.value
            quoted = expression.conversion == ord("r")
            form = ast.unparse(expression.format_spec)[2:-1] if expression.format_spec else ""
        known = self.value(value, scope)
        if known is not None:
            return format(known, form) if form else str(known)
        name = "{" + self._named(value, scope) + "}"
        return f"'{name}'" if quoted or (isinstance(value, ast.Call) and _last(value.func) == "shown") else name

    def value(self, expression: ast.expr, scope: Scope) -> object | None:
        """Return what an expression of constants comes to; None where it is none of constants alone."""
        match expression:
            case ast.Constant(value=str() | int() | float() as value):
                return value
            case ast.Name(id=name) if not name.startswith("__"):
                if scope.function and (name in _parameters(scope.function) or _assigned(scope.function, name)):
                    return None
                found = self._constant(scope.module, name)
                return self.value(found[1], Scope(found[0], None)) if found else None
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                package, there = scope.module.imports.get(name, ("", ""))
                module = self.modules.get(f"{package}.{there}")
                found = self._constant(module, attr) if module else None
                return self.value(found[1], Scope(found[0], None)) if found else None
            case ast.BinOp(left=left, op=operator, right=right):
                return _worked_out(self.value(left, scope), operator, self.value(right, scope))
            case ast.JoinedStr():
                texts = self.texts(expression, scope)
                return texts[0] if len(texts) == 1 and "{" not in texts[0] else None
        return None

    def _named(self, expression: ast.expr, scope: Scope) -> str:
        match expression:
            case ast.Name(id=name):
                return name.strip("_").lower()
            case ast.Attribute(value=above, attr=attr):
                return self._named(above, scope) if attr in VAGUE and not _is_self(above) else attr.strip("_")
            case ast.Subscript(value=ast.Name(id=table), slice=ast.Constant(value=str(key))):
                return key if table != "self" else table
            case ast.Subscript(value=whole):
                return self._named(whole, scope)
            case ast.Call(func=ast.Attribute(attr="join"), args=[whole]):
                return self._named(whole, scope)
            case ast.Call(func=func, args=[first, *_]) if _last(func) in FORMATTERS or _last(func) in ("map", "sum"):
                return self._named(expression.args[-1] if _last(func) == "map" else first, scope)
            case ast.Call(func=ast.Attribute(value=above, attr="strip" | "removeprefix" | "partition" | "decode")):
                return self._named(above, scope)
            case ast.Call(func=func):
                return _last(func).strip("_")
            case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt):
                return self._named(elt, scope)
            case ast.BinOp(left=left) | ast.BoolOp(values=[left, *_]) | ast.IfExp(body=left):
                return self._named(left, scope)
        return "…"


def _kind(call: ast.Call) -> str:
    """Return the class or function as it is called; a page that is judged may carry the settings."""
    return ast.unparse(call.func).removeprefix("page.")


def _text(expression: ast.expr | None) -> str:
    return expression.value if isinstance(expression, ast.Constant) and isinstance(expression.value, str) else ""


def _is_typed(node: ast.stmt, name: str) -> TypeGuard[ast.AnnAssign]:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name


def _is_returned(node: ast.AST, module: Module) -> TypeGuard[ast.Lambda]:
    return isinstance(node, ast.Lambda) and isinstance(module.parents[node], ast.Return)


def _handed(expression: ast.expr, scope: Scope) -> ast.expr | None:
    """Return what the caller hands in for a text that is a mere parameter."""
    if not isinstance(expression, ast.Name) or scope.function is None or scope.call is None:
        return None
    return None if _assigned(scope.function, expression.id) else _passed(scope.function, scope.call, expression.id)


def _returns(function: ast.FunctionDef, kind: str) -> bool:
    return isinstance(function.returns, ast.Name) and function.returns.id == kind


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    by_name = [keyword.value for keyword in call.keywords if keyword.arg == name]
    if by_name:
        return by_name[0]
    return call.args[place] if place < len(call.args) else None


def _sort(call: ast.Call) -> str:
    return ast.unparse(call.args[0]) if call.args and _last(call.func) in ("Await", "Halt", "Remark") else ""


def _root(scope: Scope) -> Scope:
    return _root(scope.outer) if scope.outer else scope


def _rooted(scope: Scope, root: Scope, call: ast.Call) -> Scope:
    """Return the chain of calls with one more at its outer end."""
    outer = _rooted(scope.outer, root, call) if scope.outer else root
    return Scope(scope.module, scope.function, scope.call if scope.outer else call, outer)


def _parameters(function: ast.FunctionDef) -> list[str]:
    said = function.args
    return [argument.arg for argument in (*said.posonlyargs, *said.args, *said.kwonlyargs)]


def _passed(function: ast.FunctionDef, call: ast.Call, name: str) -> ast.expr | None:
    places = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    if places[:1] in (["self"], ["cls"]):
        places = places[1:]
    place = places.index(name) if name in places else 99
    return None if any(isinstance(arg, ast.Starred) for arg in call.args) else _argument(call, place, name)


def _default(function: ast.FunctionDef, name: str) -> ast.expr | None:
    said = function.args
    with_default = said.args[len(said.args) - len(said.defaults) :]
    pairs = [*zip(with_default, said.defaults, strict=True), *zip(said.kwonlyargs, said.kw_defaults, strict=True)]
    return next((value for argument, value in pairs if argument.arg == name), None)


@cache
def _own(function: ast.FunctionDef) -> tuple[ast.AST, ...]:
    """Return the nodes of a function without those of functions in it."""
    return tuple(_walked(function))


def _walked(function: ast.FunctionDef) -> Iterator[ast.AST]:
    left: list[ast.AST] = list(reversed(function.body))
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            left += reversed(list(ast.iter_child_nodes(node)))


@cache
def _assigned(function: ast.FunctionDef, name: str) -> list[tuple[ast.expr, int | None]]:
    """Return what is assigned to a name, with its index where several names are assigned at once."""
    found: list[tuple[ast.expr, int | None]] = []
    for node in _own(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                found.append((value, None))
            case ast.NamedExpr(target=ast.Name(id=target), value=value) if target == name:
                found.append((value, None))
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                found.append((value, None))
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                places = [at for at, each in enumerate(targets) if isinstance(each, ast.Name) and each.id == name]
                found += [(value, places[0])] if places else []
            case ast.For(target=target, iter=ast.Tuple(elts=rows)) | ast.For(target=target, iter=ast.List(elts=rows)):
                found += _looped(target, rows, name)
            case ast.For(target=ast.Tuple(elts=targets), iter=ast.Call() as call):
                places = [at for at, each in enumerate(targets) if isinstance(each, ast.Name) and each.id == name]
                found += [(call, places[0])] if places else []
            case ast.For(target=ast.Name(id=target), iter=ast.Call() as call) if target == name:
                found.append((call, None))
    return found


def _before(
    module: Module, assigned: list[tuple[ast.expr, int | None]], use: ast.AST
) -> list[tuple[ast.expr, int | None]]:
    """Return the assignments that may have been the last one before a use: those since the latest that must have."""
    earlier = [(value, index) for value, index in assigned if value.lineno <= getattr(use, "lineno", 0)]
    sure = [value.lineno for value, _ in earlier if _must_precede(module, value, use)]
    return [(v, i) for v, i in earlier if v.lineno >= max(sure, default=0)] or assigned


def _must_precede(module: Module, value: ast.expr, use: ast.AST) -> bool:
    """Say whether the statement of `value` stands in a block that goes on to the use."""
    statement = module.parents[value]
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    block = module.parents.get(statement)
    above: ast.AST | None = use
    while above is not None and module.parents.get(above) is not block:
        above = module.parents.get(above)
    return above is not None and _field(block, above) == _field(block, statement)


def _field(block: ast.AST | None, statement: ast.AST) -> str | None:
    pairs = ast.iter_fields(block) if block is not None else []
    return next((name for name, value in pairs if isinstance(value, list) and statement in value), None)


def _looped(target: ast.expr, rows: list[ast.expr], name: str) -> Iterator[tuple[ast.expr, int | None]]:
    for row in rows:
        if isinstance(target, ast.Name) and target.id == name:
            yield (row.value if isinstance(row, ast.Starred) else row), None
        if isinstance(target, ast.Tuple) and isinstance(row, ast.Tuple):
            for each, value in zip(target.elts, row.elts, strict=False):
                if isinstance(each, ast.Name) and each.id == name:
                    yield value, None


def _says(function: ast.FunctionDef) -> bool:
    """Say whether a function returns a text, or a tuple that may hold one."""
    returns = ast.unparse(function.returns) if function.returns else ""
    return bool(re.search(r"\bstr\b", returns)) and not re.match(
        r"(list|dict|Mapping|Iterator|Sequence|set)\b", returns
    )


def _is_noun(expression: ast.expr) -> bool:
    """Say whether a single word may be followed: what is chosen on the spot, and what `did_you_mean` is handed."""
    return isinstance(expression, ast.IfExp | ast.BinOp | ast.Subscript) or (
        isinstance(expression, ast.Name) and expression.id == "noun"
    )


def _is_words(expression: ast.expr | None) -> bool:
    if isinstance(expression, ast.IfExp):
        return _is_words(expression.body) or _is_words(expression.orelse)
    if isinstance(expression, ast.JoinedStr):
        return any(_is_words(part) for part in expression.values)
    return isinstance(expression, ast.Constant) and isinstance(expression.value, str) and " " in expression.value


def _is_worded(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2}", re.sub(r"\{[^}]*\}", "", text)))


def _is_self(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Name) and expression.id in ("self", "cls")


def _last(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _worked_out(left: object, operator: ast.operator, right: object) -> object | None:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    match operator:
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return left // right
        case ast.Mult():
            return left * right
        case ast.Add():
            return left + right
        case ast.Pow():
            return left**right
    return None


def _once(texts: "Iterator[str] | list[str]") -> list[str]:
    return list(dict.fromkeys(itertools.islice(texts, MOST_FORMS)))
