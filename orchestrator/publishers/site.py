"""The pages of a site: a job's, and the index of them all. Pure: values in, bytes out, no clock."""

import hashlib
from base64 import b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orchestrator.publishers.page import Kind, Page, kind_of
from orchestrator.publishers.receipt import PAGE, Card, Receipt
from orchestrator.publishers.recency import Recency, day, day_in_words, recency

FEWEST_CONTENTS = 3
_MANY = {Kind.PRODUCT: "products", Kind.RELEASE: "releases"}
_ONE = {"products": "product", "releases": "release", "pages": "page"}


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says of the whole. `changelog`: the file that the index links to, where there is one."""

    title: str = "Published"
    lang: str = "en"
    changelog: str | None = None


def job_page(page: Page, site: Site) -> bytes:
    """Return a job's page; it stands in the job's folder, one below the site's."""
    contents = page.prose.headings if len(page.prose.headings) >= FEWEST_CONTENTS else ()
    return _render(f"{page.kind}.html.j2", site, page=page, card=page.card, contents=contents, many=_many([page.card]))


def index_page(receipts: Mapping[str, Receipt], site: Site) -> bytes:
    """Return the page that lists those (job → receipt) that have one: the latest first, those of one day by title."""
    cards = {job: receipt.card for job, receipt in receipts.items() if receipt.has_page}
    shown = sorted((_shown(job, card) for job, card in cards.items()), key=_by_title)
    shown.sort(key=_by_recency, reverse=True)
    many = _many(cards.values())
    count = f"{len(cards)} {_ONE[many] if len(cards) == 1 else many}"
    template = "list.html.j2" if _is_read_down(cards.values()) else "cards.html.j2"
    return _render(template, site, cards=shown, count=count, is_dated=any(card.when for card in cards.values()))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A card with its addresses, relative to the index."""

    card: Card
    link: str
    picture: str | None
    initial: str
    """What stands where there is no picture."""


def _shown(job: str, card: Card) -> _Shown:
    picture = f"{job}/{quote(card.picture)}" if card.picture else None
    initial = next((char for char in card.title if char.isalnum()), "·").upper()
    return _Shown(card=card, link=f"{job}/{PAGE}", picture=picture, initial=initial)


def _by_title(shown: _Shown) -> tuple[str, str]:
    return shown.card.title.casefold(), shown.link


def _by_recency(shown: _Shown) -> Recency:
    return recency(shown.card.date, shown.card.version)


def _is_read_down(cards: Collection[Card]) -> bool:
    """Say whether the index is a list of what there is to read, and not a wall of what there is to see."""
    if any(card.price for card in cards):
        return False
    return any(card.when or card.author for card in cards) or not any(card.picture for card in cards)


def _many(cards: Collection[Card]) -> str:
    kinds = {kind_of(card) for card in cards}
    return _MANY.get(kinds.pop(), "pages") if len(kinds) == 1 else "pages"


def _render(template: str, site: Site, **values: object) -> bytes:
    style = _style()
    page = _environment().get_template(template)
    return page.render(site=site, style=style, style_digest=_digest(style), **values).encode()


def _digest(style: str) -> str:
    """Return the digest by which a page's policy admits this one style sheet and no other."""
    return b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def _style() -> Markup:
    return Markup(files("orchestrator.publishers").joinpath("templates", "style.css").read_text("utf-8"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("orchestrator.publishers", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = day
    environment.filters["in_words"] = day_in_words
    return environment
