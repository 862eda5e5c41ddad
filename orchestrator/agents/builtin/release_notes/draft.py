"""The chronicler: release notes and a section for a CHANGELOG, from the record alone. It says nothing else.

Breaking changes come first and are never cut; every other list is, at a length that people read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from orchestrator.agents.builtin.reading import as_files, text_of
from orchestrator.agents.builtin.release_notes import days
from orchestrator.agents.builtin.release_notes.brief import Brief, brief_of
from orchestrator.agents.builtin.release_notes.entries import entries, entry, named, reference
from orchestrator.agents.builtin.release_notes.kinds import GROUPS, Kind
from orchestrator.agents.builtin.release_notes.marked import in_cell, marked
from orchestrator.agents.builtin.release_notes.record import (
    PATH,
    Change,
    GroupCount,
    Record,
    Someone,
    breaks_of,
    is_told,
    read_record,
)
from orchestrator.agents.interface import Request

NOTES = "notes.md"
CHANGELOG = "changelog.md"
BREAKING = "Breaking changes"
CANCELLED = "Made and taken back"
MOST_NEW = 120
MOST_LINES = 12
"""New people who get a line each; of more the names stand in a paragraph."""
MOST_THANKED = 150
MOST_CANCELLED = 12
NO_CHANGE = "- No change that users would notice."

_CHANGELOG_ORDER = ("Changed", "Added", "Deprecated", "Removed", "Fixed", "Security")
_SUMMED = (Kind.FEATURE, Kind.CHANGE, Kind.PERFORMANCE, Kind.FIX, Kind.SECURITY, Kind.DEPRECATION, Kind.REMOVAL)


def draft(request: Request) -> Mapping[str, bytes]:
    """Return notes.md and changelog.md. Raises CannotWork where the record cannot be read."""
    record, brief = read_record(text_of(request, PATH)), brief_of(request)
    return as_files({NOTES: notes(record, brief), CHANGELOG: changelog(record, brief)})


# --- the notes -------------------------------------------------------------------------------------------------------


def notes(record: Record, brief: Brief) -> str:
    """Return the notes as one Markdown file."""
    sections = [
        ("Highlights", [f"- {marked(line)}" for line in brief.highlights]),
        (BREAKING, breaking_lines(record)),
        *((GROUPS[group.kind].title, _listed(record, group)) for group in record.groups),
        (CANCELLED, _cancelled(record)),
        ("New contributors", _newcomers(record)),
        ("Thanks", _thanks(record)),
    ]
    told = [f"## {title}\n\n" + "\n".join(lines) for title, lines in sections if lines]
    return "\n\n".join([_front_matter(record, brief), opening(record), *told]) + "\n"


def title_of(record: Record, brief: Brief) -> str:
    """Return the title that notes and chart bear."""
    return brief.title or f"{record.repository} {record.release}"


def expected_head(record: Record, brief: Brief) -> dict[str, str]:
    """Return the keys of the notes' front matter that the record settles."""
    return {"title": title_of(record, brief), "version": record.release, "date": record.released}


def _front_matter(record: Record, brief: Brief) -> str:
    tags = list(
        dict.fromkeys([record.repository, "release notes", *(["breaking changes"] * bool(record.totals.breaking))])
    )
    head: dict[str, object] = {**expected_head(record, brief), "description": _described(record), "tags": tags}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    return "\n".join(["---", *lines, "---"])


def _described(record: Record) -> str:
    """One sentence in figures."""
    totals = record.totals
    whole = f"{_counted(totals.changes, 'change')} by {_counted(totals.authors, 'person', 'people')}"
    breaking = [_counted(totals.breaking, "breaking change")] if totals.breaking else []
    sums = [*breaking, *_summed(record, most=3)]
    return f"{whole}: {_joined(sums)}." if sums else f"{whole}."


def opening(record: Record) -> str:
    """Return the paragraph that says in figures what the release brings."""
    totals = record.totals
    last = marked(record.from_name or "the last release")
    since = f" since {last} of {_spoken(record.since)}" if record.since else ""
    first = f", {totals.first_time:,} of them for the first time" if record.from_ and totals.first_time else ""
    sums = _summed(record)
    brings = f" It brings {_joined(sums)}." if sums else ""
    return (
        f"**{marked(record.release)}** of {_spoken(record.until)} holds {_counted(totals.commits, 'commit')}{since}, "
        f"by {_counted(totals.authors, 'person', 'people')}{first}.{brings} "
        f"{_of_breaks(totals.breaking, is_beside=bool(sums))}"
    )


def _of_breaks(count: int, *, is_beside: bool) -> str:
    """Breaking changes stand under no other heading, and so in no other sum."""
    if not count:
        return "No commit says that it breaks anything."
    which = "it" if count == 1 else "them"
    beside = "Beside that, " if is_beside else ""
    return f"{beside}{_counted(count, 'change breaks', 'changes break')} what users may rely on; read {which} first."


def _summed(record: Record, most: int = len(_SUMMED)) -> list[str]:
    """The kinds with the most changes, in the order of the notes."""
    groups = [group for kind in _SUMMED if (group := record.group(kind)) and group.changes]
    largest = sorted(groups, key=lambda group: -group.changes)[:most]
    groups = [group for group in groups if group in largest]
    return [_counted(group.changes, GROUPS[group.kind].one, GROUPS[group.kind].many) for group in groups]


