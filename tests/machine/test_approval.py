"""Approvals: asked, given, refused; what they cover, when they hold, and who may give them."""

import pytest
from machine_shapes import ADA, ARTICLE, BEN, CY, EVE, SETTINGS, STOCK, TWICE, WEAK_SETTINGS, Shape
from machine_world import World

from orchestrator.errors import RefusedError
from orchestrator.machine.approval import holds
from orchestrator.machine.view import View
from orchestrator.model.action import Await, BringHome, Confirm, Done, Halt, Judge, Propose, Stop
from orchestrator.model.state import How

WRITER = "writer@agents.invalid"

ASKS = "owner must approve review/mug/approve"


def asked(shape: Shape = STOCK, **params: object) -> World:
    """A world that waits for its first answer."""
    world = World(shape, **params)
    world.run()
    assert isinstance(world.decide(), Await)
    return world


def approvers(said: str) -> Shape:
    """The stock shape, its owner being `said`."""
    lines = [f"  owner: {said}" if line.startswith("  owner:") else line for line in WEAK_SETTINGS.splitlines()]
    return Shape(
        "owned", STOCK.pipeline, STOCK.files, STOCK.params, STOCK.said, "\n".join(lines) + "\n", found=STOCK.found
    )


def waiting(world: World) -> Await:
    action = world.decide()
    assert isinstance(action, Await)
    return action


def test_where_no_person_is_wanted_the_orchestrator_only_confirms() -> None:
    world = World(review="gates")
    assert world.run()[-2:] == ["approve approved", "publish published"]
    (given,) = world.state.approvals
    assert (given.how, given.by) == (How.GATES, "orchestrator")


def test_a_person_is_asked_once_and_waited_for() -> None:
    world = World()
    assert world.run()[-1] == "approve waiting"
    assert waiting(world).reason == "owner must approve review/mug/approve"
    assert waiting(world).command == "orchestrator approve mug"
    assert (world.state.status, world.state.waiting_for) == ("waiting", "approve")
    assert world.run() == []


def test_the_question_names_the_entry_that_asked_and_the_tree() -> None:
    world = asked()
    question = world.state.steps["approve"].question
    assert question is not None
    assert (question.seq, question.tree) == (world.state.seq, world.tree())


def test_a_merge_approves_and_is_one_entry() -> None:
    world = asked()
    world.merge()
    action, made = world.advance()
    assert isinstance(action, BringHome)
    assert made is not None
    assert (made.subject, made.author) == ("mug: approve approved", ADA)
    (given,) = world.state.approvals
    assert (given.step, given.by, given.how, given.tree) == ("approve", ADA, How.LOCAL, action.tree)
    assert world.run() == ["publish published"]
    assert isinstance(world.decide(), Done)


def test_silence_is_never_consent() -> None:
    world = asked()
    world.sleep(10**9)
    assert world.run() == []


def test_an_edit_before_the_merge_is_the_person_s_and_is_judged() -> None:
    world = asked()
    world.merge(edits={"listing.md": "Ada's words\n"})
    first, _ = world.advance()
    second, _ = world.advance()
    assert (type(first), type(second)) == (BringHome, Judge)
    assert world.state.seen["listing.md"].by == ADA
    world.run()
    # Recheck.yaml was written anew, which nobody has approved.
    assert waiting(world).step == "approve"
    world.merge()
    world.run()
    assert isinstance(world.decide(), Done)
    assert world.breaches == []


def test_an_edit_that_changes_no_review_counts_as_the_approval_of_it() -> None:
    """The picture is read by nobody: the same person's approval of their own edit counts at once."""
    world = asked()
    world.merge(edits={"design.png": "Ada's picture\n"})
    assert world.run() == ["approve approved", "polish passed", "approve approved", "publish published"]
    assert world.outside["publish"].receipts[-1].payload["design.png"] == world.ids(world.files)["design.png"]


