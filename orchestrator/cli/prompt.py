"""`prompt`: what a step's agent would be told, and what it may cost. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import bytes_said, count, line, out_json, raw, tell, usd
from orchestrator.cli.session import job_and, job_argument, json_option, opened, step_argument

if TYPE_CHECKING:
    from orchestrator.engine.prompting import PromptDocument
    from orchestrator.engine.routes import BudgetDocument, RouteDocument

SHORT = 12
"""Digits of a digest that are shown."""


@command(
    "prompt",
    [
        ("orchestrator prompt mug", "of the step whose turn it is"),
        ("orchestrator prompt mug draft", "of this step, were it asked now"),
        ("orchestrator prompt mug draft > prompt.md", "the text alone"),
    ],
)
@job_argument
@step_argument
@json_option
@click.pass_obj
def prompt_command(call: Call, job: str | None, step: str | None, as_json: bool) -> None:
    """Print what would be sent for a step: the role, a blank line, the task with its files. Nothing is sent.

    Beside it: who would play it and why, the files, the most tokens that it has and about how many, the worst case of
    its cost and what the budgets have left.
    """
    from orchestrator.engine import prompting, routes

    with opened(call) as world:
        name, of = job_and(world, job, step)
        found = prompting.prompt(world, name, of)
        routed = routes.route(world, name, found["step"], lambda *_: found["tokens_at_most"])
    if as_json:
        out_json(_document(found, routed))
        return
    raw(_whole(found).encode("utf-8", "replace"))
    for text in _lines(found, routed):
        tell(text)


def _document(found: PromptDocument, routed: RouteDocument) -> dict[str, object]:
    return {
        **found,
        "backend": routed["backend"],
        "model": routed["model"],
        "model_reason": routed["reason"],
        "cost_at_most_usd": routed["cost_at_most_usd"],
        "budgets": routed["budgets"],
    }


def _whole(found: PromptDocument) -> str:
    """Return the role and the task as one text: as a program is told them that takes no role apart."""
    return "\n\n".join(part for part in (found["system"].strip(), found["prompt"]) if part)


def _lines(found: PromptDocument, routed: RouteDocument) -> Iterator[str]:
    yield ""
    yield f"{found['job']}: {found['step']}, attempt {found['attempt']} ({line(found['reason'])})"
    yield f"agent {line(found['agent'])}, backend {routed['backend']}{_model(routed)}"
    sizes = (f"{line(path)} {bytes_said(size)}" for path, size in found["files"].items())
    yield f"{count(len(found['files']), 'file')}: {', '.join(sizes)}" if found["files"] else "no files"
    yield f"tokens: at most {found['tokens_at_most']:,}, about {found['tokens_about']:,}{_cost(routed)}"
    if routed["budgets"]:
        yield f"left: {', '.join(map(_left, routed['budgets']))}"
    changed = f"; agent, prompt or step changed since {found['step']} last ran" if found["definition_changed"] else ""
    yield f"prompt {found['digest'][:SHORT]}{changed}"


def _model(routed: RouteDocument) -> str:
    """Return the model and why it is that; of what is no model only why."""
    if routed["model"] is None:
        return f", and none may: {line(routed['reason'])}"
    named = "" if routed["model"] == routed["backend"] else f", model {line(routed['model'])}"
    return f"{named} ({line(routed['reason'])})"


def _cost(routed: RouteDocument) -> str:
    cost = routed["cost_at_most_usd"]
    return "" if cost is None else f"; cost: at most {usd(cost)}"


def _left(limit: BudgetDocument) -> str:
    return f"{usd(limit['left'])} of the {limit['limit']}'s {usd(limit['usd'])}"
