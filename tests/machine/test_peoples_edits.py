"""What people write into a job is judged, never written over without their word, and read by those that read it."""

import pytest
from machine_shapes import ADA, BEN, FOLDERS, PERSON, SINGLE, STOCK, Shape
from machine_world import World, scripted

from orchestrator.errors import RefusedError
from orchestrator.model.action import Await, Done, Judge, Run

GATES = {"review": "gates"}
"""No person is asked: the stock job runs through to done."""


def done(shape: Shape = STOCK, **params: object) -> World:
    world = World(shape, **(params or (GATES if shape is STOCK else {})))
    world.run()
    assert isinstance(world.decide(), Done)
    return world


def waiting(world: World) -> Await:
    action = world.decide()
    assert isinstance(action, Await)
    return action


def test_an_edit_after_polish_is_judged_by_polish_and_re_runs_only_what_comes_after() -> None:
    world = done()
    world.edit("listing.md", "Ada's words\n")
    assert world.run() == ["polish passed", "revalidate passed", "approve approved", "publish published"]
    assert world.files["listing.md"] == "Ada's words\n"
    assert world.state.seen["listing.md"].by == ADA


def test_an_edit_invokes_nobody_for_its_own_judgement() -> None:
    world = done()
    asked = len(world.asked)
    world.edit("listing.md", "Ada's words\n")
    action, _ = world.advance()
    assert isinstance(action, Judge)
    assert (action.step, action.takes_over, action.reason) == ("polish", False, f"listing.md was edited by {ADA}")
    assert len(world.asked) == asked


def test_an_edit_changes_what_the_step_wrote_and_not_what_it_read() -> None:
    world = done()
    before = world.state.steps["polish"]
    world.edit("listing.md", "Ada's words\n")
    world.advance()
    after = world.state.steps["polish"]
    assert (after.ran, after.inputs) == (before.ran, before.inputs)
    assert (after.wrote, after.by) == (world.state.seq, ADA)
    assert after.outputs["listing.md"] == world.ids(world.files)["listing.md"]
    assert after.outputs["design.svg"] == before.outputs["design.svg"]


def test_an_edit_is_judged_before_a_stale_step_runs() -> None:
    world = done()
    world.edit("brief.md", "A bowl.\n")
    world.edit("research.md", "Ada's notes\n", BEN)
    action, _ = world.advance()
    assert isinstance(action, Judge)
    assert action.step == "research"


def test_edits_of_two_steps_are_judged_in_the_order_of_the_pipeline() -> None:
    world = done()
    world.edit("recheck.yaml", "findings: []\n")
    world.edit("research.md", "Ada's notes\n")
    first, _ = world.advance()
    second, _ = world.advance()
    assert [(type(a).__name__, a.step) for a in (first, second)] == [("Judge", "research"), ("Judge", "revalidate")]


def test_the_same_words_again_are_no_edit() -> None:
    world = done()
    world.edit("listing.md", world.files["listing.md"])
    assert world.run() == []


def test_an_edit_that_fails_waits_for_the_person_and_nobody_reworks_it() -> None:
    world = done()
    world.edit("listing.md", "[fails: too loud]\n")
    asked = len(world.asked)
    assert world.run() == ["polish failed"]
    assert len(world.asked) == asked
    assert waiting(world).reason == f"{ADA}'s listing.md fails the gate of polish: listing.md: too loud"
    assert world.files["listing.md"] == "[fails: too loud]\n"


def test_an_edit_of_a_reviewer_s_file_that_fails_sends_nobody_back() -> None:
    world = done()
    world.edit("recheck.yaml", "findings:\n- {severity: critical, message: ugly}\n")
    assert world.run() == ["revalidate failed"]
    assert world.outcomes()["polish"] == "passed"


def test_the_person_mends_a_failed_edit_by_another() -> None:
    world = done()
    world.edit("listing.md", "[fails: too loud]\n")
    world.run()
    world.edit("listing.md", "softly\n")
    assert world.run() == ["polish passed", "revalidate passed", "approve approved", "publish published"]


