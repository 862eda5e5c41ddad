"""The choice among models: what holds them off, what brings one in front, and what always holds."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.action import Refused, Route
from orchestrator.model.agent import Agent, AgentExtras
from orchestrator.model.settings import Budget, Command, Model, Price, Tier
from orchestrator.routing import NoRoute, Purse, choose, worst_case
from orchestrator.routing.choice import instant

NOW = 1_790_000_000
UNLIMITED = Purse(Budget(), 0.0)
SMALL = Model(name="a:small", tier=Tier.FAST, context=100_000, price=Price(input=1, output=2))
MIDDLE = Model(name="a:middle", tier=Tier.STANDARD, context=100_000, price=Price(input=3, output=6))
LARGE = Model(name="b:large", tier=Tier.STRONG, context=200_000, price=Price(input=9, output=18))
LOCAL = Model(name="z:local")
BUILTIN = Model(name="builtin")
ALL = (LARGE, SMALL, MIDDLE)


def agent(model: str = "inherit", **extras: object) -> Agent:
    return Agent.model_validate(
        {"name": "writer", "model": model, "x-orchestrator": AgentExtras.model_validate(extras)}
    )


def test_the_chosen_and_the_refused_are_all_the_candidates() -> None:
    assert choose(agent(max_output_tokens=1_000), (*ALL, LOCAL, BUILTIN), UNLIMITED, tokens_in=1_000) == Route(
        "a:small",
        "the cheapest fast model that can",
        0.003,
        (
            Refused("builtin", "has no builtin agent for writer"),
            Refused("a:middle", "may cost $0.0090, more than a:small"),
            Refused("b:large", "may cost $0.0270, more than a:small"),
            Refused("z:local", "has no known price, and comes after a:small"),
        ),
    )


def test_models_that_cost_the_same_say_so() -> None:
    twin = SMALL.model_copy(update={"name": "a:twin"})
    route = choose(agent(), (twin, SMALL), UNLIMITED)
    assert isinstance(route, Route)
    assert route.model == "a:small"
    assert route.refused == (Refused("a:twin", "may cost no less than a:small, and comes after it"),)


def test_a_prompt_that_does_not_fit_the_window_goes_to_a_larger_one() -> None:
    route = choose(agent(), ALL, UNLIMITED, tokens_in=98_000)
    assert isinstance(route, Route)
    assert route.model == "b:large"
    why = "has room for 95,904 tokens beside an answer of 4,096, and the prompt may have 98,000"
    assert route.refused == (Refused("a:small", why), Refused("a:middle", why))


def test_the_room_for_the_answer_is_no_more_than_the_model_writes() -> None:
    brief = SMALL.model_copy(update={"max_output": 1_000})
    route = choose(agent(), (brief,), UNLIMITED, tokens_in=98_000)
    assert isinstance(route, Route)
    assert route.reserved_usd == pytest.approx(0.1)


def test_a_prompt_that_fits_nowhere_is_no_matter_of_money_nor_of_time() -> None:
    found = choose(agent(), (SMALL,), Purse(Budget(call=0), 0.0), tokens_in=98_000)
    assert isinstance(found, NoRoute)
    assert (found.is_budget, found.until) == (False, None)


def test_while_a_model_is_down_the_work_goes_to_the_next_and_the_reason_says_so() -> None:
    route = choose(agent(), ALL, UNLIMITED, down={"a:small": NOW + 60}, now=NOW)
    assert isinstance(route, Route)
    assert route.model == "a:middle"
    assert route.reason == "the cheapest standard model that can; a:small is down until 2026-09-21 14:15 UTC"
    assert route.refused[0] == Refused("a:small", "is down until 2026-09-21 14:15 UTC")


def test_a_model_comes_back_when_its_time_is_over() -> None:
    route = choose(agent(), ALL, UNLIMITED, down={"a:small": NOW}, now=NOW)
    assert isinstance(route, Route)
    assert (route.model, route.reason) == ("a:small", "the cheapest fast model that can")


def test_where_all_are_down_the_job_waits_for_the_first_that_comes_back() -> None:
    found = choose(agent(), (SMALL, MIDDLE), UNLIMITED, down={"a:small": NOW + 90, "a:middle": NOW + 60}, now=NOW)
    assert isinstance(found, NoRoute)
    assert (found.is_budget, found.until) == (False, NOW + 60)


def test_a_model_that_is_down_until_a_person_says_retry_is_waited_for_by_nobody() -> None:
    found = choose(agent(), (SMALL,), UNLIMITED, down={"a:small": 0}, now=NOW)
    assert found == NoRoute(
        "a:small is down until a person says retry",
        (Refused("a:small", "is down until a person says retry"),),
        is_budget=False,
    )


def test_a_model_that_is_down_and_too_weak_is_waited_for_by_nobody() -> None:
    found = choose(agent("strong"), (SMALL,), UNLIMITED, down={"a:small": NOW + 60}, now=NOW)
    assert isinstance(found, NoRoute)
    assert found.until is None


def test_a_model_that_is_down_and_too_dear_is_waited_for_by_nobody() -> None:
    found = choose(agent(), (SMALL,), Purse(Budget(call=0.01), 0.0), down={"a:small": NOW + 60}, now=NOW)
    assert isinstance(found, NoRoute)
    assert (found.is_budget, found.until) == (True, None)


def test_the_maker_s_model_is_barred_from_checking() -> None:
    route = choose(agent(), ALL, UNLIMITED, barred={"a:small": "wrote what is to be reviewed"})
    assert isinstance(route, Route)
    assert route.model == "a:middle"
    assert route.refused[0] == Refused("a:small", "wrote what is to be reviewed")


def test_a_barred_builtin_model_is_no_last_resort() -> None:
    role = agent("strong", builtin="review")
    assert isinstance(choose(role, (BUILTIN,), UNLIMITED), Route)
    assert isinstance(choose(role, (BUILTIN,), UNLIMITED, barred={"builtin": "wrote it"}), NoRoute)


def test_by_what_an_accepted_output_costs_a_dearer_model_that_passes_comes_first() -> None:
    route = choose(
        agent(max_output_tokens=1_000),
        ALL,
        UNLIMITED,
        tokens_in=1_000,
        accepted={"a:small": 0.2, "a:middle": 0.9},
    )
    assert route == Route(
        "a:middle",
        "the cheapest standard model that can, by what an accepted output costs",
        0.009,
        (
            Refused("a:small", "may cost $0.0150 for an output that passes, as 20% do, more than a:middle"),
            Refused("b:large", "may cost $0.0270, more than a:middle"),
        ),
    )


def test_of_free_models_the_one_that_passes_more_often_comes_first() -> None:
    free = Price(input=0, output=0)
    models = [Model(name=name, price=free) for name in ("l:a", "l:b")]
    route = choose(agent(), models, UNLIMITED, accepted={"l:a": 0.3, "l:b": 0.6})
    assert isinstance(route, Route)
    assert route.model == "l:b"


def test_an_unknown_price_reserves_all_that_is_left_and_nothing_left_refuses_it() -> None:
    route = choose(agent(), (LOCAL,), Purse(Budget(job=2.0), 0.5))
    assert route == Route("z:local", "the cheapest fast model that can", 1.5)
    found = choose(agent(), (LOCAL,), Purse(Budget(job=2.0), 2.0))
    assert found == NoRoute(
        "z:local may cost nobody knows what, and $2.0000 of the job's $2.0000 is spent",
        (Refused("z:local", "may cost nobody knows what, and $2.0000 of the job's $2.0000 is spent"),),
        is_budget=True,
    )


def test_an_agent_with_tools_needs_the_money_for_one_call_and_has_no_more_than_is_left() -> None:
    role = agent(max_output_tokens=1_000, mcp=["search"])
    route = choose(role, (SMALL,), Purse(Budget(job=0.01), 0.0), tokens_in=1_000)
    assert isinstance(route, Route)
    assert route.reserved_usd == pytest.approx(0.01)
    assert isinstance(choose(role, (SMALL,), Purse(Budget(job=0.01), 0.009), tokens_in=1_000), NoRoute)


def test_where_an_answer_may_be_sent_back_the_money_for_one_call_will_do_and_two_are_reserved() -> None:
    role = agent(max_output_tokens=1_000)
    for usd, reserved in ((1.0, 0.008), (0.005, 0.005)):
        route = choose(role, (SMALL,), Purse(Budget(job=usd), 0.0), tokens_in=1_000, calls=2)
        assert isinstance(route, Route)
        assert route.reserved_usd == pytest.approx(reserved)
    assert isinstance(choose(role, (SMALL,), Purse(Budget(job=0.002), 0.0), tokens_in=1_000, calls=2), NoRoute)


CLAUDE = Command(argv=("claude", "-p"), profile="claude")


@pytest.mark.parametrize(
    ("command", "reserved"),
    [
        (None, 0.0),
        (Command(argv=("tidy",)), 0.0),
        (Command(argv=("tidy",), profile="script"), 0.0),
        (Command(argv=("llm",), profile="text", env=("OPENAI_API_KEY",)), 1.5),
        (Command(argv=("ask",), network=("api.example:443",)), 1.5),
        (CLAUDE, 1.5),
    ],
)
def test_a_program_that_may_cost_money_reserves_all_that_a_call_may_cost(
    command: Command | None, reserved: float
) -> None:
    role = agent(backend="command", command="it")
    route = choose(role, ALL, Purse(Budget(job=2.0), 0.5), command=command)
    assert route == Route("command", "writer says backend: command", reserved)


def test_a_program_that_may_cost_money_is_not_run_where_none_is_left() -> None:
    found = choose(agent(backend="command", command="it"), ALL, Purse(Budget(job=2.0), 2.0), command=CLAUDE)
    assert isinstance(found, NoRoute)
    assert found.is_budget
    assert found.reason == "it may cost nobody knows what, and $2.0000 of the job's $2.0000 is spent"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (0, "1970-01-01 00:00 UTC"),
        (951_782_399, "2000-02-29 00:00 UTC"),
        (951_868_800, "2000-03-01 00:00 UTC"),
        (4_107_542_400, "2100-03-01 00:00 UTC"),
        (NOW + 1, "2026-09-21 14:14 UTC"),
    ],
)
def test_a_time_is_told_in_utc_and_no_earlier_than_it_is(when: int, said: str) -> None:
    assert instant(when) == said


# --- what always holds -----------------------------------------------------------------------------------------------

PRICES = st.none() | st.builds(Price, input=st.sampled_from([0, 1, 3, 9]), output=st.sampled_from([0, 2, 20]))
MODELS = st.lists(
    st.builds(
        Model,
        name=st.sampled_from(["a:1", "a:2", "b:3", "b:4", "c:5", "builtin"]),
        tier=st.sampled_from(Tier),
        capabilities=st.sampled_from([(), ("vision",)]),
        context=st.sampled_from([None, 8_000, 100_000]),
        price=PRICES,
    ),
    max_size=6,
    unique_by=lambda model: model.name,
)
AGENTS = st.builds(
    agent,
    st.sampled_from(["inherit", *Tier, "a:1"]),
    capabilities=st.sampled_from([(), ("vision",)]),
    builtin=st.sampled_from([None, "draft"]),
    mcp=st.sampled_from([(), ("search",)]),
)
PURSES = st.builds(
    Purse,
    st.builds(Budget, call=st.sampled_from([None, 0.01, 0.5]), job=st.sampled_from([None, 0.0, 2.0])),
    st.sampled_from([0.0, 1.9, 2.0]),
)
TOKENS = st.sampled_from([None, 100, 7_000, 90_000])
DOWN = st.dictionaries(st.sampled_from(["a:1", "b:3"]), st.sampled_from([0, NOW - 5, NOW + 5]))
RATES = st.dictionaries(st.sampled_from(["a:1", "a:2", "b:3"]), st.floats(min_value=0, max_value=1))
ONCE = settings(deadline=None, derandomize=True, database=None, max_examples=150)


@ONCE
@given(AGENTS, MODELS, PURSES, TOKENS, DOWN, RATES, st.randoms(use_true_random=False))
def test_the_order_of_the_settings_never_matters_and_no_candidate_is_forgotten(
    role: Agent,
    models: list[Model],
    purse: Purse,
    tokens: int | None,
    down: dict[str, int],
    rates: dict[str, float],
    chance: Random,
) -> None:
    found = choose(role, models, purse, tokens_in=tokens, down=down, accepted=rates, now=NOW)
    mixed = list(models)
    chance.shuffle(mixed)
    assert choose(role, mixed, purse, tokens_in=tokens, down=down, accepted=rates, now=NOW) == found
    named = [refused.model for refused in found.refused] + ([found.model] if isinstance(found, Route) else [])
    assert sorted(named) == sorted(model.name for model in models)
    assert all(refused.reason for refused in found.refused)


@ONCE
@given(AGENTS, MODELS, PURSES, TOKENS, DOWN)
def test_the_choice_never_costs_more_than_another_that_is_fit(
    role: Agent, models: list[Model], purse: Purse, tokens: int | None, down: dict[str, int]
) -> None:
    found = choose(role, models, purse, tokens_in=tokens, down=down, now=NOW)
    if not isinstance(found, Route):
        return
    chosen = next(model for model in models if model.name == found.model)
    for other in models:
        alone = choose(role, [other], purse, tokens_in=tokens, down=down, now=NOW)
        if not isinstance(alone, Route) or alone.reason.startswith("no other model"):
            continue
        assert _dearness(chosen, role, purse, tokens) <= _dearness(other, role, purse, tokens)


def _dearness(model: Model, role: Agent, purse: Purse, tokens: int | None) -> tuple[bool, float]:
    return model.price is None and model.name != "builtin", worst_case(model, role, purse, tokens)


@ONCE
@given(AGENTS, MODELS, PURSES, TOKENS)
def test_no_call_is_reserved_more_than_any_limit_leaves(
    role: Agent, models: list[Model], purse: Purse, tokens: int | None
) -> None:
    found = choose(role, models, purse, tokens_in=tokens)
    if isinstance(found, Route) and found.reserved_usd:
        assert purse.refusal(found.reserved_usd) is None


@ONCE
@given(AGENTS, MODELS, PURSES, TOKENS)
def test_what_no_budget_lets_through_less_money_does_not_either(
    role: Agent, models: list[Model], purse: Purse, tokens: int | None
) -> None:
    poorer = Purse(purse.budget, purse.spent + 0.5)
    if isinstance(choose(role, models, purse, tokens_in=tokens), NoRoute):
        assert isinstance(choose(role, models, poorer, tokens_in=tokens), NoRoute)
