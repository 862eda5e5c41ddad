"""`status` and `next`: where jobs stand, what is next, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import WIDTH, bold, colored, cut, line, out, out_json, out_prose, table, tell, usd
from orchestrator.cli.session import chosen_job, job_argument, json_option, opened
from orchestrator.cli.telling import heading, next_lines, step_rows, trouble

if TYPE_CHECKING:
    from orchestrator.engine.glance import Row
    from orchestrator.engine.report import JobDocument, NextDocument
    from orchestrator.engine.world import World


@command(
    "status",
    [("orchestrator status", "every job"), ("orchestrator status mug", "its steps, and what is next")],
)
@job_argument
@json_option
@click.pass_obj
def status_command(call: Call, job: str | None, as_json: bool) -> None:
    """Say where the jobs stand. With a JOB, or inside one: its steps, what was found, and what happens next and why."""
    with opened(call) as world:
        asked = job or _here(world)
        if asked or as_json:
            _tell_in_full(world, asked, as_json=as_json)
            return
        from orchestrator.engine import glance  # the list of thousands of jobs loads no model

        found = glance.rows(world)
    _print_jobs(found)


def _tell_in_full(world: World, asked: str | None, *, as_json: bool) -> None:
    from orchestrator.engine import report

    found = [report.job(world, asked)] if asked else report.status(world, world.ledger.jobs())
    if as_json:
        out_json(found)
    else:
        _print_job(found[0])


def _here(world: World) -> str | None:
    here = world.ledger.worktrees.current_job()
    if here is None or not (world.ledger.tip(here) or world.ledger.recorded_tip(here)):
        return None
    return here


def _print_jobs(jobs: Sequence[Row]) -> None:
    if not jobs:
        tell("there are no jobs yet")
        tell(f"next: {bold('orchestrator new TEMPLATE JOB')}")
        return
    rows = [[job.id, job.status, _words(job.action, job.step), usd(job.cost_usd)] for job in jobs]
    lines = table([["JOB", "STATUS", "NEXT", "COST"], *rows], right=[3])
    room = max(WIDTH - max(len(text) for text in lines) - 2, 20)
    shown = [f"{lines[0]}  REASON"]
    for job, text in zip(jobs, lines[1:], strict=True):
        painted = text.replace(f" {job.status} ", f" {colored(job.status, job.status)} ", 1)
        shown.append(f"{painted}  {cut(line(job.reason), room)}")
    out("\n".join(shown))


def _words(action: str, step: str | None) -> str:
    return f"{action} {step}" if step else action


def _print_job(job: JobDocument) -> None:
    for text in job_lines(job):
        out_prose(text)


def job_lines(job: JobDocument) -> Iterator[str]:
    """Yield a job as `status JOB` shows it."""
    yield heading(job)
    yield ""
    yield from step_rows(job["steps"])
    yield ""
    found = list(trouble(job))
    if found:
        yield from found
        yield ""
    yield f"spent {usd(job['cost_usd'])}, on branch {job['branch']}"
    # Where it keeps the job from moving, what is next says it.
    if job["being_edited"] and job["next"]["reason"] == job["reason"]:
        yield f"being edited in {line(job['being_edited'])}"
    yield from next_lines(job["next"])


@command("next", [("orchestrator next mug", "what run would do, and why")])
@job_argument
@json_option
@click.pass_obj
def next_command(call: Call, job: str | None, as_json: bool) -> None:
    """Say a job's next action and its reason. Nothing is done."""
    from orchestrator.engine import report

    said: NextDocument
    with opened(call) as world:
        said = report.next_action(world, chosen_job(world, job))
    if as_json:
        out_json(said)
        return
    attempt = f", attempt {said['attempt']}" if said["attempt"] else ""
    out(f"{_words(said['action'], said['step'])}{attempt}: {line(said['reason'])}")
    if said["command"]:
        tell(f"next: {bold(line(said['command']))}")
