"""Many jobs at once: who comes next, what one job's trouble does to the others, and that all ends as if one by one."""

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Barrier, Condition, Event, Lock
from typing import cast

import pytest
from places import PIPELINE, SETTINGS, Scripted, git, made_job, well_behaved, workspace, world_of

from orchestrator import trailers
from orchestrator.agents.interface import Request
from orchestrator.engine.run import MOST_LOST_RACES, Course, Pause, Rested, run
from orchestrator.engine.scheduler import Ending, Turns, run_all
from orchestrator.engine.world import Unwatched, World
from orchestrator.errors import LostRace
from orchestrator.ledger import Ledger
from orchestrator.model.action import Await, Done, Fault, Waits

SHORT = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md]}
  polish: {agent: writer, reads: [text.md], writes: [text.md]}
"""
NOON = 1_767_268_800
FOREVER = 30
LATER = Rested(Await(Waits.TIME, "draft", "later", "the provider is away", until=NOON), 0)


# --- whose turn it is ------------------------------------------------------------------------------------------------


def turns_of(jobs: str, threads: int) -> Turns:
    turns = Turns(threads)
    turns.add(jobs)
    turns.close()
    return turns


def taken(turns: Turns) -> Course:
    course = turns.take()
    assert course is not None
    return course


def begun(turns: Turns, times: int) -> list[str]:
    """Return whose turn it was, one after another, each having more to do."""
    found = []
    for _ in range(times):
        course = taken(turns)
        found.append(course.job)
        turns.give_back(course)
    return found


def test_of_many_jobs_one_that_has_begun_goes_on() -> None:
    assert begun(turns_of("abcde", threads=1), 3) == ["a", "a", "a"]


def test_the_last_jobs_take_turns_so_that_no_thread_is_left_without_work() -> None:
    assert begun(turns_of("abcd", threads=1), 6) == ["a", "b", "c", "d", "a", "b"]


def test_who_wakes_goes_before_who_has_not_begun_in_the_order_of_their_times() -> None:
    turns = turns_of("abcd", threads=4)
    for until in (9, 5, 7):
        turns.put_to_sleep(taken(turns), Pause(until, 1, LATER))
    assert (turns.seconds_to_wake(3), turns.wake(4), turns.wake(7), turns.ready) == (2, 0, 2, 3)
    assert begun(turns, 3) == ["b", "c", "d"]
    assert (turns.seconds_to_wake(7), turns.seconds_to_wake(99)) == (2, 0)


def test_it_is_over_when_all_have_left_or_somebody_says_so() -> None:
    turns, empty, ended = turns_of("ab", threads=1), turns_of("", threads=1), turns_of("a", threads=1)
    turns.leave()
    ended.end()
    assert [each.is_over for each in (turns, empty, ended)] == [False, True, True]
    assert ended.take() is None
    turns.leave()
    assert turns.is_over


@dataclass
class Racing:
    """A ledger of which each job is taken only after so many lost races."""

    ledger: Ledger
    races: int
    lost: int = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.ledger, name)

    def lock(self, job: str) -> AbstractContextManager[None]:
        self.lost = (self.lost + 1) % (self.races + 1)
        if self.lost:
            raise LostRace("somebody was faster")
        return self.ledger.lock(job)


@pytest.mark.parametrize(("races", "entries"), [(MOST_LOST_RACES, 2), (MOST_LOST_RACES + 1, 0)])
def test_only_races_lost_one_after_another_end_a_run(folder: Path, races: int, entries: int) -> None:
    world = world_of(workspace(folder, pipeline=SHORT))
    made_job(world)
    racing = replace(world, ledger=cast("Ledger", Racing(world.ledger, races)))
    if entries:
        assert isinstance(run(racing, "j", sleep=lambda seconds: None).action, Done)
    else:
        with pytest.raises(LostRace):
            run(racing, "j", sleep=lambda seconds: None)
    assert len(world.ledger.history("j")) == 1 + entries


# --- with threads ----------------------------------------------------------------------------------------------------


def nobody(job: str, ending: Ending) -> None:
    """Hear of nothing."""


def many(folder: Path, count: int, *, pipeline: str = SHORT, settings: str = SETTINGS) -> tuple[str, ...]:
    """Make a workspace with jobs in it, and return their names."""
    world = world_of(workspace(folder, pipeline=pipeline, settings=settings))
    with world.ledger:
        return tuple(made_job(world, f"j{number:02}") and f"j{number:02}" for number in range(count))


def opened(folder: Path, play: Callable[[Request], Mapping[str, str] | Fault] = well_behaved) -> World:
    """Return a world whose agents are played so; nobody looks on."""
    scripted = Scripted(play)
    return replace(world_of(folder, scripted), watcher=Unwatched())


def summed(endings: Mapping[str, Ending]) -> dict[str, str]:
    """Return how each job ended, in a word."""
    return {
        job: type(ending.action).__name__ if isinstance(ending, Rested) else ending.code
        for job, ending in endings.items()
    }


def refs(folder: Path) -> list[str]:
    return git(folder, "for-each-ref", "--format=%(refname) %(objectname)").split("\n")


def assert_whole(folder: Path, jobs: tuple[str, ...], world: World) -> None:
    """See that every ledger counts on by one, and that nothing was left behind."""
    for job in jobs:
        seqs = [int(trailers.parse(commit.message)["Seq"]) for commit in world.ledger.history(job)]
        assert seqs == list(range(1, len(seqs) + 1))
    assert git(folder, "fsck", "--no-dangling") == ""
    inside = folder / ".git"
    assert [*inside.rglob("*.lock"), *inside.rglob("tmp_obj_*")] == []
    assert {path.read_bytes() for path in (inside / "orchestrator" / "locks").iterdir()} == {b""}


@pytest.mark.parametrize("count", [9, pytest.param(40, marks=pytest.mark.real)])
def test_jobs_in_eight_threads_end_byte_for_byte_as_one_after_another(folder: Path, tmp_path: Path, count: int) -> None:
    jobs = many(folder, count, pipeline=PIPELINE)
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    world = opened(folder)
    with world.ledger:
        at_once = run_all(world, jobs, threads=8, told=nobody)
        assert_whole(folder, jobs, world)
    world = opened(other)
    with world.ledger:
        one_by_one = {job: run(world, job, sleep=lambda seconds: None) for job in jobs}
    assert list(at_once.items()) == list(one_by_one.items())
    assert refs(folder) == refs(other)


def test_as_many_are_under_way_as_there_are_threads(folder: Path) -> None:
    jobs = many(folder, 3)
    together = Barrier(3)

    def meet(request: Request) -> Mapping[str, str]:
        together.wait(FOREVER)
        return well_behaved(request)

    world = opened(folder, meet)
    with world.ledger:
        endings = run_all(world, jobs, threads=3, told=nobody)
    assert summed(endings) == dict.fromkeys(jobs, "Done")


def test_each_end_is_told_once_and_the_answer_is_in_the_order_asked_for(folder: Path) -> None:
    jobs = many(folder, 3)
    told: list[tuple[str, Ending]] = []
    world = opened(folder)
    with world.ledger:
        endings = run_all(world, jobs[::-1], threads=2, told=lambda job, ending: told.append((job, ending)))
    assert list(endings) == list(jobs[::-1])
    assert sorted(told, key=lambda each: each[0]) == sorted(endings.items())
    assert run_all(world, (), threads=2, told=nobody) == {}


def test_an_error_of_one_job_stops_no_other(folder: Path) -> None:
    jobs = many(folder, 4)
    git(folder, "update-ref", "refs/heads/job/j01", git(folder, "rev-parse", "main"))

    def refuse(request: Request) -> Mapping[str, str] | Fault:
        return Fault("no", is_transient=False) if request.job == "j02" else well_behaved(request)

    world = opened(folder, refuse)
    with world.ledger, world.ledger.lock("j03"):
        endings = run_all(world, jobs, threads=2, told=nobody)
    assert summed(endings) == {"j00": "Done", "j01": "ledger", "j02": "Halt", "j03": "busy"}


def test_a_bug_lets_the_others_end_their_advance_and_begins_no_more(folder: Path) -> None:
    jobs = many(folder, 3)
    is_asked, has_failed = Event(), Event()
    asked: list[str] = []

    def play(request: Request) -> Mapping[str, str]:
        asked.append(request.job)
        if request.job == "j00":
            assert is_asked.wait(FOREVER)
            has_failed.set()
            raise ZeroDivisionError
        is_asked.set()
        assert has_failed.wait(FOREVER)
        return well_behaved(request)

    world = opened(folder, play)
    with world.ledger:
        with pytest.raises(ZeroDivisionError):
            run_all(world, jobs, threads=2, told=nobody)
        assert {job: len(world.ledger.history(job)) for job in jobs} in (
            {"j00": 1, "j01": 2, "j02": 1},
            {"j00": 1, "j01": 3, "j02": 1},  # it took its next turn before the bug was known
        )
        assert_whole(folder, jobs, world)


# --- time ------------------------------------------------------------------------------------------------------------


@dataclass
class Hours:
    """A clock that moves when it is waited on, and a note of every wait for a time."""

    now: int = NOON
    waits: list[float] = field(default_factory=list)
    is_standing: bool = False

    def wait(self, condition: Condition, seconds: float | None) -> None:
        """Let the time pass; what somebody else has to bring is waited for."""
        if seconds is None:
            assert condition.wait(FOREVER)
            return
        self.waits.append(seconds)
        if not self.is_standing:
            self.now += round(seconds)


def slow_down_once(job: str) -> Callable[[Request], Mapping[str, str] | Fault]:
    """Return a play in which a job's first call is to be made again in 40 s."""
    was_asked = Lock()

    def play(request: Request) -> Mapping[str, str] | Fault:
        if request.job == job and was_asked.acquire(blocking=False):
            return Fault("slow down", is_transient=True, retry_after=40, now=NOON)
        return well_behaved(request)

    return play


