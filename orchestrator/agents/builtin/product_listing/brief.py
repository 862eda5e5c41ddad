"""A brief as a person writes it, in any form: headings, `key: value` lines, lists, paragraphs. Invents nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.product_listing.lines import cells_of, goes_on, is_rule
from orchestrator.agents.builtin.product_listing.money import Amount, amounts, prices
from orchestrator.agents.builtin.product_listing.phrases import in_pairs, sentences, without_places
from orchestrator.agents.builtin.reading import Source
from orchestrator.content import color as colors
from orchestrator.content.color import Color

LONGEST_TITLE = 160
MOST_KEY_WORDS = 3

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*")
_KEY = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?[*_]{0,2}([^\W\d_][^\W_]*(?:[ ’'/-][^\W_]+){0,5}(?: \([^()]{1,30}\))?)[*_]{0,2}"
    r"[ \u00a0]?:[*_]{0,2}[ \t]+(\S.*)"
)
_SPOKEN_HEADING = re.compile(r"(?![-*+>|])\s*(?:[^\W_][\w’'-]*[ \u00a0]?){1,6}:\s*")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(\S.*)")
_RULE = re.compile(r"[ \t]*(?:[-=*_][ \t]*){3,}")
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b")
_TITLE_KEYS = ("title", "product", "name")
_COLOR_KEYS = ("accent", "brand colour", "house colour", "colour")
_AVOID_KEYS = ("avoid", "banned", "never say", "do not say")
_SAME_KEYS = {
    other: key
    for key, others in {
        "title": "titel, titre",
        "product": "produkt, produit",
        "name": "nom",
        "price": "preis, prix, precio, prezzo, prijs, pris, cost, rate, fee",
        "tags": "schlagwörter, stichwörter, mots-clés, étiquettes",
        "description": "beschreibung, kurzbeschreibung",
        "sections": "abschnitte, rubriques",
        "avoid": "vermeiden, nicht verwenden, éviter, à éviter, avoid words, banned words",
        "audience": "for, for whom, who it is for, who is it for, whom it is for, made for, "
        "who, target, target audience, target group, customers, buyers, zielgruppe, für, "
        "für wen, kunden, pour, pour qui, public, clientèle",
        "tone": "ton, tonalität, voice, tone of voice",
        "accent": "akzent, akzentfarbe, accent colour, accent color, couleur d’accent",
        "brand colour": "brand color, hausfarbe",
        "house colour": "house color",
        "colour": "color, farbe, couleur",
        "currency": "währung, devise, monnaie",
    }.items()
    for other in others.split(", ")
}
_OWN_KEYS = frozenset(
    {*_TITLE_KEYS, *_COLOR_KEYS[:-1], *_AVOID_KEYS, "price", "tags", "sections", "description"}
    | {"tone", "audience", "currency", "language", "sprache", "langue"}
    | {"deadline", "task", "goal", "goals", "keywords", "competitors", "format", "instructions", "wanted", "length"}
)
_INLINE = "|".join((*_AVOID_KEYS, "tone", "price", "accent", "tags", "audience", "vermeiden", "éviter"))
_INLINE_KEY = re.compile(rf"(?<=[.;])\s+(?=(?:{_INLINE}):\s)", re.IGNORECASE)
_FOR_THE_WRITER = re.compile(
    r"\b(tone|voice|style|wanted|task|instructions?|please|avoid|constraints?|format|output|goals?|audience|customers?"
    r"|buyers?|who|whom|notes?|keywords?|competitors?|deadline|ton|tonalität|zielgruppe|kunden|hinweise|für wen"
    r"|vermeiden|aufgabe|public|pour qui|clientèle|consignes?|éviter)\b",
    re.IGNORECASE,
)
_FOR_WHOM = re.compile(
    r"\b(audience|customers?|buyers?|who|whom|zielgruppe|kunden|für wen|public|pour qui|clientèle)\b", re.IGNORECASE
)
_PRICED = re.compile(r"\b(price|costs?|sells?|preis|kostet|prix|coûte|pris|koster|prezzo|precio)\b", re.IGNORECASE)
_INSTRUCTS = re.compile(
    r"(?:please|write|make|use|keep|mention|include|do not|don't|we (?:want|need|would like)|i (?:want|need)"
    r"|the (?:listing|page|text|copy) (?:should|must)|bitte|schreib\w*|verwende\w*|merci de|veuillez|écri\w+)\b",
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
    audience: tuple[Line, ...] = ()
    """Whom it is for: a line `audience: …`, and what stands under such a heading."""
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
    latest: str = ""
    """The key that was taken last, or `-` for a point, `.` for a paragraph."""

    def take(self, line: Line) -> None:
        """Take a paragraph or a point."""
        (self.points if line.is_point else self.paragraphs).append(line)
        self.latest = "-" if line.is_point else "."

    def take_key(self, name: str, line: Line) -> None:
        """Take what a key says. The first to say it counts."""
        key = _SAME_KEYS.get(name.casefold(), name.casefold())
        self.latest = "" if key in self.keys else key
        if key not in self.keys:
            self.names[key] = name
            self.keys[key] = line

    def extend(self, text: str) -> None:
        """Put a line to what was taken last."""
        held = {"-": self.points, ".": self.paragraphs}.get(self.latest)
        if held:
            held[-1] = replace(held[-1], text=f"{held[-1].text} {text}")
        else:
            self.keys[self.latest] = replace(self.keys[self.latest], text=f"{self.keys[self.latest].text} {text}")


def read_brief(source: Source) -> Brief:
    """Return what the brief says. Raises CannotWork where it has not even a title."""
    parts = _parts(source)
    title = _title(parts)
    if title is None:
        raise CannotWork(f"{source.path}: nothing in it can be a title: begin it with '# ' and the product's name")
    title_key = next((key for key in _TITLE_KEYS if key in parts.keys), "")
    left_out = _OWN_KEYS | {title_key} | ({"colour"} if _is_accent(parts) else set())
    spoken = tuple(told for line in _in_order(parts) if line != title and (told := _for_readers(line)))
    return Brief(
        title=title,
        price=_price(parts, source),
        paragraphs=tuple(line for line in parts.paragraphs if line != title),
        points=tuple(parts.points),
        facts={parts.names[key]: line for key, line in parts.keys.items() if key not in left_out},
        keys=parts.keys,
        headings=tuple(parts.headings),
        avoid=_listed(parts, *_AVOID_KEYS),
        tags=_listed(parts, "tags"),
        sections=_listed(parts, "sections"),
        accent=_accent(parts),
        audience=_audience(parts),
        spoken=spoken,
    )


def _for_readers(line: Line) -> Line | None:
    """The line without the sentences that tell the writer what to do, or None where nothing is left."""
    if _FOR_THE_WRITER.search(line.section):
        return None
    kept = [sentence for sentence in sentences(line.text) if not _INSTRUCTS.match(sentence)]
    return replace(line, text=in_pairs(" ".join(kept))) if kept else None


def _parts(source: Source) -> _Parts:
    parts, section, before = _Parts(), "", ""
    head: tuple[str, ...] = ()
    outer: str | None = None
    for number, raw in source.lines():
        heading, key, bullet = (pattern.fullmatch(raw) for pattern in (_HEADING, _KEY, _BULLET))
        cells = cells_of(raw)
        if heading:
            section, outer = _section(parts, heading, number), None
        elif parts.headings and _SPOKEN_HEADING.fullmatch(raw):
            section, outer = unmarked(raw.strip().rstrip(":")).strip(), section if outer is None else outer
        elif cells:
            head = _take_row(parts, head, cells, number, section)
        elif key and _is_key(key[1]) and not raw.lstrip().startswith("http"):
            _take_keys(parts, key, number, section)
        elif bullet:
            parts.take(Line(unmarked(bullet[1]), number, section, is_point=True))
        elif raw.strip() and not (_RULE.fullmatch(raw) or is_rule(raw)):
            is_new = not (before.strip() and goes_on(before, raw))
            section, outer = (outer, None) if outer is not None and is_new else (section, outer)
            _take_text(parts, Line(unmarked(raw), number, section), is_new=is_new)
        head = head if cells or is_rule(raw) else ()
        before = "" if heading or cells or _RULE.fullmatch(raw) else raw
    return parts


def _section(parts: _Parts, heading: re.Match[str], number: int) -> str:
    """The first heading is the product's name, so that what stands under it stands under none."""
    is_name = not parts.headings
    parts.headings.append(Line(unmarked(heading[2]), number, ""))
    return "" if is_name else unmarked(heading[2])