def test_of_two_files_the_one_that_the_finding_names_is_asked_for() -> None:
    world = World(PERSON)
    world.edit("answers.md", "yes\n")
    world.edit("consent.md", "[fails: unsigned]\n")
    world.run()
    assert waiting(world).subject == "consent.md"


def test_a_persons_file_is_not_written_over_when_the_brief_changes() -> None:
    world = World(**GATES)
    world.found["validate"] = 0
    world.run()
    world.edit("listing.md", "Ada's words\n")
    world.run()
    world.edit("brief.md", "A bowl.\n")
    assert world.run() == ["research passed"]
    assert waiting(world).reason == (
        f"listing.md is {ADA}'s, and draft would write it anew (draft is stale: brief.md changed); "
        "orchestrator rerun mug draft lets it"
    )
    assert waiting(world).command == "orchestrator keep mug draft"
    assert world.files["listing.md"] == "Ada's words\n"


def test_rerun_is_the_word_that_lets_an_agent_write_a_persons_file_anew() -> None:
    world = done(SINGLE)
    world.edit("listing.md", "Ada's words\n")
    world.run()
    world.edit("brief.md", "A bowl.\n")
    world.run()
    world.say("rerun", "draft")
    assert world.run() == ["draft passed"]
    assert world.files["listing.md"].startswith("listing.md by draft")
    assert world.breaches == []


def test_keep_makes_the_files_as_they_are_the_output_of_the_step() -> None:
    world = done(SINGLE)
    world.edit("listing.md", "Ada's words\n")
    world.run()
    world.edit("brief.md", "A bowl.\n")
    world.run()
    world.say("keep", "draft")
    asked = len(world.asked)
    assert world.run() == ["draft passed"]
    assert (world.files["listing.md"], len(world.asked)) == ("Ada's words\n", asked)
    assert isinstance(world.decide(), Done)


def test_keep_judges_again() -> None:
    world = done(SINGLE)
    world.edit("listing.md", "[fails: dull]\n")
    world.run()
    world.edit("brief.md", "A bowl.\n")
    world.run()
    world.say("keep", "draft")
    assert world.run() == ["draft failed"]
    assert isinstance(world.decide(), Await)


def test_keep_lasts_for_these_inputs_only() -> None:
    world = done(SINGLE)
    world.edit("listing.md", "Ada's words\n")
    world.say("keep", "draft")
    world.run()
    world.edit("brief.md", "A bowl.\n")
    world.run()
    assert "would write it anew" in waiting(world).reason


def test_keep_of_what_is_not_there_is_refused() -> None:
    world = World(SINGLE)
    with pytest.raises(RefusedError) as refused:
        world.say("keep", "draft")
    assert str(refused.value) == (
        "draft writes listing.md, which is not there to be kept\n"
        "hint: orchestrator edit mug listing.md, or rerun mug draft"
    )


def test_what_is_deleted_after_keep_was_said_is_made_anew() -> None:
    world = done(SINGLE)
    world.say("keep", "draft")
    world.delete("listing.md")
    assert world.run() == ["draft passed"]
    assert "listing.md" in world.files


def test_polish_goes_on_from_what_a_person_wrote() -> None:
    world = World(**GATES)
    for _ in range(4):
        world.advance()
    world.edit("listing.md", "Ada's words\n")
    runs = len(world.asked)
    world.run()
    polish = next(run for run in world.asked[runs:] if run.step == "polish")
    assert polish.inputs["listing.md"] == world.ids({"x": "Ada's words\n"})["x"]
    assert world.breaches == []


def test_retry_is_no_word_to_write_over_a_persons_text() -> None:
    """Polish starts a retry from its first inputs, but not where a person has written since."""
    world = done()
    world.edit("listing.md", "[fails: too loud]\n")
    world.run()
    world.say("retry", "polish")
    world.run()
    assert world.breaches == []


