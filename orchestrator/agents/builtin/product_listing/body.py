"""The parts of a product page: the brief's own sections, and what the research has to add. It fits nothing to a length.

A sentence stands in one part only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from orchestrator.agents.builtin.product_listing.brief import Brief, Line
from orchestrator.agents.builtin.product_listing.money import Amount, amounts
from orchestrator.agents.builtin.product_listing.phrases import as_sentence, first_sentence, parted
from orchestrator.agents.builtin.product_listing.tables import period_of
from orchestrator.agents.builtin.product_listing.wording import Wording
from orchestrator.content.markdown import sections
from orchestrator.content.words import fold, words

Told = Mapping[str, tuple[str, ...]]
"""The research by its headings, in lower case: what its list items say, without the places."""

MOST_QUOTATIONS = 2
MOST_SPARE = 5

_CITATION = re.compile(r"\s*\[[^\[\]\n]{1,200}:\d{1,9}\]")
_SERVICES = (
    ("delivery", re.compile(
        r"(?:free |fast |express )*(?:delivery|delivered|delivers|shipping|shipped|ships|sent|dispatch\w*|returns?"
        r"|returned|lieferung|lieferzeit|versand\w*|rückgabe|livraison|expédi\w+|retours?)\b"
        r"|(?:we|wir|nous) (?:deliver|ship|send|liefern|versenden|livrons|expédions)\b", re.IGNORECASE)),
    ("care", re.compile(
        r"(?:care\b|wash|clean|wipe|hand[- ]wash|machine[- ]wash|storage|store (?:in|at|it)|pflege|reinigung|waschen"
        r"|lagern|entretien|lavage|laver|nettoyer|conserver)", re.IGNORECASE)),
    ("warranty", re.compile(r"(?:\w+[- ]){0,3}(?:warranty|guarantee|garantie|gewährleistung)\b", re.IGNORECASE)),
)  # fmt: skip
_LONGEST_SERVICE = 3
"""Sentences: a longer paragraph is a story, whatever word it begins with."""
_OURS = re.compile(
    r"\b(?:we|our|ours|us|i|my|wir|unser\w*|ich|nous|notre|nos|brief|competitors?|stall|rivals?)\b", re.IGNORECASE
)
_BLAME = re.compile(
    r"\b(?:broke|broken|breaks|disappoint\w*|refund|returned|waste|never again|awful|terrible|poor|too (?:expensive"
    r"|small|large|big|heavy|thin|slow)|faulty|leaks?|leaked|crash\w*|kaputt|enttäuscht|zu teuer|déçue?s?|trop cher)\b",
    re.IGNORECASE,
)
_RISE = re.compile(
    r"(?P<name>[^:]{1,80}): \+[\d.,]+ % \((?P<before>[^()→]{1,40}) → (?P<after>[^()→]{1,40})\)"
    r"(?: in (?P<measure>.{1,40}?))?, (?P<first>\S.{0,30}?) to (?P<last>\S.{0,30})"
)
_NEWS = re.compile(r"(?:(?P<date>\d{4}-\d\d-\d\d): )?(?P<title>.{3,300}?)(?: — (?P<told>.+))?")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and what stands under it. Blocks of low `weight` are left out first where the page grows too long.

    `spare`: 0 for what always stands there, else the order in which it is taken in while the page is too short.
    """

    heading: str
    lines: tuple[str, ...]
    weight: int
    spare: int = 0

    def __str__(self) -> str:
        text = "\n".join(self.lines)
        return f"## {self.heading}\n\n{text}" if self.heading else text


def told_in(research: str) -> Told:
    """Return what the research's list items say, by its headings."""
    found: dict[str, tuple[str, ...]] = {}
    for section in sections(research):
        items = (line[2:] for line in section.text.split("\n") if line.startswith("- ") and _CITATION.search(line))
        found.setdefault(section.title.casefold(), tuple(_CITATION.sub("", item).strip() for item in items))
    return found


