"""The turn of an approval step: confirm, ask, wait, or take no for an answer."""

from orchestrator.machine.approval import held
from orchestrator.machine.digests import tree_id
from orchestrator.machine.due import wants_person
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Await, Confirm, Halt, Propose, Stop, Waits
from orchestrator.model.state import Outcome, StepRecord


def turn(view: View, step: str) -> Action:
    """Return what the approval step does next. It is due, and all that stands before it stands."""
    record = view.record(step)
    paths = view.cover()
    tree = tree_id(paths)
    given = held(view, step, by_person=True)
    if given:
        return Confirm(step, f"{given[0].by} approved this content", tree, paths, is_given=True)
    match wants_person(view, step):
        case False:
            return Confirm(step, "every gate passed, and no person needs to be asked", tree, paths)
        case None:
            approve = view.step(step).approve
            text = approve.when if approve else ""
            return Await(
                Waits.PERSON, step, step, f"{step} asks a person when {text}, and that names what is not there"
            )
        case True:
            return _ask(view, step, record, tree, paths)


def _ask(view: View, step: str, record: StepRecord | None, tree: str, paths: dict[str, str]) -> Action:
    approve = view.step(step).approve
    by = approve.by if approve else ""
    is_asked = record is not None and record.question is not None and record.question.tree == tree
    if is_asked and record is not None and record.outcome is Outcome.REJECTED:
        return _rejected(view, step, record)
    if is_asked and record is not None and record.outcome is Outcome.WAITING:
        if step not in view.snapshot.open_reviews:
            reason = f"the branch review/{view.snapshot.job}/{step} was deleted, which says no"
            return Halt(Stop.REJECTED, step, reason, f"orchestrator reopen {view.snapshot.job}")
        reason = f"{by} must approve review/{view.snapshot.job}/{step}"
        return Await(Waits.PERSON, step, step, reason, f"orchestrator approve {view.snapshot.job}")
    return Propose(step, tree, paths, f"{by} must approve what stands there now")


def _rejected(view: View, step: str, record: StepRecord) -> Halt:
    said = record.findings[0].message if record.findings else "no reason was given"
    return Halt(Stop.REJECTED, step, f"{step} was rejected: {said}", f"orchestrator reopen {view.snapshot.job}")
