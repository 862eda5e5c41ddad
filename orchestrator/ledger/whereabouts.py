"""Where the refs of a job are: here, or of a job that only a remote has, as they were last fetched. Moves nothing."""

from dataclasses import dataclass

from orchestrator.ledger.names import approved_ref, checked_job, job_ref, review_ref, tip_ref
from orchestrator.ledger.refs import JOBS, REVIEWS, TIPS, RefStore
from orchestrator.ledger.remote import Remote
from orchestrator.model.names import job_id_fault, step_name_fault


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The refs of a repository's jobs, looked up. Ids are hexadecimal."""

    refs: RefStore
    remote: Remote

    def jobs(self) -> tuple[str, ...]:
        """Return the ids of all jobs, sorted: those with a branch, and those whose branch was deleted."""
        prefixes = [JOBS, TIPS, self.remote.tracked(JOBS), self.remote.tracked(TIPS)]
        names = {ref.removeprefix(prefix) for prefix in prefixes if prefix for ref in self.refs.below(prefix)}
        return tuple(sorted(name for name in names if job_id_fault(name) is None))

    def tip(self, job: str) -> str | None:
        """Return the commit that the job's branch is at, None when there is no branch."""
        return self.of(job, job_ref(job))

    def recorded_tip(self, job: str) -> str | None:
        """Return the job's latest entry, as recorded beside its branch."""
        return self.of(job, tip_ref(job))

    def review_tip(self, job: str, step: str) -> str | None:
        """Return where a step's proposal is, None when it has none."""
        return self.of(job, review_ref(job, step))

    def open_reviews(self, job: str) -> frozenset[str]:
        """Return the steps whose review branch exists."""
        own = f"{REVIEWS}{checked_job(job)}/"
        prefix = own if self.is_here(job) else self.remote.tracked(own) or own
        names = (ref.removeprefix(prefix) for ref in self.refs.below(prefix))
        return frozenset(name for name in names if step_name_fault(name) is None)

    def approved_tip(self, job: str) -> str | None:
        """Return where `approved/<id>` is, None when it does not exist."""
        return self.of(job, approved_ref(job))

    def is_here(self, job: str) -> bool:
        """Say whether the job is one of this repository's own, and not known from a remote alone."""
        return bool(self.refs.read(job_ref(job)) or self.refs.read(tip_ref(job)))

    def of(self, job: str, ref: str) -> str | None:
        """Return where a ref of the job is: here, or in a clone that has not moved the job yet, at the remote."""
        found = self.refs.read(ref)
        tracked = None if found or self.is_here(job) else self.remote.tracked(ref)
        return self.refs.read(tracked) if tracked else found

    def of_effect(self, ref: str) -> str | None:
        """Return where a ref of an effect is: what the remote knows to have happened has happened."""
        tracked = self.remote.tracked(ref)
        return self.refs.read(ref) or (self.refs.read(tracked) if tracked else None)
