"""`run` and `advance`: move jobs on, show it, and end by saying what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli import failing
from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_job
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, line, tell, usd
from orchestrator.cli.session import chosen_job, job_argument, json_option, opened, out_status, tell_next
from orchestrator.cli.telling import heading, next_lines, trouble
from orchestrator.errors import OrchestratorError, UsageError

if TYPE_CHECKING:
    from orchestrator.cli.progress import Progress
    from orchestrator.engine.report import JobDocument
    from orchestrator.engine.run import Rested
    from orchestrator.engine.world import World

_WORST_FIRST = (1, 2, 7, 6, 4, 5, 3)
MOST_AT_ONCE = 1_000


@command(
    "run",
    [
        ("orchestrator run mug", "this job"),
        ("orchestrator run", "the job one stands in"),
        ("orchestrator run --all", "every job that is not finished"),
        ("orchestrator run --all --jobs 8", "eight of them at a time"),
    ],
)
@click.argument("jobs", nargs=-1, metavar="[JOB]...", shell_complete=complete_job)
@click.option("--all", "is_all", is_flag=True, help="Every job.")
@click.option(
    "-j",
    "--jobs",
    "threads",
    type=click.IntRange(1, MOST_AT_ONCE),
    default=1,
    metavar="N",
    help="Advance up to N jobs at a time; one after another, unless said.",
)
@json_option
@click.pass_obj
def run_command(call: Call, jobs: tuple[str, ...], is_all: bool, threads: int, as_json: bool) -> int:
    """Advance jobs, one step and one commit after another, until each rests: done, halted, or waiting for somebody.

    It may be stopped at any time and run again: it goes on from what is committed.
    """
    if is_all and jobs:
        raise UsageError("name jobs, or say --all", hint="orchestrator run --all")
    with opened(call) as world:
        chosen = _uncancelled(world) if is_all else _named(world, jobs) or (chosen_job(world, None),)
    if threads > 1 and len(chosen) > 1:
        codes = _run_at_once(call, chosen, threads, as_json=as_json)
    else:
        codes = _run_in_turn(call, chosen, as_json=as_json)
    if as_json:
        with opened(call) as world:
            out_status(world, *chosen)
    return next((code for code in _WORST_FIRST if code in codes), 0)


def _uncancelled(world: World) -> tuple[str, ...]:
    """Return the jobs that may move: all but those that were cancelled."""
    from orchestrator.engine import report
    from orchestrator.model.state import Status

    told = report.status(world, world.ledger.jobs())
    return tuple(job["id"] for job in told if job["status"] != Status.CANCELLED)


def _named(world: World, jobs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the jobs as they were named. Raises UsageError, before any of them is run, where one of them is none."""
    from orchestrator.engine.gather import find_tip

    for job in jobs:
        find_tip(world, job)
    return tuple(dict.fromkeys(jobs))


def _run_in_turn(call: Call, jobs: tuple[str, ...], *, as_json: bool) -> list[int]:
    """Run one job after another, and return their exit codes."""
    from orchestrator.cli.progress import Progress

    with Progress(is_quiet=as_json) as progress, opened(call, progress) as world:
        return [_run(world, job, progress, is_one=len(jobs) == 1, as_json=as_json) for job in jobs]


def _run(world: World, job: str, progress: Progress, *, is_one: bool, as_json: bool) -> int:
    """Run one of the jobs. Where there are several, one that fails does not keep the others from running."""
    from orchestrator.engine.run import exit_code, run

    if not (is_one or as_json):
        tell(bold(job))
    try:
        rested = run(world, job, sleep=progress.sleep)
    except OrchestratorError as error:
        if is_one:
            raise
        return failing.say(error, is_json=as_json, color=None)
    if not as_json:
        _tell_end(world, job, rested)
    return exit_code(rested.action)


def _run_at_once(call: Call, jobs: tuple[str, ...], threads: int, *, as_json: bool) -> list[int]:
    """Run several jobs at a time, and return their exit codes."""
    from orchestrator.cli.crowd import run_crowd
    from orchestrator.cli.progress import rest_word
    from orchestrator.engine.run import Rested, exit_code

    endings = run_crowd(call, jobs, threads, is_quiet=as_json)
    if not as_json:
        tell(_summary([rest_word(each.action) if isinstance(each, Rested) else "failed" for each in endings]))
    return [exit_code(each.action) if isinstance(each, Rested) else each.exit_code for each in endings]


def _summary(ends: Sequence[str]) -> str:
    """Return how many jobs ended in which way."""
    words = ("done", "waiting", "halted", "failed")
    return f"{len(ends)} jobs: {', '.join(f'{ends.count(word)} {word}' for word in words if word in ends)}"


def _tell_end(world: World, job: str, rested: Rested) -> None:
    from orchestrator.engine import report

    found = report.job(world, job)
    for text in (*end_lines(found, rested), *(f"look: {bold(text)}" for text in _where_to_look(world, found))):
        tell(text)


def end_lines(job: JobDocument, rested: Rested) -> Iterator[str]:
    """Yield where a job came to rest: after how many entries, why, what to type."""
    from orchestrator.engine import report

    if rested.entries:
        yield ""
    made = f", {rested.entries} {'entry' if rested.entries == 1 else 'entries'}" if rested.entries else ""
    yield f"{heading(job)}{made}, spent {usd(job['cost_usd'])}"
    if not rested.entries:
        yield from trouble(job, only=rested.action.step or "")
    yield from next_lines(report.next_document(job["id"], rested.action))


def _where_to_look(world: World, job: JobDocument) -> Sequence[str]:
    from orchestrator.engine import report

    name, step = job["id"], job["next"]["step"]
    if job["status"] == "done":
        return [*(f"{line(place)}/" for place in report.places(world, name)), f"orchestrator show {name}"]
    if job["next"]["action"] == "await" and step in world.ledger.open_reviews(name):
        return [f"orchestrator diff {name}"]
    return [f"orchestrator show {name} {step}"] if step else [f"orchestrator log {name}"]


@command("advance", [("orchestrator advance mug", "one action, at most one commit")])
@job_argument
@json_option
@click.pass_obj
def advance_command(call: Call, job: str | None, as_json: bool) -> int:
    """Take a job's one next action: read, decide, do it, judge it, commit. At rest it makes no commit."""
    from orchestrator.cli.progress import Progress
    from orchestrator.engine.advance import advance
    from orchestrator.engine.run import exit_code

    with Progress(is_quiet=as_json) as progress, opened(call, progress) as world:
        name = chosen_job(world, job)
        moved = advance(world, name)
        if as_json:
            out_status(world, name)
        else:
            tell_next(world, name)
    return exit_code(moved.action)
