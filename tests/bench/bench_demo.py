"""`make demo` in a fresh clone, from clone to published page, and how much of it is pip."""

import os
import subprocess
from pathlib import Path

from bench_pairs import seconds, spread
from bench_rows import Row
from bench_workspace import BenchError

ROOT = Path(__file__).parents[2]
PAGE = Path("demo") / "published" / "index.html"
_SECONDS = 600


def demo_rows(folder: Path) -> list[Row]:
    """Return the rows. What is cloned is the last commit: work that is not committed is not in it."""
    clone = folder / "clone"
    cloning = seconds(lambda: _run(folder, "git", "clone", "-q", str(ROOT), str(clone)))
    installing = seconds(lambda: _run(clone, "make", ".venv/bin/.base"))
    running = seconds(lambda: _run(clone, "make", "demo"))
    if not (clone / PAGE).is_file():
        raise BenchError(f"make demo ended well, and there is no {PAGE}")
    took = f"clone {cloning:.1f} s, venv and pip {installing:.1f} s, the job {running:.1f} s"
    whole = spread([cloning + installing + running])
    title = "make demo, from clone to published page"
    return [Row("demo", title, "s", whole, 90, note=f"{took}; one run, of the last commit")]


def _run(where: Path, *argv: str) -> None:
    environ = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}  # noqa: TID251
    done = subprocess.run(argv, cwd=where, env=environ, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise BenchError(f"{' '.join(argv)}: {done.stderr.strip()[-2000:]}")
