"""Requests to builtin agents, as the engine makes them."""

from collections.abc import Mapping
from functools import lru_cache

from orchestrator.agents.builtin import Builtin
from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Fault, Route
from orchestrator.model.agent import Agent, AgentExtras, BackendKind
from orchestrator.model.finding import Finding

WRITES = {
    "research": ("research.md",),
    "draft": ("listing.md",),
    "design": ("design.svg", "design.png"),
    "validate": ("review.yaml",),
    "polish": ("listing.md", "design.svg", "design.png"),
    "revalidate": ("recheck.yaml",),
}

BRIEF = """# Beeswax candle

price: €18.50
avoid: magical

A candle of pure beeswax, poured by hand, that burns for 40 hours. It smells of honey and nothing else.

- Burns for 40 hours
- A cotton wick, without lead

Weight: 320 g
"""

LISTING = """---
title: "Beeswax candle"
price: "€18.50"
tags: ["candle", "beeswax"]
description: "A candle of pure beeswax."
---

A candle of pure beeswax, poured by hand.

## Details

- Burns for 40 hours
- Weight: 320 g
"""


def request(
    step: str,
    files: Mapping[str, str | bytes],
    *,
    findings: tuple[Finding, ...] = (),
    failed: Mapping[str, bytes] | None = None,
    builtin: str | None = None,
) -> Request:
    """Return a request to the agent of a step of product-listing."""
    extras = AgentExtras(backend=BackendKind.BUILTIN, builtin=builtin or f"product-listing.{step}")
    content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return Request(
        job="candle",
        title="Candle",
        step=step,
        attempt=1,
        agent=Agent(name="maker", extras=extras),
        prompt="",
        route=Route("builtin", "free"),
        writes=WRITES[step],
        files=content,
        findings=findings,
        failed=failed or {},
    )


def made(step: str, files: Mapping[str, str | bytes], *, findings: tuple[Finding, ...] = ()) -> dict[str, str]:
    """Return the texts that the step's agent makes; a picture as its size."""
    return dict(_made(step, tuple(files.items()), findings))


@lru_cache
def _made(step: str, files: tuple[tuple[str, str | bytes], ...], findings: tuple[Finding, ...]) -> dict[str, str]:
    """An agent is a pure function of its request: what it made of these files, it would make again."""
    answer = Builtin().run(request(step, dict(files), findings=findings))
    assert isinstance(answer, Answer), answer
    return {
        path: content.decode() if not path.endswith(".png") else f"{len(content) > 1000}"
        for path, content in answer.files.items()
    }


def fault(step: str, files: Mapping[str, str | bytes]) -> str:
    """Return why the step's agent cannot do its work."""
    answer = Builtin().run(request(step, files))
    assert isinstance(answer, Fault), answer
    assert not answer.is_transient
    return answer.message
