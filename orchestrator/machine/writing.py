"""How a record is put into a snapshot. What each outcome writes stands in attempts, answers and effects."""

from dataclasses import replace

from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Outcome, StepRecord


def put(snapshot: Snapshot, step: str, written: StepRecord, **state: object) -> Snapshot:
    """Return the snapshot with the step's record, and further fields of the state, replaced. Steps keep their order."""
    steps = {**snapshot.state.steps, step: written}
    ordered = {name: steps[name] for name in [*snapshot.pipeline.steps, *steps] if name in steps}
    return replace(snapshot, state=snapshot.state.model_copy(update={"steps": ordered, **state}))


def former(snapshot: Snapshot, step: str) -> StepRecord:
    """Return the step's record, or the one of a step that has not run."""
    return snapshot.state.steps.get(step) or StepRecord(outcome=Outcome.DUE)


def spend(snapshot: Snapshot, cost: float) -> float:
    """Return what the job has spent, `cost` USD more."""
    return round(snapshot.state.spend_usd + cost, 6)
