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
    from orchestrator.engine.prompting import LimitDocument, PromptDocument

SHORT = 12
"""Digits of a digest that are shown."""


@command(
    "prompt",
    [
        ("orchestrator prompt mug", "of the step whose turn it is"),
        ("orchestrator prompt mug draft", "of this step, as it would be asked now"),
        ("orchestrator prompt mug draft > prompt.md", "the text alone; all else is on stderr"),
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
    from orchestrator.engine import prompting

    with opened(call) as world:
        name, of = job_and(world, job, step)
        found = prompting.prompt(world, name, of)
    if as_json:
        out_json(found)
        return
    raw(_whole(found).encode("utf-8", "replace"))
    for text in _lines(found):
        tell(text)


def _whole(found: PromptDocument) -> str:
    """Return the role and the task as one text: as a program is told them that takes no role apart."""
    return "\n\n".join(part for part in (found["system"].strip(), found["prompt"]) if part)


def _lines(found: PromptDocument) -> Iterator[str]:
    yield ""
    yield f"{found['job']}: {found['step']}, attempt {found['attempt']} ({line(found['reason'])})"
    yield f"agent {line(found['agent'])}, backend {found['backend']}, {_model(found)}"
    sizes = (f"{line(path)} {bytes_said(size)}" for path, size in found["files"].items())
    yield f"{count(len(found['files']), 'file')}: {', '.join(sizes)}" if found["files"] else "no files"
    yield f"tokens: at most {found['tokens_at_most']:,}, about {found['tokens_about']:,}{_cost(found)}"
    if found["budgets"]:
        yield f"left: {', '.join(map(_left, found['budgets']))}"
    changed = f"; agent, prompt or step changed since {found['step']} last ran" if found["definition_changed"] else ""
    yield f"prompt {found['digest'][:SHORT]}{changed}"


def _model(found: PromptDocument) -> str:
    if found["model"] is None:
        return f"no model: {line(found['model_reason'])}"
    return f"model {line(found['model'])} ({line(found['model_reason'])})"


def _cost(found: PromptDocument) -> str:
    cost = found["cost_at_most_usd"]
    return "" if cost is None else f"; cost: at most {usd(cost)}"


def _left(limit: LimitDocument) -> str:
    return f"{usd(limit['left'])} of the {limit['limit']}'s {usd(limit['usd'])}"
