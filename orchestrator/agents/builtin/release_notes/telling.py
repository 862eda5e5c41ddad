"""`research.md`: the record as people read it. Every figure and every hash of it stands in commits.yaml."""

from collections.abc import Sequence

from orchestrator.agents.builtin.release_notes.entries import entry, reference
from orchestrator.agents.builtin.release_notes.kinds import GROUPS, Kind
from orchestrator.agents.builtin.release_notes.marked import in_cell, marked
from orchestrator.agents.builtin.release_notes.record import Change, Record, breaks_of, is_told

MOST_A_SECTION = 150
MOST_PEOPLE = 60
MOST_FOLDERS = 25


def tell(record: Record) -> str:
    """Return the page."""
    sections = [
        ("Figures", _figures(record)),
        ("Breaking changes", _breaking(record)),
        ("What may break", _may_break(record)),
        *((group.title, _of_kind(record, kind)) for kind, group in GROUPS.items() if kind is not Kind.OTHER),
        ("Made and taken back", _cancelled(record)),
        ("Not classified", _of_kind(record, Kind.OTHER)),
        ("Releases and merges", _left(record)),
        ("People", _people(record)),
        ("Folders", _folders(record)),
    ]
    body = "\n\n".join(f"## {title}\n\n" + "\n".join(lines) for title, lines in sections)
    return f"{_head(record)}\n\n{body}\n"


def _head(record: Record) -> str:
    return (
        f"# Research: {marked(record.repository)} {marked(record.release)}\n\n"
        f"What the history of {marked(record.repository)} says of the range `{record.range.replace('`', '')}`,\n"
        "sorted and counted by rules; the same, commit by commit, stands in commits.yaml. A merged pull request\n"
        "stands for the commits that it brought, and a commit that another one undid is told apart."
    )


def _figures(record: Record) -> list[str]:
    totals = record.totals
    since = f"{record.from_name or record.from_} of {record.since}" if record.from_ else "the first commit"
    rows = [
        ("From", marked(since)),
        ("To", f"{marked(record.to_name or record.to)} of {record.until}"),
        ("Commits", f"{totals.commits:,}"),
        ("of them merges", f"{totals.merges:,}"),
        ("Changes told", f"{totals.changes:,}"),
        ("Pull requests", f"{totals.pull_requests:,}"),
        ("Breaking changes", f"{totals.breaking:,}"),
        ("People", f"{totals.authors:,}"),
        ("for the first time", f"{totals.first_time:,}"),
        ("Bots", f"{totals.bots:,}"),
        ("Files touched", f"{totals.files:,}" if totals.files is not None else "not counted: too many in one commit"),
        ("Folders touched", f"{totals.folders:,}"),
    ]
    return ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]


def _breaking(record: Record) -> list[str]:
    lines = [entry(*changes, is_break=True) for changes in breaks_of(record.commits)]
    return lines or ["No commit says that it breaks anything."]


def _may_break(record: Record) -> list[str]:
    """A hint: titles that take something away and do not say that they break."""
    found = [change for change in record.commits if change.may_break and is_told(change)]
    return _several(found) or ["No title sounds as if it took something away unsaid."]


def _of_kind(record: Record, kind: Kind) -> list[str]:
    found = [change for change in record.commits if change.kind is kind and is_told(change) and not change.is_breaking]
    return _several(found) or ["None."]


def _cancelled(record: Record) -> list[str]:
    by_hash = {change.hash: change for change in record.commits}
    pairs = [(change, by_hash[change.reverted_by]) for change in record.commits if change.reverted_by in by_hash]
    told = [(made, undone) for made, undone in pairs if made.part_of is None]
    lines = [f"- {marked(made.told)} ({reference(made)}), undone by {reference(undone)}" for made, undone in told]
    return _cut(lines) or ["Nothing was made and taken back within the range."]


def _left(record: Record) -> list[str]:
    kinds = (Kind.RELEASE, Kind.MERGE)
    found = [change for change in record.commits if change.kind in kinds and change.part_of is None]
    return _several(found) or ["None."]


def _people(record: Record) -> list[str]:
    rows = [
        f"| {in_cell(one.name)}{' (bot)' if one.is_bot else ''} | {one.commits} | {_first(one.first)} |"
        for one in record.people
    ]
    more = (
        [f"\n… and more, in commits.yaml: {record.totals.authors:,} people in all."] if len(rows) > MOST_PEOPLE else []
    )
    return ["| who | commits | first contribution |", "| --- | ---: | --- |", *rows[:MOST_PEOPLE], *more]


def _first(short: str | None) -> str:
    return f"`{short}`" if short else ""


def _folders(record: Record) -> list[str]:
    rows = [f"| {in_cell(one.name)} | {one.commits} | {one.files} |" for one in record.folders[:MOST_FOLDERS]]
    return ["| folder | commits | file changes |", "| --- | ---: | ---: |", *rows] if rows else ["No file was touched."]


def _several(changes: Sequence[Change]) -> list[str]:
    return _cut([entry(change) for change in changes[: MOST_A_SECTION + 1]])


def _cut(lines: list[str]) -> list[str]:
    return [*lines[:MOST_A_SECTION], "- … and more, in commits.yaml"] if len(lines) > MOST_A_SECTION else lines
