"""A job in real git, from new to published, with scripted agents."""

from pathlib import Path

from places import Scripted, commit_files, finish, git, made_job, well_behaved, workspace, world_of

from orchestrator.agents.interface import Request
from orchestrator.engine.approving import approve, question
from orchestrator.model.action import Await, Done, Halt


def subjects(where: Path, ref: str = "job/j") -> list[str]:
    return git(where, "log", "--first-parent", "--reverse", "--format=%s", ref, "^main").splitlines()


def test_a_job_waits_for_its_approver_and_is_done_once_they_approve(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    assert isinstance(finish(world).action, Await)
    approve(world, question(world, "j", None))
    assert isinstance(finish(world).action, Done)
    assert subjects(folder) == [
        "j: created",
        "j: draft passed",
        "j: check passed",
        "j: polish skipped",
        "j: approve waiting",
        "j: approve approved",
        "j: publish published",
    ]
    assert (folder / "published/j/text.md").read_text() == "draft heard: Two words, please.\n"


def test_a_finished_job_makes_no_further_commit(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    approve(world, question(world, "j", None))
    finish(world)
    tip = git(folder, "rev-parse", "job/j")
    assert finish(world).entries == 0
    assert git(folder, "rev-parse", "job/j") == tip


def test_a_wait_is_committed_once(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    assert finish(world).entries == 0


def test_a_failed_gate_is_reworked_with_its_findings_and_then_halts(folder: Path) -> None:
    backend = Scripted(lambda request: {"text.md": "one\n"})
    world = world_of(workspace(folder), backend)
    made_job(world)
    rested = finish(world)
    assert isinstance(rested.action, Halt)
    assert [request.attempt for request in backend.asked] == [1, 2]
    assert [f.check for f in backend.asked[1].findings] == ["words"]
    assert backend.asked[1].failed == {"text.md": b"one\n"}
    assert subjects(folder) == ["j: created", "j: draft failed", "j: draft failed"]


def test_an_edit_of_the_brief_runs_again_what_read_it(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/brief.md": "Other words, please.\n"}, "edit")
    git(folder, "switch", "-q", "main")
    finish(world)
    assert subjects(folder)[5:] == [
        "edit",
        "j: draft passed",
        "j: check passed",
        "j: polish skipped",
        "j: approve waiting",
    ]


def test_a_persons_text_is_not_written_over_without_their_word(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/text.md": "My own words.\n"}, "mine")
    commit_files(folder, {"jobs/j/brief.md": "Other words, please.\n"}, "brief")
    git(folder, "switch", "-q", "main")
    rested = finish(world)
    assert isinstance(rested.action, Await)
    assert "text.md is ada@example.com's" in rested.action.reason
    assert git(folder, "show", "job/j:jobs/j/text.md") == "My own words."


def test_what_admission_refuses_is_recorded_and_not_committed(folder: Path) -> None:
    def play(request: Request) -> dict[str, str]:
        return {**well_behaved(request), "state.yaml": "seq: 99\n", "../../x": "y\n"}

    world = world_of(workspace(folder), Scripted(play))
    made_job(world)
    assert isinstance(finish(world).action, Halt)
    assert subjects(folder) == ["j: created", "j: draft refused", "j: draft refused"]
    assert "seq: 3" in git(folder, "show", "job/j:jobs/j/state.yaml")


def test_the_users_checkout_is_not_touched(folder: Path) -> None:
    workspace(folder)
    (folder / "dirty.txt").write_text("mine\n")
    before = (folder / ".git/index").read_bytes(), git(folder, "rev-parse", "HEAD"), git(folder, "status", "--short")
    world = world_of(folder)
    made_job(world)
    finish(world)
    after = (folder / ".git/index").read_bytes(), git(folder, "rev-parse", "HEAD"), git(folder, "status", "--short")
    assert after == before


def test_a_rework_that_leaves_a_file_alone_leaves_it_as_the_step_first_read_it(folder: Path) -> None:
    two = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [a.md, b.md]}
  polish:
    agent: writer
    reads: [a.md, b.md]
    writes: [a.md, b.md]
    gate: [must_contain: {file: a.md, phrases: [good]}]
"""

    def play(request: Request) -> dict[str, str]:
        if request.step == "draft":
            return {"a.md": "first a\n", "b.md": "first b\n"}
        return {"a.md": "bad\n", "b.md": "spoilt\n"} if request.attempt == 1 else {"a.md": "good\n"}

    world = world_of(workspace(folder, pipeline=two), Scripted(play))
    made_job(world)
    assert isinstance(finish(world).action, Done)
    assert git(folder, "show", "job/j:jobs/j/b.md") == "first b"
