"""What a fork takes over of another job's state: all but what was approved, asked and published of that one."""

from orchestrator.model.state import Outcome, State, Status

_ANSWERED = frozenset({Outcome.APPROVED, Outcome.PUBLISHED, Outcome.WAITING, Outcome.REJECTED, Outcome.UNKNOWN})


def forked(state: State) -> State:
    """Return the state of a new job that begins where another one's state stands."""
    steps = {name: record for name, record in state.steps.items() if record.outcome not in _ANSWERED}
    fresh = {"status": Status.READY, "waiting_for": None, "approvals": (), "spend_usd": 0.0}
    return state.model_copy(update={"seq": state.seq + 1, "steps": steps, **fresh})
