"""What an attempt cost, by what the program says, what the settings say of its price, or what was kept back for it."""

from dataclasses import replace

from orchestrator.agents.command.asking import Asked
from orchestrator.agents.command.profile import Heard
from orchestrator.model.action import Basis, Trouble, Usage
from orchestrator.model.settings import Price
from orchestrator.routing import cost_of


def usage(heard: Heard, asked: Asked) -> Usage:
    """Return the usage of an attempt, however it ended.

    A cost of 0 is no figure: programs print it for models of which they know no price. It is one where they were let in
    nowhere, and say so. Where a price is known, no program makes its tokens cheaper than that.
    """
    told = Usage(
        tokens_in=heard.tokens_in or 0,
        tokens_out=heard.tokens_out or 0,
        cache_read=heard.cache_read,
        cache_write=heard.cache_write,
    )
    cost, basis = _cost(heard, told, asked)
    return replace(told, cost_usd=cost, basis=basis)


def _cost(heard: Heard, told: Usage, asked: Asked) -> tuple[float, Basis]:
    price = _price(asked)
    priced = cost_of(price, told) if price is not None and (told.tokens_in or told.tokens_out) else None
    if heard.cost_usd and heard.cost_usd >= (priced or 0.0):
        return heard.cost_usd, Basis.REPORTED
    if priced is not None:
        return priced, Basis.PRICED
    if heard.cost_usd == 0 and _was_turned_away(heard):
        return 0.0, Basis.REPORTED
    if asked.profile.is_offline and not asked.network and not asked.command.env:
        return 0.0, Basis.FREE
    return asked.request.route.reserved_usd, Basis.UNKNOWN


def _price(asked: Asked) -> Price | None:
    return asked.command.price or (asked.request.model.price if asked.request.model else None)


def _was_turned_away(heard: Heard) -> bool:
    """Nothing of its work is taken then, so that it gains nothing by saying so."""
    is_let_in = heard.complaint is None or heard.complaint.trouble is Trouble.WORK
    return not is_let_in and heard.tokens_in == 0 and heard.tokens_out == 0
