"""The names of a job's refs, made of ids that were looked at first: no ref is named by what is no id. Reads nothing."""

from orchestrator.errors import LedgerError
from orchestrator.ledger.refs import APPROVED, JOBS, REVIEWS, TIPS
from orchestrator.model.names import job_id_fault, step_name_fault


def checked_job(job: str) -> str:
    """Return a job's id. Raises LedgerError when it is none."""
    if fault := job_id_fault(job):
        raise LedgerError(fault, hint="rename the branch that bears this name: git branch -m OLD NEW")
    return job


def checked_step(step: str) -> str:
    """Return a step's name. Raises LedgerError when it is none."""
    if fault := step_name_fault(step):
        raise LedgerError(fault, hint="rename the step in pipeline.yaml")
    return step


def job_ref(job: str) -> str:
    """Return the name of a job's branch."""
    return f"{JOBS}{checked_job(job)}"


def tip_ref(job: str) -> str:
    """Return the name of the ref that records a job's latest entry beside its branch."""
    return f"{TIPS}{checked_job(job)}"


def review_ref(job: str, step: str) -> str:
    """Return the name of a step's review branch."""
    return f"{REVIEWS}{checked_job(job)}/{checked_step(step)}"


def approved_ref(job: str) -> str:
    """Return the name of the branch that only people move."""
    return f"{APPROVED}{checked_job(job)}"
