"""Which came later: dates and versions as people write them in front matter. Pure; it knows no clock."""

import re
from datetime import date

Recency = tuple[str, tuple[int, ...], int, str]
"""Sorts the later one higher: the day, the numbers of the version, its stage, the stage's own words."""

_VERSION = re.compile(r"[vV]?([0-9]{1,18}(?:\.[0-9]{1,18}){0,15})(.*)", re.DOTALL)
_PRE, _FINAL, _POST = range(3)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def day(text: str) -> date | None:
    """Return the day that an ISO 8601 date, or date and time, begins with; None where `text` is no such thing."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?", text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def day_in_words(text: str, lang: str) -> str:
    """Return a date as a page shows it: in words where the pages are English, else as it was written."""
    found = day(text)
    if found is None or lang.split("-")[0].lower() != "en":
        return text
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def recency(dated: str, version: str) -> Recency:
    """Return what sorts by day, then by version: 8.10 after 8.9, 1.0rc1 before 1.0, no date or version before all."""
    found = day(dated)
    return (found.isoformat() if found else "", *_version(version))


def _version(text: str) -> tuple[tuple[int, ...], int, str]:
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        return (), _PRE, text
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return (0, *numbers), *_stage(match[2])


def _stage(rest: str) -> tuple[int, str]:
    """Return where a version stands beside that of the same numbers alone; rc10 comes after rc9."""
    if not rest:
        return _FINAL, ""
    padded = re.sub(r"[0-9]{1,18}", lambda digits: digits[0].zfill(18), rest)
    return (_POST if re.match(r"\+|[.-]?post", rest) else _PRE), padded
