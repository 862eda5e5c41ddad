"""The template article from brief to published page: two drafts, a person's review between, and plain git throughout.

`python tests/starter/test_article.py` writes the golden article anew, where a change is meant; read it in review.
"""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from orchestrator.cli import entry
from orchestrator.documents.agents import parse_agent
from orchestrator.documents.models import parse
from orchestrator.documents.yaml import load
from orchestrator.model.pipeline import Pipeline, StepKind

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "jobs/templates/article"
GOLDEN = Path(__file__).parent / "tram-article.md"


def git(where: Path, *args: str) -> str:
    ran = subprocess.run(["git", *args], cwd=where, capture_output=True, text=True, check=True)
    return ran.stdout.strip("\n")


def orchestrator(where: Path, *args: str) -> int:
    """Call the program and return its exit code."""
    return entry.run(["orchestrator", "-C", str(where), *args], dict(os.environ))  # noqa: TID251  the hermetic one


def shown(where: Path, path: str, tip: str = "job/tram") -> str:
    return git(where, "show", f"{tip}:jobs/tram/{path}") + "\n"


def outcomes(where: Path) -> dict[str, str]:
    state = load(shown(where, "state.yaml"), "state.yaml")
    assert isinstance(state, dict)
    return {name: str(record["outcome"]) for name, record in state["steps"].items()}


def subjects(where: Path) -> list[str]:
    lines = git(where, "log", "--reverse", "--first-parent", "--format=%s", "main..job/tram").split("\n")
    return [line.removeprefix("tram: ") for line in lines]


def asked(where: Path) -> Path:
    """Make a workspace, and in it a job that waits for its first review."""
    assert orchestrator(where, "init") == 0
    assert orchestrator(where, "new", "article", "tram") == 0
    assert orchestrator(where, "run", "tram") == 3
    return where


def merged(where: Path, message: str = "It may stand") -> None:
    """Approve as a person does who knows git alone."""
    git(where, "switch", "-q", "approved/tram")
    git(where, "merge", "-q", "--no-ff", "-m", message, "review/tram/read")
    git(where, "switch", "-q", "main")


def finished(where: Path) -> Path:
    asked(where)
    for code in (3, 0):
        merged(where)
        assert orchestrator(where, "run", "tram") == code
    return where


def test_the_template_has_five_steps_and_its_order_is_no_line() -> None:
    pipeline = parse((TEMPLATE / "pipeline.yaml").read_text(), "pipeline.yaml", Pipeline)
    assert {name: pipeline.needs(name) for name in pipeline.steps} == {
        "story": (),
        "report": (),
        "read": ("story",),
        "weave": ("report", "read"),
        "publish": ("weave",),
    }


def test_its_agents_are_three_and_a_model_may_play_each() -> None:
    pipeline = parse((TEMPLATE / "pipeline.yaml").read_text(), "pipeline.yaml", Pipeline)
    roles = [step.agent for step in pipeline.steps.values() if step.kind is StepKind.AGENT]
    agents = [parse_agent((ROOT / f"agents/{role}.md").read_text(), f"{role}.md") for role in roles]
    assert [agent.name for agent in agents] == ["storyteller", "reporter", "weaver"]
    assert {(agent.model, str(agent.extras.backend), agent.extras.builtin) for agent in agents} == {
        ("fast", "model", "form")
    }


def test_from_the_template_to_done_with_two_words_of_a_person(folder: Path) -> None:
    asked(folder)
    assert outcomes(folder) == {"story": "passed", "report": "passed", "read": "waiting"}
    assert orchestrator(folder, "approve", "tram", "--yes") == 0
    assert orchestrator(folder, "run", "tram") == 3
    assert orchestrator(folder, "approve", "tram", "--yes") == 0
    assert orchestrator(folder, "run", "tram") == 0
    assert shown(folder, "article.md") == GOLDEN.read_text()
    assert (folder / "published-articles/tram/index.html").is_file()
    assert subjects(folder) == [
        "created", "story passed", "report passed", "read waiting", "read approved", "weave passed", "read waiting",
        "read approved", "publish published",
    ]  # fmt: skip
    assert git(folder, "status", "--porcelain") == ""


def test_an_edit_on_the_review_branch_comes_home_and_is_woven(folder: Path) -> None:
    asked(folder)
    git(folder, "switch", "-q", "review/tram/read")
    story = folder / "jobs/tram/story.md"
    story.write_text(story.read_text().replace("Nine tables stand", "Nine tables and a piano stand"))
    git(folder, "commit", "-qam", "There was a piano too")
    merged(folder)
    assert orchestrator(folder, "run", "tram") == 3
    assert shown(folder, "article.md") == GOLDEN.read_text().replace(
        "Nine tables stand", "Nine tables and a piano stand"
    )
    assert subjects(folder)[3:] == [
        "read waiting", "read approved", "story passed", "read approved", "weave passed", "read waiting",
    ]  # fmt: skip
    assert "Ada Lovelace" in git(folder, "blame", "-L", "/a piano/,+1", "job/tram", "--", "jobs/tram/story.md")


