"""`graph`: a pipeline as Mermaid text, or as an SVG picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.edit import read_file
from orchestrator.cli.group import command
from orchestrator.cli.output import out, out_json, tell
from orchestrator.cli.session import chosen_job, json_option, opened
from orchestrator.cli.worktrees import worktree
from orchestrator.engine import paths
from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.model.names import path_fault, shown

if TYPE_CHECKING:
    from orchestrator.engine.world import World
    from orchestrator.model.pipeline import Pipeline


@command(
    "graph",
    [
        ("orchestrator graph mug", "Mermaid text, for Markdown"),
        ("orchestrator graph product-listing", "a template's"),
        ("orchestrator graph mug --svg mug.svg", "a picture"),
    ],
)
@click.argument("name", required=False, metavar="[JOB|TEMPLATE]")
@click.option("--svg", metavar="FILE", help="Write an SVG picture to FILE; - is stdout.")
@json_option
@click.pass_obj
def graph_command(call: Call, name: str | None, svg: str | None, as_json: bool) -> None:
    """Draw a pipeline: its steps, what follows what, where a failure goes back to, and how each step stands."""
    from orchestrator import graph

    with opened(call) as world:
        pipeline, states = _found(world, name)
    if as_json:
        out_json({"mermaid": graph.mermaid(pipeline, states), "states": dict(states)})
    elif svg is None:
        out(graph.mermaid(pipeline, states).rstrip("\n"))
    else:
        _write(call.directory, svg, graph.svg(pipeline, states))


def _found(world: World, name: str | None) -> tuple[Pipeline, Mapping[str, str]]:
    from orchestrator import graph
    from orchestrator.engine.gather import gather

    job = chosen_job(world, name)
    if job in world.ledger.jobs():
        snapshot = gather(world, job).snapshot
        return snapshot.pipeline, {step: str(record.outcome) for step, record in snapshot.state.steps.items()}
    return _template(world, job), graph.NO_STATES


def _template(world: World, name: str) -> Pipeline:
    """Return a template's pipeline, as it stands in the folder, committed or not.

    It is the base branch's where the folder has nothing of the template.
    """
    from orchestrator.documents.pipelines import missing_pipeline, parse_pipeline
    from orchestrator.engine.create import templates
    from orchestrator.model.nearness import did_you_mean

    path = f"{paths.TEMPLATES}{name}/{paths.PIPELINE}"
    root = worktree(world)
    if root and path_fault(path) is None and (root / path).parent.is_dir():
        if not (root / path).is_file():
            raise missing_pipeline(path)
        return parse_pipeline(read_file(root, path), path)
    base = world.ledger.base().commit
    oid = world.ledger.files(base, path).get(path)
    if oid is None:
        known = [*world.ledger.jobs(), *templates(world, base)]
        hint = did_you_mean(name, known, "jobs and templates")
        raise UsageError(f"there is no job and no template {shown(name)}", hint=hint)
    return parse_pipeline(world.ledger.blob(oid), path)


def _write(directory: Path, file: str, text: str) -> None:
    if file == "-":
        out(text.rstrip("\n"))
        return
    try:
        (directory / file).write_text(text, "utf-8")
    except OSError as exc:
        raise WorkspaceError(
            f"{file} cannot be written: {exc.strerror}",
            hint="name a file in a folder that you may write, or - for stdout",
        ) from exc
    tell(f"wrote {file}")
