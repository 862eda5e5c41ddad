"""How much one text differs from another, in words, and where. Linear in memory and bounded in time.

Knows no limit: what may change is for others to say.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.content.markdown import Section, front_matter_lines, sections
from orchestrator.content.words import fold

MOST_COMPARED = 50_000
"""Words; of two texts that differ over a longer stretch, the whole stretch counts as changed."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


def share_changed(before: str, after: str) -> float:
    """Return the change in percent of what was there: the greater of the words taken out and the words put in.

    A mark of punctuation is a word of its own. Text put into an empty file is 100 %; the share may exceed 100.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if not old:
        return 100.0 if new else 0.0
    return 100 * words_changed(old, new) / len(old)


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
    """A heading and the text up to the next heading; or what stands before the first, and the front matter.

    `titles` are the keys of the sections that it lies in, its own first; `title` is None where it lies in none.
    """

    title: str | None
    titles: tuple[str, ...]
    line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that is not what it was: how (`changed`, `new`, `gone`, `moved`), and the line of the text as it is now.

    Of a part that is gone the line is None.
    """

    how: str
    title: str | None
    line: int | None


def title_key(title: str) -> str:
    """Return a heading's title as sections are told apart by it: without case and the style of its spaces."""
    return " ".join(fold(title).split())


def front_matter(text: str) -> Part:
    """Return the lines of the front matter, none where there is none."""
    return Part(None, (), 1, tuple(text.split("\n")[: front_matter_lines(text)]))


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


def differences(before: Sequence[Part], after: Sequence[Part]) -> Iterator[Difference]:
    """Yield what is not word for word as it was, in the order of the new text; what is gone comes last.

    Parts of one title are compared in their order. How lines break and blank lines do not count.
    """
    old, new = _keyed(before), _keyed(after)
    for key, part in new.items():
        if key not in old:
            if _tokens(part):
                yield Difference("new", part.title, part.line)
        elif (line := first_changed(old[key], part)) is not None:
            yield Difference("changed", part.title, line)
    for key, part in old.items():
        if key not in new and _tokens(part):
            yield Difference("gone", part.title, None)
    kept, order = [key for key in new if key in old], [key for key in old if key in new]
    moved = next((key for key, other in zip(kept, order, strict=True) if key != other), None)
    if moved:
        yield Difference("moved", new[moved].title, new[moved].line)


def first_changed(before: Part, after: Part) -> int | None:
    """Return the 1-based line of the first word that is another, None where all are the same."""
    old, new = _tokens(before), _tokens(after)
    if [token for token, _ in old] == [token for token, _ in new]:
        return None
    place = _shared_head([token for token, _ in old], [token for token, _ in new])
    return new[place][1] if place < len(new) else after.line + max(len(after.lines) - 1, 0)


def _keyed(found: Sequence[Part]) -> dict[tuple[tuple[str, ...], int], Part]:
    counts: Counter[tuple[str, ...]] = Counter()
    keyed = {}
    for part in found:
        counts[part.titles] += 1
        keyed[part.titles, counts[part.titles]] = part
    return keyed


def _tokens(part: Part) -> list[tuple[str, int]]:
    return [
        (token, number) for number, line in enumerate(part.lines, start=part.line) for token in _TOKEN.findall(line)
    ]
