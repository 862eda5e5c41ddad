"""`run -j`: several jobs at once, in threads of this process or in processes of their own, and one screen for all.

Each line begins with its job's name; on a terminal a last line, which is rewritten, counts them.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

import click

from orchestrator.agents.interface import Underway
from orchestrator.cli import failing
from orchestrator.cli.call import Call
from orchestrator.cli.live_line import LiveLine
from orchestrator.cli.output import bold, cut, padded, tell, usd
from orchestrator.cli.progress import ended_lines, rest_line, warning_line
from orchestrator.cli.session import opened
from orchestrator.engine.dealing import Share, deal_out, processes_for, serve
from orchestrator.engine.run import Rested
from orchestrator.engine.scheduler import Ending, run_all
from orchestrator.engine.world import Moved
from orchestrator.executors.processes import Channel, Processes
from orchestrator.model.action import Action, Await, Done, Halt, Run
from orchestrator.model.snapshot import Snapshot

_LONGEST_NAME = 24


class Board(Protocol):
    """Where it is written how several jobs go on: plain values, from any thread."""

    def began(self, job: str) -> None:
        """Something of a job is under way."""
        ...

    def spends(self, job: str, cost_usd: float) -> None:
        """What is under way has come to so much, USD."""
        ...

    def ended(self, job: str, lines: Sequence[str], cost_usd: float) -> None:
        """It is over. The lines tell of the entry, none where there is none."""
        ...

    def rested(self, job: str, text: str) -> None:
        """A job has come to rest, as the line tells."""
        ...

    def warned(self, text: str) -> None:
        """People must know it."""
        ...


class CrowdWatcher:
    """A watcher that puts what it sees of several jobs on a board, in words."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._seen: dict[str, Snapshot] = {}
        """Job → where it stood when its latest action began."""
        self._spent: dict[str, float] = {}

    def began(self, snapshot: Snapshot, action: Action) -> None:
        """Tell that something is under way."""
        self._seen[snapshot.job] = snapshot
        if not isinstance(action, Await | Halt | Done):
            self._board.began(snapshot.job)

    def progress(self, snapshot: Snapshot, action: Run, underway: Underway) -> None:  # noqa: ARG002  the watcher's form
        """Tell what it has come to, where that is something new."""
        if self._spent.get(snapshot.job) != underway.cost_usd:
            self._spent[snapshot.job] = underway.cost_usd
            self._board.spends(snapshot.job, underway.cost_usd)

    def warned(self, text: str) -> None:
        """Tell what people must know."""
        self._board.warned(text)

    def ended(self, moved: Moved) -> None:
        """Tell of the entry that was made."""
        self._spent.pop(moved.job, None)
        snapshot = self._seen.get(moved.job)
        is_told = moved.entry is not None and moved.commit is not None and snapshot is not None
        lines = ended_lines(snapshot, moved) if is_told and snapshot else ()
        said = dict(moved.entry.trailers) if moved.entry and moved.commit else {}
        self._board.ended(moved.job, lines, float(said.get("Cost-USD", "0")))

    def rested(self, job: str, ending: Ending) -> None:
        """Tell where a job has come to rest; its error is told by who hears of it."""
        snapshot = self._seen.pop(job, None)
        if isinstance(ending, Rested):
            self._board.rested(job, rest_line(job, snapshot, ending.action, ending.entries))


