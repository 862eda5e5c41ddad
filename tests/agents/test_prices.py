"""Prices from the dated table: the settings win, the dearest tier counts, and what is unknown stays unknown."""

import subprocess
import sys

import pytest
from genai_prices import __version__

from orchestrator.agents.prices import dated, filled
from orchestrator.model.settings import Model, Price

THEN = 1_780_000_000  # May 2026
BUILTIN = Model(name="builtin")


def test_a_price_and_a_window_that_the_settings_leave_out_are_those_of_the_table() -> None:
    (found,) = filled([Model(name="anthropic:claude-haiku-4-5")], THEN)
    assert found.price == Price(input=1, output=5, cache_read=0.1, cache_write=1.25)
    assert (found.context, found.max_output) == (200_000, None)


def test_what_the_settings_say_wins() -> None:
    own = Price(input=7, output=8)
    name = "anthropic:claude-haiku-4-5"
    models = [Model(name=name, price=own), Model(name=name, context=9), Model(name=name, price=own, context=9)]
    first, second, third = filled(models, THEN)
    assert (first.price, first.context) == (own, 200_000)
    assert (second.price, second.context) == (Price(input=1, output=5, cache_read=0.1, cache_write=1.25), 9)
    assert third == models[2]


@pytest.mark.parametrize("name", ["openai:gpt-5.2", "openai:gpt-5.2-20251211", "openai:gpt-5.2-2025-12-11", "gpt-5.2"])
def test_aliases_and_dated_names_are_the_same_model(name: str) -> None:
    (found,) = filled([Model(name=name)], THEN)
    assert found == Model(name=name, context=400_000, price=Price(input=1.75, output=14, cache_read=0.175))


def test_a_price_by_tiers_is_that_of_the_dearest_tier_that_fits_the_window() -> None:
    small, large = filled(
        [Model(name="google:gemini-2.5-pro", context=200_000), Model(name="google:gemini-2.5-pro", context=200_001)],
        THEN,
    )
    assert small.price == Price(input=1.25, output=10, cache_read=0.125)
    assert large.price == Price(input=2.5, output=15, cache_read=0.25)


@pytest.mark.parametrize("name", ["local:x", "ollama:llama3", "openai:nonsense", "", "openai:", "perplexity:sonar"])
def test_what_the_table_does_not_know_or_charges_otherwise_stays_unknown(name: str) -> None:
    (found,) = filled([Model.model_construct(name=name)], THEN)
    assert found.price is None


def test_a_price_that_changes_by_date_is_that_of_the_day() -> None:
    from genai_prices.data_snapshot import get_snapshot
    from genai_prices.types import ConditionalPrice, StartDateConstraint

    name, start = next(
        (f"{provider.id}:{model.id}", price.constraint.start_date)
        for provider in get_snapshot().providers
        for model in provider.models
        if isinstance(model.prices, list)
        for price in model.prices[1:]
        if isinstance(price, ConditionalPrice) and isinstance(price.constraint, StartDateConstraint)
        if model.prices[0].prices != price.prices and provider.id == "openai" and len(model.prices) == 2
    )
    from datetime import UTC, datetime

    day = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp())
    assert filled([Model(name=name)], day - 1)[0].price != filled([Model(name=name)], day)[0].price


def test_the_order_stays_and_the_builtin_model_is_left_alone() -> None:
    models = (BUILTIN, Model(name="local:x"), BUILTIN)
    assert filled(models, THEN) == models


def test_nothing_is_imported_for_models_that_lack_nothing() -> None:
    text = (
        "import sys; from orchestrator.agents.prices import dated, filled; from orchestrator.model.settings import *;"
        "filled([Model(name='builtin'), Model(name='a:b', context=1, price=Price(input=1, output=1))], 0); dated();"
        "print('genai_prices' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60).stdout == "False\n"


def test_without_the_package_prices_stay_unknown() -> None:
    text = (
        "import sys; sys.modules['genai_prices'] = None; from orchestrator.agents.prices import filled;"
        "from orchestrator.model.settings import Model; print(filled([Model(name='openai:gpt-5.2')], 0)[0].price)"
    )
    assert subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60).stdout == "None\n"


def test_the_table_is_dated_by_its_version() -> None:
    assert dated() == f"genai-prices {__version__}"
