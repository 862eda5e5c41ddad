"""What may still be spent: every limit, what counts towards it, and what a call costs before and after it is made."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.model.action import Usage
from orchestrator.model.agent import Agent, AgentExtras
from orchestrator.model.settings import Budget, Model, Price
from orchestrator.routing import Limit, Purse, cost_of, lower, pass_rate, worst_case

PRICE = Price(input=3, output=15, cache_read=0.3, cache_write=3.75)
ALL = Budget(call=0.5, step=1, job=2, day=20, workspace=100)


def agent(**extras: object) -> Agent:
    return Agent.model_validate({"name": "writer", "x-orchestrator": AgentExtras.model_validate(extras)})


def test_cached_tokens_are_counted_once_and_by_their_own_price() -> None:
    usage = Usage(tokens_in=1_000_000, tokens_out=100_000, cache_read=600_000, cache_write=200_000)
    assert cost_of(PRICE, usage) == pytest.approx(0.2 * 3 + 0.6 * 0.3 + 0.2 * 3.75 + 0.1 * 15)


def test_cached_tokens_without_a_price_of_their_own_cost_what_input_costs() -> None:
    usage = Usage(tokens_in=1_000_000, cache_read=600_000, cache_write=200_000)
    assert cost_of(Price(input=3, output=15), usage) == pytest.approx(3.0)
    assert cost_of(PRICE, Usage()) == 0.0


def test_more_cached_tokens_than_tokens_are_no_refund() -> None:
    assert cost_of(Price(input=3, output=15, cache_read=0), Usage(tokens_in=10, cache_read=1_000)) == 0.0


@pytest.mark.parametrize(
    ("purse", "why"),
    [
        (Purse(ALL, 0.0), None),
        (Purse(Budget(call=0.1), 0.0), "may cost $0.2000, over the budget of $0.1000 a call"),
        (Purse(ALL, 0.0, step_spent=0.9), "may cost $0.2000, and $0.9000 of the step's $1.0000 is spent"),
        (Purse(ALL, 1.9), "may cost $0.2000, and $1.9000 of the job's $2.0000 is spent"),
        (Purse(ALL, 0.0, day_spent=19.9), "may cost $0.2000, and $19.9000 of the day's $20.0000 is spent"),
        (
            Purse(ALL, 0.0, day_spent=19.0, reserved=0.9),
            "may cost $0.2000, and $19.0000 of the day's $20.0000 is spent and $0.9000 reserved by other jobs",
        ),
        (
            Purse(ALL, 0.0, workspace_spent=99.0, reserved=0.9),
            "may cost $0.2000, and $99.0000 of the workspace's $100.0000 is spent and $0.9000 reserved by other jobs",
        ),
    ],
)
def test_every_limit_refuses_with_its_figures(purse: Purse, why: str | None) -> None:
    assert purse.refusal(0.2) == why


def test_to_spend_a_limit_to_the_last_cent_is_no_passing_of_it() -> None:
    assert Purse(Budget(job=0.3), 0.1).refusal(0.2) is None


def test_the_most_that_a_call_may_cost_is_the_least_that_any_limit_leaves() -> None:
    assert Purse(ALL, 0.0).most() == 0.5
    assert Purse(ALL, 1.9).most() == pytest.approx(0.1)
    assert Purse(ALL, 0.0, step_spent=0.8).most() == pytest.approx(0.2)
    assert Purse(ALL, 0.0, day_spent=19.0, reserved=0.7).most() == pytest.approx(0.3)
    assert Purse(ALL, 5.0).most() == 0.0
    assert Purse(Budget(), 5.0).most() == 0.0


def test_people_are_warned_at_80_percent_of_each_limit() -> None:
    purse = Purse(ALL, 1.6, step_spent=0.79, day_spent=10, workspace_spent=79, reserved=6)
    assert purse.warnings() == (
        "$1.6000 of the job's $2.0000 is spent: 80%",
        "$10.0000 of the day's $20.0000 is spent and $6.0000 reserved by other jobs: 80%",
        "$79.0000 of the workspace's $100.0000 is spent and $6.0000 reserved by other jobs: 85%",
    )
    assert Purse(Budget(job=0), 0.0).warnings() == ()


def test_limits_are_told_the_narrowest_first() -> None:
    assert Purse(ALL, 1.5, 0.5, 10, 40, reserved=1).limits == (
        Limit("call", 0.5),
        Limit("step", 1, 0.5),
        Limit("job", 2, 1.5),
        Limit("day", 20, 10, 1),
        Limit("workspace", 100, 40, 1),
    )


def test_the_worst_case_counts_the_prompt_where_it_is_known() -> None:
    model = Model(name="a:b", context=100_000, price=Price(input=3, output=15))
    assert worst_case(model, agent(max_output_tokens=1_000), Purse(Budget(), 0), 2_000) == pytest.approx(0.021)


def test_the_worst_case_counts_no_more_output_than_the_model_writes() -> None:
    model = Model(name="a:b", max_output=500, price=Price(input=3, output=15))
    assert worst_case(model, agent(max_output_tokens=1_000), Purse(Budget(), 0), 2_000) == pytest.approx(0.0135)


def test_the_worst_case_is_that_all_of_the_prompt_is_kept_at_its_own_price() -> None:
    model = Model(name="a:b", price=PRICE)
    assert worst_case(model, agent(max_output_tokens=1_000), Purse(Budget(), 0), 2_000) == pytest.approx(0.0225)


def test_an_agent_with_tools_is_reserved_a_full_window_each_further_turn_as_far_as_the_purse_reaches() -> None:
    model = Model(name="a:b", context=100_000, price=Price(input=3, output=15))
    tools = agent(max_output_tokens=1_000, mcp=["search"], max_turns=3)
    assert worst_case(model, tools, Purse(Budget(), 0), 2_000) == pytest.approx(0.021 + 2 * 0.315)
    assert worst_case(model, tools, Purse(Budget(call=0.1), 0), 2_000) == pytest.approx(0.1)
    assert worst_case(model, tools, Purse(Budget(call=0.01), 0), 2_000) == pytest.approx(0.021)
    claudes = agent(max_output_tokens=1_000, max_turns=3).model_copy(update={"tools": "Read, mcp__search__find"})
    assert worst_case(model, claudes, Purse(Budget(), 0), 2_000) == pytest.approx(0.651)


def test_an_answer_that_may_be_sent_back_is_reserved_twice_as_far_as_the_purse_reaches() -> None:
    model = Model(name="a:b", price=Price(input=3, output=15))
    role = agent(max_output_tokens=1_000)
    assert worst_case(model, role, Purse(Budget(), 0), 2_000) == pytest.approx(0.021)
    assert worst_case(model, role, Purse(Budget(), 0), 2_000, 2) == pytest.approx(0.021 + 0.027)
    assert worst_case(model, role, Purse(Budget(job=0.03), 0), 2_000, 2) == pytest.approx(0.03)
    assert worst_case(model, role, Purse(Budget(job=0.01), 0), 2_000, 2) == pytest.approx(0.021)
    assert worst_case(model, agent(max_output_tokens=1_000, max_turns=1), Purse(Budget(), 0), 2_000, 2) == (
        pytest.approx(0.021)
    )
    assert worst_case(Model(name="z:local"), role, Purse(Budget(job=2.0), 0.5), 2_000, 2) == 1.5


def test_a_pass_rate_needs_five_attempts_and_is_never_none_at_all() -> None:
    assert pass_rate(4, 4) is None
    assert pass_rate(4, 5) == 0.8
    assert pass_rate(0, 5) == pytest.approx(1 / 6)


USD = st.floats(min_value=0, max_value=100)
BUDGETS = st.builds(Budget, **{name: st.none() | USD for name in Budget.model_fields})


@settings(deadline=None, derandomize=True, database=None, max_examples=100)
@given(BUDGETS, BUDGETS, USD, USD, USD, USD)
def test_less_money_never_lets_through_what_more_money_refused(
    budget: Budget, less: Budget, spent: float, more: float, reserved: float, cost: float
) -> None:
    rich = Purse(budget, spent, spent, spent, spent, reserved)
    poor = Purse(lower(budget, less), spent + more, spent + more, spent + more, spent + more, reserved)
    if rich.refusal(cost):
        assert poor.refusal(cost)
    if rich.limits:
        assert poor.most() <= rich.most()


@settings(deadline=None, derandomize=True, database=None, max_examples=100)
@given(BUDGETS, USD, USD)
def test_the_most_may_be_spent_and_nothing_above_it(budget: Budget, spent: float, reserved: float) -> None:
    purse = Purse(budget, spent, spent, spent, spent, reserved)
    most = purse.most()
    if most > 0:
        assert purse.refusal(most) is None
        assert purse.refusal(most + 0.01) is not None
