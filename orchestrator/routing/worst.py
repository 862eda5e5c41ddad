"""What a call costs, and the most that one may cost before it is made. USD; prices are USD a million tokens."""

from orchestrator.model.action import Usage
from orchestrator.model.agent import Agent
from orchestrator.model.settings import Command, Model, Price
from orchestrator.routing.purse import Purse

BUILTIN = "builtin"
FEWEST_SAMPLES = 5
"""Attempts of a step by a model before its pass rate says anything."""
_WORST_INPUT_TOKENS = 200_000
_MILLION = 1_000_000
_PLAIN = frozenset({None, "script", "text"})
"""The profiles of programs that tell no cost."""


def cost_of(price: Price, usage: Usage) -> float:
    """Return what those tokens cost. `tokens_in` counts the cached ones; they have their own price where it is set."""
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    plain = max(usage.tokens_in - usage.cache_read - usage.cache_write, 0)
    spent = plain * price.input + usage.cache_read * read + usage.cache_write * write + usage.tokens_out * price.output
    return spent / _MILLION


def most_output(model: Model, agent: Agent) -> int:
    """Return the most tokens of one answer: what the agent's file lets it, at most what the model can."""
    wanted = agent.extras.max_output_tokens
    return wanted if model.max_output is None else min(wanted, model.max_output)


def one_call(model: Model, agent: Agent, tokens_in: int | None = None) -> float | None:
    """Return the most that one request costs; None where nobody knows. `tokens_in` None: as much as fits the window."""
    if model.name == BUILTIN:
        return 0.0
    price = model.price
    if price is None:
        return None
    tokens = tokens_in if tokens_in is not None else model.context or _WORST_INPUT_TOKENS
    # A provider may keep all of the prompt, at a price of its own.
    dearest = max(price.input, price.cache_read or 0.0, price.cache_write or 0.0)
    return (tokens * dearest + most_output(model, agent) * price.output) / _MILLION


def one_attempt(model: Model, agent: Agent, tokens_in: int | None = None, calls: int = 1) -> float | None:
    """Return the most that an attempt costs that asks `calls` times at most; None where nobody knows.

    A further call repeats the prompt, with the answer before it and what is said of that: no more than an answer has.
    An agent with tools asks once a turn, and what its tools say may fill the window each time.
    """
    first = one_call(model, agent, tokens_in)
    if first is None:
        return None
    turns = agent.extras.max_turns
    if tokens_in is None or _has_tools(agent):
        later = one_call(model, agent)
    else:
        later = one_call(model, agent, tokens_in + 2 * most_output(model, agent))
    return first + (later or 0.0) * ((turns if _has_tools(agent) else min(calls, turns)) - 1)


def worst_case(model: Model, agent: Agent, purse: Purse, tokens_in: int | None = None, calls: int = 1) -> float:
    """Return what is reserved for one attempt. Without a known price, that is all that a call may cost.

    It is the whole attempt as far as the purse reaches, and one call at least: its backend makes no further call that
    what is reserved does not pay for.
    """
    once, whole = one_call(model, agent, tokens_in), one_attempt(model, agent, tokens_in, calls)
    if once is None or whole is None:
        return purse.unknown()
    return max(once, min(whole, purse.most())) if purse.limits else whole


def _has_tools(agent: Agent) -> bool:
    tools = agent.tools.split(",") if isinstance(agent.tools, str) else agent.tools
    return bool(agent.extras.mcp) or any(tool.strip().startswith("mcp__") for tool in tools)


def can_cost(command: Command) -> bool:
    """Say whether a program may cost money: not one that tells no cost, reaches nobody and is handed no key."""
    return command.profile not in _PLAIN or command.price is not None or bool(command.network or command.env)


def pass_rate(accepted: int, attempts: int) -> float | None:
    """Return the share of a step's attempts by a model that passed, above 0; None where there are too few to say.

    None of n: as if the next one passed, 1 of n + 1.
    """
    if attempts < FEWEST_SAMPLES:
        return None
    return accepted / attempts if accepted else 1 / (attempts + 1)