def test_an_edit_that_nothing_bears_out_waits_for_its_writer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder)
    git(folder, "switch", "-q", "review/tram/read")
    story = folder / "jobs/tram/story.md"
    story.write_text(story.read_text().replace("Nine tables", "All 19 tables"))
    git(folder, "commit", "-qam", "More tables")
    merged(folder)
    assert orchestrator(folder, "run", "tram") == 3
    told = capsys.readouterr().err
    assert "ada@example.com's story.md fails the gate of story: story.md:7: the figure '19'" in told
    assert "weave" not in outcomes(folder)


def test_the_wait_for_a_person_holds_up_nothing_that_does_not_wait_for_it(folder: Path) -> None:
    asked(folder)
    book = folder.parent / "book.csv"
    book.write_text("month,brought,mended,visitors\nJanuary,10,5,12\nFebruary,30,25,40\n")
    assert orchestrator(folder, "edit", "tram", "sources/book.csv", "--from", str(book)) == 0
    assert orchestrator(folder, "run", "tram") == 3
    assert subjects(folder)[4:] == ["edit sources/book.csv", "report passed", "read waiting"]
    report = shown(folder, "report.md")
    assert "brought 40 things (10 + 30).\nOf these, 30 were mended (5 + 25), which is 75 % (30 / 40).\n" in report
    assert orchestrator(folder, "approve", "tram", "--yes") == 0
    assert orchestrator(folder, "run", "tram") == 3
    assert "75 % (30 / 40)" in shown(folder, "article.md")


def test_a_report_that_stood_beside_the_story_when_it_was_approved_is_asked_about_when_it_changes(folder: Path) -> None:
    asked(folder)
    merged(folder)
    assert orchestrator(folder, "advance", "tram") == 0
    report = folder.parent / "report.md"
    report.write_text(shown(folder, "report.md").replace("From January to March", "This winter"))
    assert orchestrator(folder, "edit", "tram", "report.md", "--from", str(report)) == 0
    assert orchestrator(folder, "run", "tram") == 3
    assert subjects(folder)[4:] == ["read approved", "edit report.md", "report passed", "read waiting"]
    assert orchestrator(folder, "approve", "tram", "--yes") == 0
    assert orchestrator(folder, "run", "tram") == 3
    assert "This winter people brought" in shown(folder, "article.md")


def test_a_no_halts_the_job_and_an_edit_moves_it_on(folder: Path) -> None:
    asked(folder)
    assert orchestrator(folder, "reject", "tram", "-m", "Too many tables") == 0
    assert orchestrator(folder, "run", "tram") == 4
    story = folder.parent / "story.md"
    story.write_text(shown(folder, "story.md").replace("Nine tables stand", "Tables stand"))
    assert orchestrator(folder, "edit", "tram", "story.md", "--from", str(story)) == 0
    assert orchestrator(folder, "run", "tram") == 3
    assert outcomes(folder)["read"] == "waiting"


def test_another_machine_goes_on_from_the_branch(folder: Path) -> None:
    asked(folder)
    there = folder.parent / "there"
    git(folder, "clone", "-q", str(folder), str(there))
    for code in (3, 0):
        assert orchestrator(there, "approve", "tram", "--yes") == 0
        assert orchestrator(there, "run", "tram") == code
    assert shown(there, "article.md") == GOLDEN.read_text()
    assert (there / "published-articles/tram/index.html").is_file()
    assert not (folder / "articles").exists()


def test_after_a_reset_it_comes_to_the_same_and_nothing_goes_out_twice(folder: Path) -> None:
    finished(folder)
    page = (folder / "published-articles/tram/index.html").stat().st_mtime_ns
    receipt = git(folder, "for-each-ref", "--format=%(objectname)", "refs/orchestrator/published")
    story = git(folder, "log", "--format=%H", "--grep=^Step: story$", "job/tram")
    git(folder, "branch", "-f", "job/tram", story)
    # The words of the person stand on approved/tram, for this very content, but the job has not taken them home yet.
    code = orchestrator(folder, "run", "tram")
    while code == 3:
        assert orchestrator(folder, "approve", "tram", "--yes") == 0
        code = orchestrator(folder, "run", "tram")
    assert code == 0
    assert shown(folder, "article.md") == GOLDEN.read_text()
    assert git(folder, "for-each-ref", "--format=%(objectname)", "refs/orchestrator/published") == receipt
    assert (folder / "published-articles/tram/index.html").stat().st_mtime_ns == page


def test_status_next_graph_and_log_know_the_names_of_its_steps(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(folder)
    capsys.readouterr()
    for words in (("status", "tram"), ("next", "tram"), ("graph", "tram"), ("log", "tram"), ("show", "tram", "report")):
        assert orchestrator(folder, *words) == 0
        assert not {"listing", "research", "product"}.intersection(capsys.readouterr().out.split())
    assert orchestrator(folder, "graph", "article") == 0
    assert capsys.readouterr().out.split("\n")[6:] == [
        "    step_story --> step_read",
        "    step_report --> step_weave",
        "    step_read --> step_weave",
        "    step_weave --> step_publish",
        "",
    ]


def main() -> None:
    """Write the golden article anew, in an environment of its own."""
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        (home / ".gitconfig").write_text("[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n")
        os.environ.update(HOME=made, GIT_CONFIG_NOSYSTEM="1")  # noqa: TID251  a program of its own
        folder = home / "workspace"
        folder.mkdir()
        asked(folder)
        merged(folder)
        orchestrator(folder, "run", "tram")
        GOLDEN.write_text(shown(folder, "article.md"))


if __name__ == "__main__":
    main()
