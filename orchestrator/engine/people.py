"""What people do to a job through us: a word on it, an edit of a file. Each is an entry, or a commit of theirs."""

from dataclasses import dataclass

from orchestrator.engine import paths
from orchestrator.engine.advance import build
from orchestrator.engine.gather import Gathered, find_tip, gather
from orchestrator.engine.lint import refuse_broken_file
from orchestrator.engine.world import World
from orchestrator.errors import RefusedError
from orchestrator.ledger import RefUpdate, review_ref
from orchestrator.machine import order
from orchestrator.model.action import Command, Entry, Word
from orchestrator.model.state import Outcome


@dataclass(frozen=True, slots=True)
class Said:
    """An entry that a person's word made."""

    entry: Entry
    commit: str


def say(
    world: World, job: str, word: Word, *, step: str | None = None, text: str = "", findings: tuple[str, ...] = ()
) -> Said:
    """Write a person's word down as an entry. Raises RefusedError where the job's state does not allow it."""
    person = world.ledger.person()
    with world.ledger.lock(job):
        world.ledger.keep_old_tip(job)
        gathered = gather(world, job, holds_lock=True)
        entry = order(gathered.snapshot, Command(word, person.id, step, text, findings))
        new = build(world, gathered, entry, {})
        return Said(
            entry, world.ledger.append(job, new, old=gathered.tip, also=_reviews_closed(world, gathered, entry))
        )


def _reviews_closed(world: World, gathered: Gathered, entry: Entry) -> list[RefUpdate]:
    """Return the moves that take away the review branches of steps that wait no longer."""
    job = gathered.snapshot.job
    closed = [
        step
        for step in gathered.snapshot.open_reviews
        if (record := entry.state.steps.get(step)) is not None and record.outcome is Outcome.REJECTED
    ]
    tips = {step: world.ledger.review_tip(job, step) for step in closed}
    return [RefUpdate(review_ref(job, step), None, tip) for step, tip in tips.items() if tip]


def edit(world: World, job: str, path: str, content: bytes, *, seen: str | None) -> str | None:
    """Commit a person's version of a file to the job's branch. `seen`: the id of the version that they began with.

    Returns the commit, None where nothing changed. Raises RefusedError where the file changed meanwhile,
    DocumentError where the job could not be read any more with it.
    """
    refuse_broken_file(paths.in_workspace(job, path), content)
    person = world.ledger.person()
    with world.ledger.lock(job):
        world.ledger.keep_old_tip(job)
        tip, is_deleted = find_tip(world, job)
        if is_deleted:
            raise RefusedError(f"{job} is cancelled", hint=f"orchestrator restore {job}")
        where = paths.in_workspace(job, path)
        now = world.ledger.files(tip, where).get(where)
        if now != seen:
            raise RefusedError(
                f"{where} changed while you edited it; your version was not committed",
                hint=f"look at what changed with orchestrator diff {job}, then edit again",
            )
        if now == world.ledger.blob_id(content):
            return None
        new = world.ledger.commit_on(
            tip, {where: content}, message=f"{job}: edit {path}\n", author=person, committer=person
        )
        return world.ledger.append(job, new, old=tip)
