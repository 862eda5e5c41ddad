"""What the review branch tells people to do, and the way back from a merge that git made a fast-forward."""

from pathlib import Path

import pytest
from places import finish, git, made_job, workspace, world_of

from orchestrator.engine.world import World
from orchestrator.model.action import Await, Done


@pytest.fixture
def world(folder: Path) -> World:
    """Return the world of a job that waits for its approval."""
    found = world_of(workspace(folder))
    made_job(found)
    assert isinstance(finish(found).action, Await)
    return found


def test_the_commands_of_the_proposal_approve_it(folder: Path, world: World) -> None:
    message = git(folder, "log", "-1", "--format=%B", "review/j/approve")
    told = [line.strip() for line in message.split("\n") if line.startswith("    ")]
    assert told == ["git switch approved/j", "git merge --no-ff review/j/approve"]
    for command in told:
        git(folder, *command.split()[1:], *(["--no-edit"] if "merge" in command else []))
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Done)
    assert "by: ada@example.com\n    how: commit" in git(folder, "show", "job/j:jobs/j/state.yaml")


def merged(folder: Path) -> None:
    git(folder, "switch", "-q", "approved/j")
    git(folder, "merge", "-q", "review/j/approve")


def pushed(folder: Path) -> None:
    git(folder, "push", "-q", ".", "review/j/approve:approved/j")
    git(folder, "switch", "-q", "approved/j")


@pytest.mark.parametrize("forward", [merged, pushed])
def test_two_commands_lead_back_from_a_fast_forward(folder: Path, world: World, forward: object) -> None:
    assert callable(forward)
    forward(folder)
    action = finish(world).action
    assert isinstance(action, Await)
    assert action.reason.startswith("a fast-forward names nobody, and owner is not 'anyone'")
    git(folder, "reset", "-q", "--keep", "approved/j@{1}")
    git(folder, "merge", "-q", "--no-ff", "--no-edit", "review/j/approve")
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Done)
    assert "by: ada@example.com\n    how: commit" in git(folder, "show", "job/j:jobs/j/state.yaml")
