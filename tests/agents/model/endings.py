"""How a run of any backend ended: with an answer, or with a fault."""

from orchestrator.agents.interface import Answer
from orchestrator.model.action import Fault


def answered(found: Answer | Fault) -> Answer:
    assert isinstance(found, Answer), found
    return found


def failed(found: Answer | Fault) -> Fault:
    assert isinstance(found, Fault), found
    return found
