"""Who in a range of another repository's history is new. Values only: nothing is read.

Somebody is known by an address or by a name; a name that many may bear (`root`, `bot`, one word alone) says nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from orchestrator.ledger.foreign_commit import ForeignCommit


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """Those who are known from before: their addresses, case-folded, and the names that tell people apart, folded."""

    addresses: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, commits: Iterable[ForeignCommit]) -> "KnownPeople":
        """Return the authors and co-authors of commits."""
        known = cls()
        for commit in commits:
            for name, address in _people(commit):
                known.addresses.add(address)
                known.names.add(name)
        known.names.discard("")
        return known

    def recognise(self, commits: Iterable[ForeignCommit]) -> None:
        """Take note of the addresses under which known names come up."""
        for commit in commits:
            self.addresses.update(address for name, address in _people(commit) if name in self.names)

    def meet(self, commit: ForeignCommit) -> tuple[str, ...]:
        """Return the addresses of a commit's people that were not known until now, and know them from now on."""
        new = tuple(address for address in commit.people if address not in self.addresses)
        self.addresses.update(new)
        return new


def _people(commit: ForeignCommit) -> Iterator[tuple[str, str]]:
    """Yield (folded name, address) of author and co-authors; the name is empty where it tells nobody apart."""
    for person in (commit.author, *commit.co_authors):
        if person.email:
            yield _folded(person.name), person.email.casefold()


def _folded(name: str) -> str:
    """Return a name as it is compared; empty where it has fewer than two words."""
    words = (re.sub(r"^\W+|\W+$", "", word) for word in unicodedata.normalize("NFKC", name).casefold().split())
    kept = [word for word in words if word]
    return " ".join(kept) if len(kept) > 1 else ""
