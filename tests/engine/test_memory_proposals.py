"""A job proposes an addition to what the workspace knows, a person merges it: docs/memory.md, run with real git."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from places import SameAtAGlance, Scripted, commit_files, finish, git, made_job, workspace, world_of

from orchestrator import publishers
from orchestrator.agents.interface import Request
from orchestrator.engine import glance
from orchestrator.engine.people import say
from orchestrator.engine.prompting import prompt
from orchestrator.engine.world import Unwatched, World
from orchestrator.ledger.proposals import Proposals
from orchestrator.model import settings
from orchestrator.model.action import Done, Halt, Word
from orchestrator.publishers.interface import Delivery, Idempotency, Publisher
from orchestrator.wiring import open_world

PAGE = Path(__file__).parents[2] / "docs" / "memory.md"
PIPELINE = """\
version: 1
steps:
  learn: {agent: writer, reads: [brief.md], writes: [lessons.md]}
  lessons: {publish: {to: lessons, files: [lessons.md]}}
"""
SETTINGS = """\
version: 1
models: [{name: builtin}]
publishers:
  lessons: {kind: proposal, path: memory/lessons.md}
"""
KEY = re.compile(r"(?<=<!-- effect )[0-9a-f]{16}(?= -->)")
MASKED = "0123456789abcdef"


class Killed(BaseException):
    """The process dies here."""


def proposing(world: World) -> World:
    """Return the world whose publishers are the real ones, proposals beside its own base."""

    def publisher(said: settings.Publisher) -> Publisher:
        return publishers.find(said, root=world.ledger.root, proposals=Proposals(world.ledger))

    return replace(world, publisher=publisher, watcher=Unwatched())


def learning(folder: Path, says: str = "Weigh the mug.\n") -> World:
    """Return the world around a workspace whose one agent has learned something, and a job in it."""

    def play(request: Request) -> dict[str, str]:
        return {"lessons.md": says}

    world = proposing(world_of(workspace(folder, pipeline=PIPELINE, settings=SETTINGS), Scripted(play)))
    made_job(world, "mug")
    return world


def again(world: World, says: str) -> World:
    """Return the world whose agent has learned something else."""

    def play(request: Request) -> dict[str, str]:
        return {"lessons.md": says}

    scripted = Scripted(play)
    return replace(world, backend=lambda agent, route, settings: scripted)


def watched(world: World) -> World:
    """Return the world in which a list of the jobs is held against what reading them says, after each entry."""
    watcher = SameAtAGlance()
    watcher.world = replace(world, watcher=watcher)
    return watcher.world


def standing(folder: Path) -> Mapping[str, str]:
    """Return what a proposal must not move: the base, HEAD, the index, the worktree."""
    asked = {"base": "rev-parse main", "head": "symbolic-ref HEAD", "status": "status --porcelain", "log": "reflog"}
    return {name: git(folder, *words.split()) for name, words in asked.items()}


def lessons(folder: Path, at: str) -> str:
    return KEY.sub(MASKED, git(folder, "show", f"{at}:memory/lessons.md"))


def section(job: str, text: str) -> str:
    return f"## From {job}\n\n<!-- effect {MASKED} -->\n\n{text}"


# --- the page ---------------------------------------------------------------------------------------------------------


def files_of(page: str) -> dict[str, str]:
    """Return the files that the page shows: path → text."""
    return dict(re.findall(r"^\*\*([\w./]+)\*\*\n\n```\w+\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))


def test_the_page_is_a_workspace_in_which_a_lesson_reaches_the_jobs_that_come_after(folder: Path) -> None:
    page = PAGE.read_text()
    files = files_of(page)
    assert len(files) == 7
    git(folder, "init", "-q", "-b", "main")
    commit_files(folder, files)
    world = proposing(open_world(folder, environ=dict(os.environ)))  # noqa: TID251  the hermetic one
    for job in ("mug", "bowl"):
        made_job(world, job, "note")
        assert isinstance(finish(world, job).action, Done)
    diff = KEY.sub(MASKED, git(folder, "diff", "main...memory/mug/lessons"))
    shown = page.partition("$ git diff main...memory/mug/lessons\n")[2].partition("$ git merge")[0]
    ids = re.compile(r"(?<=index 0000000\.\.)[0-9a-f]{7}")
    assert ids.sub("d85f5a5", diff) == shown.strip()
    git(folder, "merge", "-q", "memory/mug/lessons")
    assert lessons(folder, "main") == section("mug", "- Say what it weighs.")
    assert "Say what it weighs." not in prompt(world, "mug", "write")["prompt"]
    made_job(world, "vase", "note")
    assert "Say what it weighs." in prompt(world, "vase")["prompt"]
    assert set(prompt(world, "vase")["files"]) == {"/memory/lessons.md", "brief.md"}


def test_two_proposals_on_one_base_conflict_unless_git_is_told_to_keep_both(folder: Path) -> None:
    world = learning(folder, "- Weigh it.\n")
    made_job(world, "bowl")
    finish(world, "mug")
    finish(again(world, "- Fill it.\n"), "bowl")
    git(folder, "merge", "-q", "memory/mug/lessons")
    git(folder, "merge", "-q", "memory/bowl/lessons", status=1)
    git(folder, "merge", "--abort")
    commit_files(folder, {".gitattributes": "memory/*.md merge=union\n"})
    git(folder, "merge", "-q", "-m", "both", "memory/bowl/lessons")
    both = lessons(folder, "main")
    assert both.count("## From") == 2
    assert {"- Weigh it.", "- Fill it."} <= set(both.splitlines())


# --- one commit on top of the base ------------------------------------------------------------------------------------


def test_a_proposal_is_one_commit_of_the_agents_on_top_of_the_base_and_moves_nothing_else(folder: Path) -> None:
    world = learning(folder)
    (folder / "untracked.txt").write_text("mine\n")
    before = standing(folder)
    assert isinstance(finish(world, "mug").action, Done)
    assert standing(folder) == before
    assert git(folder, "rev-parse", "memory/mug/lessons^") == git(folder, "rev-parse", "main")
    assert git(folder, "diff", "--name-status", "main", "memory/mug/lessons") == "A\tmemory/lessons.md"
    assert git(folder, "log", "-1", "--format=%an <%ae>%n%cn%n%s", "memory/mug/lessons").splitlines() == [
        "writer <writer@agents.invalid>",
        "orchestrator",
        "memory: lessons of mug",
    ]
    told = git(folder, "log", "-1", "--format=%(trailers:only)", "memory/mug/lessons").splitlines()
    key = git(folder, "log", "-1", "--format=%(trailers:key=Effect-Key)", "job/mug")
    assert told == ["Job: mug", key]
    assert lessons(folder, "memory/mug/lessons") == section("mug", "Weigh the mug.")
    git(folder, "fsck", "--strict")


def test_what_a_person_wrote_is_proposed_as_theirs(folder: Path) -> None:
    world = learning(folder)
    git(folder, "worktree", "add", "-q", str(folder.parent / "mug"), "job/mug")
    commit_files(folder.parent / "mug", {"jobs/mug/lessons.md": "Ada has learned.\n"})
    assert isinstance(finish(world, "mug").action, Done)
    assert git(folder, "log", "-1", "--format=%an", "memory/mug/lessons") == "Ada Lovelace"


def test_what_stands_on_the_base_is_added_to_and_a_moved_base_is_built_on(folder: Path) -> None:
    world = learning(folder)
    commit_files(folder, {"memory/lessons.md": "# Lessons\n"})
    finish(world, "mug")
    assert lessons(folder, "memory/mug/lessons") == "# Lessons\n\n" + section("mug", "Weigh the mug.")
    commit_files(folder, {"memory/lessons.md": "# Lessons of ours\n"})
    say(world, "mug", Word.RERUN, step="learn")
    assert isinstance(finish(again(world, "Fill the mug.\n"), "mug").action, Done)
    assert lessons(folder, "memory/mug/lessons") == "# Lessons of ours\n\n" + section("mug", "Fill the mug.")
    assert git(folder, "rev-parse", "memory/mug/lessons^") == git(folder, "rev-parse", "main")


def test_a_later_proposal_of_a_job_whose_first_was_merged_stands_beside_it(folder: Path) -> None:
    world = learning(folder)
    finish(world, "mug")
    git(folder, "merge", "-q", "memory/mug/lessons")
    say(world, "mug", Word.RERUN, step="learn")
    finish(again(world, "Fill the mug.\n"), "mug")
    both = section("mug", "Weigh the mug.") + "\n\n" + section("mug", "Fill the mug.")
    assert lessons(folder, "memory/mug/lessons") == both
    git(folder, "merge", "-q", "memory/mug/lessons")
    assert lessons(folder, "main") == both


# --- no job waits for it ----------------------------------------------------------------------------------------------


def test_a_proposal_that_is_left_lying_or_deleted_says_nothing_to_the_job(folder: Path) -> None:
    world = watched(learning(folder))
    finish(world, "mug")
    tip = git(folder, "rev-parse", "job/mug")
    assert world.ledger.open_reviews("mug") == frozenset()
    settings = git(folder, "rev-parse", "main:orchestrator.yaml")
    before = glance.rows(world)
    assert list(glance.told_by_trailers(world, world.ledger.survey(), settings).values()) == before
    git(folder, "branch", "-qD", "memory/mug/lessons")
    assert glance.rows(world) == before
    assert isinstance(finish(world, "mug").action, Done)
    assert git(folder, "rev-parse", "job/mug") == tip
    assert git(folder, "branch", "--list", "memory/*") == ""


# --- crashes ----------------------------------------------------------------------------------------------------------


@dataclass
class Dying:
    """A publisher whose process dies once it has sent."""

    inner: Publisher
    idempotency: Idempotency = Idempotency.LOOKUP
    is_event: bool = False

    def send(self, delivery: Delivery) -> str:
        self.inner.send(delivery)
        raise Killed

    def look_up(self, key: str, job: str) -> bool:
        return self.inner.look_up(key, job)


def killed_after_the_proposal(folder: Path) -> World:
    world = learning(folder)
    with pytest.raises(Killed):
        finish(replace(world, publisher=lambda said: Dying(world.publisher(said))), "mug")
    return world


def test_killed_after_the_proposal_the_branch_tells_that_it_was_made(folder: Path) -> None:
    world = killed_after_the_proposal(folder)
    tip = git(folder, "rev-parse", "memory/mug/lessons")
    assert isinstance(finish(world, "mug").action, Done)
    assert git(folder, "rev-parse", "memory/mug/lessons") == tip
    assert git(folder, "log", "-1", "--format=%s", "job/mug") == "mug: lessons published"


def test_killed_after_the_proposal_a_persons_commit_on_top_of_it_hides_nothing(folder: Path) -> None:
    world = killed_after_the_proposal(folder)
    git(folder, "checkout", "-q", "memory/mug/lessons")
    mine = commit_files(folder, {"memory/lessons.md": "Better words.\n"})
    assert isinstance(finish(world, "mug").action, Done)
    assert git(folder, "rev-parse", "memory/mug/lessons") == mine


def test_killed_after_the_proposal_that_was_merged_and_deleted_meanwhile_the_base_tells_it(folder: Path) -> None:
    world = killed_after_the_proposal(folder)
    git(folder, "merge", "-q", "--squash", "memory/mug/lessons")
    git(folder, "commit", "-qm", "lessons")
    git(folder, "branch", "-qD", "memory/mug/lessons")
    assert isinstance(finish(world, "mug").action, Done)
    assert git(folder, "branch", "--list", "memory/*") == ""


# --- what people do to the branch -------------------------------------------------------------------------------------


def test_a_persons_commits_on_a_proposal_are_never_lost(folder: Path) -> None:
    world = learning(folder)
    finish(world, "mug")
    git(folder, "checkout", "-q", "-b", "mine", "memory/mug/lessons")
    mine = commit_files(folder, {"memory/lessons.md": "Better words.\n"})
    git(folder, "branch", "-qf", "memory/mug/lessons", mine)
    git(folder, "checkout", "-q", "main")
    say(world, "mug", Word.RERUN, step="learn")
    other = again(world, "Fill the mug.\n")
    stopped = finish(other, "mug").action
    assert isinstance(stopped, Halt)
    assert stopped.reason == (
        "lessons could not publish: memory/lessons.md: it cannot be proposed: memory/mug/lessons has commits of "
        "ada@example.com, and a new proposal would lose them"
    )
    assert git(folder, "rev-parse", "memory/mug/lessons") == mine
    git(folder, "merge", "-q", "memory/mug/lessons")
    say(world, "mug", Word.RETRY, step="lessons")
    assert isinstance(finish(other, "mug").action, Done)
    assert lessons(folder, "memory/mug/lessons") == "Better words.\n\n" + section("mug", "Fill the mug.")


def test_a_worktree_on_the_branch_follows_where_it_is_clean_and_stops_it_where_it_is_not(folder: Path) -> None:
    world = learning(folder)
    finish(world, "mug")
    here = folder.parent / "looking"
    git(folder, "worktree", "add", "-q", str(here), "memory/mug/lessons")
    say(world, "mug", Word.RERUN, step="learn")
    finish(again(world, "Fill the mug.\n"), "mug")
    assert KEY.sub(MASKED, (here / "memory/lessons.md").read_text()).strip() == section("mug", "Fill the mug.")
    (here / "memory/lessons.md").write_text("I am at it.\n")
    say(world, "mug", Word.RERUN, step="learn")
    stopped = finish(again(world, "Wash the mug.\n"), "mug").action
    assert isinstance(stopped, Halt)
    assert f"being edited in {here}" in stopped.reason
    assert (here / "memory/lessons.md").read_text() == "I am at it.\n"


def test_a_link_on_the_base_is_not_written_through(folder: Path) -> None:
    world = learning(folder)
    (folder / "memory").mkdir()
    (folder / "memory/lessons.md").symlink_to("../orchestrator.yaml")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "a link")
    stopped = finish(world, "mug").action
    assert isinstance(stopped, Halt)
    assert "what stands there on the base is no plain file" in stopped.reason
    assert git(folder, "branch", "--list", "memory/*") == ""


@pytest.mark.parametrize("is_remotes", [False, True])
def test_a_base_that_is_called_as_the_proposal_would_be_is_not_moved(folder: Path, is_remotes: bool) -> None:
    learning(folder)
    git(folder, "branch", "memory/mug/lessons")
    if is_remotes:
        git(folder, "update-ref", "refs/remotes/origin/memory/mug/lessons", "main")
    base = "refs/remotes/origin/memory/mug/lessons" if is_remotes else "memory/mug/lessons"
    git(folder, "config", "orchestrator.base", base)
    world = again(proposing(open_world(folder, environ=dict(os.environ))), "x\n")  # noqa: TID251  the hermetic one
    before = git(folder, "rev-parse", "memory/mug/lessons")
    stopped = finish(world, "mug").action
    assert isinstance(stopped, Halt)
    assert stopped.reason.endswith("it cannot be proposed: memory/mug/lessons is the base, which people alone move")
    assert git(folder, "rev-parse", "memory/mug/lessons") == before


def test_a_branch_that_is_called_memory_is_in_the_way_and_the_job_says_so(folder: Path) -> None:
    world = learning(folder)
    git(folder, "branch", "memory")
    stopped = finish(world, "mug").action
    assert isinstance(stopped, Halt)
    assert stopped.reason.startswith("lessons could not publish: memory/lessons.md: it cannot be proposed: ")
