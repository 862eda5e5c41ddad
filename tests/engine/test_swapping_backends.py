"""A role goes from a model to a program, or back, by one line of its file; nothing else of the job changes."""

import json
import os
from pathlib import Path

import pytest
from misbehaving import Loopback, Reply
from places import commit_files, git

from orchestrator.engine.advance import advance
from orchestrator.engine.create import Order, create
from orchestrator.engine.entries import log
from orchestrator.engine.people import say
from orchestrator.engine.run import run
from orchestrator.engine.world import World
from orchestrator.model.action import Done, Word
from orchestrator.wiring import open_world

PIPELINE = """\
version: 1
steps:
  research: {agent: writer, reads: [brief.md], writes: [finds.md], gate: [words: {min: 3}]}
  draft: {agent: writer, reads: [brief.md, finds.md], writes: [text.md], gate: [words: {min: 3}]}
"""
SAID = "Three good words."
SCRIPT = f"for path in $ORCHESTRATOR_WRITES; do echo '{SAID}' >$path; done"
FRONT = "---\nname: writer\ndescription: Writes.\n{0}---\nYou write.\n"
BLOCK = "x-orchestrator:\n  backend: {0}\n  command: pen\n  timeout: 20\n"


def workspace(folder: Path, server: Loopback, agent: str) -> World:
    """Make a workspace whose base grants a model and a program."""
    model = {"name": "openai:small", "base_url": f"{server.address}/v1", "price": {"input": 1, "output": 1}}
    settings = {"version": 1, "models": [model], "commands": {"pen": {"argv": ["/bin/sh", "-c", SCRIPT]}}}
    git(folder, "init", "-q", "-b", "main")
    files = {
        "orchestrator.yaml": json.dumps(settings),
        "agents/writer.md": agent,
        "prompts/research.md.j2": "Write it.\n",
        "prompts/draft.md.j2": "Write it.\n",
        "jobs/templates/t/job.yaml": "version: 1\n",
        "jobs/templates/t/brief.md": "Three words.\n",
        "jobs/templates/t/pipeline.yaml": PIPELINE,
    }
    commit_files(folder, files)
    return open_world(folder, environ=dict(os.environ))  # noqa: TID251  the hermetic one


def done(world: World, job: str) -> None:
    assert isinstance(run(world, job, sleep=lambda seconds: None).action, Done)


def players(world: World, job: str) -> list[tuple[str | None, str | None, str | None]]:
    return [(each["step"], each["outcome"], each["backend"]) for each in log(world, job) if each["backend"]]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", "x-orchestrator: {backend: command, command: pen}\n", "1 insertion(+)"),
        (
            "x-orchestrator: {backend: model}\n",
            "x-orchestrator: {backend: command, command: pen}\n",
            "1 insertion(+), 1 deletion(-)",
        ),
        (BLOCK.format("model"), BLOCK.format("command"), "1 insertion(+), 1 deletion(-)"),
    ],
    ids=["nothing was said", "on one line", "the command was named before"],
)
def test_swapping_a_model_for_a_program_is_one_line_and_the_jobs_other_files_do_not_change(
    folder: Path, before: str, after: str, lines: str
) -> None:
    with Loopback(Reply(text=SAID)) as server:
        world = workspace(folder, server, FRONT.format(before))
        create(world, Order("t", "a"))
        done(world, "a")
        commit_files(folder, {"agents/writer.md": FRONT.format(after)}, "let pen play it")
        create(world, Order("t", "b"))
        done(world, "b")
        assert len(server.asked) == 2
    assert git(folder, "diff", "--shortstat", "main~1", "main") == f"1 file changed, {lines}"
    assert git(folder, "diff", "--name-only", "job/a", "job/b", "--", ":!jobs/a", ":!jobs/b") == "agents/writer.md"
    assert git(folder, "diff", "--name-only", "job/a:jobs/a", "job/b:jobs/b") == "state.yaml"
    assert players(world, "a") == [("research", "passed", "model"), ("draft", "passed", "model")]
    assert players(world, "b") == [("research", "passed", "command"), ("draft", "passed", "command")]


def test_in_a_job_that_has_begun_the_line_is_changed_on_its_branch_and_counts_from_there_on(folder: Path) -> None:
    with Loopback(Reply(text=SAID)) as server:
        world = workspace(folder, server, FRONT.format(BLOCK.format("model")))
        create(world, Order("t", "a"))
        advance(world, "a")
        made = git(folder, "ls-tree", "job/a:jobs/a")
        git(folder, "worktree", "add", "-q", str(folder.parent / "a"), "job/a")
        commit_files(
            folder.parent / "a", {"agents/writer.md": FRONT.format(BLOCK.format("command"))}, "let pen play it"
        )
        done(world, "a")
        assert len(server.asked) == 1
        say(world, "a", Word.RERUN, step="research")
        done(world, "a")
        assert len(server.asked) == 1
    assert players(world, "a") == [
        ("research", "passed", "model"),
        ("draft", "passed", "command"),
        ("research", "passed", "command"),
    ]
    here = git(folder, "ls-tree", "job/a:jobs/a")
    changed = set(here.splitlines()) ^ set(made.splitlines())
    assert {line.split("\t")[1] for line in changed} == {"state.yaml", "text.md"}


def test_swapping_back_is_the_same_line(folder: Path) -> None:
    with Loopback(Reply(text=SAID)) as server:
        world = workspace(folder, server, FRONT.format(BLOCK.format("command")))
        create(world, Order("t", "a"))
        done(world, "a")
        assert server.asked == []
        commit_files(folder, {"agents/writer.md": FRONT.format(BLOCK.format("model"))}, "let a model play it")
        create(world, Order("t", "b"))
        done(world, "b")
        assert len(server.asked) == 2
    assert git(folder, "diff", "--name-only", "job/a:jobs/a", "job/b:jobs/b") == "state.yaml"
