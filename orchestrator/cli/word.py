"""A person's word on a job: retry, rerun, keep, cancel, reject, reopen, waive. Each is an entry of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_finding, complete_job, complete_step
from orchestrator.cli.group import command
from orchestrator.cli.output import tell
from orchestrator.cli.session import (
    chosen_job,
    job_and,
    job_argument,
    json_option,
    opened,
    out_status,
    step_argument,
    tell_next,
)
from orchestrator.cli.telling import entry_line
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.engine.world import World

message_option = click.option("-m", "--message", default="", metavar="TEXT", help="Why, for the history.")
step_option = click.option(
    "--step", metavar="STEP", shell_complete=complete_step, help="Which, where several could be."
)


@command("retry", [("orchestrator retry mug", "the step that stopped"), ("orchestrator retry mug draft", "this one")])
@job_argument
@step_argument
@message_option
@json_option
@click.pass_obj
def retry_command(call: Call, job: str | None, step: str | None, message: str, as_json: bool) -> None:
    """Start a step that has stopped again, at attempt 1. What it found last time goes along as feedback."""
    with opened(call) as world:
        name, of = job_and(world, job, step)
        said(world, name, "retry", of, message, as_json=as_json)


@command("rerun", [("orchestrator rerun mug draft", "write it anew, whoever wrote what is there")])
@job_argument
@step_argument
@message_option
@json_option
@click.pass_obj
def rerun_command(call: Call, job: str | None, step: str | None, message: str, as_json: bool) -> None:
    """Do a step anew, and after it whatever its new work makes stale. What was there stays in the history."""
    with opened(call) as world:
        name, of = job_and(world, job, step)
        said(world, name, "rerun", _needed(world, name, of, "rerun"), message, as_json=as_json)


@command("keep", [("orchestrator keep mug draft", "the files as they are become its work")])
@job_argument
@step_argument
@message_option
@json_option
@click.pass_obj
def keep_command(call: Call, job: str | None, step: str | None, message: str, as_json: bool) -> None:
    """Let the files that stand there be a step's work, on its present inputs. Its gate judges them again."""
    with opened(call) as world:
        name, of = job_and(world, job, step)
        said(world, name, "keep", _needed(world, name, of, "keep"), message, as_json=as_json)


@command("cancel", [("orchestrator cancel mug -m 'no longer sold'", "")])
@job_argument
@message_option
@json_option
@click.pass_obj
def cancel_command(call: Call, job: str | None, message: str, as_json: bool) -> None:
    """End a job where it is. Nothing is deleted; `orchestrator restore` brings it back."""
    with opened(call) as world:
        said(world, chosen_job(world, job), "cancel", None, message, as_json=as_json)


@command("reject", [("orchestrator reject mug -m 'the price is wrong'", "")])
@job_argument
@step_option
@click.option("-m", "--message", required=True, metavar="TEXT", help="What is wrong.")
@click.option("-y", "--yes", is_flag=True, expose_value=False, help="Nothing is asked; here as for approve.")
@json_option
@click.pass_obj
def reject_command(call: Call, job: str | None, step: str | None, message: str, as_json: bool) -> None:
    """Say no to what waits for an approval. The job halts; an edit, `rerun` or `reopen` moves it on."""
    with opened(call) as world:
        said(world, chosen_job(world, job), "reject", step, message, as_json=as_json)


@command("reopen", [("orchestrator reopen mug", "ask again")])
@job_argument
@step_option
@message_option
@json_option
@click.pass_obj
def reopen_command(call: Call, job: str | None, step: str | None, message: str, as_json: bool) -> None:
    """Ask again about what was rejected."""
    with opened(call) as world:
        said(world, chosen_job(world, job), "reopen", step, message, as_json=as_json)


@command(
    "waive",
    [
        ("orchestrator waive mug 3fa2c1d0 -m 'the old price is meant'", ""),
        ("orchestrator waive mug 3fa2 91c0 -m 'both are meant'", "the ids: show JOB STEP"),
    ],
)
@click.argument("job", metavar="JOB", shell_complete=complete_job)
@click.argument("findings", nargs=-1, required=True, metavar="FINDING...", shell_complete=complete_finding)
@click.option("-m", "--message", required=True, metavar="TEXT", help="Why, for the history.")
@json_option
@click.pass_obj
def waive_command(call: Call, job: str, findings: tuple[str, ...], message: str, as_json: bool) -> None:
    """Say that a finding is no reason to fail. It is recorded as your word, on this very content and no other.

    The gate then judges what is there anew; findings that are not waived fail it as before.
    """
    if not message.strip():
        raise UsageError("a word without a reason is no word", hint="say why: -m TEXT")
    with opened(call) as world:
        said(world, chosen_job(world, job), "waive", None, message, as_json=as_json, findings=findings)


def said(
    world: World,
    job: str,
    word: str,
    step: str | None,
    message: str,
    *,
    as_json: bool,
    findings: tuple[str, ...] = (),
) -> None:
    """Write the word down, and say what it made of the job. Raises RefusedError where the job's state forbids it."""
    from orchestrator.engine.people import say
    from orchestrator.model.action import Word

    entry = say(world, job, Word(word), step=step, text=message, findings=findings)
    if as_json:
        out_status(world, job)
        return
    tell(entry_line(entry.entry.subject, entry.commit))
    tell_next(world, job)


def _needed(world: World, job: str, step: str | None, word: str) -> str:
    if step is not None:
        return step
    from orchestrator.engine.gather import gather

    steps = ", ".join(gather(world, job).snapshot.pipeline.steps)
    raise UsageError(f"which step of {job}?", hint=f"orchestrator {word} {job} STEP, one of {steps}")
