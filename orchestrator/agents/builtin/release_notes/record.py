"""`commits.yaml`: what the history says, sorted and counted: the one file that notes, chart and review rest on.

It is YAML whose commits stand one to a line, as JSON: so that a line can be found by its hash, a change is a change of
one line, and ten thousand of them can be read at once. What a person edited by hand is read as YAML.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.release_notes.kinds import Kind
from orchestrator.content.words import fold
from orchestrator.documents import yaml
from orchestrator.documents.emit import emit_yaml
from orchestrator.errors import DocumentError

PATH = "commits.yaml"
MOST_BYTES = 4_900_000
"""A gate reads no larger source."""

MOST_WITHIN = 4
"""How often a part of a change may be a part of another."""

_ALWAYS = frozenset(
    {"pr", "breaking", "is_merge", "reverts", "reverted_by", "scope", "co_authors", "closes", "is_first"}
)
_LISTS = ("groups", "people", "folders", "bins", "commits")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Change(_Frozen):
    """One commit as it is told. `by`: whom the notes name; `title`: its subject without kind, scope and number."""

    hash: str = Field(pattern=r"^[0-9a-f]{7,64}$")
    short: str = Field(pattern=r"^[0-9a-f]{7,64}$")
    kind: Kind
    scope: str | None = None
    subject: str
    title: str | None = None
    author: str
    co_authors: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    pr: int | None = None
    breaking: str | None = None
    may_break: bool = False
    is_merge: bool = False
    part_of: str | None = None
    """The hash of the change that it is told with: a merged pull request, or the same change on another branch."""
    reverts: str | None = None
    does_more: bool = False
    """Whether it is more than a revert: then it stands, and `reverts` is a remark."""
    reverted_by: str | None = None
    closes: tuple[int, ...] = ()
    folders: tuple[str, ...] = ()
    files: int = Field(default=0, ge=0)
    date: str

    @property
    def told(self) -> str:
        """The words by which it is told."""
        return self.title if self.title is not None else self.subject

    @property
    def is_breaking(self) -> bool:
        """Whether it breaks what users rely on, and stands."""
        return self.breaking is not None and not self.is_cancelled

    @property
    def is_cancelled(self) -> bool:
        """Whether it and another commit of the range undo one another."""
        return self.reverted_by is not None or (self.reverts is not None and not self.does_more)


class Totals(_Frozen):
    """Figures of the whole range. `changes` are told each for itself; `authors` are people, co-authors too."""

    commits: int
    merges: int
    commits_without_merges: int
    changes: int
    authors: int
    first_time: int
    bots: int
    pull_requests: int
    breaking: int
    cancelled: int
    file_changes: int
    files: int | None = None
    """Different files; None where some commit touched more than are listed."""
    folders: int
    days: int


class GroupCount(_Frozen):
    """How many changes of a kind there are, how many of them the notes list, and how many more there are.

    `breaking` are told apart, and not among the others.
    """

    kind: Kind
    title: str
    changes: int
    breaking: int = 0
    listed: int
    more: int


class Someone(_Frozen):
    """A person or a bot. `is_first`: they had no commit before the range.

    `first`, `pr`: the short hash and the pull request of a new one's first commit that stands; none where none does.
    """

    name: str
    commits: int
    is_first: bool = False
    first: str | None = None
    pr: int | None = None
    is_bot: bool = False


class FolderCount(_Frozen):
    """A folder, and how many commits and file changes touched it."""

    name: str
    commits: int
    files: int


class Bin(_Frozen):
    """A stretch of time, from its first day on, and its commits by kind."""

    start: str
    label: str
    commits: int
    kinds: Mapping[Kind, int]


class Scale(_Frozen):
    """How the chart counts: what one bin is, and the marks of its axis."""

    unit: str
    ticks: tuple[int, ...]


class Record(_Frozen):
    """All of it. Dates are ISO days in the zone of the commit that they are of; `from` is not among the commits."""

    version: int = Field(default=1, ge=1, le=1)
    repository: str
    range: str
    from_: str | None = Field(default=None, alias="from")
    to: str
    from_name: str | None = None
    to_name: str | None = None
    release: str
    released: str
    since: str | None = None
    until: str
    totals: Totals
    scale: Scale
    groups: tuple[GroupCount, ...]
    people: tuple[Someone, ...]
    folders: tuple[FolderCount, ...]
    bins: tuple[Bin, ...]
    commits: tuple[Change, ...]

    def group(self, kind: Kind) -> GroupCount | None:
        """Return the count of a kind, or None where it has no change."""
        return next((group for group in self.groups if group.kind is kind), None)


def is_told(change: Change) -> bool:
    """Say whether notes tell this commit for itself."""
    return change.part_of is None and change.kind is not Kind.MERGE and not change.is_cancelled


def breaking_of(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the breaking changes, each told once: of a part of one that is breaking itself, what that does not say."""
    return tuple(first for first, *_ in breaks_of(changes))


