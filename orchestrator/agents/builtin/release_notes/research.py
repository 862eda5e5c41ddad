"""The historian: what a repository's history says of a range, sorted and counted, each line with its commit.

It writes commits.yaml, on which everything else rests, and research.md, which says the same to people. It guesses
nothing: a commit whose kind nothing tells is said to be of no known kind.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.agents.builtin.reading import only_one
from orchestrator.agents.builtin.release_notes import counting, days
from orchestrator.agents.builtin.release_notes.brief import Brief, brief_of
from orchestrator.agents.builtin.release_notes.history import Commit, History, Person, read_history
from orchestrator.agents.builtin.release_notes.joined import Joined, join
from orchestrator.agents.builtin.release_notes.kinds import (
    CONVENTIONAL_TYPES,
    GROUPS,
    Kind,
    is_bot,
    kind_of,
    may_break,
)
from orchestrator.agents.builtin.release_notes.messages import Message, read_message
from orchestrator.agents.builtin.release_notes.names import release_named
from orchestrator.agents.builtin.release_notes.plainly import plain
from orchestrator.agents.builtin.release_notes.record import (
    Change,
    Record,
    Someone,
    Totals,
    breaking_of,
    is_told,
    write_record,
)
from orchestrator.agents.builtin.release_notes.telling import tell
from orchestrator.agents.interface import Request

UNRELEASED = "Unreleased"
MOST_FOLDERS = 40
MOST_BY = 6
"""People named behind one change."""
_BACKGROUND = (Kind.DOCUMENTATION, Kind.DEPENDENCIES, Kind.MAINTENANCE, Kind.RELEASE, Kind.OTHER)


def research(request: Request) -> Mapping[str, bytes]:
    """Return commits.yaml and research.md. Raises CannotWork for a history that is absent, broken or too long."""
    record = recorded(read_history(request), brief_of(request), called=str(request.params.get("project") or ""))
    return {only_one(request, ".yaml"): write_record(record), only_one(request, ".md"): tell(record).encode()}


@dataclass(frozen=True, slots=True)
class _Read:
    """A history with its messages read, and its commits joined."""

    history: History
    messages: Mapping[str, Message]
    joined: Joined
    called: Mapping[str, str]
    short: Mapping[str, str]


def recorded(history: History, brief: Brief, *, called: str = "") -> Record:
    """Return the record of a history. `called`: what the project is called, where that is not the repository's name."""
    messages = {commit.hash: read_message(commit, CONVENTIONAL_TYPES) for commit in history.commits}
    names = counting.names(history.commits, messages)
    read = _Read(history, messages, join(history, messages), names, _shortened(messages))
    changes = _changes(read)
    header = history.header
    scale, bins = counting.activity(history.commits, changes)
    people = counting.people(history.commits, messages, names, changes)
    folders = counting.folders(history.commits)
    last = next((commit for commit in reversed(history.commits) if commit.hash == header.to), history.commits[-1])
    until = _day(header.until, last.zone if header.until_zone is None else header.until_zone)
    told = _totals(read, changes, authors=[each for each in people if not each.is_bot], folders=len(folders))
    return Record(
        repository=plain(called or header.repository, 100),
        range=plain(header.range, 200),
        from_=header.from_,
        to=header.to,
        from_name=plain(header.from_name, 100) if header.from_name else None,
        to_name=plain(header.to_name, 100) if header.to_name else None,
        release=brief.version or release_named(header.to_name) or UNRELEASED,
        released=until,
        since=_day(header.since, header.since_zone) if header.since is not None else None,
        until=until,
        totals=told.model_copy(update={"bots": len(people) - told.authors}),
        scale=scale,
        groups=counting.groups(changes.values(), brief.left_out),
        people=people,
        folders=folders[:MOST_FOLDERS],
        bins=bins,
        commits=tuple(changes.values()),
    )


def _shortened(hashes: Iterable[str]) -> dict[str, str]:
    """Return hash → its first seven characters, more where another commit of the range begins with the same."""
    found: dict[str, str] = {}
    length = 7
    rest = list(hashes)
    while rest:
        heads = Counter(each[:length] for each in rest)
        found.update((each, each[:length]) for each in rest if heads[each[:length]] == 1 or length >= len(each))
        rest = [each for each in rest if each not in found]
        length += 1
    return found


def _day(seconds: int, zone: int) -> str:
    return days.local(seconds, zone).date().isoformat()


# --- commits ---------------------------------------------------------------------------------------------------------


def _changes(read: _Read) -> dict[str, Change]:
    parts: dict[str, list[Commit]] = {}
    for commit in read.history.commits:
        if commit.hash in read.joined.part_of:
            parts.setdefault(read.joined.part_of[commit.hash], []).append(commit)
    alone = {commit.hash: _kind(commit, read) for commit in read.history.commits}
    return {commit.hash: _change(commit, parts.get(commit.hash, ()), alone, read) for commit in read.history.commits}