def blocks_of(brief: Brief, told: Told, wording: Wording, price: Amount, description: str | None) -> Iterator[Block]:
    """Yield the parts in the order of the page: the opening, the brief's sections in its order, the research's."""
    said = set() if description is None else {fold(one) for one in parted(description)}
    for block in _blocks(brief, told, wording, price, fold(description or "")):
        lines = tuple(line for line in (_once(line, said) for line in block.lines) if line is not None)
        if not block.spare:
            said |= {fold(one) for line in lines for one in parted(line)}
        yield replace(block, lines=lines if any(lines) else ())


def _once(line: str, said: set[str]) -> str | None:
    """The line without the sentences that were said before. Points and facts are told as they are."""
    if not line or line[:2] in ("- ", "> "):
        return line if not line or line[:2] == "> " or fold(parted(line)[0]) not in said or ":" in line else None
    kept = [one for one in parted(line) if fold(one) not in said]
    return " ".join(kept) if kept else None


def _blocks(brief: Brief, told: Told, wording: Wording, price: Amount, description: str) -> Iterator[Block]:
    services = _services(brief)
    served = {line.number for lines in services.values() for line in lines}
    spoken = [line for line in brief.spoken if line.number not in served]
    facts = {name: line for name, line in brief.facts.items() if line.number not in served}
    opening = tuple(line.text for line in spoken if not (line.section or line.is_point))
    yield Block("", apart(opening) or (as_sentence(brief.title.text),), 9)
    yield Block(wording.points, tuple(f"- {line.text}" for line in spoken if line.is_point and not line.section), 8)
    named = (replace(line, text=f"{name}: {line.text}", is_point=True) for name, line in facts.items())
    detailed = [replace(line, section=line.section or wording.details) for line in named]
    lines = sorted((*(line for line in spoken if line.section), *detailed), key=lambda line: line.number)
    for heading in dict.fromkeys(line.section for line in lines):
        yield _section([line for line in lines if line.section == heading], heading)
    yield from _service_block(services, brief, wording)
    yield from _spare(brief, told, wording, price, description)


def _section(lines: Sequence[Line], heading: str) -> Block:
    """Paragraphs first, then the points and the facts in the brief's order."""
    paragraphs = tuple(line.text for line in lines if not line.is_point)
    points = tuple(f"- {line.text}" for line in lines if line.is_point)
    between = ("",) if paragraphs and points else ()
    return Block(heading, (*apart(paragraphs), *between, *points), 7 if points else 4)


