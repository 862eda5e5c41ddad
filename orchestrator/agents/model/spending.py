"""The tokens of an attempt, as its provider reports them or else as they are estimated, and what they cost. Pure."""

from dataclasses import dataclass

from orchestrator.model.action import Basis, Usage
from orchestrator.model.settings import Model
from orchestrator.routing import cost_of

_CHARACTERS = 4
"""Of English prose, a token."""


def tokens_in_text(characters: int) -> int:
    """Return about how many tokens a text of that length has, at least one of any text."""
    return -(-characters // _CHARACTERS)


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


def usage_of(tokens: Tokens, model: Model, reserved: float, seconds: float) -> Usage:
    """Return what is booked. Of a model whose price nobody knows it is what was reserved, once anything was used."""
    plain = Usage(
        tokens_in=tokens.taken_in,
        tokens_out=tokens.given_out,
        duration_ms=round(seconds * 1000),
        cache_read=tokens.cache_read,
        cache_write=tokens.cache_write,
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
