"""`log`: the entries of a job, the newest first on a terminal's page, the oldest first as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import WIDTH, colored, cut, dim, line, mark, out, out_json, seconds, table, usd
from orchestrator.cli.session import chosen_job, job_argument, json_option, opened
from orchestrator.cli.telling import SHORT

if TYPE_CHECKING:
    from orchestrator.engine.entries import EntryDocument

_LEAST_MS = 50


@command(
    "log",
    [("orchestrator log mug", ""), ("orchestrator log mug -n 5", "the last five"), ("git log job/mug", "the same")],
)
@job_argument
@click.option("-n", "most", type=click.IntRange(min=1), metavar="N", help="Only the last N entries.")
@json_option
@click.pass_obj
def log_command(call: Call, job: str | None, most: int | None, as_json: bool) -> None:
    """List a job's entries, oldest first: number, commit, what came of it, who made it, time and cost."""
    from orchestrator.engine.entries import log

    with opened(call) as world:
        entries = log(world, chosen_job(world, job))
    shown = entries[-most:] if most else entries
    if as_json:
        out_json(shown)
        return
    for text in log_lines(shown):
        out(text)


def log_lines(entries: Sequence[EntryDocument]) -> list[str]:
    """Return entries as lines; under a publishing one stands the receipt that it cites."""
    rows = table([_row(entry) for entry in entries], right=[0, 4, 5])
    found: list[str] = []
    for entry, row in zip(entries, rows, strict=True):
        found.append(row)
        if entry["receipt"]:
            found.append(f"{'':4}{dim('receipt ' + entry['receipt'][:SHORT])}")
    return found


def _row(entry: EntryDocument) -> list[str]:
    return [
        str(entry["seq"]) if entry["seq"] is not None else "·",
        dim(entry["entry"][:SHORT]),
        _what(entry),
        cut(_who(entry), 24),
        _took(entry["duration_ms"]),
        usd(entry["cost_usd"]) if entry["agent"] else "",
    ]


def _took(milliseconds: int) -> str:
    """A step's time; nothing where it would be told as 0.0 s, so that runs of quick steps look alike."""
    return seconds(milliseconds) if milliseconds >= _LEAST_MS else ""


def _what(entry: EntryDocument) -> str:
    outcome = entry["outcome"]
    if outcome is None:
        return f"{mark(None)} {cut(line(entry['subject']), WIDTH - 46)}"
    attempt = f" {entry['attempt']}" if (entry["attempt"] or 0) > 1 and entry["agent"] else ""
    said = f"{entry['step'] or ''}{attempt} {colored(outcome, outcome)}".strip()
    return f"{mark(outcome)} {said}"


def _who(entry: EntryDocument) -> str:
    if entry["agent"]:
        return line(f"{entry['agent']} ({entry['model']})" if entry["model"] else entry["agent"])
    return line(entry["actor"] or "")
