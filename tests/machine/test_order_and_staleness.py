"""The order of steps, when one is stale and when it is not, and what a condition decides."""

import pytest
from machine_shapes import ADA, DIAMOND, EVENT, FOLDERS, SHAPES, SINGLE, STOCK, WEAK_SETTINGS, Shape
from machine_world import World, decided, scripted

from orchestrator.documents.emit import emit_state
from orchestrator.documents.models import parse
from orchestrator.model.action import Await, Done, Run, Skip
from orchestrator.model.state import State

GATES = {"review": "gates"}
AFTER_RESEARCH = ["draft", "design", "validate", "polish", "revalidate", "approve", "publish"]


def done(shape: Shape = STOCK, **params: object) -> World:
    world = World(shape, **(params or (GATES if shape is STOCK else {})))
    world.run()
    assert isinstance(world.decide(), Done)
    return world


def steps_of(said: list[str]) -> list[str]:
    return [line.split(" ")[0] for line in said]


# --- order ------------------------------------------------------------------------------------------------------------


def test_the_stock_job_runs_its_eight_steps_in_order_and_is_done() -> None:
    world = World(**GATES)
    assert world.run() == [
        "research passed",
        "draft passed",
        "design passed",
        "validate passed",
        "polish passed",
        "revalidate passed",
        "approve approved",
        "publish published",
    ]
    assert (world.state.status, world.state.seq) == ("done", 8)


def test_a_finished_job_makes_no_entry() -> None:
    world = done()
    assert world.run() == []
    assert world.decide().reason == "every step is done"


def test_a_step_needs_the_one_above_it_unless_it_says_otherwise() -> None:
    world = World(DIAMOND)
    world.run(scripted(left=["fault"] * 9))
    assert world.outcomes() == {"gather": "passed", "left": "failed", "right": "passed"}


def test_a_step_waits_for_all_that_it_needs() -> None:
    world = World(DIAMOND)
    world.run(scripted(right=["fault"] * 9))
    assert world.outcomes() == {"gather": "passed", "left": "passed", "right": "failed"}


def test_a_branch_that_waits_holds_up_no_other_branch() -> None:
    world = World(DIAMOND)
    world.edit("left.md", "[fails: by hand]\n")
    world.run()
    assert world.outcomes() == {"gather": "passed", "left": "failed", "right": "passed"}


def test_a_time_is_waited_for_before_a_person_is() -> None:
    world = World(DIAMOND)
    world.run(scripted(left=["fault"] * 9, right=["transient"] * 2))
    assert world.state.waiting_for == "time"


# --- (a) a file that no step writes -----------------------------------------------------------------------------------


def test_a_changed_source_re_runs_its_readers_and_what_follows_from_them() -> None:
    world = done()
    world.edit("sources/sales.csv", "day,sold\n1,3\n")
    assert world.decide().reason == "research is stale: sources/sales.csv changed"
    assert steps_of(world.run()) == ["research", *AFTER_RESEARCH]


def test_an_added_and_a_removed_source_make_stale_too() -> None:
    world = done()
    world.edit("sources/notes.md", "new\n")
    assert world.decide().reason == "research is stale: sources/notes.md was added"
    world.run()
    world.delete("sources/notes.md")
    assert world.decide().reason == "research is stale: sources/notes.md was removed"


def test_a_file_that_nobody_reads_makes_nothing_stale() -> None:
    world = done()
    world.edit("unread.md", "new\n")
    assert world.run() == []


def test_a_source_put_back_as_it_was_makes_nothing_stale() -> None:
    world = done()
    was = world.files["brief.md"]
    world.edit("brief.md", "A bowl.\n")
    world.edit("brief.md", was)
    assert world.run() == []


def test_a_stale_step_starts_again_at_attempt_1_and_round_0() -> None:
    world = done()
    world.edit("brief.md", "A bowl.\n")
    world.run(scripted(draft=["fail:a", "pass"]))
    assert (world.state.steps["draft"].attempt, world.state.steps["research"].attempt) == (2, 1)
    world.edit("brief.md", "A mug.\n")
    world.advance()
    action = world.decide()
    assert isinstance(action, Run)
    assert (action.step, action.attempt, action.feedback, action.failed) == ("draft", 1, (), {})


# --- (b) a step before wrote other content since ----------------------------------------------------------------------


