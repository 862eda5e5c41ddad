"""The failure ladder: retry, rework, promote, reroute, escalate; in order, and bounded."""

import pytest
from machine_shapes import ADA, CHAIN, SETTINGS, SINGLE, STOCK, Shape, role
from machine_world import World, scripted

from orchestrator.machine.ladder import MOST_TRIES
from orchestrator.model.action import Await, Done, Halt, Judge, Run, Stop, Waits
from orchestrator.model.agent import BackendKind
from orchestrator.model.finding import Verdict

GATES = {"review": "gates"}
TWO_MODELS = Shape("promoted", SINGLE.pipeline, SINGLE.files, settings=SETTINGS)


def halted(world: World) -> Halt:
    action = world.decide()
    assert isinstance(action, Halt)
    return action


def running(world: World) -> Run:
    action = world.decide()
    assert isinstance(action, Run)
    return action


# --- retry ------------------------------------------------------------------------------------------------------------


def test_a_transient_fault_waits_for_its_time_and_spends_no_attempt() -> None:
    world = World(SINGLE)
    world.advance(scripted(draft=["transient"]))
    known = world.state.steps["draft"]
    assert (str(known.outcome), known.attempt, known.tries, known.wake_at) == ("error", 1, 1, world.clock + 1)
    action = world.decide()
    assert isinstance(action, Await)
    assert (action.waits, action.until, world.state.waiting_for) == (Waits.TIME, known.wake_at, "time")
    world.sleep(1)
    assert (running(world).attempt, running(world).reason) == (1, "draft could not be done")


def test_each_wait_is_twice_as_long_and_up_to_half_more_and_five_tries_are_all() -> None:
    world = World(SINGLE)
    waits = []
    for _ in range(MOST_TRIES):
        world.advance(lambda run: "transient")
        waits.append((world.state.steps["draft"].wake_at or 0) - world.clock)
        world.sleep(waits[-1])
    assert waits == [1, 2, 6, 12, 21]
    assert all(2**tries <= wait <= 1.5 * 2**tries for tries, wait in enumerate(waits))
    assert (halted(world).stop, halted(world).reason) == (Stop.FAILED, "draft could not be done in 5 tries: no answer")
    assert halted(world).command == "orchestrator retry mug draft"
    assert world.state.steps["draft"].attempt == 1


def test_tries_begin_anew_when_a_try_went_well() -> None:
    world = World(SINGLE)
    said = world.run(scripted(draft=["transient", "fail:a", "transient", "transient", "pass"]), is_patient=True)
    assert said == ["draft error", "draft failed", "draft error", "draft error", "draft passed"]
    assert world.state.steps["draft"].attempt == 2


def test_a_retry_is_the_same_inputs_and_findings_again() -> None:
    world = World(**GATES)
    moves = scripted(polish=["fail:loud", "transient", "pass"])
    world.run(moves, is_patient=True)
    _, rework, retry = [run for run in world.asked if run.step == "polish"]
    assert [f.message for f in rework.feedback] == ["loud", "loud", "loud"]
    assert (retry.inputs, retry.feedback, retry.failed) == (rework.inputs, rework.feedback, rework.failed)
    assert retry.attempt == rework.attempt == 2


def test_an_interrupted_rework_is_the_same_inputs_and_findings_again() -> None:
    world = World(**GATES)
    world.run(scripted(polish=["fail:loud", "crash", "pass"]), is_patient=True)
    _, rework, retry = [run for run in world.asked if run.step == "polish"]
    assert (retry.inputs, retry.feedback, retry.failed) == (rework.inputs, rework.feedback, rework.failed)


def test_what_was_sent_back_keeps_its_findings_over_a_retry() -> None:
    world = World(**GATES)
    world.critical = {"revalidate": 1}
    for _ in range(6):
        world.advance()
    world.critical = {}
    world.run(scripted(polish=["transient", "crash", "pass"]), is_patient=True)
    assert [[f.message for f in run.feedback] for run in world.asked if run.step == "polish"][1:] == [
        ["critical 0"]
    ] * 3


def test_a_retry_on_other_inputs_is_no_retry() -> None:
    world = World(SINGLE)
    world.run(scripted(draft=["fail:a", *["transient"] * 3]))
    world.edit("brief.md", "A bowl.\n")
    assert (running(world).attempt, running(world).feedback) == (1, ())
    world.advance(lambda run: "transient")
    assert world.state.steps["draft"].tries == 1