def test_a_person_does_a_step_that_has_not_run() -> None:
    world = World(**GATES)
    world.edit("research.md", "Ada's notes\n")
    action = world.decide()
    assert isinstance(action, Judge)
    assert (action.step, action.takes_over, action.reason) == ("research", True, "a person has done research")
    world.run()
    assert world.asked[0].step == "draft"
    assert (world.state.steps["research"].by, world.outcomes()["research"]) == (ADA, "passed")


def test_a_step_done_by_a_person_is_judged_when_its_turn_comes() -> None:
    world = World(**GATES)
    world.edit("listing.md", "Ada's words\n")
    action, _ = world.advance()
    assert (type(action), action.step) == (Run, "research")
    action, _ = world.advance()
    assert (type(action), action.step) == (Judge, "draft")


def test_half_a_step_done_by_a_person_waits_for_keep_or_rerun() -> None:
    world = World(**GATES)
    world.edit("design.svg", "<svg/>\n")
    assert world.run() == ["research passed", "draft passed"]
    assert waiting(world).reason == (
        f"design.svg is {ADA}'s, and design would write it anew (design has not run); "
        "orchestrator rerun mug design lets it"
    )


def test_half_of_a_person_s_work_offers_no_keep_where_the_other_half_is_gone() -> None:
    world = World(**GATES)
    world.edit("design.svg", "<svg/>\n")
    world.run()
    assert waiting(world).command == "orchestrator edit mug design.png"


def test_deleting_an_artifact_makes_its_step_due() -> None:
    world = done()
    world.delete("research.md")
    assert world.decide().reason == "research.md is gone"
    world.run()
    assert "research.md" in world.files


def test_what_is_made_again_as_it_was_re_runs_nobody() -> None:
    world = done()
    world.delete("research.md")
    assert world.run() == ["research passed"]


def test_deleting_what_polish_wrote_last_makes_polish_start_from_what_it_read() -> None:
    world = done()
    first = world.state.steps["polish"].inputs
    world.delete("listing.md")
    action = world.decide()
    assert isinstance(action, Run)
    assert (action.step, action.inputs["listing.md"]) == ("polish", first["listing.md"])


def test_a_missing_input_waits_for_the_person() -> None:
    world = World(**GATES)
    world.delete("brief.md")
    assert world.run() == ["research waiting"]
    assert waiting(world).reason == "research reads brief.md, which is not there"
    assert waiting(world).command == "orchestrator edit mug brief.md"
    world.edit("brief.md", "A mug.\n")
    assert world.run()[0] == "research passed"


def test_a_missing_input_waits_before_a_retry_too() -> None:
    world = World(SINGLE)
    world.advance(scripted(draft=["transient"]))
    world.delete("brief.md")
    assert waiting(world).reason == "draft reads brief.md, which is not there"


def test_an_empty_folder_is_no_missing_input() -> None:
    world = World(**GATES)
    world.delete("sources/sales.csv")
    assert world.run()[0] == "research passed"


def test_an_edit_does_not_settle_a_step_whose_attempt_wrote_nothing() -> None:
    """The draft is due for a new brief and its provider is busy: Ada's edit of the old text is no answer to that."""
    world = done(SINGLE)
    world.edit("brief.md", "A bowl.\n")
    world.advance(scripted(draft=["transient"]))
    world.edit("listing.md", "Ada's words\n")
    world.run(is_patient=True)
    assert waiting(world).command == "orchestrator keep mug draft"
    assert world.state.seen["listing.md"].by == ADA


@pytest.mark.parametrize("move", ["fault", "refuse", "transient", "crash"])
def test_two_edits_do_not_settle_it_either(move: str) -> None:
    world = done(SINGLE)
    world.edit("brief.md", "A bowl.\n")
    world.advance(scripted(draft=[move]))
    for text in ("Ada's words\n", "Ada's other words\n"):
        world.edit("listing.md", text)
        world.run(is_patient=True)
    assert waiting(world).command == "orchestrator keep mug draft"


