"""The state machine: pure functions from a snapshot to the next action, and from what came of it to the next state.

No clock, no I/O, no randomness. `decide` chooses, `record` writes down, `order` writes down a person's word.
"""

from orchestrator.machine.decide import decide
from orchestrator.machine.orders import order
from orchestrator.machine.record import record

__all__ = ["decide", "order", "record"]
