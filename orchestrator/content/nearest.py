"""What in the sources comes nearest to a claim that stands in none: a passage of the same words, or a number beside it.

Says where it stands and what it says; judges nothing. The time it takes is bounded, whatever the sources are.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from orchestrator.content.figures import DOLLARS, Figure, Value
from orchestrator.content.words import fold, words

MOST_WORDS = 8
"""Words of a quotation that are looked for: the longest, which are the rarest."""
MOST_PLACES = 300
"""Places of a word in a source that are looked at; a word that stands more often says little."""
LONGEST_SHOWN = 120
"""Characters of a passage that are shown."""

_DATE = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_DATES = "date"
_ANY = "any"


@dataclass(slots=True)
class Numbers:
    """The numbers and dates of the sources by their unit, each with the first place where it stands."""

    places: dict[str, dict[Decimal, str]] = field(default_factory=dict)
    ordered: dict[str, list[Decimal]] = field(default_factory=dict)

    def add(self, value: Value, unit: str | None, place: str) -> None:
        """Take a number or a date in, with what is to be said of it."""
        for key, number in _measures(value, unit):
            if number not in self.places.setdefault(key, {}):
                self.places[key][number] = place
                self.ordered.pop(key, None)

    def nearest(self, figure: Figure) -> str | None:
        """Return the place of the nearest of the figure's unit, the lesser of two; else of any. A date wants a date."""
        for key, number in reversed(tuple(_measures(figure.value, figure.unit))):
            if key in self.places:
                ordered = self._ordered(key)
                place = bisect_left(ordered, number)
                neighbours = ordered[max(place - 1, 0) : place + 1]
                return self.places[key][min(neighbours, key=lambda other: abs(other - number))]
        return None

    def _ordered(self, key: str) -> list[Decimal]:
        if key not in self.ordered:
            self.ordered[key] = sorted(self.places[key])
        return self.ordered[key]


def _measures(value: Value, unit: str | None) -> Iterator[tuple[str, Decimal]]:
    """Yield under which keys a value is looked for, the closest last."""
    if isinstance(value, Decimal):
        yield _ANY, value
        if unit:
            yield "$" if unit in DOLLARS else unit, value
    elif match := _DATE.fullmatch(value):
        year, month, day = (int(part or 1) for part in match.groups())
        yield _DATES, Decimal((year * 12 + month) * 31 + day)


@dataclass(frozen=True, slots=True)
class _Window:
    """Where most of the words stand together: a source, the first and the last character, the words' number."""

    name: str
    start: int
    end: int
    count: int


@dataclass(slots=True)
class Passages:
    """The sources' texts, by name, ready to be searched for passages."""

    lines: Mapping[str, list[str]]
    folded: dict[str, str] = field(default_factory=dict)

    def nearest(self, quotation: str) -> str | None:
        """Return the passage that has most of a quotation's words, and half of them at the least, with its place.

        Of several the one on the fewest lines, of these the shortest, of these the first. A name of one word has none.
        """
        wanted = sorted(dict.fromkeys(words(fold(quotation))), key=len, reverse=True)[:MOST_WORDS]
        if len(wanted) < 2:
            return None
        span = 2 * len(quotation) + 20
        found = [window for name in self.lines for window in _windows(name, self._folded(name), wanted, span)]
        most = max((window.count for window in found), default=0)
        if most * 2 < len(wanted):
            return None
        return self._told(min((window for window in found if window.count == most), key=self._spread))

    def _folded(self, name: str) -> str:
        if name not in self.folded:
            self.folded[name] = fold("\n".join(self.lines[name]))
        return self.folded[name]

    def _spread(self, window: _Window) -> tuple[int, int]:
        line_ends = self.folded[window.name].count("\n", window.start, window.end)
        return line_ends, window.end - window.start

    def _told(self, window: _Window) -> str:
        text, lines = self.folded[window.name], self.lines[window.name]
        first = text.count("\n", 0, window.start)
        last = first + text.count("\n", window.start, window.end)
        column = window.start - (text.rfind("\n", 0, window.start) + 1)
        passage = " ".join(line.strip() if column == 0 else line.rstrip() for line in lines[first : last + 1])
        return f"{window.name}:{first + 1} has {_excerpt(passage, column)!r}"


def _windows(name: str, text: str, wanted: list[str], span: int) -> Iterator[_Window]:
    """Yield the windows of at most `span` characters that hold more words than each before, or as many more closely."""
    hits = sorted(hit for word in wanted for hit in _places(text, word))
    held = dict.fromkeys(wanted, 0)
    first = count = most = 0
    for start, word in hits:
        count += not held[word]
        held[word] += 1
        while start - hits[first][0] > span or held[hits[first][1]] > 1:
            held[hits[first][1]] -= 1
            count -= not held[hits[first][1]]
            first += 1
        if count >= most:
            most = count
            yield _Window(name, hits[first][0], start + len(word), count)


def _places(text: str, word: str) -> Iterator[tuple[int, str]]:
    """Find whole words."""
    place = -1
    for _ in range(MOST_PLACES):
        place = text.find(word, place + 1)
        if place < 0:
            return
        after = place + len(word)
        if not (text[place - 1 : place].isalnum() or text[after : after + 1].isalnum()):
            yield place, word


def _excerpt(text: str, column: int) -> str:
    """Cut a long passage shortly before the words it was found by, where a word begins."""
    bare = text.strip()
    if len(bare) <= LONGEST_SHOWN:
        return bare
    start = text.rfind(" ", 0, max(column - 20, 0)) + 1 if column > LONGEST_SHOWN // 2 else 0
    cut = text[start : start + LONGEST_SHOWN].strip()
    return f"{'…' * bool(start)}{cut}{'…' * (start + LONGEST_SHOWN < len(text))}"