def breaks_of(changes: Iterable[Change]) -> tuple[tuple[Change, ...], ...]:
    """Return the breaking changes, each followed by those parts of it that say no more than it does."""
    found = {change.hash: change for change in changes if change.is_breaking}
    groups: dict[str, list[Change]] = {}
    for change in found.values():
        groups.setdefault(_teller(change, found).hash, []).append(change)
    order = (each for each in found if each in groups)
    return tuple((found[each], *(part for part in groups[each] if part.hash != each)) for each in order)


def _teller(change: Change, found: Mapping[str, Change]) -> Change:
    """The change with which one is told: what it is a part of, or a double of that, where it says all of its notes."""
    teller = change
    for _ in range(MOST_WITHIN):
        whole = found.get(teller.part_of or "")
        if whole is None or not _says(whole, change.breaking or ""):
            break
        teller = whole
    return teller


def _says(whole: Change, notes: str) -> bool:
    """Whether each of some notes stands, word for word, in what a change is told by."""
    said = f" {_words(f'{whole.told} {whole.breaking}')} "
    return all(f" {_words(note)} " in said for note in notes.split("; "))


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def write_record(record: Record) -> bytes:
    """Return the file. Raises CannotWork where it would be larger than a gate reads."""
    plain = record.model_dump(mode="json", by_alias=True)
    lists = {name: plain.pop(name) for name in _LISTS}
    lines = [emit_yaml(plain).decode().rstrip("\n")]
    for name, items in lists.items():
        lines.append(f"{name}:" if items else f"{name}: []")
        lines += [f"  - {json.dumps(_short(item), ensure_ascii=False)}" for item in items]
    content = ("\n".join(lines) + "\n").encode()
    if len(content) > MOST_BYTES:
        size = f"{len(content) / 1e6:.1f} MB for {len(record.commits):,} commits"
        raise CannotWork(f"{PATH} would have {size}, and a gate reads at most 5 MB: choose a shorter range")
    return content


def _short(item: Mapping[str, object]) -> dict[str, object]:
    """A line without the keys that say nothing but for those which every reader looks for."""
    return {
        key: value
        for key, value in item.items()
        if key in _ALWAYS or not (value is None or value is False or value == [])
    }


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The file's value, and the 1-based lines on which the items of its lists stand."""

    value: object
    lines: Mapping[tuple[str, int], int] = field(default_factory=dict)


def read_record(text: str) -> Record:
    """Return the record. Raises CannotWork, with the place, where it cannot be read."""
    try:
        loaded = _by_lines(text) or _Loaded(yaml.load(text, PATH))
        return Record.model_validate(loaded.value)
    except DocumentError as fault:
        raise CannotWork(str(fault).split("\n", 1)[0]) from fault
    except ValidationError as fault:
        raise CannotWork(_said(fault, loaded)) from fault


def _by_lines(text: str) -> _Loaded | None:
    """Read the lines of the lists as JSON and the rest as YAML; None where a list has a line that is no JSON."""
    items: dict[str, list[object]] = {}
    places: dict[tuple[str, int], int] = {}
    head: list[str] = []
    at: list[object] | None = None
    name = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("  - ") and at is not None:
            try:
                at.append(json.loads(line[4:]))
            except (ValueError, RecursionError):
                return None
            places[name, len(at) - 1] = number
            line = ""
        elif line.removesuffix(":") in _LISTS and line.endswith(":"):
            name = line[:-1]
            at = items.setdefault(name, [])
            line = ""
        elif line.strip():
            at = None
        head.append(line)
    said = yaml.load("\n".join(head), PATH)
    return _Loaded({**said, **items}, places) if isinstance(said, dict) else None


def _said(fault: ValidationError, loaded: _Loaded) -> str:
    first = fault.errors(include_url=False, include_input=False)[0]
    where = first["loc"]
    line = loaded.lines.get((str(where[0]), int(where[1]))) if len(where) > 1 and isinstance(where[1], int) else None
    keys = ".".join(str(part) for part in (where[2:] if line else where))
    return f"{PATH}{f':{line}' if line else ''}: {keys}: {first['msg'][:200]}"
