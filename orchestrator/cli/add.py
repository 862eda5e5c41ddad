"""`add`: more material for a job, committed as the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_job
from orchestrator.cli.group import command
from orchestrator.cli.output import out_json, tell
from orchestrator.cli.session import json_option, opened, tell_next
from orchestrator.cli.telling import entry_line
from orchestrator.engine import paths
from orchestrator.errors import UsageError
from orchestrator.model.names import path_fault, shown

if TYPE_CHECKING:
    from orchestrator.engine.world import World


@command("add", [("orchestrator add mug notes.md sales.csv", ""), ("orchestrator add mug notes/", "a whole folder")])
@click.argument("job", shell_complete=complete_job)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@json_option
@click.pass_obj
def add_command(call: Call, job: str, files: tuple[str, ...], as_json: bool) -> None:
    """Put files into a job's sources/, as your own commits. What read the sources is done again by the next run."""
    from orchestrator.cli.new import read_files

    contents = read_files(call.directory, files)
    for name in contents:
        if fault := path_fault(name):
            raise UsageError(f"the source {shown(name)} {fault}", hint="rename the file")
    with opened(call) as world:
        commits = {name: _add(world, job, f"sources/{name}", content) for name, content in contents.items()}
        if as_json:
            out_json([{"path": f"sources/{name}", "commit": commit} for name, commit in commits.items()])
            return
        for name, commit in commits.items():
            said = entry_line(f"{job}: edit sources/{name}", commit) if commit else f"sources/{name} is there already"
            tell(said)
        tell_next(world, job)


def _add(world: World, job: str, path: str, content: bytes) -> str | None:
    from orchestrator.engine.gather import find_tip
    from orchestrator.engine.people import edit

    tip, _ = find_tip(world, job)
    where = paths.in_workspace(job, path)
    return edit(world, job, path, content, seen=world.ledger.files(tip, where).get(where))