def _kind(commit: Commit, read: _Read) -> Kind:
    said = read.messages[commit.hash]
    if said.is_branch_merge:
        return Kind.MERGE
    files = commit.files if commit.file_count <= len(commit.files) else ()
    return kind_of(said, files, by_bot=_by_bot(commit))


def _change(commit: Commit, parts: Sequence[Commit], alone: Mapping[str, Kind], read: _Read) -> Change:
    said, joined = read.messages[commit.hash], read.joined
    return Change(
        hash=commit.hash,
        short=read.short[commit.hash],
        kind=_whole_kind(commit, parts, alone),
        scope=plain(said.scope, 80) if said.scope else None,
        subject=plain(said.subject) or "(no subject)",
        title=plain(said.title) if said.title and said.title != said.subject else None,
        author=read.called[commit.author.email.casefold()],
        co_authors=_named(said.co_authors, read, but=commit.author.email),
        by=_credited(commit, parts, read),
        pr=said.pull,
        breaking=said.breaking,
        may_break=said.breaking is None and may_break(said),
        is_merge=len(commit.parents) > 1,
        part_of=joined.part_of.get(commit.hash),
        reverts=joined.reverts.get(commit.hash),
        does_more=commit.hash in joined.reverts and (said.breaking is not None or not said.undoes),
        reverted_by=joined.reverted_by.get(commit.hash),
        closes=said.closes,
        folders=tuple(counting.folder_name(folder) for folder in list(commit.folders)[:12]),
        files=commit.file_count,
        date=_day(commit.date, commit.zone),
    )


def _whole_kind(commit: Commit, parts: Sequence[Commit], alone: Mapping[str, Kind]) -> Kind:
    """A merged pull request whose title does not say its kind is of the kind that its commits are of.

    Tests and documents come along with everything, so that they count only where there is nothing else. What its
    commits take back is mostly their own, so that it is a revert only where its title says so.
    """
    own = alone[commit.hash]
    if own is not Kind.OTHER and not (parts and all(_by_bot(part) for part in parts)):
        return own
    counted = Counter(kind for part in parts if (kind := alone[part.hash]) not in (Kind.MERGE, Kind.REVERT))
    seen = [kind for kind in counted if kind not in _BACKGROUND]
    if not seen and Kind.OTHER in counted:
        return Kind.OTHER
    return min(seen or counted, key=lambda kind: (-counted[kind], list(Kind).index(kind)), default=own)


def _credited(commit: Commit, parts: Sequence[Commit], read: _Read) -> tuple[str, ...]:
    """Whom a change is due to: for a merge those who wrote what it brought, not whoever pressed the button."""
    written = [part for part in parts if len(part.parents) < 2 and not _by_bot(part)] or parts or (commit,)
    counted: Counter[str] = Counter()
    for each in written:
        people = (each.author, *read.messages[each.hash].co_authors)
        counted.update({read.called[person.email.casefold()] for person in people})
    ordered = sorted(counted, key=lambda name: (-counted[name], name))
    human = [name for name in ordered if not is_bot(name, "")]
    return tuple(human or ordered)[:MOST_BY]


def _named(people: Iterable[Person], read: _Read, *, but: str) -> tuple[str, ...]:
    own = read.called[but.casefold()]
    return tuple(dict.fromkeys(name for person in people if (name := read.called[person.email.casefold()]) != own))


def _by_bot(commit: Commit) -> bool:
    return is_bot(commit.author.name, commit.author.email)


# --- figures ---------------------------------------------------------------------------------------------------------


def _totals(read: _Read, changes: Mapping[str, Change], *, authors: Sequence[Someone], folders: int) -> Totals:
    commits = read.history.commits
    merges = sum(len(commit.parents) > 1 for commit in commits)
    written = [commit for commit in commits if len(commit.parents) < 2]
    whole = all(commit.file_count <= len(commit.files) for commit in written)
    told = [change for change in changes.values() if is_told(change)]
    dates = [commit.date for commit in commits]
    return Totals(
        commits=len(commits),
        merges=merges,
        commits_without_merges=len(commits) - merges,
        changes=sum(change.kind in GROUPS for change in told),
        authors=len(authors),
        first_time=sum(person.is_first for person in authors),
        bots=0,
        pull_requests=len({change.pr for change in changes.values() if change.pr is not None}),
        breaking=len(breaking_of(changes.values())),
        cancelled=sum(change.is_cancelled for change in changes.values()),
        file_changes=sum(commit.file_count for commit in written),
        files=len({path for commit in written for path in commit.files}) if whole else None,
        folders=folders,
        days=(max(dates) - min(dates)) // 86_400 + 1,
    )
