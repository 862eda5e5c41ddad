"""The parts of the bench, in the order in which they are measured, and the profiles of those that may be slow."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_agents import agent_rows
from bench_checks import check_rows, text_rows
from bench_child import Place
from bench_crowd import STATES, Crowd, expected, kept_crowd, make_crowd
from bench_crowd_calls import calls_rows
from bench_demo import ROOT, demo_rows
from bench_peer import Peer, peer
from bench_profile import of_functions, of_imports, of_step
from bench_rows import Row
from bench_start import demo_memory_row, help_rows, run_rows
from bench_status import status_rows
from bench_step import FEW, cost_rows, costs, crowded_rows
from bench_workspace import Shop, shop

PARTS = ("help", "step", "run", "memory", "agents", "calls", "checks", "texts", "crowd", "status", "demo")
PROFILES = ("help", "step", "run", "status")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: jobs in the crowd, rounds of the short things and of the long ones."""

    jobs: int
    rounds: int
    long_rounds: int


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the bench: what was asked for, and the folder that is thrown away after it."""

    parts: Sequence[str]
    size: Size
    folder: Path
    cache: Path
    environ: Mapping[str, str]
    is_fresh: bool
    say: Callable[[str], None]

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the parts that were asked for, each when it is measured."""
        beside = self._peer() if self._wants("step", "run") else None
        if self._wants("help"):
            yield from help_rows(self._place(), self.size.rounds)
        if self._wants("step"):
            yield from self._steps(beside)
        if self._wants("run"):
            made = shop(self.folder / "runs", self.environ)
            yield from run_rows(made, Place(made.folder, self.environ), beside, self.size.rounds)
        if self._wants("memory"):
            yield demo_memory_row(self._place())
        if self._wants("agents"):
            yield from agent_rows(self.size.rounds)
        if self._wants("calls"):
            yield from calls_rows(self._place(), self.size.long_rounds)
        if self._wants("checks"):
            yield from check_rows(self._place(), self.size.rounds)
        if self._wants("texts"):
            yield from text_rows(self.size.long_rounds)
        if self._wants("crowd", "status"):
            yield from self._crowded()
        if self._wants("demo"):
            yield from demo_rows(self.folder)

    def _wants(self, *parts: str) -> bool:
        return any(part in self.parts for part in parts)

    def _peer(self) -> Peer | None:
        return peer(ROOT / ".bench-venv", self.folder / "peer", self.environ, self.say)

    def _place(self) -> Place:
        return Place(self.folder, self.environ)

    def _steps(self, beside: Peer | None) -> list[Row]:
        where, rounds = self.folder / "steps", self.size.rounds
        if beside is None:
            return cost_rows(costs(where, self.environ, rounds))
        with beside.warm() as side:
            return cost_rows(costs(where, self.environ, rounds, side))

    def _crowded(self) -> Iterator[Row]:
        few = self._few()
        many = self._many(few)
        for state in STATES:
            copied = many.copy(state, self.folder / f"many-{state}")
            if self._wants("status"):
                yield from status_rows(copied, state, expected(many.jobs), self.size.long_rounds)
            if self._wants("crowd"):
                small = few.copy(state, self.folder / f"few-{state}")
                yield from crowded_rows(copied, small, state, many.jobs, self.size.rounds)
            shutil.rmtree(copied.folder)

    def _few(self) -> Crowd:
        return make_crowd(self.folder / "few", self.environ, FEW, self.say)

    def _many(self, few: Crowd) -> Crowd:
        return kept_crowd(self.cache, few, self.size.jobs, is_fresh=self.is_fresh, say=self.say)

    def profile(self, name: str) -> Iterator[str]:
        """Yield the profile of one row."""
        if name == "help":
            yield from of_imports(self._place(), "--help")
        elif name == "step":
            yield from of_step(shop(self.folder / "profiled", self.environ))
        elif name == "run":
            yield from self._profiled_run(shop(self.folder / "profiled", self.environ))
        else:
            yield from self._profiled_status(self._many(self._few()).copy("loose", self.folder / "many"))

    def _profiled_run(self, made: Shop) -> Iterator[str]:
        """Yield it for a job of its own each time: one that is done has nothing left to run."""
        with made.opened() as world:
            jobs = [made.job(world, f"profiled{number}") for number in range(2)]
        place = Place(made.folder, self.environ)
        yield from of_imports(place, "run", jobs[0])
        yield from of_functions(place, self.folder, "run", jobs[1])

    def _profiled_status(self, copied: Shop) -> Iterator[str]:
        place = Place(copied.folder, self.environ)
        yield "status, cold"
        yield from of_functions(place, self.folder, "status")
        yield "status, warm"
        yield from of_imports(place, "status")
        yield from of_functions(place, self.folder, "status")