def test_an_edit_that_fails_its_gate_waits_and_is_not_published() -> None:
    world = asked()
    world.merge(edits={"listing.md": "[fails: loud]\n"})
    world.run()
    assert waiting(world).reason == f"{ADA}'s listing.md fails the gate of polish: listing.md: loud"
    assert world.outside["publish"].arrived == []


def test_a_deletion_on_the_review_branch_is_taken_home() -> None:
    world = asked()
    world.merge(edits={"design.png": None})
    world.advance()
    assert "design.png" not in world.files
    world.run()
    assert "design.png" in world.files
    assert waiting(world).step == "approve"


def test_the_job_moved_meanwhile_and_only_the_merged_content_is_approved() -> None:
    world = asked()
    world.merge()
    world.edit("listing.md", "Ben's words\n", BEN)
    world.run()
    assert world.files["listing.md"] == "Ben's words\n"
    assert waiting(world).reason == f"{ASKS}: listing.md changed since {ADA} approved it"
    assert world.outside["publish"].arrived == []


def test_what_both_sides_changed_stays_the_job_s() -> None:
    world = asked()
    world.edit("listing.md", "Ben's words\n", BEN)
    world.merge(edits={"listing.md": "Ada's words\n", "brief.md": "A bowl.\n"})
    action, _ = world.advance()
    assert isinstance(action, BringHome)
    assert action.brought.conflicts == ("listing.md",)
    assert (world.files["listing.md"], world.files["brief.md"]) == ("Ben's words\n", "A bowl.\n")


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_fast_forward_names_nobody_and_counts_where_anyone_may() -> None:
    world = asked(approvers("anyone"))
    world.merge(by=None, how=How.COMMIT)
    world.run()
    assert isinstance(world.decide(), Done)
    assert world.state.approvals[0].by == "anyone"


@pytest.mark.parametrize(
    ("said", "by", "how", "why"),
    [
        (f"{{who: [{ADA}]}}", None, How.COMMIT,
         "a fast-forward names nobody, and owner is not 'anyone': on approved/mug, "
         "git reset --keep approved/mug@{1}, then git merge --no-ff review/mug/approve"),
        (f"{{who: [{ADA}]}}", EVE, How.COMMIT, f"{EVE} is not among the approvers 'owner' of the base branch"),
        (f"{{who: [{ADA}]}}", WRITER, How.COMMIT, f"{WRITER} is an agent, and agents never approve"),
        ("anyone", WRITER, How.COMMIT, f"{WRITER} is an agent, and agents never approve"),
        ("anyone", "writer", How.LOCAL, "writer is an agent, and agents never approve"),
        (f"{{who: [{ADA}], not_author: true}}", ADA, How.COMMIT,
         "a plain merge names its committer unverified, and owner asks for more"),
        (f"{{who: [{ADA}, {BEN}], count: 2}}", ADA, How.COMMIT,
         "a plain merge names its committer unverified, and owner asks for more"),
    ],
)  # fmt: skip
def test_who_may_not_approve_is_told_why(said: str, by: str | None, how: How, why: str) -> None:
    world = asked(approvers(said))
    world.merge(by=by, how=how)
    assert world.run() == []
    assert waiting(world).reason == why
    assert world.state.approvals == ()


def test_who_may_not_approve_holds_nothing_else_up() -> None:
    world = asked()
    world.merge(by=EVE, how=How.COMMIT)
    world.edit("brief.md", "A bowl.\n")
    assert world.run()[:2] == ["research passed", "draft passed"]
    assert waiting(world).reason == "owner must approve review/mug/approve"


def test_a_merge_by_who_may_not_and_a_deleted_branch_are_no_rejection() -> None:
    world = asked()
    world.merge(by=EVE, how=How.COMMIT, deletes_branch=True)
    assert world.run() == []
    assert "is not among the approvers" in waiting(world).reason


