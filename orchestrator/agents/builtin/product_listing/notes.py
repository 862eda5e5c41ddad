"""Notes as people write them: paragraphs, lists, a fact a line, tables in Markdown; and what each line speaks of.

A line has one subject, so that it is listed once. It is sorted by the heading that it stands under before its words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from orchestrator.agents.builtin.product_listing.brief import unmarked
from orchestrator.agents.builtin.product_listing.lines import cells_of, goes_on, is_rule
from orchestrator.agents.builtin.product_listing.money import amounts
from orchestrator.agents.builtin.product_listing.phrases import handed_on
from orchestrator.agents.builtin.product_listing.tables import Row, Table
from orchestrator.agents.builtin.reading import Source

AUDIENCE, QUESTIONS, COMPETITORS, OPPORTUNITY, REST = "Audience", "Questions", "Competitors", "Opportunity", "Notes"

NO_NOTES = frozenset({"csv", "tsv", "xml", "rss", "atom", "json", "yaml", "yml", "svg", "html", "htm"})
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*")
_MARKED = re.compile(r"[ \t]*(?:[-*+•–]|\d{1,3}[.)])[ \t]+")
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,})\s*")
_MOST_WORDS_OF_A_HEADING = 6
_LONGEST_TITLE = 80

_HEADINGS = (
    (COMPETITORS, r"compet|rivals?|alternatives?|other (?:makers|shops|sellers|brands)|the market|konkurren|wettbewerb"
     r"|mitbewerb|concurren"),
    (AUDIENCE, r"audience|customers?\b|buyers?|\bwho\b|whom|readers|visitors|zielgruppe|kund|käufer|client|acheteur"
     r"|public"),
    (QUESTIONS, r"questions?|\bfaq\b|\bask(?:s|ed)?\b|fragen|demandent"),
    (OPPORTUNITY, r"opportunit|\bgaps?\b|wish|missing|chancen|lücke|wünsche|manque|opportunité"),
)  # fmt: skip
_WORDS = (
    (COMPETITORS, r"compet|\brivals?\b|alternatives\b|other (?:makers|shops|sellers|brands)|the market|konkurren"
     r"|mitbewerb|concurren"),
    (QUESTIONS, r"\bask(?:s|ed|ing)? (?:if|whether|about|how|what|when|where|who|why|which)\b|\?$|"
     r"\bfrag(?:t|en|te|ten),? |demand(?:e|ent|aient) si\b"),
    (OPPORTUNITY, r"\b(?:wish(?:es|ed)?|would (?:pay|buy|like|love)|ask(?:s|ed)? for|looking for|cannot find|can't find"
     r"|nobody (?:offers|sells|makes)|no one (?:offers|sells|makes)|none of them|missing|gap|hard to find"
     r"|too (?:small|large|big|heavy|thin|expensive)|wünsch\w+|fehlt|manque)\b"),
    (AUDIENCE, r"\b(?:gifts?|presents?|wedding|birthday|for (?:people|anyone|those|families|children|students|cooks"
     r"|readers)|buyers?|(?:most|many) (?:are|were|of them)|customers? (?:who|are|ask|want|buy)"
     r"|bought (?:it|one|two) for|regulars|geschenk|käufer\w*|kund\w+|acheteu\w+|client\w*|cadeau)\b"),
)  # fmt: skip
_BY_HEADING = tuple((subject, re.compile(pattern, re.IGNORECASE)) for subject, pattern in _HEADINGS)
_BY_WORDS = tuple((subject, re.compile(pattern, re.IGNORECASE)) for subject, pattern in _WORDS)
_OURS = re.compile(r"\b(?:we|our|ours|us|i|my|wir|unser\w*|ich|nous|notre|nos)\b", re.IGNORECASE)
_SELLS = re.compile(
    r"\b(?:costs?|sells?|sold|charges?|asks?|offers?|priced|next (?:stand|stall|door)|elsewhere|online|auction"
    r"|kostet|verkauft|verlangt|coûte|vend|vendu)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Note:
    """A line of a note: its text, where it stands, and the heading that it stands under."""

    text: str
    source: Source
    line: int
    section: str

    @property
    def cited(self) -> str:
        """The line as a list item with its place."""
        return f"- {handed_on(self.text)} {self.source.at(self.line)}"

    @property
    def is_ours(self) -> bool:
        """Whether the writer of the note speaks of themselves."""
        return bool(_OURS.search(self.text))


def notes_of(source: Source) -> Iterator[Note]:
    """Yield the paragraphs, lines and list items; headings, quotations and tables have a reading of their own."""
    section, held, before = "", None, ""
    lines = source.text.split("\n")
    for number, raw in enumerate(lines, start=1):
        heading, marked = _heading(lines, number - 1), _MARKED.match(raw)
        is_text = not (heading or is_rule(raw) or cells_of(raw) or _UNDERLINE.fullmatch(raw) or raw.lstrip()[:1] == ">")
        if held and is_text and not marked and raw.strip() and goes_on(before, raw, is_note=True):
            held, before = replace(held, text=f"{held.text} {unmarked(raw)}"), raw
            continue
        if held:
            yield held
        text = unmarked(raw[marked.end() :] if marked else raw) if is_text else ""
        section = heading if heading and not _is_title(raw) else section
        is_told = any(char.isalnum() for char in text) and not _is_first_line(lines, number - 1)
        held = Note(text, source, number, section) if is_told else None
        before = raw
    if held:
        yield held


def _is_first_line(lines: list[str], place: int) -> bool:
    """A note's first line is its title where it is no sentence and nothing goes on from it."""
    text = lines[place].strip()
    if any(line.strip() for line in lines[:place]) or _MARKED.match(lines[place]) or len(text) > _LONGEST_TITLE:
        return False
    after = lines[place + 1] if place + 1 < len(lines) else ""
    return text[-1:] not in ".!?:" and not (after.strip() and goes_on(text, after, is_note=True))


