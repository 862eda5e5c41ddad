"""Which model would play a step and why, every candidate refused, what the budgets leave. Asks and writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from orchestrator.agents import prices
from orchestrator.engine import prompting
from orchestrator.engine.gather import gather
from orchestrator.engine.prompting import known_step, no_agents, whose_turn
from orchestrator.engine.weigh import weighed
from orchestrator.engine.world import World
from orchestrator.errors import OrchestratorError, RefusedError
from orchestrator.machine import decide, work
from orchestrator.machine.ladder import Promote, next_rung
from orchestrator.machine.routes import chosen, purse, stronger
from orchestrator.machine.view import View
from orchestrator.model.action import Route, Run
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.pipeline import StepKind
from orchestrator.model.state import Outcome, StepRecord
from orchestrator.routing import BUILTIN, Limit, NoRoute

Estimate = Callable[[World, str, str], int | None]
"""Job and step → the most tokens of its prompt; None where it cannot be rendered now."""
_FAILED = frozenset({Outcome.FAILED, Outcome.REFUSED})
_GOES_ON = _FAILED | {Outcome.ERROR, Outcome.INTERRUPTED}


class RefusedDocument(TypedDict):
    """A candidate that is not chosen."""

    model: str
    reason: str


class BudgetDocument(TypedDict):
    """One limit of the budgets, USD: `left` is what is neither spent nor reserved by calls of other jobs."""

    limit: str
    usd: float
    spent: float
    reserved: float
    left: float


class RouteDocument(TypedDict):
    """The route of a step's next attempt. `model` is None where nothing may play it, or no agent does the step."""

    job: str
    step: str
    is_next: bool
    kind: str
    agent: str | None
    backend: str | None
    model: str | None
    reason: str
    cost_at_most_usd: float | None
    """What is reserved for the attempt; None where it is not known."""
    tokens_at_most: int | None
    refused: list[RefusedDocument]
    until: int | None
    """Unix time at which a model that is merely down comes back, where none may play the step."""
    budgets: list[BudgetDocument]
    warnings: list[str]
    promoted: int
    """How many times the step was given to a stronger model."""
    down: dict[str, int]
    """Model → Unix time until which the step does not ask it; 0: until a person says retry."""
    accepted: dict[str, float]
    """Model → the part of the step's attempts that passed, where the settings route by that."""
    prices: str | None
    """The dated table of prices; None where nothing but the builtin model is there."""


def estimated(world: World, job: str, step: str) -> int | None:
    """Return the most tokens of the prompt that the step would be asked with now; None where it cannot be rendered."""
    try:
        return prompting.prompt(world, job, step)["tokens_at_most"]
    except OrchestratorError:
        return None


def route(world: World, job: str, step: str | None = None, estimate: Estimate = estimated) -> RouteDocument:
    """Return the route of a step, that whose turn it is unless one is named.

    Raises UsageError for no such job or step, RefusedError where the step's agent is not there, DocumentError.
    """
    snapshot, now = gather(world, job).snapshot, world.clock()
    following = decide(snapshot, now)
    name = known_step(snapshot, step) if step else whose_turn(snapshot, following)
    is_next = following.step == name
    definition = snapshot.pipeline.steps[name]
    if definition.kind is not StepKind.AGENT:
        return _document(_Asked(View(snapshot), name, is_next), None, _nobody(no_agents(name, definition) or ""))
    agent = snapshot.definitions[name].agent
    if agent is None:
        hint = f"write agents/{definition.agent}.md on job/{job}, or name another in pipeline.yaml"
        raise RefusedError(f"{name} names an agent that is not there", hint=hint)
    tokens = estimate(world, job, name) if agent.extras.backend is not BackendKind.PERSON else None
    view = View(weighed(world, snapshot, name, tokens or 0))
    return _document(_Asked(view, name, is_next, tokens), agent, _route(view, name, agent, now))


def _nobody(reason: str) -> NoRoute:
    return NoRoute(reason, (), is_budget=False)


def _route(view: View, step: str, agent: Agent, now: int) -> Route | NoRoute:
    """Return the route of the next attempt; where another thing stands in its way, what would be chosen then."""
    if agent.extras.backend is BackendKind.PERSON:
        return _nobody(f"{step} is done by a person, and no model is asked")
    found = work.turn(view, step, now)
    if isinstance(found, Run):
        return found.route
    former = _former(view, step)
    if former and former.outcome in _FAILED and isinstance(next_rung(view, step, former), Promote):
        return stronger(view, step, agent, now, former).route
    return chosen(view, step, agent, now, former).route


def _former(view: View, step: str) -> StepRecord | None:
    """Return the record that the next attempt goes on from."""
    record = view.record(step)
    return record if record and record.outcome in _GOES_ON else None


# --- the document ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked about, at the snapshot that the answer rests on."""

    view: View
    step: str
    is_next: bool
    tokens: int | None = None


def _document(asked: _Asked, agent: Agent | None, found: Route | NoRoute) -> RouteDocument:
    view, record = asked.view, asked.view.record(asked.step)
    snapshot = view.snapshot
    money = purse(view, asked.step) if agent is not None else None
    return {
        "job": snapshot.job,
        "step": asked.step,
        "is_next": asked.is_next,
        "kind": str(view.step(asked.step).kind),
        "agent": agent.name if agent else None,
        "backend": _backend(agent, found),
        "model": found.model if isinstance(found, Route) else None,
        "reason": found.reason,
        "cost_at_most_usd": _most(found, asked.tokens),
        "tokens_at_most": asked.tokens,
        "refused": [{"model": each.model, "reason": each.reason} for each in found.refused],
        "until": found.until if isinstance(found, NoRoute) else None,
        "budgets": list(map(_budget, money.limits)) if money else [],
        "warnings": list(money.warnings()) if money else [],
        "promoted": record.promoted if record else 0,
        "down": dict(record.down) if record else {},
        "accepted": dict(snapshot.accepted),
        "prices": prices.dated() if any(model.name != BUILTIN for model in snapshot.settings.models) else None,
    }


def _backend(agent: Agent | None, found: Route | NoRoute) -> str | None:
    if agent is None:
        return None
    return BUILTIN if isinstance(found, Route) and found.model == BUILTIN else str(agent.extras.backend)


def _most(found: Route | NoRoute, tokens: int | None) -> float | None:
    """Return the worst case; of a prompt whose length is not known, only that it costs nothing."""
    if not isinstance(found, Route) or (tokens is None and found.reserved_usd):
        return None
    return round(found.reserved_usd, 6)


def _budget(limit: Limit) -> BudgetDocument:
    return {
        "limit": limit.name,
        "usd": limit.usd,
        "spent": round(limit.spent, 6),
        "reserved": round(limit.reserved, 6),
        "left": round(limit.left, 6),
    }
