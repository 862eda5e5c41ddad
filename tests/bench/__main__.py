"""`make bench`: what the orchestrator itself costs, as ratios within one run. It prints; no test reads a figure of it.

Figures vary with the machine, ratios much less. What is slow can be looked into: `--profile step`.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from bench_machine import busyness, described
from bench_parts import PARTS, PROFILES, Bench, Size
from bench_rows import Row, block, document, lines
from bench_workspace import BenchError, hermetic
from pages import rewrite

WHOLE = Size(jobs=10_000, rounds=15, long_rounds=5)
QUICK = Size(jobs=200, rounds=3, long_rounds=2)
BLOCK = "figures"
_CACHE = "git-orchestrator-bench"


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what was asked for."""
    asked = argparse.ArgumentParser(prog="python tests/bench", description="Measure what the orchestrator costs.")
    asked.add_argument("--quick", action="store_true", help=f"few rounds, {QUICK.jobs} jobs: to see that it works")
    asked.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=", ".join(PARTS))
    asked.add_argument("--clone", action="store_true", help="also `make demo` in a fresh clone, with venv and pip")
    asked.add_argument("--fresh", action="store_true", help="make the many jobs anew")
    asked.add_argument("--cache", type=Path, default=_cache(), help="where the many jobs are kept")
    asked.add_argument("--json", action="store_true", help="print one JSON document")
    asked.add_argument("--write", type=Path, metavar="PAGE", help="write the figures into a page of the docs")
    asked.add_argument("--profile", choices=PROFILES, help="instead, print where the time of a row goes")
    return asked.parse_args(argv)


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"  # noqa: TID251  the edge
    return Path(home) / _CACHE


def main(argv: Sequence[str]) -> int:
    """Measure and print; return 1 where the bench itself could not do its work."""
    asked = arguments(argv)
    # Stopped by a signal it takes its folders away, as at the end: one of them may be in memory.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    asked.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.cache) as made:
        folder = Path(made)
        bench = Bench(
            parts=asked.only or [part for part in PARTS if part != "demo" or asked.clone],
            size=QUICK if asked.quick else WHOLE,
            folder=folder,
            cache=asked.cache,
            environ=hermetic(folder / "home"),
            is_fresh=asked.fresh,
            say=say,
        )
        try:
            _profile(bench, asked.profile) if asked.profile else _measure(bench, asked)
        except BenchError as error:
            say(f"the bench stopped: {error}")
            return 1
    return 0


def _profile(bench: Bench, name: str) -> None:
    for line in bench.profile(name):
        out(line)


def _measure(bench: Bench, asked: argparse.Namespace) -> None:
    machine = [*described(bench.folder), busyness()]
    say(machine[-1])
    rows = list(_told(bench.rows(), is_quiet=asked.json))
    if asked.json:
        out(json.dumps({"machine": machine, "rows": [document(row) for row in rows]}, indent=2))
    if asked.write:
        page = asked.write.read_text()
        asked.write.write_text(rewrite(page, BLOCK, block(rows, machine, _command(asked))))


def _told(rows: Iterable[Row], *, is_quiet: bool) -> Iterable[Row]:
    """Pass the rows on, each printed as soon as it is there."""
    for row in rows:
        if not is_quiet:
            for line in lines(row):
                out(line)
        yield row


def _command(asked: argparse.Namespace) -> str:
    """Return the command by which anybody can measure the same; where things are kept is no part of it."""
    flags = [f"--{name}" for name in ("quick", "clone", "fresh") if getattr(asked, name)]
    return " ".join(["python tests/bench", *flags, *(["--only", *asked.only] if asked.only else [])])


def out(line: str) -> None:
    """Print a line of the answer."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(line: str) -> None:
    """Print a line of what goes on."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
