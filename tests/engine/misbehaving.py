"""A workspace of one step that a program or a model plays badly, and all that is looked at when it has ended."""

import json
import os
import pty
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from loopback import Loopback as Loopback
from loopback import player as player
from loopback_wires import Asked as Asked
from loopback_wires import Reply as Reply
from places import commit_files, git

from orchestrator.agents.command.backend import CommandBackend
from orchestrator.documents import yaml
from orchestrator.engine.advance import advance
from orchestrator.engine.create import Order, create
from orchestrator.engine.entries import log
from orchestrator.engine.run import Rested, run
from orchestrator.engine.world import World
from orchestrator.model.action import Route
from orchestrator.model.agent import Agent
from orchestrator.model.outside import ScratchCall, ScratchEnd
from orchestrator.model.settings import Settings
from orchestrator.outside.limits import Limits
from orchestrator.outside.scratch import run_in_scratch
from orchestrator.wiring import open_world

NOW = 1_767_225_600
SHELL = ("/bin/sh", "-c")
SLEEP = "sleep 60.$(echo $ORCHESTRATOR_JOB | tr -dc 0-9)"
"""A minute, and so little more that the process can be told from others by its arguments, which anybody may read."""
PRICE = {"input": 1, "output": 5}
WORDS = {"reads": ["brief.md"], "writes": ["text.md"], "gate": [{"words": {"min": 3}}]}
NOTHING: Mapping[str, object] = {}
FACTS = {
    "reads": ["brief.md"],
    "writes": ["facts.yaml"],
    "gate_reads": ["facts.json"],
    "gate": [{"schema": "facts.json"}],
}
SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer"}},
    "required": ["score"],
    "additionalProperties": False,
}

Setting = Mapping[str, object]


@dataclass
class Time:
    """A clock that stands still until somebody sleeps."""

    now: int = NOW
    slept: list[int] = field(default_factory=list)

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: int) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Place:
    """A workspace with one job, named after the test's folder, so that whatever it leaves behind can be found."""

    folder: Path
    job: str
    time: Time
    world: World

    def make(self) -> None:
        """Make the job."""
        create(self.world, Order("t", self.job))

    def advance(self) -> Mapping[str, Any]:
        """Advance once; return the step's record."""
        advance(self.world, self.job)
        return self.record

    def run(self) -> Rested:
        """Run until it rests, and look that nothing is left of it."""
        rested = run(self.world, self.job, sleep=self.time.sleep)
        self.look_around()
        return rested

    def grant(self, **settings: object) -> None:
        """Change keys of the settings on the base."""
        path = self.folder / "orchestrator.yaml"
        commit_files(self.folder, {path.name: json.dumps({**json.loads(path.read_text()), **settings})})

    @property
    def state(self) -> Mapping[str, Any]:
        """Return state.yaml as it stands on the job's branch."""
        found = yaml.load(self.file("state.yaml"), "state.yaml")
        assert isinstance(found, dict)
        return found

    @property
    def record(self) -> Mapping[str, Any]:
        """Return the step's record in state.yaml."""
        found: Mapping[str, Any] = self.state["steps"]["draft"]
        return found

    @property
    def said(self) -> list[str]:
        """Return the messages of the findings, the latest attempt's."""
        return [finding["message"] for finding in self.record.get("findings", ())]

    @property
    def spent(self) -> float:
        """Return what the state says was spent, USD."""
        return float(self.state.get("spend_usd", 0.0))

    @property
    def attempts(self) -> list[tuple[str, int, str]]:
        """Return outcome, attempt and model of each entry in which somebody was asked, oldest first."""
        told = [each for each in log(self.world, self.job) if each["model"]]
        return [(str(each["outcome"]), int(each["attempt"] or 0), str(each["model"])) for each in told]

    def file(self, path: str) -> str:
        """Return a file of the job, to the byte."""
        return self.world.ledger.blob(self._listed[f"jobs/{self.job}/{path}"]).decode()

    @property
    def files(self) -> set[str]:
        """Return the names of the job's files."""
        return {path.removeprefix(f"jobs/{self.job}/") for path in self._listed}

    @property
    def _listed(self) -> Mapping[str, str]:
        tip = self.world.ledger.tip(self.job)
        assert tip is not None
        return self.world.ledger.files(tip, f"jobs/{self.job}/")

    @property
    def transcripts(self) -> bytes:
        """Return what was told and said, as it was kept."""
        kept = sorted((self.folder / ".git/orchestrator/transcripts" / self.job).iterdir())
        return b"".join(each.read_bytes() for each in kept)

    def look_around(self) -> None:
        """Look that no process, no folder, no claim and no damage is left, and that the checkout is as it was."""
        assert left_running(self.job) == []
        assert left_lying(str(self.folder)) == []
        assert git(self.folder, "for-each-ref", "refs/orchestrator/claims") == ""
        assert git(self.folder, "fsck", "--strict", "--no-dangling") == ""
        assert git(self.folder, "status", "--porcelain") == ""
        booked = sum(each["cost_usd"] for each in log(self.world, self.job))
        assert self.spent == round(booked, 6)


