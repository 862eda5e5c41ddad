"""Many jobs at a time, in processes of their own: it ends as if one by one, whoever dies or interrupts meanwhile.

They want two cores: with one, all jobs are run in one process.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from calling import FILES, Called, call, environ, git, workspace, written

JOBS = tuple(f"j{number:02}" for number in range(20))
PATIENCE = 60


def jobs(where: Path, files: dict[str, str] | None = None) -> None:
    """Make the workspace, and jobs whose text the person has written."""
    workspace(where, files or FILES)
    for name in JOBS:
        assert call(where, "new", "note", name).code == 0
        written(where, job=name)


def begun(folder: Path) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-m", "orchestrator", "run", "--all", "-j", "16"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(argv, cwd=folder, env=environ(), text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def ended(running: "subprocess.Popen[str]") -> Called:
    out, err = running.communicate(timeout=PATIENCE)
    return Called(running.returncode, out, err)


@contextmanager
def held(folder: Path, where: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run jobs each of which is held in its gate, from when one of them is there until the end of the block."""
    begun_ones, go = where / "begun", where / "go"
    os.mkfifo(begun_ones)
    argv = f"[sh, -c, 'echo > {begun_ones}; until test -e {go}; do sleep 0.02; done']"
    note = "jobs/templates/note/pipeline.yaml"
    pipeline = FILES[note].replace("words: {min: 2}", "command: {run: hold, timeout: 60}")
    settings = FILES["orchestrator.yaml"] + f"commands: {{hold: {{argv: {argv}}}}}\n"
    jobs(folder, {**FILES, "orchestrator.yaml": settings, note: pipeline})
    heard = os.open(begun_ones, os.O_RDWR)  # both ends, so that nobody waits to write
    running = begun(folder)
    Thread(target=lambda: (running.wait(), os.write(heard, b"\n")), daemon=True).start()
    try:
        os.read(heard, 1)
        yield running
    finally:
        go.touch()


def test_many_jobs_end_as_if_one_by_one_each_line_with_its_name(folder: Path) -> None:
    jobs(folder)
    said = ended(begun(folder))
    assert (said.code, said.out) == (3, "")
    lines = said.err.splitlines()
    assert lines[-1] == "20 jobs: 20 waiting"
    each = [
        "• approve  waiting",
        "• waiting, 2 entries, spent $0.00: owner must approve review/JOB/approve; next: orchestrator approve JOB",
        "✓ write    passed                           1 check",
    ]
    assert sorted(lines[:-1]) == sorted(f"{job}  {line.replace('JOB', job)}" for job in JOBS for line in each)
    assert git(folder, "fsck", "--no-dangling") == ""
    assert call(folder, "run", "--all", "-j", "16").code == 3
    counts = {git(folder, "rev-list", "--count", f"main..job/{job}") for job in JOBS}
    assert counts == {"4"}


@pytest.mark.real
def test_the_jobs_of_a_process_that_is_killed_are_told_and_the_next_run_goes_on_with_them(
    folder: Path, tmp_path: Path
) -> None:
    with held(folder, tmp_path) as running:
        os.kill(_children(running.pid)[0], signal.SIGKILL)
    said = ended(running)
    lost = said.err.count("error: the process that ran it was killed by signal 9\nhint: run the same command again: ")
    assert said.code == 5
    assert 1 <= lost < len(JOBS)
    assert said.err.splitlines()[-1] == f"20 jobs: {20 - lost} waiting, {lost} failed"
    again = call(folder, "run", "--all", "-j", "16")
    assert (again.code, again.err.splitlines()[-1]) == (3, "20 jobs: 20 waiting")
    assert {git(folder, "rev-list", "--count", f"main..job/{job}") for job in JOBS} == {"4"}


@pytest.mark.real
def test_an_interrupt_ends_all_processes_and_leaves_every_job_where_it_was(folder: Path, tmp_path: Path) -> None:
    with held(folder, tmp_path) as running:
        before = git(folder, "for-each-ref")
        children = _children(running.pid)
        running.send_signal(signal.SIGINT)
        said = ended(running)
    assert (said.code, said.out, said.err.strip()) == (130, "", "interrupted")
    assert git(folder, "for-each-ref") == before
    assert len(children) == 2
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