def test_an_edit_takes_back_the_rerun_that_was_said_before_it() -> None:
    world = done(SINGLE)
    world.say("rerun", "draft")
    world.edit("listing.md", "Ada's words\n")
    world.run()
    assert world.files["listing.md"] == "Ada's words\n"
    assert waiting(world).command == "orchestrator keep mug draft"


def test_an_edit_of_polished_work_takes_back_the_rerun_of_the_draft_too() -> None:
    world = done()
    world.say("rerun", "draft")
    world.edit("listing.md", "Ada's words\n")
    assert world.run() == ["polish passed"]
    assert world.files["listing.md"] == "Ada's words\n"
    assert waiting(world).step == "draft"


def test_rerun_speaks_of_an_edit_that_was_not_judged_yet() -> None:
    world = done()
    world.edit("listing.md", "Ada's words\n")
    world.say("rerun", "draft")
    assert "draft passed" in world.run()
    assert world.files["listing.md"] != "Ada's words\n"
    assert world.breaches == []


def test_rerun_of_a_step_that_never_ran_speaks_of_no_later_text() -> None:
    world = World(**GATES)
    world.say("rerun", "design")
    world.edit("design.png", "png\n")
    assert world.run() == ["research passed", "draft passed"]
    assert waiting(world).subject == "design.png"


def test_a_step_sent_back_goes_on_from_the_edit_that_came_meanwhile() -> None:
    world = World(**GATES)
    world.critical = {"revalidate": 1}
    for _ in range(6):
        world.advance()
    assert world.outcomes()["polish"] == "due"
    world.edit("listing.md", "Ada's words\n")
    world.critical = {}
    asked = len(world.asked)
    world.run()
    assert [run.step for run in world.asked[asked:]] == ["polish", "revalidate"]
    assert [f.message for f in world.asked[asked].feedback] == ["critical 0"]
    assert world.breaches == []


def test_an_agent_that_fails_to_write_is_not_taken_for_the_person_whose_file_stands_there() -> None:
    world = done(SINGLE)
    world.edit("listing.md", "Ada's words\n")
    world.run()
    world.say("rerun", "draft")
    assert world.run(scripted(draft=["refuse"])) == ["draft refused", "draft passed"]


def test_a_halted_step_gives_way_to_a_person_who_does_its_work() -> None:
    world = World(SINGLE)
    world.run(lambda run: "fault")
    world.edit("listing.md", "Ada's words\n")
    world.run()
    assert waiting(world).command == "orchestrator keep mug draft"
    world.say("keep", "draft")
    world.run()
    assert isinstance(world.decide(), Done)


def test_a_file_of_a_skipped_step_that_a_person_writes_is_judged_by_that_step() -> None:
    pipeline = SINGLE.pipeline + "\n".join(
        [
            "  extra:",
            "    agent: editor",
            "    when: params.extra",
            "    writes: [extra.md]",
            "  last:",
            "    agent: editor",
            "    reads: [extra/, listing.md, '*.md']",
            "    writes: [book.txt]",
            "",
        ]
    )
    world = done(Shape("extra", pipeline, SINGLE.files, said={"extra": False}))
    assert world.outcomes()["extra"] == "skipped"
    world.edit("extra.md", "Ada's words\n")
    assert world.run() == ["extra passed", "last passed"]


def test_a_file_put_into_a_folder_that_a_step_fills_is_judged_by_it_and_read() -> None:
    world = done(FOLDERS)
    world.edit("pages/extra.txt", "Ada's page\n")
    assert world.run() == ["split passed", "join passed", "publish published"]
    assert "pages/extra.txt" in world.asked[-1].inputs


