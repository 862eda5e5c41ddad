"""Several jobs at once, as a person sees them: each line says whose it is, also where one is in trouble."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from calling import FILES, call, environ, git, let_go_at_the_end_of, on_terminal, workspace, written

from orchestrator.agents.interface import Underway
from orchestrator.cli.progress import UnderWay, live_text
from orchestrator.cli.run import MOST_AT_ONCE
from orchestrator.engine.gather import gather
from orchestrator.model.action import Publish, Route, Run
from orchestrator.wiring import open_world


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
    jobs(folder, "a", "two")
    said = call(folder, "run", "--all", "--jobs", "2")
    assert (said.code, said.out) == (3, "")
    assert told(said.err) == [
        "2 jobs: 2 waiting",
        "a    • approve  waiting",
        "a    • waiting, 2 entries, spent $0.00: owner must approve review/a/approve; next: orchestrator approve a",
        "a    ✓ write    passed                           1 check",
        "two  • approve  waiting",
        "two  • waiting, 2 entries, spent $0.00: owner must approve review/two/approve; next: orchestrator approve two",
        "two  ✓ write    passed                           1 check",
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
    assert said.out.endswith("\r\x1b[2K2 jobs: 2 waiting\n")
    assert "\x1b[1m" not in said.out  # NO_COLOR holds in every thread


def test_how_many_at_once_is_a_number_of_some(folder: Path) -> None:
    jobs(folder, "a")
    for number in ("0", str(MOST_AT_ONCE + 1), "many"):
        said = call(folder, "run", "--all", "-j", number)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("error: invalid value for '-j' / '--jobs': ")


def test_an_attempt_under_way_shows_who_which_try_how_long_and_what_it_cost(folder: Path) -> None:
    jobs(folder, "a")
    world = open_world(folder, environ=environ())
    with world.ledger:
        snapshot = gather(world, "a").snapshot
    action = Run("write", 2, Route("anthropic:claude-haiku-4-5", "the cheapest"), {}, "write has not run")
    assert (
        live_text(UnderWay(snapshot, action, 100), 141.9)
        == "write · author (claude-haiku-4-5) · try 2/2 · 00:41 · $0.000"
    )
    heard = Underway(1204, 0.013, "thinks \x1b[31m aloud\n")
    assert live_text(UnderWay(snapshot, action, 100, heard), 141.9) == (
        "write · author (claude-haiku-4-5) · try 2/2 · 00:41 · 1204 tokens · $0.013 · thinks aloud"
    )
    publish = Publish("publish", "shop", "k", {}, "it has not been published")
    assert live_text(UnderWay(snapshot, publish, 100), 141.9) == "publish · publish · 00:41 · $0.000"


@pytest.mark.real
def test_an_interrupt_ends_what_is_under_way_in_all_threads_and_exits_130(folder: Path, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    hold = f"commands: {{hold: {{argv: [sh, -c, 'cat {begun}; sleep 60']}}}}\n"
    note = "jobs/templates/note/pipeline.yaml"
    pipeline = FILES[note].replace("words: {min: 2}", "command: {run: hold, timeout: 60}")
    workspace(folder, {**FILES, "orchestrator.yaml": FILES["orchestrator.yaml"] + hold, note: pipeline})
    for name in ("a", "b", "c"):
        assert call(folder, "new", "note", name).code == 0
        written(folder, job=name)
    before = git(folder, "for-each-ref")
    argv = [sys.executable, "-m", "orchestrator", "run", "--all", "-j", "2"]
    running = subprocess.Popen(argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    let_go_at_the_end_of(running, begun)
    with begun.open("wb"):  # opens when one of the programs reads
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip()) == (130, b"", b"interrupted")
    assert git(folder, "for-each-ref") == before
