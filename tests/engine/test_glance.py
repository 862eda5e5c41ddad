"""The list of jobs: told by trailers alone where nothing has changed since, and always what reading the jobs says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from places import PIPELINE, SETTINGS, Scripted, commit_files, finish, git, made_job, workspace, world_of

from orchestrator.engine import glance
from orchestrator.engine.advance import advance
from orchestrator.engine.approving import approve, question
from orchestrator.engine.back import find_entry, fork, rewind
from orchestrator.engine.base import settings_id
from orchestrator.engine.glance import Row
from orchestrator.engine.people import edit, say
from orchestrator.engine.world import World
from orchestrator.model.action import Fault, Word


def told(world: World) -> dict[str, Row]:
    """Return what the trailers alone tell."""
    return glance.told_by_trailers(world, world.ledger.survey(), settings_id(world, world.ledger.base().commit))


def read(world: World) -> dict[str, Row]:
    return {job: glance.read(world, job) for job in world.ledger.jobs()}


def listed(world: World) -> dict[str, Row]:
    return {row.id: row for row in glance.rows(world)}


def cache(world: World) -> Path:
    return world.ledger.common_dir / "orchestrator" / glance.CACHE


def test_trailers_alone_tell_of_jobs_that_are_new_ready_waiting_done_and_halted(folder: Path) -> None:
    world = world_of(workspace(folder))
    for job in ("new", "ready", "waiting", "done", "rejected", "cancelled"):
        made_job(world, job)
    advance(world, "ready")
    for job in ("waiting", "done", "rejected"):
        finish(world, job)
    approve(world, question(world, "done", "approve"))
    finish(world, "done")
    say(world, "rejected", Word.REJECT, text="no: too long.")
    say(world, "cancelled", Word.CANCEL)
    assert told(world) == read(world)
    assert {job: (row.status, row.action, row.step) for job, row in told(world).items()} == {
        "cancelled": ("cancelled", "halt", None),
        "done": ("done", "done", None),
        "new": ("ready", "run", "draft"),
        "ready": ("ready", "run", "check"),
        "rejected": ("halted", "halt", "approve"),
        "waiting": ("waiting", "await", "approve"),
    }
    assert listed(world) == read(world)


def edited(world: World, folder: Path) -> None:
    edit(
        world, "j", "text.md", b"my own words\n", seen=world.ledger.files(world.ledger.tip("j") or "")["jobs/j/text.md"]
    )


def committed_on(world: World, folder: Path) -> None:
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/brief.md": "Other words.\n"})
    git(folder, "switch", "-q", "main")


def reset(world: World, folder: Path) -> None:
    git(folder, "branch", "-qf", "job/j", "job/j~1")


def rewound(world: World, folder: Path) -> None:
    rewind(world, "j", find_entry(world, "j", "draft"))


def merged(world: World, folder: Path) -> None:
    git(folder, "switch", "-q", "approved/j")
    git(folder, "merge", "-q", "--no-ff", "-m", "yes", "review/j/approve")
    git(folder, "switch", "-q", "main")


def fast_forwarded(world: World, folder: Path) -> None:
    git(folder, "push", "-q", ".", "review/j/approve:approved/j")


def unasked(world: World, folder: Path) -> None:
    git(folder, "branch", "-qD", "review/j/approve")


def deleted(world: World, folder: Path) -> None:
    git(folder, "branch", "-qD", "job/j")


def disowned(world: World, folder: Path) -> None:
    """The base branch names another approver."""
    commit_files(folder, {"orchestrator.yaml": SETTINGS.replace("who: [ada@", "who: [eve@")})


CHANGES = [edited, committed_on, reset, rewound, merged, fast_forwarded, unasked, deleted, disowned]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_moves_a_waiting_job_is_seen(folder: Path, change: Callable[[World, Path], None]) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    before = listed(world)
    assert told(world) == before == read(world)
    change(world, folder)
    assert told(world) == {}
    assert listed(world) == read(world)
    assert listed(world) == read(world)


def test_a_commit_of_the_base_that_leaves_the_settings_alone_changes_nothing(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    commit_files(folder, {"README.md": "hello\n"})
    assert told(world) == read(world)


def test_a_comment_in_the_settings_changes_nothing_and_a_done_job_asks_of_publishers_alone(folder: Path) -> None:
    world = world_of(workspace(folder))
    for job in ("waiting", "done"):
        made_job(world, job)
        finish(world, job)
    approve(world, question(world, "done", "approve"))
    finish(world, "done")
    commit_files(folder, {"orchestrator.yaml": f"# a comment\n{SETTINGS}"})
    assert told(world) == read(world)
    commit_files(folder, {"orchestrator.yaml": SETTINGS.replace("who: [ada@", "who: [eve@")})
    assert told(world).keys() == {"done"}
    assert listed(world) == read(world)
    commit_files(folder, {"orchestrator.yaml": SETTINGS.replace("path: published", "path: elsewhere")})
    assert told(world) == {}
    assert listed(world) == read(world)


CHOICE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
  approve:
    approve: {by: owner}
  extra:
    agent: writer
    prompt: draft
    when: options.go == "yes"
    reads: [text.md]
    writes: [extra.md]
"""


