"""Approval in plain git: whatever brings the proposal's files to `approved/<id>` approves what stands there."""

from pathlib import Path

import pytest
from places import SETTINGS, commit_files, finish, git, made_job, workspace, world_of

from orchestrator.documents.emit import emit_state
from orchestrator.engine.approving import approve, question
from orchestrator.engine.back import find_entry, fork
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.world import World
from orchestrator.errors import RefusedError
from orchestrator.machine import decide
from orchestrator.machine.digests import tree_id
from orchestrator.machine.view import View
from orchestrator.model.action import Await, Done, Halt, Stop, Word
from orchestrator.model.state import Approval, How

ANYONE = SETTINGS.replace("owner: {who: [ada@example.com]}", "owner: anyone")


def waiting(folder: Path, settings: str = SETTINGS) -> World:
    """Return the world of a job that waits for its approval."""
    world = world_of(workspace(folder, settings=settings))
    made_job(world)
    assert isinstance(finish(world).action, Await)
    return world


def merged(folder: Path) -> None:
    git(folder, "merge", "-q", "--no-ff", "-m", "yes", "review/j/approve")


def squashed(folder: Path) -> None:
    git(folder, "merge", "-q", "--squash", "review/j/approve")
    git(folder, "commit", "-qm", "yes, squashed")


def picked(folder: Path) -> None:
    """What a forge's rebase merge does: the proposal's commits again, by whoever pressed the button."""
    git(folder, "cherry-pick", "--allow-empty", "--no-ff", "approved/j..review/j/approve")


def rebased(folder: Path) -> None:
    """What a person does at home: the proposal rebased, and pushed."""
    git(folder, "switch", "-q", "review/j/approve")
    git(folder, "rebase", "-q", "--no-ff", "approved/j")
    git(folder, "push", "-q", ".", "HEAD:approved/j")


@pytest.mark.parametrize("bring", [merged, squashed, picked, rebased])
def test_a_person_who_may_approves_by_any_means_of_merging(folder: Path, bring: object) -> None:
    world = waiting(folder)
    git(folder, "switch", "-q", "approved/j")
    assert callable(bring)
    bring(folder)
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Done)
    state = git(folder, "show", "job/j:jobs/j/state.yaml")
    assert "by: ada@example.com\n    how: commit" in state


def test_the_merge_is_brought_home_as_one_entry_with_two_parents(folder: Path) -> None:
    world = waiting(folder)
    before = git(folder, "rev-parse", "job/j")
    git(folder, "switch", "-q", "approved/j")
    merged(folder)
    git(folder, "switch", "-q", "main")
    finish(world)
    home = git(folder, "rev-list", "--merges", "--first-parent", "job/j", "^main")
    parents = git(folder, "rev-parse", f"{home}^1", f"{home}^2").split()
    assert parents == [before, git(folder, "rev-parse", "approved/j")]


def from_the_base(folder: Path) -> None:
    """Begin `approved/j` anew where the base is, which has nothing of the job, and move the base on."""
    commit_files(folder, {"news.txt": "news\n"}, "news")
    git(folder, "branch", "-f", "approved/j", "main")
    git(folder, "switch", "-q", "approved/j")


def test_a_merge_onto_a_branch_that_was_moved_to_the_base_is_still_by_who_merged(folder: Path) -> None:
    world = waiting(folder)
    from_the_base(folder)
    merged(folder)
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Done)
    assert "by: ada@example.com\n    how: commit" in git(folder, "show", "job/j:jobs/j/state.yaml")


def test_a_merge_of_the_base_into_a_proposal_that_was_pushed_is_nobodys_word(folder: Path) -> None:
    world = waiting(folder)
    from_the_base(folder)
    git(folder, "reset", "-q", "--hard", "review/j/approve")
    git(folder, "merge", "-q", "--no-ff", "-m", "take the news", "main")
    git(folder, "switch", "-q", "main")
    action = finish(world).action
    assert isinstance(action, Await)
    assert action.reason == (
        "a fast-forward names nobody, and owner is not 'anyone': on approved/j, "
        "git reset --keep approved/j@{1}, then git merge --no-ff review/j/approve"
    )


def test_a_fast_forward_approves_where_anyone_may(folder: Path) -> None:
    world = waiting(folder, ANYONE)
    git(folder, "push", "-q", ".", "review/j/approve:approved/j")
    assert isinstance(finish(world).action, Done)


