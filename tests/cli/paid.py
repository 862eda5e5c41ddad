"""A tiny workspace with three models whose prices are known, and a backend that plays them: no model is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from calling import environ, git

from orchestrator.agents.interface import Answer, Request
from orchestrator.engine.create import Order, create
from orchestrator.engine.run import run
from orchestrator.engine.world import World
from orchestrator.model.action import Basis, Fault, Usage
from orchestrator.wiring import open_world

SETTINGS = """\
version: 1
models:
  - {name: "a:small", tier: fast, context: 100000, max_output: 1000, price: {input: 1, output: 5}}
  - {name: "b:middle", tier: standard, context: 100000, max_output: 1000, price: {input: 3, output: 15}}
  - {name: "b:large", tier: strong, context: 100000, max_output: 1000, price: {input: 10, output: 50}}
providers:
  a: {kind: openai, base_url: "http://127.0.0.1:9/v1"}
  b: {kind: openai, base_url: "http://127.0.0.1:9/v1"}
budget: {call: 0.50, step: 1, job: 2, day: 20, workspace: 100}
approvers:
  team: anyone
"""
FILES = {
    "orchestrator.yaml": SETTINGS,
    "agents/writer.md": "---\nname: writer\ndescription: Writes.\nmodel: fast\n---\nYou write.\n",
    "agents/hand.md": "---\nname: hand\ndescription: Does.\nx-orchestrator: {backend: person}\n---\nYou do.\n",
    "prompts/draft.md.j2": "Write it.\n",
    "prompts/polish.md.j2": "Mend it: {{ files['text.md'] }}\n",
    "jobs/templates/t/job.yaml": "version: 1\n",
    "jobs/templates/t/brief.md": "Two words, please.\n",
    "jobs/templates/t/pipeline.yaml": """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md], gate: [words: {min: 2}]}
  polish: {agent: writer, reads: [text.md], writes: [more.md]}
  sign: {agent: hand, reads: [more.md], writes: [signed.md]}
  approve: {approve: {by: team}}
""",
}


def priced(usd: float, tokens: int = 1_000) -> Usage:
    return Usage(tokens, tokens // 10, usd, basis=Basis.PRICED)


Play = Callable[[Request], Answer | Fault]


def good(request: Request) -> Answer | Fault:
    return Answer(dict.fromkeys(request.writes, b"two words\n"), priced(0.001))


@dataclass
class Played:
    """A backend that does as it is told."""

    play: Play = good
    name: str = "model"

    def run(self, request: Request) -> Answer | Fault:
        return self.play(request)


def workspace(where: Path, files: Mapping[str, str] = FILES) -> Path:
    git(where, "init", "-q", "-b", "main")
    for path, text in files.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text)
    git(where, "add", "-A")
    git(where, "commit", "-qm", "workspace")
    return where


def world(where: Path, play: Play = good, now: int | None = None) -> World:
    date = {"SOURCE_DATE_EPOCH": str(now)} if now is not None else {}
    return replace(open_world(where, environ={**environ(), **date}), backend=lambda agent, route, said: Played(play))


def job(where: Path, name: str = "j", play: Play | None = good, now: int | None = None) -> None:
    """Make a job and run it until it rests; None: leave it as it was made."""
    here = world(where, play or good, now)
    if here.ledger.tip(name) is None:
        create(here, Order("t", name))
    if play is not None:
        run(here, name, sleep=lambda seconds: None)
    here.ledger.close()
