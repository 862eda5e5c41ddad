"""`verify`: a job's history walked from its first entry to its last, each proved from its parent. It only reads."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypedDict

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.engine import paths, verify_entry, verify_first
from orchestrator.engine.gather import find_tip
from orchestrator.engine.verify_case import Case, Pair, defines
from orchestrator.engine.verify_receipts import Receipts
from orchestrator.engine.verify_then import Then, left_behind, line
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError, LedgerError, OrchestratorError
from orchestrator.ledger import Commit
from orchestrator.machine.proof import Difference
from orchestrator.machine.said import Said
from orchestrator.model.state import State

_FIRST = frozenset({"created", "forked"})


class ProblemDocument(TypedDict):
    """What is wrong with an entry, or what is to be known of it. `seq` and `step` are None for a person's commit."""

    entry: str
    kind: str
    message: str
    seq: int | None
    step: str | None


class VerifiedDocument(TypedDict):
    """A job that was looked at. `notes` are no faults; `taken`: what is as the entries say it → how often."""

    job: str
    ok: bool
    entries: int
    problems: list[ProblemDocument]
    notes: list[ProblemDocument]
    taken: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found at a commit."""

    commit: Commit
    difference: Difference
    is_note: bool = False


def verify(world: World, then: Then, job: str) -> VerifiedDocument:
    """Return what is wrong with a job's history. Raises UsageError for no such job, LedgerError for a cut-off clone."""
    tip, _ = find_tip(world, job)
    history = line(then, job, tip)
    _refuse_shallow(world, job, history[0])
    then.ledger.told_of(history)
    case = _case(world, then, job, history)
    found = list(_found(case, history))
    return {
        "job": job,
        "ok": all(each.is_note for each in found),
        "entries": sum(_is_entry(case.job, commit) for commit in history),
        "problems": [_document(each) for each in found if not each.is_note],
        "notes": [_document(each) for each in found if each.is_note],
        "taken": {name: many for name, many in sorted(case.taken.items()) if many},
    }


def unreadable(world: World, job: str, error: OrchestratorError) -> VerifiedDocument:
    """Return the document of a job that cannot be looked at, so that it hides none of the others."""
    tip = world.ledger.tip(job) or world.ledger.recorded_tip(job) or ""
    problem: ProblemDocument = {
        "entry": tip,
        "kind": "unreadable",
        "message": str(error).replace("\n", "; "),
        "seq": None,
        "step": None,
    }
    return {"job": job, "ok": False, "entries": 0, "problems": [problem], "notes": [], "taken": {}}


def _document(found: _Found) -> ProblemDocument:
    told = trailers.parse(found.commit.message)
    seq = told.get("Seq", "")
    return {
        "entry": found.commit.id,
        "kind": found.difference.kind,
        "message": found.difference.message,
        "seq": int(seq) if seq.isascii() and seq.isdecimal() else None,
        "step": told.get("Step"),
    }


def _refuse_shallow(world: World, job: str, first: Commit) -> None:
    is_whole = trailers.parse(first.message).get("Outcome") in _FIRST
    if not is_whole and (world.ledger.common_dir / "shallow").exists():
        raise LedgerError(f"{job}: the clone is cut off before its first entry", hint="git fetch --unshallow")


def _case(world: World, then: Then, job: str, history: tuple[Commit, ...]) -> Case:
    base, left = world.ledger.base(), left_behind(world.ledger, job)
    gone = [commit for tip in left for commit in line(then, job, tip)]
    receipts = Receipts(then.ledger, job)
    case = Case(
        world,
        then,
        job,
        history[0].id,
        base.name,
        world.ledger.approved_tip(job),
        left,
        frozenset(commit.id[:12] for commit in (*history, *gone)),
        receipts,
        Counter(),
    )
    for tip in left:
        said = _said(case, world.ledger.commit(tip))
        if isinstance(said, Said):
            receipts.met(said.state)
    return case


# --- the walk --------------------------------------------------------------------------------------------------------


