"""LangGraph in an environment of its own: installed where the package index can be reached, else left out aloud."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench_pairs import Side
from bench_workspace import STEPS, BenchError

HERE = Path(__file__).parent
SCRIPT = HERE / "peer_langgraph.py"
PINNED = HERE / "peers.txt"
_INSTALL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Peer:
    """LangGraph, ready to run; `folder` is where its databases go."""

    python: Path
    folder: Path
    environ: Mapping[str, str]

    def whole(self, job: str) -> tuple[str, ...]:
        """Return the command line that runs one job as a process of its own, in a new database."""
        return (str(self.python), str(SCRIPT), "whole", str(self.folder / f"{job}.sqlite"), job)

    @contextmanager
    def warm(self) -> Iterator[Side]:
        """Hand out a side that runs a job in one long-lived process; seconds are those of a mean step."""
        argv = [str(self.python), str(SCRIPT), "serve", str(self.folder / "warm.sqlite")]
        environ = dict(self.environ)
        with subprocess.Popen(argv, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            yield lambda number: _ask(process, f"job{number}") / STEPS
            assert process.stdin
            process.stdin.close()


def _ask(process: "subprocess.Popen[str]", job: str) -> float:
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{job}\n")
    process.stdin.flush()
    told = process.stdout.readline()
    if not told:
        raise BenchError("LangGraph ended without an answer")
    return float(told)


def peer(venv: Path, folder: Path, environ: Mapping[str, str], say: Callable[[str], None]) -> Peer | None:
    """Return LangGraph, installed now where it is not there yet; None, and why on `say`, where that cannot be done."""
    python = venv / "bin" / "python"
    mark = venv / "installed.txt"
    if not mark.is_file() or mark.read_text() != PINNED.read_text():
        say(f"installing LangGraph into {venv.name}")
        fault = _install(venv, python)
        if fault:
            say(f"LangGraph is left out, for it cannot be installed here: {fault}")
            return None
        mark.write_text(PINNED.read_text())
    folder.mkdir(parents=True, exist_ok=True)
    return Peer(python, folder, environ)


def _install(venv: Path, python: Path) -> str | None:
    """Return what went wrong, None where nothing did."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", str(PINNED)]
    for argv in ([sys.executable, "-m", "venv", "--clear", str(venv)], pip):
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        if done.returncode:
            return (done.stderr or done.stdout).strip().split("\n")[-1]
    # Not ours to commit, wherever it stands.
    (venv / ".gitignore").write_text(f"*{os.linesep}")
    return None
