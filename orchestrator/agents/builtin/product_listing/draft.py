"""The writer: a product page of what the brief says and the research bears out, in their own words.

It adds no claim. Its own words are the headings that a brief has none for, and the few of `wording`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.product_listing.body import Block, Told, blocks_of, told_in
from orchestrator.agents.builtin.product_listing.brief import Brief, read_brief
from orchestrator.agents.builtin.product_listing.money import Amount, amounts, middle
from orchestrator.agents.builtin.product_listing.phrases import as_sentence, first_sentence, parted
from orchestrator.agents.builtin.product_listing.proof import borne_out
from orchestrator.agents.builtin.product_listing.reading import brief_of
from orchestrator.agents.builtin.product_listing.rework import Orders, orders_of
from orchestrator.agents.builtin.product_listing.titles import LONGEST, shortened
from orchestrator.agents.builtin.product_listing.wording import Wording, wording_of
from orchestrator.agents.builtin.reading import as_files, only_one, text_of
from orchestrator.agents.interface import Request
from orchestrator.content.grounding import Grounds, gather
from orchestrator.content.markdown import words as words_of
from orchestrator.content.words import fold, occurrences

FEWEST_WORDS = 120
MOST_WORDS = 380
MOST_TAGS = 6
LONGEST_DESCRIPTION = 200
_THIRD = 3
_FEWEST = 4
"""Words: a point with fewer describes nothing."""

_RESEARCH = "research.md"
_LEANING = re.compile(
    r"(?:it|its|it's|each|this|these|that|those|they|their|he|she|his|her|both|either|but|and|so|then|there|here|er|sie"
    r"|es|dies\w*|jede\w*|beide|aber|und|il|elle|ils|elles|ce|cette|ces|chacun\w*|mais|et)\b",
    re.IGNORECASE,
)
"""How a sentence begins that cannot stand without the one before it."""
_LOWERED = frozenset({"People", "Anyone", "Everyone", "Everybody", "Those", "All", "Families", "Alle", "Tous", "Les"})


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a page is written within."""

    wording: Wording
    price: Amount
    orders: Orders
    grounds: Grounds

    @property
    def least(self) -> int:
        return _bounds(self.orders)[0]


@dataclass(frozen=True, slots=True)
class _Page:
    description: str | None
    body: str

    @property
    def count(self) -> int:
        return len(words_of(self.body))


def draft(request: Request) -> Mapping[str, bytes]:
    """Return the listing. Raises CannotWork where no price can be had, or too little is known for what is asked."""
    source, text = brief_of(request), text_of(request, _RESEARCH)
    path = only_one(request, ".md")
    brief, told, orders = read_brief(source), told_in(text), orders_of(request, path)
    wording = wording_of(source.text)
    grounds = gather({source.path: source.text, _RESEARCH: text})
    brief = _without_unwanted(brief, orders)
    price = _price(brief, told, request.job)
    frame = _Frame(wording, price, orders, grounds)
    page = _written(brief, told, _without_given_up(brief, told, frame, request, path))
    _must_be_enough(page, orders, request)
    head: dict[str, object] = {"title": brief.title.text, "price": price.text, "tags": _tags(brief, told, orders)}
    head |= {"description": page.description} if page.description else {}
    return as_files({path: f"{_front_matter(head, brief, orders, request)}\n\n{page.body}\n"})


def _without_given_up(brief: Brief, told: Told, frame: _Frame, request: Request, path: str) -> _Frame:
    """From the third attempt on: what the second left out stays out, though the findings name it no more."""
    failed = fold(request.failed.get(path, b"").decode("utf-8", "replace"))
    if request.attempt < _THIRD or not request.findings or not failed:
        return frame
    first = _written(brief, told, replace(frame, orders=Orders()))
    sentences = (one for line in first.body.split("\n") if not line.startswith("#") for one in parted(line))
    given_up = frozenset(fold(one) for one in sentences if one and fold(one) not in failed)
    return replace(frame, orders=replace(frame.orders, unwanted=frame.orders.unwanted | given_up))


