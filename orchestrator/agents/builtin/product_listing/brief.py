"""A brief as a person writes it, in any form: headings, `key: value` lines, lists, paragraphs. Invents nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.product_listing.money import Amount, amounts
from orchestrator.agents.builtin.product_listing.phrases import in_pairs, sentences, without_places
from orchestrator.agents.builtin.product_listing.reading import Source
from orchestrator.content import color as colors
from orchestrator.content.color import Color

LONGEST_TITLE = 160
MOST_KEY_WORDS = 3

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*")
_KEY = re.compile(r"[ \t]*(?:[-*+][ \t]+)?[*_]{0,2}([A-Za-z][A-Za-z -]{0,30}?)[*_]{0,2}:[*_]{0,2}[ \t]+(\S.*)")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(\S.*)")
_RULE = re.compile(r"[ \t]*(?:[-=*_][ \t]*){3,}")
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b")
_TITLE_KEYS = ("title", "product", "name")
_COLOR_KEYS = ("accent", "colour", "color", "brand colour", "brand color", "house colour", "house color")
_AVOID_KEYS = ("avoid", "banned", "never say", "do not say")
_OWN_KEYS = frozenset(
    {
        *_TITLE_KEYS,
        *_COLOR_KEYS,
        *_AVOID_KEYS,
        "price",
        "tags",
        "sections",
        "description",
        "tone",
        "audience",
        "currency",
    }
)
_FOR_THE_WRITER = re.compile(
    r"\b(tone|voice|style|wanted|task|instructions?|please|avoid|constraints?|format|output|goals?|audience|customers?"
    r"|buyers?|who|notes?|keywords?|competitors?|deadline)\b",
    re.IGNORECASE,
)
_INSTRUCTS = re.compile(
    r"(?:please|write|make|use|keep|mention|include|do not|don't|we (?:want|need|would like)|i (?:want|need)"
    r"|the (?:listing|page|text|copy) (?:should|must))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the brief: its text without marks, where it stands, and under which heading."""

    text: str
    number: int
    section: str
    is_point: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """What a brief says. `facts`: what its `key: value` lines say, own keys of ours left out."""

    title: Line
    price: Amount | None
    paragraphs: tuple[Line, ...]
    points: tuple[Line, ...]
    facts: Mapping[str, Line]
    keys: Mapping[str, Line]
    headings: tuple[Line, ...] = ()
    avoid: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    accent: Color | None = None
    spoken: tuple[Line, ...] = field(default_factory=tuple)
    """Paragraphs and points that are for the reader, without the sentences that are for the writer."""

    @property
    def description(self) -> Line | None:
        """The one line that says what the product is, if there is one."""
        said = self.keys.get("description")
        return said or next((line for line in self.spoken if not line.is_point), None)


@dataclass(slots=True)
class _Parts:
    headings: list[Line] = field(default_factory=list)
    paragraphs: list[Line] = field(default_factory=list)
    points: list[Line] = field(default_factory=list)
    keys: dict[str, Line] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def read_brief(source: Source) -> Brief:
    """Return what the brief says. Raises CannotWork where it has not even a title."""
    parts = _parts(source)
    title = _title(parts)
    if title is None:
        raise CannotWork(f"{source.path}: nothing in it can be a title: begin it with '# ' and the product's name")
    title_key = next((key for key in _TITLE_KEYS if key in parts.keys), "")
    spoken = tuple(told for line in _in_order(parts) if line != title and (told := _for_readers(line)))
    return Brief(
        title=title,
        price=_price(parts, source),
        paragraphs=tuple(line for line in parts.paragraphs if line != title),
        points=tuple(parts.points),
        facts={parts.names[key]: line for key, line in parts.keys.items() if key not in _OWN_KEYS | {title_key}},
        keys=parts.keys,
        headings=tuple(parts.headings),
        avoid=_listed(parts, *_AVOID_KEYS),
        tags=_listed(parts, "tags"),
        sections=_listed(parts, "sections"),
        accent=_accent(parts),
        spoken=spoken,
    )


