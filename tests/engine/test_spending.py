"""What was spent is read from the ledger: after a reset, a restart, a lost race; and only where a limit asks for it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from places import finish, git, made_job, well_behaved, workspace, world_of

from orchestrator.agents.interface import Answer, Request
from orchestrator.documents.emit import emit_yaml
from orchestrator.engine.advance import advance
from orchestrator.engine.back import find_entry, fork, rewind
from orchestrator.engine.people import say
from orchestrator.engine.spending import DAY, accepted, spending
from orchestrator.engine.world import World
from orchestrator.errors import LostRace
from orchestrator.model.action import Basis, Fault, Usage, Word
from orchestrator.model.settings import Budget
from orchestrator.model.snapshot import Spending
from orchestrator.wiring import open_world

ALL = Budget(step=1, job=1, day=1, workspace=1)
TODAY = 1_767_225_600  # the tests' date, the beginning of 2026-01-01
STEPS = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md], gate: [words: {min: 2}]}
  polish: {agent: writer, reads: [text.md], writes: [more.md], gate: [words: {min: 2}]}
"""


@dataclass
class Paid:
    """A backend whose attempts cost a cent each, two cents the polish; it does what `before` says first."""

    before: Callable[[Request], None] = lambda request: None
    name: str = "builtin"

    def run(self, request: Request) -> Answer | Fault:
        self.before(request)
        cost = 0.02 if request.step == "polish" else 0.01
        made = {path: text.encode() for path, text in well_behaved(request).items()}
        return Answer(made, Usage(100, 10, cost, basis=Basis.PRICED))


def world_at(folder: Path, now: int = TODAY, backend: Paid | None = None) -> World:
    """Return a world that has read nothing yet."""
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(now)}  # noqa: TID251  the hermetic one
    paid = backend or Paid()
    return replace(open_world(folder, environ=environ), backend=lambda agent, route, settings: paid)


@pytest.fixture
def place(folder: Path) -> Path:
    world_of(workspace(folder, pipeline=STEPS)).ledger.close()
    return folder


def told(world: World, job: str = "other", step: str = "draft", now: int = TODAY, budget: Budget = ALL) -> Spending:
    """Return the same from the world as it is and from one that has read nothing: they must agree."""
    here = spending(world, job, step, budget, now)
    root = world.ledger.root
    assert root is not None
    assert here == spending(world_at(root), job, step, budget, now)
    return here


def test_the_step_the_day_and_the_workspace_count_all_attempts_of_all_jobs(place: Path) -> None:
    world = world_at(place)
    for job in ("a", "b"):
        made_job(world, job)
        finish(world, job)
    assert told(world, "a", "draft") == Spending(job=0.03, step=0.01, day=0.06, workspace=0.06)
    assert told(world, "a", "polish") == Spending(job=0.03, step=0.02, day=0.06, workspace=0.06)
    assert told(world, "a", "none") == Spending(job=0.03, day=0.06, workspace=0.06)


def test_what_no_limit_asks_for_is_not_read(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")
    finish(world, "a")

    @dataclass
    class Unread:
        """A ledger of which nothing may be asked."""

        asked: list[str] = field(default_factory=list)

        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"the ledger was asked for {name}")

    blind = replace(world_at(place), ledger=Unread())  # type: ignore[arg-type]
    assert spending(blind, "a", "draft", Budget(call=1), TODAY) == Spending()
    assert told(world, "a", budget=Budget(job=1)) == Spending(job=0.03)
    assert told(world, "a", budget=Budget(step=1)) == Spending(step=0.01)
    assert told(world, "a", budget=Budget(day=1)) == Spending(day=0.03)
    assert told(world, "a", budget=Budget(workspace=1)) == Spending(workspace=0.03)


