"""The repository as it stood when an old entry was made: the same objects, and refs as a map. It moves and writes none.

What stood where is taken from what the entries themselves say, or is tried out: so the snapshot of an old entry is
gathered by the very code that gathers one now.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.engine.paths import job_folder
from orchestrator.ledger import Commit, Ledger, approved_ref, review_ref
from orchestrator.ledger.history import Ancestry
from orchestrator.ledger.names import job_ref, tip_ref
from orchestrator.ledger.refs import ARCHIVE, EFFECTS, HEADS, LOST, PUBLISHED
from orchestrator.ledger.repository import Repository, find

_SMALL, _MOST_SMALL = 64_000, 500
"""Bytes of a file that is remembered, and how many are."""


@dataclass(slots=True)
class Refs:
    """Refs as they may have stood, whole name → id."""

    ids: Mapping[str, str] = field(default_factory=dict)

    def read(self, ref: str) -> str | None:
        """Return the id that the ref was at, or None when there was no such ref."""
        return self.ids.get(ref)

    def below(self, prefix: str) -> tuple[str, ...]:
        """Return the whole names of the refs that begin with `prefix`, sorted."""
        return tuple(sorted(ref for ref in self.ids if ref.startswith(prefix)))


@dataclass(frozen=True, slots=True)
class Remembering(Ancestry):
    """Ancestry that is asked about the same commits for every entry of a job, and asks git once."""

    descent: dict[tuple[str, str], bool] = field(default_factory=dict)
    ranges: dict[tuple[str, ...], tuple[Commit, ...]] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    """Commit → the place of the first entry of the job that is it, or merged it."""
    places: dict[str, int] = field(default_factory=dict)
    """Entry → its place in the job's history."""

    def told_of(self, history: Iterable[Commit]) -> None:
        """Take note of the job's history: what it merged it descends from."""
        self.reached.clear()
        self.places.clear()
        for place, commit in enumerate(history):
            self.places[commit.id] = place
            for oid in (commit.id, *commit.parents):
                self.reached.setdefault(oid, place)

    def is_ancestor(self, old: str, new: str) -> bool:
        """Say whether `new` descends from `old`, or is it."""
        if new in self.places and self.reached.get(old, len(self.places)) <= self.places[new]:
            return True
        if (old, new) not in self.descent:
            self.descent[old, new] = Ancestry.is_ancestor(self, old, new)
        return self.descent[old, new]

    def between(self, tip: str, exclude: Iterable[str]) -> tuple[Commit, ...]:
        """Return the commits that `tip` reaches and none of `exclude` does, in no particular order."""
        key = (tip, *exclude)
        if key not in self.ranges:
            self.ranges[key] = Ancestry.between(self, tip, key[1:])
        return self.ranges[key]


class LedgerThen(Ledger):
    """A ledger that is asked for the same history and the same small files at every entry of one job."""

    def __init__(self, repository: Repository, clock: Callable[[], int]) -> None:
        super().__init__(repository, clock)
        self.remembering = Remembering(self.ancestry.git, self.ancestry.objects)
        self.ancestry = self.remembering
        self._line: tuple[Commit, ...] = ()
        self._small: dict[str, bytes] = {}

    def told_of(self, line: tuple[Commit, ...]) -> None:
        """Take note of the history that is looked at, oldest first."""
        self._line = line
        self.remembering.told_of(line)

    def history(self, job: str) -> tuple[Commit, ...]:
        """Return the job's ledger up to where its branch is put, oldest first."""
        place = self.remembering.places.get(self.tip(job) or "")
        return super().history(job) if place is None else self._line[: place + 1]

    def blob(self, oid: str) -> bytes:
        """Return a file's bytes."""
        if oid in self._small:
            return self._small[oid]
        found = super().blob(oid)
        if len(found) <= _SMALL:
            if len(self._small) >= _MOST_SMALL:
                del self._small[next(iter(self._small))]
            self._small[oid] = found
        return found


@dataclass(frozen=True, slots=True)
class Stood:
    """Where the refs of a job stood that its history does not show: as an entry says it, or as it is tried out."""

    tip: str
    base: str
    approved: str | None = None
    reviews: Mapping[str, str] = field(default_factory=dict)
    receipts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Step and target → the latest receipt."""
    effects: Mapping[str, str] = field(default_factory=dict)
    """Effect key → receipt."""
    left: tuple[str, ...] = ()
    """The tips that the job was moved away from."""


@dataclass(frozen=True, slots=True)
class Then:
    """A ledger whose refs stand where one puts them."""

    ledger: LedgerThen
    refs: Refs

    @property
    def ancestry(self) -> Remembering:
        """Return which commit descends from which."""
        return self.ledger.remembering

    def put(self, job: str, base: str, stood: Stood) -> None:
        """Let the refs of the job stand so. `base`: the short name of the branch that grants trust."""
        reviews = {review_ref(job, step): oid for step, oid in stood.reviews.items()}
        published = {f"{PUBLISHED}{job}/{step}/{to}": oid for (step, to), oid in stood.receipts.items()}
        effects = {f"{EFFECTS}{key}": oid for key, oid in stood.effects.items()}
        left = {f"{ARCHIVE}{job}/{number}": oid for number, oid in enumerate(stood.left, 1)}
        self.refs.ids = {
            base: stood.base,
            f"{HEADS}{base}": stood.base,
            f"refs/remotes/{base}": stood.base,
            job_ref(job): stood.tip,
            tip_ref(job): stood.tip,
            **({approved_ref(job): stood.approved} if stood.approved else {}),
            **reviews,
            **published,
            **effects,
            **left,
        }


@contextmanager
def opened_then(directory: Path, *, environ: Mapping[str, str], clock: Callable[[], int]) -> Iterator[Then]:
    """Hand out a ledger of the repository around `directory`, its refs to be put where they stood."""
    repository, refs = find(directory.absolute(), environ=environ, clock=clock), Refs()
    ledger = LedgerThen(replace(repository, refs=refs), clock)
    with ledger:
        yield Then(ledger, refs)


def left_behind(ledger: Ledger, job: str) -> tuple[str, ...]:
    """Return the tips that the job was moved away from, and its results that lost a race."""
    numbered = [ref for space in (ARCHIVE, LOST) for ref in ledger.below(f"{space}{job}/")]
    found = [oid for ref in numbered if (oid := ledger.ref(ref))]
    known = ledger.commits(found) if found else {}
    return tuple(oid for oid in found if oid in known)  # a stray ref there may be at anything


def line(then: Then, job: str, tip: str) -> tuple[Commit, ...]:
    """Return the job's line from its first entry to `tip`: first parents; where a person merged, the ledger's way."""
    found: list[Commit] = []
    at: str | None = tip
    while at is not None:
        commit = then.ledger.commit(at)
        found.append(commit)
        at = _before(then, job, commit)
    return tuple(reversed(found))


def _before(then: Then, job: str, commit: Commit) -> str | None:
    if len(commit.parents) > 1 and not commit.is_machine:
        known = then.ledger.history_of(job, commit.id)
        return known[-2].id if len(known) > 1 else None
    first = next(iter(commit.parents), None)
    return first if first and then.ledger.files(first, job_folder(job)) else None
