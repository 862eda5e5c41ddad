"""The turn of an agent's step: what a person must say first, skip, judge what is there, run, or climb the ladder."""

from orchestrator import routing
from orchestrator.machine.due import condition
from orchestrator.machine.ladder import MOST_TRIES, Escalate, Promote, Reroute, Rework, next_rung, purse
from orchestrator.machine.stale import stale
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Await, Halt, Judge, Route, Run, Skip, Stop, Waits
from orchestrator.model.agent import BackendKind
from orchestrator.model.finding import Verdict
from orchestrator.model.names import is_person
from orchestrator.model.patterns import matches_any
from orchestrator.model.snapshot import Files
from orchestrator.model.state import Asked, Outcome, StepRecord

_AGAIN = frozenset({Outcome.ERROR, Outcome.INTERRUPTED})
_FAILED = frozenset({Outcome.FAILED, Outcome.REFUSED})
_NAMED = frozenset({Asked.RERUN, Asked.GOTO, Asked.KEEP, Asked.RETRY})


def turn(view: View, step: str, now: int) -> Action:
    """Return what the step does next. It is due, and all that stands before it stands."""
    record = view.record(step)
    if record is None:
        return _begin(view, step, f"{step} has not run")
    why = stale(view, step)
    if why is not None:
        return _begin(view, step, why)
    if record.outcome in _AGAIN:
        return _again(view, step, record, now)
    if record.outcome in _FAILED:
        return _climb(view, step, record)
    return _begin(view, step, _why_due(step, record))


def _why_due(step: str, record: StepRecord) -> str:
    said = {
        Asked.RERUN: f"a person asked for {step} anew",
        Asked.GOTO: f"{step} was sent back with findings",
        Asked.KEEP: f"a person keeps what {step} stands for",
        Asked.RETRY: f"a person asked to try {step} again",
    }
    return said[record.asked] if record.asked else f"{step} is due"


def _begin(view: View, step: str, reason: str) -> Action:
    """Return the first action of a step that starts, at attempt 1."""
    record = view.record(step)
    asked = record.asked if record is not None and record.outcome is Outcome.DUE else None
    return (
        _lacks_input(view, step)
        or (None if asked in _NAMED else _skipped(view, step))
        or _by_person(view, step, reason, asked)
        or _run(view, step, 1, reason)
    )


def _lacks_input(view: View, step: str) -> Action | None:
    record = view.record(step)
    can_start_again = record.inputs if record else {}
    for path in view.missing(view.step(step).reads):
        if not (path in can_start_again and matches_any(view.step(step).writes, path)):
            return Await(Waits.PERSON, step, path, f"{step} reads {path}, which is not there", _edit(view, path))
    return None


def _skipped(view: View, step: str) -> Action | None:
    text = view.step(step).when
    if text is None:
        return None
    match condition(view, text):
        case True:
            return None
        case False:
            return Skip(step, f"its condition does not hold: {text}", view.reads(step))
        case None:
            reason = f"{step} runs only when {text}, and that names what is not there"
            return Await(Waits.PERSON, step, step, reason, f"orchestrator rerun {view.snapshot.job} {step}")


def _by_person(view: View, step: str, reason: str, asked: Asked | None) -> Action | None:
    """Return what a person's own files, or a person's own step, ask for; None where an agent may go to work."""
    if asked is Asked.KEEP:
        return Judge(step, reason, view.reads(step), takes_over=True)
    if view.record(step) is None and view.is_done_by_person(step):
        return Judge(step, f"a person has done {step}", view.reads(step), takes_over=True)
    definition = view.snapshot.definitions.get(step)
    if definition and definition.agent and definition.agent.extras.backend is BackendKind.PERSON:
        path = view.step(step).writes[0]
        return Await(Waits.PERSON, step, path, f"{step} is done by a person: commit {path}", _edit(view, path))
    return None


def _persons_text(view: View, step: str, reason: str) -> Await | None:
    """No person's text is written over without their word; only `rerun` is that word."""
    theirs = view.persons_files(step)
    record = view.record(step)
    if not theirs or (record is not None and record.asked is Asked.RERUN):
        return None
    job = view.snapshot.job
    why = f"{theirs[0]} is {view.owner(theirs[0])}'s, and {step} would write it anew ({reason})"
    return Await(Waits.PERSON, step, theirs[0], why, f"orchestrator keep {job} {step}, or rerun {job} {step}")


