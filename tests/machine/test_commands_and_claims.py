"""A person's words as entries, claims left behind by the killed, waits written down once, and the budget."""

import pytest
from machine_shapes import ADA, BEN, EVENT, SETTINGS, SINGLE, Shape
from machine_world import World, scripted

from orchestrator.errors import RefusedError
from orchestrator.model.action import Await, Done, Halt, Run, Settle, Stop, Waits
from orchestrator.model.snapshot import Claim

GATES = {"review": "gates"}


def priced(budget: str) -> Shape:
    """A shape whose two models cost, at worst, 0.25 and 2.5 USD a call."""
    text = SETTINGS.replace(
        '{name: "fake:small", tier: fast}',
        "{name: small, tier: fast, context: 200000, price: {input: 2.5, output: 0}}",
    )
    text = text.replace(
        '{name: "fake:large", tier: strong}',
        "{name: large, tier: strong, context: 200000, price: {input: 25, output: 0}}",
    )
    return Shape("priced", SINGLE.pipeline, SINGLE.files, settings=f"{text}budget: {budget}\n")  # fmt: skip


def halted(world: World) -> Halt:
    action = world.decide()
    assert isinstance(action, Halt)
    return action


# --- words ------------------------------------------------------------------------------------------------------------


def test_a_word_is_an_entry_by_who_said_it() -> None:
    world = World(SINGLE)
    world.run()
    made = world.say("rerun", "draft", BEN, "too dull")
    body = f"{BEN} said rerun: too dull.\n\nNext is to run draft: a person asked for draft anew."
    assert (made.subject, made.body, made.author) == ("mug: draft rerun", body, BEN)
    assert dict(made.trailers) == {
        "Job": "mug", "Seq": "2", "Step": "draft", "Outcome": "rerun", "Base": "b" * 40, "Actor": BEN,
        "Status": "ready", "Spend-USD": "0.01",
    }  # fmt: skip


def test_a_step_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(RefusedError) as refused:
        World(EVENT).say("rerun", "drfat")
    assert str(refused.value) == "mug has no step 'drfat'\nhint: its steps are draft, announce, place"


@pytest.mark.parametrize("word", ["rerun", "keep"])
def test_a_step_that_no_agent_does_has_nothing_to_rerun_or_keep(word: str) -> None:
    with pytest.raises(RefusedError, match=f"announce is no agent's step, so there is nothing to {word}"):
        World(EVENT).say(word, "announce")


def test_a_step_that_stands_has_nothing_to_retry() -> None:
    world = World(SINGLE)
    world.run()
    with pytest.raises(RefusedError) as refused:
        world.say("retry", "draft")
    assert str(refused.value) == (
        "draft has not stopped, so there is nothing to retry\nhint: orchestrator rerun mug draft"
    )


def test_a_cancelled_job_does_nothing_until_it_is_restored() -> None:
    world = World(**GATES)
    world.advance()
    world.say("cancel")
    world.edit("brief.md", "A bowl.\n")
    assert world.run() == []
    assert (halted(world).stop, halted(world).command) == (Stop.CANCELLED, "orchestrator restore mug")
    with pytest.raises(RefusedError, match="mug is cancelled"):
        world.say("rerun", "draft")
    world.say("restore")
    assert world.run()[:2] == ["research passed", "draft passed"]


def test_a_deleted_branch_is_a_cancelled_job() -> None:
    world = World(SINGLE)
    world.is_deleted = True
    assert (halted(world).stop, halted(world).reason) == (Stop.CANCELLED, "its branch was deleted")
    assert world.run() in ([], ["halted"], ["cancelled"])


def test_rerun_keeps_what_later_steps_have_until_it_is_another() -> None:
    world = World(**GATES)
    world.run()
    world.say("rerun", "research")
    assert world.outcomes()["draft"] == "passed"


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_a_wait_is_written_down_once() -> None:
    world = World(SINGLE)
    world.delete("brief.md")
    assert world.run() == ["draft waiting"]
    assert world.run() == []
    assert (world.state.status, world.state.waiting_for) == ("waiting", "brief.md")


def test_a_wait_that_the_last_entry_foresaw_is_no_entry_of_its_own() -> None:
    world = World(SINGLE)
    assert world.run(lambda run: "fail:dull") == ["draft failed", "draft failed"]
    assert (world.state.status, world.state.waiting_for) == ("halted", "draft")


def test_another_wait_is_another_entry() -> None:
    world = World(**GATES)
    world.delete("brief.md")
    world.run()
    world.edit("brief.md", "A mug.\n")
    world.delete("sources/sales.csv")
    world.run(scripted(draft=["fault"] * 9))
    assert (world.state.status, world.state.waiting_for) == ("halted", "draft")


# --- claims -----------------------------------------------------------------------------------------------------------


def test_an_orphaned_claim_is_booked_as_an_interrupted_attempt() -> None:
    world = World(SINGLE)
    world.advance(scripted(draft=["crash"]))
    action, made = world.advance()
    assert isinstance(action, Settle)
    assert made is not None
    assert made.subject == "mug: draft interrupted"
    assert dict(made.trailers)["Cost-USD"] == "0.02"
    known = world.state.steps["draft"]
    assert (str(known.outcome), known.attempt, known.tries) == ("interrupted", 1, 1)
    assert world.state.spend_usd == 0.02
    assert world.run() == ["draft passed"]
    assert world.state.spend_usd == 0.03


