"""Completion in the shell: the jobs there are, a job's steps. Where something is wrong it offers nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from orchestrator.engine.world import World


def complete_job(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the jobs that begin so."""
    return [job for job in _asked(ctx, lambda world: world.ledger.jobs()) if job.startswith(incomplete)]


def complete_step(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the steps that begin so, of the job that was typed before."""
    job = ctx.params.get("job")
    return [step for step in _asked(ctx, lambda world: _steps(world, job)) if step.startswith(incomplete)]


def _steps(world: World, job: str | None) -> Iterable[str]:
    from orchestrator.engine.gather import gather

    return gather(world, job or world.ledger.worktrees.current_job() or "").snapshot.pipeline.steps


def complete_finding(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of findings that begin so, of the job that was typed before."""
    job = ctx.params.get("job")
    return [name for name in _asked(ctx, lambda world: _findings(world, job)) if name.startswith(incomplete)]


def _findings(world: World, job: str | None) -> Iterable[str]:
    from orchestrator.engine.gather import gather
    from orchestrator.machine.waiving import findings

    return [each.id for each in findings(gather(world, job or "").snapshot)]


def _asked(ctx: click.Context, question: Callable[[World], Iterable[str]]) -> Iterable[str]:
    """Ask the repository that is meant by what was typed so far; nothing comes of it where something is wrong."""
    from orchestrator.cli.call import directory_of
    from orchestrator.errors import OrchestratorError
    from orchestrator.wiring import open_world

    top = ctx.find_root()
    environ = top.obj if isinstance(top.obj, dict) else {}
    try:
        world = open_world(directory_of(tuple(top.params.get("directories") or ())), environ=environ)
        with closing(world.ledger):
            return question(world)
    except (OrchestratorError, click.ClickException):
        return ()