def test_a_job_that_waits_for_a_near_time_holds_no_thread(folder: Path) -> None:
    jobs = many(folder, 2)
    hours, order = Hours(), []
    late = slow_down_once("j00")

    def play(request: Request) -> Mapping[str, str] | Fault:
        order.append((request.job, request.step, hours.now))
        return late(request)

    def wait(condition: Condition, seconds: float | None) -> None:
        """The other job ends first, in a thread that the sleeper would hold."""
        if seconds is not None and len(order) < 3:
            assert condition.wait(FOREVER)
        else:
            hours.wait(condition, seconds)

    world = replace(opened(folder, play), clock=lambda: hours.now)
    with world.ledger:
        endings = run_all(world, jobs, threads=1, told=nobody, wait=wait)
    assert summed(endings) == {"j00": "Done", "j01": "Done"}
    assert [(job, step) for job, step, _ in order] == [
        ("j00", "draft"),
        ("j01", "draft"),
        ("j01", "polish"),
        ("j00", "draft"),
        ("j00", "polish"),
    ]
    assert (hours.waits, hours.now, order[3][2]) == ([40], NOON + 40, NOON + 40)


def test_a_sleeper_wakes_in_time_although_another_job_is_still_at_work(folder: Path) -> None:
    jobs = many(folder, 2)
    hours, has_woken = Hours(), Event()
    late = slow_down_once("j00")

    def play(request: Request) -> Mapping[str, str] | Fault:
        if request.job == "j01":
            assert has_woken.wait(FOREVER)
        elif hours.now > NOON:
            has_woken.set()
        return late(request)

    world = replace(opened(folder, play), clock=lambda: hours.now)
    with world.ledger:
        endings = run_all(world, jobs, threads=2, told=nobody, wait=hours.wait)
    assert summed(endings) == {"j00": "Done", "j01": "Done"}
    assert hours.waits == [40]