def test_a_living_claim_is_waited_for_and_not_written_down() -> None:
    world = World(SINGLE)
    world.claim = Claim("draft", 1, "t" * 40, 0.1, "host:7", 2_000)
    action, made = world.advance()
    assert isinstance(action, Await)
    assert (action.waits, action.reason, action.until) == (Waits.LOCK, "host:7 is running draft", 2_000)
    assert made is None


def test_a_job_that_is_killed_each_time_halts() -> None:
    world = World(SINGLE)
    world.run(lambda run: "crash")
    assert halted(world).reason == "draft could not be done in 5 tries: attempt 1 of draft was cut short"
    assert world.state.spend_usd == 0.1


def test_a_job_that_is_killed_each_time_halts_with_other_work_under_it_too() -> None:
    world = World(**GATES)
    world.run()
    world.edit("brief.md", "A bowl.\n")
    world.run(lambda run: "crash" if run.step == "polish" else "pass")
    assert halted(world).step == "polish"


def test_a_claim_of_a_step_that_stands_here_costs_money_and_nothing_else() -> None:
    """Its attempt was begun on a tip that a reset left."""
    world = World(SINGLE)
    world.run()
    world.claim = Claim("draft", 2, "t" * 40, 0.5, "host:1", 0, is_orphaned=True)
    assert world.run() == ["draft interrupted"]
    assert (world.outcomes(), world.state.spend_usd) == ({"draft": "passed"}, 0.51)
    assert isinstance(world.decide(), Done)


def test_a_claim_of_a_step_whose_turn_it_is_not_leaves_it_as_it_was() -> None:
    world = World(**GATES)
    world.claim = Claim("polish", 1, "t" * 40, 0.5, "host:1", 0, is_orphaned=True)
    world.found["validate"] = 0
    world.run()
    assert world.outcomes()["polish"] == "skipped"


def test_a_claim_of_a_step_that_is_no_more_is_booked() -> None:
    world = World(SINGLE)
    world.claim = Claim("gone", 1, "t" * 40, 0.5, "host:1", 0, is_orphaned=True)
    world.run()
    assert (world.state.spend_usd, world.outcomes()) == (0.51, {"draft": "passed"})


def test_an_interrupted_rerun_may_still_write_what_it_was_let_to() -> None:
    world = World(SINGLE)
    world.run()
    world.edit("listing.md", f"{ADA}'s words\n")
    world.run()
    world.say("rerun", "draft")
    assert world.run(scripted(draft=["crash", "transient", "refuse", "pass"]), is_patient=True)[-1] == "draft passed"
    assert world.breaches == []


# --- the budget -------------------------------------------------------------------------------------------------------


def test_a_call_that_may_cost_more_than_a_call_may_is_not_made() -> None:
    world = World(priced("{call: 0.1}"))
    assert (halted(world).stop, world.asked) == (Stop.BUDGET, [])
    assert halted(world).reason == (
        "no model may do draft: small may cost $0.2500, over the budget of $0.1000 a call; "
        "large may cost $2.5000, over the budget of $0.1000 a call; "
        "a higher limit under budget in orchestrator.yaml on the base lets it go on"
    )


def test_a_dearer_model_that_the_budget_forbids_is_refused_by_name() -> None:
    world = World(priced("{call: 1}"))
    world.run(lambda run: f"fail:{'abcd'[run.attempt]}")
    assert {run.route.model for run in world.asked} == {"small"}
    assert (halted(world).stop, halted(world).reason) == (
        Stop.BUDGET,
        "draft failed its gate 2 times, and no model may do it again: small is too weak: fast; "
        "large may cost $2.5000, over the budget of $1.0000 a call; "
        "a higher limit under budget in orchestrator.yaml on the base lets it go on",
    )


def test_what_was_spent_counts_and_a_reset_refunds_nothing() -> None:
    world = World(priced("{job: 0.255}"))
    world.run(scripted(draft=["fail:a"]))
    assert halted(world).stop is Stop.BUDGET
    world.reset(0)
    assert isinstance(world.decide(), Halt)
    assert len(world.asked) == 1


def test_a_job_s_own_budget_lowers_and_never_raises() -> None:
    world = World(priced("{job: 1}"))
    world.edit("job.yaml", "version: 1\nbudget: {job: 0.1}\n")
    assert halted(world).stop is Stop.BUDGET
    world.edit("job.yaml", "version: 1\nbudget: {job: 100}\n")
    action = world.decide()
    assert isinstance(action, Run)
    assert action.route.reserved_usd == 0.25


def test_a_killed_call_counts_against_the_budget() -> None:
    world = World(priced("{job: 0.5}"))
    world.run(lambda run: "crash")
    assert (world.state.spend_usd, len(world.asked)) == (0.27, 1)
    assert halted(world).stop is Stop.BUDGET
