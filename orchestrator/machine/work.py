"""The turn of an agent's step: what a person must say first, skip, judge what is there, run, or climb the ladder."""

from dataclasses import dataclass
from shlex import quote
from typing import TypeGuard

from orchestrator.machine.due import condition
from orchestrator.machine.ladder import MOST_TRIES, SAME_FAILURES, Escalate, Promote, Reroute, Rework, next_rung
from orchestrator.machine.routes import Chosen, chosen, stronger, without_others
from orchestrator.machine.stale import is_only_its_gate, own_work, stale
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Await, Halt, Judge, Route, Run, Skip, Stop, Waits
from orchestrator.model.agent import Agent
from orchestrator.model.finding import Finding, Verdict
from orchestrator.model.names import is_person
from orchestrator.model.patterns import is_literal, matches_any
from orchestrator.model.settings import Budget
from orchestrator.model.snapshot import Files
from orchestrator.model.state import Asked, Outcome, StepRecord
from orchestrator.routing import NoRoute

_AGAIN = frozenset({Outcome.ERROR, Outcome.INTERRUPTED})
_FAILED = frozenset({Outcome.FAILED, Outcome.REFUSED})
_NAMED = frozenset({Asked.RERUN, Asked.GOTO, Asked.KEEP, Asked.RETRY, Asked.WAIVE})
_UNTIL_OTHERS_END = 10
"""Seconds after which it is looked again whether other jobs' calls have given back what they reserved."""
_ABOUT_THE_TRY = frozenset({"agent", "claim"})
"""The checks of findings that say why a try came to nothing: no feedback on the work."""


def turn(view: View, step: str, now: int) -> Action:
    """Return what the step does next. It is due, and all that stands before it stands."""
    record = view.record(step)
    if record is None:
        return _begin(view, step, f"{step} has not run", now)
    why = stale(view, step)
    if why is not None:
        return _judge_anew(view, step, why) if is_only_its_gate(view, step) else _begin(view, step, why, now)
    if record.outcome in _AGAIN:
        return _again(view, step, record, now)
    if record.outcome in _FAILED:
        return _climb(view, step, record, now)
    return _begin(view, step, _why_due(step, record), now)


def _judge_anew(view: View, step: str, reason: str) -> Judge:
    """The work stands; the verdict on it saw other files than there are now."""
    record = view.record(step)
    return Judge(
        step, reason, {**view.reads(step), **_first(view, step)}, anew=own_work(view, step, record) if record else {}
    )


def _first(view: View, step: str) -> Files:
    """What the step read of files that it writes too: the work rests on those, whatever stands there since."""
    record = view.record(step)
    writes = view.step(step).writes
    return {path: oid for path, oid in (record.inputs if record else {}).items() if matches_any(writes, path)}


def _why_due(step: str, record: StepRecord) -> str:
    said = {
        Asked.RERUN: f"a person asked for {step} anew",
        Asked.GOTO: f"{step} was sent back with findings",
        Asked.KEEP: f"a person keeps what {step} stands for",
        Asked.RETRY: f"a person asked to try {step} again",
        Asked.WAIVE: f"a person waived what {step} failed by",
    }
    return said[record.asked] if record.asked else f"{step} is due"


def _begin(view: View, step: str, reason: str, now: int) -> Action:
    """Return the first action of a step that starts, at attempt 1."""
    record = view.record(step)
    asked = record.asked if record is not None and record.outcome is Outcome.DUE else None
    skipped = None if asked in _NAMED else _skipped(view, step)
    if isinstance(skipped, Skip) and view.step(step).skipped_with:
        return skipped  # what it would read need not be there
    first = _lacks_input(view, step) or skipped or _by_person(view, step, reason, asked)
    return first or _run(view, _Next(step, 1, reason, now))


def _lacks_input(view: View, step: str) -> Action | None:
    record = view.record(step)
    can_start_again = record.inputs if record else {}
    for path in view.missing(view.step(step).reads):
        if not (path in can_start_again and matches_any(view.step(step).writes, path)):
            return Await(Waits.PERSON, step, path, f"{step} reads {path}, which is not there", _edit(view, path))
    return None


def _skipped(view: View, step: str) -> Action | None:
    other = view.step(step).skipped_with
    done = view.record(other) if other else None
    if done is not None and done.outcome is Outcome.SKIPPED:
        return Skip(step, f"{other} was skipped, and {step} with it", view.reads(step))
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
    unwritten = view.unwritten(step)
    if asked is Asked.KEEP and not unwritten:
        return Judge(step, reason, view.reads(step), takes_over=True)
    record = view.record(step)
    if asked is Asked.WAIVE and record is not None:
        return Judge(step, reason, record.inputs)
    if record is None and view.is_done_by_person(step):
        return Judge(step, f"a person has done {step}", view.reads(step), takes_over=True)
    if not view.is_persons(step):
        return None
    path = next(iter((*unwritten, *view.step(step).writes)))
    or_keep = "" if unwritten else f"; orchestrator keep {view.snapshot.job} {step} lets what is there stand"
    since = f" ({reason})" if view.record(step) else ""
    why = f"{step} is done by a person: commit {path}{since}{or_keep}"
    return Await(Waits.PERSON, step, path, why, _edit(view, path))


