"""`decide`: one snapshot, one next action, with its reason in words (DESIGN §5)."""

from orchestrator.machine import approve, publish, work
from orchestrator.machine.approval import forbids_authors, refusal, standing, wrote_it
from orchestrator.machine.digests import tree_id
from orchestrator.machine.due import is_due
from orchestrator.machine.view import View
from orchestrator.model.action import (
    Action,
    Await,
    BringHome,
    Done,
    Halt,
    Judge,
    Reconcile,
    Settle,
    Stop,
    Waits,
)
from orchestrator.model.pipeline import StepKind
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Outcome, Status


def decide(snapshot: Snapshot, now: int) -> Action:
    """Return the one next action. `now` is Unix time in seconds, asked only of what waits for a time."""
    view = View(snapshot)
    return _first_of_all(view) or _in_turn(view, now)


def _first_of_all(view: View) -> Action | None:
    """Return what comes before any step's turn: what was left open, what people brought, what they edited."""
    if view.state.status is Status.CANCELLED and not view.snapshot.is_deleted and _is_cut_short(view):
        return _claimed(view)  # what it cost is booked all the same
    if view.snapshot.is_deleted or view.state.status is Status.CANCELLED:
        why = "its branch was deleted" if view.snapshot.is_deleted else "it was cancelled"
        return Halt(Stop.CANCELLED, None, why, f"orchestrator restore {view.snapshot.job}")
    return _claimed(view) or _unresolved(view) or _brought(view) or _edited(view)


def _is_cut_short(view: View) -> bool:
    return view.snapshot.claim is not None and view.snapshot.claim.is_orphaned


def _claimed(view: View) -> Action | None:
    claim = view.snapshot.claim
    if claim is None:
        return None
    if claim.is_orphaned:
        return Settle(claim, f"attempt {claim.attempt} of {claim.step} was cut short")
    return Await(Waits.LOCK, claim.step, "claim", f"{claim.owner} is running {claim.step}", until=claim.expires)


def _unresolved(view: View) -> Action | None:
    """No new effect starts while an older intent of the same target has no receipt."""
    for step, target in view.snapshot.targets.items():
        definition = view.pipeline.steps.get(step)
        record = view.record(step)
        if target.intent is None or definition is None or definition.publish is None:
            continue
        if record is not None and record.outcome is Outcome.UNKNOWN:
            return publish.unknown(view, step, record)
        to = definition.publish.to
        return Reconcile(step, to, target.intent, f"{step} began to publish to {to} and has no receipt")
    return None


def _brought(view: View) -> Action | None:
    brought = view.snapshot.brought
    # What is no approval moves nothing and holds nothing up: the step says so when it waits.
    if brought is None or refusal(view, brought) is not None:
        return None
    may, tree = standing(view, brought), tree_id(brought.content)
    is_author = forbids_authors(view, brought.step) and wrote_it(view, may.by, brought.edits)
    edited = " with edits" if tree != brought.tree else ""
    return BringHome(brought.step, brought, may.by, not is_author, tree, f"{may.by} merged {brought.step}{edited}")


def _edited(view: View) -> Action | None:
    """A person's edit is judged first of all, in pipeline order, by the gate of the path's last writer."""
    owned = {path: _answered(view, path) for path in view.edits}
    for step in view.sequence:
        paths = sorted(path for path, writer in owned.items() if writer == step)
        record = view.record(step)
        if not paths or (record is None and not view.is_persons(step)):
            continue
        why = f"{', '.join(paths)} was edited by {view.owner(paths[0])}"
        # What a person commits to a step that people do is the step's next attempt, on what stands there now.
        if view.is_persons(step) and not view.unwritten(step):
            return Judge(step, why, view.reads(step), takes_over=True)
        if record is not None:
            return Judge(step, why, record.inputs)
    return None


def _answered(view: View, path: str) -> str | None:
    """Return the step whose gate judges an edit: its last writer, or a person's step whose turn it is to write on."""
    writer = view.last_writer(path)
    for step in view.sequence if writer else ():
        if view.is_persons(step) and step in view.writers(path) and is_due(view, step):
            return writer if any(is_due(view, need) for need in view.before[step]) else step
    return writer


def _in_turn(view: View, now: int) -> Action:
    """Return the first step's action that can be taken; else the first wait; else Done."""
    waits: list[Await | Halt] = []
    for step in view.sequence:
        if any(is_due(view, need) for need in view.before[step]):
            continue
        action = _turn(view, step, now) if is_due(view, step) else None
        if isinstance(action, Await | Halt):
            waits.append(action)
        elif action is not None:
            return action
    timed = [wait for wait in waits if isinstance(wait, Await) and wait.waits is Waits.TIME]
    return next(iter([*timed, *waits]), Done())


def _turn(view: View, step: str, now: int) -> Action | None:
    match view.step(step).kind:
        case StepKind.AGENT:
            return work.turn(view, step, now)
        case StepKind.APPROVE:
            return approve.turn(view, step)
        case StepKind.PUBLISH:
            return publish.turn(view, step)
