"""The check `reviewer`: an agent reads what the step made, and the step's work stands once it finds nothing that fails.

In a pipeline it is short for steps of their own, put in behind the step (DESIGN §7), so that a gate stays pure and an
advance invokes one agent. What runs here is only what is left of it where there is no pipeline: a refusal.
"""

from collections.abc import Iterator
from typing import ClassVar

from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.model.finding import Finding
from orchestrator.model.rubric import Reviewer


class ReviewerSettings(CheckSettings, Reviewer):
    """Settings of `reviewer`."""

    bare: ClassVar[str | None] = "agent"
    example: ClassVar[str] = "reviewer: {agents: [critic, lawyer], rubric: /memory/rubric.yaml, need: all}"


def _run(material: Material, settings: ReviewerSettings) -> Iterator[Finding]:  # noqa: ARG001  # every check has both
    raise CannotRun(f"{', '.join(settings.who)} can be asked in a job only: a gate invokes no agent")


CHECK = Check(
    "reviewer", "Agents other than the maker read the work, and find nothing that fails.", ReviewerSettings, _run
)
