"""The pages of the storefront: a product's, and the one that lists them all. Pure: values in, bytes out, no clock."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from orchestrator.publishers.product import Product
from orchestrator.publishers.receipt import PAGE, Card, Receipt


@dataclass(frozen=True, slots=True)
class Storefront:
    """What every page says of the whole."""

    title: str = "Storefront"
    lang: str = "en"


def product_page(product: Product, storefront: Storefront) -> bytes:
    """Return a product's page; it stands in the product's folder, one below the storefront's."""
    return _render("product.html.j2", storefront, product=product, card=product.card)


def storefront_page(products: Mapping[str, Receipt], storefront: Storefront) -> bytes:
    """Return the page that lists the products (job → receipt), sorted by title."""
    cards = sorted((_shown(job, receipt.card) for job, receipt in products.items()), key=_by_title)
    return _render("storefront.html.j2", storefront, cards=cards)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A card with its addresses, relative to the storefront's page."""

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


def _render(template: str, storefront: Storefront, **values: object) -> bytes:
    style = _style()
    page = _environment().get_template(template)
    return page.render(storefront=storefront, style=style, style_digest=_digest(style), **values).encode()


def _digest(style: str) -> str:
    """Return the digest by which a page's policy admits this one style sheet and no other."""
    return b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def _style() -> Markup:
    return Markup(files("orchestrator.publishers").joinpath("templates", "style.css").read_text("utf-8"))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("orchestrator.publishers", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
