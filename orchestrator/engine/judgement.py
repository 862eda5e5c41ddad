"""A gate's verdict on files: on what an attempt made, or on files as they are. It invokes no agent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator.engine import data, verdicts
from orchestrator.engine.gather import Gathered
from orchestrator.engine.stored import StoredFiles
from orchestrator.engine.world import Performed, World
from orchestrator.gates.interface import Material
from orchestrator.machine.view import View
from orchestrator.model.action import CheckResult, Judge, Judged, Produced
from orchestrator.model.names import is_person
from orchestrator.model.patterns import matches_any
from orchestrator.model.snapshot import Files, Snapshot
from orchestrator.model.state import Outcome, StepRecord


@dataclass(frozen=True, slots=True)
class Case:
    """What a gate is to judge: path → id of what was read before and of what is new, and the new contents."""

    artifacts: tuple[str, ...]
    before: Files
    outputs: Files = field(default_factory=dict)
    made: Mapping[str, bytes] = field(default_factory=dict)
    is_by_person: bool = False


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What a gate said, and what it is bound to."""

    checks: tuple[CheckResult, ...]
    judged: Judged | None


def verdict_on(world: World, gathered: Gathered, name: str, case: Case) -> GateVerdict:
    """Return what the step's gate says of the case: what it said of the very same before, where it did."""
    step = gathered.snapshot.pipeline.steps[name]
    judgeable = _judgeable(gathered.snapshot, name)
    judged = verdicts.binding(
        step, {**judgeable, **case.outputs}, case.before, is_by_person=case.is_by_person, artifacts=case.artifacts
    )
    recalled = verdicts.recall(world, gathered, name, judged)
    if recalled is not None and judged is not None:
        return GateVerdict(recalled.checks, replace(judged, before=recalled.commit))
    material = Material(
        StoredFiles(world.ledger, judgeable, case.made),
        case.artifacts,
        StoredFiles(world.ledger, case.before),
        case.is_by_person,
        world.outside(gathered.snapshot.settings, gathered.snapshot.job),
    )
    return GateVerdict(world.judge(step.gate, material), judged)


def _judgeable(snapshot: Snapshot, name: str) -> Files:
    """Return the files that a step's gate sees: what the step reads and writes, and no other.

    A verdict is bound to the content that it judged, and only what a step reads and writes is watched.
    """
    step = snapshot.pipeline.steps[name]
    return {path: oid for path, oid in snapshot.files.items() if matches_any((*step.rests_on, *step.writes), path)}


def judge(world: World, gathered: Gathered, action: Judge) -> Performed:
    """Judge files as they are: a person's, or a step's own once more."""
    snapshot = gathered.snapshot
    view = View(snapshot)
    if action.anew:
        before = {p: oid for p, oid in action.inputs.items() if p in action.anew}
        is_by_person = is_person((view.record(action.step) or StepRecord(outcome=Outcome.PASSED)).by or "")
        made = {path: world.ledger.blob(oid) for path, oid in action.anew.items()}
        case = Case(tuple(sorted(action.anew)), before, action.anew, made, is_by_person=is_by_person)
        verdict = verdict_on(world, gathered, action.step, case)
        return Performed(Produced({}, verdict.checks, judged=verdict.judged))
    record = view.record(action.step)
    paths_judged = _judged_paths(view, action)
    outputs = {path: snapshot.files[path] for path in paths_judged}
    standing = {p: oid for p, oid in (record.outputs if record else {}).items() if p in snapshot.files}
    artifacts = tuple(sorted({*outputs, *standing}))
    is_by_person = any(is_person(view.owner(path) or "") for path in artifacts)
    before = {p: oid for p, oid in action.inputs.items() if p in artifacts}
    verdict = verdict_on(world, gathered, action.step, Case(artifacts, before, is_by_person=is_by_person))
    made = {path: world.ledger.blob(oid) for path, oid in outputs.items() if path.endswith((".yaml", ".yml", ".json"))}
    return Performed(Produced(outputs, verdict.checks, data=data.made(snapshot.pipeline, made), judged=verdict.judged))


def _judged_paths(view: View, action: Judge) -> tuple[str, ...]:
    """Return whose version the verdict takes note of: all that the step stands for, or just what was edited."""
    if action.takes_over:
        return tuple(sorted(view.matched(view.step(action.step).writes)))
    return tuple(path for path in sorted(view.edits) if view.last_writer(path) == action.step)
