"""What a backend is: a request in; files, or a fault, out. A backend never chooses a step and never writes a ref."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orchestrator.model.action import Fault, Route, Usage
from orchestrator.model.agent import Agent
from orchestrator.model.finding import Finding
from orchestrator.model.job import Scalar
from orchestrator.model.settings import Model


@dataclass(frozen=True, slots=True)
class Underway:
    """How far an attempt is: tokens so far where they are known, and the USD that they cost."""

    tokens_out: int = 0
    cost_usd: float = 0.0
    note: str = ""
    """A word on what it does just now, of the agent's own: untrusted, for a terminal to filter."""


def unheard(underway: Underway) -> None:
    """Tell nobody."""


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
    model: Model | None = None
    """The settings' entry of the model that it was routed to, its price filled in where the dated table knows it."""
    schemas: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Path → JSON Schema, of those literal `writes` (YAML or JSON) that a check of the gate holds to one."""
    tokens: int = 0
    """The most tokens that the role, the prompt and the forms have for any model."""
    tell: Callable[[Underway], None] = unheard
    """To be told how far the work is; it returns at once and raises nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whole files. Never a part of one: a truncated answer is a Fault."""

    files: Mapping[str, bytes]
    usage: Usage = field(default_factory=Usage)
    stop: str = "end"
    """Why it stopped, in its provider's word: `end`, `stop`, `end_turn`, `exit 0`."""
    transcript: bytes = b""
    """What was told and said, for people; it is never committed."""
    refused: tuple[Finding, ...] = ()
    """What it made that no artifact can be made of: links, devices, what is nobody's to write. Critical findings."""


class Backend(Protocol):
    """A program that plays a role."""

    @property
    def name(self) -> str:
        """Return what the ledger calls it: `model`, `command`, `python`, `builtin`, `person`."""
        ...

    def run(self, request: Request) -> Answer | Fault:
        """Do the work of one attempt. Raises nothing but bugs: what goes wrong is a Fault."""
        ...
