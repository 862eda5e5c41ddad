"""What a step may see, write and read: a verdict is bound to what is watched, and grants come from the base branch."""

from pathlib import Path

import pytest
from places import SETTINGS, Scripted, commit_files, finish, git, made_job, well_behaved, workspace, world_of

from orchestrator.agents.interface import Request
from orchestrator.engine.approving import approve, question
from orchestrator.errors import Busy, DocumentError, RefusedError
from orchestrator.model.action import Await, Done, Halt

DRAFT = "version: 1\nsteps:\n  draft: {agent: writer, reads: [%s], writes: [%s], gate: [%s]}\n"


def test_a_gate_that_judges_what_its_step_does_not_read_makes_no_job(folder: Path) -> None:
    world = world_of(workspace(folder, pipeline=DRAFT % ("brief.md", "text.md", "grounded: {in: sources/}")))
    with pytest.raises(DocumentError, match="grounded judges sources/, which draft neither reads nor writes"):
        made_job(world)


def test_a_gate_sees_only_what_its_step_reads_and_writes(folder: Path) -> None:
    workspace(folder, pipeline=DRAFT % ("brief.md", "text.md", ""))
    commit_files(folder, {"jobs/templates/t/sources/a.md": "It holds 350 ml.\n"}, "a source that no step reads")
    world = world_of(folder, Scripted(lambda request: {"text.md": "It holds 350 ml.\n"}))
    made_job(world)
    git(folder, "switch", "-q", "job/j")
    pipeline = DRAFT % ("brief.md", "text.md", "grounded: {in: sources/}")
    commit_files(folder, {"jobs/j/pipeline.yaml": pipeline}, "a gate that looks further")
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Halt)


def test_what_the_base_does_not_grant_is_refused_though_the_jobs_own_pipeline_asks_for_it(folder: Path) -> None:
    world = world_of(workspace(folder), Scripted(lambda request: {"text.md": "two words\n", "/src/x.md": "mine\n"}))
    made_job(world)
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/pipeline.yaml": DRAFT % ("brief.md", "text.md, /src/x.md", "")}, "wider")
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Halt)
    assert git(folder, "ls-tree", "--name-only", "job/j") == git(folder, "ls-tree", "--name-only", "main")
    said = " ".join(git(folder, "log", "-1", "--format=%b", "job/j").split())
    assert "Refused /src/x.md: the base branch grants no job to write it" in said


def test_a_step_that_reads_the_whole_workspace_does_not_read_its_own_job_under_another_name(folder: Path) -> None:
    backend = Scripted()
    world = world_of(workspace(folder, pipeline=DRAFT % ("'/**'", "text.md", "")), backend)
    made_job(world)
    assert isinstance(finish(world).action, Done)
    assert len(backend.asked) == 1
    assert not any(path.startswith("/jobs/j/") for path in backend.asked[0].files)


def test_a_publisher_that_requires_two_people_is_not_content_with_one(folder: Path) -> None:
    settings = SETTINGS.replace("{who: [ada@example.com]}", "{who: [ada@example.com, grace@example.com], count: 2}")
    settings = settings.replace("path: published}", "path: published, requires: owner}")
    pipeline = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md]}
  ask: {needs: [draft], approve: {by: owner}}
  publish: {needs: [draft], publish: {to: shop, files: [text.md]}}
"""
    world = world_of(workspace(folder, settings=settings, pipeline=pipeline))
    made_job(world)
    finish(world)
    approve(world, question(world, "j"))
    assert isinstance(finish(world).action, Await)
    assert not (folder / "published").exists()


def test_an_approval_does_not_undo_what_people_changed_on_the_approved_branch(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    git(folder, "switch", "-q", "approved/j")
    commit_files(folder, {"jobs/j/brief.md": "Three words, please.\n"}, "a change of the brief")
    git(folder, "switch", "-q", "main")
    before = git(folder, "for-each-ref")
    with pytest.raises(RefusedError, match=r"approved/j has a change of jobs/j/brief\.md"):
        approve(world, question(world, "j"))
    assert git(folder, "for-each-ref") == before


def test_a_worktree_on_the_approved_branch_follows_an_approval(folder: Path, tmp_path: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    git(folder, "worktree", "add", "-q", str(tmp_path / "tree"), "approved/j")
    approve(world, question(world, "j"))
    assert git(tmp_path / "tree", "status", "--porcelain") == ""
    assert (tmp_path / "tree/jobs/j/approvals/approve.yaml").exists()


def test_a_folder_that_a_person_replaced_by_a_file_is_taken_home(folder: Path) -> None:
    workspace(folder)
    commit_files(folder, {"jobs/templates/t/notes/a.md": "a\n"}, "a folder")
    world = world_of(folder)
    made_job(world)
    finish(world)
    git(folder, "switch", "-q", "review/j/approve")
    git(folder, "rm", "-qr", "jobs/j/notes")
    commit_files(folder, {"jobs/j/notes": "now a file\n"}, "a file in its place")
    git(folder, "switch", "-q", "approved/j")
    git(folder, "merge", "-q", "--no-ff", "-m", "yes", "review/j/approve")
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Done)
    assert git(folder, "show", "job/j:jobs/j/notes") == "now a file"


def test_no_agent_is_asked_while_somebody_edits_the_branch(folder: Path, tmp_path: Path) -> None:
    backend = Scripted()
    world = world_of(workspace(folder), backend)
    made_job(world)
    where = world.ledger.worktrees.add("j", tmp_path / "tree")
    (where / "jobs/j/brief.md").write_text("half a thought")
    with pytest.raises(Busy):
        finish(world)
    assert backend.asked == []


def test_what_an_agent_made_before_the_branch_moved_is_kept_as_lost(folder: Path) -> None:
    races = iter([True])

    def play(request: Request) -> dict[str, str]:
        if next(races, False):
            moved = git(folder, "commit-tree", "job/j^{tree}", "-p", "job/j", "-m", "meanwhile")
            git(folder, "update-ref", "refs/heads/job/j", moved)
        return well_behaved(request)

    backend = Scripted(play)
    world = world_of(workspace(folder), backend)
    made_job(world)
    finish(world)
    lost = git(folder, "for-each-ref", "--format=%(refname)", "refs/orchestrator/lost")
    assert lost.splitlines()[0] == "refs/orchestrator/lost/j/1"
    assert "draft heard" in git(folder, "show", "refs/orchestrator/lost/j/1:jobs/j/text.md")
