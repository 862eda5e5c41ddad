"""What is wrong at a line of a file, before a check makes it a finding; and no more of it than anyone will read."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MOST_OF_A_RULE = 20
"""In one file; the others are counted."""


class Mistake(NamedTuple):
    """One mistake; `line` is 1-based, None where it is in no one line. `rule` tells kinds of mistakes apart."""

    rule: str
    line: int | None
    message: str
    suggestion: str | None = None


def capped(mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Return the first of each rule, and at the end for each rule how many more there are."""
    seen: Counter[str] = Counter()
    for mistake in mistakes:
        seen[mistake.rule] += 1
        if seen[mistake.rule] <= MOST_OF_A_RULE:
            yield mistake
    for rule, count in seen.items():
        if count > MOST_OF_A_RULE:
            more = count - MOST_OF_A_RULE
            such = "mistake" if more == 1 else "mistakes"
            yield Mistake(rule, None, f"{more:,} more {such} of this kind", "mend these first, and look again")
