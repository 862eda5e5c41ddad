"""`approve`: show what waits for a person, ask, and bring their word home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_step
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, bytes_said, colored, line, mark, table, tell, usd
from orchestrator.cli.root import is_terminal
from orchestrator.cli.session import chosen_job, job_argument, json_option, opened, out_status, tell_next
from orchestrator.cli.telling import entry_line, finding_lines
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.engine.approving import Question
    from orchestrator.engine.changes import ChangeDocument
    from orchestrator.engine.report import JobDocument
    from orchestrator.engine.world import World


@command(
    "approve",
    [
        ("orchestrator approve mug", "look, then answer y"),
        ("orchestrator approve mug --yes", "without being asked, for scripts"),
    ],
)
@job_argument
@click.option("--step", metavar="STEP", shell_complete=complete_step, help="Which question, where several wait.")
@click.option("-m", "--message", default="", metavar="TEXT", help="A word for the history.")
@click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def approve_command(call: Call, job: str | None, step: str | None, message: str, is_sure: bool, as_json: bool) -> int:
    """Approve what waits for a person. Shows what nobody has approved yet: files, checks, cost; then asks.

    The word is a merge of review/JOB/STEP into approved/JOB; plain git can do the same.
    """
    from orchestrator.engine.approving import approve, question

    with opened(call) as world:
        name = chosen_job(world, job)
        asked = question(world, name, step)
        if not as_json:
            for text in question_lines(world, asked):
                tell(text)
        if not (is_sure or _is_answered_yes(asked)):
            tell("not approved; nothing was changed")
            return 1
        moved = approve(world, asked, message)
        if as_json:
            out_status(world, name)
        else:
            _tell(world, name, moved.entry.subject if moved.entry else "", moved.commit or "")
    return 0


def _is_answered_yes(asked: Question) -> bool:
    """Ask on a terminal. Raises UsageError where there is none: silence is never consent."""
    if not is_terminal():
        raise UsageError(
            "there is no terminal to ask on, and silence is no consent",
            hint=f"look with orchestrator diff {asked.job}, then orchestrator approve {asked.job} --yes",
        )
    return click.confirm(f"Approve {asked.job}: {asked.step}?", default=False, err=True)


def _tell(world: World, job: str, subject: str, commit: str) -> None:
    tell(entry_line(subject, commit))
    tell_next(world, job)


def question_lines(world: World, asked: Question) -> Iterator[str]:
    """Yield what is being approved: each changed file with its size of change, what the gates said, what it cost."""
    from orchestrator.engine import report
    from orchestrator.engine.changes import described

    job = report.job(world, asked.job)
    proposed = described(world, asked.changes)
    yield f"{bold(asked.job)}: {asked.step} asks {line(asked.by)} to approve"
    yield ""
    yield from stat_lines(proposed)
    yield ""
    yield from _gate_lines(job)
    if job["next"]["action"] != "await" or job["next"]["step"] != asked.step:
        moved = colored("the job has moved on since it asked", "waiting")
        yield f"{moved}: {line(job['reason'])}; what stands above is what you approve"
    yield f"spent {usd(job['cost_usd'])}; the whole diff: orchestrator diff {asked.job}"


def stat_lines(found: Sequence[ChangeDocument]) -> list[str]:
    """Return changed files as `git diff --stat` does, in figures."""
    return table([_stat(change) for change in found], right=[1, 2])


def _stat(change: ChangeDocument) -> list[str]:
    path = f"  {line(change['path'])}"
    if change["diff"] is None:
        return [path, "", "", f"binary, {bytes_said(change['bytes_after'])}"]
    word = "" if change["before"] and change["after"] else "new" if change["after"] else "deleted"
    added = click.style(f"+{change['added']}", fg="green")
    removed = click.style(f"-{change['removed']}", fg="red")
    return [path, added, removed, word]


def _verdicts(checks: Mapping[str, str]) -> str:
    """Return a gate's verdicts: the names of what passed, after it what did not."""
    passed = ", ".join(name for name, verdict in checks.items() if verdict == "pass")
    others = [
        f"{mark(verdict)} {name} {colored(verdict, verdict)}" for name, verdict in checks.items() if verdict != "pass"
    ]
    return " ".join([*([f"{mark('pass')} {passed}"] if passed else []), *others])


def _gate_lines(job: JobDocument) -> Iterator[str]:
    judged = [step for step in job["steps"] if step["checks"]]
    yield from table([[f"  {step['name']}", _verdicts(step["checks"])] for step in judged])
    for step in judged:
        if step["findings"]:
            yield f"  {step['name']} found:"
            yield from finding_lines(step["findings"], "    ")
