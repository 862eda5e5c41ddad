"""Going back: find an old entry, rewind to it, restore what was cancelled, fork a new job from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.documents.emit import emit_state
from orchestrator.engine import paths
from orchestrator.engine.gather import find_tip, gather
from orchestrator.engine.people import Said, say
from orchestrator.engine.world import World
from orchestrator.errors import LedgerError, RefusedError, UsageError
from orchestrator.ledger import Commit, RefUpdate
from orchestrator.machine.forking import forked
from orchestrator.model.action import Word
from orchestrator.model.names import job_id_fault, shown
from orchestrator.model.state import State, Status


def find_entry(world: World, job: str, name: str) -> Commit:
    """Return the entry that `name` means: a Seq (`7`), a step (its latest entry), or a commit id's beginning."""
    entries = world.ledger.history(job)
    if not entries:
        raise LedgerError(f"{job} has no branch", hint=f"orchestrator restore {job}")
    told = [(entry, trailers.parse(entry.message)) for entry in entries]
    matching = [e for e, t in told if e.is_machine and (t.get("Seq") == name or t.get("Step") == name)]
    matching = matching or [e for e, _ in told if len(name) >= 4 and e.id.startswith(name.lower())]
    if not matching:
        steps = ", ".join(dict.fromkeys(t["Step"] for _, t in told if "Step" in t))
        or_step = f", or one of {steps}" if steps else ""
        raise UsageError(
            f"{job} has no entry {shown(name)}",
            hint=f"a number from 1 to {len(entries)}, a commit id of orchestrator log {job}{or_step}",
        )
    return matching[-1]


@dataclass(frozen=True, slots=True)
class Rewound:
    """Where a job was moved back to, where its old tip is kept, and what went out since and cannot be undone."""

    to: Commit
    kept: str
    effects: tuple[str, ...]


def rewind(world: World, job: str, to: Commit) -> Rewound:
    """Move the job back; its old tip is kept in the archive."""
    with world.ledger.lock(job):
        world.ledger.keep_old_tip(job)
        since = world.ledger.history(job)
        if to.id == since[-1].id:
            raise RefusedError(
                f"{job} stands at {to.id[:10]} already", hint=f"orchestrator log {job} lists its entries"
            )
        later = since[[entry.id for entry in since].index(to.id) + 1 :]
        gone = [trailers.parse(entry.message) for entry in later if entry.is_machine]
        sent = [t for t in gone if "Effect-Key" in t and t.get("Outcome") == "published"]
        out = tuple(dict.fromkeys(f"{t.get('Step', '')} ({t['Effect-Key'][:12]})" for t in sent))
        return Rewound(to, world.ledger.rewind(job, to.id), out)


def restore(world: World, job: str) -> Said:
    """Bring back a cancelled job: its branch, where that was deleted, at its last entry."""
    tip, is_deleted = find_tip(world, job)
    if not is_deleted and gather(world, job).snapshot.state.status is not Status.CANCELLED:
        raise RefusedError(f"{job} is not cancelled, so there is nothing to restore", hint=f"orchestrator status {job}")
    if is_deleted:
        world.ledger.move([RefUpdate(f"refs/heads/job/{job}", tip, None)])
    return say(world, job, Word.RESTORE)


def fork(world: World, job: str, new_job: str, at: Commit) -> str:
    """Begin a new job from an entry of another: its files and state, its own branch. Returns the first entry."""
    fault = job_id_fault(new_job)
    if fault:
        raise UsageError(fault, hint="for example: blue-mug")
    if world.ledger.tip(new_job) is not None or world.ledger.recorded_tip(new_job) is not None:
        raise RefusedError(f"there is a job {new_job} already", hint="choose another name")
    person = world.ledger.person()
    old, new = paths.job_folder(job), paths.job_folder(new_job)
    moved: dict[str, str | bytes | None] = {}
    for path, oid in world.ledger.files(at.id, old).items():
        moved[path] = None
        if not path.startswith(f"{old}approvals/"):
            moved[new + path.removeprefix(old)] = oid
    with world.ledger.lock(new_job):
        return _forked(world, job, new_job, at, moved, person.id)


def _forked(
    world: World, job: str, new_job: str, at: Commit, moved: Mapping[str, str | bytes | None], actor: str
) -> str:
    where = paths.in_workspace(new_job, paths.STATE)
    oid = moved[where]
    assert isinstance(oid, str)
    state = forked(models.parse(world.ledger.blob(oid), where, State))
    rows = [("Job", new_job), ("Seq", str(state.seq)), ("Outcome", "forked"), ("Base", at.id), ("Actor", actor)]
    commit = world.ledger.commit_on(
        at.id,
        {**moved, where: emit_state(state)},
        message=trailers.format_message(f"{new_job}: forked from {job}", f"From {job} at {at.id[:12]}.", rows),
        author=world.ledger.person(),
    )
    return world.ledger.append(new_job, commit, old=None)
