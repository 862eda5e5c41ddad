"""What is kept of a job beside its branch: tips that it was moved away from, results that lost a race.

So nothing that cost money is ever unreachable.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.errors import Busy, LostRace
from orchestrator.ledger import history
from orchestrator.ledger.history import Ancestry
from orchestrator.ledger.names import checked_job
from orchestrator.ledger.refs import ARCHIVE, LOST
from orchestrator.ledger.transactions import Transactions
from orchestrator.ledger.trees import Objects
from orchestrator.ledger.values import Commit, Kind, NewCommit, RefUpdate
from orchestrator.ledger.whereabouts import Whereabouts
from orchestrator.model.names import job_id_fault


@dataclass(frozen=True, slots=True)
class Kept:
    """The archived tips and lost results of one repository's jobs: refs that are numbered from 1 and never moved."""

    where: Whereabouts
    objects: Objects
    ancestry: Ancestry
    transactions: Transactions

    def archived(self, job: str) -> tuple[str, ...]:
        """Return the tips that the job was moved away from, oldest first."""
        return self._numbered(f"{ARCHIVE}{checked_job(job)}/")

    def lost(self, job: str) -> tuple[str, ...]:
        """Return the results that lost a race, oldest first."""
        return self._numbered(f"{LOST}{checked_job(job)}/")

    def of_all_jobs(self) -> Mapping[str, tuple[str, ...]]:
        """Return job → the tips that it was moved away from, and its results that lost a race.

        A ref there that is none of ours, by its name or since it is at no commit, is passed over.
        """
        found: dict[str, tuple[str, ...]] = {}
        for space in (ARCHIVE, LOST):
            for ref in self.where.refs.below(space):
                job, _, number = ref.removeprefix(space).partition("/")
                oid = self.where.refs.read(ref) if job_id_fault(job) is None and _numbers("", [number]) else None
                if oid and self.objects.is_of(oid, Kind.COMMIT):
                    found[job] = (*found.get(job, ()), oid)
        return found

    def unreached(self, job: str) -> tuple[Commit, ...]:
        """Return the machine's entries that stand on archived and lost tips and no longer in the job's history."""
        tips = (*self.archived(job), *self.lost(job))
        if not tips:
            return ()  # of most jobs: every advance asks, and need not walk the whole history for it
        now = self.where.tip(job)
        seen = {commit.id for commit in history.chain(self.objects, job, now)} if now else set()
        found: dict[str, Commit] = {}
        for tip in tips:
            for commit in history.ledger(self.objects, job, tip):
                if commit.id not in seen and commit.is_machine:
                    found[commit.id] = commit
        return tuple(found.values())

    def keep_lost(self, job: str, commit: NewCommit, also: Sequence[RefUpdate] = ()) -> str:
        """Keep a result that lost a race, so that what it cost stays known; return its ref.

        `also` moves with it, unless that was moved by another meanwhile: the result is kept in any case.
        """
        self.transactions.write(commit)
        try:
            return self._keep(job, commit, also)
        except (LostRace, Busy):
            return self._keep(job, commit, ())

    def _keep(self, job: str, commit: NewCommit, also: Sequence[RefUpdate]) -> str:
        ref = self._next(f"{LOST}{checked_job(job)}/")
        self.transactions.move([RefUpdate(ref, commit.id, None), *also])
        return ref

    def archiving(self, job: str, tip: str, *, after: int = 0) -> RefUpdate:
        """Return the move that archives a tip; `after` is how many that are archived with it come before."""
        return RefUpdate(self._next(f"{ARCHIVE}{checked_job(job)}/", after=after), tip, None)

    def archiving_astray(self, job: str, recorded: str | None, tip: str | None, *, after: int = 0) -> list[RefUpdate]:
        """Return the move that archives the recorded tip, where `tip` does not descend from it."""
        if recorded is None or (tip is not None and self.ancestry.is_ancestor(recorded, tip)):
            return []
        return [self.archiving(job, recorded, after=after)]

    def _next(self, prefix: str, *, after: int = 0) -> str:
        return f"{prefix}{max([0, *_numbers(prefix, self.where.refs.below(prefix))]) + 1 + after}"

    def _numbered(self, prefix: str) -> tuple[str, ...]:
        numbers = sorted(_numbers(prefix, self.where.refs.below(prefix)))
        found = (self.where.refs.read(f"{prefix}{number}") for number in numbers)
        return tuple(oid for oid in found if oid)


def _numbers(prefix: str, refs: Iterable[str]) -> list[int]:
    tails = (ref.removeprefix(prefix) for ref in refs)
    return [int(tail) for tail in tails if tail.isdecimal() and tail.isascii()]