def _is_key(name: str) -> bool:
    return len(name.partition(" (")[0].split()) <= MOST_KEY_WORDS or name.casefold() in _SAME_KEYS


def _take_row(
    parts: _Parts, head: tuple[str, ...], cells: tuple[str, ...], number: int, section: str
) -> tuple[str, ...]:
    """A table's row is a fact that its first cell names. Returns the table's head, which is its first row."""
    if not head:
        return cells
    named = [f"{name[:1].lower()}{name[1:]} {cell}" for name, cell in zip(head[1:], cells[1:], strict=False) if cell]
    told = ", ".join(named) if len(cells) > 2 else "".join(cells[1:])
    if cells[0] and told:
        parts.take_key(unmarked(cells[0]), Line(in_pairs(unmarked(told)), number, section))
    return head


def _take_keys(parts: _Parts, key: re.Match[str], number: int, section: str) -> None:
    """A line may hold several keys of ours: `Tone: dry. Avoid: best, ultimate.`"""
    first, *others = _INLINE_KEY.split(key[2])
    parts.take_key(key[1].strip(), Line(in_pairs(unmarked(first)), number, section))
    for other in others:
        name, _, value = other.partition(":")
        parts.take_key(name.strip(), Line(in_pairs(unmarked(value)), number, section))


