"""Completion in the shell: the jobs there are, a job's steps. Where something is wrong it offers nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from orchestrator.cli.root import directory_of
from orchestrator.engine.gather import gather
from orchestrator.engine.world import World
from orchestrator.errors import OrchestratorError
from orchestrator.wiring import open_world


def complete_job(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the jobs that begin so."""
    with suppress(OrchestratorError, click.ClickException), _world(ctx) as world:
        return [job for job in world.ledger.jobs() if job.startswith(incomplete)]
    return []


def complete_step(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the steps that begin so, of the job that was typed before."""
    with suppress(OrchestratorError, click.ClickException), _world(ctx) as world:
        steps = gather(world, ctx.params.get("job") or world.ledger.current_job() or "").snapshot.pipeline.steps
        return [step for step in steps if step.startswith(incomplete)]
    return []


@contextmanager
def _world(ctx: click.Context) -> Iterator[World]:
    top = ctx.find_root()
    environ = top.obj if isinstance(top.obj, dict) else {}
    world = open_world(directory_of(tuple(top.params.get("directories") or ())), environ=environ)
    try:
        yield world
    finally:
        world.ledger.close()
