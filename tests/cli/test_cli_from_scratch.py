"""`new --from-scratch`, and the turn that follows: edit, lint, graph, before anything is committed."""

import json
import shutil
from pathlib import Path

import pytest
from calling import Called, call, git, process, workspace

PIPELINE = "jobs/templates/minutes/pipeline.yaml"


def shop(where: Path) -> Path:
    """Make a workspace and lay a template into it."""
    workspace(where)
    assert call(where, "new", "--from-scratch", "minutes").code == 0
    return where


def test_it_says_what_it_wrote_and_what_to_do(folder: Path) -> None:
    called = call(workspace(folder), "new", "--from-scratch", "minutes")
    assert (called.code, called.out) == (0, "")
    assert called.err == (
        "wrote jobs/templates/minutes/job.yaml\n"
        "wrote jobs/templates/minutes/pipeline.yaml\n"
        "wrote jobs/templates/minutes/brief.md\n"
        "wrote agents/minutes-writer.md\n"
        "wrote prompts/minutes-draft.md.j2\n"
        "next: edit them, and at each turn orchestrator lint and orchestrator graph minutes\n"
        "then: git add agents prompts jobs && git commit -m minutes && orchestrator new minutes first\n"
    )


def test_what_it_says_leads_to_a_finished_job(folder: Path) -> None:
    shop(folder)
    git(folder, "add", "agents", "prompts", "jobs")
    git(folder, "commit", "-qm", "minutes")
    assert call(folder, "new", "minutes", "first").code == 0
    assert call(folder, "run", "first").code == 0
    assert call(folder, "show", "first", "draft.md").out.startswith("# A first try\n\n## Summary\n\nSay here")


def test_with_json_it_is_one_document(folder: Path) -> None:
    called = call(workspace(folder), "new", "--from-scratch", "minutes", "--json")
    said = json.loads(called.out)
    assert (said["template"], len(said["written"]), called.err) == ("minutes", 5, "")


def test_lint_and_graph_see_what_is_not_committed(folder: Path) -> None:
    shop(folder)
    assert call(folder, "lint").err == "no mistakes found\n"
    assert call(folder, "graph", "minutes").out == ('flowchart LR\n    step_draft["draft<br/>minutes-writer"]\n')
    pipeline = folder / PIPELINE
    pipeline.write_text(pipeline.read_text().replace("  draft:", "  write:").replace("reads:", "raeds:"))
    assert f"{PIPELINE}:8:5: error: steps.write.raeds: unknown key" in call(folder, "lint").out
    pipeline.write_text(pipeline.read_text().replace("raeds:", "reads:"))
    assert "step_write" in call(folder, "graph", "minutes").out


def test_graph_shows_the_folder_before_the_base_and_the_base_without_a_folder(folder: Path) -> None:
    workspace(folder)
    path = folder / "jobs/templates/note/pipeline.yaml"
    path.write_text(path.read_text().replace("  write:", "  jot:"))
    assert "step_jot" in call(folder / "jobs", "graph", "note").out
    shutil.rmtree(path.parent)
    assert "step_write" in call(folder, "graph", "note").out


_MISSING = (
    "jobs/templates/note/pipeline.yaml: {}the pipeline is missing\n"
    "hint: write its steps there, or bring it back: git restore jobs/templates/note/pipeline.yaml; "
    "or delete jobs/templates/note/\n"
)


def test_a_template_without_a_pipeline_is_told_by_lint_graph_and_new(folder: Path) -> None:
    workspace(folder)
    git(folder, "rm", "-q", "jobs/templates/note/pipeline.yaml")
    assert call(folder, "lint") == Called(1, _MISSING.format("error: "), "1 error, 0 warnings\n")
    told = Called(1, "", f"error: {_MISSING.format('')}")
    assert call(folder, "graph", "note") == told
    git(folder, "commit", "-qm", "lose the pipeline")
    assert call(folder, "graph", "note") == told
    assert call(folder, "new", "note", "j") == told
    assert git(folder, "branch", "--list", "job/*") == ""


def test_a_job_that_lost_its_pipeline_is_told_by_lint(folder: Path) -> None:
    workspace(folder)
    assert call(folder, "new", "note", "j").code == 0
    git(folder, "switch", "-q", "job/j")
    git(folder, "rm", "-q", "jobs/j/pipeline.yaml")
    git(folder, "commit", "-qm", "lose the pipeline")
    assert call(folder, "lint", "j").out.startswith("jobs/j/pipeline.yaml: error: the pipeline is missing\n")