def _take_text(parts: _Parts, line: Line, *, is_new: bool) -> None:
    """What goes on, goes on where it began: in a paragraph, a point, or behind a key."""
    if is_new or not parts.latest:
        parts.take(line)
        return
    parts.extend(line.text.lstrip("> "))


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
    """The key's amount, else the first where the brief speaks of a price, else the one that it names at all."""
    said = parts.keys.get("price")
    if said:
        return next(prices(said.text, source.name, said.number), None)
    lines = [line for line in _in_order(parts) if _PRICED.search(line.text)]
    told = next((amount for line in lines for amount in prices(line.text, source.name, line.number)), None)
    if told:
        return told
    named = [amount for line in _in_order(parts) for amount in amounts(line.text, source.name, line.number)]
    return named[0] if len({amount.value for amount in named}) == 1 else None


def _audience(parts: _Parts) -> tuple[Line, ...]:
    said = parts.keys.get("audience")
    under = [line for line in _in_order(parts) if _FOR_WHOM.search(line.section)]
    return tuple(line for line in (said, *under) if line)


def _in_order(parts: _Parts) -> Iterator[Line]:
    return iter(sorted([*parts.paragraphs, *parts.points], key=lambda line: line.number))


def _listed(parts: _Parts, *keys: str) -> tuple[str, ...]:
    said = next((parts.keys[key].text for key in keys if key in parts.keys), "")
    words = (word.strip(" .\"'“”‘’[]") for word in re.split(r"[,;]", said))
    return tuple(dict.fromkeys(word for word in words if word))[:30]


def _is_accent(parts: _Parts) -> bool:
    """`colour: charcoal` is a fact of the product; with a code it is meant for the page."""
    said = parts.keys.get("colour")
    return bool(said and _HEX.search(said.text))


def _accent(parts: _Parts) -> Color | None:
    said = next((parts.keys[key] for key in _COLOR_KEYS if key in parts.keys), None)
    if said is None:
        return None
    hexed = _HEX.search(said.text)
    try:
        return colors.parse(hexed[0] if hexed else said.text.rstrip("."))
    except ValueError:
        return None