class Screen:
    """The board that people see, on stderr. Use it as a context, so that no line is left half written."""

    def __init__(self, jobs: Sequence[str], *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._live = LiveLine(is_shown=sys.stderr.isatty() and not is_quiet)
        self._width = min(max(map(len, jobs)), _LONGEST_NAME)
        self._under_way: dict[str, float] = {}
        """Job → what its action has cost so far, USD."""
        self._rested = 0
        self._cost = 0.0
        self._context = click.get_current_context()

    def __enter__(self) -> "Screen":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._live.parted():
            self._is_quiet = True  # a thread that an interrupt left behind has nothing more to say
        self._live.stop()

    def show(self) -> None:
        """Begin to count; from now on a thread may go on here."""
        self._live.show(self._count)

    def began(self, job: str) -> None:
        """Count it."""
        self._under_way[job] = 0.0

    def spends(self, job: str, cost_usd: float) -> None:
        """Count it; it is shown with the next tick."""
        if job in self._under_way:
            self._under_way[job] = cost_usd

    def ended(self, job: str, lines: Sequence[str], cost_usd: float) -> None:
        """Tell of the entry that was made."""
        with self._speaking():
            self._under_way.pop(job, None)
            self._cost += cost_usd
            self._tell(job, lines)

    def rested(self, job: str, text: str) -> None:
        """Tell where a job has come to rest."""
        with self._speaking():
            self._tell(job, [text])

    def warned(self, text: str) -> None:
        """Tell what people must know, also where nothing else is told."""
        with self._speaking():
            tell(warning_line(text))

    def left(self, job: str, ending: Ending) -> None:
        """Take note that a job goes on no more; tell of its error."""
        with self._speaking():
            self._under_way.pop(job, None)
            self._rested += 1
            if not isinstance(ending, Rested):
                if not self._is_quiet:
                    tell(bold(job))
                failing.say(ending, is_json=self._is_quiet, color=None)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Hold the live line off, and all other threads; whether there are colours is known in each of them."""
        with self._live.parted(), self._context.scope(cleanup=False):
            yield

    def _tell(self, job: str, lines: Sequence[str]) -> None:
        if not self._is_quiet:
            for text in lines:
                tell(f"{bold(padded(cut(job, _LONGEST_NAME), self._width))}  {text}")

    def _count(self) -> str:
        running = list(self._under_way.values())
        return f"{len(running)} running · {self._rested} done · {usd(self._cost + sum(running))}"


# --- in processes of their own ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """What a process writes on the board that another process has."""

    what: Callable[..., None]
    """The board's method."""
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Relay:
    """A board in a process: all goes to the screen's."""

    send: Callable[[object], None]

    def began(self, job: str) -> None:
        self.send(Written(Screen.began, (job,)))

    def spends(self, job: str, cost_usd: float) -> None:
        self.send(Written(Screen.spends, (job, cost_usd)))

    def ended(self, job: str, lines: Sequence[str], cost_usd: float) -> None:
        self.send(Written(Screen.ended, (job, tuple(lines), cost_usd)))

    def rested(self, job: str, text: str) -> None:
        self.send(Written(Screen.rested, (job, text)))

    def warned(self, text: str) -> None:
        self.send(Written(Screen.warned, (text,)))


# --- running ---------------------------------------------------------------------------------------------------------


def run_crowd(call: Call, jobs: Sequence[str], threads: int, *, is_quiet: bool) -> list[Ending]:
    """Run the jobs, so many of them at a time, and return where each has come to rest, or its error, in their order.

    Many at a time are spread over processes, one a core; few, and where there is no fork to trust, are threads here.
    Raises what is no error of one job.
    """
    with Screen(jobs, is_quiet=is_quiet) as screen:
        processes = processes_for(len(jobs), threads, _cores()) if _may_fork() else 1
        endings = (_spread if processes > 1 else _here)(call, jobs, Share(threads, processes), screen)
    return [endings[job] for job in jobs]


def _here(call: Call, jobs: Sequence[str], share: Share, screen: Screen) -> Mapping[str, Ending]:
    watcher = CrowdWatcher(screen)

    def told(job: str, ending: Ending) -> None:
        watcher.rested(job, ending)
        screen.left(job, ending)

    with opened(call, watcher) as world:
        screen.show()
        return run_all(world, jobs, threads=share.threads, told=told)


def _spread(call: Call, jobs: Sequence[str], share: Share, screen: Screen) -> Mapping[str, Ending]:
    def work(number: int, channel: Channel) -> None:
        watcher = CrowdWatcher(_Relay(channel.send))
        with opened(call, watcher) as world:
            serve(world, channel, threads=share.of(number), told=watcher.rested)

    def heard(message: object) -> None:
        if isinstance(message, Written):
            message.what(screen, *message.values)

    with Processes(work, share.processes) as processes:
        screen.show()
        return deal_out(processes, jobs, share=share, told=screen.left, heard=heard)


def _may_fork() -> bool:
    """Say whether this process may be forked: it has one thread. On a Mac, system libraries do not bear it."""
    return sys.platform == "linux" and threading.active_count() == 1


def _cores() -> int:
    return len(os.sched_getaffinity(0))
