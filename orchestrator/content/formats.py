"""Forms that a short text may have: dates, times, addresses. Yes or no; it looks nothing up and asks no clock."""

import ipaddress
import re
from collections.abc import Callable, Mapping

_LONGEST = 2_000
"""Characters; what is longer has none of these forms."""

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.\d{1,12})?(?:[Zz]|[+-](\d\d):(\d\d))", re.ASCII)
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,10}"
)
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,40}:(?://(?:[\w.~!$&'()*+,;=:%-]{0,500}@)?(?:\[[0-9A-Fa-f:.]{2,50}\]|[\w.~!$&'()*+,;=%-]{0,255})"
    r"(?::\d{0,5})?(?=[/?#]|$))?(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+)?",
    re.ASCII,
)
_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_date(text: str) -> bool:
    """Say whether it is a day that there is, as in 2026-03-01 (RFC 3339, full-date)."""
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + (month == 2 and _is_leap(year))


def is_time(text: str) -> bool:
    """Say whether it is a time with its zone, as in 09:30:00Z (RFC 3339, full-time); a leap second is one."""
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    hour, minute, second, zone_hour, zone_minute = (int(part or 0) for part in found.groups())
    return hour < 24 and minute < 60 and second <= 60 and zone_hour < 24 and zone_minute < 60


def is_date_time(text: str) -> bool:
    """Say whether it is a day and a time, as in 2026-03-01T09:30:00Z (RFC 3339, date-time)."""
    return text[10:11] in ("T", "t") and is_date(text[:10]) and is_time(text[11:])


def is_email(text: str) -> bool:
    """Say whether it looks like an address of e-mail: the form that HTML's `input type=email` takes."""
    return _EMAIL.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """Say whether it is an absolute address, with its scheme (RFC 3986), such as https://example.com/a."""
    return _URI.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Say whether it is a UUID (RFC 9562)."""
    return _UUID.fullmatch(text) is not None


def is_ipv4(text: str) -> bool:
    """Say whether it is an IPv4 address, as in 192.0.2.1."""
    return _is_address(ipaddress.IPv4Address, text)


def is_ipv6(text: str) -> bool:
    """Say whether it is an IPv6 address without a zone, as in 2001:db8::1."""
    return "%" not in text and _is_address(ipaddress.IPv6Address, text)


def _is_address(kind: Callable[[str], object], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _short(is_one: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: len(text) <= _LONGEST and is_one(text)


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": _short(is_date),
    "date-time": _short(is_date_time),
    "time": _short(is_time),
    "email": _short(is_email),
    "ipv4": _short(is_ipv4),
    "ipv6": _short(is_ipv6),
    "uri": _short(is_uri),
    "uuid": _short(is_uuid),
}
"""The names by which JSON Schema (2020-12, validation 7.3) knows them."""

EXAMPLES: Mapping[str, str] = {
    "date": "2026-03-01",
    "date-time": "2026-03-01T09:30:00Z",
    "time": "09:30:00Z",
    "email": "ada@example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/mugs",
    "uuid": "6f1c8b2e-3a4d-4e5f-8a9b-0c1d2e3f4a5b",
}
