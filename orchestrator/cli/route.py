"""`route`: which model would play a step, why, why no other, and what the budgets leave. Nothing is asked of any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import line, out, out_json, out_prose, table, usd
from orchestrator.cli.session import job_and, job_argument, json_option, opened, step_argument

if TYPE_CHECKING:
    from orchestrator.engine.routes import BudgetDocument, RouteDocument


@command(
    "route",
    [
        ("orchestrator route mug", "of the step whose turn it is"),
        ("orchestrator route mug draft", "of this step, as it would be routed now"),
        ("orchestrator route mug draft --json", "for a program"),
    ],
)
@job_argument
@step_argument
@json_option
@click.pass_obj
def route_command(call: Call, job: str | None, step: str | None, as_json: bool) -> None:
    """Say which model would play a step, the most that it may cost, and why each other candidate is not chosen.

    Beside it: what each budget leaves, with a warning at 80 %, which models are down, whether the step was promoted.
    """
    from orchestrator.engine import routes

    with opened(call) as world:
        name, of = job_and(world, job, step)
        found = routes.route(world, name, of)
    if as_json:
        out_json(found)
        return
    for text in _lines(found):
        out_prose(text)
    for text in _tables(found):
        out(text)


def _lines(found: RouteDocument) -> Iterator[str]:
    turn = "" if found["is_next"] else " (not its turn)"
    yield f"{found['job']}: {found['step']}{turn}"
    yield (
        line(found["reason"])
        if _is_nobodys(found)
        else f"{line(found['model'] or 'no model')}: {line(found['reason'])}"
    )
    if found["agent"] is not None:
        yield f"agent {line(found['agent'])}, backend {found['backend']}{_size(found)}{_cost(found)}"
    if found["tokens_at_most"] is None and found["refused"]:
        yield "the prompt cannot be rendered yet: what models may cost counts their answers alone"
    if found["promoted"]:
        yield f"promoted to a stronger model: {found['promoted']} times" if found["promoted"] > 1 else _ONCE
    for model, until in found["down"].items():
        yield f"down: {line(model)}, {_until(until)}"
    for model, rate in found["accepted"].items():
        yield f"accepted: {rate:.0%} of what {line(model)} made for {found['step']}"
    yield from (f"warning: {line(text)}" for text in found["warnings"])
    if found["prices"]:
        yield f"prices: the settings, then {found['prices']}"


_ONCE = "promoted to a stronger model once"


def _is_nobodys(found: RouteDocument) -> bool:
    """Say whether no model is asked, and none is missing."""
    return found["model"] is None and found["backend"] != "model"


def _size(found: RouteDocument) -> str:
    return "" if found["tokens_at_most"] is None else f", at most {found['tokens_at_most']:,} tokens of prompt"


def _cost(found: RouteDocument) -> str:
    cost = found["cost_at_most_usd"]
    return "" if cost is None else f", at most {usd(cost)}"


def _until(when: int) -> str:
    from orchestrator.routing import instant

    return f"until {instant(when)}" if when else "until a person says retry"


def _tables(found: RouteDocument) -> Iterator[str]:
    if found["refused"]:
        yield ""
        yield from table([["NOT", "WHY"], *([line(each["model"]), line(each["reason"])] for each in found["refused"])])
    if found["budgets"]:
        yield ""
        head = ["BUDGET", "LIMIT", "SPENT", "RESERVED", "LEFT"]
        yield from table([head, *map(_row, found["budgets"])], right=[1, 2, 3, 4])


def _row(budget: BudgetDocument) -> list[str]:
    return [budget["limit"], *(usd(budget[key]) for key in ("usd", "spent", "reserved", "left"))]
