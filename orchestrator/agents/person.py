"""The person: a step that a human commit does. There is nothing to invoke, so being asked is a fault that says so."""

from orchestrator.agents.interface import Request
from orchestrator.model.action import Fault


class Person:
    """The backend of steps that people do."""

    name = "person"

    def run(self, request: Request) -> Fault:
        """Return the fault that names the files which a person has to commit."""
        files = ", ".join(request.writes)
        return Fault(
            f"{request.step} is done by a person: commit {files} on job/{request.job}",
            is_transient=False,
            agent=request.agent.name,
            backend=self.name,
        )
