"""Claims: the right to advance a job, and what is reserved for it, as a blob that a ref of the job's is at.

What a claim says is not read here: to the ledger it is a text.
"""

from contextlib import suppress
from dataclasses import dataclass

from orchestrator.errors import LedgerError
from orchestrator.ledger.names import checked_job
from orchestrator.ledger.refs import CLAIMS, RefStore
from orchestrator.ledger.transactions import Transactions
from orchestrator.ledger.trees import Objects
from orchestrator.ledger.values import ClaimRecord, RefUpdate


def claim_drop(job: str, oid: str) -> RefUpdate:
    """Return the move that gives a claim back, for the transaction of the entry that it was taken for."""
    return RefUpdate(_ref(job), None, oid)


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims on the jobs of one repository."""

    refs: RefStore
    objects: Objects
    transactions: Transactions

    def of(self, job: str) -> ClaimRecord | None:
        """Return the claim that stands on a job, None when there is none."""
        oid = self.refs.read(_ref(job))
        return ClaimRecord(oid, self.objects.blob(oid).decode("utf-8", "replace")) if oid else None

    def is_at(self, job: str, oid: str) -> bool:
        """Say whether it is this claim that stands on a job."""
        return self.refs.read(_ref(job)) == oid

    def standing(self) -> dict[str, ClaimRecord]:
        """Return job → the claim that stands on it. A ref there that is no claim is passed over: no job minds it."""
        found: dict[str, ClaimRecord] = {}
        for ref in self.refs.below(CLAIMS):
            job = ref.removeprefix(CLAIMS)
            with suppress(LedgerError):
                claim = self.of(job)
                found |= {job: claim} if claim else {}
        return found

    def take(self, job: str, text: str) -> str:
        """Claim a job; return the claim's id. Raises LostRace when it is claimed already."""
        oid = self.transactions.write_blob(text.encode())
        self.transactions.move([RefUpdate(_ref(job), oid, None)])
        return oid

    def drop(self, job: str, oid: str) -> None:
        """Give a claim back. Raises LostRace when it is no longer the one that stands."""
        self.transactions.move([claim_drop(job, oid)])


def _ref(job: str) -> str:
    return f"{CLAIMS}{checked_job(job)}"
