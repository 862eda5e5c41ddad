"""What was spent, as far as a limit of the budget asks: read from the ledger, so that a restart forgets nothing.

Each job's ledger is read once, and from then on only what was added to it: by the commits, not by the names of refs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

from orchestrator.documents import models
from orchestrator.engine.entries import Told, told_of
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.ledger import ClaimRecord
from orchestrator.model.effect import ClaimFile
from orchestrator.model.settings import Budget
from orchestrator.model.snapshot import Spending
from orchestrator.model.state import Outcome
from orchestrator.routing import pass_rate

DAY = 86_400
_MOST_HOLDERS = 3
_JUDGED = frozenset({str(Outcome.PASSED), str(Outcome.FAILED), str(Outcome.REFUSED)})

Tried = tuple[int, int]
"""Attempts that passed, of so many that came to a verdict."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the entries of a job cost that stand on some tips, each counted once. USD; days are counted from 1970."""

    seen: frozenset[str] = frozenset()
    usd: float = 0.0
    by_step: Mapping[str, float] = field(default_factory=dict)
    by_day: Mapping[int, float] = field(default_factory=dict)
    tried: Mapping[tuple[str, str], Tried] = field(default_factory=dict)
    """Step and model → what came of the attempts."""

    def with_entries(self, told: Iterable[Told]) -> "Account":
        """Return the account with further entries, none of which it has seen."""
        seen, usd = set(self.seen), self.usd
        by_step, by_day, tried = dict(self.by_step), dict(self.by_day), dict(self.tried)
        for each in told:
            seen.add(each.commit.id)
            if not each.is_attempt:
                continue
            step, day = each.trailers.get("Step", ""), each.commit.date // DAY
            usd += each.cost_usd
            by_step[step] = by_step.get(step, 0.0) + each.cost_usd
            by_day[day] = by_day.get(day, 0.0) + each.cost_usd
            _count(tried, step, each.trailers)
        return Account(frozenset(seen), usd, by_step, by_day, tried)


def _count(tried: dict[tuple[str, str], Tried], step: str, said: Mapping[str, str]) -> None:
    outcome, model = said.get("Outcome"), said.get("Model")
    if outcome not in _JUDGED or model is None:
        return  # whoever could not be reached has made nothing that could pass
    passed, of = tried.get((step, model), (0, 0))
    tried[step, model] = (passed + (outcome == Outcome.PASSED), of + 1)


