"""Many jobs over several processes: one deals the jobs out, the others run them, each with threads of its own.

A thread's work is mostly waiting, but what it does between two waits is Python, of which a process runs one thread at a
time. More processes than one are worth it from some dozen jobs at a time on.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

from orchestrator.engine.scheduler import GRACE_SECONDS, JOBS_A_THREAD, Crew, Ending, Turns
from orchestrator.engine.world import World
from orchestrator.errors import BrokenOff
from orchestrator.executors.processes import Channel, Failed, Gone, Processes

JOBS_A_PROCESS = 8
"""Up to so many jobs at a time one process runs as quickly as two."""


@dataclass(frozen=True, slots=True)
class Wants:
    """A process has a thread without work."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A job has come to rest in a process."""

    job: str
    ending: Ending


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs for a process to run; `is_all` says that no more will come."""

    names: tuple[str, ...]
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Enough:
    """No job is to be begun or gone on with."""


def processes_for(jobs: int, threads: int, cores: int) -> int:
    """Return over how many processes it is worth to spread so many jobs, so many of them at a time."""
    return max(1, min(cores, min(jobs, threads) // JOBS_A_PROCESS))


@dataclass(frozen=True, slots=True)
class Share:
    """How many threads there are in all, in how many processes."""

    threads: int
    processes: int

    def of(self, number: int) -> int:
        """Return how many threads a process has; they are counted from 0."""
        return self.threads // self.processes + (number < self.threads % self.processes)


class Deal:
    """Which process gets which jobs, and when. It knows no process.

    While there are many, a process gets one for each thread that asks; the last ones are dealt out all at once, so that
    each process lets its own take turns.
    """

    def __init__(self, jobs: Sequence[str], share: Share) -> None:
        self._left = deque(jobs)
        self._in_hand: list[set[str]] = [set() for _ in range(share.processes)]
        self._gone: set[int] = set()
        self._threads = share.threads
        self._is_dealt = False

    def begin(self) -> Sequence[tuple[int, Jobs]]:
        """Return what is dealt before anybody asks."""
        return self._rest() if self._is_nearly_over else ()

    def asked(self, process: int) -> Sequence[tuple[int, Jobs]]:
        """Return what is dealt, and to whom, when a thread of a process has nothing to do."""
        if self._is_dealt:
            return ()
        name = self._left.popleft()
        self._in_hand[process].add(name)
        return ((process, Jobs((name,))), *(self._rest() if self._is_nearly_over else ()))

    def ended(self, process: int, job: str) -> None:
        """Take note that a job has ended."""
        self._in_hand[process].discard(job)

    def lost(self, process: int) -> tuple[str, ...]:
        """Take note that a process has gone; return its jobs, and with the last process those that nobody has."""
        self._gone.add(process)
        found = sorted(self._in_hand[process])
        self._in_hand[process].clear()
        if len(self._gone) == len(self._in_hand):
            found += self._left
            self._left.clear()
        return tuple(found)

    @property
    def _is_nearly_over(self) -> bool:
        return len(self._left) <= (JOBS_A_THREAD - 1) * self._threads

    def _rest(self) -> list[tuple[int, Jobs]]:
        """Deal out all that is left, each to who has the fewest."""
        here = [process for process in range(len(self._in_hand)) if process not in self._gone]
        shares: dict[int, list[str]] = {process: [] for process in here}
        while self._left:
            fewest = min(here, key=lambda process: (len(self._in_hand[process]), process))
            name = self._left.popleft()
            shares[fewest].append(name)
            self._in_hand[fewest].add(name)
        self._is_dealt = True
        return [(process, Jobs(tuple(names), is_all=True)) for process, names in shares.items()]


# --- the side of who deals -------------------------------------------------------------------------------------------


def deal_out(
    processes: Processes,
    jobs: Sequence[str],
    *,
    share: Share,
    told: Callable[[str, Ending], None],
    heard: Callable[[object], None],
) -> Mapping[str, Ending]:
    """Deal the jobs out and wait for their ends; return job → where it rests, or its error.

    `told` hears of each end, `heard` of all that a process says otherwise.
    Raises a process's failure when the others have ended what they were at.
    """
    endings: dict[str, Ending] = {}
    deal, failure = Deal(jobs, share), None
    _send(processes, deal.begin())
    for number, message in processes.messages():
        if isinstance(message, Wants):
            _send(processes, deal.asked(number))
        elif isinstance(message, Failed):
            failure = failure or message.failure
            for other in range(processes.count):
                processes.send(other, Enough())
        elif isinstance(message, Ended | Gone):
            for job, ending in _ended(deal, number, message, is_failing=failure is not None):
                endings[job] = ending
                told(job, ending)
        else:
            heard(message)
    if failure is not None:
        raise failure
    return {job: endings[job] for job in jobs}


def _send(processes: Processes, dealt: Sequence[tuple[int, Jobs]]) -> None:
    for number, jobs in dealt:
        processes.send(number, jobs)


def _ended(deal: Deal, number: int, message: Ended | Gone, *, is_failing: bool) -> Iterator[tuple[str, Ending]]:
    if isinstance(message, Ended):
        deal.ended(number, message.job)
        yield message.job, message.ending
        return
    lost = deal.lost(number)
    if not is_failing:
        yield from ((job, _broken_off(message.code)) for job in lost)


def _broken_off(code: int) -> BrokenOff:
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return BrokenOff(
        f"the process that ran it {how}",
        hint="run the same command again: it goes on from what is committed; the system's log may say who killed it",
    )


# --- the side of a process -------------------------------------------------------------------------------------------


def serve(
    world: World, channel: Channel, *, threads: int, told: Callable[[str, Ending], None], grace: float = GRACE_SECONDS
) -> None:
    """Run what the other side deals out until it has no more, or is gone; `told` hears of each end before it does.

    Raises what is no error of one job.
    """

    def ended(job: str, ending: Ending) -> None:
        told(job, ending)
        channel.send(Ended(job, ending))

    crew = Crew(world, Turns(threads), told=ended, wants=lambda: channel.send(Wants()))
    Thread(target=_hear, args=(crew, channel), name="dealt", daemon=True).start()
    crew.work_to_the_end(threads, grace)


def _hear(crew: Crew, channel: Channel) -> None:
    try:
        while True:
            message = channel.receive()
            if isinstance(message, Enough):
                crew.end()
            elif isinstance(message, Jobs):
                crew.take_in(message.names)
                if message.is_all:
                    crew.close()
    except EOFError:
        crew.interrupt()
