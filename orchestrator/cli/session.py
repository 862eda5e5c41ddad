"""What most commands begin with: the world around the folder one stands in, and the job that is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_job, complete_step
from orchestrator.cli.output import out_json, tell
from orchestrator.cli.telling import next_lines

if TYPE_CHECKING:
    from orchestrator.engine.world import Watcher, World

F = TypeVar("F", bound=Callable[..., object])


@contextmanager
def opened(call: Call, watcher: Watcher | None = None, *, is_workspace: bool = True) -> Iterator[World]:
    """Hand out the world, and close it at the end.

    Raises WorkspaceError where there is no repository to work in, or it is to be a workspace and is none.
    """
    from orchestrator.engine.base import settings_id
    from orchestrator.wiring import open_world

    world = open_world(call.directory, environ=call.environ, watcher=watcher)
    try:
        if is_workspace:
            settings_id(world, world.ledger.base().commit)
        yield world
    finally:
        world.ledger.close()


def chosen_job(world: World, said: str | None) -> str:
    """Return the job that was named, else the one that one stands in. Raises UsageError, which lists the jobs."""
    if said is not None:
        return said
    here = world.ledger.worktrees.current_job()
    if here is not None and here in world.ledger.jobs():
        return here
    from orchestrator.errors import UsageError

    raise UsageError("which job?", hint=_jobs_known(world))


def _jobs_known(world: World) -> str:
    jobs = world.ledger.jobs()
    if not jobs:
        return "there are none yet: orchestrator new TEMPLATE JOB"
    more = " …" if len(jobs) > 20 else ""
    return f"jobs: {', '.join(jobs[:20])}{more}"


def job_and(world: World, first: str | None, second: str | None) -> tuple[str, str | None]:
    """Return the job and what was said of it. A single word that names no job is said of the job one stands in."""
    if first is not None and second is None and first not in world.ledger.jobs():
        here = world.ledger.worktrees.current_job()
        if here is not None and here in world.ledger.jobs():
            return here, first
    return chosen_job(world, first), second


def tell_next(world: World, job: str) -> None:
    """Say why the job stands where it does, and what to type."""
    from orchestrator.engine.report import next_action

    for text in next_lines(next_action(world, job)):
        tell(text)


def out_status(world: World, *jobs: str) -> None:
    """Print where jobs stand, as one JSON document."""
    from orchestrator.engine.report import status

    out_json(status(world, jobs))


def job_argument(function: F) -> F:
    """Give a command the argument `[JOB]`."""
    return click.argument("job", required=False, shell_complete=complete_job)(function)


def step_argument(function: F) -> F:
    """Give a command the argument `[STEP]`, after `[JOB]`."""
    return click.argument("step", required=False, shell_complete=complete_step)(function)


def json_option(function: F) -> F:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(function)