def spending(world: World, job: str, step: str, budget: Budget, now: int) -> Spending:
    """Return what counts towards the limits that are set; what no limit asks for is not read.

    All of it is by the entries, archived and lost ones too, each of them once: what a state says was spent, anybody can
    write. `day`: the UTC day of `now` (Unix time) by the commits' dates, of all jobs. Raises LedgerError.
    """
    books = _books(world)
    of_all = budget.day is not None or budget.workspace is not None
    # The claims first: a call that ends just now is then met twice, and never missed.
    claimed = _claimed_by_others(world, job, now) if of_all else ()
    places = books.all_places() if of_all else ()
    is_own_read = budget.step is not None or budget.job is not None
    own = books.account(books.place(job)) if is_own_read else Account()
    return Spending(
        job=_rounded(own.usd) if budget.job is not None else None,
        step=_rounded(own.by_step.get(step, 0.0)) if budget.step is not None else 0.0,
        day=_rounded(sum(books.on_day(each, now // DAY) for each in places)) if budget.day is not None else 0.0,
        workspace=_rounded(sum(map(books.ever, places))) if budget.workspace is not None else 0.0,
        reserved=_rounded(sum(each.usd for each in claimed)),
        live=_rounded(sum(each.usd for each in claimed if each.is_live)),
        holders=tuple(each.job for each in claimed if each.usd)[:_MOST_HOLDERS],
    )


def accepted(world: World, step: str) -> Mapping[str, float]:
    """Return model → the share of the step's attempts by it, in all jobs, that its gate passed; with few, nothing."""
    books = _books(world)
    found: dict[str, Tried] = {}
    for place in books.all_places():
        for (name, model), (passed, of) in books.account(place).tried.items():
            if name == step:
                before = found.get(model, (0, 0))
                found[model] = (before[0] + passed, before[1] + of)
    rates = {model: pass_rate(passed, of) for model, (passed, of) in found.items()}
    return MappingProxyType({model: rate for model, rate in sorted(rates.items()) if rate is not None})


def _rounded(usd: float) -> float:
    return round(float(usd), 6)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a call of another job may cost, USD, and whether it may still come to an end."""

    job: str
    usd: float
    is_live: bool


def _claimed_by_others(world: World, but: str, now: int) -> Sequence[_Claimed]:
    """Return what stands on other jobs, by their ids. An orphaned claim counts until it is booked."""
    claims = world.ledger.claims.standing()
    return [told for job in sorted(claims.keys() - {but}) for told in _told(world, job, claims[job], now)]


def _told(world: World, job: str, found: ClaimRecord, now: int) -> Iterator[_Claimed]:
    # What cannot be read, its own job says; no other job stands still for it.
    with suppress(DocumentError):
        told = world.memory.recall(
            (found.id, "ClaimFile"), lambda: models.parse(found.text, f"the claim on {job}", ClaimFile)
        )
        yield _Claimed(job, told.reserved_usd, _is_live(world, job, told, now))


def _is_live(world: World, job: str, claim: ClaimFile, now: int) -> bool:
    """Say whether the call may still come to an end: `effects.claim` calls every other claim orphaned."""
    is_ours = claim.owner.split("/")[0] == world.owner.split("/")[0]
    return claim.expires >= now and (not is_ours or world.ledger.is_held(job))


# --- the books -------------------------------------------------------------------------------------------------------


def _books(world: World) -> "_Books":
    return world.memory.recall(("books",), lambda: _Books(world))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a job's entries stand: its last one, and those that it was moved away from or that lost a race."""

    job: str
    last: str | None
    left: tuple[str, ...]

    @property
    def tips(self) -> tuple[str, ...]:
        return (*((self.last,) if self.last else ()), *self.left)


class _Books:
    """The accounts of all jobs, values that are replaced whole: threads that meet here read the same twice at worst."""

    def __init__(self, world: World) -> None:
        self._ledger = world.ledger
        self._known: dict[str, Account] = {}

    def place(self, job: str) -> _Place:
        """Return where a job's entries stand now. People's own commits on its branch cost nothing."""
        return _Place(job, self._last(job), (*self._ledger.kept.archived(job), *self._ledger.kept.lost(job)))

    def all_places(self) -> list[_Place]:
        """Return where the entries of all jobs stand now."""
        left = self._ledger.kept.of_all_jobs()
        jobs = sorted({*self._ledger.jobs(), *left})
        return [_Place(job, self._last(job), left.get(job, ())) for job in jobs]

    def _last(self, job: str) -> str | None:
        return self._ledger.recorded_tip(job) or self._ledger.tip(job)

    def account(self, place: _Place) -> Account:
        """Return the account of a job's entries."""
        job = place.job
        account = before = self._known.get(job, Account())
        for tip in place.tips:
            if tip not in account.seen:
                added = self._ledger.added(job, tip, account.seen)
                account = account.with_entries(told_of(job, each) for each in added)
        if account is not before:
            self._known[job] = account
        return account

    def ever(self, place: _Place) -> float:
        """Return all that the job cost."""
        return self.account(place).usd

    def on_day(self, place: _Place, day: int) -> float:
        """Return what the job cost on a day."""
        if place.job not in self._known and self._is_older(place, day):
            return 0.0
        return self.account(place).by_day.get(day, 0.0)

    def _is_older(self, place: _Place, day: int) -> bool:
        """Say whether nothing was added to the job on that day, nor the day before: clocks go back, but not so far."""
        return all(self._ledger.commit(tip).date // DAY < day - 1 for tip in place.tips)