def _written(brief: Brief, told: Told, frame: _Frame) -> _Page:
    """The page with the first description that leaves the body enough words, else the page with most words.

    A description that the body would begin with is taken out of it, which a short body cannot afford.
    """
    pages: list[_Page] = []
    for description in (*_descriptions(brief, frame), None):
        parts = blocks_of(brief, told, frame.wording, frame.price, description)
        proved = [block for block in (_proved(part, frame) for part in parts) if block.lines]
        pages.append(_Page(description, "\n\n".join(str(block) for block in _fitted(proved, frame.orders))))
        if pages[-1].count >= frame.least:
            return pages[-1]
    return max(pages, key=lambda page: page.count)


# --- the head --------------------------------------------------------------------------------------------------------


def _front_matter(head: dict[str, object], brief: Brief, orders: Orders, request: Request) -> str:
    head |= {key: _said(key, brief, request) for key in orders.lacking}
    for key, most in orders.longest:
        head[key] = _cut(head.get(key), most)
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    return "\n".join(["---", *lines, "---"])


def _said(key: str, brief: Brief, request: Request) -> str:
    """What the brief says under a key that the gate asks for. Raises CannotWork where it says nothing."""
    said = brief.keys.get(key.casefold().replace("_", " ")) or brief.keys.get(key.casefold())
    if said is None:
        raise CannotWork(
            f"brief.md: the gate wants {key!r} in the listing, and the brief does not say it: "
            f"add a line '{key}: …' with `orchestrator edit {request.job} brief.md`"
        )
    return said.text


def _cut(value: object, most: int) -> object:
    if isinstance(value, list):
        return value[:most]
    return shortened(value, most) if isinstance(value, str) else value


def _without_unwanted(brief: Brief, orders: Orders) -> Brief:
    """A title is no sentence: a word that it must not have goes alone."""
    title = brief.title.text
    for phrase in orders.phrases:
        shorter = re.sub(rf"\s*(?<!\w){re.escape(phrase)}(?!\w)", "", title, flags=re.IGNORECASE).strip(" ,;:–—-")
        title = shorter or title
    return replace(brief, title=replace(brief.title, text=title))


def _price(brief: Brief, told: Told, job: str) -> Amount:
    """The brief's price, else the median that the research found."""
    if brief.price:
        return brief.price
    lines = told.get("prices", ())
    found = [amount for line in lines for amount in list(amounts(line.split("median", 1)[-1], _RESEARCH, 1))[:1]]
    if not found:
        raise CannotWork(
            "brief.md: it states no price, and the sources have none to go by: "
            f"add a line 'price: …' with `orchestrator edit {job} brief.md`"
        )
    return middle(found)


def _tags(brief: Brief, told: Told, orders: Orders) -> list[str]:
    words = [re.sub(r"\s*\(.*?\)", "", keyword) for keyword in told.get("keywords", ())]
    named = [word for word in words if 0 < len(word) <= 30 and not word.endswith(".")]
    tags = dict.fromkeys(tag.lower() for tag in (*brief.tags, *named, brief.title.text.split(",")[0]))
    kept = [tag for tag in tags if not any(occurrences(phrase, tag) for phrase in orders.phrases)]
    return kept[: min(MOST_TAGS, max(len(brief.tags) + len(named), 1))]


def _descriptions(brief: Brief, frame: _Frame) -> Iterator[str]:
    """The brief's own, whom it is for, the first sentence, a later one, a long title: where nothing speaks against it.

    The page shows it above the body, so that the body does not begin with it.
    """
    for candidate in dict.fromkeys(_candidates(brief, frame.wording)):
        text = candidate if len(candidate) <= LONGEST_DESCRIPTION else _ended(candidate)
        unwanted = any(fold(one) in frame.orders.unwanted for one in parted(text))
        if text and not unwanted and borne_out(text, frame.grounds) == text:
            yield text


def _candidates(brief: Brief, wording: Wording) -> Iterator[str]:
    said = brief.keys.get("description")
    if said:
        yield said.text
    if brief.audience:
        yield _for_whom(first_sentence(brief.audience[0].text), wording)
    opening = [line.text for line in brief.spoken if not (line.section or line.is_point)]
    told = [one for text in opening for one in parted(text) if not any(amounts(one, "", 1, is_price=True))]
    if len(told) > 1 and not _LEANING.match(told[1]):
        yield told[0]
    later = [line.text for line in brief.spoken if line.is_point] + told[1:]
    yield from (as_sentence(one) for one in later if not _LEANING.match(one) and len(one.split()) > _FEWEST)
    if len(brief.title.text) > LONGEST:
        yield as_sentence(brief.title.text)