def test_a_step_that_was_to_be_tried_again_is_skipped_when_its_condition_fell_meanwhile() -> None:
    world = World(**GATES)
    world.run(scripted(polish=["transient"]))
    world.edit("review.yaml", "findings: []\n")
    world.run(is_patient=True)
    assert world.outcomes()["polish"] == "skipped"


@pytest.mark.parametrize("move", ["fault", "transient", "refuse", "nothing", "error", "crash", "fail:same"])
@pytest.mark.parametrize("step", ["polish", "design"])
def test_a_step_under_which_others_wrote_anew_fails_a_bounded_number_of_times(step: str, move: str) -> None:
    world = World(**GATES)
    world.run()
    world.edit("brief.md", "A bowl.\n")
    asked = len(world.asked)
    world.run(lambda run: move if run.step == step else "pass", is_patient=True)
    assert len([run for run in world.asked[asked:] if run.step == step]) <= MOST_TRIES
    assert isinstance(world.decide(), Done if move == "error" else Halt)


@pytest.mark.parametrize("move", ["fault", "transient", "refuse", "nothing", "error", "crash", "fail:same"])
def test_a_step_whose_work_was_deleted_fails_a_bounded_number_of_times(move: str) -> None:
    world = World(**GATES)
    world.run()
    world.delete("listing.md")
    asked = len(world.asked)
    world.run(lambda run: move if run.step == "polish" else "pass", is_patient=True)
    assert len([run for run in world.asked[asked:] if run.step == "polish"]) <= MOST_TRIES
    assert [run.step for run in world.asked[asked:] if run.step not in ("polish", "revalidate")] == []


def test_a_check_that_cannot_run_is_tried_again_without_the_agent() -> None:
    world = World(SINGLE)
    world.advance(scripted(draft=["error"]))
    action = world.decide()
    assert isinstance(action, Judge)
    assert (action.takes_over, action.inputs) == (False, world.state.steps["draft"].inputs)
    assert world.run() == ["draft passed"]
    assert len(world.asked) == 1
    assert world.state.steps["draft"].wrote == 1


def test_a_check_that_never_runs_halts_and_burns_no_attempt() -> None:
    world = World(SINGLE)
    world.broken_checks = 100
    assert world.run() == ["draft error"] * MOST_TRIES
    assert (halted(world).stop, len(world.asked), world.state.steps["draft"].attempt) == (Stop.FAILED, 1, 1)
    assert world.state.steps["draft"].checks == {"marks": Verdict.ERROR}


# --- rework -----------------------------------------------------------------------------------------------------------


def test_rework_has_the_findings_and_what_failed() -> None:
    world = World(SINGLE)
    world.advance(scripted(draft=["fail:too long"]))
    run = running(world)
    assert (run.attempt, run.reason) == (2, "draft failed its gate")
    assert [(f.file, f.message) for f in run.feedback] == [("listing.md", "too long")]
    assert run.failed == world.ids({"listing.md": world.files["listing.md"]})


def test_what_a_failed_attempt_wrote_is_committed_and_seen() -> None:
    world = World(SINGLE)
    world.advance(scripted(draft=["fail:too long"]))
    listing = world.ids(world.files)["listing.md"]
    assert "[fails: too long]" in world.files["listing.md"]
    assert world.state.steps["draft"].outputs == {"listing.md": listing}
    assert (world.state.seen["listing.md"].id, world.state.seen["listing.md"].by) == (listing, "writer")


def test_attempts_are_two_unless_the_step_says_more() -> None:
    world = World(**GATES)
    world.run(lambda run: "fail:" + "abcdef"[run.attempt] if run.step == "draft" else "pass")
    assert [run.attempt for run in world.asked if run.step == "draft"] == [1, 2, 3]
    assert halted(world).reason == "draft failed after 3 attempts: listing.md: d"
    world = World(SINGLE)
    world.run(lambda run: "fail:" + "abcdef"[run.attempt])
    assert [run.attempt for run in world.asked] == [1, 2]


def test_a_step_that_writes_what_it_reads_starts_again_from_its_first_inputs() -> None:
    world = World(**GATES)
    world.run(scripted(polish=["fail:loud", "pass"]))
    first, rework = [run for run in world.asked if run.step == "polish"]
    assert rework.inputs == first.inputs
    assert rework.failed.keys() == {"listing.md", "design.svg", "design.png"}