def _persons_text(view: View, step: str, reason: str) -> Await | None:
    """No person's text is written over without their word. Only `rerun` is that word, for what stood there then."""
    record = view.record(step)
    given_up = record.anew if record else {}
    theirs = [path for path in view.persons_files(step) if given_up.get(path) != view.files[path]]
    if not theirs:
        return None
    job, missing = view.snapshot.job, view.unwritten(step)
    why = f"{theirs[0]} is {view.owner(theirs[0])}'s, and {step} would write it anew ({reason})"
    let = f"orchestrator rerun {job} {step} lets it"
    # What is not there cannot be kept.
    first = _edit(view, missing[0]) if missing else f"orchestrator keep {job} {step}"
    return Await(Waits.PERSON, step, theirs[0], f"{why}; {let}", first)


def _edit(view: View, path: str) -> str | None:
    """Return the command that opens a file; None for a folder or a glob, of which only the person knows the file."""
    return f"orchestrator edit {view.snapshot.job} {quote(path)}" if is_literal(path) else None


def _again(view: View, step: str, record: StepRecord, now: int) -> Action:
    """Retry: the same again, without spending an attempt."""
    if record.malformed and record.by and is_person(record.by):
        return _failed_by_person(view, step, record)
    if record.tries >= (SAME_FAILURES if record.malformed else MOST_TRIES):
        said = f": {record.findings[0]}" if record.findings else ""
        theirs = _persons_text(view, step, f"{step} could not be done")
        return theirs or _halt(view, Stop.FAILED, step, f"{step} could not be done in {record.tries} tries{said}")
    if record.malformed:
        return _run(view, _Next(step, max(record.attempt, 1), f"what {step} made is no review", now, record))
    if Verdict.ERROR in record.checks.values():
        return Judge(step, f"a check of {step} could not run", record.inputs)
    lacking = _lacks_input(view, step)
    if lacking is not None:
        return lacking
    if record.wake_at is not None and record.wake_at > now:
        return Await(Waits.TIME, step, "time", f"{step} is tried again later", until=record.wake_at)
    said = "was interrupted" if record.outcome is Outcome.INTERRUPTED else "could not be done"
    return _run(view, _Next(step, max(record.attempt, 1), f"{step} {said}", now, record))


def _climb(view: View, step: str, record: StepRecord, now: int) -> Action:
    if record.by and is_person(record.by) and not record.verdict:
        return _failed_by_person(view, step, record)
    rung = next_rung(view, step, record)
    match rung:
        case Rework():
            return _run(view, _Next(step, record.attempt + 1, f"{step} failed its gate", now, record))
        case Promote():
            why = f"{step} failed its gate {record.attempt} times"
            return _run(view, _Next(step, record.attempt + 1, why, now, record, is_promotion=True))
        case Reroute(target):
            return _halt(view, Stop.FAILED, step, f"{step} failed, and was not sent back to {target}")
        case Escalate(stop, reason) if record.verdict:
            return Halt(stop, step, reason, _mend(view, step, record))
        case Escalate(stop, reason):
            return _persons_text(view, step, reason) or _halt(view, stop, step, reason)


def _mend(view: View, step: str, record: StepRecord) -> str:
    """Return the command that mends what a reviewer found: an edit of what it found fault with, never of the review."""
    own = view.step(step).writes
    blamed = (finding.file for finding in record.findings if finding.file is not None and finding.waived is None)
    path = next((file for file in blamed if file in view.files and not matches_any(own, file)), None)
    return (_edit(view, path) if path else None) or f"orchestrator retry {view.snapshot.job} {step}"


def _failed_by_person(view: View, step: str, record: StepRecord) -> Await:
    theirs = [path for path in sorted(record.outputs) if is_person(view.owner(path) or "")]
    blamed = [f.file for f in record.findings if f.file is not None and f.file in record.outputs and f.waived is None]
    path = next(iter((*blamed, *theirs, *sorted(record.outputs))), step)
    first = f": {record.findings[0]}" if record.findings else ""
    why = f"{view.owner(path) or record.by}'s {path} fails the gate of {step}{first}"
    return Await(Waits.PERSON, step, path, why, _edit(view, path))


