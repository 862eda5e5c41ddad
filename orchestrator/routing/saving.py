"""What routing saved: the same tokens, had the strongest model always been asked. It knows no ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.model.action import Basis, Usage
from orchestrator.model.settings import Model, Tier
from orchestrator.routing.worst import cost_of

_TIERS = list(Tier)


@dataclass(frozen=True, slots=True)
class Saving:
    """USD saved, below 0 where routing cost more; the model that it is held against; over how many attempts."""

    usd: float
    against: str
    attempts: int


def saved(models: Iterable[Model], attempts: Iterable[Usage]) -> Saving | None:
    """Return what routing saved over the attempts whose tokens were priced; None where none was, or no price is known.

    It is held against the dearest model, for these very tokens, of the strongest tier in which a price is known. A
    stronger model might have needed fewer attempts, or other tokens: nobody can know that.
    """
    compared = [usage for usage in attempts if usage.basis is Basis.PRICED]
    strongest = _strongest(models)
    if not compared or not strongest:
        return None
    # Of two that would have cost the same, the first by name.
    cost, against = min((-_total(model, compared), model.name) for model in strongest)
    return Saving(-cost - sum(usage.cost_usd for usage in compared), against, len(compared))


def _strongest(models: Iterable[Model]) -> list[Model]:
    priced = [model for model in models if model.price is not None]
    top = max((_TIERS.index(model.tier) for model in priced), default=0)
    return [model for model in priced if _TIERS.index(model.tier) == top]


def _total(model: Model, usages: Sequence[Usage]) -> float:
    return sum(cost_of(model.price, usage) for usage in usages) if model.price else 0.0
