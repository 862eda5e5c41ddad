"""What a backend is: a request in; files, or a fault, out. A backend never chooses a step and never writes a ref."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orchestrator.model.action import Fault, Route, Usage
from orchestrator.model.agent import Agent
from orchestrator.model.finding import Finding
from orchestrator.model.job import Scalar


@dataclass(frozen=True, slots=True)
class Request:
    """All that an agent is told. Paths are relative to the job's directory; a leading `/` is the workspace's root."""

    job: str
    title: str
    step: str
    attempt: int
    agent: Agent
    prompt: str
    """The rendered task prompt."""
    route: Route
    writes: tuple[str, ...]
    """The patterns of what the step may write, as in pipeline.yaml."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Exactly the files that the step reads."""
    params: Mapping[str, Scalar] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    """What was wrong with the attempt before, or what a later step sent back."""
    failed: Mapping[str, bytes] = field(default_factory=dict)
    """What the failed attempt before wrote."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whole files. Never a part of one: a truncated answer is a Fault."""

    files: Mapping[str, bytes]
    usage: Usage = field(default_factory=Usage)


class Backend(Protocol):
    """A program that plays a role."""

    name: str

    def run(self, request: Request) -> Answer | Fault:
        """Do the work of one attempt. Raises nothing but bugs: what goes wrong is a Fault."""
        ...
