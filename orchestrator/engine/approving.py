"""A local approval: what waits is shown, and a person's word is a merge into `approved/<id>`, brought home at once."""

from dataclasses import dataclass, replace

from orchestrator import trailers
from orchestrator.engine.advance import advance
from orchestrator.engine.gather import gather
from orchestrator.engine.world import Moved, World
from orchestrator.errors import RefusedError
from orchestrator.ledger import RefUpdate, approved_ref, review_ref
from orchestrator.machine.approval import forbids_authors, standing, wrote_it
from orchestrator.machine.digests import tree_id
from orchestrator.machine.view import View
from orchestrator.model.snapshot import Brought
from orchestrator.model.state import How, Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for a person: the step, who may answer, the commits to compare, the checks that passed."""

    job: str
    step: str
    by: str
    approved: str
    review: str
    tree: str
    paths: tuple[str, ...]


def question(world: World, job: str, step: str | None) -> Question:
    """Return the proposal that waits. Raises RefusedError where none does."""
    gathered = gather(world, job)
    snapshot = gathered.snapshot
    waiting = [
        name
        for name in View(snapshot).approve_steps()
        if (r := snapshot.state.steps.get(name)) is not None and r.outcome is Outcome.WAITING and step in (None, name)
    ]
    if not waiting:
        said = f"{job}: {step} does not wait for an answer" if step else f"nothing in {job} waits for an approval"
        raise RefusedError(said, hint=f"orchestrator status {job}")
    name = waiting[0]
    review, approved = world.ledger.review_tip(job, name), world.ledger.approved_tip(job)
    if review is None or approved is None:
        raise RefusedError(f"the branch review/{job}/{name} is gone, which says no", hint=f"orchestrator run {job}")
    approve = snapshot.pipeline.steps[name].approve
    changed = world.ledger.changed(approved, review)
    return Question(
        job,
        name,
        approve.by if approve else "",
        approved,
        review,
        tree_id(View(snapshot).cover()),
        tuple(sorted(changed)),
    )


def approve(world: World, asked: Question) -> Moved:
    """Merge the proposal into `approved/<id>` as the person, and bring it home. Raises RefusedError for who may not."""
    person = world.ledger.person()
    changes = {path: after for path, (_, after) in world.ledger.changed(asked.approved, asked.review).items()}
    new = world.ledger.commit_on(
        asked.approved,
        changes,
        message=trailers.format_message(f"Approve {asked.job}: {asked.step}", "", [("Job", asked.job)]),
        author=person,
        committer=person,
        parents_too=(asked.review,),
    )
    vouching = replace(world, vouched={**world.vouched, new.id: person.id})
    _refuse_unless_may(vouching, asked, new.id)
    moves = [
        RefUpdate(approved_ref(asked.job), new.id, asked.approved),
        RefUpdate(review_ref(asked.job, asked.step), asked.review, asked.review),
    ]
    with world.ledger.lock(asked.job):
        world.ledger.keep_old_tip(asked.job)
        world.ledger.write(new)
        world.ledger.move(moves)
    return advance(vouching, asked.job)


def _refuse_unless_may(world: World, asked: Question, merge: str) -> None:
    """Ask the rules before anything is written, so that a refused approval leaves no trace on `approved/<id>`."""

    view = View(gather(world, asked.job).snapshot)
    brought = Brought(merge, asked.step, 0, asked.tree, world.vouched[merge], How.LOCAL, view.cover())
    may = standing(view, brought)
    if may.fault:
        raise RefusedError(may.fault, hint="approvers stand in orchestrator.yaml on the base branch")
    if forbids_authors(view, asked.step) and wrote_it(view, may.by, {}):
        raise RefusedError(f"{may.by} made what they would approve, and {asked.by} asks for somebody else")
