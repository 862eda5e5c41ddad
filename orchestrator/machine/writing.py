"""How a record is put into a snapshot. What each outcome writes stands in attempts, answers and effects."""

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import Outcome, Seen, StepRecord


def put(
    snapshot: Snapshot, step: str, written: StepRecord, *, seen: Mapping[str, Seen] | None = None, **state: object
) -> Snapshot:
    """Return the snapshot with the step's record, and further fields of the state, replaced. Steps keep their order.

    Of a file that is gone and no more the step's work nothing is kept: put back, even as it was, it is new.
    """
    gone = {p for p in former(snapshot, step).outputs if p not in written.outputs and p not in snapshot.files}
    known = snapshot.state.seen if seen is None else seen
    state["seen"] = {path: version for path, version in known.items() if path not in gone} if gone else known
    steps = {**snapshot.state.steps, step: written}
    ordered = {name: steps[name] for name in [*snapshot.pipeline.steps, *steps] if name in steps}
    return replace(snapshot, state=snapshot.state.model_copy(update={"steps": ordered, **state}))


def former(snapshot: Snapshot, step: str) -> StepRecord:
    """Return the step's record, or the one of a step that has not run."""
    return snapshot.state.steps.get(step) or StepRecord(outcome=Outcome.DUE)


def spend(snapshot: Snapshot, cost: float) -> float:
    """Return what the job has spent, `cost` USD more."""
    return round(snapshot.state.spend_usd + cost, 6)
