"""The proofreader: what is wrong with notes, CHANGELOG and chart, judged by commits.yaml alone. It mends nothing.

What it reads is data: nothing that stands in a file can make it say less.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.agents.builtin.drawn import by_line, legibility, not_drawn
from orchestrator.agents.builtin.findings import finding, written
from orchestrator.agents.builtin.reading import only_one, text_of
from orchestrator.agents.builtin.release_notes import draft
from orchestrator.agents.builtin.release_notes.brief import Brief, brief_of
from orchestrator.agents.builtin.release_notes.chart import inked
from orchestrator.agents.builtin.release_notes.design import CHART
from orchestrator.agents.builtin.release_notes.entries import entry
from orchestrator.agents.builtin.release_notes.kinds import GROUPS
from orchestrator.agents.builtin.release_notes.marked import in_cell
from orchestrator.agents.builtin.release_notes.pages import Line, lines_of
from orchestrator.agents.builtin.release_notes.record import PATH, Change, GroupCount, Record, breaks_of, read_record
from orchestrator.agents.builtin.release_notes.wording import bettered, fault
from orchestrator.agents.interface import Request
from orchestrator.content import drawing as drawings
from orchestrator.content import svg as shapes
from orchestrator.content.drawing import DrawingError, Text
from orchestrator.content.grounding import Claim, Grounds, gather, ungrounded
from orchestrator.content.markdown import key_lines, split_front_matter
from orchestrator.content.words import occurrences
from orchestrator.errors import DocumentError
from orchestrator.model.finding import ReviewFinding, Severity

TAKE_OUT = "take the line out"
PUT_IN = "put in “"
DRAW_ANEW = "draw it anew from commits.yaml"
"""What suggestions begin with, by which they are mended."""

_PULL = re.compile(r"[#!](\d{1,9})\b")
_PAIR = re.compile(r"`([0-9a-f]{7,64})`, #(\d{1,9})\b")
_COUNTED = re.compile(r"(?<![\w.,])([\d,]{1,12}) ([a-z-]{2,20}(?: [a-z-]{2,20}){0,5})")
_MORE = re.compile(r"- (?:… and )?([\d,]{1,12}) (?:more )?(\S.{0,80}?)(?:, by .{0,300})?")
_NAMES_END = re.compile(r", with | \(")
_BETWEEN = re.compile(r"(?:[\s,.;()]|\band\b|\bothers\b|\bwith\b|#\d{1,9}|`[0-9a-f]{7,64}`)*")


@dataclass(frozen=True, slots=True)
class _Known:
    """The record, made ready to be asked."""

    record: Record
    brief: Brief
    text: str
    grounds: Grounds
    hashes: tuple[str, ...]
    by_hash: Mapping[str, Change]
    pulls: frozenset[int]
    """Numbers of pull requests and issues that some commit names."""

    def change(self, named: str) -> Change | None:
        """The one change whose hash begins so."""
        place = bisect_left(self.hashes, named)
        found = [each for each in self.hashes[place : place + 2] if each.startswith(named)]
        return self.by_hash[found[0]] if len(found) == 1 else None


def review(request: Request) -> Mapping[str, bytes]:
    """Return the findings as one YAML file, the worst first. Raises CannotWork where a file to review is missing."""
    text = text_of(request, PATH)
    record, brief = read_record(text), brief_of(request)
    told = {PATH: text, "brief.md": request.files.get("brief.md", b"").decode("utf-8", "replace")}
    by_hash = {change.hash: change for change in record.commits}
    known = _Known(record, brief, text, gather(told), tuple(sorted(by_hash)), by_hash, frozenset(_pulls(record)))
    notes, changelog = text_of(request, draft.NOTES), text_of(request, draft.CHANGELOG)
    found = [
        *_of_head(notes, known),
        *_of_page(notes, draft.NOTES, known),
        *_of_page(changelog, draft.CHANGELOG, known),
        *_of_notes(notes, known),
        *_of_changelog(changelog, known),
        *_of_chart(request.files.get(CHART), known),
    ]
    return {only_one(request, ".yaml"): written(found)}


def _pulls(record: Record) -> Iterator[int]:
    for change in record.commits:
        yield from (change.closes if change.pr is None else (change.pr, *change.closes))
        yield from (int(number) for number in _PULL.findall(f"{change.subject} {change.told} {change.breaking or ''}"))


# --- both pages ------------------------------------------------------------------------------------------------------


def _of_page(text: str, file: str, known: _Known) -> Iterator[ReviewFinding]:
    lines = tuple(lines_of(text))
    yield from (_not_grounded(claim, file) for claim in ungrounded(text, known.grounds))
    for line in lines:
        yield from _references(line, file, known)
        yield from _cancelled(line, file, known)
        yield from _people(line, file, known)
        yield from _style(line, file)
    for word in known.brief.avoid:
        for number in sorted(set(occurrences(word, text))):
            message = f"“{word}” is among the words that the brief says to avoid"
            yield finding(Severity.MAJOR, file, number, message, "leave the word out")


def _not_grounded(claim: Claim, file: str) -> ReviewFinding:
    near = f"; the nearest is {claim.nearest}" if claim.nearest else ""
    message = f"the {claim.kind.value} “{claim.text}” does not stand in commits.yaml{near}"
    return finding(Severity.CRITICAL, file, claim.line, message, TAKE_OUT)


def _references(line: Line, file: str, known: _Known) -> Iterator[ReviewFinding]:
    """Hashes and pull requests must be the range's, and belong together where they stand together."""
    for named in line.hashes:
        if known.change(named) is None and named not in known.text:
            message = f"“{named}” is no commit of the range"
            yield finding(Severity.CRITICAL, file, line.number, message, TAKE_OUT)
    for number in line.pulls:
        if number not in known.pulls:
            message = f"“#{number}” is named by no commit of the range"
            yield finding(Severity.CRITICAL, file, line.number, message, TAKE_OUT)
    for named, pull in _PAIR.findall(line.text):
        change = known.change(named)
        if change is not None and change.pr != int(pull):
            right = f"`{named}`" + (f", #{change.pr}" if change.pr is not None else "")
            message = f"“`{named}`, #{pull}” is not so: the commit is of another pull request, or of none"
            yield finding(Severity.CRITICAL, file, line.number, message, f"write “{right}”")


