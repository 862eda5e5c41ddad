"""What a publish, a reconciliation or an orphaned claim writes into the state."""

from dataclasses import replace

from orchestrator.machine.digests import effect_key
from orchestrator.machine.writing import former, put, spend
from orchestrator.model.action import NotSent, Publish, Reconcile, Result, Sent, Settle, Unclear
from orchestrator.model.finding import Finding, Severity, bounded
from orchestrator.model.snapshot import Effect, Snapshot
from orchestrator.model.state import Outcome, StepRecord


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
    claim = action.claim
    before = former(snapshot, claim.step)
    finding = Finding(severity=Severity.MAJOR, message=action.reason, check="claim")
    written = before.model_copy(
        update={
            "outcome": Outcome.INTERRUPTED,
            "attempt": claim.attempt,
            "tries": before.tries + 1,
            "checks": {},
            "findings": (finding,),
        }
    )
    after = put(snapshot, claim.step, written, spend_usd=spend(snapshot, claim.reserved_usd))
    return replace(after, claim=None)
