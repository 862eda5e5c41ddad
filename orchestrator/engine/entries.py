"""The ledger as rows and sums: every entry of a job, and what it cost. It reads trailers, and no verdict from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypedDict

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.engine import paths
from orchestrator.engine.gather import find_tip
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.ledger import Commit
from orchestrator.model.state import State


class EntryDocument(TypedDict):
    """One entry. A person's own commit has no `seq`, `step`, `outcome`. `date`: Unix time; `receipt`: of a publish."""

    entry: str
    seq: int | None
    step: str | None
    attempt: int | None
    outcome: str | None
    agent: str | None
    backend: str | None
    model: str | None
    tokens_in: int
    tokens_out: int
    cost_usd: float
    duration_ms: int
    actor: str | None
    subject: str
    date: int
    receipt: str | None


class CostRow(TypedDict):
    """What is spent under one key."""

    key: str
    cost_usd: float
    tokens_in: int
    tokens_out: int
    attempts: int


class CostDocument(TypedDict):
    """What is spent, in all and by key, the dearest first."""

    total_usd: float
    by: list[CostRow]


class By(StrEnum):
    """What the spend may be summed by. Days are UTC."""

    STEP = "step"
    AGENT = "agent"
    MODEL = "model"
    JOB = "job"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Told:
    """A commit with its trailers. None are read from a commit that a person made: anybody can write them there."""

    job: str
    commit: Commit
    trailers: Mapping[str, str]

    @property
    def is_attempt(self) -> bool:
        """Say whether an agent was called, or may have been."""
        return "Cost-USD" in self.trailers

    @property
    def cost_usd(self) -> float:
        """Return what it cost."""
        return max(_number(self.trailers.get("Cost-USD")), 0.0)


def entries(world: World, job: str) -> tuple[Told, ...]:
    """Return the entries that stand in the job's history, oldest first; of a deleted job, those of its last tip."""
    tip, _ = find_tip(world, job)
    return tuple(_told(job, commit) for commit in world.ledger.history_of(job, tip))


def entries_ever(world: World, job: str) -> tuple[Told, ...]:
    """Return the entries that were ever made: those that the job was moved away from too. A reset refunds nothing."""
    here = entries(world, job)
    known = {told.commit.id for told in here}
    gone = (_told(job, commit) for commit in world.ledger.unreached(job) if commit.id not in known)
    return (*gone, *here)


def _told(job: str, commit: Commit) -> Told:
    return Told(job, commit, trailers.parse(commit.message) if commit.is_machine else {})


def log(world: World, job: str) -> list[EntryDocument]:
    """Return the job's entries as documents, oldest first. Raises UsageError where there is no such job."""
    return [_entry(world, told) for told in entries(world, job)]


def _entry(world: World, told: Told) -> EntryDocument:
    said, commit = told.trailers, told.commit
    return {
        "entry": commit.id,
        "seq": _whole(said.get("Seq")),
        "step": said.get("Step"),
        "attempt": _whole(said.get("Attempt")),
        "outcome": said.get("Outcome"),
        "agent": said.get("Agent"),
        "backend": said.get("Backend"),
        "model": said.get("Model"),
        "tokens_in": _whole(said.get("Tokens-In")) or 0,
        "tokens_out": _whole(said.get("Tokens-Out")) or 0,
        "cost_usd": told.cost_usd,
        "duration_ms": _whole(said.get("Duration-Ms")) or 0,
        "actor": said.get("Actor") or (None if commit.author.is_agent else commit.author.id),
        "subject": trailers.subject(commit.message),
        "date": commit.date,
        "receipt": _receipt(world, told) if said.get("Outcome") == "published" else None,
    }


def _receipt(world: World, told: Told) -> str | None:
    """Return the receipt that a publishing entry cites: it stands in the state that the entry wrote."""
    path = paths.in_workspace(told.job, paths.STATE)
    oid = world.ledger.files(told.commit.id, path).get(path)
    if oid is None:
        return None
    try:
        key = (oid, "State")
        state = world.memory.recall(key, lambda: models.parse(world.ledger.blob(oid), path, State))
    except DocumentError:
        return None
    record = state.steps.get(told.trailers.get("Step", ""))
    return record.receipt if record else None


# --- cost ------------------------------------------------------------------------------------------------------------


def cost_by_step(told: Iterable[Told]) -> dict[str, float]:
    """Return step → USD spent on it, ever."""
    found: dict[str, float] = {}
    for each in told:
        if each.is_attempt:
            step = each.trailers.get("Step", "")
            found[step] = found.get(step, 0.0) + each.cost_usd
    return found


def cost(world: World, jobs: Iterable[str], by: By) -> CostDocument:
    """Return what the jobs cost, in all and by one key. Archived and lost entries count."""
    attempts = [told for job in jobs for told in entries_ever(world, job) if told.is_attempt]
    rows: dict[str, CostRow] = {}
    for told in attempts:
        key = _key(told, by)
        row = rows.setdefault(key, {"key": key, "cost_usd": 0.0, "tokens_in": 0, "tokens_out": 0, "attempts": 0})
        _add(row, told)
    ordered = rows.values() if by is By.DAY else sorted(rows.values(), key=lambda row: -row["cost_usd"])
    return {"total_usd": round(sum(told.cost_usd for told in attempts), 6), "by": list(_rounded(ordered, by))}


def _rounded(rows: Iterable[CostRow], by: By) -> Iterator[CostRow]:
    ordered = sorted(rows, key=lambda row: row["key"]) if by is By.DAY else rows
    for row in ordered:
        yield {**row, "cost_usd": round(row["cost_usd"], 6)}


def _add(row: CostRow, told: Told) -> None:
    row["cost_usd"] += told.cost_usd
    row["tokens_in"] += _whole(told.trailers.get("Tokens-In")) or 0
    row["tokens_out"] += _whole(told.trailers.get("Tokens-Out")) or 0
    row["attempts"] += 1


def _key(told: Told, by: By) -> str:
    match by:
        case By.JOB:
            return told.job
        case By.DAY:
            return datetime.fromtimestamp(told.commit.date, UTC).date().isoformat()
        case By.STEP:
            return told.trailers.get("Step", "none")
        case By.AGENT:
            return told.trailers.get("Agent", "interrupted")
        case By.MODEL:
            return told.trailers.get("Model", "interrupted")


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
