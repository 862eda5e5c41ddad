"""The only room that touches git: a job's branch and refs, read and moved. It decides nothing about jobs."""

from orchestrator.ledger.claims import claim_drop
from orchestrator.ledger.ledger import Ledger
from orchestrator.ledger.names import approved_ref, review_ref
from orchestrator.ledger.survey import JobRefs
from orchestrator.ledger.values import (
    MACHINE,
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
