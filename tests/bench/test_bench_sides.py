"""What the bench times is what it says: the same change on both sides, jobs that differ, a right status."""

from collections import Counter
from pathlib import Path

import pytest
from bench_child import PYTHON, Place
from bench_crowd import PLAN, STATES, expected, kept_crowd, make_crowd, name
from bench_pairs import in_turn
from bench_status import status_rows
from bench_step import Ours, Plain, copies
from bench_workspace import IDENTITY, STEPS, BenchError, Shop, hermetic, shop

from orchestrator.engine.run import run


def quiet(line: str) -> None:
    """Say nothing."""


def kept(of: Shop, job: str, path: str) -> str:
    return of.git("rev-parse", f"job/{job}:jobs/{job}/{path}")


def test_git_commits_the_very_trees_that_we_commit(tmp_path: Path) -> None:
    made = copies(tmp_path, hermetic(tmp_path / "home"), 2)
    plain = Plain(made.plain, tmp_path / "trees", made.changes)
    with made.ours.opened() as world:
        in_turn({"ours": Ours(world).run, "git": plain.run}, 1)
    trees = [of.git("log", "--format=%T", f"-{STEPS + 1}", "job/job1").split("\n") for of in (made.ours, made.plain)]
    assert trees[0] == trees[1]
    assert len(set(trees[0])) == STEPS + 1
    assert [sorted(change) for change in made.changes["job0"]] == [
        ["jobs/job0/state.yaml", f"jobs/job0/t{number}.md"] for number in range(STEPS)
    ]


def test_a_job_that_rests_where_it_was_to_move_stops_the_bench(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", hermetic(tmp_path / "home"), ("short",))
    with made.opened() as world:
        made.job(world, "job0", "short")
        with pytest.raises(BenchError, match="job0 rested where it was to move"):
            Ours(world).run(0)


def test_the_crowd_is_as_planned_and_no_two_jobs_are_alike(tmp_path: Path) -> None:
    made = make_crowd(tmp_path / "crowd", hermetic(tmp_path / "home"), 2 * len(PLAN), quiet)
    for state in STATES:
        copied = made.copy(state, tmp_path / state)
        for path in ("job.yaml", "pipeline.yaml", "brief.md"):
            assert len({kept(copied, name(number), path) for number in range(made.jobs)}) == made.jobs
        assert len(status_rows(copied, state, expected(made.jobs), 1)) == 4
        with pytest.raises(BenchError, match="status counts"):
            status_rows(copied, state, Counter(ready=made.jobs), 1)
        copied.git("fsck")
    refs = [path for path in (copied.folder / ".git" / "refs").rglob("*") if path.is_file()]
    assert refs == []
    assert copied.git("count-objects").startswith("0 objects")


def test_a_crowd_is_kept_for_as_long_as_the_programs_make_the_same(tmp_path: Path) -> None:
    said: list[str] = []
    few = make_crowd(tmp_path / "few", hermetic(tmp_path / "home"), len(PLAN), quiet)
    # Another name in the base's commits, as another date would: other ids of all that is made from them.
    (tmp_path / "home" / ".gitconfig").write_text(IDENTITY.replace("Lovelace", "Byron"))
    (tmp_path / f"crowd-{2 * len(PLAN)}-another").mkdir()
    many = kept_crowd(tmp_path, few, 2 * len(PLAN), is_fresh=False, say=said.append)
    assert many.likeness() == few.likeness()
    assert kept_crowd(tmp_path, few, many.jobs, is_fresh=False, say=said.append) == many
    assert [line.split(" ")[2] for line in said] == ["made", "from"]
    assert [path.name for path in tmp_path.glob("crowd-*")] == [many.folder.name]


def test_the_null_job_runs_to_its_end_with_the_agents_that_are_installed(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop", hermetic(tmp_path / "home"))
    with made.opened() as world:
        made.job(world, "j")
        assert run(world, "j", sleep=lambda _: None).entries == STEPS


def test_a_program_is_weighed_alone(tmp_path: Path) -> None:
    place = Place(tmp_path, hermetic(tmp_path / "home"))
    ballast = bytearray(200_000_000)
    bare, laden = (place.peak_mb(PYTHON, "-c", f"bytearray({size})") for size in (1, 60_000_000))
    assert bare < 60 <= laden < 60 + len(ballast) / 1e6


def test_a_program_that_fails_stops_the_bench(tmp_path: Path) -> None:
    place = Place(tmp_path, hermetic(tmp_path / "home"))
    with pytest.raises(BenchError, match="exit 3"):
        place.seconds(PYTHON, "-c", "raise SystemExit(3)")
    with pytest.raises(BenchError, match="exit 3"):
        place.peak_mb(PYTHON, "-c", "raise SystemExit(3)")


def test_the_modules_that_a_program_imports_are_told(tmp_path: Path) -> None:
    place = Place(tmp_path, hermetic(tmp_path / "home"))
    found = {module for module, _ in place.imported("-c", "import json.decoder")}
    assert {"json", "json.decoder"} <= found
