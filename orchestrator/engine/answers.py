"""Proposals and what people bring: the review branch that asks, and `approved/<id>` that answers (DESIGN §8)."""

from collections.abc import Iterator, Mapping

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.documents.emit import emit_yaml
from orchestrator.engine import data, paths
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.ledger import Commit
from orchestrator.machine.digests import tree_id
from orchestrator.machine.view import APPROVALS, View
from orchestrator.model.action import Propose
from orchestrator.model.effect import ApprovalFile
from orchestrator.model.patterns import matches_any
from orchestrator.model.snapshot import Brought, Files, Snapshot
from orchestrator.model.state import How


def approval_text(step: str, seq: int, tree: str) -> bytes:
    """Return the approvals file of a proposal."""
    return emit_yaml(ApprovalFile(step=step, seq=seq, tree=tree).model_dump())


def proposal_message(job: str, action: Propose) -> str:
    """Return the message of a review branch's commit."""
    body = (
        "To approve what stands there now, merge this branch with a merge commit, which bears your name:\n\n"
        f"    git switch approved/{job}\n"
        f"    git merge --no-ff review/{job}/{action.step}\n\n"
        f"git diff approved/{job}...review/{job}/{action.step} shows what nobody has approved yet."
    )
    return trailers.format_message(f"{job}: {action.step} asks for approval", body, [("Job", job)])


def brought(world: World, snapshot: Snapshot) -> Brought | None:
    """Return what people brought to `approved/<id>` and the job has not taken home, or None."""
    approved = world.ledger.approved_tip(snapshot.job)
    if approved is None or world.ledger.ancestry.is_ancestor(approved, snapshot.tip):
        return None
    return next(_brought(world, snapshot, approved), None)


def unbacked(world: World, snapshot: Snapshot) -> frozenset[tuple[str, int]]:
    """Return the approvals that state.yaml claims and that nothing on `approved/<id>` bears out.

    Trust is no field of the file that is judged: who may push the job's branch may write any line into state.yaml, but
    only people move `approved/<id>`. A claim counts where a commit there has that content and that committer.
    """
    claimed = [a for a in snapshot.state.approvals if a.how is not How.GATES]
    if not claimed:
        return frozenset()
    approved = world.ledger.approved_tip(snapshot.job)
    found = _on_approved(world, snapshot, approved) if approved else set()
    return frozenset((a.step, a.seq) for a in claimed if (a.by, a.tree) not in found)


def _on_approved(world: World, snapshot: Snapshot, approved: str) -> set[tuple[str, str]]:
    """Return who committed what content to `approved/<id>`. A proposal that was pushed there names nobody: `anyone`."""
    found = set()
    for commit in world.ledger.ancestry.between(approved, [first_unapproved(world, snapshot.job)]):
        tree = tree_id(content(snapshot, dict(world.ledger.files(commit.id, ""))))
        if not commit.is_machine:
            found |= {(commit.committer.id, tree), ("anyone", tree)}
        elif any(told.tree == tree for told in _approval_files(world, snapshot, commit.id)):
            found.add(("anyone", tree))
    return found


def first_unapproved(world: World, job: str) -> str:
    """Return where `approved/<id>` begins: the job's first entry; of a fork, whose first entry holds the other job's
    work, the commit before it.
    """
    first = world.ledger.history(job)[0]
    is_fork = trailers.parse(first.message).get("Outcome") == "forked"
    return first.parents[0] if is_fork and first.parents else first.id


def _brought(world: World, snapshot: Snapshot, approved: str) -> Iterator[Brought]:
    for step in View(snapshot).approve_steps():
        told = _approval_file(world, snapshot.job, approved, step)
        if told is None:
            continue
        is_new = told not in _approval_files(world, snapshot, snapshot.tip)
        base = _proposed_files(world, snapshot, told) if is_new or approved in world.vouched else None
        if base is not None:
            yield _of_step(world, snapshot, approved, told, base)


def _approval_files(world: World, snapshot: Snapshot, commit: str) -> list[ApprovalFile]:
    """Return the approvals files that stand at a commit; at the job's tip, those that were taken home."""
    told = (_approval_file(world, snapshot.job, commit, step) for step in View(snapshot).approve_steps())
    return [each for each in told if each is not None]


