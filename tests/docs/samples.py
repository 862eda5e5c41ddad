"""What the pages show of a real job: an entry, a state.yaml, the refs. Taken from a run of `orchestrator demo`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pages import ROOT, rewrite
from tour import ENVIRON, IDENTITY

PAGE = ROOT / "docs" / "how-it-works.md"
STEPS = ("polish", "publish")
"""The steps whose records are shown."""


def demo(folder: Path) -> Path:
    """Run the demo in `folder` and return its workspace."""
    _called(folder, "orchestrator", "demo")
    return folder / "orchestrator-demo"


def samples(workspace: Path) -> Mapping[str, str]:
    """Return block → what stands in it, for every sample of the page."""
    tip = _git(workspace, "log", "--format=%H", "--grep=^Step: polish$", "job/mug")
    entry = _git(workspace, "log", "-1", "--stat", "--format=fuller", tip)
    state = _git(workspace, "show", "job/mug:jobs/mug/state.yaml")
    log = _git(workspace, "log", "--reverse", "--format=%h %an: %s", "job/mug")
    refs = _git(workspace, "for-each-ref", "--format=%(refname)")
    return {
        "the entries of a job": f"```text\n{log}\n```",
        "an entry": f"```text\n{entry}\n```",
        "a state": f"```yaml\n{_part(state)}\n```",
        "the refs of a job": f"```text\n{refs}\n```",
    }


def _part(state: str) -> str:
    """Return the beginning of a state.yaml, and the records of two steps."""
    head, _, steps = state.partition("steps:\n")
    head = head[: head.index("approvals:")]
    records = [part for part in _records(steps) if part.strip().split(":")[0] in STEPS]
    return f"{head}# … approvals, and the records of the other steps\nsteps:\n{''.join(records)}".rstrip()


def _records(steps: str) -> list[str]:
    found: list[str] = []
    for line in steps.splitlines(keepends=True):
        if not line.startswith("   "):
            found.append("")
        found[-1] += line
    return found


def _git(workspace: Path, *arguments: str) -> str:
    printed = _called(workspace, "git", *arguments).strip()
    return "\n".join(line.rstrip() for line in printed.split("\n"))


def _called(folder: Path, *command: str) -> str:
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.defpath}"}  # noqa: TID251  the test's, or ours
    ran = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    return ran.stdout


def written(page: str, found: Mapping[str, str]) -> str:
    """Return the page with the samples in their blocks."""
    for name, sample in found.items():
        page = rewrite(page, name, sample)
    return page
