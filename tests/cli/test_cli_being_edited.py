"""A job whose branch somebody edits in a worktree waits, and `status` and `next` say so before `run` is refused."""

import json
from pathlib import Path
from typing import Any

from calling import Called, call, git, job, written

from orchestrator.engine import glance
from orchestrator.wiring import open_world


def checked_out(folder: Path, tmp_path: Path) -> Path:
    """Return a worktree of a job that is ready to be judged."""
    job(folder)
    written(folder)
    place = tmp_path / "a tree"
    assert call(folder, "checkout", "j", str(place)).code == 0
    return place


def dirty(place: Path) -> str:
    """Type half a thought, and return how that is told."""
    (place / "jobs/j/brief.md").write_text("half a thought")
    return f"being edited in {place}: jobs/j/brief.md is changed and not committed; commit or undo it there"


def document(folder: Path, *args: str) -> Any:
    said = call(folder, *args, "--json")
    assert (said.code, said.err) == (0, "")
    return json.loads(said.out)


def row(folder: Path) -> glance.Row:
    world = open_world(folder, environ={})
    with world.ledger:
        return glance.read(world, "j")


def test_status_and_next_say_where_a_job_that_would_move_is_edited(folder: Path, tmp_path: Path) -> None:
    place = checked_out(folder, tmp_path)
    before = document(folder, "status", "j")[0]
    told = dirty(place)
    after = document(folder, "status", "j")[0]
    said = {**before["next"], "reason": told, "command": f"git -C '{place}' status"}
    assert (before["being_edited"], before["status"]) == (None, "ready")
    assert after == {**before, "being_edited": str(place), "next": said}
    assert document(folder, "next", "j") == said
    assert document(folder, "status") == [after]
    assert call(folder, "next", "j") == Called(0, f"judge write: {told}\n", f"next: git -C '{place}' status\n")
    assert call(folder, "advance", "j").code == 5


def test_status_of_a_job_tells_it_in_a_line_and_a_command(folder: Path, tmp_path: Path) -> None:
    place = checked_out(folder, tmp_path)
    told = dirty(place)
    shown = call(folder, "status", "j").out
    assert " ".join(shown.split()).endswith(f"spent $0.00, on branch job/j {told} next: git -C '{place}' status")


def test_a_job_that_waits_anyway_says_for_what_and_where_it_is_edited(folder: Path, tmp_path: Path) -> None:
    place = checked_out(folder, tmp_path)
    assert call(folder, "run", "j").code == 3
    waiting = document(folder, "status", "j")[0]
    dirty(place)
    assert document(folder, "status", "j")[0] == {**waiting, "being_edited": str(place)}
    shown = call(folder, "status", "j").out
    assert " ".join(shown.split()).endswith(
        f"on branch job/j being edited in {place} owner must approve review/j/approve next: orchestrator approve j"
    )


def test_a_list_of_jobs_is_told_alike_with_and_without_an_edit(folder: Path, tmp_path: Path) -> None:
    place = checked_out(folder, tmp_path)
    before = row(folder), call(folder, "status")
    dirty(place)
    assert (row(folder), call(folder, "status")) == before


def test_what_is_committed_or_not_gits_is_no_edit(folder: Path, tmp_path: Path) -> None:
    place = checked_out(folder, tmp_path)
    (place / "notes.txt").write_text("mine")
    assert document(folder, "status", "j")[0]["being_edited"] is None
    dirty(place)
    git(place, "commit", "-qam", "a whole thought")
    assert document(folder, "status", "j")[0]["being_edited"] is None
    assert call(folder, "run", "j").code == 3