def test_a_rework_that_leaves_a_file_as_it_was_at_first_leaves_no_failed_text_behind() -> None:
    world = World(**GATES)
    world.run(scripted(polish=["fail:loud", "partial"]))
    assert "[fails" not in world.files["design.svg"]
    assert isinstance(world.decide(), Done)


def test_what_admission_refuses_is_reworked_with_what_was_refused() -> None:
    world = World(SINGLE)
    world.advance(scripted(draft=["refuse:.envrc"]))
    assert world.outcomes() == {"draft": "refused"}
    assert "listing.md" not in world.files
    assert [f.message for f in running(world).feedback] == [".envrc may not be written"]


def test_a_fault_that_will_not_pass_spends_an_attempt() -> None:
    world = World(SINGLE)
    assert world.run(lambda run: "fault") == ["draft failed", "draft failed"]
    assert halted(world).reason == "draft failed after 2 attempts: no answer"


# --- promote ----------------------------------------------------------------------------------------------------------


def test_a_stronger_model_follows_when_the_attempts_are_spent() -> None:
    world = World(TWO_MODELS)
    world.run(lambda run: f"fail:{'abcdef'[run.attempt]}")
    assert [(run.attempt, run.route.model, run.promoted) for run in world.asked] == [
        (1, "fake:small", 0),
        (2, "fake:small", 0),
        (3, "fake:large", 1),
        (4, "fake:large", 1),
    ]
    assert world.asked[2].route.reason == "the next stronger than fake:small"
    assert halted(world).reason == "draft failed after 4 attempts: listing.md: e"


def test_a_promoted_step_stays_with_the_stronger_model_over_a_retry() -> None:
    world = World(TWO_MODELS)
    world.run(scripted(draft=["fail:a", "fail:b", "transient", "crash", "pass"]), is_patient=True)
    assert [run.route.model for run in world.asked][2:] == ["fake:large"] * 3


def test_a_stale_step_begins_with_the_cheapest_model_again() -> None:
    world = World(TWO_MODELS)
    world.run(scripted(draft=["fail:a", "fail:b", "pass"]))
    world.edit("brief.md", "A bowl.\n")
    assert (running(world).route.model, running(world).attempt, running(world).promoted) == ("fake:small", 1, 0)


def test_a_program_is_not_promoted() -> None:
    shape = Shape(
        "tool", SINGLE.pipeline, SINGLE.files, settings=SETTINGS, roles={"writer": role("w", BackendKind.COMMAND)}
    )
    world = World(shape)
    world.run(lambda run: f"fail:{'abcdef'[run.attempt]}")
    assert [run.route.model for run in world.asked] == ["command"] * 2


# --- reroute ----------------------------------------------------------------------------------------------------------


def fallen(world: World, times: int) -> None:
    """Run with a reviewer who says no that many times."""
    said = [0]

    def move(run: Run) -> str:
        said[0] += run.step == "revalidate"
        world.critical = {"revalidate": int(said[0] <= times)}
        return "pass"

    world.run(move)


def test_a_failing_review_sends_the_job_back_with_its_findings() -> None:
    world = World(**GATES)
    fallen(world, 1)
    assert [run.step for run in world.asked][4:] == ["polish", "revalidate", "polish", "revalidate"]
    back = world.asked[6]
    assert (back.attempt, back.reason) == (1, "polish was sent back with findings")
    assert [f.message for f in back.feedback] == ["critical 0"]
    assert world.state.steps["revalidate"].round == 1


def test_a_goto_marks_the_steps_between_and_keeps_what_they_read_and_wrote() -> None:
    world = World(**GATES)
    world.critical = {"revalidate": 1}
    for _ in range(5):
        world.advance()
    before = world.state.steps
    _, made = world.advance()
    after = world.state.steps
    assert made is not None
    assert made.subject == "mug: revalidate failed"
    assert {name: str(known.outcome) for name, known in after.items()} == {
        "research": "passed", "draft": "passed", "design": "passed", "validate": "passed",
        "polish": "due", "revalidate": "due",
    }  # fmt: skip
    assert (after["polish"].inputs, after["polish"].outputs) == (before["polish"].inputs, before["polish"].outputs)
    assert (after["revalidate"].round, after["polish"].round) == (1, 0)


