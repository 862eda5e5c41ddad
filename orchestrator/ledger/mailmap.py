"""A `.mailmap`: under which name and address a person is known. Text in, people out.

The format, and which of several lines counts, are git's own: see gitmailmap(5) and mailmap.c.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.ledger.values import Person

_Known = tuple[str | None, str | None]
"""The name and the address to take in place of those that a commit gives, where the map says one."""


@dataclass(frozen=True, slots=True)
class Mailmap:
    """Whom the addresses of a history stand for. Addresses and names are compared without regard to case."""

    by_email: Mapping[str, _Known] = field(default_factory=dict)
    by_both: Mapping[tuple[str, str], _Known] = field(default_factory=dict)
    """(address, name) → what is said of that name under that address alone."""

    @classmethod
    def parse(cls, text: str) -> "Mailmap":
        """Read the file. A line that is none of the format says nothing, as with git."""
        by_email: dict[str, _Known] = {}
        by_both: dict[tuple[str, str], _Known] = {}
        for line in text.split("\n"):
            if line.startswith("#") or (first := _identity(line)) is None or not first[1]:
                continue
            second = _identity(first[2])
            if second is None:
                _say(by_email, first[1].casefold(), (first[0], None))
            elif second[0] is None:
                _say(by_email, second[1].casefold(), (first[0], first[1]))
            else:
                by_both[second[1].casefold(), second[0].casefold()] = (first[0], first[1])
        return cls(by_email, by_both)

    def person(self, name: str, email: str) -> Person:
        """Return who that is: the same, where the map says nothing of them."""
        folded = email.casefold()
        known = self.by_both.get((folded, name.casefold())) or self.by_email.get(folded)
        return Person(known[0] or name, known[1] or email) if known else Person(name, email)


def _say(by_email: dict[str, _Known], email: str, said: _Known) -> None:
    """Take note of a line; what it leaves open stays as an earlier line said it."""
    before = by_email.get(email, (None, None))
    by_email[email] = (said[0] or before[0], said[1] or before[1])


def _identity(text: str) -> tuple[str | None, str, str] | None:
    """Return name, address and what stands behind them; None where there is no `<address>`."""
    name, opened, rest = text.partition("<")
    email, closed, behind = rest.partition(">")
    return (name.strip() or None, email, behind) if opened and closed else None
