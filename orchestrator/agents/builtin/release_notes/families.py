"""The colours of the chart: kinds of changes in the few families that an eye can tell apart."""

from dataclasses import dataclass

from orchestrator.agents.builtin.release_notes.kinds import Kind
from orchestrator.agents.builtin.release_notes.record import Bin


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds that share a colour, which people who see no red or no green can tell from the others."""

    name: str
    color: str
    kinds: frozenset[Kind]

    def count(self, stretch: Bin) -> int:
        """Return how many commits of these kinds a stretch of time has."""
        return sum(count for kind, count in stretch.kinds.items() if kind in self.kinds)


FAMILIES = (
    Family("Features", "#1f5fa8", frozenset({Kind.FEATURE})),
    Family(
        "Improvements",
        "#4fb3c4",
        frozenset({Kind.CHANGE, Kind.PERFORMANCE, Kind.DEPRECATION, Kind.REMOVAL, Kind.REVERT}),
    ),
    Family("Fixes", "#e0862c", frozenset({Kind.FIX, Kind.SECURITY})),
    Family("Documentation", "#8b6bb5", frozenset({Kind.DOCUMENTATION})),
    Family("Dependencies", "#c3cad3", frozenset({Kind.DEPENDENCIES})),
    Family("Other work", "#8593a3", frozenset({Kind.MAINTENANCE, Kind.RELEASE, Kind.MERGE, Kind.OTHER})),
)
"""From the bottom of a bar up. Every kind is in one of them."""
