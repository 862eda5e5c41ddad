"""What `new` fetches from outside, once: content for the job and what pins it. It writes nothing.

Afterwards nothing reads the place that it came from: the job carries it, and so runs and verifies where that is not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestrator.engine.requests import MOST_INPUT_BYTES
from orchestrator.engine.world import World
from orchestrator.errors import UsageError
from orchestrator.model.job import JobFile, MaterialKind, Scalar

if TYPE_CHECKING:
    from orchestrator.ledger.foreign import History, Landed

HISTORY_VERSION = 1


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collector found: the content, and the params that say what it was."""

    content: bytes
    pinned: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Material:
    """All that was collected for a job: job path → content, and params to be set in its job.yaml."""

    files: Mapping[str, bytes]
    pinned: Mapping[str, Scalar]


class Collector(Protocol):
    """Fetches one kind of material."""

    def __call__(self, world: World, params: Mapping[str, Scalar]) -> Collected:
        """Return what the params name. Raises UsageError, WorkspaceError or LedgerError where it cannot be had."""
        ...


def collect(world: World, job_file: JobFile) -> Material:
    """Return the material that a job file asks for. Raises what its collectors do."""
    files: dict[str, bytes] = {}
    pinned: dict[str, Scalar] = {}
    for path, kind in job_file.material.items():
        found = _COLLECTORS[kind](world, job_file.params)
        files[path] = found.content
        pinned |= found.pinned
    return Material(files, pinned)


# --- git-history -----------------------------------------------------------------------------------------------------


def git_history(world: World, params: Mapping[str, Scalar]) -> Collected:
    """Return a range of a repository's history as lines of JSON, a header first, and its ends as `from` and `to`."""
    repository = world.foreign(_text(params.get("repo")) or ".")
    asked = repository.resolve(_text(params.get("range")))
    history = repository.history(asked)
    pinned = {"from": asked.first, "to": asked.last} if asked.first else {"to": asked.last}
    return Collected(_lines(history), pinned)


def _text(said: Scalar) -> str:
    return "" if said is None else str(said)


def _lines(history: History) -> bytes:
    lines = [_line(_header(history))]
    size = len(lines[0])
    for landed in history.landed:
        lines.append(_line(_commit(landed)))
        size += len(lines[-1])
        if size > MOST_INPUT_BYTES:
            raise _too_large(history, len(lines) - 1)
    return b"".join(lines)


def _too_large(history: History, fitting: int) -> UsageError:
    most = f"{MOST_INPUT_BYTES / 1e6:.0f} MB"
    return UsageError(
        f"{history.range.text} has {history.count:,} commits, and {fitting:,} of them alone come to {most}, "
        f"which is the most that an agent reads",
        hint="take a shorter range: --set range=a..b",
    )


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _header(history: History) -> Mapping[str, object]:
    asked = history.range
    return {
        "version": HISTORY_VERSION,
        "repository": history.repository,
        "range": asked.text,
        "from": asked.first,
        "to": asked.last,
        "from_name": asked.first_name,
        "to_name": asked.last_name,
        "since": history.since,
        "since_zone": history.since_zone,
        "until": history.until,
        "until_zone": history.until_zone,
        "commits": history.count,
        "people_before": history.people_before,
    }


def _commit(landed: Landed) -> Mapping[str, object]:
    commit, touched = landed.commit, landed.touched
    return {
        "hash": commit.id,
        "parents": commit.parents,
        "author": {"name": commit.author.name, "email": commit.author.email},
        "date": commit.date,
        "zone": commit.zone,
        "subject": commit.subject,
        "body": commit.body,
        "files": touched.files,
        "file_count": touched.count,
        "folders": touched.folders,
        "new_people": landed.new_people,
    }


_COLLECTORS: Mapping[MaterialKind, Collector] = {MaterialKind.GIT_HISTORY: git_history}
