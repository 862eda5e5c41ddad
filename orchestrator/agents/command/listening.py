"""Live progress: what a program prints as it goes, cut into lines; of each piece the last that tells something."""

from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.agents.command.discretion import Discretion
from orchestrator.agents.command.output import event
from orchestrator.agents.command.profile import Glimpse, Profile
from orchestrator.agents.interface import Underway

_LONGEST_LINE = 1_000_000
_LONGEST_NOTE = 80
_MOST_COUNTED = 10_000


@dataclass(slots=True)
class Listener:
    """Hears pieces of stdout in the order in which they come."""

    profile: Profile
    tell: Callable[[Underway], None]
    discretion: Discretion
    _rest: bytes = b""
    _tokens: dict[str, int] = field(default_factory=dict)
    _costs: dict[str, float] = field(default_factory=dict)

    def hear(self, piece: bytes) -> None:
        """Take in a piece, and tell once of the lines that it ends. A line without an end is forgotten."""
        *lines, rest = (self._rest + piece).split(b"\n")
        self._rest = rest if len(rest) <= _LONGEST_LINE else b""
        glimpses = list(filter(None, map(self._glimpse, lines)))
        for glimpse in glimpses:
            self._count(glimpse)
        plain = next((line for line in reversed(lines) if line.strip() and not _may_be_event(line)), b"")
        if glimpses or plain:
            self._tell(glimpses[-1].note if glimpses else plain.decode("utf-8", "replace"))

    def _glimpse(self, line: bytes) -> Glimpse | None:
        found = event(line) if _may_be_event(line) else None
        return self.profile.glimpse(found) if found is not None else None

    def _count(self, glimpse: Glimpse) -> None:
        if len(self._tokens) < _MOST_COUNTED:
            self._tokens[glimpse.of] = glimpse.tokens_out
            self._costs[glimpse.of] = glimpse.cost_usd

    def _tell(self, words: str) -> None:
        note = self.discretion.line(words.strip().split("\n")[-1], _LONGEST_NOTE)
        self.tell(Underway(sum(self._tokens.values()), sum(self._costs.values()), note))


def _may_be_event(line: bytes) -> bool:
    return line.lstrip().startswith(b"{")