def _found(case: Case, history: tuple[Commit, ...]) -> Iterator[_Found]:
    """Yield what is found at each commit, from the first on."""
    yield from _of_first(case, history[0])
    earlier: dict[str, str] = {}
    for before, commit in pairwise(history):
        earlier.setdefault(_state_id(case, before), before.id)
        if _is_entry(case.job, commit):
            yield from _of_entry(case, before, commit)
        else:
            yield from _of_person(case, before, commit, earlier)
    yield from _of_tip(case, history)


def _is_entry(job: str, commit: Commit) -> bool:
    """Say whether a commit is an entry, or was one before somebody committed it anew."""
    told = trailers.parse(commit.message)
    return commit.is_machine or (told.get("Job") == job and "Seq" in told and "Outcome" in told)


def _state_id(case: Case, commit: Commit) -> str:
    path = paths.in_workspace(case.job, paths.STATE)
    return case.then.ledger.files(commit.id, path).get(path, "")


def _said(case: Case, commit: Commit) -> Said | Difference:
    """Return what an entry says, or why it cannot be read."""
    path, oid = paths.in_workspace(case.job, paths.STATE), _state_id(case, commit)
    if not oid:
        return Difference("state", f"it has no {path}")
    text = case.then.ledger.blob(oid)
    try:
        state = case.world.memory.recall((oid, "State"), lambda: models.parse(text, path, State))
    except DocumentError as exc:
        return Difference("state", str(exc).split("\n", 1)[0])
    return Said(commit.message, state, text, trailers.parse(commit.message))


def _of_first(case: Case, commit: Commit) -> Iterator[_Found]:
    said = _said(case, commit)
    found = [said] if isinstance(said, Difference) else verify_first.differences(case, commit, said)
    yield from (_Found(commit, each) for each in found)
    if not found and not commit.is_machine:
        yield _rewritten(commit)


def _of_entry(case: Case, before: Commit, commit: Commit) -> Iterator[_Found]:
    said = _said(case, commit)
    if isinstance(said, Difference):
        yield _Found(commit, said)
        return
    if not {"Job", "Seq", "Outcome"} & said.trailers.keys():
        words = f"{commit.committer.id} committed it, and it says no action that the orchestrator takes"
        yield _Found(commit, Difference("unexplained", words))
        return
    yield from _of_older_base(case, before, commit, said)
    found = (*_of_trust(case, said), *verify_entry.differences(case, Pair(before, commit, said)))
    if not found:
        yield from _of_merge(case, commit) if commit.is_machine else [_rewritten(commit)]
        return
    is_persons = not commit.is_machine and _state_id(case, before) == _state_id(case, commit)
    if is_persons:
        yield from _of_definitions(case, before.id, commit, commit.committer.id)
        return
    yield from (_Found(commit, each) for each in found)


def _of_merge(case: Case, commit: Commit) -> Iterator[_Found]:
    """Yield what is to be known of a sound entry that brought home what people merged."""
    for merged in commit.parents[1:]:
        new = case.then.ancestry.between(merged, commit.parents[:1])
        other = [c.id for c in new if c.is_machine and _is_numbered(case.job, c) and c.id[:12] not in case.entries]
        if other:
            words = f"people merged it from {other[0][:10]}, an entry that neither the branch nor its archive has"
            yield _Found(commit, Difference("rewritten", words), is_note=True)
        yield from _of_definitions(case, commit.parents[0], commit, "a merge")


def _is_numbered(job: str, commit: Commit) -> bool:
    told = trailers.parse(commit.message)
    return told.get("Job") == job and "Seq" in told


def _of_definitions(case: Case, before: str, commit: Commit, who: str) -> Iterator[_Found]:
    """Yield the definitions of a running job that a commit changed."""
    defining = sorted(path for path in case.then.ledger.changed(before, commit.id) if defines(case.job, path))
    if defining:
        words = f"{who} changed definitions of the running job: {', '.join(defining)}"
        yield _Found(commit, Difference("definitions", words), is_note=True)


def _rewritten(commit: Commit) -> _Found:
    words = f"was rewritten by {commit.committer.id}, and says what it must"
    return _Found(commit, Difference("rewritten", words), is_note=True)


