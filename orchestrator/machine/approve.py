"""The turn of an approval step: confirm, ask, wait, or take no for an answer."""

from orchestrator.machine.approval import given, held, lost, refusal, wanted
from orchestrator.machine.digests import tree_id
from orchestrator.machine.due import wants_person
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Await, Confirm, Halt, Propose, Stop, Waits
from orchestrator.model.state import Outcome, Question, StepRecord


def turn(view: View, step: str) -> Action:
    """Return what the approval step does next. It is due, and all that stands before it stands."""
    record = view.record(step)
    paths = view.cover()
    tree = tree_id(paths)
    holding = held(view, step, by_person=True)
    if holding:
        return Confirm(step, f"{holding[0].by} approved this content", tree, paths, is_given=True)
    match wants_person(view, step):
        case False:
            return Confirm(step, "every gate passed, and no person needs to be asked", tree, paths)
        case None:
            approve = view.step(step).approve
            text = approve.when if approve else ""
            reason = f"{step} asks a person when {text}, and that names what is not there"
            return Await(Waits.PERSON, step, step, reason, f"orchestrator edit {view.snapshot.job} job.yaml")
        case True:
            return _ask(view, step, record, tree, paths)


def _ask(view: View, step: str, record: StepRecord | None, tree: str, paths: dict[str, str]) -> Action:
    approve = view.step(step).approve
    by = approve.by if approve else ""
    is_asked = record is not None and record.question is not None and record.question.tree == tree
    if is_asked and record is not None and record.outcome is Outcome.REJECTED:
        return _rejected(view, step, record)
    if is_asked and record is not None and record.question is not None and record.outcome is Outcome.WAITING:
        waiting = _waiting(view, step, by, record.question)
        if waiting is not None:
            return waiting
    why = lost(view, step)
    return Propose(step, tree, paths, f"{by} must approve what stands there now{f': {why}' if why else ''}")


def _waiting(view: View, step: str, by: str, question: Question) -> Action | None:
    """Return the wait for an answer, or the no that a deleted branch is; None where the question must be put again."""
    job, brought = view.snapshot.job, view.snapshot.brought
    is_answer = brought is not None and (brought.step, brought.seq) == (step, question.seq)
    no = refusal(view, brought) if brought is not None and is_answer else None
    if no is not None:
        return Await(Waits.PERSON, step, step, no.fault or "", f"orchestrator approve {job} --step {step}")
    since = [a for a in view.approvals if a.step == step and a.seq > question.seq]
    if any(a.tree != question.tree for a in since):
        # They approved something else: a branch that was put up before the job was rewound, or what they edited.
        return None
    if step in view.snapshot.open_reviews:
        reason = f"{by} must approve review/{job}/{step}{_so_far(view, step, question)}"
        return Await(Waits.PERSON, step, step, reason, f"orchestrator approve {job}")
    if since:
        # One of several has approved, and the branch went with the merge.
        return None
    reason = f"the branch review/{job}/{step} was deleted, which says no"
    return Halt(Stop.REJECTED, step, reason, f"orchestrator reopen {job}")


def _so_far(view: View, step: str, question: Question) -> str:
    """Return what is known of the answer: who of several has approved, or why it is asked once more."""
    said = given(view, step, question.tree)
    if said:
        return f": {len(said)} of {wanted(view, step)}, {', '.join(said)}"
    why = lost(view, step)
    return f": {why}" if why else ""


def _rejected(view: View, step: str, record: StepRecord) -> Halt:
    said = record.findings[0].message if record.findings else "no reason was given"
    return Halt(Stop.REJECTED, step, f"{step} was rejected: {said}", f"orchestrator reopen {view.snapshot.job}")
