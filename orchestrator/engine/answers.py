"""Proposals and what people bring: the review branch that asks, and `approved/<id>` that answers (DESIGN §8)."""

from collections.abc import Iterator, Mapping

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.documents.emit import emit_yaml
from orchestrator.engine import paths
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
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
        f"Merge this branch into approved/{job} to approve what stands there now.\n"
        f"git diff approved/{job}...review/{job}/{action.step} shows what nobody has approved yet."
    )
    return trailers.format_message(f"{job}: {action.step} asks for approval", body, [("Job", job)])


def brought(world: World, snapshot: Snapshot) -> Brought | None:
    """Return what people brought to `approved/<id>` and the job has not taken home, or None."""
    approved = world.ledger.approved_tip(snapshot.job)
    if approved is None or world.ledger.is_ancestor(approved, snapshot.tip):
        return None
    return next(_brought(world, snapshot, approved), None)


def _brought(world: World, snapshot: Snapshot, approved: str) -> Iterator[Brought]:
    for step in View(snapshot).approve_steps():
        told = _approval_file(world, snapshot.job, approved, step)
        if told is None:
            continue
        is_new = not any(a.step == step and (a.seq, a.tree) == (told.seq, told.tree) for a in _taken(world, snapshot))
        if is_new or approved in world.vouched:
            yield _of_step(world, snapshot, approved, told)


def _taken(world: World, snapshot: Snapshot) -> Iterator[ApprovalFile]:
    """The approvals files that the job has taken home already."""
    for step in View(snapshot).approve_steps():
        told = _approval_file(world, snapshot.job, snapshot.tip, step)
        if told is not None:
            yield told


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


def _of_step(world: World, snapshot: Snapshot, approved: str, told: ApprovalFile) -> Brought:
    there = dict(world.ledger.files(approved, ""))
    base = _proposed_files(world, snapshot, told, there)
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
        _content(snapshot, there),
        in_job,
        conflicts=tuple(_in_job(snapshot.job, path) for path in edits if ours.get(path) != base.get(path)),
        definitions=tuple(path for path in edits if _defines(snapshot.job, path)),
    )


def _proposed_files(world: World, snapshot: Snapshot, told: ApprovalFile, there: Mapping[str, str]) -> Files:
    """Return the files of the entry that asked: what differs from them, a person changed.

    Seqs come again after a rewind, so that the entry must also have the tree that was asked about. Where it cannot be
    found, nothing but the approvals file counts as brought, and nothing of the job's is changed.
    """
    for entry in reversed((*world.ledger.unreached(snapshot.job), *world.ledger.history(snapshot.job))):
        if entry.is_machine and trailers.parse(entry.message).get("Seq") == str(told.seq):
            files = dict(world.ledger.files(entry.id, ""))
            if tree_id(_content(snapshot, files)) == told.tree:
                return files
    own = paths.in_workspace(snapshot.job, paths.approval_file(told.step))
    return {path: oid for path, oid in there.items() if path != own}


def _in_job(job: str, path: str) -> str:
    folder = paths.job_folder(job)
    return path.removeprefix(folder) if path.startswith(folder) else f"/{path}"


def _defines(job: str, path: str) -> bool:
    return path.startswith(paths.DEFINITIONS) or path == paths.in_workspace(job, paths.PIPELINE)


def _content(snapshot: Snapshot, there: Mapping[str, str]) -> Files:
    """Return what an approval covers, as it stands at the tip of `approved/<id>`."""
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
    path = paths.in_workspace(snapshot.job, paths.approval_file(told.step))
    oid = world.ledger.files(approved, path)[path]
    exclude = _proposals(world, snapshot, told)
    bringing = world.ledger.brought_by(snapshot.job, approved, path, oid, exclude)
    if bringing is not None and bringing.is_machine:
        # The proposal itself, its branch deleted after the merge: ask who brought it.
        bringing = world.ledger.brought_by(snapshot.job, approved, path, oid, (*exclude, bringing.id))
    return (bringing.committer.id if bringing and not bringing.is_machine else None), How.COMMIT


def _proposals(world: World, snapshot: Snapshot, told: ApprovalFile) -> tuple[str, ...]:
    review = world.ledger.review_tip(snapshot.job, told.step)
    return tuple(tip for tip in (review, snapshot.tip) if tip is not None)
