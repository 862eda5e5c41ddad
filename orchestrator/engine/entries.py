"""The ledger as rows and sums: every entry of a job, and what it cost. It reads trailers, and no verdict from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypedDict

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.engine import paths
from orchestrator.engine.gather import find_tip, read_settings
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.ledger import Commit
from orchestrator.model.action import Basis, Usage
from orchestrator.model.state import State
from orchestrator.routing import Saving, saved

_BASES: Mapping[str, Basis] = {str(basis): basis for basis in Basis}


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
    unknown: int
    """Attempts of which nobody knows what they cost: what was reserved for them is counted."""


class CostDocument(TypedDict):
    """What is spent, in all and by key, the dearest first; and what routing saved, over so many priced attempts."""

    total_usd: float
    by: list[CostRow]
    unknown: int
    unknown_usd: float
    saved_usd: float | None
    against: str | None
    """The strongest model, that would have been asked always; None where nothing can be compared."""
    compared: int


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
        return trailers.usd_of(self.trailers.get("Cost-USD", "0")) or 0.0

    @property
    def usage(self) -> Usage:
        """Return the attempt's tokens and cost, and where the cost comes from; cached tokens are not told apart."""
        said = self.trailers
        tokens = (_whole(said.get("Tokens-In")) or 0, _whole(said.get("Tokens-Out")) or 0)
        return Usage(*tokens, self.cost_usd, basis=_BASES.get(said.get("Cost-Basis", "free"), Basis.UNKNOWN))


def entries(world: World, job: str) -> tuple[Told, ...]:
    """Return the entries that stand in the job's history, oldest first; of a deleted job, those of its last tip."""
    tip, _ = find_tip(world, job)
    return tuple(told_of(job, commit) for commit in world.ledger.history_of(job, tip))


def entries_ever(world: World, job: str) -> tuple[Told, ...]:
    """Return the entries that were ever made: those that the job was moved away from too. A reset refunds nothing."""
    here = entries(world, job)
    known = {told.commit.id for told in here}
    gone = (told_of(job, commit) for commit in world.ledger.kept.unreached(job) if commit.id not in known)
    return (*gone, *here)


def told_of(job: str, commit: Commit) -> Told:
    """Return an entry of a job with its trailers, a person's commit without any."""
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
    usages = [told.usage for told in attempts]
    unknown = [usage.cost_usd for usage in usages if usage.basis is Basis.UNKNOWN]
    saving = _saved(world, usages)
    return {
        "total_usd": round(sum(told.cost_usd for told in attempts), 6),
        "by": list(_rounded(_rows(attempts, by), by)),
        "unknown": len(unknown),
        "unknown_usd": round(sum(unknown), 6),
        "saved_usd": round(saving.usd, 6) if saving else None,
        "against": saving.against if saving else None,
        "compared": saving.attempts if saving else 0,
    }


def _saved(world: World, usages: Sequence[Usage]) -> Saving | None:
    """Return what routing saved, by the prices of today. The dated table is asked only where something was priced."""
    if all(usage.basis is not Basis.PRICED for usage in usages):
        return None
    return saved(read_settings(world, world.ledger.base().commit).models, usages)


def _rows(attempts: Iterable[Told], by: By) -> Iterable[CostRow]:
    rows: dict[str, CostRow] = {}
    for told in attempts:
        key = _key(told, by)
        new: CostRow = {"key": key, "cost_usd": 0.0, "tokens_in": 0, "tokens_out": 0, "attempts": 0, "unknown": 0}
        _add(rows.setdefault(key, new), told.usage)
    return rows.values() if by is By.DAY else sorted(rows.values(), key=lambda row: -row["cost_usd"])


def _rounded(rows: Iterable[CostRow], by: By) -> Iterator[CostRow]:
    ordered = sorted(rows, key=lambda row: row["key"]) if by is By.DAY else rows
    for row in ordered:
        yield {**row, "cost_usd": round(row["cost_usd"], 6)}


def _add(row: CostRow, usage: Usage) -> None:
    row["cost_usd"] += usage.cost_usd
    row["tokens_in"] += usage.tokens_in
    row["tokens_out"] += usage.tokens_out
    row["attempts"] += 1
    row["unknown"] += usage.basis is Basis.UNKNOWN


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
