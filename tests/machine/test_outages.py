"""Models that cannot be asked: the work goes on with the next one, waits, or a person is told; and promotion."""

from machine_shapes import SETTINGS, SINGLE, Shape
from machine_world import World, scripted

from orchestrator.model.action import Await, Halt, Run, Stop, Waits

MODELS = """\
models:
- {name: "one:small", tier: fast, price: {input: 1, output: 1}}
- {name: "two:small", tier: fast, price: {input: 2, output: 2}}
- {name: "two:large", tier: strong, price: {input: 20, output: 20}}
"""
FAKES = SETTINGS[SETTINGS.index("models:") : SETTINGS.index("approvers:")]
TWO_PROVIDERS = Shape("two-providers", SINGLE.pipeline, SINGLE.files, settings=SETTINGS.replace(FAKES, MODELS))


def asked(world: World) -> list[str]:
    return [run.route.model for run in world.asked]


def test_when_a_provider_goes_down_in_mid_run_the_work_goes_on_with_the_next_one() -> None:
    world = World(TWO_PROVIDERS)
    said = world.run(scripted(draft=["outage", "outage", "pass"]), is_patient=True)
    assert said == ["draft error", "draft error", "draft passed"]
    assert asked(world) == ["one:small", "one:small", "two:small"]
    assert [run.attempt for run in world.asked] == [1, 1, 1]
    assert world.asked[2].reason == "draft could not be done"
    assert [each.model for each in world.asked[2].route.refused] == ["one:small", "two:large"]
    assert world.state.steps["draft"].down == {}


def test_where_every_provider_is_down_the_job_waits_for_the_first_to_come_back() -> None:
    world = World(TWO_PROVIDERS)
    world.run(scripted(draft=["outage"] * 3))
    world.sleep(2)
    world.run(scripted(draft=["outage"] * 2))
    known = world.state.steps["draft"]
    assert asked(world) == ["one:small", "one:small", "two:small"]
    assert sorted(known.down) == ["one:small", "two:large", "two:small"]
    action = world.decide()
    assert isinstance(action, Await)
    assert (action.waits, action.until) == (Waits.TIME, min(known.down.values()))
    assert (str(world.state.status), world.state.waiting_for) == ("waiting", "time")
    world.sleep(min(known.down.values()) - world.clock)
    assert isinstance(world.decide(), Run)


def test_a_model_that_will_never_do_it_is_passed_over_until_a_person_says_retry() -> None:
    world = World(TWO_PROVIDERS)
    world.run(scripted(draft=["denied:the key is wrong", "denied:no such model", "denied:too large"]))
    assert asked(world) == ["one:small", "two:small", "two:large"]
    action = world.decide()
    assert isinstance(action, Halt)
    assert (action.stop, action.command) == (Stop.NO_MODEL, "orchestrator retry mug draft")
    assert action.reason.endswith("too large")
    world.say("retry", "draft")
    world.run(scripted(draft=["pass"]))
    assert asked(world)[3:] == ["one:small"]
    assert world.outcomes()["draft"] == "passed"


def test_a_busy_provider_is_waited_for_and_not_left() -> None:
    world = World(TWO_PROVIDERS)
    assert world.run(scripted(draft=["transient", "pass"]), is_patient=True) == ["draft error", "draft passed"]
    assert asked(world) == ["one:small", "one:small"]


def test_a_provider_that_says_it_will_be_long_is_left_at_once() -> None:
    world = World(TWO_PROVIDERS)
    world.retry_after = 3_600
    assert world.run(scripted(draft=["transient", "pass"])) == ["draft error", "draft passed"]
    assert asked(world) == ["one:small", "two:small"]


def test_a_usage_limit_of_the_only_provider_is_a_time_to_wake_at_and_nobody_sleeps() -> None:
    world = World(SINGLE)
    world.retry_after = 3_600
    world.advance(lambda run: "transient")
    action = world.decide()
    assert isinstance(action, Await)
    assert (action.waits, action.until) == (Waits.TIME, world.clock + 3_600)


def test_a_program_that_refuses_is_not_asked_again_and_again() -> None:
    files = {**SINGLE.files}
    world = World(Shape("tool", SINGLE.pipeline.replace("agent: writer", "agent: tool"), files))
    world.run(lambda run: "denied:not logged in")
    assert len(world.asked) == 1
    action = world.decide()
    assert isinstance(action, Halt)
    assert action.reason == "no model may do draft: command refused it: not logged in"


def test_a_step_that_fails_twice_on_the_fast_model_is_promoted_and_says_why() -> None:
    world = World(TWO_PROVIDERS)
    assert world.run(scripted(draft=["fail:a", "fail:b", "pass"])) == ["draft failed", "draft failed", "draft passed"]
    assert asked(world) == ["one:small", "one:small", "two:large"]
    assert (world.asked[2].reason, world.asked[2].promoted) == ("draft failed its gate 2 times", 1)
    assert [each.model for each in world.asked[2].route.refused] == ["one:small", "two:small"]


def test_a_step_that_fails_in_one_way_three_times_is_given_to_a_stronger_model_before_it_stops() -> None:
    pipeline = SINGLE.pipeline + "    attempts: 3\n"
    world = World(Shape("three", pipeline, SINGLE.files, settings=TWO_PROVIDERS.settings))
    world.run(lambda run: "fail:the same")
    assert asked(world) == ["one:small", "one:small", "one:small", "two:large"]
    action = world.decide()
    assert isinstance(action, Halt)
    assert action.stop is Stop.SAME_FAILURE


def test_a_promoted_step_whose_strong_model_is_down_waits_and_never_falls_back_to_a_weaker_one() -> None:
    world = World(TWO_PROVIDERS)
    world.run(scripted(draft=["fail:a", "fail:b", "outage", "pass"]), is_patient=True)
    assert asked(world) == ["one:small", "one:small", "two:large", "two:large"]


def test_who_made_the_work_does_not_judge_it_where_the_pipeline_says_so_by_model() -> None:
    pipeline = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [listing.md]}
  judge: {agent: reviewer, reads: [listing.md], writes: [review.yaml], other_model_than: [draft]}
"""
    world = World(Shape("judged", pipeline, SINGLE.files, settings=TWO_PROVIDERS.settings))
    world.run()
    assert asked(world) == ["one:small", "two:small"]
    assert world.asked[1].route.refused[0].reason == "made draft, which judge judges"


def test_an_entry_of_a_model_that_refused_says_error_as_the_record_does() -> None:
    world = World(TWO_PROVIDERS)
    _, made = world.advance(scripted(draft=["denied:the key is wrong"]))
    assert made is not None
    assert dict(made.trailers)["Outcome"] == str(world.state.steps["draft"].outcome) == "error"
