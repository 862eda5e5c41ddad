"""Lengths of time as programs and providers write them: `6m0s`, `1m30.5s`, `2 days 17 hours`. Pure text."""

import re

UNIT = r"ms|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?"
"""The units that are known, as a pattern; case does not matter."""

_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s{0,4}(ms|[dhms])", re.IGNORECASE)
_SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def is_duration(text: str) -> bool:
    """Say whether a text begins as a length of time does, and not as a date or a bare number does."""
    return _PART.match(text) is not None


def seconds_of(text: str) -> float | None:
    """Return the seconds that the figures with units in a text come to; None where there is none."""
    parts = _PART.findall(text)
    return sum(float(number) * _SECONDS[unit.lower()] for number, unit in parts) if parts else None
