"""How long a provider asks to be left alone, by the headers and the words of its refusal. The clock is handed in.

Retry-After is RFC 9110 §10.2.3: seconds or a date. `retry-after-ms`, `anthropic-ratelimit-*-reset` (RFC 3339) and
`x-ratelimit-reset-*` (`6m0s`) are Anthropic's and OpenAI's.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from orchestrator.agents.durations import is_duration, seconds_of

_LONGEST = 31 * 86_400
"""Seconds; what asks for more is not believed."""
_MOST_TEXT = 20_000
_MOST_HEADER = 200
"""Characters that are looked through. Every pattern is bounded besides: `re` stops all threads while it works."""
_AGAIN = r"(?:try again|retry|resets?|available(?: again)?) (?:in|after) "
_IN_WORDS = re.compile(_AGAIN + r"((?:[0-9][0-9.]{0,12}(?:ms|[dhms])){1,5})", re.IGNORECASE)
_IN_LONG_WORDS = re.compile(_AGAIN + r"(\d{1,6} ?(?:second|minute|hour|day))", re.IGNORECASE)
_AT_TIME = re.compile(r"\b(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d| ?UTC)?)")
_AT_UNIX = re.compile(r"(?:reset\D{0,32}|\|)(\d{10})\b")


def wait_of(headers: Mapping[str, str], text: str, now: float) -> int | None:
    """Return the seconds to wait, at least 1; None where nothing is said. Header names are lower-case."""
    short = {name: said[:_MOST_HEADER] for name, said in headers.items()}
    found = (believed(each) for each in (*_of_headers(short, now), *_of_words(text[:_MOST_TEXT], now)))
    return next((wait for wait in found if wait is not None), None)


def believed(seconds: float | None) -> int | None:
    """Return a wait in whole seconds, at least 1; None for one that is none, or past a month."""
    return max(1, math.ceil(seconds)) if seconds is not None and 0 <= seconds <= _LONGEST else None


def _of_headers(headers: Mapping[str, str], now: float) -> Iterator[float | None]:
    yield _scaled(headers.get("retry-after-ms"), 0.001)
    said = headers.get("retry-after")
    yield _scaled(said, 1.0)
    yield _until_date(said, now) if said else None
    yield from _of_limits(headers, now)


def _scaled(said: str | None, unit: float) -> float | None:
    try:
        seconds = float(said or "") * unit
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None


def _until_date(said: str, now: float) -> float | None:
    try:
        return _until(parsedate_to_datetime(said), now)
    except (ValueError, OverflowError):
        return None


def _until(moment: datetime, now: float) -> float:
    whole = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(whole.timestamp() - now, 0.0)


def _of_limits(headers: Mapping[str, str], now: float) -> Iterator[float | None]:
    """The longest wait of the limits that are used up."""
    waits = [
        _until_reset(value, now)
        for name, value in headers.items()
        if _is_reset(name) and headers.get(name.replace("reset", "remaining"), "").strip() == "0"
    ]
    known = [wait for wait in waits if wait is not None]
    yield max(known) if known else None


def _is_reset(name: str) -> bool:
    return name.startswith(("x-ratelimit-reset", "anthropic-ratelimit-")) and "reset" in name


def _until_reset(said: str, now: float) -> float | None:
    return seconds_of(said) if is_duration(said) else _until_moment(said, now)


def _until_moment(said: str, now: float) -> float | None:
    try:
        return _until(datetime.fromisoformat(said.strip().replace(" UTC", "+00:00").replace("Z", "+00:00")), now)
    except (ValueError, OverflowError):
        return None


def _of_words(text: str, now: float) -> Iterator[float | None]:
    if found := _IN_WORDS.search(text):
        yield seconds_of(found[1])
    if found := _IN_LONG_WORDS.search(text):
        yield seconds_of(found[1])
    if "reset" in text or "again" in text:
        moment = _AT_TIME.search(text)
        yield _until_moment(moment[1], now) if moment else None
    unix = _AT_UNIX.search(text)
    yield max(int(unix[1]) - now, 0.0) if unix else None