def left_running(job: str) -> list[str]:
    """Return the processes whose environment names the job, as what a program starts has it, or that sleep for it."""
    marks = {"environ": f"ORCHESTRATOR_JOB={job}".encode(), "cmdline": f"60.{_digits(job)}".encode()}
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        for name, mark in marks.items():
            with suppress(OSError):
                if mark in (process / name).read_bytes().split(b"\0"):
                    found.append(f"{process.name} {name}")
    return found


def _digits(job: str) -> str:
    return "".join(filter(str.isdecimal, job))


def left_lying(mark: str) -> list[str]:
    """Return the scratch checkouts whose brief has the mark."""
    found = []
    for place in Path(tempfile.gettempdir()).glob("orchestrator-*/job/brief.md"):
        with suppress(OSError):
            if mark in place.read_text():
                found.append(str(place))
    return found


def program(script: str, **more: object) -> Setting:
    """Return the settings in which `pen` is a script of the shell."""
    return {"commands": {"pen": {"argv": [*SHELL, script], **more}}}


def models(*said: tuple[str, str], tiers: Sequence[str] = ("fast", "strong"), **more: object) -> Setting:
    """Return the settings with models by name and address, the first of them the weakest and the cheapest."""
    return {
        "models": [
            {
                "name": name,
                "tier": tier,
                "base_url": f"{address}/v1",
                "price": {key: usd * (1 + 9 * place) for key, usd in PRICE.items()},
                **more,
            }
            for place, ((name, address), tier) in enumerate(zip(said, tiers, strict=False))
        ]
    }


def killed_soon(world: World, seconds: float) -> World:
    """Return the world in which a program has so long between the request to end and its killing."""

    def ends(call: ScratchCall) -> ScratchEnd:
        return run_in_scratch(call, os.defpath, Limits(grace=seconds), required=False)

    def find(agent: Agent, route: Route, settings: Settings) -> CommandBackend:
        return CommandBackend("pen", settings.commands["pen"], ends, lambda name: None)

    return replace(world, backend=find)


def on_terminal(folder: Path, *args: str) -> str:
    """Return all that a terminal is sent by the program."""
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "orchestrator", "-C", str(folder), *args]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs):
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # what Linux says where the other side has closed
            while part := os.read(ours, 65_536):
                seen += part
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def place(folder: Path, settings: Setting, *, step: Setting = WORDS, extras: Setting = NOTHING) -> Place:
    """Make the workspace and its job. A program plays where the settings name one, else a model."""
    says = {**({"backend": "command", "command": "pen"} if "commands" in settings else {}), **extras}
    front = {"name": "writer", "description": "Writes.", "x-orchestrator": says}
    git(folder, "init", "-q", "-b", "main")
    commit_files(
        folder,
        {
            "orchestrator.yaml": json.dumps({"version": 1, **settings}),
            "agents/writer.md": f"---\n{json.dumps(front)}\n---\nYou write.\n",
            "prompts/draft.md.j2": "{% for each in findings %}{{ each.message }}\n{% endfor %}Write it.\n",
            "jobs/templates/t/job.yaml": "version: 1\n",
            "jobs/templates/t/brief.md": f"Three words, please. {folder}\n",
            "jobs/templates/t/facts.json": json.dumps(SCHEMA),
            "jobs/templates/t/pipeline.yaml": json.dumps(
                {"version": 1, "steps": {"draft": {"agent": "writer", **step}}}
            ),
        },
    )
    time = Time()
    world = replace(open_world(folder, environ=dict(os.environ)), clock=time)  # noqa: TID251  the hermetic one
    job = f"j-{os.getpid()}-{abs(hash(folder)) % 10**9}"
    made = Place(folder, job, time, world)
    made.make()
    return made
