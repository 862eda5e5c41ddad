"""`init`: make a folder a workspace."""

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, count, out_json, tell
from orchestrator.cli.session import json_option
from orchestrator.errors import WorkspaceError


@command("init", [("orchestrator init", "this folder"), ("orchestrator init shop", "a new folder")])
@click.argument("folder", required=False, metavar="[DIR]")
@json_option
@click.pass_obj
def init_command(call: Call, folder: str | None, as_json: bool) -> None:
    """Make a workspace: settings, agents, prompts and a template, committed on the branch that is checked out.

    Makes a git repository where there is none. Files that stand there already stay as they are.
    """
    from orchestrator.wiring import found_workspace

    directory = call.directory / folder if folder else call.directory
    try:
        written = found_workspace(directory, environ=call.environ)
    except FileExistsError as exc:
        raise WorkspaceError(f"{directory} is no folder", hint="orchestrator init OTHER-FOLDER") from exc
    if as_json:
        out_json({"path": str(directory), "written": list(written)})
        return
    tell(f"made a workspace: {count(len(written), 'file')}, committed" if written else "this is a workspace already")
    inside = f"cd {folder} && " if folder else ""
    tell(f"next: {bold(f'{inside}orchestrator new product-listing mug')}")
