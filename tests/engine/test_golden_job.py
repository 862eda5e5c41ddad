"""The whole product listing, from a fresh workspace to the published page, at one golden commit id.

Every file, message, trailer and date of nine entries is in that id, and so are the bytes of the pictures. When a change
is meant, read what changed in the job (`make demo`, `git log -p job/mug`), and put the id of the failing test here.
"""

import os
from pathlib import Path

import pytest
from places import git

from orchestrator.engine.create import Order, create
from orchestrator.engine.run import run
from orchestrator.model.action import Done
from orchestrator.wiring import found_workspace, open_world

GOLDEN = "c6a37e44880e564e8611b92d98e931de8a72900f"


def make_job(where: Path) -> str:
    """Make a workspace and its main job, run it to its end, and return its tip."""
    environ = dict(os.environ)  # noqa: TID251  the hermetic one
    found_workspace(where, environ=environ)
    world = open_world(where, environ=environ)
    create(world, Order("product-listing", "mug"))
    assert isinstance(run(world, "mug", sleep=lambda seconds: None).action, Done)
    world.ledger.close()
    return git(where, "rev-parse", "job/mug")


def test_the_product_listing_ends_at_its_golden_commit_and_touches_nothing_of_the_users(folder: Path) -> None:
    assert make_job(folder) == GOLDEN
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "log", "--format=%s", "main") == "Begin an orchestrator workspace"
    assert git(folder, "fsck", "--strict") == ""


@pytest.mark.real  # twice what the test above compares with the golden id, in a folder that differs from run to run
def test_the_same_job_made_in_two_folders_has_the_same_tip(folder: Path, tmp_path: Path) -> None:
    assert make_job(folder) == make_job(tmp_path / "other")
