"""Jobs that run side by side share a limit: what one has reserved the other does not spend."""

from dataclasses import replace
from pathlib import Path

import pytest
from places import PIPELINE, Scripted, git, made_job, workspace, world_of

from orchestrator.agents.interface import Request
from orchestrator.engine.advance import advance
from orchestrator.engine.gather import gather
from orchestrator.engine.weigh import decided, reserve
from orchestrator.engine.world import World
from orchestrator.errors import LostRace
from orchestrator.model.action import Await, Run, Waits

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
