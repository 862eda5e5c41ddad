"""How long to wait, as programs say it in words: seconds, days and hours, a time of day. Pure text and arithmetic."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from orchestrator.agents.durations import UNIT, seconds_of

LONGEST_WAIT = 8 * 86_400
"""Seconds. No known limit lasts longer than a week; a text that says so is not believed."""

_MOST_READ = 20_000
"""Characters of what a program said: what is not said by then is no answer to us."""
_SECONDS = re.compile(
    r"""
    (?: resets_in_seconds | retry[-_ ]?after (?: [-_]seconds )? | retrydelay )
    ["']? \s{0,4} [:= ] \s{0,4} ["']?
    (\d{1,9} (?: \.\d{1,9} )?)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SPAN = re.compile(
    rf"""
    (?: again | retry | resets? | wait ) \s{{1,4}} (?: in | for ) \s{{1,4}}
    ((?:
        \d{{1,6}} (?: \.\d{{1,9}} )? \s{{0,4}} (?: {UNIT} ) (?! [a-z] )
        [\s,]{{0,4}} (?: and \s{{1,4}} )?
    ){{1,4}})
    """,
    re.IGNORECASE | re.VERBOSE,
)
_UNIX = re.compile(
    r"""
    (?: limit\ reached\| | resets_at ["']? \s{0,4} [:=] \s{0,4} )
    (\d{10}) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CLOCK = re.compile(
    r"""
    (?: resets? | again ) \s{1,4} (?: at \s{1,4} )?
    (?:
        (?P<month> [A-Z][a-z]{2} ) [a-z]{0,10} \s{1,4}
        (?P<day> \d{1,2} ) (?: st | nd | rd | th )? ,? \s{1,4}
        (?: \d{4} ,? \s{1,4} )?
        (?: at \s{1,4} )?
    )?
    \b (?P<hour> 1[0-2] | 0?[1-9] ) (?: : (?P<minute> \d{2} ) )? \s{0,4} (?P<half> am | pm ) \b
    (?: \s{0,4} \( (?P<zone> [A-Za-z_]{1,40} (?: / [A-Za-z_+-]{1,40} ){0,2} ) \) )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def wait(text: str, now: int | None) -> int | None:
    """Return the seconds that a text says to wait, at least 1; None where it says none that can be believed.

    `now` is Unix time; without it, a time of day says nothing. One without a zone is taken for UTC.
    """
    near = text[:_MOST_READ]
    seconds = next(filter(None, (find(near, now) for find in _WAYS)), None)
    return max(1, round(seconds)) if seconds is not None and 0 < seconds <= LONGEST_WAIT else None


def _in_seconds(text: str, _: int | None) -> float | None:
    found = _SECONDS.search(text)
    return float(found[1]) if found else None


def _in_words(text: str, _: int | None) -> float | None:
    found = _SPAN.search(text)
    return seconds_of(found[1]) if found else None


def _at_unix_time(text: str, now: int | None) -> float | None:
    found = _UNIX.search(text)
    return int(found[1]) - now if found and now is not None else None


def _at_a_time_of_day(text: str, now: int | None) -> float | None:
    found = _CLOCK.search(text)
    if not found or now is None:
        return None
    try:
        return _next(found, datetime.fromtimestamp(now, _zone(found["zone"]))).timestamp() - now
    except ValueError:  # the 31st of June
        return None


def _next(found: re.Match[str], here: datetime) -> datetime:
    hour = int(found["hour"]) % 12 + (12 if found["half"].lower() == "pm" else 0)
    then = here.replace(hour=hour, minute=int(found["minute"] or 0), second=0, microsecond=0)
    if found["month"] is None:
        return then if then > here else then + timedelta(days=1)
    then = then.replace(month=_month(found["month"]), day=int(found["day"]))
    return then if then > here else then.replace(year=then.year + 1)


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 0


def _zone(name: str | None) -> tzinfo:
    if not name:
        return UTC
    from zoneinfo import ZoneInfo  # its tables are loaded where a zone is named

    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):  # no such zone, or this system knows none
        return UTC


_WAYS: tuple[Callable[[str, int | None], float | None], ...] = (
    _in_seconds,
    _in_words,
    _at_unix_time,
    _at_a_time_of_day,
)
