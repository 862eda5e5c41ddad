"""What a step costs in a warm process, beside git's own commands and LangGraph; and whether other jobs make it dearer.

Ours: read the job, decide, ask a null agent, judge, write the objects and move the refs, each synced. git's: `git add`
and `git commit` of the very same two files, in a worktree of the same branch of a copy of the same repository, with
`core.fsync=committed`; writing the two files into the worktree is not counted.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench_pairs import Side, in_turn, ratio, seconds, spread
from bench_rows import Row, compared
from bench_workspace import STEPS, BenchError, Shop, shop, words

from orchestrator.engine.advance import advance
from orchestrator.engine.world import World

FSYNC = ("-c", "core.fsync=committed")
NO_MAINTENANCE = ("-c", "maintenance.auto=false", "-c", "gc.auto=0")

FEW, MANY = 10, 10_000
_GIT_NOTE = (
    "ours reads the job, decides, asks a null agent, judges, writes and moves two refs; git writes the same two files' "
    "objects, its index and one branch, without reading or judging anything; a mean of eight steps, both synced"
)
_PEER_NOTE = "LangGraph runs eight null nodes in a line in a warm process, its state in a SQLite file after each"

Change = Mapping[str, bytes]
"""What one step changed: path in the workspace → content."""


@dataclass
class Ours:
    """Our side: whole jobs advanced step by step; seconds are those of a mean step."""

    world: World
    prefix: str = "job"
    tips: list[str] = field(default_factory=list)

    def run(self, number: int) -> float:
        """Advance the round's job to its end."""
        return seconds(lambda: self._advance(f"{self.prefix}{number}")) / STEPS

    def _advance(self, job: str) -> None:
        for _ in range(STEPS):
            moved = advance(self.world, job)
            if moved.commit is None:
                raise BenchError(f"{job} rested where it was to move: {moved.action.reason}")


@dataclass
class Plain:
    """git's side: the same changes, added and committed in a worktree of each job's branch."""

    shop: Shop
    worktrees: Path
    changes: Mapping[str, Sequence[Change]]
    options: tuple[str, ...] = FSYNC
    prefix: str = "job"

    def run(self, number: int) -> float:
        """Commit the round's job's changes one after another."""
        job = f"{self.prefix}{number}"
        place = self.worktrees / job
        self.shop.git("worktree", "add", "-q", str(place), f"job/{job}")
        return sum(self._commit(place, change) for change in self.changes[job]) / STEPS

    def _commit(self, place: Path, change: Change) -> float:
        for path, content in change.items():
            (place / path).write_bytes(content)
        return seconds(lambda: self._two_commands(place, list(change)))

    def _two_commands(self, place: Path, changed: Sequence[str]) -> None:
        for argv in (["add", "--", *changed], ["commit", "-q", "-m", "step"]):
            subprocess.run(["git", *self.options, *argv], cwd=place, env=dict(self.shop.environ), check=True)


@dataclass(frozen=True, slots=True)
class Copies:
    """One workspace with fresh jobs, and copies of it: each side works on its own, so that none finds objects there."""

    ours: Shop
    plain: Shop
    lean: Shop
    changes: Mapping[str, Sequence[Change]]


def copies(folder: Path, environ: Mapping[str, str], jobs: int) -> Copies:
    """Make the workspace and its jobs; learn from one copy what each step changes."""
    first = shop(folder / "ours", environ)
    with first.opened() as maker:
        for number in range(jobs):
            first.job(maker, f"job{number}")
    found = [_copy(first, folder / name) for name in ("plain", "lean", "learnt")]
    return Copies(first, found[0], found[1], _learnt(found[2], jobs))


def _copy(of: Shop, to: Path) -> Shop:
    shutil.copytree(of.folder, to)
    return Shop(to, of.environ)


