"""What the pages show of a real job: an entry, a state.yaml, the refs. Taken from the demo's workspace."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from pages import ROOT, rewrite

PAGE = ROOT / "docs" / "how-it-works.md"
STEPS = ("polish", "publish")
"""The steps whose records are shown."""


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
    ran = subprocess.run(["git", *arguments], cwd=workspace, capture_output=True, text=True, check=True)
    return "\n".join(line.rstrip() for line in ran.stdout.strip().split("\n"))


def written(page: str, found: Mapping[str, str]) -> str:
    """Return the page with the samples in their blocks."""
    for name, sample in found.items():
        page = rewrite(page, name, sample)
    return page
