"""`sources/history.jsonl`: the commits of a range, as `new` pinned them. Read here, line by line; nothing is judged.

The first line is the header; each other one is a commit, oldest first. All of its texts are strangers' words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.reading import text_of
from orchestrator.agents.interface import Request

PATH = "sources/history.jsonl"

_HASH = r"^[0-9a-f]{40}(?:[0-9a-f]{24})?$"
_BEFORE_AND_AFTER = 4_000_000_000_000
"""Seconds from 1970: what lies farther away is no date."""

Line = TypeVar("Line", bound=BaseModel)


class Header(BaseModel):
    """What the commits are of. `from` is not among the commits, `to` is the last.

    `since` and `until` are when these two were released, in seconds since 1970; the zones are minutes east of UTC. A
    history without the last zone was pinned by an older `new`: it has the last commit's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    version: int = Field(ge=1, le=1)
    repository: str = Field(min_length=1, max_length=200)
    range: str = Field(max_length=500)
    from_: str | None = Field(alias="from", pattern=_HASH)
    to: str = Field(pattern=_HASH)
    from_name: str | None = Field(default=None, max_length=250)
    to_name: str | None = Field(default=None, max_length=250)
    since: int | None = Field(default=None, ge=-_BEFORE_AND_AFTER, le=_BEFORE_AND_AFTER)
    since_zone: int = Field(default=0, ge=-1_439, le=1_439)
    until: int = Field(ge=-_BEFORE_AND_AFTER, le=_BEFORE_AND_AFTER)
    until_zone: int | None = Field(default=None, ge=-1_439, le=1_439)
    commits: int = Field(ge=0)
    people_before: int = Field(default=0, ge=0)


class Person(BaseModel):
    """A name and an e-mail address; the address tells people apart, and is handed on nowhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    email: str


class Commit(BaseModel):
    """One commit. `zone` is minutes east of UTC; `folders` says how many files were touched in which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hash: str = Field(pattern=_HASH)
    parents: tuple[str, ...]
    author: Person
    date: int = Field(ge=-_BEFORE_AND_AFTER, le=_BEFORE_AND_AFTER)
    zone: int = Field(default=0, ge=-1_439, le=1_439)
    subject: str
    body: str = ""
    files: tuple[str, ...] = ()
    file_count: int = Field(default=0, ge=0)
    folders: Mapping[str, int] = Field(default_factory=dict)
    new_people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """A header and its commits, oldest first."""

    header: Header
    commits: tuple[Commit, ...]


def read_history(request: Request) -> History:
    """Return the history that the step reads. Raises CannotWork for one that is absent, broken or empty."""
    lines = text_of(request, PATH).split("\n")
    header = _read(lines[0], 1, Header)
    commits = tuple(_read(line, number, Commit) for number, line in enumerate(lines[1:], start=2) if line.strip())
    if len(commits) != header.commits:
        raise CannotWork(f"{PATH}:1: it says {header.commits:,} commits, and {len(commits):,} follow: fetch it anew")
    if not commits:
        raise CannotWork(f"{PATH}:1: the range {header.range!r} has no commit: choose another range")
    for line, fault in _doubles(commits):
        raise CannotWork(f"{PATH}:{line}: {fault}")
    return History(header, commits)


def _read(line: str, number: int, model: type[Line]) -> Line:
    try:
        return model.model_validate_json(line)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        said = f"{where}: {first['msg']}" if where else first["msg"]
        raise CannotWork(f"{PATH}:{number}: {said[:200]}: fetch the history anew") from fault


def _doubles(commits: tuple[Commit, ...]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for number, commit in enumerate(commits, start=2):
        if commit.hash in seen:
            yield number, f"the commit {commit.hash[:7]} stands twice"
        seen.add(commit.hash)