def _of_trust(case: Case, said: Said) -> Iterator[Difference]:
    """Yield why the settings that an entry goes by are not those of the base branch."""
    base = said.value("Base")
    try:
        is_granted = case.then.ancestry.is_ancestor(base, case.world.ledger.base().commit)
    except OrchestratorError as exc:
        yield Difference("base", f"its settings are of {base[:10] or 'nowhere'}: {exc.message}")
        return
    if not is_granted:
        yield Difference("base", f"its settings are of {base[:10]}, which the branch {case.base} does not have")


def _of_older_base(case: Case, before: Commit, commit: Commit, said: Said) -> Iterator[_Found]:
    """Yield that an entry goes by older settings than the one before it, as a machine may that has not fetched."""
    told = trailers.parse(before.message)
    older, newer = said.value("Base"), told.get("Base", "") if told.get("Outcome") != "forked" else ""
    if older != newer and before.is_machine and _is_in(case, older, newer):
        words = f"its settings are of {older[:10]}, which is older than those of the entry before it"
        yield _Found(commit, Difference("base", words), is_note=True)


def _is_in(case: Case, old: str, new: str) -> bool:
    try:
        return bool(old and new) and case.then.ancestry.is_ancestor(old, new)
    except OrchestratorError:
        return False


def _of_person(case: Case, before: Commit, commit: Commit, earlier: Mapping[str, str]) -> Iterator[_Found]:
    """Yield what a person's commit did beyond what people may: the state is the orchestrator's own."""
    who, now = commit.committer.id, _state_id(case, commit)
    if now != _state_id(case, before):
        if now in earlier:
            words = f"{who} took the job back to the state of {earlier[now][:10]}"
            yield _Found(commit, Difference("rewritten", words), is_note=True)
        elif (entry := _kept_entry(case, now)) is not None:
            words = f"{who} wrote the entry {entry.id[:10]} anew, and left its state as it was"
            yield _Found(commit, Difference("rewritten", words), is_note=True)
        else:
            yield _Found(commit, Difference("state", f"{who} changed state.yaml by hand"))
    yield from _of_definitions(case, before.id, commit, who)


def _kept_entry(case: Case, state: str) -> Commit | None:
    """Return the entry that a person wrote anew, by its state, where it is kept and sound itself."""
    recorded = case.world.ledger.recorded_tip(case.job)
    for tip in (*case.left, *([recorded] if recorded else [])):
        kept = line(case.then, case.job, tip)
        for place, commit in enumerate(kept):
            if place and commit.is_machine and _state_id(case, commit) == state:
                return commit if _is_sound(case, kept[: place + 1]) else None
    return None


def _is_sound(case: Case, kept: tuple[Commit, ...]) -> bool:
    """Say whether the last entry of a line follows from its parent, and no person wrote a state of their own."""
    states = [_state_id(case, commit) for commit in kept]
    by_hand = (not commit.is_machine and states[at] not in states[:at] for at, commit in enumerate(kept) if at)
    said = _said(case, kept[-1])
    return (
        not any(by_hand)
        and isinstance(said, Said)
        and not verify_entry.differences(case.aside(), Pair(kept[-2], kept[-1], said))
    )


def _of_tip(case: Case, history: tuple[Commit, ...]) -> Iterator[_Found]:
    """Yield what the refs beside the branch tell of entries that are no more in it."""
    recorded = case.world.ledger.recorded_tip(case.job)
    if recorded is not None and not case.then.ancestry.is_ancestor(recorded, history[-1].id):
        words = f"the branch was moved, and no longer has {recorded[:10]}, the last entry that was recorded"
        yield _Found(history[-1], Difference("rewritten", words), is_note=True)
    here = {commit.id for commit in history}
    gone = {each.id for tip in case.left for each in line(case.then, case.job, tip)} - here
    if gone:
        words = f"the job was moved back before: {len(gone)} commits stand in its archive"
        yield _Found(history[-1], Difference("rewritten", words), is_note=True)
