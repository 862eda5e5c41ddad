"""The failure ladder of DESIGN §5, after retry: rework, promote, reroute, escalate. Bounded, in that order."""

from dataclasses import dataclass

from orchestrator.machine.routes import has_stronger
from orchestrator.machine.view import View
from orchestrator.model.action import Stop
from orchestrator.model.agent import BackendKind
from orchestrator.model.state import StepRecord

MOST_TRIES = 5
SAME_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Rework:
    """The same model again, with the findings."""


@dataclass(frozen=True, slots=True)
class Promote:
    """A stronger model, with the findings."""


@dataclass(frozen=True, slots=True)
class Reroute:
    """Back to an earlier step."""

    target: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """A person must look."""

    stop: Stop
    reason: str


Rung = Rework | Promote | Reroute | Escalate


def next_rung(view: View, step: str, record: StepRecord) -> Rung:
    """Return what follows a failed attempt of an agent."""
    is_same = _is_the_same_again(record)
    if not record.verdict:
        if record.attempt < view.step(step).attempts * (record.promoted + 1) and not is_same:
            return Rework()
        # What failed in one way three times stops here, unless no stronger model has had its turn yet.
        if _can_be_promoted(view, step, record) and not (is_same and record.promoted):
            return Promote()
    if is_same:
        return Escalate(Stop.SAME_FAILURE, f"{step} failed {SAME_FAILURES} times in the same way{_first(record)}")
    on_fail = view.step(step).on_fail
    # A reviewer that could not do its work has said nothing of the maker's, who is not to pay for it.
    if on_fail and record.round < on_fail.rounds and (record.verdict or not view.step(step).is_review):
        return Reroute(on_fail.goto)
    return Escalate(Stop.FAILED, _exhausted(step, record))


def _is_the_same_again(record: StepRecord) -> bool:
    """Say whether it failed in the same way too often: the same once more would not mend it."""
    latest = record.signatures[-1:]
    return bool(latest) and record.signatures.count(latest[0]) >= SAME_FAILURES


def _can_be_promoted(view: View, step: str, record: StepRecord) -> bool:
    """Say whether a stronger model may help. Whether there is money for it is asked when it is to be called."""
    definition = view.snapshot.definitions.get(step)
    agent = definition.agent if definition else None
    if agent is None or record.model is None or agent.extras.backend is not BackendKind.MODEL:
        return False
    return has_stronger(view, step, agent, record.model)


def _exhausted(step: str, record: StepRecord) -> str:
    tried = f"{record.attempt} attempt{'s' if record.attempt != 1 else ''}"
    rounds = f" and {record.round} round{'s' if record.round != 1 else ''}" if record.round else ""
    return f"{step} failed after {tried}{rounds}{_first(record)}"


def _first(record: StepRecord) -> str:
    return f": {record.findings[0]}" if record.findings else ""