def test_what_is_next_goes_by_the_data_that_an_approval_brings_along(folder: Path) -> None:
    world = world_of(workspace(folder, pipeline=CHOICE))
    commit_files(folder, {"jobs/templates/t/options.yaml": "go: maybe\n"})
    made_job(world)
    finish(world)
    git(folder, "switch", "-q", "approved/j")
    git(folder, "merge", "-q", "--no-ff", "-m", "yes", "review/j/approve")
    commit_files(folder, {"jobs/j/options.yaml": 'go: "yes"\n'})
    git(folder, "switch", "-q", "main")
    advance(world, "j")
    assert told(world) == read(world)
    assert told(world)["j"][2:4] == ("run", "extra")


@pytest.mark.parametrize("line", ["Spend-USD: abc", "Spend-USD: -1", "Spend-USD: inf", "Status: happy", "Next: "])
def test_a_trailer_that_says_what_cannot_be_is_not_believed(folder: Path, line: str) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    key = line.split(":")[0]
    said = [text for text in git(folder, "log", "-1", "--format=%B", "job/j").split("\n") if not text.startswith(key)]
    machine = ("-c", "user.name=orchestrator", "-c", "user.email=orchestrator@agents.invalid")
    tree = git(folder, "rev-parse", "job/j^{tree}")
    forged = git(folder, *machine, "commit-tree", tree, "-p", "job/j", "-m", "\n".join([*said, line]))
    git(folder, "update-ref", "refs/heads/job/j", forged)
    git(folder, "update-ref", "refs/orchestrator/tips/j", forged)
    assert told(world) == {}
    assert listed(world) == read(world)


def test_what_went_out_from_elsewhere_is_seen(folder: Path, tmp_path: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    approve(world, question(world, "j", "approve"))
    git(tmp_path, "clone", "-q", "--mirror", str(folder), "there")
    other = world_of(tmp_path / "there")
    assert told(world)["j"][2:4] == ("publish", "publish")
    git(folder, "update-ref", "refs/orchestrator/published/j/publish/shop", world.ledger.base().commit)
    assert told(world) == {}
    assert told(other)["j"] == read(other)["j"]


def test_a_reason_with_a_word_longer_than_a_line_is_told_whole(folder: Path) -> None:
    path = f"{'long' * 20}.md"
    pipeline = PIPELINE.replace("reads: [brief.md]", f"reads: [{path}]")
    world = world_of(workspace(folder, pipeline=pipeline))
    commit_files(folder, {f"jobs/templates/t/{path}": "words\n"})
    made_job(world)
    commit_files(folder, {"README.md": "x\n"})
    git(folder, "switch", "-q", "job/j")
    git(folder, "rm", "-q", f"jobs/j/{path}")
    git(folder, "commit", "-qm", "without")
    git(folder, "switch", "-q", "main")
    advance(world, "j")
    assert told(world) == read(world)
    assert path in told(world)["j"].reason


def test_a_fork_is_told_of_as_reading_it_says(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    fork(world, "j", "k", find_entry(world, "j", "draft"))
    assert listed(world) == read(world)
    finish(world, "k")
    assert told(world) == read(world)


def test_a_job_that_waits_for_a_time_is_told_of_by_the_clock(folder: Path) -> None:
    away = Scripted(lambda request: Fault("the provider is away", is_transient=True, retry_after=3_600))
    world = world_of(workspace(folder), away)
    made_job(world)
    advance(world, "j")
    assert told(world) == {}
    assert listed(world) == read(world)
    assert listed(world)["j"].status == "waiting"
    later = replace(world, clock=lambda: world.clock() + 10_000)
    assert listed(later) == read(later)
    assert listed(later)["j"].status == "ready"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\n", b"\n{}", b"\xff\xfe", b"0" * 32 + b'\n{"j": ["x"]}'],
)
def test_a_cache_that_cannot_be_read_is_none(folder: Path, content: bytes) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    finish(world)
    whole = listed(world)
    kept = cache(world).read_bytes()
    for spoilt in (content, kept[:-1], kept.replace(b"waiting", b"finished")):
        cache(world).write_bytes(spoilt)
        assert listed(world) == whole
        assert cache(world).read_bytes() == kept
    cache(world).unlink()
    assert listed(world) == whole
    assert cache(world).read_bytes() == kept


def test_a_place_where_nothing_can_be_written_has_no_cache(folder: Path) -> None:
    world = world_of(workspace(folder))
    made_job(world)
    cache(world).mkdir(parents=True)
    assert listed(world) == read(world)


def test_a_clone_lists_the_jobs_of_its_remote_from_their_trailers(folder: Path, tmp_path: Path) -> None:
    world = world_of(workspace(folder))
    for job in ("a", "b"):
        made_job(world, job)
    finish(world, "a")
    git(tmp_path, "clone", "-q", str(folder), "there")
    clone = world_of(tmp_path / "there")
    assert told(clone) == {}
    assert listed(clone) == read(clone)
    clone.ledger.init_refspecs()
    git(tmp_path / "there", "fetch", "-q")
    assert told(clone) == read(clone) == read(world)
