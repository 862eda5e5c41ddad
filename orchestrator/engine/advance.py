"""`advance`: read → decide → perform → record → commit. One job, one action, at most one commit. It stays a page."""

from collections.abc import Mapping

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.documents.emit import emit_state
from orchestrator.engine import answers, paths
from orchestrator.engine.gather import Gathered, gather
from orchestrator.engine.perform import perform
from orchestrator.engine.weigh import decided
from orchestrator.engine.world import Moved, Performed, World
from orchestrator.errors import Busy, LostRace
from orchestrator.ledger import MACHINE, NewCommit, Person, RefUpdate, approved_ref, claim_drop, review_ref
from orchestrator.machine import record
from orchestrator.model.action import Action, BringHome, Entry, Propose, Run
from orchestrator.model.names import AGENT_DOMAIN, ORCHESTRATOR, is_person
from orchestrator.model.state import State

LARGE_STATE = 300_000
"""Bytes, from which on a state is read again before it is written."""

Changes = Mapping[str, bytes | str | None]


def advance(world: World, job: str) -> Moved:
    """Take the job's one next action. Raises Busy, LostRace, and what a broken file or place raises."""
    with world.ledger.lock(job):
        world.ledger.keep_old_tip(job)
        gathered, action = decided(world, gather(world, job, holds_lock=True))
        if isinstance(action, Run):
            world.ledger.refuse_if_edited(job)
        world.watcher.began(gathered.snapshot, action)
        performed = perform(world, gathered, action)
        entry = record(gathered.snapshot, action, performed.result)
        commit = _commit(world, gathered, action, performed, entry) if entry else None
        moved = Moved(job, action, entry, commit)
        world.watcher.ended(moved)
        return moved


def _commit(world: World, gathered: Gathered, action: Action, performed: Performed, entry: Entry) -> str:
    """Write the entry. What lost a race is kept, so that nothing that cost money is lost."""
    new = build(world, gathered, entry, _changes(action, performed), _merged(action))
    also = _claim_given_back(world, gathered, performed)
    others: tuple[NewCommit, ...] = ()
    if isinstance(action, Propose):
        review = _review(world, gathered, action, entry, new)
        also, others = [*also, *_proposal(world, gathered, action, review)], (review,)
    try:
        return world.ledger.append(gathered.snapshot.job, new, old=gathered.tip, also=also, others=others)
    except (LostRace, Busy):
        if isinstance(action, Run):
            # Its cost stands in what is kept: the claim goes with it, or it would be booked twice.
            world.ledger.kept.keep_lost(gathered.snapshot.job, new, _claim_given_back(world, gathered, performed))
        raise


def build(world: World, gathered: Gathered, entry: Entry, changes: Changes, merged: tuple[str, ...] = ()) -> NewCommit:
    """Return the entry as a commit on the job's tip: `changes` are job paths; the state goes with them."""
    job = gathered.snapshot.job
    written = {paths.in_workspace(job, path): content for path, content in changes.items()}
    state = emit_state(entry.state)
    if len(state) > LARGE_STATE:
        # What could not be read again must not be written: the job would stand still for ever.
        models.parse(state, paths.in_workspace(job, paths.STATE), State)
    new = world.ledger.commit_on(
        gathered.tip,
        {**written, paths.in_workspace(job, paths.STATE): state},
        message=trailers.format_message(entry.subject, entry.body, entry.trailers),
        author=_author(world, entry.author),
        parents_too=merged,
    )
    world.memory.keep((world.ledger.blob_id(state), "State"), entry.state)
    return new


def _author(world: World, who: str) -> Person:
    if who == ORCHESTRATOR or not is_person(who):
        return Person(who, f"{who}@{AGENT_DOMAIN}")
    here = world.ledger.person()
    return here if here.id == who else Person(who.partition("@")[0], who)


def _changes(action: Action, performed: Performed) -> Changes:
    if isinstance(action, BringHome):
        return {path: oid for path, oid in action.brought.edits.items() if path not in action.brought.conflicts}
    return performed.files


def _merged(action: Action) -> tuple[str, ...]:
    return (action.brought.commit,) if isinstance(action, BringHome) else ()


def _claim_given_back(world: World, gathered: Gathered, performed: Performed) -> list[RefUpdate]:
    """Return the drop of the claim that was taken, or found orphaned: of no other that stands there since."""
    job, seen = gathered.snapshot.job, gathered.snapshot.claim
    own = performed.claim or (seen.id if seen else None)
    return [claim_drop(job, own)] if own and world.ledger.claims.is_at(job, own) else []


def _review(world: World, gathered: Gathered, action: Propose, entry: Entry, on: NewCommit) -> NewCommit:
    """Return the proposal: a commit on the entry that asks, with one file more."""
    job = gathered.snapshot.job
    path = paths.in_workspace(job, paths.approval_file(action.step))
    return world.ledger.commit_on(
        on.id,
        {path: answers.approval_text(action.step, entry.state.seq, action.tree)},
        message=answers.proposal_message(job, action),
        author=MACHINE,
    )


def _proposal(world: World, gathered: Gathered, action: Propose, review: NewCommit) -> list[RefUpdate]:
    """Return the moves of the review branch, and of `approved/<id>` when this is the first proposal."""
    job = gathered.snapshot.job
    moves = [RefUpdate(review_ref(job, action.step), review.id, world.ledger.review_tip(job, action.step))]
    if world.ledger.approved_tip(job) is None:
        moves.append(RefUpdate(approved_ref(job), answers.first_unapproved(world, job), None))
    return moves
