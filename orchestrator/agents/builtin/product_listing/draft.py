"""The writer: a product page of what the brief says and the research bears out, in the brief's own words.

It adds no claim. Its own words are the headings that a brief has none for, and nothing else.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.product_listing.brief import Brief, read_brief
from orchestrator.agents.builtin.product_listing.money import Amount, amounts, middle
from orchestrator.agents.builtin.product_listing.proof import borne_out
from orchestrator.agents.builtin.product_listing.reading import as_files, brief_of, only_one, text_of
from orchestrator.agents.interface import Request
from orchestrator.content.markdown import sections
from orchestrator.content.markdown import words as words_of

FEWEST_WORDS = 120
MOST_WORDS = 380
MOST_TAGS = 6
LONGEST_DESCRIPTION = 200

_CITATION = re.compile(r"\s*\[[^\[\]\n]{1,200}:\d{1,9}\]")
_WHOM = re.compile("audience|whom|who", re.IGNORECASE)
_RESEARCH = "research.md"
_HEAD_LINES = 4
"""The fence, title, price and tags, without which there is no listing."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and what stands under it. Blocks of low `weight` are left out first where the page grows too long."""

    heading: str
    lines: tuple[str, ...]
    weight: int

    def __str__(self) -> str:
        text = "\n".join(self.lines)
        return f"## {self.heading}\n\n{text}" if self.heading else text


def draft(request: Request) -> Mapping[str, bytes]:
    """Return the listing. Raises CannotWork where no title or price can be had."""
    source, text = brief_of(request), text_of(request, _RESEARCH)
    brief, research = read_brief(source), _told(text)
    unwanted = _unwanted(request)
    blocks = [_without(block, unwanted) for block in _blocks(brief, research)]
    body = "\n\n".join(str(block) for block in _fitted([block for block in blocks if block.lines], brief, research))
    page = f"{_front_matter(brief, research)}\n\n{body}\n"
    proved = borne_out(page, {source.path: source.text, _RESEARCH: text}, keep=_HEAD_LINES)
    return as_files({only_one(request, ".md"): proved})


def _told(text: str) -> Mapping[str, tuple[str, ...]]:
    """The research by its headings, in lower case: what its list items say, without the places."""
    found: dict[str, tuple[str, ...]] = {}
    for section in sections(text):
        items = (line[2:] for line in section.text.split("\n") if line.startswith("- "))
        found.setdefault(section.title.casefold(), tuple(_CITATION.sub("", item).strip() for item in items))
    return found


def _unwanted(request: Request) -> frozenset[str]:
    """The lines of the failed attempt that its gate found fault with."""
    unwanted: set[str] = set()
    for path, content in request.failed.items():
        lines = content.decode("utf-8", "replace").split("\n")
        numbers = [finding.line for finding in request.findings if finding.file == path and finding.line]
        unwanted |= {lines[number - 1] for number in numbers if number <= len(lines)}
    return frozenset(unwanted)


# --- the head --------------------------------------------------------------------------------------------------------


def _front_matter(brief: Brief, research: Mapping[str, Sequence[str]]) -> str:
    said = brief.description
    lines = [
        f"title: {_quoted(brief.title.text)}",
        f"price: {_quoted(_price(brief, research).text)}",
        f"tags: [{', '.join(_quoted(tag) for tag in _tags(brief, research))}]",
        *([f"description: {_quoted(_first_sentence(said.text))}"] if said else []),
    ]
    return "\n".join(["---", *lines, "---"])


def _price(brief: Brief, research: Mapping[str, Sequence[str]]) -> Amount:
    """The brief's price, else the median that the research found."""
    if brief.price:
        return brief.price
    lines = research.get("prices", ())
    told = [line.split("median", 1)[-1] for line in lines]
    found = [amount for line in told for amount in list(amounts(line, _RESEARCH, 1))[:1]]
    if not found:
        raise CannotWork("brief.md: it states no price, and the sources have none to go by: add a line 'price: …'")
    return middle(found)


