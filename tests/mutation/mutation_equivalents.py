"""Mutants that no test can tell from the code, each with the reason: module → mutation as the run tells it → why."""

from collections.abc import Mapping

EQUIVALENT: Mapping[str, Mapping[str, str]] = {
    "html": {
        "text.ratio < text.wanted → text.ratio <= text.wanted": (
            "no two of the 16,777,216 colours have a contrast of exactly 3 or 4.5, as all their pairs, tried, show"
        ),
    },
}
