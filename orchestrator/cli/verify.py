"""`verify`: every entry of a job recomputed from its parent; the first that does not come out is named, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_job
from orchestrator.cli.group import command
from orchestrator.cli.output import colored, dim, line, out, out_json, tell
from orchestrator.cli.session import chosen_job, json_option, opened
from orchestrator.cli.telling import SHORT

if TYPE_CHECKING:
    from orchestrator.engine.verify import ProblemDocument, VerifiedDocument
    from orchestrator.engine.world import World


@command(
    "verify",
    [
        ("orchestrator verify mug", "every entry, from the first on"),
        ("orchestrator verify --all --json", "every job, for a program"),
    ],
)
@click.argument("jobs", nargs=-1, metavar="[JOB]...", shell_complete=complete_job)
@click.option("--all", "every", is_flag=True, help="Every job that there is.")
@json_option
@click.pass_obj
def verify_command(call: Call, jobs: tuple[str, ...], every: bool, as_json: bool) -> int:
    """Recompute every entry of a job from its parent, and run the gates' own checks again on what was judged.

    It asks no agent and no network, and writes nothing. Exit code 1 where an entry does not come out as it stands.
    """
    with opened(call) as world:
        asked = world.ledger.jobs() if every else jobs or (chosen_job(world, None),)
        documents = []
        for document in _verified(call, world, asked):
            documents.append(document)
            if not as_json:
                _print(document)
    if as_json:
        out_json(documents)
    elif not documents:
        tell("there are no jobs yet")
    return int(not all(document["ok"] for document in documents))


def _verified(call: Call, world: World, jobs: tuple[str, ...]) -> Iterator[VerifiedDocument]:
    from orchestrator.engine.verify import unreadable, verify
    from orchestrator.engine.verify_then import opened_then
    from orchestrator.errors import OrchestratorError

    with opened_then(call.directory, environ=call.environ, clock=world.clock) as then:
        for job in jobs:
            try:
                yield verify(world, then, job)
            except OrchestratorError as exc:
                if len(jobs) == 1:
                    raise
                yield unreadable(world, job, exc)


def _print(found: VerifiedDocument) -> None:
    for problem in found["problems"]:
        out(f"{found['job']}: {_where(problem)}: {colored(problem['kind'], 'failed')}: {line(problem['message'])}")
    for note in found["notes"]:
        out(f"{found['job']}: {_where(note)}: {dim(note['kind'])}: {line(note['message'])}")
    out(f"{found['job']}: {_sum(found)}")


def _where(problem: ProblemDocument) -> str:
    entry = problem["entry"][:SHORT]
    if problem["seq"] is None:
        return f"commit {entry}"
    step = f", {problem['step']}" if problem["step"] else ""
    return f"entry {entry} (seq {problem['seq']}{step})"


def _sum(found: VerifiedDocument) -> str:
    bad = len({problem["entry"] for problem in found["problems"]})
    entries = f"{found['entries']} {'entry' if found['entries'] == 1 else 'entries'}"
    said = f"{colored(f'{bad} bad', 'failed')} of {entries}" if bad else f"{entries} {colored('verified', 'done')}"
    taken = ", ".join(f"{name} ({many})" for name, many in found["taken"].items())
    return f"{said}; taken from the entries, not recomputed: {taken or 'nothing'}"
