"""`import`: take in another tool's agents, or a whole crew, and say what could not be carried over."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, colored, count, hint, line, out, out_json, tell
from orchestrator.cli.session import json_option, opened
from orchestrator.cli.worktrees import main_worktree
from orchestrator.errors import Place

if TYPE_CHECKING:
    from orchestrator.engine.taking_in import Import
    from orchestrator.engine.world import World


@command(
    "import",
    [
        ("orchestrator import agents .claude/agents", "Claude Code's, GitHub's"),
        ("orchestrator import crew ../my-crew", "CrewAI's YAML files"),
        ("orchestrator import crew ../my-crew --dry-run", "and write nothing"),
    ],
)
@click.argument("kind", metavar="agents|crew", type=click.Choice(["agents", "crew"]))
@click.argument("folder", metavar="DIR")
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--force", "is_forced", is_flag=True, help="Replace committed files that differ.")
@json_option
@click.pass_obj
def import_command(call: Call, kind: str, folder: str, is_dry: bool, is_forced: bool, as_json: bool) -> None:
    """Take in agents, or make a template of a crew, in one commit of yours on the branch that is checked out.

    What could not be carried over is told, each with its place. All of it is taken in, or nothing.
    """
    from orchestrator.engine.taking_in import carry_out, plan_agents, plan_crew

    with opened(call) as world:
        root = main_worktree(world)
        planned = (plan_agents if kind == "agents" else plan_crew)(
            world, root, call.directory / folder, folder.rstrip("/") or "/", force=is_forced
        )
        if not as_json:
            _tell_notes(planned)
        if not is_dry:
            carry_out(root, planned, date=_date(call, world))
    if as_json:
        out_json(_document(planned, is_dry=is_dry))
    elif is_dry:
        _say_plan(planned)
    else:
        _say_done(planned)


def _date(call: Call, world: World) -> int | None:
    return world.ledger.now() if call.environ.get("SOURCE_DATE_EPOCH") else None


def _tell_notes(planned: Import) -> None:
    for each in planned.notes:
        place = Place(each.path, each.line, each.column)
        tell(f"{line(str(place))}: {colored(f'{each.severity}:', 'waiting')} {line(each.message)}")
        if each.hint:
            tell(hint(each.hint))


def _say_plan(planned: Import) -> None:
    for verb, files in (("new", planned.new), ("same", planned.same), ("replaced", planned.replaced)):
        for path in files:
            out(f"{verb:9}{path}")
    tell("nothing was written")


def _say_done(planned: Import) -> None:
    written = [*planned.new, *planned.replaced]
    for path in planned.same:
        tell(f"{path} is there already")
    for path in written:
        tell(f"wrote {path}")
    if not written:
        tell("nothing to do")
        return
    tell(f"imported {planned.noun}: {count(len(written), 'file')}, committed")
    if planned.replaced:
        tell(f"look at it: {bold('git show')}")
    tell(f"next: {bold(_next(planned))}")


def _next(planned: Import) -> str:
    if planned.template is None:
        return "orchestrator lint"
    sets = "".join(f" --set {line(name)}=…" for name in planned.params)
    return f"orchestrator new {planned.template} first{sets}"


def _document(planned: Import, *, is_dry: bool) -> dict[str, object]:
    is_written = not is_dry and bool(planned.new or planned.replaced)
    return {
        "new": list(planned.new),
        "same": list(planned.same),
        "replaced": list(planned.replaced),
        "template": planned.template,
        "params": list(planned.params),
        "written": is_written,
        "committed": is_written,
        "notes": [asdict(each) for each in planned.notes],
    }