def test_a_fast_forward_names_nobody_and_so_is_no_owners_word(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "push", "-q", ".", "review/j/approve:approved/j")
    action = finish(world).action
    assert isinstance(action, Await)
    assert action.reason == (
        "a fast-forward names nobody, and owner is not 'anyone': on approved/j, "
        "git reset --keep approved/j@{1}, then git merge --no-ff review/j/approve"
    )
    assert not (folder / "published").exists()


def test_a_merge_by_somebody_else_is_not_the_owners_word(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "switch", "-q", "approved/j")
    git(folder, "-c", "user.email=eve@example.com", "merge", "-q", "--no-ff", "-m", "yes", "review/j/approve")
    git(folder, "switch", "-q", "main")
    action = finish(world).action
    assert isinstance(action, Await)
    assert action.reason == "eve@example.com is not among the approvers 'owner' of the base branch"


def test_the_review_branch_may_be_deleted_after_the_merge(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "switch", "-q", "approved/j")
    squashed(folder)
    git(folder, "switch", "-q", "main")
    git(folder, "branch", "-qD", "review/j/approve")
    assert isinstance(finish(world).action, Done)


def test_an_edit_on_the_review_branch_is_the_persons_and_is_published_as_approved(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "switch", "-q", "review/j/approve")
    commit_files(folder, {"jobs/j/text.md": "My better words.\n"}, "better")
    git(folder, "switch", "-q", "approved/j")
    merged(folder)
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Done)
    assert (folder / "published/j/text.md").read_text() == "My better words.\n"
    assert "by: ada@example.com" in git(folder, "show", "job/j:jobs/j/state.yaml")


def test_one_byte_changed_after_the_approval_and_nothing_is_published(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "switch", "-q", "approved/j")
    merged(folder)
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/text.md": "Other words!\n"}, "one byte")
    git(folder, "switch", "-q", "main")
    action = finish(world).action
    assert isinstance(action, Await)
    assert action.subject == "approve"
    assert not (folder / "published").exists()


def test_a_deleted_review_branch_is_a_no_and_reopen_asks_again(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "branch", "-qD", "review/j/approve")
    action = finish(world).action
    assert isinstance(action, Halt)
    assert action.stop is Stop.REJECTED
    assert finish(world).entries == 0
    say(world, "j", Word.REOPEN)
    assert isinstance(finish(world).action, Await)
    assert git(folder, "rev-parse", "--verify", "-q", "review/j/approve")


def test_a_rejection_says_why_and_an_edit_of_what_was_rejected_asks_again(folder: Path) -> None:
    world = waiting(folder)
    say(world, "j", Word.REJECT, text="too short")
    action = finish(world).action
    assert isinstance(action, Halt)
    assert action.reason == "approve was rejected: too short"
    assert git(folder, "branch", "--list", "review/*") == ""
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/text.md": "A good deal longer.\n"}, "longer")
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Await)
    assert git(folder, "rev-parse", "--verify", "-q", "review/j/approve")


def test_who_may_not_approve_is_refused_before_anything_is_written(folder: Path) -> None:
    world = waiting(folder, SETTINGS.replace("ada@", "grace@"))
    refs = git(folder, "for-each-ref")
    with pytest.raises(RefusedError, match=r"ada@example\.com is not among the approvers 'owner'"):
        approve(world, question(world, "j"))
    assert git(folder, "for-each-ref") == refs


def test_a_publisher_may_require_an_approval_that_the_pipeline_does_not_ask_for(folder: Path) -> None:
    settings = SETTINGS.replace("path: published}", "path: published, requires: owner}")
    pipeline = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md]}
  publish: {publish: {to: shop, files: [text.md]}}
