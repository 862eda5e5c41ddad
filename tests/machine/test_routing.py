"""The route of an attempt: the cheapest model that can and may, and why the others may not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.action import Refused, Route
from orchestrator.model.agent import Agent, AgentExtras, BackendKind
from orchestrator.model.settings import Budget, Model, Price, Tier
from orchestrator.routing import NoRoute, Purse, choose, lower, worst_case

UNLIMITED = Purse(Budget(), 0.0)
SMALL = Model(name="a:small", tier=Tier.FAST, context=100_000, price=Price(input=1, output=2))
MIDDLE = Model(name="a:middle", tier=Tier.STANDARD, context=100_000, price=Price(input=3, output=6))
LARGE = Model(
    name="a:large", tier=Tier.STRONG, context=100_000, price=Price(input=9, output=18), capabilities=("vision",)
)
ALL = (LARGE, SMALL, MIDDLE)
BUILTIN = Model(name="builtin")


def agent(model: str = "inherit", **extras: object) -> Agent:
    return Agent.model_validate(
        {"name": "writer", "model": model, "x-orchestrator": AgentExtras.model_validate(extras)}
    )


@pytest.mark.parametrize(
    ("wanted", "extras", "chosen", "reason"),
    [
        ("inherit", {}, "a:small", "the cheapest fast model that can"),
        ("fast", {}, "a:small", "the cheapest fast model that can"),
        ("standard", {}, "a:middle", "the cheapest standard model that can"),
        ("strong", {}, "a:large", "the cheapest strong model that can"),
        ("a:middle", {}, "a:middle", "writer names it"),
        ("inherit", {"capabilities": ["vision"]}, "a:large", "the cheapest strong model that can"),
    ],
)
def test_the_cheapest_model_that_can(wanted: str, extras: dict[str, object], chosen: str, reason: str) -> None:
    route = choose(agent(wanted, **extras), ALL, UNLIMITED)
    assert isinstance(route, Route)
    assert (route.model, route.reason) == (chosen, reason)


def test_every_candidate_that_was_passed_over_is_named_with_the_reason() -> None:
    route = choose(agent("strong"), ALL, UNLIMITED)
    assert isinstance(route, Route)
    assert route.refused == (
        Refused("a:small", "is too weak: fast"),
        Refused("a:middle", "is too weak: standard"),
    )


def test_the_worst_case_is_a_full_window_in_and_the_most_that_may_come_out() -> None:
    assert worst_case(SMALL, agent(max_output_tokens=50_000), UNLIMITED) == pytest.approx(0.1 + 0.1)
    assert worst_case(BUILTIN, agent(), UNLIMITED) == 0.0


def test_a_model_with_no_known_price_may_cost_all_that_a_call_may() -> None:
    assert worst_case(Model(name="z:local"), agent(), Purse(Budget(call=0.5), 0.0)) == 0.5


def test_a_model_with_no_known_price_comes_after_those_whose_price_is_known() -> None:
    route = choose(agent(), (Model(name="z:local"), *ALL), UNLIMITED)
    assert isinstance(route, Route)
    assert route.model == "a:small"


def test_where_only_the_job_is_limited_an_unknown_price_may_cost_all_that_is_left() -> None:
    assert worst_case(Model(name="z:local"), agent(), Purse(Budget(job=2.0), 0.5)) == 1.5


def test_models_that_cost_the_same_go_by_tier_and_name() -> None:
    same = [Model(name=name, tier=tier) for name, tier in (("b", "fast"), ("c", "strong"), ("a", "fast"))]
    route = choose(agent(), same, UNLIMITED)
    assert isinstance(route, Route)
    assert route.model == "a"


@pytest.mark.parametrize("backend", [kind for kind in BackendKind if kind is not BackendKind.MODEL])
def test_what_is_no_model_needs_none(backend: BackendKind) -> None:
    route = choose(agent(backend=backend), (), UNLIMITED)
    assert route == Route(str(backend), f"writer says backend: {backend}")


def test_the_builtin_model_plays_only_roles_that_have_a_builtin_agent() -> None:
    route = choose(agent(), (BUILTIN, SMALL), UNLIMITED)
    assert isinstance(route, Route)
    assert route.model == "a:small"
    route = choose(agent(builtin="draft"), (BUILTIN, SMALL), UNLIMITED)
    assert isinstance(route, Route)
    assert route.model == "builtin"


@pytest.mark.parametrize("wanted", ["strong", "anthropic:claude-haiku-4-5"])
def test_a_fresh_workspace_has_the_builtin_model_for_every_role_that_it_can_play(wanted: str) -> None:
    route = choose(agent(wanted, builtin="draft"), (BUILTIN,), UNLIMITED)
    assert isinstance(route, Route)
    assert (route.model, route.reason) == ("builtin", "no other model is there, and the builtin agent can")
    assert isinstance(choose(agent(wanted), (BUILTIN,), UNLIMITED), NoRoute)


def test_no_model_at_all_is_said() -> None:
    assert choose(agent(), (), UNLIMITED) == NoRoute("the settings name no model", (), is_budget=False)


@pytest.mark.parametrize(
    ("budget", "spent", "why"),
    [
        (Budget(call=0.05), 0.0, "may cost $0.1082, over the budget of $0.0500 a call"),
        (Budget(job=1.0), 0.95, "may cost $0.1082, and $0.9500 of the job's $1.0000 is spent"),
    ],
)
def test_what_may_cost_too_much_is_not_called(budget: Budget, spent: float, why: str) -> None:
    route = choose(agent(), (SMALL,), Purse(budget, spent))
    assert route == NoRoute(f"a:small {why}", (Refused("a:small", why),), is_budget=True)


def test_a_stronger_model_is_one_of_a_higher_tier() -> None:
    route = choose(agent(), ALL, UNLIMITED, stronger_than="a:small")
    assert isinstance(route, Route)
    assert (route.model, route.reason) == ("a:middle", "the next stronger than a:small")
    assert isinstance(choose(agent(), ALL, UNLIMITED, stronger_than="a:large"), NoRoute)
    assert isinstance(choose(agent(), ALL, UNLIMITED, stronger_than="gone"), NoRoute)


LIMITS = st.one_of(st.none(), st.floats(min_value=0, max_value=100))


@settings(deadline=None, derandomize=True, database=None, max_examples=60)
@given(st.lists(LIMITS, min_size=5, max_size=5), st.lists(LIMITS, min_size=5, max_size=5))
def test_a_job_s_own_budget_never_raises_what_it_is_granted(
    granted: list[float | None], own: list[float | None]
) -> None:
    names = list(Budget.model_fields)
    base = Budget(**dict(zip(names, granted, strict=True)))
    lowered = lower(base, Budget(**dict(zip(names, own, strict=True))))
    for name in names:
        limit, least = getattr(base, name), getattr(lowered, name)
        assert limit is None or (least is not None and least <= limit)


@settings(deadline=None, derandomize=True, database=None, max_examples=60)
@given(st.permutations(ALL), st.sampled_from(["inherit", *Tier]))
def test_the_order_of_the_models_does_not_matter(models: list[Model], wanted: str) -> None:
    assert choose(agent(wanted), models, UNLIMITED) == choose(agent(wanted), ALL, UNLIMITED)