def _cancelled(line: Line, file: str, known: _Known) -> Iterator[ReviewFinding]:
    if line.section == draft.CANCELLED:
        return
    for named in line.hashes:
        change = known.change(named)
        if change is not None and change.is_cancelled:
            message = f"“{named}” is not in the release: it and another commit of the range undo one another"
            yield finding(Severity.CRITICAL, file, line.number, message, TAKE_OUT)


def _people(line: Line, file: str, known: _Known) -> Iterator[ReviewFinding]:
    told = line.entry
    if told is not None and told.people is not None:
        changes = [change for named in line.hashes if (change := known.change(named))]
        names = {name for change in changes for name in (change.author, *change.co_authors, *change.by)}
        if changes and (rest := _unknown(told.people, names)):
            message = f"“{rest}” is no author of this change"
            yield finding(Severity.CRITICAL, file, line.number, message, _credit(told.people, changes[0]))
    elif line.section in ("New contributors", "Thanks") and not line.text.startswith("#"):
        new = line.section == "New contributors"
        names = {one.name for one in known.record.people if one.is_first or not new}
        if rest := _unknown(line.text.removeprefix("Thanks to ").removeprefix("- "), names):
            message = f"“{rest}” {'contributed before' if new else 'wrote nothing of this'}, or is not in commits.yaml"
            yield finding(Severity.CRITICAL, file, line.number, message, "leave the name out")


def _unknown(text: str, names: Iterable[str]) -> str:
    """What is left of a list of names when those known are taken out."""
    for name in sorted(names, key=lambda name: (-len(name), name)):
        text = text.replace(in_cell(name), "\n")
    rest = next((part for part in text.split("\n") if not _BETWEEN.fullmatch(part)), "")
    return _NAMES_END.split(rest.strip(" ,.;").removeprefix("and "))[0][:120]


