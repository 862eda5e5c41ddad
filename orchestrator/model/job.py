"""`job.yaml`: what a person says of a job."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.model.settings import Budget

Scalar = str | int | float | bool | None


class JobFile(BaseModel):
    """A job's own file. Its budget may only lower what the base grants."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1, le=1)
    title: str = Field(default="", max_length=200)
    template: str | None = None
    params: Mapping[str, Scalar] = Field(default_factory=dict)
    budget: Budget = Budget()
    priority: int = Field(default=0, ge=-1000, le=1000)
    labels: tuple[str, ...] = ()
