"""A small workspace in real git, and a world whose agents are scripted: what the engine's tests stand on."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.agents.interface import Answer, Request
from orchestrator.engine import glance
from orchestrator.engine.create import Order, create
from orchestrator.engine.run import Rested, run
from orchestrator.engine.world import Moved, Unwatched, World
from orchestrator.model.action import Fault
from orchestrator.wiring import open_world

SETTINGS = """\
version: 1
models: [{name: builtin}]
approvers:
  owner: {who: [ada@example.com]}
  team: anyone
publishers:
  shop: {kind: directory, path: published}
"""

PIPELINE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    gate: [words: {min: 2}]
  check:
    agent: reviewer
    reads: [text.md]
    writes: [review.yaml]
    gate: [review_file: review.yaml]
  polish:
    agent: writer
    when: review.findings | length > 0
    reads: [text.md, review.yaml]
    writes: [text.md]
    gate: [words: {min: 2}]
  approve:
    approve: {by: owner}
  publish:
    publish: {to: shop, files: [text.md]}
"""

AGENT = """\
---
name: writer
description: Writes.
x-orchestrator: {backend: builtin, builtin: product-listing.draft}
---
You write.
"""

PROMPT = "{% for path, text in files.items() %}{{ text | fence(path) }}{% endfor %}\n"


def git(where: Path, *args: str, status: int = 0) -> str:
    """Return what git printed in `where`."""
    ran = subprocess.run(["git", *args], cwd=where, capture_output=True, text=True, check=False)
    assert ran.returncode == status, ran.stderr
    return ran.stdout.strip()


def commit_files(where: Path, files: Mapping[str, str], message: str = "change") -> str:
    """Write files into a checkout, commit them, return the commit."""
    for path, text in files.items():
        target = where / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    git(where, "add", "--", *files)
    git(where, "commit", "-qm", message)
    return git(where, "rev-parse", "HEAD")


def workspace(where: Path, *, pipeline: str = PIPELINE, settings: str = SETTINGS) -> Path:
    """Make a workspace with one template `t`."""
    git(where, "init", "-q", "-b", "main")
    steps = [line.split(":")[0].strip() for line in pipeline.splitlines() if line.startswith("  ") and line[2] != " "]
    commit_files(
        where,
        {
            "orchestrator.yaml": settings,
            "agents/writer.md": AGENT,
            "agents/reviewer.md": AGENT.replace("writer", "reviewer"),
            **{f"prompts/{step}.md.j2": PROMPT for step in steps},
            "jobs/templates/t/job.yaml": "version: 1\ntitle: A thing\n",
            "jobs/templates/t/pipeline.yaml": pipeline,
            "jobs/templates/t/brief.md": "Two words, please.\n",
        },
        "workspace",
    )
    return where


Play = Callable[[Request], Mapping[str, str] | Fault]


def well_behaved(request: Request) -> dict[str, str]:
    """Write what the step promises, from what it reads."""
    made = {}
    for path in request.writes:
        if path.endswith(".yaml"):
            made[path] = "findings: []\n"
        else:
            heard = " ".join(text.decode().strip() for _, text in sorted(request.files.items()))
            made[path] = f"{request.step} heard: {heard}\n"
    return made


@dataclass
class Scripted:
    """A backend that plays a script and remembers what it was asked."""

    play: Play = well_behaved
    asked: list[Request] = field(default_factory=list)
    name: str = "builtin"

    def run(self, request: Request) -> Answer | Fault:
        """Answer as the script says."""
        self.asked.append(request)
        made = self.play(request)
        return made if isinstance(made, Fault) else Answer({path: text.encode() for path, text in made.items()})


class SameAtAGlance(Unwatched):
    """Sees after every entry that a list of the jobs, told quickly, says what reading the job says."""

    world: World

    def ended(self, moved: Moved) -> None:
        """Compare both, told anew and as remembered."""
        read = glance.read(self.world, moved.job)
        for _ in range(2):
            told = {row.id: row for row in glance.rows(self.world)}
            assert told[moved.job] == read


def world_of(where: Path, backend: Scripted | None = None) -> World:
    """Return the world around `where`, its agents scripted."""
    scripted, watcher = backend or Scripted(), SameAtAGlance()
    watcher.world = replace(
        open_world(
            where,
            environ=dict(os.environ),  # noqa: TID251  the hermetic one
            watcher=watcher,
        ),
        backend=lambda agent, route, settings: scripted,
    )
    return watcher.world


def made_job(world: World, job: str = "j", template: str = "t") -> str:
    """Make a job of the template."""
    return create(world, Order(template, job))


def finish(world: World, job: str = "j") -> Rested:
    """Run the job until it rests."""
    return run(world, job, sleep=lambda seconds: None)
