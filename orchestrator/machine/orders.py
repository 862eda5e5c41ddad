"""`order`: a person's word on a job, as an entry of its own. What the state does not allow is refused."""

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.errors import RefusedError
from orchestrator.machine import message, waiving
from orchestrator.machine.record import settle
from orchestrator.machine.verdicts import WRITTEN
from orchestrator.machine.view import View
from orchestrator.machine.writing import former, put
from orchestrator.model.action import Command, Entry, Word
from orchestrator.model.finding import Finding, Severity, bounded
from orchestrator.model.pipeline import StepKind
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Asked, Outcome, State, Status, StepRecord, Waiver

_STOPPED = frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.ERROR, Outcome.INTERRUPTED, Outcome.UNKNOWN})


def order(snapshot: Snapshot, command: Command) -> Entry:
    """Return the entry of a person's command. Raises RefusedError where the present state does not allow it."""
    command = _with_whole_ids(snapshot, replace(command, step=command.step or _meant(snapshot, command)))
    after, following = settle(_obeyed(snapshot, command))
    state = after.state.model_copy(update={"seq": snapshot.state.seq + 1})
    return message.command_entry(command, replace(after, state=state), following)


def _with_whole_ids(snapshot: Snapshot, command: Command) -> Command:
    """Return the command with each finding that it names once, by its whole id. Raises RefusedError."""
    if command.word is not Word.WAIVE or snapshot.is_deleted:
        return command
    return replace(command, findings=tuple(dict.fromkeys(waiving.named(snapshot, n).id for n in command.findings)))


def _obeyed(snapshot: Snapshot, command: Command) -> Snapshot:
    if command.word is Word.RESTORE:
        return _with_status(replace(snapshot, is_deleted=False), Status.READY)
    if snapshot.is_deleted or snapshot.state.status is Status.CANCELLED:
        raise RefusedError(f"{snapshot.job} is cancelled", hint=f"orchestrator restore {snapshot.job}")
    match command.word:
        case Word.CANCEL:
            return _with_status(snapshot, Status.CANCELLED)
        case Word.RERUN:
            return _rerun(snapshot, _agent_step(snapshot, command))
        case Word.KEEP:
            return _keep(snapshot, _agent_step(snapshot, command))
        case Word.RETRY:
            return _retry(snapshot, command.step or "")
        case Word.REJECT:
            return _reject(snapshot, command)
        case Word.REOPEN:
            return _reopen(snapshot, command.step or "")
        case Word.WAIVE:
            return _waive(snapshot, command)


def _meant(snapshot: Snapshot, command: Command) -> str | None:
    """Return the step that a word without one speaks of, as far as it needs one."""
    if snapshot.is_deleted or snapshot.state.status is Status.CANCELLED:
        return None
    match command.word:
        case Word.WAIVE:
            return waiving.named(snapshot, command.findings[0]).step
        case Word.RETRY:
            return _stopped_step(snapshot)
        case Word.REJECT:
            return _step_with(snapshot, Outcome.WAITING, "waits for an answer")
        case Word.REOPEN:
            return _step_with(snapshot, Outcome.REJECTED, "was rejected")
        case Word.RERUN | Word.KEEP | Word.CANCEL | Word.RESTORE:
            return None


def _with_status(snapshot: Snapshot, status: Status) -> Snapshot:
    return replace(snapshot, state=snapshot.state.model_copy(update={"status": status}))


def _agent_step(snapshot: Snapshot, command: Command) -> str:
    step = command.step or ""
    if step not in snapshot.pipeline.steps:
        known = ", ".join(snapshot.pipeline.steps)
        raise RefusedError(f"{snapshot.job} has no step {step!r}", hint=f"its steps are {known}")
    if snapshot.pipeline.steps[step].kind is not StepKind.AGENT:
        agents = ", ".join(name for name, each in snapshot.pipeline.steps.items() if each.kind is StepKind.AGENT)
        raise RefusedError(
            f"{step} is no agent's step, so there is nothing to {command.word}", hint=f"these are: {agents}"
        )
    return step