def test_a_step_before_that_writes_other_content_makes_its_readers_stale() -> None:
    world = done()
    world.salt = "other"
    world.say("rerun", "validate")
    assert steps_of(world.run()) == ["validate", "polish", "revalidate", "approve", "publish"]


def test_a_step_before_that_writes_the_same_again_makes_nobody_stale() -> None:
    world = done()
    world.say("rerun", "research")
    assert world.run() == ["research passed"]


def test_a_later_step_makes_no_earlier_one_stale() -> None:
    """Polish writes the listing that design and validate have read."""
    world = done()
    world.salt = "other"
    world.say("rerun", "polish")
    assert steps_of(world.run()) == ["polish", "revalidate", "approve", "publish"]


def test_a_step_that_is_not_before_makes_nobody_stale() -> None:
    world = World(DIAMOND)
    world.run()
    world.salt = "other"
    world.say("rerun", "left")
    assert steps_of(world.run()) == ["left", "bind", "approve"]


# --- (c) work that lies under another's -------------------------------------------------------------------------------


def test_work_that_lies_under_an_earlier_step_s_is_done_again() -> None:
    world = done()
    world.salt = "other"
    world.say("rerun", "design")
    world.advance()
    world.advance()
    assert world.decide().reason.startswith("polish is stale")


def test_work_under_an_earlier_step_s_is_done_again_even_where_that_wrote_the_same() -> None:
    """The picture that polish made lies under the one that design made again, which was no other."""
    pipeline = STOCK.pipeline.replace(
        "    reads: [listing.md, design.svg, review.yaml]\n", "    reads: [review.yaml]\n"
    )
    world = World(Shape("unread", pipeline, STOCK.files, said=GATES, found=STOCK.found, settings=WEAK_SETTINGS))
    world.run()
    world.say("rerun", "design")
    world.advance()
    while (action := world.decide()).step != "polish":
        world.advance()
    assert action.reason == "polish is stale: design wrote design.png after it"


# --- (d) params -------------------------------------------------------------------------------------------------------


def test_a_changed_param_re_runs_the_step_that_reads_it() -> None:
    world = done()
    world.set_params(review="gates", tone="warm")
    assert world.decide().reason == "draft is stale: its params changed"
    assert steps_of(world.run()) == AFTER_RESEARCH


def test_a_changed_param_that_a_step_does_not_read_re_runs_nobody() -> None:
    world = done()
    world.set_params(review="gates", other=3)
    assert world.run() == []


def test_a_changed_definition_makes_nothing_stale() -> None:
    world = done()
    world.edit("pipeline.yaml", world.files["pipeline.yaml"].replace("attempts: 3", "attempts: 4"))
    assert world.run() == []


def test_what_a_changed_pipeline_no_longer_has_is_passed_over() -> None:
    world = done()
    text = world.files["pipeline.yaml"]
    world.edit("pipeline.yaml", text[: text.index("  revalidate:")] + text[text.index("  approve:") :])
    assert isinstance(world.decide(), Done)


# --- when -------------------------------------------------------------------------------------------------------------


def test_a_step_whose_condition_is_false_is_skipped() -> None:
    world = World(**GATES)
    world.found["validate"] = 0
    assert world.run()[4] == "polish skipped"
    assert [run.step for run in world.asked] == ["research", "draft", "design", "validate", "revalidate"]


def test_the_files_that_a_condition_names_are_its_step_s_inputs() -> None:
    pipeline = STOCK.pipeline.replace("reads: [listing.md, design.svg, review.yaml]", "reads: [listing.md, design.svg]")
    world = World(Shape("unread", pipeline, STOCK.files, said=GATES, settings=WEAK_SETTINGS))
    world.run()
    assert world.outcomes()["polish"] == "skipped"
    world.edit("review.yaml", "findings:\n- {severity: minor, message: dull}\n")
    world.run()
    assert world.outcomes()["polish"] == "passed"


def test_a_skip_keeps_what_nobody_has_written_since() -> None:
    world = done()
    polished = world.files["listing.md"]
    world.edit("review.yaml", "findings: []\n")
    assert world.run() == ["validate passed", "polish skipped"]
    assert world.files["listing.md"] == polished
    assert sorted(world.state.steps["polish"].outputs) == ["design.png", "design.svg", "listing.md"]