def apart(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Return paragraphs with an empty line between them."""
    lines = [line for paragraph in paragraphs for line in ("", paragraph)]
    return tuple(lines[1:])


# --- delivery, care, warranty ----------------------------------------------------------------------------------------


def _services(brief: Brief) -> dict[str, list[Line]]:
    """The lines on each service that stand under a heading of another subject, or under none."""
    found: dict[str, list[Line]] = {}
    named = [replace(line, text=f"{name}: {line.text}") for name, line in brief.facts.items()]
    loose = [line for line in brief.spoken if not line.is_point and len(parted(line.text)) <= _LONGEST_SERVICE]
    for line in (*loose, *named):
        service = next((name for name, pattern in _SERVICES if pattern.match(line.text)), None)
        if service and not any(pattern.search(line.section) for _, pattern in _SERVICES):
            found.setdefault(service, []).append(line)
    return found


def _service_block(services: Mapping[str, list[Line]], brief: Brief, wording: Wording) -> Iterator[Block]:
    if not services:
        return
    names = [str(getattr(wording, name)) for name, _ in _SERVICES if name in services]
    lower = [names[0], *(name if wording.language == "de" else name.lower() for name in names[1:])]
    heading = f" {wording.joined} ".join(filter(None, (", ".join(lower[:-1]), lower[-1])))
    keyed = {line.number for line in brief.facts.values()}
    lines = [line for name, _ in _SERVICES for line in services.get(name, ())]
    paragraphs = apart([line.text for line in lines if line.number not in keyed])
    points = tuple(f"- {line.text}" for line in lines if line.number in keyed)
    yield Block(heading, (*paragraphs, *(("",) if paragraphs and points else ()), *points), 6)


# --- what the research adds ------------------------------------------------------------------------------------------


def _spare(brief: Brief, told: Told, wording: Wording, price: Amount, description: str) -> Iterator[Block]:
    audience = (*(line.text for line in brief.audience), *_fit_to_print(told.get("audience", ())))
    whom = [as_sentence(line) for line in audience if fold(line.rstrip(".")) not in description]
    yield Block(wording.audience, apart(tuple(dict.fromkeys(whom))[:3]), 3, spare=2)
    answered = [line for line in _fit_to_print(told.get("questions", ())) if len(parted(line)) > 1]
    asked = [as_sentence(line) for line in answered if not line.endswith("?")]
    yield Block(wording.questions, apart(asked[:MOST_SPARE]), 3, spare=3)
    yield Block(wording.quotations, _quotations(told, MOST_QUOTATIONS), 5)
    yield Block(wording.quotations, _quotations(told, MOST_SPARE), 5, spare=1)
    yield Block(wording.demand, tuple(_rises(brief, told, wording)), 2, spare=4)
    yield Block(wording.news, tuple(_news(brief, told, wording)), 2, spare=5)
    yield Block(wording.price, tuple(_compared(told, wording, price)), 2, spare=6)


def _fit_to_print(lines: Iterable[str]) -> list[str]:
    """What a shop may say to its buyers: no talk of the makers among themselves, no blame, no price of others."""
    return [
        line for line in lines
        if not (_OURS.search(line) or _BLAME.search(line) or any(amounts(line, "", 1)))
        and len(line.split()) > 3 and '"' not in line and "“" not in line
    ]  # fmt: skip


def _quotations(told: Told, most: int) -> tuple[str, ...]:
    quoted = [line for line in told.get("quotations", ()) if line[:1] == "“" and not _BLAME.search(line)]
    return apart(tuple(f"> {line}" for line in quoted[:most]))


def _rises(brief: Brief, told: Told, wording: Wording) -> Iterator[str]:
    """What grew and bears the product's name, or a word of it."""
    for line in told.get("trends", ()):
        found = _RISE.fullmatch(line)
        if found and _shares_a_word(brief, found["name"]):
            measure = f" ({found['measure']})" if found["measure"] else ""
            first, last = (wording.date(_month(found[name])) for name in ("first", "last"))
            yield wording.rising.format(
                name=found["name"],
                before=found["before"],
                after=found["after"],
                first=first,
                last=last,
                measure=measure,
            )
            return


def _month(date: str) -> str:
    """A date as ISO, the first of a month as that month."""
    whole = (period_of(date) or ("", date))[1]
    return whole[:7] if re.fullmatch(r"\d{4}-\d\d-01", whole) else whole


def _news(brief: Brief, told: Told, wording: Wording) -> Iterator[str]:
    kept = [line for line in told.get("news", ()) if _shares_a_word(brief, line) and not _BLAME.search(line)]
    for line in kept[:3]:
        found = _NEWS.fullmatch(line)
        if found:
            dated = f"{wording.date(found['date'])}: " if found["date"] else ""
            more = f" {as_sentence(first_sentence(found['told']))}" if found["told"] else ""
            yield f"- {dated}{as_sentence(found['title'])}{more}"


def _shares_a_word(brief: Brief, text: str) -> bool:
    telling = {word.rstrip("s") for word in words(fold(f"{brief.title.text} {' '.join(brief.tags)}")) if len(word) > 3}
    return any(word.rstrip("s") in telling for word in words(fold(text)))


def _compared(told: Told, wording: Wording, price: Amount) -> Iterator[str]:
    """Where the price stands among others, where that speaks for it or is neutral."""
    for line in told.get("opportunity", ()):
        found = [amount.text for amount in amounts(line, "", 1)]
        if "lies between" in line and len(found) == 3:
            yield wording.between.format(own=price.text, least=found[1], most=found[2])
        elif "lies below" in line and len(found) == 2:
            yield wording.below.format(own=price.text, least=found[1])
