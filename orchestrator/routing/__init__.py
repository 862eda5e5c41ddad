"""Which model plays a step: the cheapest that can and may. Deterministic; never an AI; every refusal has its reason."""

from orchestrator.routing.choice import UNTIL_RETRY, NoRoute, choose, instant
from orchestrator.routing.purse import Limit, Purse, lower
from orchestrator.routing.saving import Saving, saved
from orchestrator.routing.worst import BUILTIN, cost_of, pass_rate, worst_case

__all__ = [
    "BUILTIN",
    "UNTIL_RETRY",
    "Limit",
    "NoRoute",
    "Purse",
    "Saving",
    "choose",
    "cost_of",
    "instant",
    "lower",
    "pass_rate",
    "saved",
    "worst_case",
]
