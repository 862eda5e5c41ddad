"""Words that stand in a row in more than one place: in one text twice, or in a text and another.

A shingle is a row of so many words. Each is known by a hash, which is made of those of two shorter rows (Karp, Miller
and Rosenberg, "Rapid identification of repeated patterns in strings, trees and arrays", 1972), and where two are equal
the words themselves are compared. Time and memory are linear in the text that is looked at, whatever it holds, and grow
with the logarithm of a shingle's words; the texts it is compared with come one by one.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from orchestrator.content.sentences import Kind, passages
from orchestrator.content.words import fold, words

_FIRST_WORDS = 8
"""Of a row, that are shown."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A text as its words, folded, each with its 1-based line. Equal words are one object."""

    name: str
    words: Sequence[str]
    lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand as well: the name of the text, and the 1-based line."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """Words that stand elsewhere too: the line of the first, how many, the place of the first there.

    Where two places share their ends, what is copied from both is one row.
    """

    line: int
    words: int
    elsewhere: Place
    first_words: str


def worded(name: str, text: str) -> Worded:
    """Return the words of a Markdown text's prose. Quotations, code and front matter are left out."""
    found: list[str] = []
    lines = array("L")
    known: dict[str, str] = {}
    for passage in passages(text):
        if passage.kind is Kind.QUOTATION:
            continue
        for number, line in enumerate(fold(passage.text).split("\n"), start=passage.line):
            here = words(line)
            found += [known.setdefault(word, word) for word in here]
            lines.extend([number] * len(here))
    return Worded(name, found, lines)


@dataclass(slots=True)
class Shingles:
    """The shingles of a text, made ready to be looked for elsewhere. Made by `shingled`."""

    text: Worded
    size: int
    """Words of a shingle."""
    hashes: Sequence[int]
    """Of the shingle that begins at each word."""
    first: dict[int, int]
    """Hash → the first word at which such a shingle begins."""
    places: dict[int, Place] = field(default_factory=dict)
    """First word of a shingle → where it stands in another text."""

    def seek_in(self, other: Worded) -> None:
        """Take in where shingles stand in another text. The first place of each counts."""
        for start, value in enumerate(_hashes(other.words, self.size)):
            own = self.first.get(value)
            if own is None or own in self.places:
                continue
            if self._words(own) == other.words[start : start + self.size]:
                self.places[own] = Place(other.name, other.lines[start])

    def rows(self, *, within: bool) -> Iterator[Row]:
        """Return the longest rows of words that stand elsewhere as well, none overlapping one before it.

        `within`: an earlier place in the same text counts too.
        """
        start = 0
        while start < len(self.hashes):
            if not self._stands_elsewhere(start, within=within):
                start += 1
                continue
            end = start + 1
            while end < len(self.hashes) and self._stands_elsewhere(end, within=within):
                end += 1
            count = end - 1 - start + self.size
            shown = " ".join(self.text.words[start : start + min(count, _FIRST_WORDS)])
            yield Row(self.text.lines[start], count, self._place(start, within=within), shown)
            start += count

    def _stands_elsewhere(self, start: int, *, within: bool) -> bool:
        first = self.first[self.hashes[start]]
        if first not in self.places and not (within and first <= start - self.size):
            return False
        return first == start or self._words(first) == self._words(start)

    def _place(self, start: int, *, within: bool) -> Place:
        first = self.first[self.hashes[start]]
        is_within = within and first <= start - self.size
        return Place(self.text.name, self.text.lines[first]) if is_within else self.places[first]

    def _words(self, start: int) -> Sequence[str]:
        return self.text.words[start : start + self.size]


def shingled(text: Worded, size: int) -> Shingles:
    """Return the shingles of a text, of `size` words each; a shorter text has none."""
    hashes = _hashes(text.words, size)
    first = dict(zip(reversed(hashes), range(len(hashes) - 1, -1, -1), strict=True))
    return Shingles(text, size, hashes, first)


def _hashes(text: Sequence[str], size: int) -> "array[int]":
    """Return the hash of each row of `size` words: twice as long each time, and at last of two rows that overlap."""
    found, width = list(map(hash, text)), 1
    while width < size:
        step = min(width, size - width)
        found = list(map(hash, zip(found, islice(found, step, None), strict=False)))
        width += step
    return array("q", found)
