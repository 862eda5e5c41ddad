"""The designer: a drawing of the listing, and its picture. What it shows stands in the listing; it invents no word."""

from collections.abc import Mapping

from orchestrator.agents.builtin.drawn import picture_of
from orchestrator.agents.builtin.product_listing.brief import Brief, read_brief
from orchestrator.agents.builtin.product_listing.layout import Page, page
from orchestrator.agents.builtin.product_listing.listing import PATH, Listing, read_listing
from orchestrator.agents.builtin.product_listing.motifs import kind_of, motif
from orchestrator.agents.builtin.product_listing.palette import choose
from orchestrator.agents.builtin.product_listing.reading import brief_of
from orchestrator.agents.builtin.reading import only_one, text_of
from orchestrator.agents.interface import Request

MOST_POINTS = 3
MOST_FACTS = 3
LONGEST_FACT = 24


def design(request: Request) -> Mapping[str, bytes]:
    """Return the drawing (.svg) and its picture (.png). Raises CannotWork where the listing has no title."""
    listing = read_listing(text_of(request, PATH))
    drawing = page(_page(read_brief(brief_of(request)), listing)).encode()
    return {
        only_one(request, ".svg"): drawing,
        only_one(request, ".png"): picture_of(drawing, only_one(request, ".svg")),
    }


def _page(brief: Brief, listing: Listing) -> Page:
    told = (listing.title, *listing.tags, *(line.text for line in brief.spoken))
    named = (listing.title, *brief.tags, *(line.text for line in brief.spoken[:1]))
    palette = choose(brief.accent, told)
    points = listing.points or listing.sentences
    facts = (fact for fact in listing.facts if len(fact[1]) <= LONGEST_FACT)
    return Page(
        eyebrow="  ·  ".join(listing.tags[:3]),
        title=listing.title,
        points=points[:MOST_POINTS],
        facts=tuple(facts)[:MOST_FACTS],
        price=listing.price,
        motif=motif(kind_of(named), palette),
        palette=palette,
    )
