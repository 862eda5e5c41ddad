"""What a program printed, read with patience: JSON where it is JSON, figures where they are figures.

Nothing here raises: a program of another version prints other things, and may print anything. What cannot be read is
not there; a figure that is not there is None, and never 0.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

Event = Mapping[str, object]
"""An object of JSON, of which nothing is known."""

_MOST_EVENTS = 100_000
_MOST_TRIES = 20
_LARGEST_COUNT = 10**12
_LARGEST_COST = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Printed:
    """All that a program wrote, and when that was: Unix time, None where there is no clock."""

    stdout: bytes
    stderr: bytes = b""
    now: int | None = None

    @property
    def events(self) -> list[Event]:
        """Return the objects that it printed: to stdout, and where there is none, to stderr."""
        return events(self.stdout) or events(self.stderr)


def events(content: bytes) -> list[Event]:
    """Return the objects of an output: one document, a list of them, or one a line; other lines are passed over."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    whole = _objects(_parsed(text))
    return whole or list(_by_line(text)) or list(_within(text))


def event(line: bytes) -> Event | None:
    """Return the object that a line is, or None."""
    found = _objects(_parsed(line.decode("utf-8", "replace")))
    return found[0] if found else None


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _objects(parsed: object) -> list[Event]:
    listed = parsed if isinstance(parsed, list) else [parsed]
    return [each for each in listed[:_MOST_EVENTS] if isinstance(each, dict)]


def _by_line(text: str) -> Iterator[Event]:
    for line in text.split("\n")[:_MOST_EVENTS]:
        if line.lstrip().startswith("{") and len(found := _objects(_parsed(line))) == 1:
            yield found[0]


def _within(text: str) -> Iterator[Event]:
    """The first object over several lines, among lines that are none: a notice before it, or after."""
    for begun in islice(re.finditer(r"^\{", text, re.MULTILINE), _MOST_TRIES):
        try:
            found, _ = json.JSONDecoder().raw_decode(text, begun.start())
        except (ValueError, RecursionError):
            continue
        yield from _objects(found)
        return


def member(value: object, *keys: str) -> object:
    """Return what stands under the keys, one within the other; None where nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def members(value: object) -> Sequence[object]:
    """Return the members of a list or the values of an object; none of what is neither."""
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def count(value: object) -> int | None:
    """Return a number of tokens, or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _LARGEST_COUNT else None


def amount(value: object) -> float | None:
    """Return an amount of USD, or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _LARGEST_COST and math.isfinite(value) else None


def words(value: object) -> str:
    """Return a text, of which each character can be written; the empty one where it is none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def total(*values: int | None) -> int | None:
    """Return the sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
