"""`job.yaml`: what a person says of a job."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from orchestrator.model.names import Unfit, path_fault, path_hint
from orchestrator.model.settings import Budget

SOURCES = "sources/"
Scalar = str | int | float | bool | None


class MaterialKind(StrEnum):
    """What `new` can fetch."""

    GIT_HISTORY = "git-history"


MATERIAL_PARAMS: Mapping[MaterialKind, tuple[str, ...]] = {MaterialKind.GIT_HISTORY: ("repo", "range")}
"""The params of the job that say what is fetched. They are texts."""
PINNED_PARAMS: Mapping[MaterialKind, tuple[str, ...]] = {MaterialKind.GIT_HISTORY: ("from", "to")}
"""The params that `new` sets to what it found, and a person does not."""


def _material_path(path: str) -> str:
    fault = path_fault(path)
    if fault:
        raise Unfit(f"a path {fault}", path_hint(fault))
    if not path.startswith(SOURCES) or any(sign in path for sign in "*?["):
        raise Unfit(f"material is a file below {SOURCES}", f"write it as {SOURCES}history.jsonl: git-history")
    return path


MaterialPath = Annotated[str, AfterValidator(_material_path)]


class JobFile(BaseModel):
    """A job's own file. Its budget may only lower what the base grants."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1, le=1)
    title: str = Field(default="", max_length=200)
    template: str | None = None
    params: Mapping[str, Scalar] = Field(default_factory=dict)
    material: Mapping[MaterialPath, MaterialKind] = Field(
        default_factory=dict, description="file below `sources/` → what `new` fetches into it, once: `git-history`"
    )
    budget: Budget = Budget()
    priority: int = Field(default=0, ge=-1000, le=1000)
    labels: tuple[str, ...] = ()
