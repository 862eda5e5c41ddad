"""Lint of the order of a pipeline's steps: what each needs, goes back to, is skipped with, and who writes one file."""

from collections.abc import Iterator
from itertools import combinations

from orchestrator.documents.lint_case import Case
from orchestrator.documents.problems import Problem, problem
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.order import cycle
from orchestrator.model.patterns import matches
from orchestrator.model.pipeline import StepKind


def judge_order(case: Case) -> Iterator[Problem]:
    """Yield what is wrong with the order, whatever stands around the pipeline."""
    rules = [_needs, _cycle, _goto, _skipped_with, _other_models]
    if cycle(case.pipeline) is None:
        rules.append(_unordered_writers)
    for rule in rules:
        yield from rule(case)


def _needs(case: Case) -> Iterator[Problem]:
    names = list(case.pipeline.steps)
    for name, step in case.pipeline.steps.items():
        for index, need in enumerate(step.needs or ()):
            if need not in names:
                message = f"steps.{name}.needs: there is no step {need}"
                yield problem(case.place("steps", name, "needs", index), message, did_you_mean(need, names, "steps"))


def _skipped_with(case: Case) -> Iterator[Problem]:
    for name, step in case.pipeline.steps.items():
        if step.skipped_with is not None and step.skipped_with not in case.order[name]:
            place = case.place("steps", name, "skipped_with")
            hint = did_you_mean(step.skipped_with, sorted(case.order[name]), "steps before it")
            message = f"steps.{name}.skipped_with: {step.skipped_with} is no step before {name}"
            yield problem(place, message, hint or "no step stands before it")


def _other_models(case: Case) -> Iterator[Problem]:
    for name, step in case.pipeline.steps.items():
        for index, other in enumerate(step.other_model_than):
            if other in case.order[name] and case.pipeline.steps[other].kind is StepKind.AGENT:
                continue
            known = sorted(each for each in case.order[name] if case.pipeline.steps[each].kind is StepKind.AGENT)
            message = f"steps.{name}.other_model_than: {other} is no agent's step before {name}"
            hint = did_you_mean(other, known, "agents' steps before it") or "no agent's step stands before it"
            yield problem(case.place("steps", name, "other_model_than", index), message, hint)


def _cycle(case: Case) -> Iterator[Problem]:
    found = cycle(case.pipeline)
    if found:
        chain = " → ".join([*found, found[0]])
        place = case.place("steps", found[0], at_key=True)
        yield problem(place, f"steps.{found[0]}: these steps wait for one another: {chain}", "drop one of the needs")


def _goto(case: Case) -> Iterator[Problem]:
    names = list(case.pipeline.steps)
    for name, step in case.pipeline.steps.items():
        if step.on_fail is None or step.on_fail.goto in case.order[name]:
            continue
        target, place = step.on_fail.goto, case.place("steps", name, "on_fail", "goto")
        if target not in names:
            message = f"steps.{name}.on_fail.goto: there is no step {target}"
            yield problem(place, message, did_you_mean(target, sorted(case.order[name]), "steps before it"))
        else:
            hint = did_you_mean("", sorted(case.order[name]), "steps before it") or "no step stands before it"
            yield problem(place, f"steps.{name}.on_fail.goto: {target} does not stand before {name}", hint)


def _unordered_writers(case: Case) -> Iterator[Problem]:
    for (one, first), (other, second) in combinations(case.steps(StepKind.AGENT), 2):
        if one in case.order[other] or other in case.order[one]:
            continue
        for index, pattern in enumerate(second.writes):
            if any(_overlap(pattern, earlier) for earlier in first.writes):
                message = f"steps.{other}.writes: {one} writes {pattern} too, and neither stands before the other"
                place = case.place("steps", other, "writes", index)
                yield problem(place, message, f"let one need the other: needs: [{one}]")


def _overlap(one: str, other: str) -> bool:
    return one == other or matches(one, example(other)) or matches(other, example(one))


def example(pattern: str) -> str:
    """A path that a pattern names."""
    path = pattern + "x" if pattern.endswith("/") else pattern
    return path.replace("**", "x").replace("*", "x").replace("?", "x")