def _halt(view: View, stop: Stop, step: str, reason: str) -> Halt:
    return Halt(stop, step, reason, f"orchestrator retry {view.snapshot.job} {step}")


@dataclass(frozen=True, slots=True)
class _Next:
    """An attempt that is to be made at Unix time `now`; `former` is the record that it goes on from."""

    step: str
    attempt: int
    reason: str
    now: int
    former: StepRecord | None = None
    is_promotion: bool = False


def _run(view: View, to: _Next) -> Action:
    """Return the attempt with its route, or why it may not be made: a person's text in its way, no model, no money."""
    theirs = _persons_text(view, to.step, to.reason)
    if theirs is not None:
        return theirs
    definition = view.snapshot.definitions.get(to.step)
    if definition is None or definition.agent is None:
        return _halt(view, Stop.NO_MODEL, to.step, f"{to.step} names an agent that is not there")
    found = _choice(view, to, definition.agent)
    if isinstance(found.route, Route):
        return _attempt(view, to, found, found.route)
    if isinstance(_choice(without_others(view), to, definition.agent).route, Route):
        # It will pass by itself, and is no state of this job: nothing is recorded.
        why = f"{to.step} waits for what other jobs hold: {found.route.reason}"
        return Await(Waits.TIME, to.step, "time", why, until=to.now + _UNTIL_OTHERS_END, is_passing=True)
    return _no_route(view, to, found.route)


def _choice(view: View, to: _Next, agent: Agent) -> Chosen:
    if to.is_promotion and to.former and to.former.model:
        return stronger(view, to.step, agent, to.now, to.former)
    return chosen(view, to.step, agent, to.now, to.former)


def _no_route(view: View, to: _Next, found: NoRoute) -> Await | Halt:
    if found.until is not None:
        why = f"{to.step} is tried again later: {found.reason}"
        return Await(Waits.TIME, to.step, "time", why, until=found.until)
    record = view.record(to.step)
    said = f": {record.findings[0]}" if record and record.down and record.findings else ""
    why = f"{_lead(to)}: {found.reason}{said}"
    if not found.is_budget:
        return _halt(view, Stop.NO_MODEL, to.step, why)
    # No word of a person's helps: it goes on by itself once there is money.
    return Halt(Stop.BUDGET, to.step, f"{why}; {_way_on(view)}", f"orchestrator route {view.snapshot.job} {to.step}")


def _way_on(view: View) -> str:
    """Return what lets a job go on that lacks money."""
    snapshot = view.snapshot
    own = f", or in {snapshot.job}'s job.yaml," if snapshot.job_file.budget != Budget() else ""
    return f"a higher limit under budget in orchestrator.yaml on the base{own} lets it go on{_held(view)}"


def _held(view: View) -> str:
    """Return whose calls hold money that nobody will give back by itself: they were cut short."""
    weight = view.snapshot.weight
    if weight is None or not weight.spending.reserved > weight.spending.live:
        return ""
    return "".join(f"; orchestrator run {job} books what it had reserved" for job in weight.spending.holders[:1])


def _lead(to: _Next) -> str:
    return f"{to.reason}, and no model may do it again" if to.is_promotion else f"no model may do {to.step}"


def _attempt(view: View, to: _Next, found: Chosen, route: Route) -> Run:
    former = to.former
    return Run(
        to.step,
        to.attempt,
        route,
        view.inputs(to.step, from_the_first=former is not None or _is_retry(view.record(to.step))),
        to.reason,
        feedback=_feedback(view.record(to.step), former),
        failed=_mended(view, former) if _is_mended(former, to.attempt) else {},
        promoted=(former.promoted if former else 0) + to.is_promotion,
        at=to.now,
        is_weighed=found.is_weighed,
    )


def _mended(view: View, former: StepRecord) -> Files:
    """Return what the attempt before made, as far as it is there."""
    return {path: oid for path, oid in former.outputs.items() if path in view.files}


def _is_mended(former: StepRecord | None, attempt: int) -> TypeGuard[StepRecord]:
    """Say whether the attempt mends what the one before it made, so that the prompt shows it."""
    return former is not None and (attempt > 1 or former.malformed)


def _is_retry(record: StepRecord | None) -> bool:
    return record is not None and record.outcome is Outcome.DUE and record.asked is Asked.RETRY


def _feedback(record: StepRecord | None, former: StepRecord | None) -> tuple[Finding, ...]:
    """Return the findings of the attempt before, or those that the step was sent back with; a retry has the same."""
    if record is None or (former is None and record.outcome is not Outcome.DUE):
        return ()
    if record.outcome in _AGAIN:
        return tuple(finding for finding in record.findings if finding.check not in _ABOUT_THE_TRY)
    return tuple(finding for finding in record.findings if finding.waived is None)
