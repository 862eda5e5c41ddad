"""Verdicts that stand in the job's history: what was judged by the same gate is not judged again (DESIGN §1, §7).

A verdict is recorded with the tree of all that its gate saw and a digest of the gate. Both are looked up by the
trailers of the job's entries, archived ones too; what was said is read from the state that the entry wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from orchestrator import __version__, trailers
from orchestrator.documents import models
from orchestrator.engine import paths
from orchestrator.engine.gather import Gathered
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.gates.registry import BUILT_IN, find
from orchestrator.ledger.values import Commit
from orchestrator.machine.digests import digest, tree_id
from orchestrator.machine.verdicts import WRITTEN
from orchestrator.model.action import CheckResult, Judged, Run
from orchestrator.model.finding import MOST_CHARACTERS, MOST_FINDINGS, Verdict
from orchestrator.model.names import is_person
from orchestrator.model.pipeline import VERDICTS, Step
from orchestrator.model.snapshot import Files
from orchestrator.model.state import Asked, Outcome, State, StepRecord

LEDGER = "ledger"
"""The backend of a review that was not asked for anew."""
_MOST_ENTRIES = 1_000
"""Entries back that are looked at."""

_REVIEWS = VERDICTS | {"review_file"}
_GIVEN = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.DUE})


@dataclass(frozen=True, slots=True)
class Review:
    """A review that was made before: its files, and the entry that holds them."""

    files: Mapping[str, bytes]
    commit: str


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
    return Judged(tree_id(seen), digest([uses, sorted(artifacts), sorted(before.items()), is_by_person, __version__]))


def recall(world: World, gathered: Gathered, step: str, sought: Judged | None) -> Recalled | None:
    """Return what the history says of the very same, None where it says nothing or a person asked for it anew.

    Only a gate that looks at its files alone says the same of the same: a program, the web, other jobs may change.
    """
    if sought is None or _is_asked(gathered, step):
        return None
    if not _looks_at_files_alone(gathered.snapshot.pipeline.steps[step]):
        return None
    wanted = {"Step": step, "Judged-Tree": sought.tree, "Gate-Digest": sought.gate}
    for commit, found in _found(world, gathered, step, wanted):
        if (found.judged, found.gate) == (sought.tree, sought.gate):
            # The latest word counts; where it is not whole, nobody's does.
            return Recalled(_results(found), commit.id) if _is_whole(found) else None
    return None


def recall_review(world: World, gathered: Gathered, action: Run, prompt: str) -> Review | None:
    """Return the review that the same reviewer made of the very same before, None where there is none.

    A reviewer is a judge: what it has judged it is not paid to judge again, unless a person asks for it. `prompt`: the
    digest of all that it is told, its role and the task with the files in it. The gate judges the review all the same.
    """
    step = gathered.snapshot.pipeline.steps[action.step]
    if _is_asked(gathered, action.step) or not any(use.name in _REVIEWS for use in step.gate):
        return None
    wanted = {"Step": action.step, "Prompt-Digest": prompt, "Model": action.route.model}
    for commit, found in _found(world, gathered, action.step, wanted):
        is_same = found.inputs == dict(action.inputs) and not is_person(found.by or "")
        if is_same and found.outputs and found.outcome in _GIVEN:
            return Review({path: world.ledger.blob(oid) for path, oid in found.outputs.items()}, commit.id)
    return None


def _is_asked(gathered: Gathered, step: str) -> bool:
    record = gathered.snapshot.state.steps.get(step)
    return record is not None and record.asked in (Asked.RERUN, Asked.RETRY, Asked.KEEP)


def _looks_at_files_alone(step: Step) -> bool:
    """Say so of a gate whose checks all came with this very program: of a plug-in nobody knows what changed in it."""
    return all(use.name in BUILT_IN and (check := find(use.name)) and not check.looks_beyond for use in step.gate)


def _found(
    world: World, gathered: Gathered, step: str, wanted: Mapping[str, str]
) -> Iterator[tuple[Commit, StepRecord]]:
    """Yield the entries with these trailers, newest first, and the step's record in the state that each wrote."""
    is_begun = step in gathered.snapshot.state.steps
    for commit in islice(_entries(world, gathered, is_begun=is_begun), _MOST_ENTRIES):
        told = trailers.parse(commit.message)
        if all(told.get(key) == value for key, value in wanted.items()):
            record = _record(world, gathered.snapshot.job, commit, step)
            if record is not None:
                yield commit, record


def _entries(world: World, gathered: Gathered, *, is_begun: bool) -> Iterator[Commit]:
    """Yield the entries that may know, newest first: of a step that has not run since the job began, archived ones.

    People's commits say nothing here, whatever trailers they carry.
    """
    job = gathered.snapshot.job
    known = (*world.ledger.kept.unreached(job), *(world.ledger.history_of(job, gathered.tip) if is_begun else ()))
    yield from (commit for commit in reversed(known) if commit.is_machine)


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
    if record.verdict and list(record.checks.values()).count(Verdict.FAIL) > 1:
        return False
    if not record.verdict and any(record.checks.get(name) is Verdict.FAIL for name in VERDICTS):
        return False  # a verdict and a rule failed together: the record does not say which was which
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
