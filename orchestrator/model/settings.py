"""`orchestrator.yaml`: what the base branch grants. Never read from the branch that is being judged."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import Url

from orchestrator.model.pipeline import PathPattern


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _web_address(text: str) -> str:
    try:
        parts = Url(text)
        is_whole = parts.scheme in ("http", "https") and bool(parts.host) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or "@" in text or text.split() != [text]:
        raise ValueError("it must be a web address, without a name or a password: https://host[:port]/path")
    return text


def _environment_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        # What stands here may be a key itself: it is not said again.
        raise ValueError("it must be the name of an environment variable, as OPENAI_API_KEY, never a key itself")
    return text


def _endpoint(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9.-]+", host) or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError("it must be a host and its port: api.example.com:443")
    return text


def _absolute(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError("it must be an absolute path: /opt/tool")
    return text


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("it must be a number")
    return value


WebAddress = Annotated[str, Field(max_length=2_000), AfterValidator(_web_address)]
EnvironmentName = Annotated[str, Field(max_length=200), AfterValidator(_environment_name)]
Endpoint = Annotated[str, Field(max_length=300), AfterValidator(_endpoint)]
AbsolutePath = Annotated[str, Field(max_length=2_000), AfterValidator(_absolute)]
Usd = Annotated[float, BeforeValidator(_no_truth), Field(ge=0, le=100_000_000, allow_inf_nan=False)]


class Tier(StrEnum):
    """How strong a model is, weakest first."""

    FAST = "fast"
    STANDARD = "standard"
    STRONG = "strong"


class Price(_Document):
    """USD a million tokens. `cache_read`, `cache_write`: of input that the provider had or keeps; else as input."""

    input: Usd
    output: Usd
    cache_read: Usd | None = None
    cache_write: Usd | None = None


class Model(_Document):
    """A model that a step may be routed to: `provider:model`, or `builtin`."""

    name: str = Field(min_length=1, max_length=200)
    tier: Tier = Tier.FAST
    capabilities: tuple[str, ...] = ()
    context: int | None = Field(default=None, ge=1, description="tokens that fit its window")
    max_output: int | None = Field(default=None, ge=1, description="tokens that it writes at most in one answer")
    price: Price | None = Field(default=None, description="left out: the dated table of prices")
    base_url: WebAddress | None = Field(default=None, description="where it is asked; left out: as its provider says")

    @property
    def provider(self) -> str:
        """Return the name before the colon; the whole name where there is none."""
        return self.name.partition(":")[0]


class ProviderKind(StrEnum):
    """The wire that a provider speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    BEDROCK = "bedrock"
    MISTRAL = "mistral"
    OLLAMA = "ollama"


class Provider(_Document):
    """Who serves models, by the name before the colon of theirs, and how much may be asked of them."""

    kind: ProviderKind | None = Field(default=None, description="left out: the provider's own name")
    base_url: WebAddress | None = None
    key: EnvironmentName | None = Field(default=None, description="the environment variable that holds the key")
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    concurrent: int | None = Field(default=None, ge=1, description="calls at a time")


class McpServer(_Document):
    """A server of tools for model agents that name it: a program (`argv`) or an address (`url`)."""

    argv: tuple[str, ...] = ()
    url: WebAddress | None = None
    env: tuple[EnvironmentName, ...] = Field(default=(), description="environment variables that it may see")
    tools: tuple[str, ...] | None = Field(default=None, description="the tools that may be used; left out: all of them")

    @model_validator(mode="after")
    def _one_way_to_it(self) -> "McpServer":
        if bool(self.argv) == bool(self.url):
            raise ValueError("say either argv or url")
        return self


class Budget(_Document):
    """Limits, in USD. None: no limit of its own."""

    call: Usd | None = None
    step: Usd | None = None
    job: Usd | None = None
    day: Usd | None = Field(default=None, description="of all jobs, by UTC days")
    workspace: Usd | None = Field(default=None, description="of all jobs, ever")


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
    profile: str | None = Field(default=None, description="how an agent's prompt goes in and its figures come out")
    env: tuple[EnvironmentName, ...] = Field(default=(), description="environment variables that an agent may see")
    network: tuple[Endpoint, ...] = Field(
        default=(), description="host:port that an agent whose file asks for the network reaches, and nothing else"
    )
    sees: tuple[AbsolutePath, ...] = Field(
        default=(), description="absolute folders that an agent may read beyond the system's programs and its scratch"
    )
    price: Price | None = Field(default=None, description="of what it reports in tokens, where it names no cost")


class Sandboxed(StrEnum):
    """What is done where no sandbox can be made for a command agent: it is refused, or run with a loud warning."""

    REQUIRED = "required"
    PREFERRED = "preferred"


class Transcripts(StrEnum):
    """Whether what agents were told and said is kept, in `.git/orchestrator/`, off every branch."""

    KEEP = "keep"
    NONE = "none"


class Routing(_Document):
    """How the cheapest model is told: by its price, or by the ledger's own price of an accepted output."""

    by: Literal["price", "accepted"] = "price"


class Forge(BaseModel):
    """Where pull requests live."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: Literal["github", "gitlab", "gitea", "pagure", "none"] = "none"


class Settings(_Document):
    """The settings of a workspace."""

    version: int = Field(ge=1, le=1)
    models: tuple[Model, ...] = (Model(name="builtin"),)
    providers: Mapping[str, Provider] = Field(default_factory=dict)
    mcp: Mapping[str, McpServer] = Field(default_factory=dict)
    budget: Budget = Budget()
    approvers: Mapping[str, Approvers | Literal["anyone"]] = Field(default_factory=dict)
    publishers: Mapping[str, Publisher] = Field(default_factory=dict)
    commands: Mapping[str, Command] = Field(default_factory=dict)
    callables: Mapping[str, str] = Field(default_factory=dict)
    forge: Forge = Forge()
    allow_writes: tuple[PathPattern, ...] = ()
    sandbox: Sandboxed = Sandboxed.PREFERRED
    transcripts: Transcripts = Transcripts.KEEP
    routing: Routing = Routing()

    def may_approve(self, name: str) -> Approvers:
        """Return the approvers of that name, `anyone` written out. Raises KeyError where there is no such name."""
        said = self.approvers[name]
        return Approvers(who="anyone") if said == "anyone" else said