def test_a_clock_that_stands_still_never_wakes_anybody(folder: Path) -> None:
    jobs = many(folder, 2)
    hours = Hours(is_standing=True)
    world = replace(opened(folder, slow_down_once("j00")), clock=lambda: hours.now)
    with world.ledger:
        endings = run_all(world, jobs, threads=2, told=nobody, wait=hours.wait)
    assert summed(endings) == {"j00": "Await", "j01": "Done"}


# --- an interrupt ----------------------------------------------------------------------------------------------------


def test_an_interrupt_reaches_what_is_under_way_begins_nothing_and_leaves_all_whole(folder: Path) -> None:
    jobs = many(folder, 5)
    both = Barrier(3)
    left: list[str] = []

    def work_for_ever(request: Request) -> Mapping[str, str]:
        try:
            both.wait(FOREVER)
            while True:
                Event().wait(0.001)
        finally:
            left.append(request.job)

    def ctrl_c(condition: Condition, seconds: float | None) -> None:
        condition.release()
        both.wait(FOREVER)
        condition.acquire()
        raise KeyboardInterrupt

    world = opened(folder, work_for_ever)
    with world.ledger:
        before = refs(folder)
        with pytest.raises(KeyboardInterrupt):
            run_all(world, jobs, threads=2, told=nobody, wait=ctrl_c, grace=FOREVER)
        assert (sorted(left), refs(folder)) == (["j00", "j01"], before)
        assert_whole(folder, jobs, world)
    again = opened(folder)
    with again.ledger:
        assert summed(run_all(again, jobs, threads=2, told=nobody)) == dict.fromkeys(jobs, "Done")


def test_an_interrupt_also_reaches_who_ends_an_advance_after_anothers_bug(folder: Path) -> None:
    jobs = many(folder, 2)
    at_work, told = Event(), Event()
    left: list[str] = []

    def play(request: Request) -> Mapping[str, str]:
        if request.job == "j00":
            assert at_work.wait(FOREVER)
            told.set()
            raise RuntimeError("a bug")
        try:
            at_work.set()
            while True:
                Event().wait(0.001)
        finally:
            left.append(request.job)

    def wait(condition: Condition, seconds: float | None) -> None:
        if told.is_set():  # the other has nothing more to do, and the person has waited long enough
            raise KeyboardInterrupt
        assert condition.wait(FOREVER)

    world = opened(folder, play)
    with world.ledger, pytest.raises(KeyboardInterrupt):
        run_all(world, jobs, threads=2, told=nobody, wait=wait, grace=FOREVER)
    assert left == ["j01"]
