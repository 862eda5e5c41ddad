"""How much one text differs from another, in words, and where. Linear in memory and bounded in time.

Knows no limit: what may change is for others to say.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.content.markdown import Section, fenced, front_matter_lines, key_lines, sections
from orchestrator.content.words import fold

MOST_COMPARED = 50_000
"""Words; of two texts that differ over a longer stretch, the whole stretch counts as changed."""

_TOKEN = re.compile(r"\w+|[^\w\s]|^[ \t]++(?=(?:[-*+]|\d{1,9}[.)])[ \t])", re.MULTILINE)
_CODE_TOKEN = re.compile(r"\w+|[^\w\s]|^[ \t]++(?=\S)")
_NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,5}[.)]?\s+")


def share_changed(before: str, after: str) -> float:
    """Return the change in percent of what was there: the greater of the words taken out and the words put in.

    A mark of punctuation is a word of its own, so is the indentation of fenced code and of a list's item. Text put
    into an empty file is 100 %; the share may exceed 100.
    """
    old, new = _words(before), _words(after)
    if not old:
        return 100.0 if new else 0.0
    return 100 * words_changed(old, new) / len(old)


def _words(text: str) -> list[str]:
    if "```" not in text and "~~~" not in text:
        return _TOKEN.findall(text)
    return [word for line in _words_by_line(text.split("\n")) for word in line]


def _words_by_line(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the words of each line. White space is one of them where it says something: in fenced code and lists."""
    for line, code in zip(lines, fenced(lines), strict=True):
        yield (_CODE_TOKEN if code else _TOKEN).findall(line)


def lines_changed(before: str, after: str) -> int:
    """Return the greater of the lines taken out and the lines put in. White space at a line's end counts, as in git."""
    return words_changed(_lines(before), _lines(after))


def _lines(text: str) -> list[str]:
    """What ends in a line end has no empty line behind it."""
    return text.removesuffix("\n").split("\n") if text else []


def words_changed(old: list[str], new: list[str]) -> int:
    """Return the greater of how many were taken out and how many were put in."""
    start = _shared_head(old, new)
    old, new = old[start:], new[start:]
    end = _shared_head(old[::-1], new[::-1])
    old, new = old[: len(old) - end], new[: len(new) - end]
    return max(len(old), len(new)) - longest_common(old, new)


def _shared_head(one: list[str], other: list[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def longest_common(one: list[str], other: list[str]) -> int:
    """Return the length of the longest common subsequence, 0 where the lists are longer than is compared.

    Bit-parallel: Hyyrö, "Bit-parallel LCS-length computation revisited" (2004). Each word of `other` costs a few
    operations on one integer of as many bits as `one` has words, so that no input makes it slow; difflib has such.
    """
    if not one or not other or max(len(one), len(other)) > MOST_COMPARED:
        return 0
    places: dict[str, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << place
    every = (1 << len(one)) - 1
    row = every
    for word in other:
        matched = row & places.get(word, 0)
        row = (row + matched | row - matched) & every
    return len(one) - row.bit_count()


# --- where -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and the text up to the next heading; what stands before the first; or a key of the front matter.

    `titles` are the keys of the sections that it lies in, its own first; `title` is None where it lies in none.
    """

    title: str | None
    titles: tuple[str, ...]
    line: int
    lines: tuple[str, ...]


class How(StrEnum):
    """In which way a part is not what it was."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that is not what it was, and the line of the text as it is now: None of a part that is gone."""

    how: How
    title: str | None
    line: int | None


def title_key(title: str) -> str:
    """Return a heading's title as sections are told apart by it: no case, numbering, colon or style of spaces."""
    return " ".join(_NUMBER.sub("", fold(title).strip(), count=1).rstrip(":").split())


def head_parts(text: str) -> tuple[Part, ...]:
    """Return each top-level key of the front matter with its lines; what stands before the first has no title."""
    lines = text.split("\n")[: front_matter_lines(text)]
    if not lines:
        return ()
    starts = sorted((line - 1, key) for key, line in key_lines(text).items())
    ends = [*(start for start, _ in starts), len(lines) - 1]
    made = [Part(None, (), 1, tuple(lines[: ends[0]]))]
    for (start, key), end in zip(starts, ends[1:], strict=True):
        made.append(Part(key, (key,), start + 1, tuple(lines[start:end])))
    return tuple(made)


def parts(text: str) -> tuple[Part, ...]:
    """Return what a Markdown text consists of, in order, without its front matter."""
    lines = text.split("\n")
    first, found = front_matter_lines(text), sections(text)
    starts = [*(section.line - 1 for section in found), len(lines)]
    made = [Part(None, (), first + 1, tuple(lines[first : starts[0]]))]
    above: list[Section] = []
    for section, start, end in zip(found, starts, starts[1:], strict=False):
        above = [*(other for other in above if other.level < section.level), section]
        titles = tuple(title_key(other.title) for other in reversed(above))
        made.append(Part(section.title, titles, start + 1, tuple(lines[start:end])))
    return tuple(made)


def within(found: Sequence[Part], keys: Collection[str]) -> tuple[Part, ...]:
    """Return the parts that lie in one of the sections. What those lie in themselves is left out of their `titles`."""
    return tuple(
        replace(part, titles=part.titles[: depth + 1])
        for part in found
        if (depth := max((place for place, title in enumerate(part.titles) if title in keys), default=-1)) >= 0
    )


def without(found: Sequence[Part], keys: Collection[str]) -> tuple[Part, ...]:
    """Return the parts that lie in none of the sections."""
    return tuple(part for part in found if not any(title in keys for title in part.titles))


def differences(before: Sequence[Part], after: Sequence[Part]) -> tuple[Difference, ...]:
    """Return what is not word for word as it was, in the order of the new text; what is gone and what moved come last.

    Parts of one title are compared in their order. How lines break and blank lines do not count.
    """
    old, new = _keyed(before), _keyed(after)
    both = [key for key in new if key in old]
    order = [key for key in old if key in new]
    moved = next((new[key] for key, other in zip(both, order, strict=True) if key != other), None)
    return (
        *(found for key, part in new.items() if (found := _difference(old.get(key), part))),
        *(Difference(How.GONE, part.title, None) for key, part in old.items() if key not in new and _tokens(part)),
        *([Difference(How.MOVED, moved.title, moved.line)] if moved else []),
    )


def _difference(before: Part | None, after: Part) -> Difference | None:
    if before is None:
        return Difference(How.NEW, after.title, after.line) if _tokens(after) else None
    line = first_changed(before, after)
    return None if line is None else Difference(How.CHANGED, after.title, line)


def first_changed(before: Part, after: Part) -> int | None:
    """Return the 1-based line of the first word that is another, None where all are the same.

    Where words are gone at the end, it is the line of the last that is left.
    """
    if before.lines == after.lines:
        return None
    old, new = _tokens(before), _tokens(after)
    place = _shared_head([token for token, _ in old], [token for token, _ in new])
    if place == len(old) == len(new):
        return None
    if place < len(new):
        return new[place][1]
    return new[-1][1] if new else after.line


def _keyed(found: Sequence[Part]) -> dict[tuple[tuple[str, ...], int], Part]:
    counts: Counter[tuple[str, ...]] = Counter()
    keyed = {}
    for part in found:
        counts[part.titles] += 1
        keyed[part.titles, counts[part.titles]] = part
    return keyed


def _tokens(part: Part) -> list[tuple[str, int]]:
    return [
        (token, number) for number, line in enumerate(_words_by_line(part.lines), start=part.line) for token in line
    ]
