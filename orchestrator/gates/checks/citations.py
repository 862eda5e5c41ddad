"""The check `citations`: what a text cites is there, and it cites what it should. `grounded` judges what it states."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from orchestrator.content import citing
from orchestrator.content.citing import Miss, Note, Shelf
from orchestrator.content.decoding import decode
from orchestrator.content.figures import Citation, figures
from orchestrator.content.mistakes import MOST_OF_A_RULE, Mistake, capped
from orchestrator.content.quotations import Paragraph, paragraphs, quotations
from orchestrator.gates.checks.grounded import IN, Sources, missing, source_paths
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import FilePath, file_field, read_texts, source
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown
from orchestrator.model.nearness import nearest

_FILE, _LINE, _BLANK = "missing-file", "missing-line", "blank-line"
_FEW, _UNCITED = "too-few", "uncited"
_UNDEFINED, _UNUSED, _TWICE = "undefined-note", "unused-note", "note-twice"

_HEADING = re.compile(r"[ \t]{0,3}#{1,6}(?:[ \t]|$)")
_DEFINITION = re.compile(r"[ \t]{0,3}\[\^[^\[\]\s]{1,50}\]:")


class Every(StrEnum):
    """What is to have a citation of its own."""

    PARAGRAPH = "paragraph"


class Citations(RuleSettings):
    """Settings of `citations`."""

    RULES: ClassVar[Mapping[str, Rule]] = {
        _FILE: Rule("a citation names a source that is there", Level.CRITICAL),
        _LINE: Rule("a citation points at lines that the source has", Level.CRITICAL),
        _BLANK: Rule("a citation points at lines on which something stands", Level.CRITICAL),
        _FEW: Rule("the text has as many citations as `min` asks for"),
        _UNCITED: Rule("with `every`, each with a figure or a quotation has a citation"),
        _UNDEFINED: Rule("a footnote that is referred to is defined"),
        _UNUSED: Rule("a footnote that is defined is referred to", Level.MINOR),
        _TWICE: Rule("a footnote is defined once"),
    }
    bare: ClassVar[str | None] = "in"
    example: ClassVar[str] = "citations: {in: [sources/, brief.md], every: paragraph}"

    sources: Sources = Field(alias="in", min_length=1, description=IN.replace("passed over", "cited as a whole"))
    min: int = Field(
        default=0, ge=0, description="the fewest citations of the text: `[notes.md:12]`, `[notes.md]`, `[^1]`"
    )
    every: Every | None = Field(
        default=None,
        description="`paragraph`: each paragraph, item and table with a figure or a quotation must have one",
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: Citations) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    yield from missing(material, settings.sources)
    shelf = _shelf(material, settings)
    for text in texts:
        for mistake in capped(_mistakes(text.text, shelf, settings)):
            finding = settings.finding(mistake.rule, mistake.message, text.path, mistake.line, mistake.suggestion)
            if finding:
                yield finding


def _shelf(material: Material, settings: Citations) -> Shelf:
    paths = source_paths(material, settings.sources, settings.file)
    texts = {path: decode(source(material, path)) for path in paths}
    return Shelf({path: decoded.text.split("\n") if decoded else () for path, decoded in texts.items()})


def _mistakes(text: str, shelf: Shelf, settings: Citations) -> Iterator[Mistake]:
    cited, notes = citing.citations(text), citing.notes(text)
    yield from _missed(cited, shelf)
    lines = [*citing.cited_lines(text), *(note.line for note in notes.references)]
    if len(lines) < settings.min:
        message = f"the text has {len(lines)} {'citation' if len(lines) == 1 else 'citations'}; "
        yield Mistake(_FEW, None, f"{message}at least {settings.min} are wanted", "cite sources, as [file:line]")
    if settings.every:
        yield from _uncited(text, sorted(lines))
    yield from _notes_amiss(notes.references, notes.definitions)


# --- what is cited ---------------------------------------------------------------------------------------------------


def _missed(cited: Sequence[Citation], shelf: Shelf) -> Iterator[Mistake]:
    gone = 0
    for citation in cited:
        miss, named = shelf.miss(citation), f"the citation {shown(citation.text)}"
        if miss is Miss.FILE:
            gone += 1
            yield Mistake(_FILE, citation.line, f"{named} names no source", _other_file(citation, shelf, gone))
        elif miss is Miss.LINE:
            yield Mistake(_LINE, citation.line, f"{named} points at no line of it", _other_line(citation, shelf))
        elif miss is Miss.BLANK:
            yield Mistake(_BLANK, citation.line, f"{named} points at a blank line", "cite the line that says it")


def _other_file(cited: Citation, shelf: Shelf, place: int) -> str:
    """Look for the nearest name of as many as are told: a look goes through all sources."""
    known = shelf.lines if "/" in cited.file else [path.rpartition("/")[2] for path in shelf.lines]
    near = nearest(cited.file, known) if place <= MOST_OF_A_RULE else None
    return f"{shown(near)} is one: cite that, or leave it out" if near else "cite a source, or leave it out"


def _other_line(cited: Citation, shelf: Shelf) -> str:
    count = shelf.longest(cited.file)
    return f"it has {count} {'line' if count == 1 else 'lines'}: cite as [file:line], the first line being 1"


# --- what should have a citation -------------------------------------------------------------------------------------


def _uncited(text: str, cited: Sequence[int]) -> Iterator[Mistake]:
    numbers = sorted({figure.line for figure in figures(text)})
    quoted = sorted({quotation.line for quotation in quotations(text)})
    for paragraph in paragraphs(text):
        if _is_exempt(paragraph) or _within(paragraph, cited):
            continue
        figure, quotation = _within(paragraph, numbers), _within(paragraph, quoted)
        if figure or quotation:
            what = "a figure" if figure else "a quotation"
            yield Mistake(
                _UNCITED,
                figure or quotation,
                f"{what} stands here, and no citation with it",
                "cite its source there, as [file:line]",
            )


def _is_exempt(paragraph: Paragraph) -> bool:
    """A heading claims nothing, and a footnote is a citation itself."""
    is_heading = "\n" not in paragraph.text and _HEADING.match(paragraph.text)
    return bool(is_heading or _DEFINITION.match(paragraph.text))


def _within(paragraph: Paragraph, lines: Sequence[int]) -> int | None:
    """Return the first of the sorted lines that lies in the paragraph."""
    place = bisect_left(lines, paragraph.line)
    last = paragraph.line + paragraph.text.count("\n")
    return lines[place] if place < len(lines) and lines[place] <= last else None


# --- footnotes -------------------------------------------------------------------------------------------------------


def _notes_amiss(references: Sequence[Note], definitions: Sequence[Note]) -> Iterator[Mistake]:
    defined, referred = Counter(note.label for note in definitions), {note.label for note in references}
    for note in references:
        if note.label not in defined:
            yield Mistake(
                _UNDEFINED,
                note.line,
                f"the footnote {_named(note)} is not defined",
                "define it on a line of its own, or take it out",
            )
    first: set[str] = set()
    for note in definitions:
        if note.label in first:
            yield Mistake(_TWICE, note.line, f"the footnote {_named(note)} is defined again", "give it another label")
        elif note.label not in referred:
            yield Mistake(
                _UNUSED, note.line, f"nothing refers to the footnote {_named(note)}", "refer to it, or take it out"
            )
        first.add(note.label)


def _named(note: Note) -> str:
    return shown(f"[^{note.label}]")


CHECK = Check("citations", "What a text cites is there, and it cites what it should.", Citations, _run)
