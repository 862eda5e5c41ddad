"""Histories of a few commits, as `new` pins them, and requests to the agents of release-notes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha1

from orchestrator.agents.builtin import Builtin
from orchestrator.agents.builtin.release_notes.record import Change, Record, read_record
from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Fault, Route
from orchestrator.model.agent import Agent, AgentExtras, BackendKind
from orchestrator.model.finding import Finding
from orchestrator.model.job import Scalar

WRITES = {
    "research": ("commits.yaml", "research.md"),
    "draft": ("notes.md", "changelog.md"),
    "design": ("chart.svg", "chart.png"),
    "validate": ("review.yaml",),
    "polish": ("notes.md", "changelog.md", "chart.svg", "chart.png"),
    "revalidate": ("recheck.yaml",),
}
HISTORY = "sources/history.jsonl"
BASE = "b" * 40
DAY = 86_400
BEGAN = 1_767_258_000
"""1 January 2026, 9 o'clock UTC."""

ADA = ("Ada Lovelace", "ada@example.com")
BOB = ("Bob Harris", "bob@example.com")
BOT = ("dependabot[bot]", "1+dependabot[bot]@users.noreply.example.com")


@dataclass
class Told:
    """A commit in the making. Its hash comes from its place, so that a message may name an earlier one's."""

    subject: str
    body: str = ""
    by: tuple[str, str] = ADA
    parents: tuple[str, ...] | None = None
    files: tuple[str, ...] = ("src/app.py",)
    date: int | None = None
    zone: int = 0
    new: tuple[str, ...] = ()
    hash: str = field(default="")


def name(place: int) -> str:
    """Return the hash of the commit at a place, from 0."""
    return sha1(f"commit {place}".encode(), usedforsecurity=False).hexdigest()


def history(commits: Iterable[Told], /, **header: object) -> bytes:
    """Return a history file. Each commit's parent is the one before it, unless said."""
    told = list(commits)
    lines = [_line(commit, place) for place, commit in enumerate(told)]
    last = BEGAN + (len(told) - 1) * DAY
    first: dict[str, object] = {
        "version": 1,
        "repository": "tide",
        "range": "v1.0..v1.1",
        "from": BASE,
        "to": told[-1].hash or name(len(told) - 1),
        "from_name": "v1.0",
        "to_name": "v1.1",
        "since": BEGAN - 30 * DAY,
        "until": told[-1].date if told[-1].date is not None else last,
        "commits": len(told),
        "people_before": 3,
    }
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in ({**first, **header}, *lines)).encode()


def _line(commit: Told, place: int) -> dict[str, object]:
    parents = commit.parents if commit.parents is not None else (name(place - 1) if place else BASE,)
    folders: dict[str, int] = {}
    for path in commit.files:
        folder = path.split("/")[0] if "/" in path else ""
        folders[folder] = folders.get(folder, 0) + 1
    return {
        "hash": commit.hash or name(place),
        "parents": parents,
        "author": {"name": commit.by[0], "email": commit.by[1]},
        "date": commit.date if commit.date is not None else BEGAN + place * DAY,
        "zone": commit.zone,
        "subject": commit.subject,
        "body": commit.body,
        "files": commit.files[:50],
        "file_count": len(commit.files),
        "folders": folders,
        "new_people": commit.new,
    }


def request(
    step: str,
    files: Mapping[str, bytes],
    *,
    findings: tuple[Finding, ...] = (),
    params: Mapping[str, Scalar] | None = None,
) -> Request:
    """Return a request to the agent of a step of release-notes."""
    extras = AgentExtras(backend=BackendKind.BUILTIN, builtin=f"release-notes.{step}")
    agent = Agent(name=step, **{"x-orchestrator": extras})
    return Request(
        "r1", "Notes", step, 1, agent, "", Route("builtin", "free"), WRITES[step], files, params or {}, findings
    )


def made(
    step: str,
    files: Mapping[str, bytes],
    *,
    findings: tuple[Finding, ...] = (),
    params: Mapping[str, Scalar] | None = None,
) -> dict[str, bytes]:
    """Return what the agent of a step makes of these files."""
    if params:
        return _asked(request(step, files, findings=findings, params=params))
    return dict(_made(step, tuple(files.items()), findings))


@lru_cache
def _made(step: str, files: tuple[tuple[str, bytes], ...], findings: tuple[Finding, ...]) -> Mapping[str, bytes]:
    """An agent is a pure function of its request: what it made of these files, it would make again."""
    return _asked(request(step, dict(files), findings=findings))


def _asked(asked: Request) -> dict[str, bytes]:
    answer = Builtin().run(asked)
    assert isinstance(answer, Answer), answer
    return dict(answer.files)


def fault(step: str, files: Mapping[str, bytes]) -> str:
    """Return the message with which the agent of a step gives up."""
    answer = Builtin().run(request(step, files))
    assert isinstance(answer, Fault), answer
    return answer.message


def researched(*commits: Told | str, brief: str = "", **header: object) -> dict[str, bytes]:
    """Return a job's files after research."""
    told = [Told(commit) if isinstance(commit, str) else commit for commit in commits]
    files = {"brief.md": brief.encode(), HISTORY: history(told, **header)}
    return {**files, **made("research", files)}


def record_of(*commits: Told | str, brief: str = "", **header: object) -> Record:
    """Return the record that research makes of some commits."""
    return read_record(researched(*commits, brief=brief, **header)["commits.yaml"].decode())


def change_of(*commits: Told | str) -> Change:
    """Return the last commit's change."""
    return record_of(*commits).commits[-1]


def walked(*commits: Told | str, brief: str = "", **header: object) -> dict[str, bytes]:
    """Return a job's files after all steps that an agent does."""
    files = researched(*commits, brief=brief, **header)
    for step in ("draft", "design", "validate", "polish", "revalidate"):
        files |= made(step, files)
    return files