def test_an_edit_of_one_file_does_not_lift_the_step_s_others_over_an_earlier_step_s() -> None:
    """Draft wrote the listing anew, polish has still to go over it: Ben's edit of the drawing makes no difference."""
    world = done()
    world.edit("brief.md", "A bowl.\n")
    world.advance()
    world.advance()
    world.edit("listing.md", "[fails: loud]\n")
    world.edit("design.svg", "<svg/>\n", BEN)
    world.run()
    assert waiting(world).reason == f"{ADA}'s listing.md fails the gate of draft: listing.md: loud"
    world.edit("listing.md", "softly\n")
    assert world.run()[0] == "draft passed"
    assert world.outcomes()["draft"] == "passed"
    assert world.outcomes()["polish"] == "due"


def test_a_deleted_page_that_is_put_back_as_it_was_is_read_again() -> None:
    world = done(FOLDERS)
    world.edit("pages/extra.txt", "Ada's page\n")
    world.run()
    world.delete("pages/extra.txt")
    assert world.run() == ["split passed", "join passed", "publish published"]
    assert "pages/extra.txt" not in world.asked[-1].inputs
    world.edit("pages/extra.txt", "Ada's page\n")
    world.run()
    assert "pages/extra.txt" in world.asked[-1].inputs


def test_an_edit_of_one_step_s_file_leaves_the_other_steps_files_alone() -> None:
    """Polish left the drawing as it was; it stays the designer's, and an edit of it is judged by design."""
    world = World(**GATES)
    world.run(scripted(polish=["partial"]))
    world.edit("listing.md", "Ada's words\n")
    world.run()
    assert sorted(world.state.steps["polish"].outputs) == ["design.png", "listing.md"]
    world.edit("design.svg", "<svg/>\n")
    assert world.run()[0] == "design passed"


def test_what_an_attempt_leaves_as_it_was_stays_its_steps_work() -> None:
    world = World(**GATES)
    world.run()
    world.say("rerun", "polish")
    world.run(scripted(polish=["partial"]))
    assert sorted(world.state.steps["polish"].outputs) == ["design.png", "design.svg", "listing.md"]
    world.edit("design.svg", "<svg/>\n")
    assert world.run()[0] == "polish passed"


# --- steps that only people do ----------------------------------------------------------------------------------------


def test_a_person_s_step_waits_for_the_file_that_is_not_there_yet() -> None:
    world = World(PERSON)
    world.run()
    assert waiting(world).subject == "answers.md"
    world.edit("answers.md", "yes\n")
    world.run()
    assert waiting(world).subject == "consent.md"
    world.edit("consent.md", "yes\n")
    assert world.run() == ["interview passed", "draft passed", "publish published"]


def interviewed() -> World:
    world = World(PERSON)
    world.edit("answers.md", "yes\n")
    world.edit("consent.md", "yes\n")
    world.run()
    assert isinstance(world.decide(), Done)
    return world


def test_a_person_s_step_that_is_stale_waits_for_the_person() -> None:
    world = interviewed()
    world.edit("brief.md", "A bowl.\n")
    assert world.run() == ["interview waiting"]
    assert waiting(world).command == "orchestrator edit mug answers.md"
    assert waiting(world).reason == (
        "interview is done by a person: commit answers.md (interview is stale: brief.md changed); "
        "orchestrator keep mug interview lets what is there stand"
    )


def test_a_new_version_by_a_person_does_the_person_s_step_again() -> None:
    world = interviewed()
    world.edit("brief.md", "A bowl.\n")
    world.run()
    world.edit("answers.md", "no\n")
    assert world.run() == ["interview passed", "draft passed", "publish published"]
    assert isinstance(world.decide(), Done)


def test_a_person_may_keep_what_they_did() -> None:
    world = interviewed()
    world.edit("brief.md", "A bowl.\n")
    world.run()
    world.say("keep", "interview")
    assert world.run() == ["interview passed"]
    assert isinstance(world.decide(), Done)
