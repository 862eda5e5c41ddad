"""The copy editor: mends what the findings name, line by line, and touches nothing else. It makes up no word.

What a finding quotes goes, what its suggestion quotes comes; a breaking change that is not told is put in; a chart that
is wrong is drawn anew from the record. What it does not know how to mend it leaves for a person.
"""

import json
import re
from collections.abc import Mapping, Sequence

from orchestrator.agents.builtin.drawn import picture_of
from orchestrator.agents.builtin.findings import to_mend
from orchestrator.agents.builtin.reading import as_files, only_one, text_of
from orchestrator.agents.builtin.release_notes import draft
from orchestrator.agents.builtin.release_notes.brief import brief_of
from orchestrator.agents.builtin.release_notes.chart import chart
from orchestrator.agents.builtin.release_notes.design import CHART
from orchestrator.agents.builtin.release_notes.record import PATH, read_record
from orchestrator.agents.builtin.release_notes.review import PUT_IN, TAKE_OUT
from orchestrator.agents.interface import Request
from orchestrator.content.changes import share_changed
from orchestrator.content.markdown import front_matter_lines
from orchestrator.model.finding import ReviewFinding, Severity

MOST_CHANGED = 40.0
"""Per cent of a page: the template's gate allows no more."""

_QUOTED = re.compile(r"“(.{1,3000}?)”(?=$|[\s,;:.)])")
_SET = re.compile(r"set ([a-z_]{1,40}) to “(.{1,500})”")
_INSTEAD = re.compile(r"write “(.{1,3000})” for “(.{1,3000})”")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def polish(request: Request) -> Mapping[str, bytes]:
    """Return notes, CHANGELOG, chart and its picture, mended. Raises CannotWork where one cannot be read."""
    findings = to_mend(request, other=(PATH,))
    pages = {
        draft.NOTES: (f"## {draft.BREAKING}", text_of(request, draft.NOTES)),
        draft.CHANGELOG: ("### Changed", text_of(request, draft.CHANGELOG)),
    }
    mended = {
        file: _mended_page(text, [each for each in findings if each.file == file], heading)
        for file, (heading, text) in pages.items()
    }
    drawing = _chart(request, [each for each in findings if each.file == CHART])
    made = as_files({**mended, only_one(request, ".svg"): drawing})
    return {**made, only_one(request, ".png"): picture_of(drawing.encode(), CHART)}


def _mended_page(text: str, findings: Sequence[ReviewFinding], heading: str) -> str:
    """A page mended; in one so short that better words would make it another, what is wrong alone."""
    mended = mend_page(text, findings, heading)
    if share_changed(text, mended) <= MOST_CHANGED:
        return mended
    grave = [each for each in findings if each.severity in (Severity.CRITICAL, Severity.MAJOR)]
    return mend_page(text, grave, heading)


def _chart(request: Request, findings: Sequence[ReviewFinding]) -> str:
    if not findings:
        return text_of(request, CHART)
    record, brief = read_record(text_of(request, PATH)), brief_of(request)
    return chart(record, draft.title_of(record, brief), brief.accent)


def mend_page(text: str, findings: Sequence[ReviewFinding], heading: str) -> str:
    """Return a page with what the findings name mended; what is lacking is put in under `heading`."""
    lines = text.split("\n")
    head = front_matter_lines(text)
    gone: set[int] = set()
    for each in findings:
        if each.line is None or each.line > len(lines):
            continue
        place = each.line - 1
        mended = _mended_key(lines[place], each) if place < head else _mended(lines[place], each)
        gone |= {place} if lines[place].strip() and not mended.strip() else set()
        lines[place] = mended
    kept = [line for place, line in enumerate(lines) if place not in gone]
    lacking = [put for each in findings if each.line is None and (put := _to_put_in(each))]
    return "\n".join(_with(kept, list(dict.fromkeys(lacking)), heading))


# --- lines -----------------------------------------------------------------------------------------------------------


def _mended_key(line: str, found: ReviewFinding) -> str:
    wanted = _SET.fullmatch(found.suggestion or "")
    return f"{wanted[1]}: {json.dumps(wanted[2], ensure_ascii=False)}" if wanted else _mended(line, found)


def _mended(line: str, found: ReviewFinding) -> str:
    suggestion = found.suggestion or ""
    named = next(iter(_QUOTED.findall(found.message)), "")
    if instead := _INSTEAD.fullmatch(suggestion):
        return line.replace(instead[2], instead[1], 1)
    if suggestion.startswith("write “") and named:
        return line.replace(named, suggestion.removeprefix("write “").removesuffix("”"), 1)
    if suggestion.startswith(TAKE_OUT):
        return _without(line, named)
    if suggestion.startswith("leave the") and named:
        return _without_words(line, named)
    return line


def _without(line: str, named: str) -> str:
    """An item of a list goes whole; of a paragraph the sentence that holds what is named."""
    if line.lstrip().startswith(("- ", "* ", "+ ")) or not named:
        return ""
    return " ".join(sentence for sentence in _SENTENCE.split(line) if named not in sentence)


def _without_words(line: str, named: str) -> str:
    """Take out a word or a name, with what joins it to the next; an item that is nothing else goes whole."""
    pattern = re.compile(rf"(?<!\w){re.escape(named)}(?!\w)(?: \([^()]{{1,60}}\))?(?:, (?=\S)| )?", re.IGNORECASE)
    left = pattern.sub("", line, count=50).rstrip()
    return "" if re.fullmatch(r"[-*+]?[\s,.]*(?:with .{0,60})?", left) else left


# --- what is lacking -------------------------------------------------------------------------------------------------


def _to_put_in(found: ReviewFinding) -> str:
    suggestion = found.suggestion or ""
    return suggestion[len(PUT_IN) : -1] if suggestion.startswith(PUT_IN) and suggestion.endswith("”") else ""


def _with(lines: list[str], lacking: Sequence[str], heading: str) -> list[str]:
    """The lines with some more under a heading, which is made where there is none: as the first of its level."""
    if not lacking:
        return lines
    at = next((place for place, line in enumerate(lines) if line.rstrip() == heading), None)
    if at is not None:
        first = at + 2 if lines[at + 1 : at + 2] == [""] else at + 1
        return [*lines[:first], *lacking, *lines[first:]]
    level = heading.split(" ", 1)[0] + " "
    start = front_matter_lines("\n".join(lines))
    before = next((place for place, line in enumerate(lines) if place >= start and line.startswith(level)), len(lines))
    return [*lines[:before], heading, "", *lacking, "", *lines[before:]]
