"""Amounts of money as they stand in a text, with the place they stand at. Converts and rounds nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestrator.content.figures import DOLLARS, Figure, figures_of

CURRENCIES = DOLLARS | {"$", "EUR", "GBP", "JPY", "INR", "KRW", "RUB", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CNY"}
"""As figures name them: `$` where a dollar's country is not said."""

_UNIT = r"(?!and\b|or\b)[^\W\d_]{2,14}"
_BELONGS = re.compile(
    r"(?:[ \u00a0](?:euros?|dollars?|pounds?|francs?|kron\w{1,3})\b)?"
    rf"(?:(?:[ \u00a0]?/[ \u00a0]?|[ \u00a0](?:per|an?|each|pro|je|im|par)[ \u00a0]){_UNIT}"
    rf"(?:[ \u00a0]?(?:and|per|/|pro|par)[ \u00a0]?{_UNIT})?)?",
    re.IGNORECASE,
)
"""A currency that is written out, and what the amount is for: a month, a person and night."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as printed, its value, its currency (None where none is said), and its place."""

    text: str
    value: Decimal
    currency: str | None
    file: str
    line: int

    @property
    def at(self) -> str:
        """The citation."""
        return f"[{self.file}:{self.line}]"


def amounts(text: str, file: str, line: int, *, is_price: bool = False) -> Iterator[Amount]:
    """Yield the amounts of a line. `is_price`: what it says is a price, so a number without a currency is one too."""
    for figure in figures_of(text, line):
        amount = _amount(figure, file, line)
        if amount and (amount.currency or (is_price and figure.unit is None)):
            yield amount


def prices(text: str, file: str, line: int) -> Iterator[Amount]:
    """Yield the amounts of a line that states a price, each with the words that belong to it: `€95 per hour`."""
    reached = 0
    for amount in amounts(text, file, line, is_price=True):
        start = text.find(amount.text, reached)
        reached = max(reached, start + len(amount.text))
        after = _BELONGS.match(text, reached)
        yield replace(amount, text=amount.text + after[0]) if after and start >= 0 else amount


def middle(found: Sequence[Amount]) -> Amount:
    """Return the median of one or more amounts, the lower of two in the middle: one that stands there."""
    return sorted(found, key=lambda amount: amount.value)[(len(found) - 1) // 2]


def _amount(figure: Figure, file: str, line: int) -> Amount | None:
    if not isinstance(figure.value, Decimal):
        return None
    currency = figure.unit if figure.unit in CURRENCIES else None
    return Amount(figure.text, figure.value, currency, file, line)
