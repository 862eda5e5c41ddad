"""`cost`: what was spent, read from the ledger. What was paid for and then left behind counts too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import count, line, out, out_json, table, usd
from orchestrator.cli.session import job_argument, json_option, opened
from orchestrator.engine.entries import By

if TYPE_CHECKING:
    from orchestrator.engine.entries import CostDocument


@command(
    "cost",
    [
        ("orchestrator cost", "all jobs"),
        ("orchestrator cost mug", "one job, by step"),
        ("orchestrator cost --by model", "which model the money went to"),
    ],
)
@job_argument
@click.option("--by", type=click.Choice([str(by) for by in By]), help="Sum by this; by step, or of all jobs by job.")
@json_option
@click.pass_obj
def cost_command(call: Call, job: str | None, by: str | None, as_json: bool) -> None:
    """Say what was spent, in USD. Failed and interrupted attempts count, and so does what a reset left behind."""
    from orchestrator.engine.entries import cost

    with opened(call) as world:
        jobs = (job,) if job else world.ledger.jobs()
        chosen = By(by) if by else By.STEP if job else By.JOB
        found = cost(world, jobs, chosen)
    if as_json:
        out_json(found)
        return
    for text in _lines(found, chosen):
        out(text)


def _lines(found: CostDocument, by: By) -> Iterator[str]:
    head = [str(by).upper(), "COST", "ATTEMPTS", "TOKENS IN", "TOKENS OUT"]
    rows = [
        [
            line(row["key"]),
            usd(row["cost_usd"]),
            str(row["attempts"]),
            f"{row['tokens_in']:,}",
            f"{row['tokens_out']:,}",
        ]
        for row in found["by"]
    ]
    total = ["total", usd(found["total_usd"]), str(sum(row["attempts"] for row in found["by"])), "", ""]
    yield from table([head, *rows, total], right=[1, 2, 3, 4])
    if found["unknown"]:
        what = f"{count(found['unknown'], 'attempt')} of unknown cost"
        yield f"{usd(found['unknown_usd'])} of it is what was reserved for {what}"
    if found["saved_usd"] is not None:
        yield _saving(found["saved_usd"], found["against"] or "", found["compared"])


def _saving(amount: float, against: str, attempts: int) -> str:
    said = f"routing saved {usd(amount)}" if amount >= 0 else f"routing cost {usd(-amount)} more"
    verb = "against" if amount >= 0 else "than"
    return f"{said} {verb} always using {line(against)}, over {count(attempts, 'attempt')} by known prices"
