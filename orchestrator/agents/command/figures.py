"""What an attempt cost, by what the program says, what the settings say of its price, or what was kept back for it."""

from orchestrator.agents.command.asking import Asked
from orchestrator.agents.command.profile import Heard
from orchestrator.model.action import Basis, Usage
from orchestrator.model.settings import Price

_A_MILLION = 1_000_000


def usage(heard: Heard, asked: Asked) -> Usage:
    """Return the usage of an attempt, however it ended.

    A cost of 0 beside tokens is no figure: programs print it for models of which they know no price.
    """
    cost, basis = _cost(heard, asked)
    return Usage(
        tokens_in=heard.tokens_in or 0,
        tokens_out=heard.tokens_out or 0,
        cost_usd=cost,
        basis=basis,
        cache_read=heard.cache_read,
        cache_write=heard.cache_write,
    )


def _cost(heard: Heard, asked: Asked) -> tuple[float, Basis]:
    has_tokens = bool(heard.tokens_in or heard.tokens_out)
    if heard.cost_usd is not None and (heard.cost_usd > 0 or not has_tokens):
        return heard.cost_usd, Basis.REPORTED
    price = asked.command.price or (asked.request.model.price if asked.request.model else None)
    if has_tokens and price is not None:
        return _priced(heard, price), Basis.PRICED
    if asked.profile.is_offline and not asked.network and not asked.command.env:
        return 0.0, Basis.FREE
    return asked.request.route.reserved_usd, Basis.UNKNOWN


def _priced(heard: Heard, price: Price) -> float:
    cached = heard.cache_read + heard.cache_write
    read = price.input if price.cache_read is None else price.cache_read
    write = price.input if price.cache_write is None else price.cache_write
    fresh = max((heard.tokens_in or 0) - cached, 0)
    spent = fresh * price.input + heard.cache_read * read + heard.cache_write * write
    return (spent + (heard.tokens_out or 0) * price.output) / _A_MILLION