def test_approvers_that_the_base_does_not_have_admit_nobody() -> None:
    world = World(
        Shape("none", STOCK.pipeline, STOCK.files, said=STOCK.said, settings=SETTINGS.replace("owner:", "boss:"))
    )
    world.run()
    world.merge()
    world.run()
    assert world.state.approvals == ()


def test_who_made_it_may_not_approve_it_where_authors_may_not() -> None:
    world = asked(approvers(f"{{who: [{ADA}, {BEN}], not_author: true}}"))
    world.edit("listing.md", "Ada's words\n")
    world.run()
    world.merge(by=ADA)
    assert world.run() == []
    assert waiting(world).reason == f"{ADA} made what they would approve, and the approvers must not have"
    world.merge(by=BEN)
    world.run()
    assert isinstance(world.decide(), Done)


def test_an_edit_that_the_job_has_not_judged_yet_makes_an_author_too() -> None:
    world = asked(approvers(f"{{who: [{ADA}], not_author: true}}"))
    world.edit("listing.md", "Ada's words\n")
    world.merge(by=ADA)
    world.run()
    assert world.state.approvals == ()


def test_an_author_s_edit_on_the_review_branch_is_taken_home_and_asked_about_anew() -> None:
    world = asked(approvers(f"{{who: [{ADA}, {BEN}], not_author: true}}"))
    world.merge(by=ADA, edits={"design.png": "Ada's picture\n"})
    assert world.run() == ["approve merged", "polish passed", "approve waiting"]
    assert (world.files["design.png"], world.state.approvals) == ("Ada's picture\n", ())


def test_two_must_approve_and_the_same_one_twice_is_one() -> None:
    world = asked(TWICE)
    world.merge("agree", ADA)
    world.run()
    assert world.outcomes()["agree"] == "waiting"
    world.merge("agree", ADA)
    world.run()
    assert world.outcomes()["agree"] == "waiting"
    world.merge("agree", BEN)
    world.run()
    assert world.outcomes()["agree"] == "approved"
    assert [a.by for a in world.state.approvals] == [ADA, BEN]


def test_the_first_of_two_deletes_the_branch_as_forges_do_and_it_is_put_up_again() -> None:
    world = asked(TWICE)
    world.merge("agree", ADA, deletes_branch=True)
    assert world.run() == ["agree approved", "agree waiting"]
    assert waiting(world).reason == f"two must approve review/mug/agree: 1 of 2, {ADA}"
    world.merge("agree", BEN, deletes_branch=True)
    world.run()
    assert world.outcomes()["agree"] == "approved"


def test_each_approval_speaks_of_what_was_written_before_it() -> None:
    """Angebot.md comes after `agree`; `sign` alone has seen it, and that is enough for it to go out."""
    world = asked(TWICE)
    for step, by in (("agree", ADA), ("agree", BEN), ("sign", CY)):
        world.merge(step, by)
        world.run()
    assert isinstance(world.decide(), Done)
    assert world.breaches == []


def test_what_is_written_after_the_last_approval_is_asked_about_before_it_goes_out() -> None:
    pipeline = STOCK.pipeline.replace(
        "  publish:\n", "  caption:\n    agent: writer\n    reads: [listing.md]\n    writes: [caption.md]\n  publish:\n"
    ).replace("design.png]}", "caption.md]}")
    world = World(Shape("late", pipeline, STOCK.files, said={"review": "person"}, settings=WEAK_SETTINGS))
    world.run()
    world.merge()
    assert world.run() == ["approve approved", "caption passed", "approve waiting"]
    assert world.outside["publish"].arrived == []
    world.merge()
    world.run()
    assert isinstance(world.decide(), Done)
    world.salt = "other"
    world.say("rerun", "caption")
    assert world.run() == ["caption passed", "approve waiting"]
    assert world.breaches == []


# --- holding ----------------------------------------------------------------------------------------------------------


