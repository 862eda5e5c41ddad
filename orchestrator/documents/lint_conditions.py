"""Lint of the expressions in a pipeline: when a step runs, when a person is asked. Models in, problems out."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from orchestrator.documents.lint_case import Case
from orchestrator.documents.lint_files import known_paths
from orchestrator.documents.problems import Problem, problem
from orchestrator.documents.words import dotted
from orchestrator.documents.yaml import KeyPath, ScalarNode, descend
from orchestrator.errors import Place
from orchestrator.model.nearness import did_you_mean

if TYPE_CHECKING:
    from orchestrator.documents.expressions import Expression, ExpressionError

_DATA = (".yaml", ".yml", ".json")


def _conditions(case: Case) -> Iterator[tuple[str, str, KeyPath]]:
    for name, step in case.pipeline.steps.items():
        if step.when is not None:
            yield name, step.when, ("steps", name, "when")
        if step.approve and step.approve.when is not None:
            yield name, step.approve.when, ("steps", name, "approve", "when")


def _compiled(text: str) -> "Expression | ExpressionError":
    from orchestrator.documents.expressions import ExpressionError, compile_expression  # Jinja2 comes along

    try:
        return compile_expression(text)
    except ExpressionError as exc:
        return exc


def syntax(case: Case) -> Iterator[Problem]:
    """Yield the conditions that are no expressions."""
    for _, text, at in _conditions(case):
        found = _compiled(text)
        if isinstance(found, ValueError):
            yield problem(_within(case, at, found.column), f"{dotted(at)}: {found.message}", found.hint)


def names(case: Case) -> Iterator[Problem]:
    """Yield the names in conditions that nothing stands behind."""
    for name, text, at in _conditions(case):
        expression = _compiled(text)
        if isinstance(expression, ValueError):
            continue  # told of by `syntax`
        yield from _unknown_names(case, name, expression, at)
        for chain in sorted(expression.attributes):
            if len(chain) > 1 and chain[0] == "params" and case.around.params is not None:
                yield from _param(case, at, chain[1], expression.column_of("params"), case.around.params)


def _unknown_names(case: Case, name: str, expression: "Expression", at: KeyPath) -> Iterator[Problem]:
    stems = {*_stems(known_paths(case, name)), "params"}
    for wrong in sorted(expression.names - stems) if case.read.is_whole else ():
        hint = did_you_mean(wrong, sorted(stems), "there is")
        message = f"{dotted(at)}: {wrong} is neither params nor a data file that stands before"
        yield problem(_within(case, at, expression.column_of(wrong)), message, hint)


def _param(case: Case, at: KeyPath, wrong: str, column: int, params: frozenset[str]) -> Iterator[Problem]:
    if wrong not in params:
        hint = did_you_mean(wrong, sorted(params), "params") or f"add it to job.yaml: params: {{{wrong}: …}}"
        yield problem(_within(case, at, column), f"{dotted(at)}: job.yaml has no param {wrong}", hint)


def _stems(paths: Iterable[str]) -> Iterator[str]:
    """The names by which expressions know data files: those of the job's own folder."""
    for path in paths:
        stem, dot, ending = path.rpartition(".")
        if dot + ending in _DATA and "/" not in path:
            yield stem.replace("-", "_")


def _within(case: Case, at: KeyPath, column: int) -> Place:
    """The place of a column of an expression, where it stands in one line."""
    place, node = case.place(*at), descend(case.read.root, at)
    if not isinstance(node, ScalarNode) or place.column is None or node.span.end - node.span.start > len(node.text) + 2:
        return place
    return Place(place.path, place.line, place.column + column - 1 + (0 if node.is_plain else 1))