def _for_whom(said: str, wording: Wording) -> str:
    first = said.split(" ", 1)[0]
    if re.match(r"(?:for|für|pour)\b", said, re.IGNORECASE):
        return said[:1].upper() + said[1:]
    whom = said[:1].lower() + said[1:] if first in _LOWERED else said
    return f"{wording.made_for.format(whom=whom.rstrip('.'))}."


def _ended(text: str) -> str:
    return text[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


# --- the body --------------------------------------------------------------------------------------------------------


def _proved(block: Block, frame: _Frame) -> Block:
    """The block without the sentences that nobody wants, and the lines that the sources do not bear out."""
    grounds = frame.grounds
    kept = [_without(line, frame.orders.unwanted) for line in block.lines]
    lines = borne_out("\n".join(line for line in kept if line is not None), grounds).split("\n")
    tidy = [line for place, line in enumerate(lines) if line.strip() or (place and lines[place - 1].strip())]
    while tidy and not tidy[-1].strip():
        tidy.pop()
    is_bare = block.heading and borne_out(f"## {block.heading}", grounds) != f"## {block.heading}"
    return replace(block, lines=tuple(tidy), heading="" if is_bare else block.heading)


def _without(line: str, unwanted: frozenset[str]) -> str | None:
    sentences = parted(line)
    kept = [sentence for sentence in sentences if fold(sentence) not in unwanted]
    if len(kept) == len(sentences):
        return line
    mark = re.match(r"(?:[-*+>]\s+)?", line)
    return f"{mark[0] if mark else ''}{' '.join(kept)}" if kept else None


def _fitted(blocks: Sequence[Block], orders: Orders) -> list[Block]:
    """Leave out what weighs least while the page is too long; add what is spare while it is too short."""
    least, most = _bounds(orders)
    kept = [block for block in blocks if not block.spare]
    for spare in sorted((block for block in blocks if block.spare), key=lambda block: block.spare):
        if _count(kept) < least:
            kept = [block for block in kept if block.heading != spare.heading or not spare.heading] + [spare]
    while _count(kept) > most and len(kept) > 1:
        kept.remove(min(reversed(kept[1:]), key=lambda block: block.weight))
    ordered = [kept[0], *sorted(kept[1:], key=blocks.index)] if kept else []
    return _shortened(ordered, most)


def _bounds(orders: Orders) -> tuple[int, int]:
    """The fewest and the most words: what the gate said, else what a page of this kind has."""
    least = orders.least if orders.least is not None else min(FEWEST_WORDS, orders.most or FEWEST_WORDS)
    return least, orders.most if orders.most is not None else max(MOST_WORDS, least)


def _shortened(blocks: list[Block], most: int) -> list[Block]:
    """One block alone may still be too long: then its last lines go, and of one line the last sentences."""
    while blocks and _count(blocks) > most and (shorter := _shorter(blocks[0].lines)):
        blocks = [replace(blocks[0], lines=shorter), *blocks[1:]]
    return blocks


def _shorter(lines: tuple[str, ...]) -> tuple[str, ...]:
    if len(lines) > 1:
        return lines[:-2] if len(lines) > 2 and not lines[-2].strip() else lines[:-1]
    sentences = parted(lines[0])
    return (" ".join(sentences[:-1]),) if len(sentences) > 1 else ()


def _must_be_enough(page: _Page, orders: Orders, request: Request) -> None:
    if orders.least is not None and page.count < orders.least:
        raise CannotWork(
            f"brief.md: the brief and the research have material for {page.count} words, "
            f"and the gate wants {orders.least}: "
            "say more of what the product is, is made of and is for, and how it is delivered: "
            f"`orchestrator edit {request.job} brief.md`"
        )


def _count(blocks: Sequence[Block]) -> int:
    return len(words_of("\n\n".join(str(block) for block in blocks)))
