"""Jobs that run side by side share a limit: what one has reserved the other does not spend."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from places import PIPELINE, Scripted, git, made_job, workspace, world_of

from orchestrator.agents.interface import Answer, Request
from orchestrator.engine.advance import advance
from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.engine.run import run
from orchestrator.engine.weigh import decided, reserve
from orchestrator.engine.world import Unwatched, World
from orchestrator.errors import LostRace
from orchestrator.model.action import Await, Basis, Halt, Run, Usage, Waits, Word

SETTINGS = """\
version: 1
models: [{name: "openai:dear", price: {input: 100, output: 0}}]
budget: {workspace: 0.08}
"""
SHORT = PIPELINE[: PIPELINE.index("  check:")]


def paid(folder: Path) -> World:
    """Make a workspace of which only one call fits the budget at a time, and two jobs."""
    workspace(folder, settings=SETTINGS, pipeline=SHORT)
    agent = folder / "agents/writer.md"
    agent.write_text(agent.read_text().replace("backend: builtin, builtin: product-listing.draft", "backend: model"))
    git(folder, "commit", "-qam", "a model plays it")
    world = world_of(folder)
    made_job(world, "one")
    made_job(world, "two")
    return world


def test_a_call_is_not_made_with_money_that_another_job_has_reserved_since_it_was_decided(folder: Path) -> None:
    world = paid(folder)
    gathered, action = decided(world, gather(world, "two"))
    assert isinstance(action, Run)
    agent = gathered.snapshot.definitions[action.step].agent
    assert agent is not None
    refused: list[str] = []

    def play(request: Request) -> dict[str, str]:
        """While the first job's call is under way, the second comes to make its own."""
        with pytest.raises(LostRace) as lost:
            reserve(world, gathered, action, agent)
        refused.append(lost.value.message)
        _, again = decided(world, gather(world, "two"))
        assert isinstance(again, Await)
        assert (again.waits, again.until) == (Waits.TIME, world.clock() + 10)
        assert "reserved by other jobs" in again.reason
        return {"text.md": "two words"}

    advance(replace(world, backend=lambda *_: Scripted(play)), "one")
    assert len(refused) == 1
    assert refused[0].startswith("another job has reserved meanwhile: the call may cost $0.05")
    assert isinstance(decided(world, gather(world, "two"))[1], Run)


@dataclass
class Listening(Unwatched):
    """Hears warnings."""

    heard: list[str] = field(default_factory=list)

    def warned(self, text: str) -> None:
        self.heard.append(text)


@dataclass
class Costly:
    """Answers too short, and dearly."""

    name: str = "model"

    def run(self, request: Request) -> Answer:
        return Answer({"text.md": b"word\n"}, Usage(1, 1, 0.85, basis=Basis.PRICED))


def test_people_are_warned_once_when_four_fifths_of_a_limit_are_spent(folder: Path) -> None:
    world = paid(folder)
    settings = (folder / "orchestrator.yaml").read_text().replace("{workspace: 0.08}", "{job: 1.0}")
    (folder / "orchestrator.yaml").write_text(settings)
    git(folder, "commit", "-qam", "a limit of the job's own")
    watcher = Listening()
    listening = replace(world, watcher=watcher, backend=lambda *_: Costly())
    advance(listening, "one")
    assert watcher.heard == []
    advance(listening, "one")
    assert watcher.heard == ["one: $0.8500 of the job's $1.0000 is spent"]
    assert isinstance(advance(listening, "one").action, Halt)
    assert len(watcher.heard) == 1


class Killed(BaseException):
    """As a kill: nothing of ours runs after it."""


def _die(request: Request) -> dict[str, str]:
    raise Killed


def test_what_a_dead_call_of_another_job_had_reserved_is_booked_by_whoever_needs_the_money(folder: Path) -> None:
    world = paid(folder)
    with pytest.raises(Killed):
        advance(replace(world, backend=lambda *_: Scripted(_die)), "one")
    slept: list[int] = []
    rested = run(replace(world, backend=lambda *_: Scripted()), "two", sleep=slept.append)
    assert isinstance(rested.action, Halt)
    assert "workspace's $0.0800 is spent" in rested.action.reason
    assert slept == []
    assert git(folder, "log", "-1", "--format=%s", "job/one") == "one: draft interrupted"
    assert git(folder, "for-each-ref", "refs/orchestrator/claims") == ""


def test_a_job_that_was_cancelled_over_a_dead_call_is_booked_all_the_same(folder: Path) -> None:
    world = paid(folder)
    with pytest.raises(Killed):
        advance(replace(world, backend=lambda *_: Scripted(_die)), "one")
    say(world, "one", Word.CANCEL)
    run(replace(world, backend=lambda *_: Scripted()), "two", sleep=lambda seconds: None)
    assert git(folder, "for-each-ref", "refs/orchestrator/claims") == ""
    state = git(folder, "show", "job/one:jobs/one/state.yaml")
    assert "status: cancelled" in state
    assert "spend_usd: 0.05" in state


def test_a_call_that_is_broken_off_by_hand_is_booked_at_once(folder: Path) -> None:
    world = paid(folder)

    def stop(request: Request) -> dict[str, str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(replace(world, backend=lambda *_: Scripted(stop)), "one", sleep=lambda seconds: None)
    assert git(folder, "log", "-1", "--format=%s|%(trailers:key=Cost-USD,valueonly,separator=)", "job/one") == (
        "one: draft interrupted|0.0546"
    )
    assert git(folder, "for-each-ref", "refs/orchestrator/claims") == ""
