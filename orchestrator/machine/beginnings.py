"""What a step's record says as an attempt, a judgement or a skip begins: what is read, what is left of its work."""

from orchestrator.machine.stale import params_digest, stale
from orchestrator.machine.view import View
from orchestrator.machine.writing import former
from orchestrator.model.action import Judge, Run
from orchestrator.model.snapshot import Files, Snapshot
from orchestrator.model.state import Outcome, StepRecord

_AGAIN = frozenset({Outcome.ERROR, Outcome.INTERRUPTED})


def having_read(snapshot: Snapshot, step: str, inputs: Files) -> dict[str, object]:
    """Return what a record says of an attempt as it begins: what it read, and what is left of the step's work.

    What others wrote over it is no more the step's: else an attempt that writes nothing would be stale for ever.
    """
    definition = snapshot.definitions.get(step)
    return {
        "ran": snapshot.state.seq,
        "inputs": dict(sorted(inputs.items())),
        "outputs": still_its_own(snapshot, step),
        "definition": definition.digest if definition else None,
        "params": params_digest(View(snapshot), step) if definition and definition.params else None,
        "wake_at": None,
    }


def still_its_own(snapshot: Snapshot, step: str) -> Files:
    """Return those outputs of the step's record that no other step has written since."""
    view = View(snapshot)
    return {path: oid for path, oid in former(snapshot, step).outputs.items() if view.last_writer(path) == step}


def still_there(snapshot: Snapshot, began: StepRecord) -> Files:
    """Return those outputs of a record that have not been taken away."""
    return {path: oid for path, oid in began.outputs.items() if path in snapshot.files}


def started(snapshot: Snapshot, action: Run | Judge) -> StepRecord:
    """Return the record of the step as an attempt begins it."""
    before = former(snapshot, action.step)
    changes = having_read(snapshot, action.step, action.inputs)
    if isinstance(action, Run):
        starts_over = action.attempt == 1
        is_again = before.outcome in _AGAIN and stale(View(snapshot), action.step) is None
        is_marked = is_again or before.outcome is Outcome.DUE
        changes |= {
            "attempt": action.attempt,
            "round": before.round if is_marked or not starts_over else 0,
            "tries": before.tries if is_again else 0,
            "signatures": () if starts_over else before.signatures,
            "promoted": action.promoted,
            "model": action.route.model,
            "down": _still_down(before, action.at) if is_again or not starts_over else {},
        }
    return before.model_copy(update=changes)


def _still_down(record: StepRecord, now: int) -> dict[str, int]:
    """Return the models that cannot be asked yet; those whose time has come are forgotten."""
    return {model: until for model, until in record.down.items() if not until or until > now}
