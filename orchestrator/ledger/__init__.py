"""The only room that touches git: a job's branch and refs, read and moved. It decides nothing about jobs."""

from orchestrator.ledger.ledger import MACHINE, Ledger, approved_ref, claim_drop, review_ref
from orchestrator.ledger.survey import JobRefs
from orchestrator.ledger.values import (
    Base,
    ClaimRecord,
    Clock,
    Commit,
    Edit,
    EffectRecord,
    Level,
    NewCommit,
    Person,
    RefUpdate,
    Remark,
)

__all__ = [
    "MACHINE",
    "Base",
    "ClaimRecord",
    "Clock",
    "Commit",
    "Edit",
    "EffectRecord",
    "JobRefs",
    "Ledger",
    "Level",
    "NewCommit",
    "Person",
    "RefUpdate",
    "Remark",
    "approved_ref",
    "claim_drop",
    "review_ref",
]