def approved() -> World:
    world = asked()
    world.merge()
    world.advance()
    assert world.outcomes()["approve"] == "approved"
    return world


def test_one_byte_changed_and_nothing_goes_out() -> None:
    world = approved()
    world.edit("listing.md", world.files["listing.md"] + ".")
    world.run()
    assert world.outside["publish"].arrived == []
    assert waiting(world).reason == f"{ASKS}: listing.md changed since {ADA} approved it"


@pytest.mark.parametrize(
    ("path", "still"),
    [("brief.md", False), ("job.yaml", False), ("design.png", False), ("unread.md", True), ("sources/new.md", True)],
)
def test_an_approval_holds_while_every_path_of_its_map_agrees(path: str, still: bool) -> None:
    world = approved()
    text = "version: 1\ntitle: other\nparams: {review: person, tone: plain}\n" if path == "job.yaml" else "other\n"
    world.edit(path, text)
    assert holds(View(world.snapshot()), world.state.approvals[0]) is still


def test_a_file_that_was_not_there_breaks_an_approval_if_a_later_step_sends_it() -> None:
    pipeline = STOCK.pipeline.replace("files: [listing.md, design.png]", "files: [listing.md, pictures/]")
    world = World(Shape("pictures", pipeline, STOCK.files, said=STOCK.said, found=STOCK.found))
    world.run()
    world.merge()
    world.advance()
    world.edit("pictures/new.png", "png\n")
    assert not holds(View(world.snapshot()), world.state.approvals[0])
    world.run()
    assert world.outside["publish"].arrived == []


def test_what_only_later_steps_write_does_not_break_an_approval() -> None:
    world = asked(TWICE)
    for by in (ADA, BEN):
        world.merge("agree", by)
        world.run()
    world.say("rerun", "translate")
    world.salt = "other"
    world.run()
    assert world.outcomes()["agree"] == "approved"


def test_a_step_that_does_not_wait_for_the_approval_runs_while_a_person_is_waited_for() -> None:
    world = World(ARTICLE)
    assert world.run() == ["story passed", "read waiting", "report passed", "read waiting"]
    assert waiting(world).reason == "owner must approve review/mug/read"


def test_what_steps_beside_it_write_does_not_break_an_approval() -> None:
    world = World(ARTICLE)
    while "read" not in world.outcomes():
        world.advance()
    world.merge("read")
    assert world.run() == ["read approved", "report passed", "weave passed", "read waiting"]
    assert waiting(world).reason == f"owner must approve review/mug/read: article.md was made since {ADA} approved"
    assert world.outside["publish"].arrived == []
    world.merge("read")
    assert world.run() == ["read approved", "publish published"]
    world.salt = "other"
    world.say("rerun", "report")
    assert world.run() == ["report passed", "read waiting"]
    assert waiting(world).reason == f"owner must approve review/mug/read: report.md changed since {ADA} approved it"
    assert world.breaches == []


def test_it_is_asked_again_only_when_a_later_step_is_due() -> None:
    world = approved()
    world.run()
    world.edit("sources/sales.csv", world.files["sources/sales.csv"])
    world.edit("job.yaml", "version: 1\ntitle: other\nparams: {review: person, tone: plain}\n")
    assert not holds(View(world.snapshot()), world.state.approvals[0])
    assert isinstance(world.decide(), Done)
    world.edit("listing.md", "Ada's words\n")
    world.run()
    assert waiting(world).step == "approve"


def test_a_new_question_replaces_the_old_one_when_the_content_moves() -> None:
    world = asked()
    first = world.state.steps["approve"].question
    world.edit("listing.md", "Ada's words\n")
    assert world.run() == ["polish passed", "revalidate passed", "approve waiting"]
    second = world.state.steps["approve"].question
    assert first is not None
    assert second is not None
    assert (second.seq, second.tree) == (world.state.seq, world.tree())
    assert second.seq > first.seq


