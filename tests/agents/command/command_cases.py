"""Requests to command agents, a scratch that really runs them, and an agent with scenarios."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from endings import answered as answered
from endings import failed as failed

from orchestrator.agents.command.backend import CommandBackend
from orchestrator.agents.interface import Answer, Request, Underway, unheard
from orchestrator.model.action import Fault, Route
from orchestrator.model.agent import Agent, AgentExtras
from orchestrator.model.finding import Finding
from orchestrator.model.outside import ScratchCall, ScratchEnd
from orchestrator.model.settings import Command, Model

FILES = {"brief.md": b"A mug.\n", "/memory/style.md": b"Short.\n"}
PLAIN = AgentExtras()
NOW = 1_767_225_600
"""2026-01-01, a Thursday, at midnight UTC."""

# One program, told by its argument what to do. It prints and writes as agents do.
AGENT = r"""
import json, os, sys, pathlib, signal
scenario, write = sys.argv[1], lambda path, text: pathlib.Path(path).write_bytes(text.encode())
told = sys.stdin.read()
match scenario:
    case "writes": write("listing.md", "# Mug\n")
    case "repeats": write("listing.md", told)
    case "lists":
        found = [path for root in (".", "../workspace") for path in pathlib.Path(root).rglob("*") if path.is_file()]
        write("listing.md", "\n".join(sorted(map(str, found))))
    case "environment":
        write("listing.md", "\n".join(f"{k}={v}" for k, v in sorted(os.environ.items()) if k != "LC_CTYPE"))
    case "nothing": print("All done.")
    case "strays":
        write("listing.md", "# Mug\n"); write("brief.md", "mine now")
        write("state.yaml", "status: done"); write("../workspace/memory/x.md", "x")
    case "deletes": os.unlink("brief.md"); write("listing.md", "# Mug\n")
    case "deletes-its-own": os.unlink("listing.md"); write("design.svg", "<svg/>")
    case "leaves-alone": print("It is good as it is.")
    case "complains":
        print("working", flush=True)
        print("\x1b[31mfirst\x1b[0m\nlast line \x1b]52;c;aGk=\x07\u202eevil", file=sys.stderr)
        sys.exit(3)
    case "tells":
        print("token " + os.environ["API_TOKEN"], file=sys.stderr)
        print(os.environ["API_TOKEN"])
        sys.exit(1)
    case "leaks": write("listing.md", "# Mug " + os.environ["API_TOKEN"])
    case "exits": sys.exit(int(sys.argv[2]))
    case "dies": os.kill(os.getpid(), getattr(signal, sys.argv[2]))
    case "binary": pathlib.Path("listing.md").write_bytes(bytes(range(256)))
    case "streams":
        for line in sys.argv[2:]: print(line, flush=True)
        write("listing.md", "# Mug\n")
    case "handed":
        handed = pathlib.Path(os.environ["HANDED"])
        write("listing.md", (handed / "prompt.md").read_text() + "|" + (handed / "request.json").read_text())
    case "shouts": sys.stdout.write(told.upper())
    case "says":
        sys.stdout.write(sys.argv[2])
        sys.stderr.write("".join(sys.argv[3:4]))
        sys.exit(int("".join(sys.argv[4:5]) or 0))
    case "says-and-writes": sys.stdout.write(sys.argv[2]); write("listing.md", "# Mug\n")
"""


@dataclass
class Scratch:
    """Runs a call in a folder, as the sandbox does, without holding it; what it was called with is kept."""

    root: Path
    calls: list[ScratchCall] = field(default_factory=list)

    def __call__(self, call: ScratchCall) -> ScratchEnd:
        self.calls.append(call)
        for folder in ("job", "workspace", "handed"):
            (self.root / folder).mkdir(parents=True)
        for path, content in call.files.items():
            _lay(self.root / ("workspace" + path if path.startswith("/") else "job/" + path), content)
        for name, content in call.handed.items():
            _lay(self.root / "handed" / name, content)
        environ = {"PATH": os.defpath, "HANDED": str(self.root / "handed"), **call.environ}
        done = subprocess.run(
            call.argv,
            input=call.stdin,
            cwd=self.root / "job",
            env=environ,
            capture_output=True,
            timeout=20,
            check=False,
        )
        if call.hear:
            call.hear(done.stdout)
        status = done.returncode if done.returncode >= 0 else 128 - done.returncode
        return ScratchEnd(status, done.stdout, done.stderr, dict(_there(self.root)))


def _lay(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _there(root: Path) -> Iterator[tuple[str, bytes]]:
    for folder, mark in (("job", ""), ("workspace", "/")):
        for place in (root / folder).rglob("*"):
            if place.is_file():
                yield mark + str(place.relative_to(root / folder)), place.read_bytes()


def ends(end: ScratchEnd) -> Callable[[ScratchCall], ScratchEnd]:
    """Return a scratch in which every call ends like this, with what it was handed and what the end says."""
    return lambda call: ScratchEnd(
        end.status, end.stdout, end.stderr, {**call.files, **end.files}, end.odd, end.why, end.sandbox, end.unheld
    )


def request(
    *,
    files: Mapping[str, bytes] = FILES,
    writes: tuple[str, ...] = ("listing.md",),
    system: str = "",
    model: str = "inherit",
    routed: Model | None = None,
    findings: tuple[Finding, ...] = (),
    tell: Callable[[Underway], None] = unheard,
    reserved: float = 0.25,
    extras: AgentExtras = PLAIN,
) -> Request:
    """Return a request to write a listing."""
    return Request(
        job="mug",
        title="Mug",
        step="draft",
        attempt=1,
        agent=Agent(name="writer", model=model, system=system, **{"x-orchestrator": extras}),
        prompt="Write the listing.",
        route=Route("command", "it says so", reserved),
        writes=writes,
        files=files,
        findings=findings,
        model=routed,
        tell=tell,
    )


def agent(*words: str) -> tuple[str, ...]:
    """Return the argv of the agent with scenarios."""
    return (sys.executable, "-I", "-S", "-c", AGENT, *words)


def played(
    scratch: Callable[[ScratchCall], ScratchEnd],
    argv: tuple[str, ...],
    asked: Request | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    granted: Mapping[str, object] | None = None,
    **settings: object,
) -> Answer | Fault:
    """Return what comes of a request to a program named `pen`."""
    command = Command.model_validate({"argv": argv, **settings, **(granted or {})})
    backend = CommandBackend("pen", command, scratch, (environ or {}).get, lambda: NOW)
    return backend.run(asked or request())
