"""What routing saved: the same tokens at the strongest model's price, over what was priced and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.action import Basis, Usage
from orchestrator.model.settings import Model, Price, Tier
from orchestrator.routing import Saving, cost_of, saved

SMALL = Model(name="a:small", tier=Tier.FAST, price=Price(input=1, output=5))
LARGE = Model(name="a:large", tier=Tier.STRONG, price=Price(input=10, output=20))
WORDY = Model(name="b:wordy", tier=Tier.STRONG, price=Price(input=1, output=90))
FREE = Usage(1_000_000, 1_000_000)


def priced(tokens_in: int, tokens_out: int, usd: float) -> Usage:
    return Usage(tokens_in, tokens_out, usd, basis=Basis.PRICED)


def test_it_is_held_against_the_dearest_of_the_strongest_for_these_very_tokens() -> None:
    models = [SMALL, WORDY, LARGE]
    assert saved(models, [priced(1_000_000, 0, 1.0)]) == Saving(9.0, "a:large", 1)
    assert saved(models, [priced(0, 1_000_000, 5.0), FREE]) == Saving(85.0, "b:wordy", 1)


def test_where_no_stronger_price_is_known_it_is_held_against_the_strongest_that_is() -> None:
    unpriced = LARGE.model_copy(update={"price": None})
    assert saved([SMALL, unpriced], [priced(1_000_000, 0, 3.0)]) == Saving(-2.0, "a:small", 1)


@pytest.mark.parametrize("basis", [basis for basis in Basis if basis is not Basis.PRICED])
def test_what_is_not_priced_by_tokens_is_not_compared(basis: Basis) -> None:
    assert saved([LARGE], [Usage(1_000, 1_000, 1.0, basis=basis)]) is None
    assert saved([], [priced(1, 1, 1.0)]) is None


TOKENS = st.integers(min_value=0, max_value=10**7)


@settings(deadline=None, derandomize=True, database=None, max_examples=60)
@given(st.lists(st.tuples(TOKENS, TOKENS), min_size=1, max_size=5))
def test_always_having_asked_the_strongest_saves_nothing(tokens: list[tuple[int, int]]) -> None:
    assert LARGE.price is not None
    usages = [Usage(*each, cost_of(LARGE.price, Usage(*each)), basis=Basis.PRICED) for each in tokens]
    found = saved([SMALL, LARGE], usages)
    assert found is not None
    assert found.usd == pytest.approx(0, abs=1e-6)
