"""`diff`: what an entry of a job changed, or what lies between two, as a patch that git takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import bytes_said, out, out_json, plain, tell
from orchestrator.cli.session import job_and, job_argument, json_option, opened
from orchestrator.errors import LedgerError

if TYPE_CHECKING:
    from orchestrator.engine.changes import ChangeDocument
    from orchestrator.engine.world import World


@command(
    "diff",
    [
        ("orchestrator diff mug", "what waits for approval, else the last change"),
        ("orchestrator diff mug polish", "what the step changed last"),
        ("orchestrator diff mug 3..7", "from entry 3 to entry 7"),
    ],
)
@job_argument
@click.argument("what", required=False, metavar="[STEP|ENTRY|A..B]")
@json_option
@click.pass_obj
def diff_command(call: Call, job: str | None, what: str | None, as_json: bool) -> None:
    """Show what changed, as a unified diff. An entry is named by its number, its step or its commit.

    state.yaml, the orchestrator's own file, is left out: `git show` has it.
    """
    with opened(call) as world:
        name, of = job_and(world, job, what)
        found = _changes(world, name, of)
    if as_json:
        out_json(found)
    else:
        print_changes(found)


def _changes(world: World, job: str, what: str | None) -> list[ChangeDocument]:
    from orchestrator.engine.approving import questions
    from orchestrator.engine.back import find_entry
    from orchestrator.engine.changes import changes, described
    from orchestrator.engine.entries import entries

    if what is None:
        waiting = questions(world, job)
        return described(world, waiting[0].changes) if waiting else _last_change(world, job)
    if ".." in what:
        first, last = what.split("..", 1)
        before = find_entry(world, job, first) if first else entries(world, job)[0].commit
        after = find_entry(world, job, last) if last else entries(world, job)[-1].commit
        return changes(world, job, before.id, after.id)
    asked = [each for each in questions(world, job) if each.step == what]
    return described(world, asked[0].changes) if asked else _last_change(world, job, what)


def _last_change(world: World, job: str, what: str | None = None) -> list[ChangeDocument]:
    """Return what the named entry changed; of a step, or of no name, the latest entry that changed anything."""
    from orchestrator.engine.back import find_entry
    from orchestrator.engine.changes import entry_changes
    from orchestrator.engine.entries import entries

    told = entries(world, job)
    named = [each.commit for each in told if what is None or each.trailers.get("Step") == what]
    for commit in reversed(named or [find_entry(world, job, what or "")]):
        found = entry_changes(world, job, commit.id)
        if found:
            return found
    if not told:
        raise LedgerError(f"{job} has no entries", hint=f"git log job/{job}")
    return []


def print_changes(found: Sequence[ChangeDocument]) -> None:
    """Print changes as a patch. What cannot be shown by line is told by its size."""
    if not found:
        tell("nothing changed")
    for change in found:
        if change["diff"] is None:
            out(_by_size(change))
            continue
        for text in plain(change["diff"]).split("\n")[:-1]:
            out(_colored(text))


def _by_size(change: ChangeDocument) -> str:
    before = bytes_said(change["bytes_before"]) if change["before"] else "nothing"
    after = bytes_said(change["bytes_after"]) if change["after"] else "nothing"
    return click.style(f"{plain(change['path'])}: not shown by line, {before} became {after}", bold=True)


def _colored(text: str) -> str:
    if text.startswith(("--- ", "+++ ")):
        return click.style(text, bold=True)
    color = {"+": "green", "-": "red", "@": "cyan"}.get(text[:1])
    return click.style(text, fg=color) if color else text