def _due(snapshot: Snapshot, step: str, asked: Asked, **changes: object) -> Snapshot:
    fresh: Mapping[str, object] = {
        "outcome": Outcome.DUE,
        "asked": asked,
        "attempt": 0,
        "round": 0,
        "tries": 0,
        "promoted": 0,
        "signatures": (),
        "malformed": False,
        "wake_at": None,
    }
    return put(snapshot, step, former(snapshot, step).model_copy(update={**fresh, **changes}))


def _rerun(snapshot: Snapshot, step: str) -> Snapshot:
    """The word speaks of the versions that stand there now; what a person writes later waits for another."""
    view = View(snapshot)
    anew = {path: view.files[path] for path in view.persons_files(step)}
    return _due(snapshot, step, Asked.RERUN, findings=(), verdict=False, anew=anew)


def _keep(snapshot: Snapshot, step: str) -> Snapshot:
    missing = View(snapshot).unwritten(step)
    if missing:
        raise RefusedError(
            f"{step} writes {missing[0]}, which is not there to be kept",
            hint=f"orchestrator edit {snapshot.job} {missing[0]}, or rerun {snapshot.job} {step}",
        )
    return _due(snapshot, step, Asked.KEEP, findings=(), verdict=False, anew={})


def _retry(snapshot: Snapshot, step: str) -> Snapshot:
    record = snapshot.state.steps.get(step)
    if record is None or record.outcome not in _STOPPED:
        raise RefusedError(
            f"{step} has not stopped, so there is nothing to retry", hint=f"orchestrator rerun {snapshot.job} {step}"
        )
    return _due(snapshot, step, Asked.RETRY)


def _stopped_step(snapshot: Snapshot) -> str:
    for step, record in snapshot.state.steps.items():
        if record.outcome in _STOPPED:
            return step
    raise RefusedError(
        f"no step of {snapshot.job} has stopped, so there is nothing to retry",
        hint=f"orchestrator rerun {snapshot.job} STEP does a step anew",
    )


def _step_with(snapshot: Snapshot, outcome: Outcome, words: str) -> str:
    for step, record in snapshot.state.steps.items():
        if record.outcome is outcome:
            return step
    raise RefusedError(f"no step of {snapshot.job} {words}", hint=f"orchestrator status {snapshot.job}")


def _reject(snapshot: Snapshot, command: Command) -> Snapshot:
    step = command.step or ""
    record = former(snapshot, step)
    if record.outcome is not Outcome.WAITING:
        raise RefusedError(f"{step} does not wait for an answer", hint=f"orchestrator status {snapshot.job}")
    finding = Finding(severity=Severity.MAJOR, message=command.message or f"rejected by {command.actor}")
    written: StepRecord = record.model_copy(update={"outcome": Outcome.REJECTED, "findings": bounded((finding,))})
    after = put(snapshot, step, written)
    return replace(after, open_reviews=snapshot.open_reviews - {step})


def _waive(snapshot: Snapshot, command: Command) -> Snapshot:
    """Each step whose gate said one of the findings is judged again, as it is; its attempts and rounds stay spent."""
    found = [waiving.named(snapshot, name) for name in command.findings]
    waivers = tuple(waiving.waiver(each, command.actor, command.message) for each in found)
    after = replace(snapshot, state=_with_waivers(snapshot.state, waivers))
    for step in dict.fromkeys(each.step for each in found):
        record = waiving.marked(former(after, step), waivers, snapshot.files)
        after = put(after, step, record)
        # What was refused, or never written, no word brings about: only a verdict can be judged again.
        if record.outcome is Outcome.FAILED and record.checks.get(WRITTEN) is None:
            after = put(after, step, record.model_copy(update={"outcome": Outcome.DUE, "asked": Asked.WAIVE}))
    return after


def _with_waivers(state: State, given: tuple[Waiver, ...]) -> State:
    known = tuple(each for each in state.waivers if not any(waiving.same(each, new) for new in given))
    return state.model_copy(update={"waivers": (*known, *given)})


def _reopen(snapshot: Snapshot, step: str) -> Snapshot:
    record = former(snapshot, step)
    if record.outcome is not Outcome.REJECTED:
        hint = f"orchestrator status {snapshot.job}"
        raise RefusedError(f"{step} was not rejected, so there is nothing to reopen", hint=hint)
    return put(snapshot, step, record.model_copy(update={"outcome": Outcome.DUE, "question": None, "findings": ()}))
