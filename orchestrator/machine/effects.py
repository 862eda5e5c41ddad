"""What a publish, a reconciliation or an orphaned claim writes into the state."""

from dataclasses import replace

from orchestrator.machine.beginnings import having_read
from orchestrator.machine.digests import effect_key
from orchestrator.machine.due import is_due
from orchestrator.machine.stale import stale
from orchestrator.machine.view import View
from orchestrator.machine.writing import former, put, spend
from orchestrator.model.action import NotSent, Publish, Reconcile, Result, Sent, Settle, Unclear
from orchestrator.model.finding import Finding, Severity, bounded
from orchestrator.model.snapshot import Effect, Snapshot
from orchestrator.model.state import Outcome, Status, StepRecord

_ON_THE_LADDER = frozenset({Outcome.FAILED, Outcome.REFUSED, Outcome.ERROR, Outcome.INTERRUPTED})


def published(snapshot: Snapshot, action: Publish | Reconcile, result: Result) -> Snapshot:
    """Return the snapshot after an effect: sent, known not to be, or unclear."""
    before = former(snapshot, action.step)
    if isinstance(action, Publish):
        effect = Effect(action.key, action.payload, "")
    else:
        effect = action.effect
    match result:
        case Sent(receipt=receipt):
            written = _sent(snapshot, before, effect, receipt)
        case NotSent(message=text) if isinstance(action, Reconcile):
            written = before.model_copy(update={"outcome": Outcome.DUE, "findings": (_critical(text),)})
        case NotSent(message=text):
            changes = {"outcome": Outcome.FAILED, "outputs": dict(effect.payload), "findings": (_critical(text),)}
            written = before.model_copy(update=changes)
        case Unclear(message=text):
            written = before.model_copy(update={"outcome": Outcome.UNKNOWN, "findings": (_critical(text),)})
        case _:
            raise TypeError(f"a publish ends as Sent, NotSent or Unclear, not {type(result).__name__}")
    return _with_target(put(snapshot, action.step, written), action.step, effect, result)


def _critical(text: str) -> Finding:
    return bounded((Finding(severity=Severity.CRITICAL, message=text, check="publish"),))[0]


def _sent(snapshot: Snapshot, before: StepRecord, effect: Effect, receipt: str) -> StepRecord:
    seq = snapshot.state.seq
    return before.model_copy(
        update={
            "outcome": Outcome.PUBLISHED,
            "attempt": 1,
            "tries": 0,
            "asked": None,
            "ran": seq,
            "wrote": seq + 1,
            "outputs": dict(sorted(effect.payload.items())),
            "receipt": receipt,
            "findings": (),
        }
    )


def _with_target(after: Snapshot, step: str, effect: Effect, result: Result) -> Snapshot:
    target = after.targets.get(step)
    if target is None or isinstance(result, Unclear):
        return after
    target = replace(target, intent=None)
    if isinstance(result, Sent):
        shown = Effect(effect.key, effect.payload, result.receipt)
        key = _event_key(after, step, effect)
        target = replace(target, latest=shown, earlier={**target.earlier, key: result.receipt})
    return replace(after, targets={**after.targets, step: target})


def _event_key(after: Snapshot, step: str, effect: Effect) -> str:
    publish = after.pipeline.steps[step].publish
    return effect_key(after.job, step, publish.to, effect.payload, None) if publish else effect.key


def settled_claim(snapshot: Snapshot, action: Settle) -> Snapshot:
    """Return the snapshot with an orphaned claim booked: the reserved money counts as spent."""
    spent = spend(snapshot, action.claim.reserved_usd)
    if snapshot.state.status is Status.CANCELLED or not _is_its_turn(View(snapshot), action.step):
        # The job was ended, or moved, meanwhile: the attempt is none of this tip's.
        return replace(snapshot, state=snapshot.state.model_copy(update={"spend_usd": spent}), claim=None)
    after = put(snapshot, action.step, _interrupted(snapshot, action), spend_usd=spent)
    return replace(after, claim=None)


def _is_its_turn(view: View, step: str) -> bool:
    if step not in view.pipeline.steps or not is_due(view, step):
        return False
    return not any(is_due(view, need) for need in view.before[step])


def _interrupted(snapshot: Snapshot, action: Settle) -> StepRecord:
    """Return the record of an attempt that was cut short: it had read what stands there now, or what it began from."""
    before, view = former(snapshot, action.step), View(snapshot)
    finding = Finding(severity=Severity.MAJOR, message=action.reason, check="claim")
    is_same = before.outcome in _ON_THE_LADDER and stale(view, action.step) is None
    read = {} if is_same else having_read(snapshot, action.step, view.reads(action.step))
    told = before.findings if is_same or before.outcome is Outcome.DUE else ()
    changes = {
        "outcome": Outcome.INTERRUPTED,
        "attempt": action.claim.attempt,
        "tries": before.tries + 1 if is_same else 1,
        "checks": {},
        "findings": bounded((finding, *told)),
    }
    return before.model_copy(update={**read, **changes})
