"""`make bench`: what the orchestrator itself costs, as ratios within one run. Prints; judges nothing; no test reads it.

Figures vary with the machine, ratios much less. Each median is of several runs after a warm-up, the two sides in turn.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "engine"))

from places import Scripted, git, well_behaved, workspace, world_of

from orchestrator.engine.advance import advance
from orchestrator.engine.create import Order, create

RUNS = 7
STEPS = 8
FSYNC = ["-c", "core.fsync=committed"]


def pipeline() -> str:
    """Return a pipeline of null steps, each reading what the one before it wrote."""
    rows = ["version: 1", "steps:"]
    for number in range(STEPS):
        reads = f"t{number - 1}.md" if number else "brief.md"
        rows.append(
            f"  s{number}: {{agent: writer, reads: [{reads}], writes: [t{number}.md], gate: [words: {{min: 1}}]}}"
        )
    return "\n".join(rows) + "\n"


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def paired(ours: Callable[[int], object], theirs: Callable[[int], object]) -> tuple[float, float, float]:
    """Return the medians of both, in seconds, and of their ratio pair by pair; the first pair warms up."""
    pairs = [(seconds(partial(ours, n)), seconds(partial(theirs, n))) for n in range(RUNS + 1)][1:]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def show(title: str, figures: tuple[float, float, float], per: int = 1) -> None:
    """Print one row."""
    ours, theirs, ratio = figures
    print(f"{title:<66} {ours * 1000 / per:8.1f} ms ÷ {theirs * 1000 / per:7.1f} ms = {ratio:5.2f}")  # noqa: T201


def bench_steps(folder: Path) -> None:
    """A step in a warm process, beside `git add` and `git commit` with the same fsync."""
    world = world_of(workspace(folder, pipeline=pipeline()), Scripted(well_behaved))

    def ours(number: int) -> None:
        for _ in range(STEPS):
            advance(world, f"j{number}")

    def theirs(number: int) -> None:
        for step in range(STEPS):
            (folder / "plain.md").write_text(f"{number} {step}\n")
            subprocess.run(["git", *FSYNC, "add", "plain.md"], cwd=folder, check=True)
            subprocess.run(["git", *FSYNC, "commit", "-qm", "step"], cwd=folder, check=True)

    for number in range(RUNS + 1):
        create(world, Order("t", f"j{number}"))
    show("a step (read, decide, null agent, gate, durable commit) ÷ git add + commit", paired(ours, theirs), STEPS)
    git(folder, "fsck")


def bench_start(folder: Path) -> None:
    """`orchestrator --help` beside a bare interpreter."""
    program = [sys.executable, "-m", "orchestrator"]
    show(
        "orchestrator --help ÷ python -c pass",
        paired(
            lambda n: subprocess.run([*program, "--help"], cwd=folder, check=True, stdout=subprocess.DEVNULL),
            lambda n: subprocess.run([sys.executable, "-c", "pass"], check=True),
        ),
    )


def main() -> None:
    """Run them all in a folder of their own."""
    os.environ.pop("SOURCE_DATE_EPOCH", None)  # noqa: TID251  a bench wants the real clock
    with tempfile.TemporaryDirectory() as name:
        bench_steps(Path(name))
        bench_start(Path(name))


if __name__ == "__main__":
    main()
