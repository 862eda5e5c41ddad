"""Requests to models on loopback, and the backend that asks them."""

from collections.abc import Iterator, Mapping

import pytest
from endings import answered as answered
from endings import failed as failed

from orchestrator.agents.interface import Request, Underway, unheard
from orchestrator.agents.model import ModelBackend
from orchestrator.model.action import Route
from orchestrator.model.agent import Agent, AgentExtras
from orchestrator.model.settings import McpServer, Model, Price, Provider

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z
KEYS = {"OPENAI_API_KEY": "sk-secret-of-openai", "ANTHROPIC_API_KEY": "sk-secret-of-anthropic"}
WIRES = ("openai", "anthropic")
PRICE = Price(input=1.0, output=5.0, cache_read=0.1, cache_write=1.25)
NAMES = {"openai": "openai:gpt-5.2", "anthropic": "anthropic:claude-haiku-4-5"}
SCORED = {
    "type": "object",
    "properties": {"score": {"type": "integer"}},
    "required": ["score"],
    "additionalProperties": False,
}

Heard = list[Underway]


@pytest.fixture(params=WIRES)
def each_wire(request: pytest.FixtureRequest) -> str:
    """A test that has it as `wire` runs on both."""
    return str(request.param)


@pytest.fixture
def asking_by_wire(wire: str) -> Iterator[ModelBackend]:
    """A test that has it as `asking` asks over its `wire`."""
    with backend(wire) as made:
        yield made


def backend(
    wire: str,
    *,
    provider: Provider | None = None,
    mcp: Mapping[str, McpServer] | None = None,
    keys: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> ModelBackend:
    known = KEYS if keys is None else keys
    return ModelBackend(wire, provider, key=known.get, environ=environ or {}, clock=lambda: NOW, mcp=mcp)


def request(
    wire: str,
    address: str,
    *,
    writes: tuple[str, ...] = ("listing.md",),
    extras: AgentExtras | None = None,
    tools: tuple[str, ...] = (),
    schemas: Mapping[str, Mapping[str, object]] | None = None,
    price: Price | None = PRICE,
    reserved: float = 0.5,
    prompt: str = "Write the listing.\n\nAnswer with the whole of listing.md and nothing else.",
    heard: Heard | None = None,
) -> Request:
    """Return a request to a model that a server at `address` serves."""
    return Request(
        job="mug",
        title="Mug",
        step="draft",
        attempt=1,
        agent=Agent.model_validate(
            {
                "name": "writer",
                "system": "You write product copy.",
                "tools": tools,
                "x-orchestrator": extras or AgentExtras(),
            }
        ),
        prompt=prompt,
        route=Route(NAMES[wire], "cheapest", reserved_usd=reserved),
        writes=writes,
        model=Model(name=NAMES[wire], price=price, base_url=f"{address}/v1"),
        schemas=schemas or {},
        tell=unheard if heard is None else heard.append,
    )
