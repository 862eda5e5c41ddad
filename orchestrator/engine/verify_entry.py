"""One entry proved: it is made once more from its parent, and held against what stands there. It writes nothing.

What no entry says is tried out: an entry is sound where one way of how it may have been comes to it byte for byte.
"""

from collections import Counter
from collections.abc import Iterator

from orchestrator.engine import paths
from orchestrator.engine.gather import gather
from orchestrator.engine.verify_case import Case, Pair, defines
from orchestrator.engine.verify_guesses import besides, guesses, times
from orchestrator.engine.verify_replay import Made, NotMade, Replay, commanded, made, with_beside, world_then
from orchestrator.errors import OrchestratorError
from orchestrator.ledger import MACHINE, Commit
from orchestrator.machine import decide, proof
from orchestrator.machine import said as saying
from orchestrator.machine.proof import Difference
from orchestrator.machine.said import Said
from orchestrator.model.action import Action, BringHome, Publish, Reconcile
from orchestrator.model.names import ORCHESTRATOR, is_person
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Outcome
from orchestrator.routing import BUILTIN

Found = tuple[Difference, ...]


def differences(case: Case, pair: Pair) -> Found:
    """Return where an entry is not what follows from its parent; none where it is sound."""
    first: Found | None = None
    for found, taken in _tried(case, pair):
        if not found:
            case.taken += taken
            first = ()
            break
        first = first or found
    case.receipts.went(pair.said)
    return (Difference("unreadable", "nothing follows from its parent"),) if first is None else first


def _tried(case: Case, pair: Pair) -> Iterator[tuple[Found, Counter[str]]]:
    """Yield what is different by each way of how it may have been, and what was taken from the entry for it."""
    try:
        for guess in guesses(case, pair):
            taken: Counter[str] = Counter()
            case.then.put(case.job, case.base, guess.stood)
            world = world_then(case, pair, guess, taken)
            gathered = gather(world, case.job)
            for beside in besides(pair.said):
                replay = Replay(case, world, with_beside(gathered, pair.said, beside), pair.said, taken)
                for came in _made(replay, pair):
                    yield _compared(case, pair, replay.snapshot, came, taken), taken
                    taken.clear()
    except OrchestratorError as exc:
        yield (Difference("unreadable", str(exc).split("\n", 1)[0]),), Counter()


def _made(replay: Replay, pair: Pair) -> Iterator[Made | NotMade]:
    """Yield what follows from the parent, whatever the clock said."""
    said = pair.said
    if said.value("Outcome") in saying.WORDS:
        yield commanded(replay)
        return
    known: list[Action] = []
    for now in times(pair):
        action = decide(replay.snapshot, now)
        if _may_be_held_up(replay.snapshot):
            action = saying.rested_of(action, said)
        if action not in known or said.record.down:
            known.append(action)
            yield made(replay, action)


def _may_be_held_up(snapshot: Snapshot) -> bool:
    """Say whether calls may cost money, so that what they wait for depends on more than this job."""
    settings = snapshot.settings
    return bool(settings.commands or settings.callables) or any(model.name != BUILTIN for model in settings.models)


# --- what is different -----------------------------------------------------------------------------------------------


def _compared(case: Case, pair: Pair, snapshot: Snapshot, came: Made | NotMade, taken: Counter[str]) -> Found:
    if isinstance(came, NotMade):
        return (Difference(_kind_of(pair.said), came.reason),)
    return (
        *_of_receipt(case, pair, came),
        *_of_entry(came, pair.said, snapshot, taken),
        *_of_files(case, pair, came),
        *_of_commit(case, pair, came),
    )


def _kind_of(said: Said) -> str:
    kinds = {"approved": "approval", "merged": "approval", "published": "receipt", "waive": "waiver"}
    return kinds.get(said.value("Outcome"), "unexplained")


def _of_entry(came: Made, said: Said, snapshot: Snapshot, taken: Counter[str]) -> Found:
    """Return where message and state differ, when what nobody can know again is as the entry says."""
    expected, found = came.entry, proof.differences(came.entry, said)
    ways = [("judgements of another version of this program", proof.with_gate)]
    ways += [("long lists of findings", proof.with_long_list)]
    if _may_be_held_up(snapshot):
        ways.append(("routes of what came next", proof.with_route))
    for name, way in ways if found else ():
        other = way(expected, said)
        if other is not expected and len(left := proof.differences(other, said)) < len(found):
            taken[name] += 1
            expected, found = other, left
    return found


def _of_receipt(case: Case, pair: Pair, came: Made) -> Iterator[Difference]:
    """Yield why what an entry cites is no receipt of what it says went out."""
    action, receipt = came.action, pair.said.record.receipt or ""
    if not isinstance(action, Publish | Reconcile) or pair.said.value("Outcome") != Outcome.PUBLISHED:
        return
    told = case.receipts.told(receipt)
    if told is None:
        yield Difference("receipt", f"the receipt {receipt[:10] or 'of it'} is not in this repository")
        return
    payload = action.payload if isinstance(action, Publish) else action.effect.payload
    if (told.job, told.step, told.target, dict(told.payload)) != (case.job, action.step, action.target, dict(payload)):
        yield Difference("receipt", f"the receipt {receipt[:10]} is of something else than it sent")
    known = case.world.ledger.effects.find(told.key)
    if known is None:
        yield Difference("receipt", f"no effect that is recorded here has the receipt {receipt[:10]}")
    elif known.receipt != receipt:
        yield Difference("receipt", f"the effect of {receipt[:10]} has another receipt")


def _of_files(case: Case, pair: Pair, came: Made) -> Iterator[Difference]:
    changed = case.then.ledger.changed(pair.before.id, pair.commit.id)
    state = paths.in_workspace(case.job, paths.STATE)
    for path, (_, after) in changed.items():
        if path != state and (path not in came.changes or came.changes[path] != after):
            kind = "definitions" if defines(case.job, path) else "output"
            yield Difference(kind, f"it changes {path}, and no action of it does")
    there = case.then.ledger.files(pair.commit.id, "") if came.changes else {}
    for path, oid in came.changes.items():
        if there.get(path) != oid:
            yield Difference("output", f"{path} is not the file that its state names")


def _of_commit(case: Case, pair: Pair, came: Made) -> Iterator[Difference]:
    """Yield what is wrong with who made it, and with what it merges."""
    commit, entry = pair.commit, came.entry
    is_right = commit.author.id == entry.author if is_person(entry.author) else _is_role(commit, entry.author)
    if not is_right:
        yield Difference("author", f"its author is {commit.author.id}, and {entry.author} made it")
    if commit.is_machine and commit.committer.email != MACHINE.email:
        yield Difference("author", f"{commit.committer.id} committed it, and only {MACHINE.name} makes entries")
    merged = (came.action.brought.commit,) if isinstance(came.action, BringHome) else ()
    if commit.is_machine and commit.parents != (pair.before.id, *merged):
        kind = "approval" if merged else "order"
        yield Difference(kind, "its parents are not the entry before it and what it says was merged")
    for oid in merged:
        if case.approved is None or not case.then.ancestry.is_ancestor(oid, case.approved):
            yield Difference("approval", f"approved/{case.job} has no {oid[:10]}, which it says was merged there")


def _is_role(commit: Commit, who: str) -> bool:
    return commit.author.email == MACHINE.email.replace(ORCHESTRATOR, who, 1)
