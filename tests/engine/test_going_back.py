"""Going back: resets, rewinds, forks, cancelled jobs; effects are not repeated, and no spend is forgotten."""

from pathlib import Path

import pytest
from places import PIPELINE, Scripted, commit_files, finish, git, made_job, workspace, world_of

from orchestrator.engine.back import find_entry, fork, restore, rewind
from orchestrator.engine.people import edit, say
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError, LedgerError, RefusedError, UsageError
from orchestrator.model.action import Done, Halt, Stop, Word

FREE = PIPELINE.replace("approve: {by: owner}", 'approve: {by: owner, when: params.review == "person"}')


def done(folder: Path, backend: Scripted | None = None) -> World:
    """Return the world of a job that is done without asking anybody."""
    workspace(folder, pipeline=FREE)
    commit_files(folder, {"jobs/templates/t/job.yaml": "version: 1\nparams: {review: auto}\n"}, "params")
    world = world_of(folder, backend)
    made_job(world)
    assert isinstance(finish(world).action, Done)
    return world


def test_a_reset_job_goes_on_from_there_ends_at_the_same_files_and_publishes_nothing_twice(folder: Path) -> None:
    world = done(folder)
    tip = git(folder, "rev-parse", "job/j")
    files = git(folder, "ls-tree", "-r", "job/j", "jobs/j/text.md", "jobs/j/review.yaml")
    written = (folder / "published/j/index.html").stat().st_mtime_ns
    git(folder, "branch", "-qf", "job/j", "job/j~3")
    assert isinstance(finish(world).action, Done)
    assert git(folder, "rev-parse", "refs/orchestrator/archive/j/1") == tip
    assert git(folder, "ls-tree", "-r", "job/j", "jobs/j/text.md", "jobs/j/review.yaml") == files
    assert (folder / "published/j/index.html").stat().st_mtime_ns == written
    assert "Already published: receipt " in git(folder, "log", "-1", "--format=%b", "job/j")


def test_a_rewind_keeps_the_old_tip_and_says_what_cannot_be_undone(folder: Path) -> None:
    world = done(folder)
    tip = git(folder, "rev-parse", "job/j")
    rewound = rewind(world, "j", find_entry(world, "j", "draft"))
    assert git(folder, "rev-parse", rewound.kept) == tip
    assert git(folder, "log", "-1", "--format=%s", "job/j") == "j: draft passed"
    assert [effect.split()[0] for effect in rewound.effects] == ["publish"]


def test_an_entry_that_is_not_there_is_named_with_those_that_are(folder: Path) -> None:
    world = done(folder)
    with pytest.raises(UsageError, match="j has no entry 'nowhere'"):
        find_entry(world, "j", "nowhere")


def test_a_fork_begins_from_an_old_entry_with_approvals_and_receipts_of_its_own(folder: Path) -> None:
    backend = Scripted()
    world = done(folder, backend)
    fork(world, "j", "k", find_entry(world, "j", "draft"))
    asked = len(backend.asked)
    assert isinstance(finish(world, "k").action, Done)
    assert [request.step for request in backend.asked[asked:]] == ["check"]
    assert (folder / "published/k/text.md").exists()
    assert git(folder, "ls-tree", "--name-only", "job/k", "jobs/") == "jobs/k\njobs/templates"


def test_a_cancelled_job_stands_still_until_it_is_restored(folder: Path) -> None:
    world = done(folder)
    say(world, "j", Word.CANCEL)
    action = finish(world).action
    assert isinstance(action, Halt)
    assert action.stop is Stop.CANCELLED
    restore(world, "j")
    assert isinstance(finish(world).action, Done)


def test_a_job_whose_branch_was_deleted_is_cancelled_not_unknown(folder: Path) -> None:
    world = done(folder)
    tip = git(folder, "rev-parse", "job/j")
    git(folder, "branch", "-qD", "job/j")
    action = finish(world).action
    assert isinstance(action, Halt)
    assert action.reason == "its branch was deleted"
    assert git(folder, "for-each-ref", "refs/heads/job") == ""
    restore(world, "j")
    assert git(folder, "rev-parse", "job/j~1") == tip
    assert isinstance(finish(world).action, Done)


def test_a_reset_behind_a_second_publish_cites_the_receipt_that_counts(folder: Path) -> None:
    world = done(folder)
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/brief.md": "Other words, please.\n"}, "brief")
    git(folder, "switch", "-q", "main")
    finish(world)
    latest = git(folder, "rev-parse", "refs/orchestrator/published/j/publish/shop")
    git(folder, "branch", "-qf", "job/j", "job/j~1")
    assert isinstance(finish(world).action, Done)
    assert f"receipt: {latest}" in git(folder, "show", "job/j:jobs/j/state.yaml")
    assert finish(world).entries == 0


def test_a_rewind_to_where_a_job_stands_is_refused(folder: Path) -> None:
    world = done(folder)
    with pytest.raises(RefusedError, match="j stands at"):
        rewind(world, "j", find_entry(world, "j", "publish"))


def test_a_branch_that_lost_its_job_is_named_with_the_command_that_puts_it_back(folder: Path) -> None:
    world = done(folder)
    tip = git(folder, "rev-parse", "job/j")
    git(folder, "branch", "-qf", "job/j", "main")
    with pytest.raises(LedgerError) as told:
        finish(world)
    assert told.value.hint == f"git branch -f job/j {tip[:12]}"
    git(folder, "branch", "-qf", "job/j", tip)
    assert isinstance(finish(world).action, Done)


def test_a_state_whose_seq_was_set_back_by_hand_is_refused(folder: Path) -> None:
    world = done(folder)
    git(folder, "switch", "-q", "job/j")
    state = (folder / "jobs/j/state.yaml").read_text()
    commit_files(folder, {"jobs/j/state.yaml": state.replace("seq: 6", "seq: 1")}, "set back")
    git(folder, "switch", "-q", "main")
    before = git(folder, "rev-parse", "job/j")
    with pytest.raises(DocumentError, match="seq 1 is less than the entries that steps"):
        finish(world)
    assert git(folder, "rev-parse", "job/j") == before


def test_an_edit_that_would_break_the_job_is_not_committed(folder: Path) -> None:
    world = done(folder)
    before = git(folder, "rev-parse", "job/j")
    seen = git(folder, "rev-parse", "job/j:agents/writer.md")
    with pytest.raises(DocumentError, match=r"agents/writer\.md:1:1"):
        edit(world, "j", "/agents/writer.md", b"no front matter\n", seen=seen)
    assert git(folder, "rev-parse", "job/j") == before


def test_the_storefront_follows_from_a_to_b_and_back_to_a(folder: Path) -> None:
    world = done(folder)
    shown = folder / "published/j/text.md"
    first = shown.read_text()
    for text in ("Other words, please.\n", "Two words, please.\n"):
        git(folder, "switch", "-q", "job/j")
        commit_files(folder, {"jobs/j/brief.md": text}, "brief")
        git(folder, "switch", "-q", "main")
        assert isinstance(finish(world).action, Done)
    assert shown.read_text() == first
    assert len(git(folder, "for-each-ref", "refs/orchestrator/effects").splitlines()) == 3
