"""The pages, whole. `python tests/publishers/test_pages.py` writes the goldens anew; read them in review."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from orchestrator.publishers.product import read_product
from orchestrator.publishers.receipt import PAGE, Card, Receipt
from orchestrator.publishers.site import Storefront, product_page, storefront_page

GOLDEN = Path(__file__).parent / "golden"
STYLE = Path(__file__).parents[2] / "orchestrator" / "publishers" / "templates" / "style.css"
KILN = Storefront(title="Kiln & Co.", lang="en-GB")
LISTING = """---
title: Stoneware mug with a thumb rest
price: 24.00 EUR
tags: [ceramic, handmade]
description: A hand-thrown 350 ml mug, glazed in river green.
---
# Stoneware mug with a thumb rest

Thrown by hand, *glazed twice*.

## Details

- Holds 350 ml

#### Care

See [the notes](https://example.com/care).
"""
BAD = '<img src=x onerror=alert(1)></style><script>alert("1")</script>'
HOSTILE = f"---\ntitle: '{BAD}'\nprice: '{BAD}'\ntags: ['{BAD}']\ndescription: '{BAD}'\nalt: '{BAD}'\n---\n{BAD}\n"


def page_of(listing: str, picture: str = "design.png") -> bytes:
    return product_page(read_product({"listing.md": listing.encode(), picture: b""}, named="Mug"), KILN)


def receipt(card: Card) -> Receipt:
    return Receipt(key="key", card=card, files={PAGE: "0" * 64})


def goldens() -> dict[str, bytes]:
    products = {
        "mug": receipt(
            Card(title="Stoneware mug", price="24.00 EUR", description="Warm.", picture="a b.png", alt="Green")
        ),
        "bowl": receipt(Card(title="apple bowl")),
    }
    return {
        "product.html": page_of(LISTING),
        "hostile.html": page_of(HOSTILE, picture='"><b>.png'),
        "plain.html": product_page(read_product({"terms.txt": b""}, named="Mug"), KILN),
        "storefront.html": storefront_page(products, KILN),
        "empty.html": storefront_page({}, Storefront()),
    }


@pytest.mark.parametrize("name", sorted(goldens()))
def test_a_page_is_its_golden_byte_for_byte(name: str) -> None:
    assert goldens()[name].decode() == (GOLDEN / name).read_text("utf-8")


class Outline(HTMLParser):
    """What a page consists of, for the rules that every page keeps."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.mark.parametrize("name", sorted(goldens()))
def test_every_page_keeps_the_rules(name: str) -> None:
    page = Outline(goldens()[name])
    assert page.of("html") in ([{"lang": "en-GB"}], [{"lang": "en"}])
    assert len(page.of("title")) == len(page.of("h1")) == len(page.of("main")) == 1
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.of("meta")
    assert not {"script", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in page.tags}
    assert not [attributes for _, attributes in page.tags if any(key.startswith("on") for key in attributes)]
    assert all(image["alt"] for image in page.of("img"))
    assert not [image for image in page.of("img") if ":" in (image["src"] or "")]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_empty_picture_text_falls_back_to_the_title() -> None:
    assert Outline(page_of(LISTING)).of("img") == [{"src": "design.png", "alt": "Stoneware mug with a thumb rest"}]


# --- contrast --------------------------------------------------------------------------------------------------------


def palettes() -> list[dict[str, str]]:
    """The colours of the style sheet by name: the light palette, then the dark one."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE.read_text("utf-8"), re.DOTALL)
    return [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block)) for block in blocks]


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["paper", "card", "tint"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent"])
def test_every_text_stands_out_from_every_ground(text: str, ground: str) -> None:
    light, dark = palettes()
    for palette in (light, dark):
        lighter, darker = sorted((luminance(palette[text]), luminance(palette[ground])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_no_colour_stands_outside_the_palettes() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLE.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(|opacity|url\(|@import", rules) == []


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for golden, content in goldens().items():
        (GOLDEN / golden).write_bytes(content)