def _for_readers(line: Line) -> Line | None:
    """The line without the sentences that tell the writer what to do, or None where nothing is left."""
    if _FOR_THE_WRITER.search(line.section):
        return None
    kept = [sentence for sentence in sentences(line.text) if not _INSTRUCTS.match(sentence)]
    return replace(line, text=in_pairs(" ".join(kept))) if kept else None


def _parts(source: Source) -> _Parts:
    parts, section, open_paragraph = _Parts(), "", False
    for number, raw in source.lines():
        heading, key, bullet = (pattern.fullmatch(raw) for pattern in (_HEADING, _KEY, _BULLET))
        if heading:
            section = _section(parts, heading, number)
        elif key and len(key[1].split()) <= MOST_KEY_WORDS and not raw.lstrip().startswith("http"):
            _take_key(parts, key, number, section)
        elif bullet:
            parts.points.append(Line(unmarked(bullet[1]), number, section, is_point=True))
        elif raw.strip() and not _RULE.fullmatch(raw):
            _take_text(parts, Line(unmarked(raw), number, section), goes_on=open_paragraph)
        open_paragraph = bool(raw.strip()) and not (heading or key or bullet)
    return parts


def _section(parts: _Parts, heading: re.Match[str], number: int) -> str:
    """The first heading is the product's name, so that what stands under it stands under none."""
    is_name = not parts.headings
    parts.headings.append(Line(unmarked(heading[2]), number, ""))
    return "" if is_name else unmarked(heading[2])


def _take_key(parts: _Parts, key: re.Match[str], number: int, section: str) -> None:
    name = key[1].strip().casefold()
    if name not in parts.keys:
        parts.names[name] = key[1].strip()
        parts.keys[name] = Line(in_pairs(unmarked(key[2])), number, section)


def _take_text(parts: _Parts, line: Line, *, goes_on: bool) -> None:
    if goes_on and parts.paragraphs:
        first = parts.paragraphs.pop()
        line = Line(f"{first.text} {line.text}", first.number, first.section)
    parts.paragraphs.append(line)


def unmarked(text: str) -> str:
    """Return a line without the marks of Markdown: emphasis, code, links' targets."""
    linked = re.sub(r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}\)", r"\1", without_places(text))
    return re.sub(r"\*\*|__|`|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", "", linked).strip()


def _title(parts: _Parts) -> Line | None:
    said = next((parts.keys[key] for key in _TITLE_KEYS if key in parts.keys), None)
    first = next((line for line in (*parts.headings, *parts.paragraphs, *parts.points) if line.text), None)
    found = said or first
    if found is None:
        return None
    text = re.split(r"(?<=[a-z]{2}[.!?])\s", found.text)[0][:LONGEST_TITLE]
    return Line(in_pairs(text.rstrip(" .")), found.number, "")


def _price(parts: _Parts, source: Source) -> Amount | None:
    said = parts.keys.get("price")
    if said:
        return next(amounts(said.text, source.name, said.number, is_price=True), None)
    lines = [line for line in _in_order(parts) if re.search(r"\b(price|costs?|sells?)\b", line.text, re.IGNORECASE)]
    return next((amount for line in lines for amount in amounts(line.text, source.name, line.number)), None)


def _in_order(parts: _Parts) -> Iterator[Line]:
    return iter(sorted([*parts.paragraphs, *parts.points], key=lambda line: line.number))


def _listed(parts: _Parts, *keys: str) -> tuple[str, ...]:
    said = next((parts.keys[key].text for key in keys if key in parts.keys), "")
    words = (word.strip(" .\"'“”‘’[]") for word in re.split(r"[,;]", said))
    return tuple(dict.fromkeys(word for word in words if word))[:30]


def _accent(parts: _Parts) -> Color | None:
    said = next((parts.keys[key].text for key in _COLOR_KEYS if key in parts.keys), None)
    if said is None:
        return None
    hexed = _HEX.search(said)
    try:
        return colors.parse(hexed[0] if hexed else said.rstrip("."))
    except ValueError:
        return None
