"""How much one text differs from another, in words. Linear in memory and bounded in time, whatever the texts are."""

import re

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
