"""The reviewer: what is wrong with a listing and its drawing, by rules that anyone can check. It mends nothing.

What it reads is data: nothing that stands in a file can make it say less.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from orchestrator.agents.builtin.drawn import by_line, legibility, not_drawn
from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.findings import finding, written
from orchestrator.agents.builtin.lettered import drawn
from orchestrator.agents.builtin.product_listing.brief import Brief, read_brief
from orchestrator.agents.builtin.product_listing.listing import PATH, Listing, read_listing
from orchestrator.agents.builtin.product_listing.money import amounts
from orchestrator.agents.builtin.product_listing.reading import brief_of
from orchestrator.agents.builtin.product_listing.titles import LONGEST, shortened
from orchestrator.agents.builtin.reading import only_one, text_of
from orchestrator.agents.interface import Request
from orchestrator.content import drawing as drawings
from orchestrator.content.drawing import DrawingError, Text
from orchestrator.content.grounding import Claim, Kind, ungrounded
from orchestrator.content.markdown import key_lines, sections
from orchestrator.content.words import fold, occurrences
from orchestrator.model.finding import ReviewFinding, Severity

SUPERLATIVES = (
    "best", "perfect", "unique", "world-class", "unbeatable", "unrivalled", "revolutionary", "ultimate", "amazing",
    "incredible", "guaranteed", "miracle", "number one", "cheapest", "must-have",
)  # fmt: skip

_NO_PRAISE = re.compile(
    r"\bbest(?=[ -](?:before|by|kept|served|stored|if|regards|wishes)\b)|(?<=\bat )best\b", re.IGNORECASE
)
"""Where the word says something else."""
_DRAWING = "design.svg"
_RESEARCH = "research.md"


def review(request: Request) -> Mapping[str, bytes]:
    """Return the findings as one YAML file, the worst first. Raises CannotWork where a file to review is missing."""
    brief_source = brief_of(request)
    brief = read_brief(brief_source)
    text, research = text_of(request, PATH), text_of(request, _RESEARCH)
    told = {"brief.md": brief_source.text, _RESEARCH: research}
    found = [*_of_listing(text, brief, told), *_of_drawing(request, text, told)]
    return {only_one(request, ".yaml"): written(found)}


# --- the listing -----------------------------------------------------------------------------------------------------


def _of_listing(text: str, brief: Brief, told: Mapping[str, str]) -> Iterator[ReviewFinding]:
    try:
        listing = read_listing(text)
    except CannotWork as fault:
        yield finding(Severity.CRITICAL, PATH, 1, str(fault), "mend the front matter")
        return
    yield from (_not_grounded(claim, PATH) for claim in ungrounded(text, told))
    yield from _title(listing)
    yield from _price(text, listing, brief)
    yield from _missing_sections(text, brief)
    yield from _words(text, brief, told[_RESEARCH])


def _not_grounded(claim: Claim, file: str) -> ReviewFinding:
    near = f"; the nearest is {claim.nearest}" if claim.nearest else ""
    message = f"the {claim.kind.value} “{claim.text}” stands neither in the brief nor in the research{near}"
    mend = (
        "take the citation out" if claim.kind is Kind.CITATION else "remove the sentence, or say what the sources say"
    )
    return finding(Severity.CRITICAL, file, claim.line, message, mend)


def _title(listing: Listing) -> Iterator[ReviewFinding]:
    length = len(listing.title)
    if length > LONGEST:
        message = f"the title has {length} characters; lists cut it after {LONGEST}"
        yield finding(Severity.MAJOR, PATH, listing.title_line, message, f"shorten it to “{shortened(listing.title)}”")


def _price(text: str, listing: Listing, brief: Brief) -> Iterator[ReviewFinding]:
    if brief.price is None:
        return
    said = [amount.value for amount in amounts(listing.price, PATH, 1, is_price=True)]
    if brief.price.value not in said:
        line = key_lines(text).get("price", 1)
        message = f"the price is “{listing.price}”; the brief says {brief.price.text}"
        yield finding(Severity.CRITICAL, PATH, line, message, f"set the price to “{brief.price.text}”")


def _missing_sections(text: str, brief: Brief) -> Iterator[ReviewFinding]:
    have = {fold(section.title) for section in sections(text)}
    for name in brief.sections:
        if fold(name) not in have:
            message = f"the section “{name}”, which the brief asks for, is missing"
            yield finding(Severity.MAJOR, PATH, None, message, f"add a section with the heading “{name}”")


def _words(text: str, brief: Brief, research: str) -> Iterator[ReviewFinding]:
    lines = text.split("\n")
    for word in brief.avoid:
        for line in sorted(set(occurrences(word, text))):
            message = f"“{word}” is among the words that the brief says to avoid"
            mend = _other_words(lines[line - 1], text, research, brief.avoid)
            yield finding(Severity.MAJOR, PATH, line, message, mend)
    avoided = {fold(word) for word in brief.avoid}
    for word in (word for word in SUPERLATIVES if word not in avoided):
        for line in sorted(set(occurrences(word, _NO_PRAISE.sub("", text)))):
            if not lines[line - 1].lstrip().startswith(">"):  # a customer may say so
                message = f"“{word}” promises more than anyone can show"
                yield finding(Severity.MINOR, PATH, line, message, "leave the word out")


def _other_words(line: str, text: str, research: str, avoid: Sequence[str]) -> str:
    """A quotation is not altered: another one, which has none of the words, takes its place."""
    if not line.lstrip().startswith(">"):
        return "leave the word out"
    quoted = re.findall(r"^- (“[^“”\n]{1,600}”(?: — [^“”\[\]\n]{1,60})?)(?= \[)", research, re.MULTILINE)
    others = (
        one for one in quoted if one.partition("”")[0] not in text and not any(occurrences(word, one) for word in avoid)
    )
    other = next(others, None)
    return f"quote {other} instead" if other else "leave the quotation out"


# --- the drawing -----------------------------------------------------------------------------------------------------


def _of_drawing(request: Request, text: str, told: Mapping[str, str]) -> Iterator[ReviewFinding]:
    svg = request.files.get(_DRAWING)
    if svg is None:
        return
    try:
        texts = drawings.texts(svg)
    except DrawingError as fault:
        yield not_drawn(fault, _DRAWING)
        return
    yield from _shown(texts, text)
    yield from (_not_grounded(claim, _DRAWING) for claim in ungrounded(by_line(texts), {**told, PATH: text}))
    yield from legibility(svg, texts, _DRAWING)


def _shown(texts: Sequence[Text], text: str) -> Iterator[ReviewFinding]:
    """The drawing shows the listing's title and price. A title that was cut for lack of room ends in dots."""
    try:
        listing = read_listing(text)
    except CannotWork:
        return
    shown = " ".join(each.text for each in texts)
    titled = " ".join(each.text for each in texts if each.role == "title") or shown
    title = drawn(listing.title)
    if not _stands_in(title, titled) and not title.startswith(titled.removesuffix("…").rstrip() or "\n"):
        line = next((each.line for each in texts if each.role == "title"), 1)
        message = f"the drawing does not show the listing's title, “{listing.title}”"
        yield finding(Severity.MAJOR, _DRAWING, line, message, "set the title anew")
    if listing.price and not _stands_in(drawn(listing.price), shown):
        line = next((each.line for each in texts if each.role == "price"), 1)
        message = f"the drawing does not show the listing's price, “{listing.price}”"
        yield finding(Severity.MAJOR, _DRAWING, line, message, "set the price anew")


def _stands_in(part: str, whole: str) -> bool:
    return "".join(fold(part).split()) in "".join(fold(whole).split())
