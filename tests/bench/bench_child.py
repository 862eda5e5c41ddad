"""Programs run whole, as a person runs them: how long each takes, how much memory, what it imports."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_pairs import seconds
from bench_workspace import BenchError

PYTHON = sys.executable
PROGRAM = str(Path(sys.executable).with_name("orchestrator"))
"""The console script that the installation made."""

BARE = (PYTHON, "-c", "pass")
_MOST_SECONDS = 900
# A child that a large process starts begins with its size as its peak: a small one stands in between.
_WEIGH = """\
import json, os, resource, sys
sink = os.open(os.devnull, os.O_RDWR)
moves = [(os.POSIX_SPAWN_DUP2, sink, number) for number in (0, 1, 2)]
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=moves), 0)
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_maxrss]))
"""
_IMPORTED = re.compile(r"^import time: +(?P<own>\d+) \| +(?P<all>\d+) \| +(?P<name>\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where programs are run, and with which environment."""

    folder: Path
    environ: Mapping[str, str]

    def seconds(self, *argv: str) -> float:
        """Return how long the program takes, from its start to its end. Raises BenchError where it fails."""
        return seconds(lambda: self._quiet(argv))

    def output(self, *argv: str) -> str:
        """Return what the program prints."""
        return self._run(argv).stdout

    def peak_mb(self, *argv: str) -> float:
        """Return the peak memory, MB, of the largest of the processes that the program came to."""
        told = json.loads(self.output(PYTHON, "-I", "-S", "-c", _WEIGH, *argv))
        if told[0]:
            raise BenchError(f"{' '.join(argv)}: exit {told[0]}")
        # Linux counts kibibytes, macOS bytes.
        return float(told[1]) * (1024 if sys.platform != "darwin" else 1) / 1e6

    def imported(self, *argv: str) -> list[tuple[str, int]]:
        """Return the modules that a Python program imports, and what each took itself, microseconds."""
        told = self._run((PYTHON, "-X", "importtime", *argv)).stderr
        return [(found["name"], int(found["own"])) for found in _IMPORTED.finditer(told)]

    def _quiet(self, argv: Sequence[str]) -> None:
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_MOST_SECONDS,
            check=False,
        )
        if done.returncode:
            raise BenchError(
                f"{' '.join(argv)}: exit {done.returncode}; run it by hand in a copy of {self.folder.name}"
            )

    def _run(self, argv: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=dict(self.environ),
            capture_output=True,
            text=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"{' '.join(argv[:6])}: exit {done.returncode}: {done.stderr[-2000:]}")
        return done