def test_goto_goes_on_from_what_the_target_wrote() -> None:
    world = World(**GATES)
    fallen(world, 1)
    first, again = [run for run in world.asked if run.step == "polish"]
    assert again.inputs["listing.md"] not in first.inputs.values()


def test_when_is_not_asked_of_a_step_that_goto_named() -> None:
    world = World(**GATES)
    world.found["validate"] = 0
    fallen(world, 1)
    assert [run.step for run in world.asked][4:] == ["revalidate", "polish", "revalidate"]


def test_rounds_are_bounded_and_then_a_person_is_asked() -> None:
    world = World(**GATES)
    fallen(world, 99)
    assert [run.step for run in world.asked].count("revalidate") == 4
    assert halted(world).reason == "revalidate failed after 1 attempt and 3 rounds: recheck.yaml: critical 0"
    assert halted(world).command == "orchestrator retry mug revalidate"


def test_a_new_brief_starts_at_round_0_again() -> None:
    world = World(**GATES)
    fallen(world, 1)
    world.edit("brief.md", "A bowl.\n")
    fallen(world, 3)
    assert world.state.steps["revalidate"].round == 3
    assert isinstance(world.decide(), Done)


def test_a_reviewer_is_not_asked_until_it_says_yes() -> None:
    """A failing check on other steps' files is a verdict: never reworked, never promoted."""
    shape = Shape("strict", STOCK.pipeline.replace("    on_fail: {goto: polish, rounds: 3}\n", ""), STOCK.files,
                  said=GATES, found=STOCK.found, settings=SETTINGS)  # fmt: skip
    world = World(shape)
    fallen(world, 99)
    assert [run.step for run in world.asked].count("revalidate") == 1
    assert halted(world).step == "revalidate"


def test_gotos_that_cross_come_to_rest() -> None:
    world = World(CHAIN)
    world.run(lambda run: "pass" if run.step == "outline" else "fail:no")
    assert isinstance(world.decide(), Halt)
    world = World(CHAIN)
    world.critical = {"proof": 1}
    world.run()
    assert isinstance(world.decide(), Halt)


# --- escalate ---------------------------------------------------------------------------------------------------------


def test_the_same_failure_three_times_stops_the_ladder() -> None:
    world = World(TWO_MODELS)
    world.run(lambda run: f"fail:{run.attempt} words too many")
    assert len(world.asked) == 3
    reason = "draft failed 3 times in the same way: listing.md: 3 words too many"
    assert (halted(world).stop, halted(world).reason) == (Stop.SAME_FAILURE, reason)


def test_other_failures_between_do_not_hide_the_same_failure() -> None:
    pipeline = SINGLE.pipeline + "    attempts: 9\n"
    world = World(Shape("nine", pipeline, SINGLE.files))
    world.run(scripted(draft=["fail:a", "fail:b", "fail:a", "fail:b", "fail:a", "pass"]))
    assert halted(world).stop is Stop.SAME_FAILURE
    assert len(world.asked) == 5


def test_a_retry_between_does_not_forget_the_same_failure() -> None:
    pipeline = SINGLE.pipeline + "    attempts: 9\n"
    world = World(Shape("nine", pipeline, SINGLE.files))
    world.run(scripted(draft=["fail:a", "transient", "fail:a", "crash", "fail:a", "pass"]), is_patient=True)
    assert halted(world).stop is Stop.SAME_FAILURE


def test_retry_by_a_person_starts_a_halted_step_again_at_attempt_1() -> None:
    world = World(SINGLE)
    world.run(lambda run: "fail:dull")
    made = world.say("retry")
    assert (made.subject, world.state.status) == ("mug: draft retry", "ready")
    run = running(world)
    assert (run.attempt, run.reason) == (1, "a person asked to try draft again")
    assert [f.message for f in run.feedback] == ["dull"]
    world.run()
    assert isinstance(world.decide(), Done)


def test_retry_starts_polish_again_from_its_first_inputs() -> None:
    world = World(**GATES)
    world.run(lambda run: "fail:dull" if run.step == "polish" else "pass")
    first = next(run for run in world.asked if run.step == "polish")
    world.say("retry")
    assert running(world).inputs == first.inputs


def test_an_edit_mends_a_halted_step() -> None:
    world = World(SINGLE)
    world.run(lambda run: "fail:dull")
    world.edit("listing.md", "Ada's words\n")
    assert world.run() == ["draft passed"]
    assert world.state.steps["draft"].by == ADA
    assert isinstance(world.decide(), Done)
