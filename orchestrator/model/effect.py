"""What refs outside a job's branch tell: an effect's intent, a claim, a proposal's approvals file."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EffectFile(_Document):
    """`intent.yaml` under `refs/orchestrator/effects/<key>`."""

    job: str
    step: str
    target: str
    key: str
    payload: Mapping[str, str]


class ClaimFile(_Document):
    """The blob of `refs/orchestrator/claims/<id>`. `expires`: Unix time in seconds."""

    step: str
    attempt: int
    tip: str
    reserved_usd: float = Field(ge=0)
    owner: str
    expires: int


class ApprovalFile(_Document):
    """`approvals/<step>.yaml`: what a proposal asks about. It stands on `approved/<id>` once a person merged it."""

    step: str
    seq: int
    tree: str
