"""What there is to see of a job, as plain documents in the shapes of DESIGN §14. It reads, and decides nothing.

A document is made of dicts, lists, texts, numbers and None, so that it can be printed, sent or drawn as it is. Money is
USD, times are Unix time in seconds, paths are relative to the job's directory (a leading `/`: to the workspace).
"""

import shlex
from collections.abc import Iterable, Mapping
from typing import TypedDict

from orchestrator import trailers
from orchestrator.engine.entries import EntryDocument, cost_by_step, entries_ever, log
from orchestrator.engine.gather import gather
from orchestrator.engine.weigh import decided
from orchestrator.engine.world import World
from orchestrator.errors import OrchestratorError
from orchestrator.ledger import Edit
from orchestrator.machine.record import status_of
from orchestrator.machine.stale import stale
from orchestrator.machine.view import View
from orchestrator.machine.waiving import content_of, finding_id
from orchestrator.model.action import Action, Await, Done, Halt, Run, action_name
from orchestrator.model.finding import Finding, Verdict
from orchestrator.model.pipeline import StepKind
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Outcome, StepRecord

BROKEN = "broken"
"""The status of a job whose files cannot be read; its reason says why."""


class NextDocument(TypedDict):
    """What happens next, why, and what to type. `command` is None where nothing is left to do."""

    action: str
    step: str | None
    attempt: int | None
    reason: str
    command: str | None
    until: int | None
    """Unix time until which it waits; None where it waits for no time."""
    stop: str | None
    """Why it halted: `failed`, `budget`, `no-model` …; None where it did not."""


class FindingDocument(TypedDict):
    """What a check said. `id` is what `waive` calls it."""

    id: str | None
    severity: str
    check: str | None
    file: str | None
    line: int | None
    message: str
    suggestion: str | None
    rule: str | None
    waived: str | None


class StepDocument(TypedDict):
    """A step as it stands. `outcome` is None where it has not run."""

    name: str
    kind: str
    who: str
    outcome: str | None
    attempt: int
    attempts: int
    round: int
    model: str | None
    by: str | None
    cost_usd: float
    stale: bool
    stale_reason: str | None
    definition_changed: bool
    checks: dict[str, str]
    findings: list[FindingDocument]
    inputs: dict[str, str]
    artifacts: dict[str, str]
    receipt: str | None


class JobDocument(TypedDict):
    """A job as it stands at its tip."""

    id: str
    title: str
    template: str | None
    status: str
    reason: str
    next: NextDocument
    steps: list[StepDocument]
    cost_usd: float
    tip: str | None
    branch: str
    being_edited: str | None
    """The worktree in which somebody edits the branch, so that the job does not move; None where nobody does."""


class StepReport(TypedDict):
    """One step, with the entries of the ledger that are about it, oldest first."""

    job: str
    step: StepDocument
    entries: list[EntryDocument]
    message: str | None
    """The latest entry's body: what changed and each check's result, in words."""


def status(world: World, jobs: Iterable[str]) -> list[JobDocument]:
    """Return the jobs, in the order given. One whose files cannot be read says so, and hides none of the others."""
    return [_or_broken(world, job) for job in jobs]


def job(world: World, name: str) -> JobDocument:
    """Return one job. Raises UsageError where there is none, DocumentError where its files are broken."""
    gathered, action = decided(world, gather(world, name))
    return _job(world, gathered.snapshot, action)


def next_action(world: World, name: str) -> NextDocument:
    """Return the job's next action. Raises as `job`."""
    _, action = decided(world, gather(world, name))
    return _next(name, action, world.ledger.edit_of(name))


def step(world: World, name: str, step_name: str) -> StepReport | None:
    """Return a step with its entries, or None where the job has no such step. Raises as `job`."""
    snapshot = gather(world, name).snapshot
    if step_name not in snapshot.pipeline.steps:
        return None
    costs = cost_by_step(entries_ever(world, name))
    about = [entry for entry in log(world, name) if entry["step"] == step_name]
    return {
        "job": name,
        "step": _step(View(snapshot), step_name, costs),
        "entries": about,
        "message": trailers.body(world.ledger.commit(about[-1]["entry"]).message) if about else None,
    }


def next_document(name: str, action: Action) -> NextDocument:
    """Return an action as a document."""
    return {
        "action": action_name(action),
        "step": action.step,
        "attempt": action.attempt if isinstance(action, Run) else None,
        "reason": action.reason,
        "command": _command(name, action),
        "until": action.until if isinstance(action, Await) else None,
        "stop": str(action.stop) if isinstance(action, Halt) else None,
    }