def test_a_template_needs_no_job_file(folder: Path) -> None:
    workspace(folder)
    git(folder, "rm", "-q", "jobs/templates/note/job.yaml")
    assert call(folder, "lint").err == "no mistakes found\n"
    git(folder, "commit", "-qm", "the title is the job's own")
    assert call(folder, "new", "note", "j").code == 0


def test_graph_of_a_template_whose_steps_wait_for_one_another_is_told(folder: Path) -> None:
    workspace(folder)
    path = folder / "jobs/templates/note/pipeline.yaml"
    path.write_text(path.read_text().replace("    agent: author\n", "    agent: author\n    needs: [publish]\n"))
    called = call(folder, "graph", "note", "--svg", "-")
    assert called.code == 1
    assert "these steps wait for one another" in called.err


@pytest.mark.parametrize("name", ["../orchestrator", "..", "a\x00b", "nothing"])
def test_graph_of_a_name_that_is_none_is_told(folder: Path, name: str) -> None:
    called = call(workspace(folder), "graph", name)
    assert (called.code, called.out) == (2, "")
    assert "there is no job and no template" in called.err


@pytest.mark.parametrize("more", [("note",), ("note", "j"), ("--title", "T"), ("--set", "a=b"), ("--source", "x")])
def test_it_takes_nothing_but_a_name(folder: Path, more: tuple[str, ...]) -> None:
    called = call(workspace(folder), "new", "--from-scratch", "minutes", *more)
    assert (called.code, called.err) == (
        2,
        "error: --from-scratch makes a template, and takes its NAME alone\n"
        "hint: orchestrator new --from-scratch minutes\n",
    )
    assert git(folder, "status", "--porcelain") == ""


@pytest.mark.parametrize(("said", "missing"), [((), "TEMPLATE"), (("note",), "JOB")])
def test_without_it_a_job_needs_a_template_and_a_name(folder: Path, said: tuple[str, ...], missing: str) -> None:
    called = call(workspace(folder), "new", *said)
    assert called.code == 2
    assert f"missing argument '{missing}'" in called.err


def test_twice_is_refused_and_so_is_a_name_of_the_base(folder: Path) -> None:
    shop(folder)
    before = git(folder, "status", "--porcelain", "-uall")
    again = call(folder, "new", "--from-scratch", "minutes")
    assert (again.code, again.err.split("\n")[0]) == (
        1,
        "error: jobs/templates/minutes/job.yaml: this stands here already",
    )
    taken = call(folder, "new", "--from-scratch", "note")
    assert (taken.code, taken.err.split("\n")[0]) == (1, "error: there is a template note on the base branch already")
    assert git(folder, "status", "--porcelain", "-uall") == before


def test_in_a_folder_of_the_worktree_it_writes_at_its_top(folder: Path) -> None:
    workspace(folder)
    assert process(folder / "agents", "new", "--from-scratch", "minutes").code == 0
    assert (folder / PIPELINE).is_file()


def test_in_another_worktree_it_says_where_the_main_one_is(folder: Path) -> None:
    workspace(folder)
    git(folder, "worktree", "add", "-q", "-b", "side", str(folder.parent / "side"))
    called = call(folder.parent / "side", "new", "--from-scratch", "minutes")
    assert (called.code, called.err) == (1, f"error: this is not the main worktree\nhint: cd {folder}\n")


def test_on_a_job_s_branch_it_is_refused(folder: Path) -> None:
    workspace(folder)
    assert call(folder, "new", "note", "j").code == 0
    git(folder, "switch", "-q", "job/j")
    called = call(folder, "new", "--from-scratch", "minutes")
    assert (called.code, called.err) == (
        1,
        "error: you stand in the job j; agents and templates belong to the base\nhint: git switch main\n",
    )
    assert git(folder, "status", "--porcelain") == ""


def test_in_a_bare_repository_it_is_refused(folder: Path) -> None:
    bare = folder.parent / "bare.git"
    git(workspace(folder), "clone", "-q", "--bare", str(folder), str(bare))
    called = call(bare, "new", "--from-scratch", "minutes")
    assert (called.code, called.err) == (
        1,
        "error: a bare repository has no folder to write into\nhint: do it in a clone, and push\n",
    )
