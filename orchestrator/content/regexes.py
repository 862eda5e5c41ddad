"""Regular expressions that a person wrote, on texts that nobody trusts: RE2, whose time is linear in the text.

RE2 has no look-around and no back-references; `\\b`, `\\w` and `\\d` know ASCII only, and `(?i)` ignores case. Patterns
of our own stand in the code and use `re`; a pattern from a file never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 2_000
"""Characters of a pattern."""
_MEMORY = 16 << 20
_MOST_EMPTY = 1_000
"""Matches of nothing in one text: behind each, RE2 begins anew, and may look through the rest of the text."""


class Match(Protocol):
    """Where a pattern stands in a text."""

    def start(self) -> int:
        """Return the first character's index."""
        ...

    def end(self) -> int:
        """Return the index after the last character."""
        ...


class Pattern(Protocol):
    """A compiled pattern."""

    def search(self, text: str) -> Match | None:
        """Return the first place where it stands, None where there is none."""
        ...

    def finditer(self, text: str) -> Iterable[Match]:
        """Return each place where it stands, from left to right."""
        ...

    def fullmatch(self, text: str) -> Match | None:
        """Return the match of the whole text, None where the text is something else."""
        ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A place of a pattern in a text: the 1-based line, and what stands there."""

    line: int
    text: str


def compiled(pattern: str) -> Pattern:
    """Return the pattern, `^` and `$` matching at each line. Raises ValueError, with the reason, where it is none."""
    import re2  # takes 10 ms, and most gates have no pattern

    if len(pattern) > LONGEST:
        raise ValueError(f"the pattern has {len(pattern)} characters; at most {LONGEST} are read")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        re2.compile(pattern, options)  # by itself: within the brackets `a)|(b` would be one
        found: Any = re2.compile(f"(?m:{pattern})", options)
    except (re2.error, UnicodeEncodeError) as exc:
        raise ValueError(f"{pattern!r} is no regular expression of RE2: {_reason(exc)}") from exc
    whole: Pattern = found
    return whole


def hits(pattern: Pattern, text: str) -> Iterator[Hit]:
    """Return where the pattern stands in a text, in order. A match of nothing is no hit.

    A caller that stops after so many hits has spent time linear in the text. Raises ValueError where the pattern
    matches nothing a thousand times: it was not looked for behind that.
    """
    line, reached, empty = 1, 0, 0
    for match in pattern.finditer(text):
        if match.end() > match.start():
            line += text.count("\n", reached, match.start())
            reached = match.start()
            yield Hit(line, text[match.start() : match.end()])
            continue
        empty += 1
        if empty > _MOST_EMPTY:
            raise ValueError(f"the pattern matches nothing in more than {_MOST_EMPTY} places: let it ask for something")


def _reason(exc: Exception) -> str:
    said = exc.args[0] if exc.args and not isinstance(exc, UnicodeEncodeError) else exc
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
