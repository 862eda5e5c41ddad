"""Commits by one another: which merge brought which, which reverts which, and which say the same change twice."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.agents.builtin.release_notes.history import Commit, History
from orchestrator.agents.builtin.release_notes.messages import Head, Message

Messages = Mapping[str, Message]

MOST_MEANT = 200
"""Commits of one title, the newest ones, among which a revert's is looked for."""

_PULL = re.compile(r"\s*\([#!]\d{1,9}\)$")


@dataclass(slots=True)
class Joined:
    """`part_of`: hash → the hash of the change that it is told with. `reverted_by`, `reverts`: hash → hash.

    A commit that is no revert, but says that it reverts one, stands in `reverts` alone: what it named stands.
    """

    part_of: dict[str, str] = field(default_factory=dict)
    reverted_by: dict[str, str] = field(default_factory=dict)
    reverts: dict[str, str] = field(default_factory=dict)


def join(history: History, messages: Messages) -> Joined:
    """Return how the commits of a history belong together."""
    by_hash = {commit.hash: commit for commit in history.commits}
    joined = Joined()
    _take_branches(history.header.to, by_hash, messages, joined)
    _take_doubles(history.commits, messages, joined)
    _take_reverts(history.commits, messages, joined)
    return joined


# --- merges ----------------------------------------------------------------------------------------------------------


def _take_branches(tip: str, by_hash: Mapping[str, Commit], messages: Messages, joined: Joined) -> None:
    """Walk each line of work from its oldest commit on; what a merged pull request brought is told with its merge."""
    taken: set[str] = set()
    lines = [_line(tip, by_hash, taken)]
    while lines:
        for commit in lines.pop():
            for parent in commit.parents[1:]:
                side = _side(parent, by_hash, taken)
                if messages[commit.hash].is_pull_merge and not _holds_pulls(side, messages):
                    taken.update(each.hash for each in side)
                    joined.part_of.update((each.hash, commit.hash) for each in side)
                elif side:
                    lines.append(_line(parent, by_hash, taken))


def _line(tip: str, by_hash: Mapping[str, Commit], taken: set[str]) -> list[Commit]:
    """The commits from `tip` along first parents, oldest first, as far as nobody has them; they are taken."""
    found: list[Commit] = []
    while tip in by_hash and tip not in taken:
        taken.add(tip)
        found.append(by_hash[tip])
        tip = next(iter(by_hash[tip].parents), "")
    return found[::-1]


def _side(tip: str, by_hash: Mapping[str, Commit], taken: set[str]) -> list[Commit]:
    """All that `tip` reaches and nobody has."""
    found: dict[str, Commit] = {}
    open_ends = [tip]
    while open_ends:
        at = open_ends.pop()
        if at in by_hash and at not in taken and at not in found:
            found[at] = by_hash[at]
            open_ends.extend(by_hash[at].parents)
    return list(found.values())


def _holds_pulls(side: Iterable[Commit], messages: Messages) -> bool:
    """A branch on which pull requests were merged is a line of work of its own."""
    return any(messages[commit.hash].pull is not None for commit in side)


# --- the same change, twice ------------------------------------------------------------------------------------------


def _take_doubles(commits: Sequence[Commit], messages: Messages, joined: Joined) -> None:
    """A pull request that was picked over to another branch is one change."""
    first: dict[tuple[int, str], str] = {}
    for commit in commits:
        said = messages[commit.hash]
        if said.pull is None or commit.hash in joined.part_of or said.is_branch_merge:
            continue
        told = first.setdefault((said.pull, said.title.casefold()), commit.hash)
        if told != commit.hash:
            joined.part_of[commit.hash] = told


# --- reverts ---------------------------------------------------------------------------------------------------------


