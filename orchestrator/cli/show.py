"""`show`: a job's summary, a step with all that is known of it, or the content of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.log import log_lines
from orchestrator.cli.output import bold, colored, hint, line, out, out_json, out_prose, plain, raw, table, usd
from orchestrator.cli.session import job_and, job_argument, json_option, opened
from orchestrator.cli.status import job_lines
from orchestrator.cli.telling import attempts, finding_line, who
from orchestrator.engine import paths
from orchestrator.errors import UsageError
from orchestrator.model.names import shown

if TYPE_CHECKING:
    from orchestrator.engine.report import StepDocument, StepReport
    from orchestrator.engine.world import World

SHORT = 10


@command(
    "show",
    [
        ("orchestrator show mug", "the job, and its files"),
        ("orchestrator show mug draft", "a step: checks, findings, inputs, outputs"),
        ("orchestrator show mug listing.md", "a file as it stands on the job's branch"),
    ],
)
@job_argument
@click.argument("what", required=False, metavar="[STEP|PATH]")
@json_option
@click.pass_obj
def show_command(call: Call, job: str | None, what: str | None, as_json: bool) -> None:
    """Show a job, one of its steps, or the content of one of its files. A leading / means the workspace's root."""
    with opened(call) as world:
        name, of = job_and(world, job, what)
        if of is None:
            _show_job(world, name, as_json=as_json)
        else:
            _show_part(world, name, of, as_json=as_json)


def _show_job(world: World, job: str, *, as_json: bool) -> None:
    from orchestrator.engine import report

    found = report.job(world, job)
    files = {path: world.ledger.size(oid) for path, oid in _files(world, job).items()}
    if as_json:
        out_json({**found, "files": files})
        return
    for text in (*job_lines(found), "", bold("files"), *_file_rows(files)):
        out_prose(text)


def _file_rows(files: Mapping[str, int]) -> list[str]:
    return table([[f"  {line(path)}", f"{size:,} bytes"] for path, size in files.items()], right=[1])


def _files(world: World, job: str) -> dict[str, str]:
    """Return the job's files, path → id, as its commands name them."""
    from orchestrator.engine.gather import find_tip

    tip, _ = find_tip(world, job)
    folder = paths.job_folder(job)
    return {path.removeprefix(folder): oid for path, oid in world.ledger.files(tip, folder).items()}


def _show_part(world: World, job: str, what: str, *, as_json: bool) -> None:
    from orchestrator.engine import report
    from orchestrator.model.nearness import did_you_mean

    path = what.removeprefix(paths.job_folder(job))
    oid = _oid(world, job, path)
    step = None if oid else report.step(world, job, what)
    if step is not None:
        _show_step(step, as_json=as_json)
    elif oid is not None:
        _show_file(world, path, oid, as_json=as_json)
    else:
        steps = [each["name"] for each in report.job(world, job)["steps"]]
        hint = did_you_mean(what, [*steps, *_files(world, job)], f"steps and files of {job}")
        raise UsageError(f"{job} has no step and no file {shown(what)}", hint=hint)


def _oid(world: World, job: str, path: str) -> str | None:
    from orchestrator.engine.gather import find_tip

    tip, _ = find_tip(world, job)
    where = paths.in_workspace(job, path)
    return world.ledger.files(tip, where).get(where)


def _show_file(world: World, path: str, oid: str, *, as_json: bool) -> None:
    content = world.ledger.blob(oid)
    if as_json:
        text = None if b"\0" in content else content.decode("utf-8", "replace")
        out_json({"path": path, "id": oid, "bytes": len(content), "text": text})
    else:
        raw(content)


def _show_step(found: StepReport, *, as_json: bool) -> None:
    if as_json:
        out_json(found)
        return
    for text in step_lines(found):
        out(text)


def step_lines(found: StepReport) -> Iterator[str]:
    """Yield all that is known of a step."""
    step = found["step"]
    word = step["outcome"] or "has not run"
    yield "  ".join(part for part in (bold(step["name"]), colored(word, word), who(step), attempts(step)) if part)
    if step["stale_reason"]:
        yield line(step["stale_reason"])
    if found["message"]:
        yield from ("", plain(found["message"]))
        yield from _waivable(step)
    elif step["checks"] or step["findings"]:
        yield ""
        yield from _judged(step)
    yield from _listed("read", step["inputs"])
    yield from _listed("wrote", step["artifacts"])
    if step["receipt"]:
        yield from ("", f"receipt {step['receipt'][:SHORT]}")
    if found["entries"]:
        yield from ("", bold("entries"), *(f"  {text}" for text in log_lines(found["entries"])))
        yield f"  spent {usd(step['cost_usd'])}"


def _waivable(step: StepDocument) -> Iterator[str]:
    """Yield what the entry's message does not have: the ids of what fails the step, and whose word lifted what."""
    fails = "fail" in step["checks"].values()
    told = [finding for finding in step["findings"] if finding["waived"] or (fails and finding["id"])]
    if told:
        yield from ("", bold("findings"))
        for finding in told:
            yield f"  {finding_line(finding)}"
            if finding["suggestion"]:
                yield f"    {hint(line(finding['suggestion']))}"


def _judged(step: StepDocument) -> Iterator[str]:
    for name, verdict in step["checks"].items():
        yield f"{name}: {colored(verdict, verdict)}"
    yield from (finding_line(finding) for finding in step["findings"])


def _listed(word: str, files: Mapping[str, str]) -> Iterator[str]:
    if files:
        yield ""
        yield bold(word)
        yield from (f"  {oid[:SHORT]}  {line(path)}" for path, oid in files.items())
