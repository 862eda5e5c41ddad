"""What an attempt cost, by what the program says, what the settings say of its price, or what was kept back for it."""

from dataclasses import replace

from orchestrator.agents.command.asking import Asked
from orchestrator.agents.command.profile import Heard
from orchestrator.model.action import Basis, Usage
from orchestrator.routing import cost_of


def usage(heard: Heard, asked: Asked) -> Usage:
    """Return the usage of an attempt, however it ended.

    A cost of 0 beside tokens is no figure: programs print it for models of which they know no price.
    """
    plain = Usage(
        tokens_in=heard.tokens_in or 0,
        tokens_out=heard.tokens_out or 0,
        cache_read=heard.cache_read,
        cache_write=heard.cache_write,
    )
    cost, basis = _cost(heard, plain, asked)
    return replace(plain, cost_usd=cost, basis=basis)


def _cost(heard: Heard, plain: Usage, asked: Asked) -> tuple[float, Basis]:
    has_tokens = bool(heard.tokens_in or heard.tokens_out)
    if heard.cost_usd is not None and (heard.cost_usd > 0 or not has_tokens):
        return heard.cost_usd, Basis.REPORTED
    price = asked.command.price or (asked.request.model.price if asked.request.model else None)
    if has_tokens and price is not None:
        return cost_of(price, plain), Basis.PRICED
    if asked.profile.is_offline and not asked.network and not asked.command.env:
        return 0.0, Basis.FREE
    return asked.request.route.reserved_usd, Basis.UNKNOWN
