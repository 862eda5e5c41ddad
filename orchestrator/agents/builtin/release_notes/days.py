"""Days and stretches of time, from seconds and zones. No clock: every moment comes from a commit."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

_FEWEST_TO_CUT = 50
_OUTLYING = 0.02
"""The share of commits that may be far older than the rest: patches that lay about for years, clocks gone wrong."""
MOST_STRETCHES = 64
_FAR = 0.15
"""Of the time between the others: what lies farther off than that is cut."""
_EPOCH = datetime(1970, 1, 1)  # moments here are local to their commit


class Unit(StrEnum):
    """What one bar of the chart stands for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_LONGEST = ((Unit.HOUR, 2), (Unit.DAY, 45), (Unit.WEEK, 330), (Unit.MONTH, 366 * 5), (Unit.QUARTER, 366 * 15))
"""Days up to which a unit is taken."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def local(seconds: int, zone: int) -> datetime:
    """Return the moment as clocks showed it where it was, `zone` minutes east of UTC; the nearest that has a date."""
    shifted = seconds + zone * 60
    try:
        return _EPOCH + timedelta(seconds=shifted)
    except OverflowError:
        return datetime.min if shifted < 0 else datetime.max


def spoken(day: date) -> str:
    """Return a day as English prose writes it: `1 March 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A bar's time, from its first moment on."""

    start: datetime
    label: str


def unit_for(moments: list[datetime]) -> Unit:
    """Return the unit that gives a chart of these moments a number of bars that can be read."""
    low, high = bounds(moments)
    days = (high - low).days + 1
    return next((unit for unit, longest in _LONGEST if days <= longest), Unit.YEAR)


def bounds(moments: list[datetime]) -> tuple[datetime, datetime]:
    """Return the first and the last moment that a chart shows; a few that lie far off stand at its ends."""
    ordered = sorted(moments)
    low, high = ordered[0], ordered[-1]
    if len(ordered) >= _FEWEST_TO_CUT:
        few = int(len(ordered) * _OUTLYING)
        early, late = ordered[few], ordered[-1 - few]
        low = early if (early - low) > _FAR * (late - early) else low
        high = late if (high - late) > _FAR * (late - early) else high
    return low, high


def stretches(moments: list[datetime], unit: Unit) -> tuple[Stretch, ...]:
    """Return the stretches from the first to the last of the moments, without a gap; the last 64 of more."""
    low, high = bounds(moments)
    found = deque(_starts(floor(low, unit), high, unit), maxlen=MOST_STRETCHES)
    return tuple(Stretch(start, label(start, unit)) for start in found)


def floor(moment: datetime, unit: Unit) -> datetime:
    """Return the first moment of the stretch in which a moment lies."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    match unit:
        case Unit.HOUR:
            return hour
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day - min(timedelta(days=day.weekday()), day - datetime.min)
        case Unit.MONTH:
            return day.replace(day=1)
        case Unit.QUARTER:
            return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1)
        case Unit.YEAR:
            return day.replace(day=1, month=1)


def label(start: datetime, unit: Unit) -> str:
    """Return what stands under a bar."""
    match unit:
        case Unit.HOUR:
            return f"{start:%H}:00"
        case Unit.DAY | Unit.WEEK:
            return f"{start.day} {_MONTHS[start.month - 1][:3]}"
        case Unit.MONTH:
            return f"{_MONTHS[start.month - 1][:3]} {start.year}"
        case Unit.QUARTER:
            return f"Q{(start.month + 2) // 3} {start.year}"
        case Unit.YEAR:
            return str(start.year)


def _starts(start: datetime, last: datetime, unit: Unit) -> Iterator[datetime]:
    while start <= last:
        yield start
        if start.year >= datetime.max.year - 1:
            return
        start = _next(start, unit)


def _next(start: datetime, unit: Unit) -> datetime:
    match unit:
        case Unit.HOUR:
            return start + timedelta(hours=1)
        case Unit.DAY:
            return start + timedelta(days=1)
        case Unit.WEEK:
            return start + timedelta(days=7)
        case Unit.MONTH:
            return _months_on(start, 1)
        case Unit.QUARTER:
            return _months_on(start, 3)
        case Unit.YEAR:
            return _months_on(start, 12)


def _months_on(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    return start.replace(year=start.year + years, month=month + 1)


def ticks(most: int) -> tuple[int, ...]:
    """Return the marks of an axis that reaches `most`: from 0, evenly, in steps of 1, 2 or 5, at most six of them."""
    step = 1
    for size in (10**power for power in range(9)):
        step = next((size * each for each in (1, 2, 5) if size * each * 5 >= most), 0)
        if step:
            break
    step = step or max(1, most)
    return tuple(range(0, -(-max(most, 1) // step) * step + 1, step))


def spoken_iso(day: str) -> str:
    """Return an ISO day as English prose writes it, and anything else as it is."""
    try:
        return spoken(date.fromisoformat(day))
    except ValueError:
        return day
