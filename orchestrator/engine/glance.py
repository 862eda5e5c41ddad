"""Where all jobs stand, told quickly: from the trailers of their tips, or as it was told before. It decides nothing.

An entry's trailers say where the job stands, and by which refs and settings that was so. As long as these are the same,
it is so still, and no file need be read; else the job is read and decided as everywhere. What was told is kept in
`.git/orchestrator/`, by the job's refs and the settings: it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestrator import __version__, trailers
from orchestrator.engine.base import settings_id
from orchestrator.errors import OrchestratorError

if TYPE_CHECKING:
    from orchestrator.engine.world import World
    from orchestrator.ledger import Commit, JobRefs

CACHE = "status.json"
STATUSES = frozenset({"ready", "waiting", "halted", "done", "cancelled"})
_FORM = f"{__version__}/2 ".encode()
"""The form of the cache; another version's is not read."""


class Same(Enum):
    """How much of the settings is as it was."""

    ALL = "all"
    PUBLISHERS = "publishers"
    NOTHING = "nothing"


class Row(NamedTuple):
    """A job in a list. `reason`: one line, cut; `cost_usd`: all that it ever cost, as its budget counts it."""

    id: str
    status: str
    action: str
    step: str | None
    reason: str
    cost_usd: float


def rows(world: World) -> list[Row]:
    """Return where every job stands, by id. One whose files cannot be read says so, and hides none of the others."""
    settings = settings_id(world, world.ledger.base().commit)
    listed, cached = world.ledger.listing(), _cached(world)
    whole = hashlib.blake2b(settings.encode() + listed, digest_size=16).hexdigest()
    if cached.whole == whole:
        return [Row(job, *row[1:]) for job, row in cached.rows.items()]
    jobs = world.ledger.survey(listed)
    prints = {job: f"{refs.fingerprint}/{settings[:16]}" for job, refs in jobs.items()}
    known = {job: Row(job, *row[1:]) for job, row in cached.rows.items() if prints.get(job) == row[0]}
    known |= told_by_trailers(world, {job: refs for job, refs in jobs.items() if job not in known}, settings)
    passing = {job: _read(world, job) for job in jobs if job not in known}
    lasting = {**known, **{job: row for job, (row, lasts) in passing.items() if lasts and jobs[job].is_quiet}}
    told = {job: [prints[job], *lasting[job][1:]] for job in jobs if job in lasting}
    _keep(world, _Cached(whole if len(told) == len(jobs) else None, told))
    return [known[job] if job in known else passing[job][0] for job in jobs]


# --- what was told before --------------------------------------------------------------------------------------------


class _Cached(NamedTuple):
    """What was told: of all jobs, by a digest of all refs (None: not of all); of each, by its own refs."""

    whole: str | None = None
    rows: Mapping[str, list[Any]] = MappingProxyType({})


def _cached(world: World) -> _Cached:
    """Return what was written, whole or not at all: its first line is the digest of the rest, and of the form."""
    digest, _, text = (world.ledger.cache.read(CACHE) or b"").partition(b"\n")
    return _Cached(*json.loads(text)) if digest == _digest(text) else _Cached()


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(_FORM + text, digest_size=16).hexdigest().encode()


def _keep(world: World, told: _Cached) -> None:
    text = json.dumps(told, separators=(",", ":")).encode("ascii")
    world.ledger.cache.keep(CACHE, _digest(text) + b"\n" + text)


# --- what trailers tell ----------------------------------------------------------------------------------------------


def told_by_trailers(world: World, jobs: Mapping[str, JobRefs], settings: str) -> dict[str, Row]:
    """Return where those jobs stand that need not be read. `settings`: the id of those that hold now."""
    plain = {job: refs for job, refs in jobs.items() if refs.is_plain}
    asked = {oid for refs in plain.values() for oid in (refs.tip, refs.approved) if oid}
    entries = _Entries(world, settings, world.ledger.commits(asked))
    found = {job: entries.row(job, refs) for job, refs in plain.items()}
    return {job: row for job, row in found.items() if row is not None}


class _Entries:
    """The tips of jobs, as far as what they say holds still. `settings`: the id of those that hold now."""

    def __init__(self, world: World, settings: str, commits: Mapping[str, Commit]) -> None:
        self._world = world
        self._settings = settings
        self._commits = commits
        self._known: dict[str, Same] = {}

    def row(self, job: str, refs: JobRefs) -> Row | None:
        """Return where the job stands, as its tip says; None where it does not, or something has changed since."""
        tip = self._commits.get(refs.tip or "")
        said = self._said(tip)
        if tip is None or said.get("Job") != job or not {"Status", "Next", "Settings"} <= said.keys():
            return None
        action, _, step = said["Next"].partition("/")
        reason, spent = trailers.following(tip.message), trailers.usd_of(said.get("Spend-USD", "0"))
        if reason is None or spent is None or said["Status"] not in STATUSES or not self._is_so_still(said, refs):
            return None
        if not self._holds(said["Settings"], is_done=action == "done"):
            return None
        return Row(job, said["Status"], action, step or None, reason, spent)

    def _is_so_still(self, said: Mapping[str, str], refs: JobRefs) -> bool:
        """Say whether the refs that were looked at then are where they were."""
        is_asked_so = said.get("Reviews", "") == ",".join(refs.reviews)
        is_sent_so = said.get("Receipts", "") == trailers.receipts(refs.receipts)
        return is_asked_so and is_sent_so and self._is_approved_as(said, refs)

    def _said(self, commit: Commit | None) -> Mapping[str, str]:
        return trailers.parse(commit.message) if commit is not None and commit.is_machine else {}

    def _is_approved_as(self, said: Mapping[str, str], refs: JobRefs) -> bool:
        """Say whether nobody has moved `approved/<id>` since. The first proposal makes it, at an entry of a job."""
        if "Approved" in said or refs.approved is None:
            return said.get("Approved") == refs.approved
        return "Seq" in self._said(self._commits.get(refs.approved))

    def _holds(self, settings: str, *, is_done: bool) -> bool:
        """Say whether the settings of that id say what those say that hold now.

        A job that is done asks of them only where it published.
        """
        if settings not in self._known:
            self._known[settings] = self._same(settings)
        return self._known[settings] is Same.ALL or (is_done and self._known[settings] is Same.PUBLISHERS)

    def _same(self, settings: str) -> Same:
        if settings == self._settings:
            return Same.ALL
        from orchestrator.engine.gather import parse_settings

        try:
            then, now = (parse_settings(self._world, oid) for oid in (settings, self._settings))
        except OrchestratorError:
            return Same.NOTHING
        if then == now:
            return Same.ALL
        return Same.PUBLISHERS if then.publishers == now.publishers else Same.NOTHING


# --- what must be read -----------------------------------------------------------------------------------------------


def read(world: World, job: str) -> Row:
    """Return where the job stands, its files read and decided now."""
    return _read(world, job)[0]


def _read(world: World, job: str) -> tuple[Row, bool]:
    """Return also whether that lasts as long as the job's refs and the settings do."""
    from orchestrator.engine import report
    from orchestrator.model.action import Stop

    (told,) = report.status(world, [job])
    following = told["next"]
    reason = trailers.told(told["reason"])
    row = Row(job, told["status"], following["action"], following["step"], reason, told["cost_usd"])
    is_of_the_moment = following["until"] is not None or following["stop"] == Stop.BUDGET
    return row, not is_of_the_moment and told["status"] != report.BROKEN
