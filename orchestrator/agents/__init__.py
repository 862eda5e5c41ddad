"""Agents: whoever plays a step's role, behind one Protocol. None chooses a step, writes a ref or sees git."""

from orchestrator.agents.builtin import Builtin
from orchestrator.agents.interface import Backend
from orchestrator.agents.person import Person
from orchestrator.model.agent import BackendKind

__all__ = ["find"]

_BACKENDS: dict[BackendKind, Backend] = {BackendKind.BUILTIN: Builtin(), BackendKind.PERSON: Person()}


def find(kind: BackendKind) -> Backend | None:
    """Return the backend of that kind, or None where this installation has none."""
    return _BACKENDS.get(kind)
