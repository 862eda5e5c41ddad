"""Whether a step still has something to do, in itself: what stands before it is not asked here."""

from orchestrator.machine.approval import held
from orchestrator.machine.digests import effect_key
from orchestrator.machine.stale import stale
from orchestrator.machine.view import View
from orchestrator.model.pipeline import StepKind
from orchestrator.model.state import Outcome, StepRecord

_STANDING = frozenset({Outcome.PASSED, Outcome.SKIPPED})


def is_due(view: View, step: str) -> bool:
    """Say whether the step has work to do."""
    if step not in view.due:
        view.due[step] = _is_due(view, step)
    return view.due[step]


def _is_due(view: View, step: str) -> bool:
    record = view.record(step)
    if record is None:
        return True
    match view.step(step).kind:
        case StepKind.AGENT:
            return record.outcome not in _STANDING or stale(view, step) is not None
        case StepKind.APPROVE:
            return record.outcome is not Outcome.APPROVED or _must_ask_again(view, step)
        case StepKind.PUBLISH:
            return record.outcome is not Outcome.PUBLISHED or not _cites(record, published(view, step))


def _cites(record: StepRecord, receipt: str | None) -> bool:
    """Say whether the record names the receipt that counts: after a reset it may name an older one."""
    return receipt is not None and record.receipt == receipt


def _must_ask_again(view: View, step: str) -> bool:
    """An approval that no longer holds is asked for again only when a later step is due."""
    if held(view, step, by_person=wants_person(view, step) is not False):
        return False
    return any(is_due(view, later) for later in view.after(step))


def wants_person(view: View, step: str) -> bool | None:
    """Say whether an approval step asks a person; None where its `when` cannot be told yet."""
    approve = view.step(step).approve
    if approve is None or approve.when is None:
        return True
    return condition(view, approve.when)


def condition(view: View, text: str) -> bool | None:
    """Return what the expression comes to, or None where it names what is not there."""
    from orchestrator.documents.expressions import compile_expression  # Jinja2 comes along, and few jobs need it

    try:
        return compile_expression(text).holds({**view.snapshot.data, "params": dict(view.snapshot.job_file.params)})
    except ValueError:
        return None


def published(view: View, step: str) -> str | None:
    """Return the receipt that names the present payload, or None. For an event any receipt, for a place the latest."""
    target = view.snapshot.targets.get(step)
    publish = view.step(step).publish
    if target is None or publish is None:
        return None
    if target.is_event:
        return target.earlier.get(effect_key(view.snapshot.job, step, publish.to, view.payload(step), None))
    latest = target.latest
    return latest.commit if latest and dict(latest.payload) == view.payload(step) else None
