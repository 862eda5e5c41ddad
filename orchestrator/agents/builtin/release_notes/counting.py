"""The figures of a history: whom, what, where, when. What notes and chart say in numbers is counted here, once."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.agents.builtin.release_notes import days
from orchestrator.agents.builtin.release_notes.history import Commit, Person
from orchestrator.agents.builtin.release_notes.kinds import GROUPS, Kind, is_bot
from orchestrator.agents.builtin.release_notes.messages import Message
from orchestrator.agents.builtin.release_notes.plainly import name_of, plain
from orchestrator.agents.builtin.release_notes.record import (
    Bin,
    Change,
    FolderCount,
    GroupCount,
    Scale,
    Someone,
    is_told,
)

MOST_FOLDERS = 40
ROOT = "(root)"


@dataclass(slots=True)
class _Seen:
    """What is known of somebody so far."""

    is_bot: bool
    commits: int = 0
    is_known: bool = False
    """Whether an address of theirs has commits before the range."""
    wrote: list[Commit] = field(default_factory=list)


def names(commits: Iterable[Commit], messages: Mapping[str, Message]) -> dict[str, str]:
    """Return e-mail address → the name that its owner gave last."""
    found: dict[str, str] = {}
    for commit in commits:
        for person in (*messages[commit.hash].co_authors, commit.author):
            found[person.email.casefold()] = name_of(person.name, person.email)
    return found


def people(
    commits: Sequence[Commit], messages: Mapping[str, Message], called: Mapping[str, str], changes: Mapping[str, Change]
) -> tuple[Someone, ...]:
    """Return everybody who wrote a commit of the range or a part of one, the busiest first, bots last."""
    new = {email.casefold() for commit in commits for email in commit.new_people}
    seen: dict[str, _Seen] = {}
    for commit in commits:
        for person in _writers(commit, messages[commit.hash]):
            email = person.email.casefold()
            name = called[email]
            one = seen.setdefault(name, _Seen(is_bot(name, email)))
            one.is_known |= email not in new
            one.commits += len(commit.parents) < 2
            one.wrote.append(commit)
    ordered = sorted(seen.items(), key=lambda pair: (pair[1].is_bot, -pair[1].commits, pair[0].casefold(), pair[0]))
    return tuple(_someone(name, one, changes) for name, one in ordered)


def _writers(commit: Commit, said: Message) -> Iterator[Person]:
    """Each once, by address."""
    yield from {person.email.casefold(): person for person in (*said.co_authors, commit.author)}.values()


def _someone(name: str, one: _Seen, changes: Mapping[str, Change]) -> Someone:
    is_first = not (one.is_known or one.is_bot)
    if not is_first:
        return Someone(name=name, commits=one.commits, is_bot=one.is_bot)
    told = next(_standing(one.wrote, changes), None)
    if told is None:
        return Someone(name=name, commits=one.commits, is_first=True)
    return Someone(name=name, commits=one.commits, is_first=True, first=told.short, pr=told.pr)


def _standing(wrote: Iterable[Commit], changes: Mapping[str, Change]) -> Iterator[Change]:
    """What tells somebody's commits, as far as it was not undone."""
    for commit in wrote:
        change = changes[commit.hash]
        told = changes[change.part_of] if change.part_of else change
        if not (change.is_cancelled or told.is_cancelled):
            yield told


def folders(commits: Iterable[Commit]) -> tuple[FolderCount, ...]:
    """Return the folders that were touched most, merges not counted."""
    touched: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for commit in commits:
        if len(commit.parents) < 2:
            for folder, count in commit.folders.items():
                name = folder_name(folder)
                touched[name] += 1
                files[name] += max(0, count)
    ordered = sorted(touched, key=lambda name: (-touched[name], -files[name], name))
    return tuple(FolderCount(name=name, commits=touched[name], files=files[name]) for name in ordered)


def folder_name(folder: str) -> str:
    """Return a folder as it is told."""
    return plain(folder, 120) if folder else ROOT


def groups(changes: Iterable[Change], left_out: frozenset[Kind]) -> tuple[GroupCount, ...]:
    """Return how many changes of each kind there are, in the order of the notes. Breaking ones are told apart."""
    told = [change for change in changes if is_told(change)]
    counted = Counter(change.kind for change in told)
    apart = Counter(change.kind for change in told if change.breaking is not None)
    by_people = sum(
        change.kind is Kind.DEPENDENCIES and not any(is_bot(name, "") for name in change.by) for change in told
    )
    most = {kind: 0 if kind in left_out else group.most for kind, group in GROUPS.items()}
    most[Kind.DEPENDENCIES] = min(most[Kind.DEPENDENCIES], by_people)
    return tuple(
        _group(kind, counted[kind] - apart[kind], apart[kind], most=most[kind]) for kind in GROUPS if counted[kind]
    )


def _group(kind: Kind, count: int, breaking: int, *, most: int) -> GroupCount:
    title, listed = GROUPS[kind].title, min(count, most)
    return GroupCount(kind=kind, title=title, changes=count, breaking=breaking, listed=listed, more=count - listed)


def activity(commits: Sequence[Commit], changes: Mapping[str, Change]) -> tuple[Scale, tuple[Bin, ...]]:
    """Return the range's commits over time, by kind, merges not counted."""
    written = [commit for commit in commits if len(commit.parents) < 2] or list(commits)
    moments = [days.local(commit.date, commit.zone) for commit in written]
    unit = days.unit_for(moments)
    stretches = days.stretches(moments, unit)
    starts = [stretch.start for stretch in stretches]
    # What lies before the first stretch is counted there, and what lies behind the last in the last.
    counted: list[Counter[Kind]] = [Counter() for _ in stretches]
    for commit, moment in zip(written, moments, strict=True):
        counted[max(0, bisect_right(starts, moment) - 1)][changes[commit.hash].kind] += 1
    bins = tuple(_bin(stretch, kinds, unit) for stretch, kinds in zip(stretches, counted, strict=True))
    return Scale(unit=unit, ticks=days.ticks(max(each.commits for each in bins))), bins


def _bin(stretch: days.Stretch, kinds: Counter[Kind], unit: days.Unit) -> Bin:
    start = f"{stretch.start:%Y-%m-%d}" + (f" {stretch.label}" if unit is days.Unit.HOUR else "")
    return Bin(
        start=start,
        label=stretch.label,
        commits=kinds.total(),
        kinds={kind: kinds[kind] for kind in Kind if kinds[kind]},
    )
