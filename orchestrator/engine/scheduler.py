"""Many jobs at once: threads of one process, each advancing one job at a time. What comes next is decided by a value.

A job that waits for a time that is near holds no thread. One job's error stops no other; a bug, or a system that
refuses, lets the others end the advance that they are in, and is raised then.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread

from orchestrator.engine.run import Course, Pause, Rested
from orchestrator.engine.world import World
from orchestrator.errors import OrchestratorError

JOBS_A_THREAD = 4
"""Up to so many jobs to a thread they take turns; of more, one that has begun goes on before another begins."""
GRACE_SECONDS = 2.0
"""How long an interrupted advance has to leave its place clean, before the process ends under it."""

Ending = Rested | OrchestratorError
Told = Callable[[str, Ending], None]
Wait = Callable[[Condition, float | None], object]


def run_all(
    world: World,
    jobs: Sequence[str],
    *,
    threads: int,
    told: Told,
    wait: Wait = Condition.wait,
    grace: float = GRACE_SECONDS,
) -> dict[str, Ending]:
    """Run each job until it rests, `threads` of them at a time; return job → where it rests, or its error.

    `told` hears of each end as it comes, in any thread. `wait` waits on a condition, at most so many seconds; `grace`
    is the seconds that an interrupted advance has. Raises what is no error of one job: KeyboardInterrupt, a bug, what
    the system refuses.
    """
    endings: dict[str, Ending] = {}

    def noted(job: str, ending: Ending) -> None:
        endings[job] = ending
        told(job, ending)

    turns = Turns(threads)
    turns.add(jobs)
    turns.close()
    Crew(world, turns, noted, wait).work_to_the_end(min(threads, len(jobs)), grace)
    return {job: endings[job] for job in jobs}


class Turns:
    """Whose turn it is: jobs that are ready, jobs that are under way, jobs asleep until a time. It knows no thread.

    Jobs begin in the order that they were given in. While there are many to a thread, one that has begun goes on, so
    that jobs end early; the last ones take turns, so that they end together and no thread is left without work.
    """

    def __init__(self, threads: int) -> None:
        self._ready: deque[Course] = deque()
        self._asleep: list[tuple[int, int, Course, Rested]] = []
        self._slept = 0
        self._threads = threads
        self._left = 0
        self._is_open = True
        self._is_over = False

    def add(self, jobs: Iterable[str]) -> None:
        """Take in further jobs."""
        new = [Course(job) for job in jobs]
        self._ready += new
        self._left += len(new)

    def close(self) -> None:
        """Take note that no further jobs come."""
        self._is_open = False

    @property
    def is_over(self) -> bool:
        """Say whether nobody will have a turn any more."""
        return self._is_over or not (self._left or self._is_open)

    @property
    def is_open(self) -> bool:
        """Say whether further jobs may come."""
        return self._is_open and not self._is_over

    @property
    def ready(self) -> int:
        """Return how many jobs wait for a turn."""
        return len(self._ready)

    @property
    def all_asleep(self) -> bool:
        """Say whether nothing but time can bring a turn."""
        return 0 < self._left == len(self._asleep) and not self.is_open

    def take(self) -> Course | None:
        """Return the job whose turn it is, None where there is none now."""
        return self._ready.popleft() if self._ready and not self._is_over else None

    def give_back(self, course: Course) -> None:
        """Take back a job that has more to do."""
        if self._left <= JOBS_A_THREAD * self._threads:
            self._ready.append(course)
        else:
            self._ready.appendleft(course)

    def put_to_sleep(self, course: Course, pause: Pause) -> None:
        """Take back a job that waits for a time."""
        self._slept += 1
        heapq.heappush(self._asleep, (pause.until, self._slept, course, pause.rested))

    def leave(self) -> None:
        """Take note that a job has ended."""
        self._left -= 1

    def wake(self, now: int) -> int:
        """Let those whose time has come go on before all others; return how many they are."""
        woken = 0
        while self._asleep and self._asleep[0][0] <= now:
            self._ready.insert(woken, heapq.heappop(self._asleep)[2])
            woken += 1
        return woken

    def seconds_to_wake(self, now: int) -> int | None:
        """Return in how many seconds the next one wakes; None where nobody sleeps."""
        return max(self._asleep[0][0] - now, 0) if self._asleep else None

    def rouse(self) -> list[tuple[Course, Rested]]:
        """Return all that sleep, for good: their time never comes."""
        roused = [(course, rested) for _, _, course, rested in self._asleep]
        self._asleep, self._left = [], self._left - len(roused)
        return roused

    def end(self) -> None:
        """Give nobody a turn any more."""
        self._is_over = True


@dataclass(slots=True)
class Crew:
    """The threads' common ground. `turns` and `failure` belong to who holds the lock.

    `told` hears of each job's end, in any thread, once. `wants` is called, in any thread, where one of them has nothing
    to do and further jobs may come; each call is answered by a job of `take_in`, or never.
    """

    world: World
    turns: Turns
    told: Told
    wait: Wait = Condition.wait
    wants: Callable[[], None] = lambda: None
    failure: BaseException | None = None
    _waiting: int = 0
    _wanted: int = 0
    _at_work: int = 0
    _lock: Lock = field(default_factory=Lock)
    _turn: Condition = field(init=False)
    """A thread may go on."""
    _news: Condition = field(init=False)
    """A job fell asleep or ended, or all is over."""

    def __post_init__(self) -> None:
        self._turn, self._news = Condition(self._lock), Condition(self._lock)

    def work_to_the_end(self, threads: int, grace: float = GRACE_SECONDS) -> None:
        """Work with so many threads until all is over. Raises what is no error of one job."""
        hands = [Thread(target=self._work, name=f"jobs-{number}", daemon=True) for number in range(threads)]
        self._at_work = threads
        try:
            for hand in hands:
                hand.start()
            self._see_to_the_end()
            self._see_them_off()
        except BaseException:
            self.end()
            _interrupt([hand for hand in hands if hand.ident is not None], grace)
            raise
        for hand in hands:
            hand.join()
        if self.failure is not None:
            raise self.failure

    # --- the side of who gives out jobs: any thread ------------------------------------------------------------------

    def take_in(self, jobs: Sequence[str]) -> None:
        """Take in further jobs."""
        with self._lock:
            self.turns.add(jobs)
            self._wanted = max(self._wanted - len(jobs), 0)
            self._turn.notify(len(jobs))
            self._news.notify()

    def close(self) -> None:
        """Take note that no further jobs come."""
        with self._lock:
            self.turns.close()
            self._turn.notify_all()
            self._news.notify()

    def end(self) -> None:
        """Give nobody a turn any more: each thread ends the advance that it is in."""
        with self._lock:
            self._end()

    def interrupt(self) -> None:
        """Do as when a person interrupts: each thread is broken off."""
        self._fail(KeyboardInterrupt())

    # --- the threads' side -------------------------------------------------------------------------------------------

    def _work(self) -> None:
        """Advance whose turn it is, until nobody has one any more."""
        try:
            course = self._next()
            while course is not None:
                came = self._came(course)
                if isinstance(came, Ending):
                    self.told(course.job, came)
                course = self._next(course, came)
        except BaseException as failure:  # noqa: BLE001  it is raised again, in the thread that was asked
            self._fail(failure)
        finally:
            with self._lock:
                self._at_work -= 1
                self._news.notify()

    def _came(self, course: Course) -> Ending | Pause | None:
        try:
            return course.go_on(self.world)
        except OrchestratorError as error:
            return error

    def _next(self, before: Course | None = None, came: Ending | Pause | None = None) -> Course | None:
        """Give back the course that was taken before, and return the next, waiting for one; None when all is over."""
        with self._lock:
            if before is not None:
                self._take_back(before, came)
            while not self.turns.is_over:
                course = self.turns.take()
                if course is not None:
                    return course
                self._wait_for_a_turn()
            return None

    def _wait_for_a_turn(self) -> None:
        self._waiting += 1
        if self.turns.is_open and self._wanted < self._waiting:
            self._wanted += 1
            self.wants()
        self._turn.wait()
        self._waiting -= 1

    def _take_back(self, course: Course, came: Ending | Pause | None) -> None:
        if came is None:
            self.turns.give_back(course)
            return
        if isinstance(came, Pause):
            self.turns.put_to_sleep(course, came)
        else:
            self._leave()
        self._news.notify()

    def _leave(self) -> None:
        self.turns.leave()
        if self.turns.is_over:
            self._turn.notify_all()

    def _fail(self, failure: BaseException) -> None:
        with self._lock:
            self.failure = self.failure or failure
            self._end()

    def _end(self) -> None:
        self.turns.end()
        self._turn.notify_all()
        self._news.notify()

    # --- the side of who asked ---------------------------------------------------------------------------------------

    def _see_to_the_end(self) -> None:
        """Wake who sleeps when the time has come, until all is over."""
        while (roused := self._roused()) is not None:
            for course, rested in roused:
                self.told(course.job, rested)
        if isinstance(self.failure, KeyboardInterrupt):
            raise self.failure

    def _see_them_off(self) -> None:
        """Wait until each thread has ended its advance.

        Not by joining them: a join that an interrupt cuts short takes its thread for ended (Python 3.11).
        """
        with self._lock:
            while self._at_work and not isinstance(self.failure, KeyboardInterrupt):
                self.wait(self._news, None)
        if isinstance(self.failure, KeyboardInterrupt):
            raise self.failure

    def _roused(self) -> list[tuple[Course, Rested]] | None:
        """Wait for news, or for a time; return who never wakes since the clock stands still. None: all is over."""
        with self._lock:
            if self.turns.is_over:
                self._turn.notify_all()
                return None
            now = self.world.clock()
            self._turn.notify(self.turns.wake(now))
            seconds, only_time_helps = self.turns.seconds_to_wake(now), self.turns.all_asleep
            self.wait(self._news, seconds)
            stands_still = only_time_helps and self.world.clock() == now
            return self.turns.rouse() if stands_still else []


def _interrupt(hands: Sequence[Thread], grace: float) -> None:
    """Raise KeyboardInterrupt in each thread, as the system does in the main one, and wait a little for them to end.

    A thread that waits for the system, as for an answer from the network, hears of it too late: it is left behind, and
    ends with the process; what its call may cost is booked by the next run, as after any kill.
    """
    import ctypes
    import time

    for hand in hands:
        if hand.ident is not None and hand.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(hand.ident), ctypes.py_object(KeyboardInterrupt))
    last = time.monotonic() + grace
    for hand in hands:
        hand.join(max(last - time.monotonic(), 0))