def _tags(brief: Brief, research: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    words = [re.sub(r"\s*\(.*?\)", "", keyword) for keyword in research.get("keywords", ())]
    named = [word for word in words if 0 < len(word) <= 30 and not word.endswith(".")]
    tags = [*brief.tags, *named]
    return tuple(dict.fromkeys(tag.casefold() for tag in tags))[:MOST_TAGS] or (
        brief.title.text.split(",")[0].casefold(),
    )


def _first_sentence(text: str) -> str:
    sentence = re.split(r"(?<=[.!?])\s", text)[0]
    return sentence if len(sentence) <= LONGEST_DESCRIPTION else sentence[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + "…"


def _quoted(text: str) -> str:
    """A YAML string in double quotes: JSON's are YAML's too."""
    return json.dumps(text, ensure_ascii=False)


# --- the body --------------------------------------------------------------------------------------------------------


def _blocks(brief: Brief, research: Mapping[str, Sequence[str]]) -> Iterator[Block]:
    """The opening, the customers, then the brief's own sections in its order."""
    opening = tuple(line.text for line in brief.spoken if not (line.section or line.is_point))
    yield Block("", _apart(opening) or (f"{_first_sentence(brief.title.text)}.",), 9)
    loose = tuple(f"- {line.text}" for line in brief.spoken if line.is_point and not line.section)
    yield Block("What you get", loose, 8)
    facts = _facts(brief)
    told = sorted((*brief.spoken, *brief.facts.values()), key=lambda line: line.number)
    for heading in dict.fromkeys([*(line.section for line in told if line.section), *facts]):
        yield from _section(brief, heading, facts.get(heading, ()))
    yield Block("What customers say", _quotes(research, 2), 5)


def _section(brief: Brief, heading: str, facts: Sequence[str]) -> Iterator[Block]:
    lines = [line for line in brief.spoken if line.section == heading]
    paragraphs = tuple(line.text for line in lines if not line.is_point)
    points = tuple(f"- {line.text}" for line in lines if line.is_point)
    between = ("",) if paragraphs and (points or facts) else ()
    yield Block(heading, (*_apart(paragraphs), *between, *points, *facts), 7 if facts or points else 4)


def _facts(brief: Brief) -> Mapping[str, tuple[str, ...]]:
    """The brief's `key: value` lines by the heading that they stand under, `Details` where they stand under none."""
    found: dict[str, tuple[str, ...]] = {}
    for name, line in brief.facts.items():
        heading = line.section or "Details"
        found[heading] = (*found.get(heading, ()), f"- {name}: {line.text}")
    return found


def _quotes(research: Mapping[str, Sequence[str]], most: int) -> tuple[str, ...]:
    quoted = [line for line in research.get("quotations", ()) if line[:1] in ('"', "“")]
    return _apart(tuple(f"> {line}" for line in quoted[:most]))


def _apart(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Paragraphs with an empty line between them."""
    lines = [line for paragraph in paragraphs for line in ("", paragraph)]
    return tuple(lines[1:])


def _without(block: Block, unwanted: frozenset[str]) -> Block:
    lines = tuple(line for line in block.lines if not line or line not in unwanted)
    return Block(block.heading, lines if any(lines) else (), block.weight)


def _fitted(blocks: Sequence[Block], brief: Brief, research: Mapping[str, Sequence[str]]) -> list[Block]:
    """Leave out what weighs least while the page is too long; add what the research has while it is too short."""
    kept = list(blocks)
    while _count(kept) > MOST_WORDS and len(kept) > 1:
        lightest = min(kept[1:], key=lambda block: block.weight)
        kept.remove(lightest)
    for block in _spare(brief, research):
        if _count(kept) < FEWEST_WORDS and block.lines:
            kept = [other for other in kept if other.heading != block.heading] + [block]
    return _shortened(kept)


def _spare(brief: Brief, research: Mapping[str, Sequence[str]]) -> Iterator[Block]:
    yield Block("What customers say", _quotes(research, 5), 5)
    audience = brief.keys.get("audience")
    lines = [line.text for line in (*brief.paragraphs, *brief.points) if _WHOM.search(line.section)]
    yield Block("Whom it is for", tuple([audience.text] if audience else lines[:3]), 3)
    yield Block("Price", (f"The price is {_price(brief, research).text}.",), 2)


def _shortened(blocks: list[Block]) -> list[Block]:
    """One block alone may still be too long: then its last lines go."""
    while _count(blocks) > MOST_WORDS and len(blocks[0].lines) > 1:
        blocks = [Block(blocks[0].heading, blocks[0].lines[:-1], blocks[0].weight), *blocks[1:]]
    return blocks


def _count(blocks: Sequence[Block]) -> int:
    return len(words_of("\n\n".join(str(block) for block in blocks)))