def _edit(view: View, path: str) -> str:
    return f"orchestrator edit {view.snapshot.job} {path}"


def _again(view: View, step: str, record: StepRecord, now: int) -> Action:
    """Retry: the same again, without spending an attempt."""
    if record.tries >= MOST_TRIES:
        said = f": {record.findings[0]}" if record.findings else ""
        return _halt(view, Stop.FAILED, step, f"{step} could not be done in {record.tries} tries{said}")
    if Verdict.ERROR in record.checks.values():
        return Judge(step, f"a check of {step} could not run", record.inputs)
    if record.wake_at is not None and record.wake_at > now:
        return Await(Waits.TIME, step, "time", f"{step} is tried again later", until=record.wake_at)
    word = "interrupted" if record.outcome is Outcome.INTERRUPTED else "could not be done"
    return _run(view, step, max(record.attempt, 1), f"{step} was {word}", record)


def _climb(view: View, step: str, record: StepRecord) -> Action:
    if record.by and is_person(record.by):
        path = next(iter(sorted(record.outputs)), step)
        first = f": {record.findings[0]}" if record.findings else ""
        return Await(
            Waits.PERSON, step, path, f"{record.by}'s {path} fails the gate of {step}{first}", _edit(view, path)
        )
    rung = next_rung(view, step, record)
    match rung:
        case Rework():
            return _run(view, step, record.attempt + 1, f"{step} failed its gate", record)
        case Promote(route):
            theirs = _persons_text(view, step, f"{step} failed its gate")
            if theirs is not None:
                return theirs
            why = f"{step} failed its gate {record.attempt} times"
            return _attempt(view, step, record.attempt + 1, why, record, route, record.promoted + 1)
        case Reroute(target):
            return _halt(view, Stop.FAILED, step, f"{step} failed, and was not sent back to {target}")
        case Escalate(stop, reason):
            return _halt(view, stop, step, reason)


def _halt(view: View, stop: Stop, step: str, reason: str) -> Halt:
    return Halt(stop, step, reason, f"orchestrator retry {view.snapshot.job} {step}")


def _run(view: View, step: str, attempt: int, reason: str, former: StepRecord | None = None) -> Action:
    """Return the attempt with its route, or why it may not be made: a person's text in its way, no model, no money."""
    theirs = _persons_text(view, step, reason)
    if theirs is not None:
        return theirs
    definition = view.snapshot.definitions.get(step)
    if definition is None or definition.agent is None:
        return _halt(view, Stop.NO_MODEL, step, f"{step} names an agent that is not there")
    promoted = former.promoted if former else 0
    models = view.snapshot.settings.models
    # A promoted step stays with the stronger model.
    same = [m for m in models if former and promoted and m.name == former.model] or models
    route = routing.choose(definition.agent, same, purse(view))
    if isinstance(route, Route):
        return _attempt(view, step, attempt, reason, former, route, promoted)
    stop = Stop.BUDGET if route.is_budget else Stop.NO_MODEL
    return _halt(view, stop, step, f"no model may do {step}: {route.reason}")


def _attempt(
    view: View, step: str, attempt: int, reason: str, former: StepRecord | None, route: Route, promoted: int
) -> Run:
    record = view.record(step)
    is_rework = former is not None and former.outcome in _FAILED
    return Run(
        step,
        attempt,
        route,
        _inputs(view, step, from_the_first=is_rework or _is_retry(record)),
        reason,
        feedback=record.findings if record and (former or record.outcome is Outcome.DUE) else (),
        failed={path: oid for path, oid in former.outputs.items() if path in view.files}
        if is_rework and former
        else {},
        promoted=promoted,
    )


def _is_retry(record: StepRecord | None) -> bool:
    return record is not None and record.outcome is Outcome.DUE and record.asked is Asked.RETRY


def _inputs(view: View, step: str, *, from_the_first: bool) -> Files:
    """Return what the attempt reads. A step that writes what it reads starts again from its first inputs."""
    read = dict(view.reads(step))
    record = view.record(step)
    for path, oid in record.inputs.items() if record else ():
        if not matches_any(view.step(step).writes, path):
            continue
        if from_the_first or path not in view.files:
            read[path] = oid
    return read
