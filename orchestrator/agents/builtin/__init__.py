"""The builtin backend: agents that are plain programs, offline and deterministic, and say so. No model, no network.

Each is a pure function of the request, named in the table; it is imported when it is first asked for.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Fault

__all__ = ["Builtin", "names"]

_ROOM = "orchestrator.agents.builtin.product_listing"
_RELEASES = "orchestrator.agents.builtin.release_notes"
_AGENTS = {
    "form": "orchestrator.agents.builtin.form:form",
    "product-listing.research": f"{_ROOM}.research:research",
    "product-listing.draft": f"{_ROOM}.draft:draft",
    "product-listing.design": f"{_ROOM}.design:design",
    "product-listing.validate": f"{_ROOM}.review:review",
    "product-listing.revalidate": f"{_ROOM}.review:review",
    "product-listing.polish": f"{_ROOM}.polish:polish",
    "release-notes.research": f"{_RELEASES}.research:research",
    "release-notes.draft": f"{_RELEASES}.draft:draft",
    "release-notes.design": f"{_RELEASES}.design:design",
    "release-notes.validate": f"{_RELEASES}.review:review",
    "release-notes.revalidate": f"{_RELEASES}.review:review",
    "release-notes.polish": f"{_RELEASES}.polish:polish",
}


def names() -> tuple[str, ...]:
    """Return the names by which `x-orchestrator: {builtin: …}` may call for one of these agents."""
    return tuple(_AGENTS)


class Builtin:
    """Plays the role that the agent file's `builtin` names."""

    name = "builtin"

    def run(self, request: Request) -> Answer | Fault:
        """Return the files that the builtin agent makes, or the fault that says why it cannot."""
        wanted = request.agent.extras.builtin
        if wanted not in _AGENTS:
            return self._fault(request, _unknown(request.agent.name, wanted))
        try:
            return Answer(_load(_AGENTS[wanted])(request))
        except CannotWork as fault:
            return self._fault(request, str(fault))

    def _fault(self, request: Request, message: str) -> Fault:
        return Fault(message, is_transient=False, agent=request.agent.name, backend=self.name)


def _unknown(agent: str, wanted: str | None) -> str:
    known = ", ".join(_AGENTS)
    if wanted is None:
        return f"agents/{agent}.md names no builtin agent, and no model plays the role; builtin agents are: {known}"
    from difflib import get_close_matches  # only a mistake needs it

    near = get_close_matches(wanted, _AGENTS, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    return f"agents/{agent}.md: there is no builtin agent {wanted[:80]!r}; {guess}known are: {known}"


def _load(place: str) -> Callable[[Request], Mapping[str, bytes]]:
    module, _, name = place.partition(":")
    found: Callable[[Request], Mapping[str, bytes]] = getattr(import_module(module), name)
    return found