def test_what_is_added_is_seen_by_who_has_read_before(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")
    assert told(world, "a") == Spending(job=0)
    advance(world, "a")
    assert told(world, "a") == Spending(job=0.01, step=0.01, day=0.01, workspace=0.01)
    elsewhere = world_at(place)
    advance(elsewhere, "a")
    made_job(elsewhere, "b")
    finish(elsewhere, "b")
    assert told(world, "a") == Spending(job=0.03, step=0.01, day=0.06, workspace=0.06)


@pytest.mark.parametrize("reset", ["git", "rewind", "deleted"])
def test_a_reset_refunds_no_budget(place: Path, reset: str) -> None:
    world = world_at(place)
    made_job(world, "a")
    finish(world, "a")
    spending(world, "a", "draft", ALL, TODAY)
    if reset == "git":
        git(place, "branch", "-qf", "job/a", "job/a~2")
    elif reset == "rewind":
        rewind(world, "a", find_entry(world, "a", "draft"))
    else:
        git(place, "branch", "-qD", "job/a")
    assert told(world, "a") == Spending(job=0.03, step=0.01, day=0.03, workspace=0.03)
    if reset != "deleted":
        finish(world, "a")
        step = 0.02 if reset == "git" else 0.01
        assert told(world, "a") == Spending(job=step + 0.04, step=step, day=step + 0.04, workspace=step + 0.04)


def test_a_fork_has_cost_nothing_yet(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")
    finish(world, "a")
    fork(world, "a", "b", find_entry(world, "a", "draft"))
    assert told(world, "b") == Spending(job=0, day=0.03, workspace=0.03)
    finish(world, "b")
    assert told(world, "b", "polish") == Spending(job=0.02, step=0.02, day=0.05, workspace=0.05)


def test_what_lost_a_race_counts(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")

    def meanwhile(request: Request) -> None:
        git(place, "branch", "-qf", "job/a", git(place, "commit-tree", "-p", "job/a", "-m", "mine", "job/a^{tree}"))

    with pytest.raises(LostRace):
        advance(world_at(place, backend=Paid(meanwhile)), "a")
    assert told(world, "a") == Spending(job=0.01, step=0.01, day=0.01, workspace=0.01)


def test_a_day_is_one_of_utc_by_the_dates_of_commits(place: Path) -> None:
    made_job(world_at(place), "a")
    advance(world_at(place, TODAY - 1), "a")
    advance(world_at(place, TODAY), "a")
    world = world_at(place)
    assert told(world, "a", "draft", TODAY - 1) == Spending(job=0.03, step=0.01, day=0.01, workspace=0.03)
    assert told(world, "a", "draft", TODAY + DAY - 1) == Spending(job=0.03, step=0.01, day=0.02, workspace=0.03)
    assert told(world, "a", "draft", TODAY + DAY) == Spending(job=0.03, step=0.01, workspace=0.03)
    assert told(world_at(place), "a", "draft", TODAY + 9 * DAY) == Spending(job=0.03, step=0.01, workspace=0.03)


def claimed(world: World, job: str, usd: float, *, owner: str = "h/1", expires: int = TODAY) -> None:
    text = {"step": "draft", "attempt": 1, "tip": "0" * 40, "reserved_usd": usd, "owner": owner, "expires": expires}
    world.ledger.claims.take(job, emit_yaml(text).decode())


def test_the_calls_of_other_jobs_that_are_under_way_are_reserved(place: Path) -> None:
    world = world_at(place)
    for job in ("a", "b", "c"):
        made_job(world, job)
    claimed(world, "a", 0.25)
    claimed(world, "b", 0.5)
    assert told(world, "a") == Spending(job=0, reserved=0.5, live=0.5, holders=("b",))
    assert told(world, "c") == Spending(job=0, reserved=0.75, live=0.75, holders=("a", "b"))
    claimed(world, "c", 1)
    assert told(world, "c", budget=Budget(step=1, job=1)) == Spending(job=0)


def test_only_for_a_call_that_may_still_end_it_is_worth_waiting(place: Path) -> None:
    world = world_at(place)
    for job in ("dead", "ended", "far", "late", "none"):
        made_job(world, job)
    claimed(world, "dead", 1, owner=world.owner)
    claimed(world, "far", 2)
    claimed(world, "late", 4, expires=TODAY - 1)
    claimed(world, "none", 0)
    assert told(world) == Spending(job=0, reserved=7, live=2, holders=("dead", "far", "late"))
    with world.ledger.lock("dead"):
        assert told(world) == Spending(job=0, reserved=7, live=3, holders=("dead", "far", "late"))
    claimed(world, "ended", 8)
    assert told(world) == Spending(job=0, reserved=15, live=10, holders=("dead", "ended", "far"))


def test_a_claim_that_cannot_be_read_holds_up_no_other_job(place: Path) -> None:
    world = world_at(place)
    for job in ("a", "b"):
        made_job(world, job)
    world.ledger.claims.take("a", "reserved_usd: lots\n")
    assert told(world, "b") == Spending(job=0)


@pytest.mark.parametrize("ref", ["claims/Odd_Name", "claims/other", "claims/a/b", "lost/a/1", "archive/Odd/1"])
@pytest.mark.parametrize("at", ["main", "main:orchestrator.yaml", "main^{tree}"])
def test_a_stray_ref_holds_up_no_other_job(place: Path, ref: str, at: str) -> None:
    world = world_at(place)
    for job in ("a", "b"):
        made_job(world, job)
    finish(world, "b")
    git(place, "update-ref", f"refs/orchestrator/{ref}", git(place, "rev-parse", at))
    assert told(world, "b") == Spending(job=0.03, step=0.01, day=0.03, workspace=0.03)


def of_a(place: Path, *args: str, text: tuple[str, str] | None = None) -> None:
    """Work on the branch of job a as a person would."""
    state = place / "jobs/a/state.yaml"
    git(place, "switch", "-q", "job/a")
    if text:
        state.write_text(state.read_text().replace(*text))
    git(place, *args)
    git(place, "switch", "-q", "main")


def test_who_writes_into_the_state_that_less_was_spent_refunds_nothing(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")
    finish(world, "a")
    of_a(place, "commit", "-qam", "mine", text=("spend_usd: 0.03", "spend_usd: 0.0"))
    say(world, "a", Word.RERUN, step="polish")
    assert "Spend-USD" not in git(place, "log", "-1", "--format=%B", "job/a")
    assert told(world, "a") == Spending(job=0.03, step=0.01, day=0.03, workspace=0.03)


def test_an_amended_entry_counts_once(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")
    finish(world, "a")
    of_a(place, "commit", "-q", "--amend", "--reset-author", "-m", "mine\n\nCost-USD: 5\nStep: draft")
    say(world, "a", Word.RERUN, step="polish")
    assert told(world, "a") == Spending(job=0.03, step=0.01, day=0.03, workspace=0.03)


def test_a_merge_whose_state_is_said_to_be_further_on_hides_nothing(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")
    finish(world, "a")
    git(place, "switch", "-qc", "side", "job/a~2")
    state = place / "jobs/a/state.yaml"
    state.write_text(state.read_text().replace("seq: 1\n", "seq: 999\n"))
    git(place, "commit", "-qam", "further on")
    of_a(place, "merge", "-q", "-s", "ours", "-m", "both", "side")
    git(place, "update-ref", "refs/orchestrator/tips/a", "job/a")
    assert told(world, "a") == Spending(job=0.03, step=0.01, day=0.03, workspace=0.03)


def test_a_person_s_commits_and_merges_in_between_cost_nothing_and_hide_nothing(place: Path) -> None:
    world = world_at(place)
    made_job(world, "a")
    advance(world, "a")
    assert told(world, "a") == Spending(job=0.01, step=0.01, day=0.01, workspace=0.01)
    git(place, "switch", "-qc", "side", "job/a")
    (place / "jobs/a/note.md").write_text("mine\n")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "x\n\nCost-USD: 5\nStep: draft")
    git(place, "switch", "-q", "job/a")
    git(place, "merge", "-q", "--no-ff", "-m", "both", "side")
    git(place, "switch", "-q", "main")
    advance(world, "a")
    assert told(world, "a") == Spending(job=0.03, step=0.01, day=0.03, workspace=0.03)


def test_a_model_s_pass_rate_is_that_of_a_step_in_all_jobs_once_there_are_five_attempts(place: Path) -> None:
    @dataclass
    class Weak(Paid):
        """Every other draft is one word: its gate fails."""

        asked: int = 0

        def run(self, request: Request) -> Answer | Fault:
            self.asked += request.step == "draft"
            answer = super().run(request)
            if isinstance(answer, Answer) and request.step == "draft" and self.asked % 2:
                return replace(answer, files={"text.md": b"word\n"})
            return answer

    weak = Weak()
    world = world_at(place, backend=weak)
    for job in ("a", "b"):
        made_job(world, job)
        finish(world, job)
    assert accepted(world, "draft") == {}
    made_job(world, "c")
    finish(world, "c")
    say(world, "c", Word.RERUN, step="draft")
    assert accepted(world, "draft") == {"builtin": 0.5} == accepted(world_at(place), "draft")
    assert accepted(world, "polish") == {}
