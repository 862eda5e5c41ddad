"""`record`: a snapshot, an action and what came of it give the new state and message. Pure: it can be replayed."""

from dataclasses import replace

from orchestrator.machine import answers, attempts, effects, message
from orchestrator.machine.decide import decide
from orchestrator.machine.waiving import with_waivers
from orchestrator.model.action import (
    Action,
    Await,
    BringHome,
    Confirm,
    Done,
    Entry,
    Halt,
    Judge,
    Propose,
    Publish,
    Reconcile,
    Result,
    Run,
    Settle,
    Skip,
    Stop,
    Waits,
)
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Status


def record(snapshot: Snapshot, action: Action, result: Result) -> Entry | None:
    """Return the entry to be committed, or None where nothing is to be written.

    That is the same wait again, a finished job, a branch that is gone.
    """
    result = with_waivers(snapshot, action, result)
    after = apply(snapshot, action, result)
    if after is None or snapshot.is_deleted:
        return None
    settled, following = _stood_still(after, action) or settle(after)
    if isinstance(action, Await | Halt | Done) and settled.state == snapshot.state:
        return None
    state = settled.state.model_copy(update={"seq": snapshot.state.seq + 1})
    return message.entry(snapshot, action, result, replace(settled, state=state), following)


def _stood_still(after: Snapshot, action: Action) -> tuple[Snapshot, Action] | None:
    """Return where a job stands that waits or halts: as the action says, which knew what was spent and when it was.

    None where something was done, or where the person's answer that it tells of moves the job.
    """
    if not isinstance(action, Await | Halt) or (isinstance(action, Halt) and action.stop is Stop.REJECTED):
        return None
    return _at(after, action), action


def settle(after: Snapshot) -> tuple[Snapshot, Action]:
    """Return the snapshot with the status that its files come to, and the next decision, which says so."""
    following = decide(after, 0)
    return _at(after, following), following


def _at(after: Snapshot, following: Action) -> Snapshot:
    if isinstance(following, Settle) and after.state.status is Status.CANCELLED:
        return after  # what it cost is booked, and it stays cancelled
    status, waiting_for = status_of(following)
    return replace(after, state=after.state.model_copy(update={"status": status, "waiting_for": waiting_for}))


def status_of(following: Action) -> tuple[Status, str | None]:
    """Return where a job stands whose next action this is, and what it waits for."""
    match following:
        case Done():
            return Status.DONE, None
        case Halt(stop=Stop.CANCELLED):
            return Status.CANCELLED, None
        case Halt(step=step):
            return Status.HALTED, step
        case Await(waits=Waits.PERSON, subject=subject) | Await(waits=Waits.TIME, subject=subject):
            return Status.WAITING, subject
        case _:
            return Status.READY, None


def apply(snapshot: Snapshot, action: Action, result: Result) -> Snapshot | None:
    """Return the snapshot as the entry leaves it, its status not settled yet; None where nothing is to be written."""
    match action:
        case Run():
            return attempts.ran(snapshot, action, result)
        case Judge():
            return attempts.judged(snapshot, action, result)
        case Skip():
            return attempts.skipped(snapshot, action)
        case Confirm():
            return answers.confirmed(snapshot, action)
        case Propose():
            return answers.proposed(snapshot, action)
        case BringHome():
            return answers.brought_home(snapshot, action)
        case Publish() | Reconcile():
            return effects.published(snapshot, action, result)
        case Settle():
            return effects.settled_claim(snapshot, action)
        case Halt(stop=Stop.REJECTED, step=str(step)):
            return answers.rejected(snapshot, step, action.reason)
        case Await(waits=Waits.LOCK) | Await(is_passing=True):
            return None
        case Await() | Halt() | Done():
            return snapshot
