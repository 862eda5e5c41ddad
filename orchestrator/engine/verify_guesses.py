"""How it may have been when an old entry was made: where refs stood, what the clock said. No entry says: it is tried.

A guess grants no trust: what an approval or a receipt rests on is looked up where it stands now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, product

from orchestrator.engine import paths
from orchestrator.engine.verify_case import Case, Pair
from orchestrator.engine.verify_then import Stood
from orchestrator.machine.said import Said
from orchestrator.model.state import How, Outcome

_MOST_BROUGHT = 8
_FOREVER = 2**40


@dataclass(frozen=True, slots=True)
class Guess:
    """How it may have been."""

    stood: Stood
    vouched: Mapping[str, str] = field(default_factory=dict)
    """Commits on `approved/<id>` whose committer the orchestrator itself had asked."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What may have stood beside: review branches, by step; publish steps whose effect was not resolved."""

    reviews: frozenset[str]
    intents: tuple[str, ...] = ()


def guesses(case: Case, pair: Pair) -> Iterator[Guess]:
    """Yield how the refs may have stood that are read, the likeliest first."""
    for stood, vouched in product(_stood(case, pair), _vouched(case, pair.said)):
        yield Guess(stood, vouched)


def besides(said: Said) -> Iterator[Beside]:
    """Yield what may have stood beside them."""
    after = frozenset(filter(None, said.value("Reviews").split(",")))
    for reviews, intents in product(_reviews(said, after), _intents(said)):
        yield Beside(reviews, intents)


def times(pair: Pair) -> tuple[int, ...]:
    """Return what the clock may have said when it was decided: it is asked only of what waits for a time."""
    date = pair.commit.date
    woken = {record.wake_at for record in pair.said.state.steps.values() if record.wake_at}
    rest = sorted({*woken, 0, _FOREVER, date, pair.before.date})
    return tuple(dict.fromkeys([date - pair.said.number("Duration-Ms") // 1000, *rest]))


def _stood(case: Case, pair: Pair) -> Iterator[Stood]:
    said = pair.said
    approved = said.value("Approved") or None
    plain = Stood(pair.before.id, said.value("Base"), approved)
    is_new = approved is not None and not case.then.ancestry.is_ancestor(approved, pair.before.id)
    if is_new:
        plain = replace(plain, left=case.left)
    for receipts, effects in case.receipts.before(said):
        yield replace(plain, receipts=receipts, effects=effects)
        for review in _brought(case, pair, approved) if approved and is_new else ():
            yield replace(plain, receipts=receipts, effects=effects, reviews={said.step: review})


def _brought(case: Case, pair: Pair, approved: str) -> Iterator[str]:
    """Yield where the review branch may have been whose merge people brought: its id stands in no entry."""
    path = paths.in_workspace(case.job, paths.approval_file(pair.said.step))
    new = case.then.ancestry.between(approved, [pair.before.id])
    having = (commit.id for commit in new if path in case.then.ledger.files(commit.id, path))
    yield from islice(having, _MOST_BROUGHT)


def _vouched(case: Case, said: Said) -> Iterator[Mapping[str, str]]:
    approved = said.value("Approved")
    new = [a for a in said.state.approvals if a.seq == said.state.seq and a.how is How.LOCAL]
    if new and approved:
        merge = case.then.ledger.commit(approved)
        yield {} if merge.is_machine else {approved: merge.committer.id}
    yield {}


def _reviews(said: Said, after: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield the review branches that may have stood before: a proposal puts one up, a no takes one away."""
    if said.value("Outcome") == "reject":
        yield after | {said.step}
    if said.value("Outcome") == Outcome.WAITING and said.record.question is not None:
        yield after - {said.step}
    yield after


def _intents(said: Said) -> Iterator[tuple[str, ...]]:
    """Yield the publish steps whose target may have had an intent without a receipt."""
    if "Effect-Key" in said.trailers and said.first.startswith(f"Because {said.step} began to publish"):
        yield (said.step,)
        return
    following = said.value("Next")
    if following.startswith("reconcile/"):
        yield (following.partition("/")[2],)
    yield ()
    unknown = tuple(name for name, each in said.state.steps.items() if each.outcome is Outcome.UNKNOWN)
    if unknown:
        yield unknown
