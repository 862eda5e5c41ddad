"""Prices and windows of models from the dated table of genai-prices, where the settings leave them out. It asks nobody.

The table is the installed package's own. What the package can fetch is never fetched: a price changes with an update of
the package, and with a date that the table itself names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING

from orchestrator.model.settings import Model, Price

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice

_PACKAGE = "genai-prices"
_BUILTIN = "builtin"
_DAY = 86_400


def filled(models: Iterable[Model], now: int) -> tuple[Model, ...]:
    """Return the models in their order, price and context filled in where the table knows them at that Unix time.

    Settings win. A price that grows with the prompt is taken at the dearest tier that the model's window reaches, one
    that changes by the hour at the dearest hour. Where a call costs more than its tokens (a fee a request), or the
    package is not installed, the price stays unknown. The table tells no `max_output`.
    """
    return _filled(tuple(models), now // _DAY)


def dated() -> str:
    """Return the table's name and version, which dates it, for people."""
    try:
        return f"{_PACKAGE} {metadata.version(_PACKAGE)}"
    except metadata.PackageNotFoundError:
        return f"no table of prices: {_PACKAGE} is not installed"


@lru_cache(maxsize=16)
def _filled(models: tuple[Model, ...], day: int) -> tuple[Model, ...]:
    return tuple(_completed(model, day) if _lacks(model) else model for model in models)


def _lacks(model: Model) -> bool:
    return model.name != _BUILTIN and (model.price is None or model.context is None)


def _completed(model: Model, day: int) -> Model:
    known = _look_up(model)
    if known is None:
        return model
    context = model.context or known.context_window
    price = model.price or _price(known, context, day)
    return model.model_copy(update={"context": context, "price": price})


def _look_up(model: Model) -> ModelInfo | None:
    """Return what the table has of the model; aliases and dated names are matched as genai-prices does."""
    try:
        from genai_prices.data_snapshot import get_snapshot  # 0.1 s
    except ImportError:
        return None
    provider, colon, name = model.name.partition(":")
    try:
        _, known = get_snapshot().find_provider_model(
            name if colon else provider, None, provider if colon else None, None
        )
    except LookupError:
        return None
    return known


def _price(known: ModelInfo, context: int | None, day: int) -> Price | None:
    """Return the dearest of the prices that hold on that day; None where tokens are not all that is paid for."""
    holding = list(_holding(known, datetime.fromtimestamp(day * _DAY, UTC)))
    if any(prices.requests_kcount for prices in holding):
        return None
    dearest = {
        name: max((usd for prices in holding for usd in _tiers(prices, f"{name}_mtok", context)), default=None)
        for name in Price.model_fields
    }
    if dearest["input"] is None or dearest["output"] is None:
        return None
    return Price.model_validate(dearest)


def _holding(known: ModelInfo, at: datetime) -> Iterator[ModelPrice]:
    """Yield the prices of that day, as genai-prices finds them: the later first, and of all hours."""
    from genai_prices.types import ModelPrice, TimeOfDateConstraint

    if isinstance(known.prices, ModelPrice):
        yield known.prices
        return
    for conditional in reversed(known.prices):
        constraint = conditional.constraint
        if isinstance(constraint, TimeOfDateConstraint):
            yield conditional.prices
        elif constraint is None or constraint.active(at):
            yield conditional.prices
            return
    yield known.prices[0].prices


def _tiers(prices: ModelPrice, key: str, context: int | None) -> Iterator[float]:
    from genai_prices.types import TieredPrices

    found = getattr(prices, key)
    if isinstance(found, TieredPrices):
        yield float(found.base)
        yield from (float(tier.price) for tier in found.tiers if context is None or tier.start < context)
    elif found is not None:
        yield float(found)