def tables_in(source: Source) -> Iterator[Table]:
    """Yield the tables that stand in a note as Markdown: a head, a rule under it, rows."""
    lines = source.text.split("\n")
    for place in range(1, len(lines)):
        head = cells_of(lines[place - 1])
        if head and is_rule(lines[place]):
            yield Table(source, tuple(unmarked(cell) for cell in head), tuple(_rows(lines, place + 1)))


def by_subject(notes: Iterable[Note]) -> Mapping[str, tuple[Note, ...]]:
    """Return the notes by what they speak of, each in one place."""
    found: dict[str, tuple[Note, ...]] = {}
    for note in dict.fromkeys(notes):
        subject = _subject(note)
        found[subject] = (*found.get(subject, ()), note)
    return found


def _subject(note: Note) -> str:
    under = next((subject for subject, pattern in _BY_HEADING if pattern.search(note.section)), None)
    if under:
        return under
    if not note.is_ours and _SELLS.search(note.text) and any(amounts(note.text, "", 1)):
        return COMPETITORS
    return next((subject for subject, pattern in _BY_WORDS if pattern.search(note.text)), REST)


def _heading(lines: list[str], place: int) -> str:
    """A heading's text: with `#`, underlined, in capitals, or a few words and a colon alone on a line."""
    line = lines[place]
    marked = _HEADING.fullmatch(line)
    if marked:
        return unmarked(marked[2])
    text = line.strip()
    if not text or len(text.split()) > _MOST_WORDS_OF_A_HEADING or _MARKED.match(line) or text[:1] in ">|":
        return ""
    is_underlined = place + 1 < len(lines) and bool(re.fullmatch(r"[=-]{3,}\s*", lines[place + 1]))
    is_loud = text.isupper() and sum(char.isalpha() for char in text) > 3 and not text.endswith((".", "!", "?"))
    return unmarked(text.rstrip(":")) if is_underlined or is_loud or text.endswith(":") else ""


def _is_title(line: str) -> bool:
    """A heading of the first level is the note's title, not the subject of what stands under it."""
    marked = _HEADING.fullmatch(line)
    return bool(marked and len(marked[1]) == 1)


def _rows(lines: list[str], start: int) -> Iterator[Row]:
    for place in range(start, len(lines)):
        cells = cells_of(lines[place])
        if not cells:
            return
        yield Row(place + 1, tuple(unmarked(cell) for cell in cells))
