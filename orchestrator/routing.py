"""Which model plays a step: the cheapest that can and may. Deterministic; never an AI; every refusal has its reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.model.action import Refused, Route
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.settings import Budget, Model, Tier

BUILTIN = "builtin"
_TIERS = list(Tier)
_WORST_INPUT_TOKENS = 200_000


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No model may play the step. `is_budget`: one could, but for the money."""

    reason: str
    refused: tuple[Refused, ...]
    is_budget: bool


@dataclass(frozen=True, slots=True)
class Purse:
    """What may still be spent, in USD; None: no limit."""

    budget: Budget
    spent: float

    def most(self) -> float:
        """Return the most that a call may cost, where nothing is known of its price: 0 where nothing is limited."""
        if self.budget.call is not None:
            return self.budget.call
        return max(self.budget.job - self.spent, 0.0) if self.budget.job is not None else 0.0

    def refusal(self, cost: float) -> str | None:
        """Return why a call that may cost `cost` must not be made, or None."""
        if self.budget.call is not None and cost > self.budget.call:
            return f"may cost ${cost:.4f}, over the budget of ${self.budget.call:.4f} a call"
        if self.budget.job is not None and self.spent + cost > self.budget.job:
            return f"may cost ${cost:.4f}, and ${self.spent:.4f} of the job's ${self.budget.job:.4f} is spent"
        return None


def lower(granted: Budget, own: Budget) -> Budget:
    """Return the base's budget lowered by the job's own, limit by limit. A job cannot raise what it is granted."""

    def least(a: float | None, b: float | None) -> float | None:
        said = [value for value in (a, b) if value is not None]
        return min(said) if said else None

    return Budget(**{name: least(getattr(granted, name), getattr(own, name)) for name in Budget.model_fields})


def _dearness(model: Model, agent: Agent, purse: Purse) -> tuple[bool, float]:
    """Return what orders models by cost: one whose price nobody knows comes after those whose price is known."""
    return model.price is None and model.name != BUILTIN, worst_case(model, agent, purse)


def worst_case(model: Model, agent: Agent, purse: Purse) -> float:
    """Return the most that one call may cost, in USD. Without a known price, that is all that a call may cost."""
    if model.name == BUILTIN:
        return 0.0
    if model.price is None:
        return purse.most()
    tokens_in = model.context or _WORST_INPUT_TOKENS
    return (tokens_in * model.price.input + agent.extras.max_output_tokens * model.price.output) / 1_000_000


def choose(agent: Agent, models: Iterable[Model], purse: Purse, *, stronger_than: str | None = None) -> Route | NoRoute:
    """Return the cheapest model that is strong enough, has the capabilities and fits the budget."""
    if agent.extras.backend is not BackendKind.MODEL:
        return Route(str(agent.extras.backend), f"{agent.name} says backend: {agent.extras.backend}")
    candidates = sorted(models, key=lambda m: (*_dearness(m, agent, purse), _TIERS.index(m.tier), m.name))
    floor = _floor(agent, candidates, stronger_than)
    refused: list[Refused] = []
    money = False
    for model in candidates:
        unfit = _unfit(model, agent, floor)
        dear = None if unfit else purse.refusal(worst_case(model, agent, purse))
        if unfit is None and dear is None:
            return Route(
                model.name, _reason(model, agent, stronger_than), worst_case(model, agent, purse), tuple(refused)
            )
        money = money or dear is not None
        refused.append(Refused(model.name, unfit or dear or ""))
    spare = _last_resort(agent, candidates, stronger_than)
    if spare is not None and not money:
        return Route(spare.name, "no other model is there, and the builtin agent can", 0.0, tuple(refused))
    reasons = "; ".join(f"{r.model} {r.reason}" for r in refused) or "the settings name no model"
    return NoRoute(reasons, tuple(refused), money)


def _floor(agent: Agent, models: list[Model], stronger_than: str | None) -> int:
    """Return the least tier that will do, as its place in the order of tiers."""
    wanted = _TIERS.index(Tier(agent.model)) if agent.model in _TIERS else 0
    if stronger_than is None:
        return wanted
    former = [_TIERS.index(m.tier) for m in models if m.name == stronger_than]
    return max(wanted, former[0] + 1 if former else len(_TIERS))


def _unfit(model: Model, agent: Agent, floor: int) -> str | None:
    if model.name == BUILTIN and agent.extras.builtin is None:
        return f"has no builtin agent for {agent.name}"
    named = agent.model not in _TIERS and agent.model != "inherit"
    if named and agent.model != model.name:
        return f"is not {agent.model}, which {agent.name} names"
    if _TIERS.index(model.tier) < floor:
        return f"is too weak: {model.tier}"
    lacking = [c for c in agent.extras.capabilities if c not in model.capabilities]
    return f"lacks {', '.join(lacking)}" if lacking and model.name != BUILTIN else None


def _last_resort(agent: Agent, models: list[Model], stronger_than: str | None) -> Model | None:
    """A fresh workspace has the builtin model alone; then it plays every role that has a builtin agent."""
    if stronger_than is not None or agent.extras.builtin is None:
        return None
    return models[0] if len(models) == 1 and models[0].name == BUILTIN else None


def _reason(model: Model, agent: Agent, stronger_than: str | None) -> str:
    if stronger_than is not None:
        return f"the next stronger than {stronger_than}"
    if model.name == agent.model:
        return f"{agent.name} names it"
    return f"the cheapest {model.tier} model that can"