def breaking_lines(record: Record) -> list[str]:
    """Return a line for each breaking change."""
    return [entry(*changes, is_break=True) for changes in breaks_of(record.commits)]


def shown(record: Record, group: GroupCount) -> tuple[Change, ...]:
    """Return the changes of a kind that notes list, by scope; of more than fit, pull requests and newer ones."""
    found = [
        change for change in record.commits if change.kind is group.kind and is_told(change) and not change.is_breaking
    ]
    places = {change.hash: place for place, change in enumerate(found)}
    bots = {one.name for one in record.people if one.is_bot}
    found.sort(key=lambda each: (not bots.isdisjoint(each.by), each.pr is None, not each.closes, -places[each.hash]))
    return tuple(sorted(found[: group.listed], key=lambda change: (change.scope or "", places[change.hash])))


def more_of(record: Record, group: GroupCount) -> str:
    """Return the line that says how many changes of a kind are not listed; of dependencies, which bots keep them."""
    told = GROUPS[group.kind]
    more = _counted(group.more, f"more {told.one}", f"more {told.many}")
    if group.kind is not Kind.DEPENDENCIES:
        return f"- … and {more}"
    kept = {name for change in record.commits if change.kind is group.kind and is_told(change) for name in change.by}
    bots = [one.name for one in record.people if one.is_bot and one.name in kept]
    line = f"- … and {more}" if group.listed else f"- {_counted(group.more, told.one, told.many)}"
    return f"{line}, by {named(bots)}" if bots and not group.listed else line


def _listed(record: Record, group: GroupCount) -> list[str]:
    lines = entries(shown(record, group))
    return [*lines, *([more_of(record, group)] if group.more and (lines or group.kind is Kind.DEPENDENCIES) else [])]


def _cancelled(record: Record) -> list[str]:
    """What a reader of the history might take for new, and is not there."""
    by_hash = {change.hash: change for change in record.commits}
    made = [change for change in record.commits if change.reverted_by in by_hash and change.part_of is None]
    lines = [
        f"- {marked(change.told)} ({reference(change)}), undone by {reference(by_hash[change.reverted_by or ''])}"
        for change in made
        if (change.reverts is None or change.does_more) and change.kind is not Kind.MERGE
    ]
    return lines[:MOST_CANCELLED]


def _newcomers(record: Record) -> list[str]:
    """Nobody is new where all are: in a first release."""
    if record.from_ is None:
        return []
    new = [one for one in record.people if one.is_first]
    new.sort(key=_by_name)
    if len(new) <= MOST_LINES:
        return [f"- {in_cell(one.name)}{f', with {work}' if (work := _work(one)) else ''}" for one in new]
    told = ", ".join(f"{in_cell(one.name)}{f' ({work})' if (work := _work(one)) else ''}" for one in new[:MOST_NEW])
    return [f"{told}{' and others' if len(new) > MOST_NEW else ''}."]


def _work(one: Someone) -> str:
    """What somebody came with; empty where nothing of it stands."""
    return f"#{one.pr}" if one.pr is not None else f"`{one.first}`" if one.first else ""


def _thanks(record: Record) -> list[str]:
    people = sorted((one for one in record.people if not one.is_bot), key=_by_name)
    if not people:
        return ["Bots wrote all of it."]
    names = [in_cell(one.name) for one in people[:MOST_THANKED]]
    named = f"{', '.join(names)} and others" if len(people) > MOST_THANKED else _joined(names)
    return [f"Thanks to {named}."]


def _by_name(one: Someone) -> tuple[str, str]:
    return one.name.casefold(), one.name


# --- the CHANGELOG ---------------------------------------------------------------------------------------------------


def changelog(record: Record, brief: Brief) -> str:
    """Return the release's section of a CHANGELOG, in the manner of keepachangelog.com."""
    lines: dict[str, list[str]] = {heading: [] for heading in _CHANGELOG_ORDER}
    lines["Changed"] += changelog_breaks(record)
    for group in record.groups:
        heading = GROUPS[group.kind].changelog
        if heading is not None and group.kind not in brief.left_out:
            lines[heading] += entries(shown(record, group), people=False)
            lines[heading] += [more_of(record, group)] if group.more else []
    sections = [f"### {heading}\n\n" + "\n".join(told) for heading, told in lines.items() if told]
    return "\n\n".join([changelog_heading(record), *(sections or [f"### Changed\n\n{NO_CHANGE}"])]) + "\n"


def changelog_heading(record: Record) -> str:
    """Return the section's heading: `## [8.2.0] - 2026-03-01`."""
    return f"## [{record.release.translate(_NO_BRACKETS)}] - {record.released}"


_NO_BRACKETS = str.maketrans("", "", "[]<>`*\\")


def changelog_breaks(record: Record) -> list[str]:
    """Return a line for each breaking change, marked as such."""
    return [f"- **Breaking:** {line[2:]}" for line in _breaks_without_people(record)]


def _breaks_without_people(record: Record) -> Iterator[str]:
    return (entry(*changes, people=False, is_break=True) for changes in breaks_of(record.commits))


# --- words -----------------------------------------------------------------------------------------------------------


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _spoken(day: str | None) -> str:
    return days.spoken_iso(day or "")
