"""What the sources quote: somebody's words, who said them where the source tells, and where they stand.

Nobody's words are altered; a comma that belongs to the sentence around them is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.agents.builtin.product_listing.brief import unmarked
from orchestrator.agents.builtin.product_listing.phrases import LONGEST
from orchestrator.agents.builtin.product_listing.tables import Table, number_of
from orchestrator.agents.builtin.reading import Source
from orchestrator.content.quotations import quotations

_SAID_COLUMN = re.compile(
    r"\b(reviews?|comments?|quotes?|feedback|said|testimonials?|bewertung|kommentar|avis)\b", re.IGNORECASE
)
_SPEAKER_COLUMN = re.compile(r"\b(name|customer|author|reviewer|by|kunde|client)\b", re.IGNORECASE)
_RATING_COLUMN = re.compile(r"\b(stars?|rating|score|sterne|note)\b", re.IGNORECASE)
_VERBS = r"(?:said|says|told us|wrote|writes|sagte?|schrieb|schreibt|meinte?|dit|écrit|a dit|a écrit)"
_WHO = r"([^\W\d_][^.;:!?()\[\]“”\"«»@\n]{1,60}?)"
_BEHIND = re.compile(
    rf"[,.]?\s*{_VERBS}\s+{_WHO}\s*(?=[.;:!?,(]|$)"
    rf"|\s*(?:—|–|--?)\s*{_WHO}\s*(?=[.;!?(]|$)"
    rf"|\s*\({_WHO}\)"
    rf"|,\s*{_WHO}\s+{_VERBS}\b",
)
_LABEL = re.compile(r"(?:[-*+]\s+)?([^\W\d_][^:“”\"\[\]]{1,60}):\s*[\"“„«]?")
_NO_NAME = re.compile(
    r"(?:[qa]|reviews?|comments?|quotes?|notes?|feedback|customers?|tips?|warning|source|answer|question|they said)\b|",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"(?:^|[.!?:;]\s+|[-*]\s+){_WHO}\s+{_VERBS}\s*[:,]?\s*[\"“„«]?$")
_SIGNED = re.compile(r"(?:—|–|--?)?\s*(?P<who>[^\W\d_][^.;:!?()\[\]“”\"«»@|#\n]{1,60})")
_MOST_WORDS_OF_A_NAME = 7
_WINDOW = 8
"""Lines in which a quotation and its speaker are looked for."""
_GOOD = Decimal("0.7")
"""Of the highest rating in its column, what a review must have to be shown to buyers."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody's words. `who` is None where the source does not tell. `is_blame`: a rating beside them is low."""

    text: str
    who: str | None
    at: str
    is_blame: bool = False

    @property
    def told(self) -> str:
        """The words in quotation marks, with their speaker."""
        return f"“{self.text}” — {self.who}" if self.who else f"“{self.text}”"


def said_in_text(source: Source) -> Iterator[Said]:
    """Yield what a note quotes, in the order of its lines."""
    lines = source.text.split("\n")
    for quotation in quotations(source.text):
        text = quotation.text.rstrip(" ,;")
        if len(text) <= LONGEST and not re.search("[“”]", text):
            yield Said(text, _speaker(lines, quotation.line - 1, text), source.at(quotation.line))


def said_in_table(table: Table) -> Iterator[Said]:
    """Yield the cells of columns of reviews, comments and the like."""
    names = [name.replace("_", " ") for name in table.header]
    who = next((place for place, name in enumerate(names) if _SPEAKER_COLUMN.search(name)), None)
    rated = next((place for place, name in enumerate(names) if _RATING_COLUMN.search(name)), None)
    rates = (
        {line: number for line, cell in table.column(rated) if (number := number_of(cell))} if rated is not None else {}
    )
    least = max(*rates.values(), Decimal(5)) * _GOOD if rates else Decimal(0)
    speakers = dict(table.column(who)) if who is not None else {}
    for place, name in enumerate(names):
        if place not in (who, rated) and _SAID_COLUMN.search(name):
            for line, cell in table.column(place):
                if len(cell) <= LONGEST and not re.search('[“”"\n]', cell) and len(cell.split()) > 2:
                    is_blame = rates.get(line, least) < least
                    yield Said(cell.rstrip(" ,;"), _name(speakers.get(line)), table.source.at(line), is_blame)


def _speaker(lines: list[str], start: int, text: str) -> str | None:
    """Who is named right behind the words, right before them, or on a line of its own under a block quote."""
    is_block = lines[start].lstrip().startswith(">")
    if is_block:
        return _signed(lines, start)
    end = next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
    flat = re.sub(r"\s+", " ", " ".join(unmarked(line) for line in lines[start : min(end, start + _WINDOW)]))
    place = flat.find(text)
    if place < 0:
        return None
    before, behind = flat[:place], flat[place + len(text) :]
    comma = "," if behind[:1] == "," else ""
    named = _BEHIND.match(comma + behind.lstrip(" ,;.!?")[1:])
    return _name_in(named) or _name_in(_BEFORE.search(before)) or _labelled(before)


def _labelled(before: str) -> str | None:
    """Whose line it is: `Mara (forester): “…”`."""
    found = _LABEL.fullmatch(before)
    label = found[1].strip() if found else ""
    return None if not label[:1].isupper() or _NO_NAME.fullmatch(label) else _name(label)


def _signed(lines: list[str], start: int) -> str | None:
    """The line that ends a block quote with a dash and a name, or the short one that follows it alone."""
    end = next((n for n in range(start, len(lines)) if not lines[n].lstrip().startswith(">")), len(lines))
    last = re.search(r"(?:—|–|--)\s*([^—–\n]{2,60})$", lines[end - 1].strip())
    if last:
        return _name(last[1])
    after = next((n for n in range(end, min(end + 2, len(lines))) if lines[n].strip()), None)
    if after is None or (after + 1 < len(lines) and lines[after + 1].strip()):
        return None
    signed = _SIGNED.fullmatch(lines[after].strip())
    return _name(signed["who"]) if signed and lines[after][:1] not in "#-*|" else None


def _name_in(found: re.Match[str] | None) -> str | None:
    return _name(next((group for group in found.groups() if group), None)) if found else None


def _name(said: str | None) -> str | None:
    """A name is short, and neither an address nor a pronoun."""
    name = " ".join((said or "").strip(" ,*_").split())
    is_none = re.fullmatch(r"(?:s?he|they|it|we|i|one|who|and|er|sie|il|elle|on)\b.*|", name, re.IGNORECASE)
    is_long = len(name.split()) > _MOST_WORDS_OF_A_NAME
    return None if is_none or is_long or "@" in name or any(char.isdigit() for char in name) else name