def _approval_file(world: World, job: str, commit: str, step: str) -> ApprovalFile | None:
    path = paths.in_workspace(job, paths.approval_file(step))
    oid = world.ledger.files(commit, path).get(path)
    if oid is None:
        return None
    try:
        told = models.parse(world.ledger.blob(oid), path, ApprovalFile)
    except DocumentError:
        return None
    return told if told.step == step else None


def _of_step(world: World, snapshot: Snapshot, approved: str, told: ApprovalFile, base: Files) -> Brought:
    there = dict(world.ledger.files(approved, ""))
    ours = dict(world.ledger.files(snapshot.tip, ""))
    state = paths.in_workspace(snapshot.job, paths.STATE)
    edits = {
        path: there.get(path)
        for path in sorted({*there, *base})
        if there.get(path) != base.get(path) and path != state and there.get(path) != ours.get(path)
    }
    by, how = _who(world, snapshot, approved, told)
    in_job = {_in_job(snapshot.job, path): oid for path, oid in edits.items()}
    return Brought(
        approved,
        told.step,
        told.seq,
        told.tree,
        by,
        how,
        content(snapshot, there),
        in_job,
        conflicts=tuple(_in_job(snapshot.job, path) for path in edits if ours.get(path) != base.get(path)),
        definitions=tuple(path for path in edits if _defines(snapshot.job, path)),
        data=data.named(world, snapshot.job, snapshot.pipeline, {p: oid for p, oid in in_job.items() if oid}),
    )


def _proposed_files(world: World, snapshot: Snapshot, told: ApprovalFile) -> Files | None:
    """Return the files of the entry that asked: what differs from them, a person changed. None where no entry asked so.

    Seqs come again after a rewind, so that the entry must also have the tree that was asked about.
    """
    for entry in reversed((*world.ledger.kept.unreached(snapshot.job), *world.ledger.history(snapshot.job))):
        if entry.is_machine and trailers.parse(entry.message).get("Seq") == str(told.seq):
            files = dict(world.ledger.files(entry.id, ""))
            if tree_id(content(snapshot, files)) == told.tree:
                return files
    return None


def _in_job(job: str, path: str) -> str:
    folder = paths.job_folder(job)
    return path.removeprefix(folder) if path.startswith(folder) else f"/{path}"


def _defines(job: str, path: str) -> bool:
    own = (paths.in_workspace(job, paths.PIPELINE), paths.in_workspace(job, paths.JOB))
    return path.startswith(paths.DEFINITIONS) or path in own


def content(snapshot: Snapshot, there: Mapping[str, str]) -> Files:
    """Return what an approval covers of the workspace's files `there`."""
    writes = [pattern for step in snapshot.pipeline.steps.values() for pattern in step.writes]
    found = {_in_job(snapshot.job, path): oid for path, oid in there.items()}
    return {
        path: oid
        for path, oid in found.items()
        if path != paths.STATE
        and not path.startswith(APPROVALS)
        and (not path.startswith("/") or matches_any(writes, path))
    }


def _who(world: World, snapshot: Snapshot, approved: str, told: ApprovalFile) -> tuple[str | None, How]:
    if approved in world.vouched:
        return world.vouched[approved], How.LOCAL
    review = world.ledger.review_tip(snapshot.job, told.step)
    bringing = None
    if review is not None:
        bringing = _bringing(world, snapshot, approved, told, (snapshot.tip, review))
    if bringing is None and (review is None or not world.ledger.commit(review).is_machine):
        # A review branch that a person rebased is their bringing; one that is gone says nothing.
        bringing = _bringing(world, snapshot, approved, told, (snapshot.tip,))
    return (bringing.committer.id if bringing else None), How.COMMIT


def _bringing(
    world: World, snapshot: Snapshot, approved: str, told: ApprovalFile, exclude: tuple[str, ...]
) -> Commit | None:
    """Return the person's commit that brought the approvals file; the proposal itself is nobody's."""
    path = paths.in_workspace(snapshot.job, paths.approval_file(told.step))
    oid = world.ledger.files(approved, path)[path]
    found = world.ledger.ancestry.brought_by(snapshot.job, approved, path, oid, exclude)
    if found is not None and found.is_machine:
        found = world.ledger.ancestry.brought_by(snapshot.job, approved, path, oid, (*exclude, found.id))
    return None if found is None or found.is_machine else found
