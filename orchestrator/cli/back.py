"""`rewind`, `fork`, `restore`: go back to an entry, begin anew from one, bring back what was cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_step
from orchestrator.cli.group import command
from orchestrator.cli.output import line, out_json, tell
from orchestrator.cli.session import chosen_job, job_and, job_argument, json_option, opened, out_status, tell_next
from orchestrator.cli.telling import entry_line
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.engine.back import Rewound
    from orchestrator.engine.world import World


@command(
    "rewind",
    [
        ("orchestrator rewind mug 3", "to entry 3, as `orchestrator log` counts"),
        ("orchestrator rewind mug draft", "to the latest entry of a step"),
        ("git reset --hard <entry>", "the same, on a checked-out job branch"),
    ],
)
@job_argument
@click.argument("entry", required=False, metavar="[ENTRY|STEP]", shell_complete=complete_step)
@json_option
@click.pass_obj
def rewind_command(call: Call, job: str | None, entry: str | None, as_json: bool) -> None:
    """Move a job back to an entry; the next run goes on from there. The old tip is kept, and its cost still counts.

    What was published stays published: rewind names it, and a run that comes to the same again sends nothing.
    """
    from orchestrator.engine.back import find_entry, rewind

    with opened(call) as world:
        name, to = job_and(world, job, entry)
        if to is None:
            raise UsageError("to which entry?", hint=f"orchestrator log {name}, then orchestrator rewind {name} NUMBER")
        rewound = rewind(world, name, find_entry(world, name, to))
        _told(world, name, rewound, as_json=as_json)


def _told(world: World, job: str, rewound: Rewound, *, as_json: bool) -> None:
    from orchestrator import trailers

    if as_json:
        out_json({"entry": rewound.to.id, "kept": rewound.kept, "effects": list(rewound.effects)})
        return
    tell(f"back at {entry_line(trailers.subject(rewound.to.message), rewound.to.id)}")
    tell(f"the old tip is kept under {rewound.kept}")
    for effect in rewound.effects:
        tell(f"published since, and not undone: {line(effect)}")
    tell_next(world, job)


@command(
    "fork",
    [
        ("orchestrator fork mug blue-mug", "from the job's tip"),
        ("orchestrator fork mug blue-mug --at draft", "from an earlier entry"),
    ],
)
@click.argument("job")
@click.argument("new_job", metavar="NEW")
@click.option("--at", metavar="ENTRY", help="The entry: its number, its step, or its commit.")
@json_option
@click.pass_obj
def fork_command(call: Call, job: str, new_job: str, at: str | None, as_json: bool) -> None:
    """Begin a new job from an entry of another: its files and its finished steps, on a branch of its own."""
    from orchestrator.engine.back import find_entry, fork
    from orchestrator.engine.gather import find_tip

    with opened(call) as world:
        entry = find_entry(world, job, at) if at else world.ledger.commit(find_tip(world, job)[0])
        commit = fork(world, job, new_job, entry)
        _told_new(world, new_job, f"{new_job}: forked from {job}", commit, as_json=as_json)


@command("restore", [("orchestrator restore mug", "after cancel, or when its branch was deleted")])
@job_argument
@json_option
@click.pass_obj
def restore_command(call: Call, job: str | None, as_json: bool) -> None:
    """Bring back a job that was cancelled, or whose branch was deleted, at its last entry."""
    from orchestrator.engine.back import restore

    with opened(call) as world:
        name = chosen_job(world, job)
        said = restore(world, name)
        _told_new(world, name, said.entry.subject, said.commit, as_json=as_json)


def _told_new(world: World, job: str, subject: str, commit: str, *, as_json: bool) -> None:
    if as_json:
        out_status(world, job)
        return
    tell(entry_line(subject, commit))
    tell_next(world, job)