def _learnt(of: Shop, jobs: int) -> dict[str, list[Change]]:
    with of.opened() as world:
        return {job: [_changed(world, job) for _ in range(STEPS)] for job in (f"job{n}" for n in range(jobs))}


def _changed(world: World, job: str) -> Change:
    before = world.ledger.tip(job)
    after = advance(world, job).commit
    if after is None:
        raise BenchError(f"{job} did not move")
    now = {path: new for path, (_, new) in world.ledger.changed(before, after).items()}
    return {path: world.ledger.blob(oid) for path, oid in now.items() if oid}


def costs(folder: Path, environ: Mapping[str, str], rounds: int, peer: Side | None = None) -> dict[str, list[float]]:
    """Return side → seconds of a mean step, round by round: ours, git, lean (git without its maintenance), peer."""
    made = copies(folder, environ, rounds + 1)
    with made.ours.opened() as world:
        sides: dict[str, Side] = {
            "ours": Ours(world).run,
            "git": Plain(made.plain, folder / "plain-trees", made.changes).run,
            "lean": Plain(made.lean, folder / "lean-trees", made.changes, (*FSYNC, *NO_MAINTENANCE)).run,
        }
        found = in_turn({**sides, **({"peer": peer} if peer else {})}, rounds)
    made.ours.git("fsck", "--connectivity-only")
    return found


def cost_rows(found: Mapping[str, Sequence[float]]) -> list[Row]:
    """Return the rows of a step beside git and, where it was there, LangGraph."""
    beside = [
        ("git", "a step in a warm process ÷ git add + git commit", 0.5, _GIT_NOTE),
        ("lean", "the same ÷ git add + git commit without git's own maintenance", None, ""),
        ("peer", "the same ÷ a step of LangGraph (SQLite, durability=sync)", None, _PEER_NOTE),
    ]
    return [
        compared(
            f"step-{other}",
            title,
            spread(found["ours"]),
            spread(found[other]),
            ratio(found["ours"], found[other]),
            goal=goal,
            note=note,
        )
        for other, title, goal, note in beside
        if other in found
    ]


def crowded_rows(many: Shop, few: Shop, state: str, jobs: int, rounds: int) -> list[Row]:
    """Return how much dearer a step is among many jobs than among a few, and git's own two commands as well.

    Both workspaces are written to.
    """
    for place in (many, few):
        _more_jobs(place, rounds + 1)
    with many.opened() as in_many, few.opened() as in_few:
        sides = {"many": Ours(in_many, "more").run, "few": Ours(in_few, "more").run}
        found = in_turn({**sides, "git-many": _plainly(many, rounds), "git-few": _plainly(few, rounds)}, rounds)
    among = f"among {jobs:,} jobs ÷ among {FEW}, {state} refs and objects"

    def row(key: str, title: str, ours: str, theirs: str, goal: float | None) -> Row:
        times = ratio(found[ours], found[theirs])
        return compared(key, f"{title} {among}", spread(found[ours]), spread(found[theirs]), times, goal=goal)

    return [
        row(f"crowd-{state}", "a step", "many", "few", 1.15 if jobs >= MANY else None),
        row(f"crowd-{state}-git", "git add + git commit", "git-many", "git-few", None),
    ]


def _more_jobs(place: Shop, count: int) -> None:
    with place.opened() as world:
        for number in range(count):
            place.job(world, f"more{number}", "queued")
            place.job(world, f"git{number}", "queued")


def _plainly(place: Shop, rounds: int) -> Side:
    """Return git's side in a workspace: two files a step, each time with other texts."""
    trees = place.folder.with_name(f"{place.folder.name}-trees")
    return Plain(place, trees, {f"git{n}": list(_two_files(f"git{n}")) for n in range(rounds + 1)}, prefix="git").run


def _two_files(job: str) -> Iterator[Change]:
    for step in range(STEPS):
        yield {f"jobs/{job}/{file}": words(f"{job} {file} {step}").encode() for file in ("t0.md", "brief.md")}
