"""The tokens of an attempt, as its provider reports them or else as they are estimated, and what they cost. Pure."""

from dataclasses import dataclass

from orchestrator.model.action import Basis, Usage
from orchestrator.model.settings import Model
from orchestrator.routing import cost_of

_CHARACTERS = 4
"""Of English prose, a token."""
_MOST = 10**12
"""Tokens; what says more is no figure."""


def tokens_in_text(characters: int) -> int:
    """Return about how many tokens a text of that length has, at least one of any text."""
    return -(-characters // _CHARACTERS)


def figure(said: object) -> int:
    """Return the count of tokens that a provider tells, 0 where it is none: no whole number, below 0, beyond belief."""
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= _MOST else 0


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call, or of several. `taken_in` counts the cached ones too."""

    taken_in: int = 0
    given_out: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            self.taken_in + other.taken_in,
            self.given_out + other.given_out,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
        )

    def at_least(self, other: "Tokens") -> "Tokens":
        """Return these, an estimate in the place of what a provider left out or had not reported yet."""
        return Tokens(
            self.taken_in or other.taken_in,
            max(self.given_out, other.given_out),
            self.cache_read,
            self.cache_write,
        )

    def known_or(self, other: "Tokens") -> "Tokens":
        """Return these, an estimate in the place of what a provider left out in the end."""
        return Tokens(
            self.taken_in or other.taken_in, self.given_out or other.given_out, self.cache_read, self.cache_write
        )


def told(taken_in: object, given_out: object, cache_read: object, cache_write: object) -> Tokens:
    """Return what a provider reports, without what is no figure: more cached tokens than there were are none either."""
    plain = Tokens(figure(taken_in), figure(given_out), figure(cache_read), figure(cache_write))
    is_whole = plain.cache_read + plain.cache_write <= plain.taken_in
    return plain if is_whole else Tokens(plain.taken_in, plain.given_out)


def usage_of(tokens: Tokens, model: Model, reserved: float, seconds: float) -> Usage:
    """Return what is booked. Of a model whose price nobody knows it is what was reserved, once anything was used."""
    plain = Usage(
        tokens_in=min(tokens.taken_in, _MOST),
        tokens_out=min(tokens.given_out, _MOST),
        duration_ms=round(seconds * 1000),
        cache_read=min(tokens.cache_read, _MOST),
        cache_write=min(tokens.cache_write, _MOST),
    )
    if tokens == Tokens():
        return plain
    if model.price is None:
        return _booked(plain, reserved, Basis.UNKNOWN)
    return _booked(plain, cost_of(model.price, plain), Basis.PRICED)


def _booked(usage: Usage, cost: float, basis: Basis) -> Usage:
    return Usage(
        usage.tokens_in,
        usage.tokens_out,
        cost,
        usage.duration_ms,
        basis,
        usage.cache_read,
        usage.cache_write,
    )
