"""A listing as it stands: its head, and the lines that a drawing or a review needs. Judges nothing."""

import re
from dataclasses import dataclass

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.product_listing.brief import unmarked
from orchestrator.agents.builtin.product_listing.phrases import sentences
from orchestrator.content.markdown import key_lines, split_front_matter
from orchestrator.errors import DocumentError

PATH = "listing.md"

_BULLET = re.compile(r"[-*+][ \t]+(\S.*)")
_FACT = re.compile(r"[*_]{0,2}([A-Z][\w -]{0,24}?)[*_]{0,2}:[*_]{0,2}[ \t]+(\S.*)")


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing. `points` are its list items, `facts` those of the form `Name: value`; lines are 1-based."""

    title: str
    price: str
    tags: tuple[str, ...]
    points: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    title_line: int


def read_listing(text: str) -> Listing:
    """Return the listing. Raises CannotWork where its head cannot be read."""
    try:
        front = split_front_matter(text, PATH)
    except DocumentError as fault:
        raise CannotWork(str(fault)) from fault
    data = front.data or {}
    title = str(data.get("title") or "").strip()
    if not title:
        raise CannotWork(f"{PATH}: its front matter has no title: begin the file with '---' and 'title: …'")
    tags = data.get("tags") or ()
    items = [unmarked(match[1]) for line in front.body.split("\n") if (match := _BULLET.fullmatch(line.strip()))]
    facts = [(match[1], match[2]) for item in items if (match := _FACT.fullmatch(item))]
    return Listing(
        title=title,
        price=str(data.get("price") or "").strip(),
        tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (str(tags),),
        points=tuple(item for item in items if not _FACT.fullmatch(item)),
        facts=tuple(facts),
        sentences=_sentences(front.body),
        title_line=key_lines(text).get("title", 1),
    )


def _sentences(body: str) -> tuple[str, ...]:
    """The sentences of the paragraphs, without headings, lists and quotations."""
    lines = [
        line for line in body.split("\n") if line.strip() and not re.match(r"\s*(?:[#>|]|[-*+] |\d+[.)] |```)", line)
    ]
    return tuple(part for line in lines for part in sentences(unmarked(line)))