def _take_reverts(commits: Sequence[Commit], messages: Messages, joined: Joined) -> None:
    """From the newest on: a revert that was itself reverted takes nothing back."""
    index = _Index(commits, messages, joined.part_of)
    for place in range(len(commits) - 1, -1, -1):
        by = commits[place].hash
        if by not in joined.reverted_by:
            for target in index.targets(messages[by], place):
                joined.reverts.setdefault(by, target)
                if messages[by].undoes:
                    joined.reverted_by.setdefault(target, by)
    for part, whole in joined.part_of.items():
        if whole in joined.reverted_by:
            joined.reverted_by.setdefault(part, joined.reverted_by[whole])


class _Index:
    """Finds the commits that a message speaks of, among those that came before it."""

    def __init__(self, commits: Sequence[Commit], messages: Messages, part_of: Mapping[str, str]) -> None:
        self._messages = messages
        self._part_of = part_of
        self._hashes = [commit.hash for commit in commits]
        self._heads: dict[str, list[int]] = {}
        self._subjects: dict[str, list[int]] = {}
        self._titles: dict[str, list[int]] = {}
        self._reverted: dict[str, list[int]] = {}
        self._pulls: dict[int, list[int]] = {}
        for place, each in enumerate(self._hashes):
            said = messages[each]
            self._heads.setdefault(each[:7], []).append(place)
            for subject in {_key(said.subject), _key(_PULL.sub("", said.subject))}:
                self._subjects.setdefault(subject, []).append(place)
            self._titles.setdefault(_key(said.title), []).append(place)
            if said.reverted_title:
                self._reverted.setdefault(_key(said.reverted_title), []).append(place)
            if said.pull is not None:
                self._pulls.setdefault(said.pull, []).append(place)

    def targets(self, said: Message, place: int) -> Iterator[str]:
        """The commits that a message says to revert: by hash, else by pull request, else by title."""
        if said.reverts:
            yield from (self._hashes[found] for named in said.reverts for found in self._named(named, place))
        elif said.reverted_pull is not None:
            yield from (self._hashes[found] for found in self._pulls.get(said.reverted_pull, ()) if found < place)
        elif said.reverted_title and said.reverted_head:
            yield from self._titled(said.reverted_title, said.reverted_head, place)
        elif said.reapplied_title:
            yield from self._only(self._before(self._reverted.get(_key(said.reapplied_title), ()), place))

    def _named(self, named: str, place: int) -> tuple[int, ...]:
        """The one commit whose hash begins so: none where several do."""
        found = [at for at in self._heads.get(named[:7], ()) if self._hashes[at].startswith(named)]
        return (found[0],) if len(found) == 1 and found[0] < place else ()

    def _titled(self, title: str, head: Head, place: int) -> Iterator[str]:
        """By the whole subject; else by the description, where type and scope are those that the revert says."""
        found = self._before(self._subjects.get(_key(title), ()), place)
        if not found:
            titled = self._before(self._titles.get(_key(head.title), ()), place)
            found = [each for each in titled if _agrees(head, self._messages[each])]
        yield from self._only(found)

    def _before(self, places: Sequence[int], place: int) -> list[str]:
        after = bisect_left(places, place)
        return [self._hashes[at] for at in places[max(0, after - MOST_MEANT) : after]]

    def _only(self, found: Sequence[str]) -> Iterator[str]:
        """The last of some, unless others may be meant as well: of another type or scope, or breaking."""
        among = set(found)
        wholes = [each for each in found if self._part_of.get(each) not in among]
        said = [self._messages[each] for each in wholes]
        if len({(each.type, each.scope, each.breaking is not None) for each in said}) == 1:
            yield wholes[-1]


def _agrees(reverted: Head, said: Message) -> bool:
    """Whether a message is of the type and the scope that a revert names, as far as it names them."""
    is_type = reverted.type is None or reverted.type == said.type
    return is_type and (not reverted.scope or reverted.scope.casefold() == (said.scope or "").casefold())


def _key(title: str) -> str:
    return title.casefold().rstrip('."”')