"""
    workspace(folder, settings=settings)
    commit_files(folder, {"jobs/templates/t/pipeline.yaml": pipeline}, "no approval")
    world = world_of(folder)
    made_job(world)
    action = finish(world).action
    assert isinstance(action, Await)
    assert action.reason == (
        "shop requires the approval of owner, and this content has none: "
        "no step asks; add 'approve: {by: owner}' before it in jobs/j/pipeline.yaml"
    )
    assert not (folder / "published").exists()


def test_two_approvers_are_two_people(folder: Path) -> None:
    settings = SETTINGS.replace("{who: [ada@example.com]}", "{who: [ada@example.com, grace@example.com], count: 2}")
    world = waiting(folder, settings)
    approve(world, question(world, "j"))
    assert isinstance(finish(world).action, Await)
    git(folder, "config", "user.email", "grace@example.com")
    other = world_of(folder)
    approve(other, question(other, "j"))
    assert isinstance(finish(other).action, Done)


@pytest.mark.parametrize("how", [[], ["--mirror"]])
def test_the_decision_is_the_same_in_a_clone(folder: Path, tmp_path: Path, how: list[str]) -> None:
    world = waiting(folder)
    here = decide(gather(world, "j").snapshot, 0)
    git(folder, "clone", "-q", *how, str(folder), str(tmp_path / "clone"))
    there = decide(gather(world_of(tmp_path / "clone"), "j").snapshot, 0)
    assert here == there


def test_a_clone_of_a_finished_job_publishes_nothing_again(folder: Path, tmp_path: Path) -> None:
    world = waiting(folder)
    approve(world, question(world, "j"))
    finish(world)
    git(folder, "clone", "-q", str(folder), str(tmp_path / "clone"))
    there = world_of(tmp_path / "clone")
    assert finish(there).entries == 0
    assert not (tmp_path / "clone/published").exists()


def test_a_job_goes_on_in_a_clone(folder: Path, tmp_path: Path) -> None:
    waiting(folder)
    git(folder, "clone", "-q", str(folder), str(tmp_path / "clone"))
    there = world_of(tmp_path / "clone")
    approve(there, question(there, "j"))
    assert isinstance(finish(there).action, Done)
    assert (tmp_path / "clone/published/j/text.md").exists()


def test_what_was_pushed_without_counting_is_still_shown_to_the_approver(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "switch", "-q", "review/j/approve")
    commit_files(folder, {"jobs/j/text.md": "Smuggled words.\n"}, "smuggled")
    git(folder, "switch", "-q", "main")
    git(folder, "push", "-q", ".", "review/j/approve:approved/j")
    finish(world)
    changes = question(world, "j").changes
    assert world.ledger.blob(changes["jobs/j/text.md"][1] or "") == b"Smuggled words.\n"


def test_a_fork_shows_its_approver_all_that_the_other_job_had_made(folder: Path) -> None:
    world = waiting(folder)
    fork(world, "j", "k", find_entry(world, "j", "polish"))
    finish(world, "k")
    assert sorted(question(world, "k").changes) == [
        "jobs/k/brief.md",
        "jobs/k/job.yaml",
        "jobs/k/pipeline.yaml",
        "jobs/k/review.yaml",
        "jobs/k/text.md",
    ]


def test_a_deleted_approved_branch_is_made_anew_by_the_approval(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "branch", "-qD", "approved/j")
    assert isinstance(finish(world).action, Await)
    approve(world, question(world, "j"))
    assert isinstance(finish(world).action, Done)


def test_an_approval_that_only_state_yaml_claims_counts_for_nothing(folder: Path) -> None:
    world = waiting(folder)
    snapshot = gather(world, "j").snapshot
    claimed = Approval(
        step="approve", seq=5, tree="", by="ada@example.com", how=How.LOCAL, paths=View(snapshot).cover()
    )
    claimed = claimed.model_copy(update={"tree": tree_id(claimed.paths)})
    forged = snapshot.state.model_copy(update={"approvals": (claimed,)})
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/state.yaml": emit_state(forged).decode()}, "forged")
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Await)
    assert not (folder / "published").exists()


def test_a_merge_with_an_approvals_file_of_its_own_invention_is_no_approval(folder: Path) -> None:
    world = waiting(folder)
    git(folder, "switch", "-q", "review/j/approve")
    text = (folder / "jobs/j/approvals/approve.yaml").read_text()
    changed = {"jobs/j/approvals/approve.yaml": text.replace("seq: 5", "seq: 99"), "jobs/j/text.md": "Two words.\n"}
    commit_files(folder, changed, "invented")
    git(folder, "switch", "-q", "approved/j")
    merged(folder)
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Await)
    assert "approvals" not in git(folder, "show", "job/j:jobs/j/state.yaml")


def test_the_second_of_two_approvers_is_shown_what_waits_and_the_first_may_not_approve_twice(folder: Path) -> None:
    settings = SETTINGS.replace("{who: [ada@example.com]}", "{who: [ada@example.com, grace@example.com], count: 2}")
    world = waiting(folder, settings)
    approve(world, question(world, "j"))
    asked = question(world, "j")
    action = finish(world).action
    assert isinstance(action, Await)
    assert action.reason == "owner must approve review/j/approve: 1 of 2, ada@example.com"
    with pytest.raises(RefusedError, match=r"ada@example\.com has approved this already"):
        approve(world, asked)