def test_an_approval_that_still_holds_after_a_goto_is_not_asked_for_again() -> None:
    world = approved()
    world.reset(len(world.history) - 2)
    action = world.decide()
    assert isinstance(action, BringHome)
    world.run()
    assert isinstance(world.decide(), Done)


def test_a_merge_of_what_was_proposed_before_a_reset_is_asked_about_anew() -> None:
    """The review branch outlives a reset of the job; what it proposed is not what stands there now."""
    world = asked()
    place = len(world.history) - 1
    world.edit("listing.md", "Ada's words\n")
    world.run()
    world.reset(place)
    world.merge()
    assert world.run() == ["approve approved", "approve waiting"]
    world.merge()
    world.run()
    assert isinstance(world.decide(), Done)
    assert world.breaches == []


# --- no ---------------------------------------------------------------------------------------------------------------


def halted(world: World) -> Halt:
    action = world.decide()
    assert isinstance(action, Halt)
    return action


def test_reject_halts_with_the_reason() -> None:
    world = asked()
    made = world.say("reject", message="too loud")
    following = "Next is a person's word: approve was rejected: too loud."
    assert (made.subject, made.body) == ("mug: approve reject", f"{ADA} said reject: too loud.\n\n{following}")
    assert (halted(world).stop, halted(world).reason) == (Stop.REJECTED, "approve was rejected: too loud")
    assert halted(world).command == "orchestrator reopen mug"
    assert world.run() == []


def test_a_deleted_review_branch_says_no_once() -> None:
    world = asked()
    world.delete_review()
    assert world.run() == ["approve rejected"]
    assert halted(world).stop is Stop.REJECTED
    assert world.state.status == "halted"


def test_reopen_asks_again() -> None:
    world = asked()
    world.say("reject")
    world.say("reopen")
    action = world.decide()
    assert isinstance(action, Propose)
    world.run()
    world.merge()
    world.run()
    assert isinstance(world.decide(), Done)


def test_an_edit_moves_a_rejected_job() -> None:
    world = asked()
    world.say("reject", message="too loud")
    world.edit("listing.md", "softly\n")
    assert world.run() == ["polish passed", "revalidate passed", "approve waiting"]


def test_rerun_moves_a_rejected_job() -> None:
    world = asked()
    world.say("reject", message="too loud")
    world.salt = "other"
    world.say("rerun", "polish")
    assert world.run() == ["polish passed", "revalidate passed", "approve waiting"]


def test_a_rerun_that_changes_nothing_leaves_the_no_standing() -> None:
    world = asked()
    world.say("reject", message="too loud")
    world.say("rerun", "revalidate")
    assert world.run() == ["revalidate passed"]
    assert halted(world).reason == "approve was rejected: too loud"


@pytest.mark.parametrize(("word", "why"), [
    ("reject", "no step of mug waits for an answer"),
    ("reopen", "no step of mug was rejected"),
    ("retry", "no step of mug has stopped, so there is nothing to retry"),
])  # fmt: skip
def test_an_answer_without_a_question_is_refused(word: str, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        World().say(word)


def test_a_condition_that_names_what_is_not_there_waits() -> None:
    world = World(Shape("unsaid", STOCK.pipeline, STOCK.files, found=STOCK.found))
    world.run()
    assert (
        waiting(world).reason
        == 'approve asks a person when params.review == "person", and that names what is not there'
    )


def test_a_confirmation_by_the_gates_does_not_speak_where_a_person_is_wanted_now() -> None:
    world = World(review="gates")
    world.run()
    world.set_params(review="person")
    world.edit("listing.md", "Ada's words\n")
    world.run()
    assert waiting(world).reason == "owner must approve review/mug/approve"


def test_a_confirmation_says_what_it_covers() -> None:
    world = World(review="gates")
    for _ in range(6):
        world.advance()
    action = world.decide()
    assert isinstance(action, Confirm)
    assert (action.paths, action.is_given) == (world.ids(world.files), False)
