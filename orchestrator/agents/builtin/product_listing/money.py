"""Amounts of money as they stand in a text, with the place they stand at. Converts and rounds nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.content.figures import DOLLARS, Figure, figures_of

CURRENCIES = DOLLARS | {"$", "EUR", "GBP", "JPY", "INR", "KRW", "RUB", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CNY"}
"""As figures name them: `$` where a dollar's country is not said."""


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


def middle(found: Sequence[Amount]) -> Amount:
    """Return the median of one or more amounts, the lower of two in the middle: one that stands there."""
    return sorted(found, key=lambda amount: amount.value)[(len(found) - 1) // 2]


def _amount(figure: Figure, file: str, line: int) -> Amount | None:
    if not isinstance(figure.value, Decimal):
        return None
    currency = figure.unit if figure.unit in CURRENCIES else None
    return Amount(figure.text, figure.value, currency, file, line)