def _credit(people: str, change: Change) -> str:
    right = entry(change).rpartition(" by ")[2] if change.by else ""
    return f"write “ by {right}” for “ by {people[:200]}”" if right else "leave the name out"


def _style(line: Line, file: str) -> Iterator[ReviewFinding]:
    """Of breaking changes all is told, however long."""
    told = line.entry
    if told is None or line.section == draft.BREAKING or line.text.startswith("- **Breaking:**"):
        return
    if why := fault(told.words):
        message = f"“{told.words}” {why}"
        yield finding(Severity.MINOR, file, line.number, message, f"write “{bettered(told.words)}”")


# --- the notes -------------------------------------------------------------------------------------------------------


def _of_head(text: str, known: _Known) -> Iterator[ReviewFinding]:
    try:
        data = split_front_matter(text, draft.NOTES).data or {}
    except DocumentError as fault:
        yield finding(Severity.CRITICAL, draft.NOTES, 1, str(fault).split("\n", 1)[0], "mend the front matter")
        return
    places = key_lines(text)
    for key, value in draft.expected_head(known.record, known.brief).items():
        if str(data.get(key, "")) != value:
            message = f"the front matter's {key} is “{str(data.get(key, ''))[:120]}”; by commits.yaml it is “{value}”"
            severity = Severity.MAJOR if key == "title" else Severity.CRITICAL
            yield finding(severity, draft.NOTES, places.get(key, 1), message, f"set {key} to “{value}”")


def _of_notes(text: str, known: _Known) -> Iterator[ReviewFinding]:
    lines = tuple(lines_of(text))
    told = {change.hash for line in lines if line.section == draft.BREAKING for change in _changes(line, known)}
    for changes in breaks_of(known.record.commits):
        if changes[0].hash not in told:
            yield _missing(changes[0], draft.NOTES, entry(*changes, is_break=True))
    yield from _wrong_sums(_summing(text, lines), known)
    yield from _wrong_rests(lines, known)


def _changes(line: Line, known: _Known) -> Iterator[Change]:
    return (change for named in line.hashes if (change := known.change(named)))


def _missing(change: Change, file: str, line: str) -> ReviewFinding:
    message = f"the breaking change `{change.short}` is not told as one: “{change.told}”"
    return finding(Severity.CRITICAL, file, None, message, f"{PUT_IN}{line}”")


def _summing(text: str, lines: Iterable[Line]) -> Iterator[tuple[int, str]]:
    """The lines that speak of the whole: the description, and what stands above the first heading."""
    if place := key_lines(text).get("description"):
        yield place, text.split("\n")[place - 1]
    yield from ((line.number, line.text) for line in lines if not line.section)


def _wrong_sums(lines: Iterable[tuple[int, str]], known: _Known) -> Iterator[ReviewFinding]:
    """Figures by the word behind them."""
    sums = _sums(known.record)
    nouns = sorted(sums, key=len, reverse=True)
    for number, line in lines:
        for found in _COUNTED.finditer(line):
            noun = next((noun for noun in nouns if f"{found[2]} ".startswith(f"{noun} ")), None)
            if noun is not None and int(found[1].replace(",", "") or 0) != sums[noun]:
                message = f"“{found[1]} {noun}” is not so; commits.yaml counts {sums[noun]:,}"
                yield finding(Severity.CRITICAL, draft.NOTES, number, message, f"write “{sums[noun]:,} {noun}”")


def _sums(record: Record) -> dict[str, int]:
    totals = record.totals
    sums = {
        "commit": totals.commits,
        "person": totals.authors,
        "people": totals.authors,
        "change breaks": totals.breaking,
        "changes break": totals.breaking,
        "of them for the first time": totals.first_time,
        "of them breaking": totals.breaking,
        "breaking change": totals.breaking,
        "breaking changes": totals.breaking,
        "change": totals.changes,
    }
    for group in record.groups:
        sums |= {GROUPS[group.kind].one: group.changes, GROUPS[group.kind].many: group.changes}
    return sums | {"commits": totals.commits, "changes": totals.changes}


