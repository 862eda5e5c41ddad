"""Verdicts that stand in the job's history: what was judged by the same gate is not judged again (DESIGN §1, §7).

A verdict is recorded with the tree of all that its gate saw and a digest of the gate. Both are looked up by the
trailers of the job's entries, archived ones too; what was said is read from the state that the entry wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.engine import paths
from orchestrator.engine.gather import Gathered
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.ledger.values import Commit
from orchestrator.machine.digests import digest, tree_id
from orchestrator.machine.verdicts import WRITTEN
from orchestrator.model.action import CheckResult, Judged, Produced, Run
from orchestrator.model.finding import MOST_CHARACTERS, MOST_FINDINGS, Verdict
from orchestrator.model.names import is_person
from orchestrator.model.pipeline import Step
from orchestrator.model.snapshot import Files
from orchestrator.model.state import Asked, State, StepRecord

_MOST_ENTRIES = 1_000
"""Entries back that are looked at."""

_REVIEWS = frozenset({"review_file", "findings", "reviews"})


@dataclass(frozen=True, slots=True)
class Recalled:
    """A verdict that was given before, and the entry that says so."""

    checks: tuple[CheckResult, ...]
    commit: str


def binding(step: Step, seen: Files, before: Files, *, is_by_person: bool, artifacts: tuple[str, ...]) -> Judged | None:
    """Return what a verdict of the step's gate on these files is bound to; None for a step without a gate.

    `before`: the versions that the attempt started from, which limits on change compare with.
    """
    if not step.gate:
        return None
    uses = [use.model_dump(mode="json") for use in step.gate]
    return Judged(tree_id(seen), digest([uses, sorted(artifacts), sorted(before.items()), is_by_person]))


def recall(world: World, gathered: Gathered, step: str, sought: Judged | None) -> Recalled | None:
    """Return what the history says of the very same, None where it says nothing or a person asked for it anew."""
    record = gathered.snapshot.state.steps.get(step)
    if sought is None or (record is not None and record.asked is Asked.RERUN):
        return None
    wanted = {"Step": step, "Judged-Tree": sought.tree, "Gate-Digest": sought.gate}
    for commit, found in _found(world, gathered, step, wanted):
        if (found.judged, found.gate) == (sought.tree, sought.gate) and _is_whole(found):
            return Recalled(_results(found), commit)
    return None


def recall_review(world: World, gathered: Gathered, action: Run) -> Produced | None:
    """Return the review that the same reviewer made of the very same before, None where there is none.

    A reviewer is a judge: what it has judged it is not paid to judge again, unless a person says `rerun`.
    """
    step = gathered.snapshot.pipeline.steps[action.step]
    record = gathered.snapshot.state.steps.get(action.step)
    is_asked = record is not None and record.asked in (Asked.RERUN, Asked.RETRY)
    if is_asked or action.failed or not any(use.name in _REVIEWS for use in step.gate):
        return None
    definition = gathered.snapshot.definitions[action.step]
    wanted = {"Step": action.step, "Inputs-Tree": tree_id(action.inputs) if action.inputs else None}
    for commit, found in _found(world, gathered, action.step, wanted):
        same = found.inputs == dict(action.inputs) and found.definition == definition.digest
        if (
            same
            and found.judged
            and found.gate
            and found.outputs
            and _is_whole(found)
            and not is_person(found.by or "")
        ):
            judged = Judged(found.judged, found.gate, before=commit)
            return Produced(found.outputs, _results(found), agent=found.by, backend="ledger", judged=judged)
    return None


def _found(
    world: World, gathered: Gathered, step: str, wanted: Mapping[str, str | None]
) -> Iterator[tuple[str, StepRecord]]:
    """Yield the entries with these trailers, newest first, and the step's record in the state that each wrote."""
    is_begun = step in gathered.snapshot.state.steps
    for commit in islice(_entries(world, gathered, is_begun=is_begun), _MOST_ENTRIES):
        told = trailers.parse(commit.message)
        if all(told.get(key) == value for key, value in wanted.items()):
            record = _record(world, gathered.snapshot.job, commit, step)
            if record is not None:
                yield commit.id, record


def _entries(world: World, gathered: Gathered, *, is_begun: bool) -> Iterator[Commit]:
    """Yield the entries that may know: a step that has not run since the job began is told of by archived ones only."""
    job = gathered.snapshot.job
    if is_begun:
        yield from world.ledger.history_of(job, gathered.tip)
    yield from world.ledger.unreached(job)


def _record(world: World, job: str, commit: Commit, step: str) -> StepRecord | None:
    """Return the step's record in the state of an entry, None where there is none that can be read."""
    path = paths.in_workspace(job, paths.STATE)
    oid = world.ledger.files(commit.id, path).get(path)
    if oid is None:
        return None
    try:
        state = models.parse(world.ledger.blob(oid), path, State)
    except DocumentError:
        return None
    return state.steps.get(step)


def _is_whole(record: StepRecord) -> bool:
    """Say whether all that was said is there: no error, nothing cut, nothing that a person's word changed."""
    told = record.findings
    if not record.checks or Verdict.ERROR in record.checks.values() or len(told) >= MOST_FINDINGS:
        return False
    if WRITTEN in record.checks:
        return False  # it speaks of the attempt, not of what is there
    names = record.checks.keys()
    return all(each.check in names and each.waived is None and len(each.message) < MOST_CHARACTERS for each in told)


def _results(record: StepRecord) -> tuple[CheckResult, ...]:
    return tuple(
        CheckResult(
            name,
            verdict,
            tuple(finding for finding in record.findings if finding.check == name),
            is_verdict=record.verdict and verdict is Verdict.FAIL,
        )
        for name, verdict in record.checks.items()
    )