def places(world: World, name: str) -> list[str]:
    """Return the folders in which the job's published work stands here; in another clone there may be none."""
    snapshot, root = gather(world, name).snapshot, world.ledger.root or world.ledger.common_dir
    found: list[str] = []
    for definition in snapshot.pipeline.steps.values():
        to = snapshot.settings.publishers.get(definition.publish.to) if definition.publish else None
        path = (to.model_extra or {}).get("path") if to and to.kind == "directory" else None
        if isinstance(path, str) and path not in found and (root / path).is_dir():
            found.append(path)
    return found


def _next(name: str, action: Action, edit: Edit | None) -> NextDocument:
    """Return an action as a document that says what keeps the job from it: somebody edits its branch."""
    said = next_document(name, action)
    if edit is None or isinstance(action, Await | Halt | Done):
        return said
    mend = f"git -C {shlex.quote(edit.path)} status"
    return {**said, "reason": f"{edit.reason}; commit or undo it there", "command": mend}


def _command(name: str, action: Action) -> str | None:
    if isinstance(action, Await | Halt):
        return action.command
    return None if isinstance(action, Done) else f"orchestrator run {name}"


def _or_broken(world: World, name: str) -> JobDocument:
    try:
        return job(world, name)
    except OrchestratorError as error:
        place = f"{error.place}: " if error.place else ""
        return _broken(world, name, f"{place}{error.message}", error.hint)


def _broken(world: World, name: str, reason: str, hint: str | None) -> JobDocument:
    said: NextDocument = {
        "action": "halt",
        "step": None,
        "attempt": None,
        "reason": reason,
        "command": hint,
        "until": None,
        "stop": None,
    }
    return {
        "id": name,
        "title": name,
        "template": None,
        "status": BROKEN,
        "reason": reason,
        "next": said,
        "steps": [],
        "cost_usd": 0.0,
        "tip": world.ledger.tip(name),
        "branch": f"job/{name}",
        "being_edited": None,
    }


def _job(world: World, snapshot: Snapshot, action: Action) -> JobDocument:
    view = View(snapshot)
    costs = cost_by_step(entries_ever(world, snapshot.job))
    edit = world.ledger.edit_of(snapshot.job)
    return {
        "id": snapshot.job,
        "title": snapshot.job_file.title or snapshot.job,
        "template": snapshot.job_file.template,
        "status": str(status_of(action)[0]),
        "reason": action.reason,
        "next": _next(snapshot.job, action, edit),
        "steps": [_step(view, name, costs) for name in snapshot.pipeline.steps],
        "cost_usd": round(snapshot.state.spend_usd + snapshot.archived_spend, 6),
        "tip": snapshot.tip,
        "branch": f"job/{snapshot.job}",
        "being_edited": edit.path if edit else None,
    }


def _step(view: View, name: str, costs: Mapping[str, float]) -> StepDocument:
    record = view.record(name) or StepRecord(outcome=Outcome.DUE)
    definition = view.snapshot.definitions.get(name)
    why_stale = stale(view, name)
    return {
        "name": name,
        "kind": str(view.step(name).kind),
        "who": _who(view, name),
        "outcome": str(record.outcome) if view.record(name) else None,
        "attempt": record.attempt,
        "attempts": view.step(name).attempts,
        "round": record.round,
        "model": record.model,
        "by": record.by,
        "cost_usd": round(costs.get(name, 0.0), 6),
        "stale": why_stale is not None,
        "stale_reason": why_stale,
        "definition_changed": bool(definition and record.definition and record.definition != definition.digest),
        "checks": {check: str(verdict) for check, verdict in record.checks.items()},
        "findings": [_finding_document(view, record, finding) for finding in record.findings],
        "inputs": dict(record.inputs),
        "artifacts": dict(record.outputs),
        "receipt": record.receipt,
    }


def _who(view: View, name: str) -> str:
    """Return who does the step: an agent, the approvers, a publisher."""
    definition = view.step(name)
    match definition.kind:
        case StepKind.AGENT:
            return definition.agent or ""
        case StepKind.APPROVE:
            return definition.approve.by if definition.approve else ""
        case StepKind.PUBLISH:
            return definition.publish.to if definition.publish else ""


def _finding_document(view: View, record: StepRecord, finding: Finding) -> FindingDocument:
    content = content_of(finding, view.files, record)
    is_said = record.checks.get(finding.check or "") is Verdict.FAIL
    return finding_document(finding, finding_id(finding, content) if is_said else None)


def finding_document(finding: Finding, name: str | None = None) -> FindingDocument:
    """Return a finding as a document. `name`: the id by which it can be waived, where the content is known."""
    return {
        "id": name,
        "severity": str(finding.severity),
        "check": finding.check,
        "file": finding.file,
        "line": finding.line,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "rule": finding.rule,
        "waived": finding.waived,
    }