def _wrong_rests(lines: Iterable[Line], known: _Known) -> Iterator[ReviewFinding]:
    """`… and 12 more fixes`: as many as the list does not name."""
    groups = {group.title: group for group in known.record.groups}
    listed: dict[str, int] = dict.fromkeys(groups, 0)
    for line in lines:
        group = groups.get(line.section)
        if group is None:
            continue
        listed[group.title] += sum(change.kind is group.kind for change in _changes(line, known))
        found = _MORE.fullmatch(line.text)
        if found and found[2] in (GROUPS[group.kind].one, GROUPS[group.kind].many):
            yield from _wrong_rest(line, found[1], group, group.listed + group.more - listed[group.title])


def _wrong_rest(line: Line, said: str, group: GroupCount, right: int) -> Iterator[ReviewFinding]:
    if int(said.replace(",", "") or 0) != right:
        message = f"“{said} more” is not so: {right:,} of the {group.title.casefold()} are not listed"
        yield finding(Severity.MAJOR, draft.NOTES, line.number, message, f"write “{right:,} more”")


# --- the CHANGELOG ---------------------------------------------------------------------------------------------------


def _of_changelog(text: str, known: _Known) -> Iterator[ReviewFinding]:
    lines = tuple(lines_of(text))
    heading = draft.changelog_heading(known.record)
    if not any(line.text.rstrip() == heading for line in lines):
        first = next((line for line in lines if line.text.startswith("## ")), None)
        message = f"the section's heading is “{first.text[:120] if first else ''}”; by commits.yaml it is “{heading}”"
        yield finding(Severity.CRITICAL, draft.CHANGELOG, first.number if first else 1, message, f"write “{heading}”")
    told = {
        change.hash for line in lines if "breaking" in line.text[:40].casefold() for change in _changes(line, known)
    }
    for changes in breaks_of(known.record.commits):
        if changes[0].hash not in told:
            line = "- **Breaking:** " + entry(*changes, people=False, is_break=True)[2:]
            yield _missing(changes[0], draft.CHANGELOG, line)


# --- the chart -------------------------------------------------------------------------------------------------------


def _of_chart(svg: bytes | None, known: _Known) -> Iterator[ReviewFinding]:
    if svg is None:
        return
    try:
        texts = drawings.texts(svg)
        bars = _bars(svg)
    except DrawingError as fault:
        yield not_drawn(fault, CHART)
        return
    yield from _shown(texts, known)
    claims = ungrounded(by_line(texts), known.grounds)
    for claim in claims:
        message = f"the {claim.kind.value} “{claim.text}” in the chart does not stand in commits.yaml"
        yield finding(Severity.CRITICAL, CHART, claim.line, message, DRAW_ANEW)
    drawn = sum(known_bin.commits for known_bin in known.record.bins)
    if bars != drawn:
        message = f"the bars show {bars:,} commits; commits.yaml counts {drawn:,}"
        yield finding(Severity.CRITICAL, CHART, None, message, DRAW_ANEW)
    yield from legibility(svg, texts, CHART)


def _bars(svg: bytes) -> int:
    counts = (each.attributes.get("data-commits", "") for each in shapes.parse(svg).walk())
    return sum(int(count) for count in counts if count.isdecimal() and len(count) < 10)


def _shown(texts: Iterable[Text], known: _Known) -> Iterator[ReviewFinding]:
    title = "".join(inked(draft.title_of(known.record, known.brief)).split())
    shown = "".join("".join(each.text.split()) for each in texts if each.role == "title").removesuffix("…")
    if not shown or not title.startswith(shown):
        message = f"the chart does not bear the release's title, “{draft.title_of(known.record, known.brief)}”"
        yield finding(Severity.MAJOR, CHART, None, message, DRAW_ANEW)
