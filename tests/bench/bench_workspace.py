"""The bench's workspaces: jobs of eight null steps, each job with texts, params and a pipeline of its own.

A null step costs nothing itself: its agent writes a few words, its gate counts them. What is left is the orchestrator.
Nothing of the machine's own configuration shows in them.
"""

import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.agents.interface import Answer, Request
from orchestrator.engine.create import Order, create
from orchestrator.engine.world import World
from orchestrator.model.action import Fault
from orchestrator.wiring import open_world

STEPS = 8
STUBBORN = "stubborn"
"""The agent that never does its work."""

SETTINGS = """\
version: 1
models: [{name: builtin}]
approvers:
  owner: {who: [ada@example.com]}
"""
IDENTITY = "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
PROMPT = """\
# {{ title }}, {{ step }}

{{ params.subject }}, said once more at {{ step }} of {{ job }}: {{ files | length }} text read.
"""


class BenchError(Exception):
    """The bench itself could not do its work; no figure comes of it."""


class Null:
    """An agent that costs nothing: a few words that no other job and no other step has."""

    name = "builtin"

    def run(self, request: Request) -> Answer | Fault:
        """Write the promised files; the stubborn one never does."""
        if request.agent.name == STUBBORN:
            return Fault("it will not", is_transient=False, agent=STUBBORN, backend=self.name)
        return Answer({path: words(f"{request.job} {path}").encode() for path in request.writes})


def words(seed: str, count: int = 40) -> str:
    """Return a text of its own for the seed, wrapped."""
    drawn = hashlib.shake_256(seed.encode()).hexdigest(3 * count)
    found = [drawn[place : place + 6] for place in range(0, len(drawn), 6)]
    rows = [" ".join(found[place : place + 8]) for place in range(0, len(found), 8)]
    return f"# {seed}\n\n" + "\n".join(rows) + "\n"


def hermetic(home: Path) -> dict[str, str]:
    """Return an environment with a home of its own, real dates, and nothing of whoever runs the bench."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".gitconfig").write_text(IDENTITY)
    return {
        "PATH": os.pathsep.join(os.get_exec_path()),
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def git(where: Path, environ: Mapping[str, str], *args: str, stdin: bytes = b"") -> str:
    """Return what git printed. Raises BenchError with git's own words."""
    ran = subprocess.run(["git", *args], cwd=where, env=dict(environ), input=stdin, capture_output=True, check=False)
    if ran.returncode:
        raise BenchError(f"git {' '.join(args)}: {ran.stderr.decode('utf-8', 'replace').strip()}")
    return ran.stdout.decode("utf-8", "replace").strip()


def pipeline(seed: str, kind: str = "null") -> str:
    """Return a pipeline of its own for the seed.

    The kinds: null (eight steps, a prompt for each), queued (the same with one prompt), and of a single step: short,
    asks (a person, after it), fails (it halts).
    """
    head = f"# This one is for {seed}.\nversion: 1\nsteps:\n"
    if kind == "null":
        return head + "".join(_null_step(seed, number) for number in range(STEPS))
    steps = "".join(_null_step(seed, number, "    prompt: s0\n") for number in range(STEPS if kind == "queued" else 1))
    if kind == "fails":
        steps = steps.replace("agent: writer", f"agent: {STUBBORN}")
    asks = "  approve:\n    approve: {by: owner}\n" if kind == "asks" else ""
    return head + steps + asks


def _null_step(seed: str, number: int, more: str = "") -> str:
    reads = f"t{number - 1}.md" if number else "brief.md"
    most = 1_000 + int(hashlib.sha256(f"{seed} {number}".encode()).hexdigest()[:4], 16)
    return (
        f"  s{number}:  # {seed}\n    agent: writer\n    reads: [{reads}]\n    writes: [t{number}.md]\n"
        f"    gate: [words: {{min: 1, max: {most}}}]\n{more}"
    )


def agent(name: str) -> str:
    """Return an agent file: played by the builtin agent `form`, so that its prompt is what it writes."""
    return (
        f"---\nname: {name}\ndescription: Writes.\nx-orchestrator: {{backend: builtin, builtin: form}}\n---\nWrite.\n"
    )


def starter(kinds: tuple[str, ...] = ("null",)) -> dict[str, str]:
    """Return the files of a workspace with a template of each kind."""
    return {
        "orchestrator.yaml": SETTINGS,
        "agents/writer.md": agent("writer"),
        f"agents/{STUBBORN}.md": agent(STUBBORN),
        **{f"prompts/s{number}.md.j2": PROMPT for number in range(STEPS if "null" in kinds else 1)},
        **{path: text for kind in kinds for path, text in template(kind, kind).items()},
    }


def template(kind: str, seed: str) -> dict[str, str]:
    """Return the files of a kind's template, as they are for one seed."""
    folder = f"jobs/templates/{kind}"
    return {
        f"{folder}/job.yaml": "version: 1\ntitle: A thing\nparams: {subject: nothing}\n",
        f"{folder}/pipeline.yaml": pipeline(seed, kind),
        f"{folder}/brief.md": "Two words, please.\n",
    }


def order(kind: str, job: str) -> Order:
    """Return the order of a job whose brief, title and params are its own."""
    return Order(kind, job, params={"subject": f"The subject of {job}"}, title=f"Of {job}", brief=words(job).encode())


@dataclass(frozen=True, slots=True)
class Shop:
    """A workspace on disk, and the environment it is worked in."""

    folder: Path
    environ: Mapping[str, str]

    @contextmanager
    def opened(self) -> Iterator[World]:
        """Hand out a world that has seen nothing yet, its agents null; close it at the end."""
        world = open_world(self.folder, environ=self.environ)
        with world.ledger:
            yield replace(world, backend=lambda agent, route, settings: Null())

    def git(self, *args: str, stdin: bytes = b"") -> str:
        """Return what git printed in the workspace."""
        return git(self.folder, self.environ, *args, stdin=stdin)

    def write(self, files: Mapping[str, str], message: str) -> None:
        """Write files and commit them on the branch that is checked out."""
        for path, text in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        self.git("add", "--", *files)
        self.git("commit", "-q", "-m", message)

    def job(self, world: World, name: str, kind: str = "null") -> str:
        """Make a job of a template that was just changed for it, so that no two jobs have the same pipeline."""
        self.write(template(kind, name), f"For {name}")
        create(world, order(kind, name))
        return name


def shop(folder: Path, environ: Mapping[str, str], kinds: tuple[str, ...] = ("null",)) -> Shop:
    """Make a workspace in a new folder."""
    folder.mkdir(parents=True)
    made = Shop(folder, environ)
    made.git("init", "-q", "-b", "main")
    made.write(starter(kinds), "workspace")
    return made
