"""Several jobs at once, as a person sees them: each line says whose it is, and one's trouble is told beside the rest."""

import json
import re
from pathlib import Path

from calling import call, git, on_terminal, workspace, written

from orchestrator.cli.run import MOST_AT_ONCE


def jobs(where: Path, *names: str) -> None:
    """Make the workspace, and jobs whose text the person has written."""
    workspace(where)
    for name in names:
        assert call(where, "new", "note", name).code == 0
        written(where, job=name)


def told(text: str) -> list[str]:
    """Return the lines that were told, sorted: which thread comes first is nobody's promise."""
    return sorted(text.splitlines())


def test_each_line_begins_with_its_jobs_name(folder: Path) -> None:
    jobs(folder, "a", "long")
    said = call(folder, "run", "--all", "--jobs", "2")
    assert (said.code, said.out) == (3, "")
    assert told(said.err) == [
        "2 jobs: 2 waiting",
        "a     • approve  waiting",
        "a     • waiting, 2 entries, spent $0.00: owner must approve review/a/approve; next: orchestrator approve a",
        "a     ✓ write    passed                           1 check",
        "long  • approve  waiting",
        "long  • waiting, 2 entries, spent $0.00: owner must approve review/long/approve; next: orchestrator approve long",
        "long  ✓ write    passed                           1 check",
    ]


def test_the_jobs_are_told_as_one_document(folder: Path) -> None:
    jobs(folder, "a", "b")
    said = call(folder, "run", "-j", "2", "b", "a", "--json")
    assert (said.code, said.err) == (3, "")
    assert [(job["id"], job["status"]) for job in json.loads(said.out)] == [("b", "waiting"), ("a", "waiting")]


def test_one_job_is_run_and_told_as_without_the_option(folder: Path) -> None:
    jobs(folder, "a", "b")
    one, other = call(folder, "run", "a"), call(folder, "run", "-j", "8", "b")
    assert one.code == other.code == 3
    assert re.sub(r"(?<![a-z])a(?![a-z])(?=  A note|/|\n)", "b", one.err) == other.err


def test_the_worst_exit_code_counts_and_the_others_are_run(folder: Path) -> None:
    jobs(folder, "a", "b")
    git(folder, "update-ref", "refs/heads/job/a", git(folder, "rev-parse", "main"))
    said = call(folder, "run", "-j", "2", "a", "b")
    assert said.code == 1
    assert "a\nerror: branch job/a has no jobs/a/pipeline.yaml\nhint: git branch -f job/a <id>\n" in said.err
    assert told(said.err) == [
        "2 jobs: 1 waiting, 1 failed",
        "a",
        "b  • approve  waiting",
        "b  • waiting, 2 entries, spent $0.00: owner must approve review/b/approve; next: orchestrator approve b",
        "b  ✓ write    passed                           1 check",
        "error: branch job/a has no jobs/a/pipeline.yaml",
        "hint: git branch -f job/a <id>",
    ]


def test_a_terminal_shows_how_many_are_under_way_and_takes_the_line_away(folder: Path) -> None:
    jobs(folder, "a", "b")
    said = on_terminal(folder, "run", "--all", "-j", "2", more={"NO_COLOR": "1"})
    assert said.code == 3
    assert "\r\x1b[2K0 running · 0 done · $0.00" in said.out
    assert "0 running · 1 done · $0.00" in said.out
    assert said.out.endswith("\r\x1b[2K")


def test_how_many_at_once_is_a_number_of_some(folder: Path) -> None:
    jobs(folder, "a")
    for number in ("0", str(MOST_AT_ONCE + 1), "many"):
        said = call(folder, "run", "--all", "-j", number)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("error: invalid value for '-j' / '--jobs': ")
