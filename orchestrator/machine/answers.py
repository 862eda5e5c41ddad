"""What a confirmation, a question, an answer or a refusal writes into the state."""

from dataclasses import replace

from orchestrator.machine.decide import decide
from orchestrator.machine.view import stem
from orchestrator.machine.writing import former, put
from orchestrator.model.action import BringHome, Confirm, Propose
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import ORCHESTRATOR
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Approval, How, Outcome, Question


def confirmed(snapshot: Snapshot, action: Confirm) -> Snapshot:
    """Return the snapshot with the step approved, by the gates or by an approval that was given before."""
    seq = snapshot.state.seq + 1
    written = former(snapshot, action.step).model_copy(
        update={
            "outcome": Outcome.APPROVED,
            "attempt": 1,
            "asked": None,
            "ran": seq - 1,
            "question": None,
            "findings": (),
        }
    )
    approvals = snapshot.state.approvals
    if not action.is_given:
        given = Approval(
            step=action.step,
            seq=seq,
            tree=action.tree,
            by=ORCHESTRATOR,
            how=How.GATES,
            paths=dict(sorted(action.paths.items())),
        )
        approvals = _with_approval(approvals, given)
    return put(snapshot, action.step, written, approvals=approvals)


def _with_approval(approvals: tuple[Approval, ...], given: Approval) -> tuple[Approval, ...]:
    """Return the approvals with one more; older ones of the same step and another tree are in the history."""
    kept = (a for a in approvals if a.step != given.step or (a.tree == given.tree and a.by != given.by))
    return (*kept, given)


def proposed(snapshot: Snapshot, action: Propose) -> Snapshot:
    """Return the snapshot with the question put."""
    question = Question(seq=snapshot.state.seq + 1, tree=action.tree)
    written = former(snapshot, action.step).model_copy(
        update={"outcome": Outcome.WAITING, "attempt": 1, "asked": None, "question": question, "findings": ()}
    )
    after = put(snapshot, action.step, written)
    return replace(after, open_reviews=snapshot.open_reviews | {action.step})


def brought_home(snapshot: Snapshot, action: BringHome) -> Snapshot:
    """Return the snapshot with what people brought taken in, and with their approval where it is one."""
    brought = action.brought
    taken = {path: oid for path, oid in brought.edits.items() if path not in brought.conflicts}
    files = {path: oid for path, oid in {**snapshot.files, **taken}.items() if oid is not None}
    editors = {**snapshot.editors, **{path: action.by for path, oid in taken.items() if oid is not None}}
    changed = {stem(path) for path in taken}
    data = {name: value for name, value in snapshot.data.items() if name not in changed}
    data |= {name: value for name, value in brought.data.items() if name in changed}
    after = replace(snapshot, files=files, editors=editors, data=data, brought=None)
    if not action.is_approval:
        return after
    given = Approval(
        step=action.step,
        seq=snapshot.state.seq + 1,
        tree=action.tree,
        by=action.by,
        how=brought.how,
        paths=dict(sorted(brought.content.items())),
    )
    state = after.state.model_copy(update={"approvals": _with_approval(after.state.approvals, given)})
    return _answered(replace(after, state=state), action.step)


def _answered(after: Snapshot, step: str) -> Snapshot:
    """Return the snapshot with the step approved, if this is the word that was missing and it is the step's turn."""
    following = decide(after, 0)
    if isinstance(following, Confirm) and following.step == step and following.is_given:
        return confirmed(after, following)
    return after


def rejected(snapshot: Snapshot, step: str, reason: str) -> Snapshot:
    """Return the snapshot with the question answered by no."""
    before = former(snapshot, step)
    if before.outcome is not Outcome.WAITING:
        return snapshot
    finding = Finding(severity=Severity.MAJOR, message=reason)
    return put(snapshot, step, before.model_copy(update={"outcome": Outcome.REJECTED, "findings": (finding,)}))
