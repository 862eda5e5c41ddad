"""A local approval: what waits is shown, and a person's word is a merge into `approved/<id>`, brought home at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator import trailers
from orchestrator.engine.advance import advance
from orchestrator.engine.answers import content, first_unapproved
from orchestrator.engine.gather import gather
from orchestrator.engine.paths import in_workspace, job_folder
from orchestrator.engine.world import Moved, World
from orchestrator.errors import RefusedError
from orchestrator.ledger import RefUpdate, approved_ref, review_ref
from orchestrator.machine.approval import forbids_authors, given, standing, wanted, wrote_it
from orchestrator.machine.digests import tree_id
from orchestrator.machine.view import View
from orchestrator.model.snapshot import Brought, Files, Snapshot
from orchestrator.model.state import How, Outcome

Change = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Question:
    """What waits for a person: the step, who may answer, the proposal, and all that nobody has approved yet."""

    job: str
    step: str
    by: str
    approved: str | None
    """Where `approved/<id>` is; None where somebody deleted it."""
    review: str
    tree: str
    changes: Mapping[str, Change]
    """Workspace path → the ids that were approved last and that are proposed now; None: there is no such file."""


def question(world: World, job: str, step: str | None = None) -> Question:
    """Return the proposal that waits. Raises RefusedError where none does."""
    snapshot = gather(world, job).snapshot
    waiting = [name for name in waiting_steps(snapshot) if step in (None, name)]
    if not waiting:
        said = f"{job}: {step} does not wait for an answer" if step else f"nothing in {job} waits for an approval"
        raise RefusedError(said, hint=f"orchestrator status {job}")
    return _question(world, snapshot, waiting[0])


def questions(world: World, job: str) -> tuple[Question, ...]:
    """Return every proposal that waits and whose review branch is there."""
    snapshot = gather(world, job).snapshot
    return tuple(_question(world, snapshot, name) for name in waiting_steps(snapshot) if name in snapshot.open_reviews)


def waiting_steps(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the approval steps that wait for an answer."""
    records = snapshot.state.steps
    return tuple(
        name for name in View(snapshot).approve_steps() if name in records and records[name].outcome is Outcome.WAITING
    )


def _question(world: World, snapshot: Snapshot, step: str) -> Question:
    job = snapshot.job
    review = world.ledger.review_tip(job, step)
    if review is None:
        raise RefusedError(f"the branch review/{job}/{step} is gone, which says no", hint=f"orchestrator run {job}")
    approve = snapshot.pipeline.steps[step].approve
    proposed = content(snapshot, world.ledger.files(review, ""))
    by = approve.by if approve else ""
    changes = _unapproved(world, snapshot, review, proposed)
    return Question(job, step, by, world.ledger.approved_tip(job), review, tree_id(proposed), changes)


def _unapproved(world: World, snapshot: Snapshot, review: str, proposed: Files) -> Mapping[str, Change]:
    """Return what the proposal changes since a person's last approval that counts, and what else it brings along.

    Where `approved/<id>` is says nothing of that: what was pushed there may not have counted.
    """
    approved = _approved_content(world, snapshot)
    differing = {path: (approved.get(path), proposed.get(path)) for path in {*approved, *proposed}}
    inside = {in_workspace(snapshot.job, path): change for path, change in differing.items() if change[0] != change[1]}
    brought = world.ledger.changed(snapshot.tip, review)
    outside = {path: change for path, change in brought.items() if not path.startswith(job_folder(snapshot.job))}
    return dict(sorted({**outside, **inside}.items()))


def _approved_content(world: World, snapshot: Snapshot) -> Files:
    """Return what a person approved last; before any approval, what the job began with."""
    persons = [a for a in View(snapshot).approvals if a.how is not How.GATES]
    if persons:
        return max(persons, key=lambda approval: approval.seq).paths
    return content(snapshot, world.ledger.files(first_unapproved(world, snapshot.job), ""))


def approve(world: World, asked: Question, text: str = "") -> Moved:
    """Merge the proposal into `approved/<id>` as the person, and bring it home. Raises RefusedError for who may not."""
    person = world.ledger.person()
    onto = asked.approved or first_unapproved(world, asked.job)
    _refuse_what_it_would_undo(world, asked, onto)
    changes = {path: after for path, (_, after) in world.ledger.changed(onto, asked.review).items()}
    new = world.ledger.commit_on(
        onto,
        changes,
        message=trailers.format_message(f"Approve {asked.job}: {asked.step}", text, [("Job", asked.job)]),
        author=person,
        committer=person,
        parents_too=(asked.review,),
    )
    vouching = replace(world, vouched={**world.vouched, new.id: person.id})
    _refuse_unless_may(vouching, asked, new.id)
    with world.ledger.lock(asked.job):
        world.ledger.keep_old_tip(asked.job)
        world.ledger.write(new)
        world.ledger.move(
            [
                RefUpdate(approved_ref(asked.job), new.id, asked.approved),
                RefUpdate(review_ref(asked.job, asked.step), asked.review, asked.review),
            ]
        )
    return advance(vouching, asked.job)


def _refuse_what_it_would_undo(world: World, asked: Question, onto: str) -> None:
    """Raise RefusedError where people changed on `approved/<id>` what the proposal does not have."""
    base = world.ledger.ancestry.merge_base(onto, asked.review)
    theirs = world.ledger.changed(base, onto) if base else {}
    proposed = world.ledger.files(asked.review, "")
    undone = [path for path, (_, after) in sorted(theirs.items()) if proposed.get(path) != after]
    if undone:
        raise RefusedError(
            f"approved/{asked.job} has a change of {undone[0]} that the proposal lacks, and would lose it",
            hint=f"make the change on job/{asked.job} instead, or merge review/{asked.job}/{asked.step} there by hand",
        )


def _refuse_unless_may(world: World, asked: Question, merge: str) -> None:
    """Ask the rules before anything is written, so that a refused approval leaves no trace on `approved/<id>`."""
    view = View(gather(world, asked.job).snapshot)
    brought = Brought(merge, asked.step, 0, asked.tree, world.vouched[merge], How.LOCAL, view.cover())
    may = standing(view, brought)
    if may.fault:
        raise RefusedError(may.fault, hint="approvers stand in orchestrator.yaml on the base branch")
    if forbids_authors(view, asked.step) and wrote_it(view, may.by, {}):
        raise RefusedError(
            f"{may.by} made what they would approve, and {asked.by} asks for somebody else",
            hint=f"let somebody else approve review/{asked.job}/{asked.step}; not_author stands in orchestrator.yaml",
        )
    if may.by in given(view, asked.step, asked.tree):
        raise RefusedError(
            f"{may.by} has approved this already, and {asked.by} asks for {wanted(view, asked.step)} people",
            hint=f"let another of them approve review/{asked.job}/{asked.step}; orchestrator.yaml names them",
        )
