"""`orchestrator.yaml`: what the base branch grants. Never read from the branch that is being judged."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.model.pipeline import PathPattern


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(StrEnum):
    """How strong a model is, weakest first."""

    FAST = "fast"
    STANDARD = "standard"
    STRONG = "strong"


class Price(_Document):
    """USD a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class Model(_Document):
    """A model that a step may be routed to: `provider:model`, or `builtin`."""

    name: str = Field(min_length=1, max_length=200)
    tier: Tier = Tier.FAST
    capabilities: tuple[str, ...] = ()
    context: int | None = Field(default=None, ge=1, description="tokens that fit its window")
    price: Price | None = None


class Budget(_Document):
    """Limits, in USD. None: no limit of its own."""

    call: float | None = Field(default=None, ge=0)
    step: float | None = Field(default=None, ge=0)
    job: float | None = Field(default=None, ge=0)
    day: float | None = Field(default=None, ge=0)


class Approvers(_Document):
    """Who may approve, and how many of them. People are e-mail addresses or `github:login` and the like."""

    who: tuple[str, ...] | Literal["anyone"]
    count: int = Field(default=1, ge=1, le=20)
    not_author: bool = False


class Publisher(BaseModel):
    """A place or a wire that a job may publish to; each `kind` reads its own further keys."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    requires: str | None = Field(default=None, description="an entry of approvers without whose word nothing goes out")


class Command(_Document):
    """A program that agents and checks may run, by the name that it has in the settings."""

    argv: tuple[str, ...] = Field(min_length=1)
    profile: str | None = None


class Forge(BaseModel):
    """Where pull requests live."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: Literal["github", "gitlab", "gitea", "pagure", "none"] = "none"


class Settings(_Document):
    """The settings of a workspace."""

    version: int = Field(ge=1, le=1)
    models: tuple[Model, ...] = (Model(name="builtin"),)
    budget: Budget = Budget()
    approvers: Mapping[str, Approvers | Literal["anyone"]] = Field(default_factory=dict)
    publishers: Mapping[str, Publisher] = Field(default_factory=dict)
    commands: Mapping[str, Command] = Field(default_factory=dict)
    callables: Mapping[str, str] = Field(default_factory=dict)
    forge: Forge = Forge()
    allow_writes: tuple[PathPattern, ...] = ()

    def may_approve(self, name: str) -> Approvers:
        """Return the approvers of that name, `anyone` written out. Raises KeyError where there is no such name."""
        said = self.approvers[name]
        return Approvers(who="anyone") if said == "anyone" else said