def test_a_skip_lets_go_of_what_others_wrote_since() -> None:
    world = done()
    world.found["validate"] = 0
    world.edit("brief.md", "A bowl.\n")
    world.run()
    assert world.outcomes()["polish"] == "skipped"
    assert world.state.steps["polish"].outputs == {}
    assert isinstance(world.decide(), Done)


def test_a_skipped_step_is_asked_again_when_it_is_stale() -> None:
    world = World(**GATES)
    world.found["validate"] = 0
    world.run()
    world.edit("review.yaml", "findings:\n- {severity: minor, message: dull}\n")
    assert world.run()[:2] == ["validate passed", "polish passed"]


def test_a_condition_is_not_asked_where_rerun_named_the_step() -> None:
    world = World(**GATES)
    world.found["validate"] = 0
    world.run()
    world.say("rerun", "polish")
    assert world.run()[0] == "polish passed"


def test_a_condition_is_not_asked_for_a_rework() -> None:
    world = World(**GATES)
    for _ in range(4):
        world.advance()
    world.advance(lambda run: "fail:loud")
    world.set_params(review="gates", other=1)
    assert world.run()[0] == "polish passed"
    assert world.asked[-2].attempt == 2


def test_a_condition_that_is_true_again_is_no_reason_to_run() -> None:
    """Params that only a condition names count where the definition says that the step reads them."""
    pipeline = SINGLE.pipeline + "    when: params.wanted\n"
    shape = Shape("wanted", pipeline, SINGLE.files, params={"draft": ("wanted",)}, said={"wanted": False})
    world = World(shape)
    assert world.run() == ["draft skipped"]
    world.set_params(wanted=True)
    assert world.run() == ["draft passed"]


def test_a_condition_that_cannot_be_told_waits() -> None:
    pipeline = SINGLE.pipeline + "    when: params.wanted\n"
    world = World(Shape("unsaid", pipeline, SINGLE.files))
    world.run()
    action = world.decide()
    assert isinstance(action, Await)
    assert action.reason == "draft runs only when params.wanted, and that names what is not there"
    assert action.command == "orchestrator rerun mug draft"
    world.say("rerun", "draft")
    assert world.run() == ["draft passed"]


def test_a_skip_reads_what_it_would_have_read() -> None:
    world = World(**GATES)
    world.found["validate"] = 0
    for _ in range(4):
        world.advance()
    action = world.decide()
    assert isinstance(action, Skip)
    assert action.inputs.keys() == {"listing.md", "design.svg", "review.yaml"}
    assert action.reason == "its condition does not hold: review.findings | length > 0"


# --- rewinding, and the files alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_reset_job_decides_as_it_did_and_ends_at_the_same_files(shape: Shape) -> None:
    world = World(shape)
    decided = []
    for _ in range(12):
        decided.append((len(world.history), world.decide()))
        world.advance()
    files = world.files
    for place, action in reversed(decided):
        if not world.outside or not any(out.receipts for out in world.outside.values()):
            world.reset(place - 1)
            assert world.decide() == action
    world.reset(0)
    world.run()
    assert world.files == files


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_equal_files_give_equal_decisions(shape: Shape) -> None:
    world = World(shape)
    for move in ("pass", "fail:loud", "transient", "pass", "fault", "error", "pass", "pass", "refuse", "pass", "pass"):
        state = parse(emit_state(world.state), "state.yaml", State)
        assert state == world.state
        assert decided(world.snapshot(state), world.clock)[1] == world.decide()
        world.advance(lambda run, move=move: move)  # type: ignore[misc]


def test_what_was_spent_before_a_reset_stays_spent() -> None:
    world = World(SINGLE)
    world.run()
    world.reset(0)
    world.run()
    assert (world.state.spend_usd, world.archived, world.snapshot().archived_spend) == (0.01, 0.01, 0.01)


def test_seq_counts_the_orchestrator_s_entries_only() -> None:
    world = World(EVENT)
    world.edit("brief.md", "A bowl.\n", ADA)
    world.run()
    assert [tip.entry.state.seq for tip in world.history if tip.entry] == [1, 2, 3]


def test_a_folder_that_a_step_fills_is_read_whole() -> None:
    world = done(FOLDERS)
    assert sorted(world.state.steps["join"].inputs) == ["pages/split.txt", "sources/sales.csv"]
