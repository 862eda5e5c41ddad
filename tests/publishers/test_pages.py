"""The pages, whole. `python tests/publishers/test_pages.py` writes the goldens anew; read them in review."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from orchestrator.publishers.page import read_page
from orchestrator.publishers.receipt import PAGE, Card, Receipt
from orchestrator.publishers.site import Site, index_page, job_page

GOLDEN = Path(__file__).parent / "golden"
STYLE = Path(__file__).parents[2] / "orchestrator" / "publishers" / "templates" / "style.css"
KILN = Site(title="Kiln & Co.", lang="en-GB")
RELEASES = Site(title="Releases", changelog="CHANGELOG.md")
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
NOTES = """---
title: kiln 8.2.0
version: 8.2.0
date: 2026-03-01
description: One breaking change, two fixes.
tags: [release]
---
# kiln 8.2.0

Three commits by two people since 8.1.0.

## Breaking changes

- Drop Python 3.9 (`498f8826`, [#2893](https://example.com/pull/2893), Ada Lovelace)

## Fixes

- Keep `--color` when piped (`ab21233f`, Grace Hopper)
- Close the door (`f84395c5f84395c5f84395c5f84395c5f84395c5`, Grace Hopper)

## What was touched

| Folder | Files |
|---|---:|
| src | 12 |
"""
ARTICLE = """---
title: The last keeper of Skerry Light
author: Mara Lindqvist
date: 2026-01-14
description: Forty-one winters, one lamp.
---
On the morning the engineers came, Ansel had been up for five hours.

> Lamp held. A wren came in at the window.

![The lamp](lamp.png)
"""
BAD = '<img src=x onerror=alert(1)></style><script>alert("1")</script>'
KEYS = ("title", "price", "description", "alt", "date", "version", "author")


def hostile(*left_out: str) -> str:
    head = "".join(f"{key}: '{BAD}'\n" for key in KEYS if key not in left_out)
    return f"---\n{head}tags: ['{BAD}']\n---\n# A\n\n{BAD}\n\n# {BAD}\n\n# B\n\n# C\n"


def page_of(text: str, picture: str = "design.png", site: Site = KILN) -> bytes:
    return job_page(read_page({"text.md": text.encode(), picture: b""}, named="Mug"), site)


def notes_page() -> bytes:
    files = {"notes.md": NOTES.encode(), "changelog.md": b"## [8.2.0]\n", "chart.png": b"", "chart.svg": b""}
    return job_page(read_page(files, named="r1"), RELEASES)


def receipt(card: Card) -> Receipt:
    return Receipt(key="key", card=card, files={PAGE: "0" * 64})


def index_of(site: Site, **cards: Card) -> bytes:
    return index_page({job: receipt(card) for job, card in cards.items()}, site)


MUG = Card(title="Stoneware mug", price="24.00 EUR", description="Warm.", picture="a b.png", alt="Green")
NEW_NOTES = Card(title="kiln 8.2.0", version="8.2.0", date="2026-03-01", description="Fixes.", picture="chart.png")
OLD_NOTES = Card(title="First notes", version="8.1.0", date="2025-03-01")
KEEPER = Card(title="The keeper", author="Mara Lindqvist", date="2026-01-14", picture="lamp.png", alt="The lamp")


def goldens() -> dict[str, bytes]:
    bad = Card(**dict.fromkeys((*KEYS, "picture"), BAD))
    return {
        "product.html": page_of(LISTING),
        "release.html": notes_page(),
        "article.html": page_of(ARTICLE, "lamp.png", Site(title="Articles")),
        "hostile.html": page_of(hostile(), picture='"><b>.png'),
        "hostile-release.html": page_of(hostile("price"), picture='"><b>.png'),
        "hostile-article.html": page_of(hostile("price", "version"), picture='"><b>.png'),
        "plain.html": job_page(read_page({"terms & more.txt": b""}, named="Mug"), KILN),
        "index-products.html": index_of(KILN, mug=MUG, bowl=Card(title="apple bowl")),
        "index-releases.html": index_of(RELEASES, r1=OLD_NOTES, r2=NEW_NOTES, r3=Card(title="no date")),
        "index-articles.html": index_of(Site(title="Artikel", lang="de"), keeper=KEEPER),
        "index-undated.html": index_of(Site(), keeper=KEEPER.model_copy(update={"date": ""}), a=Card(title="A word")),
        "index-hostile.html": index_of(KILN, a=bad),
        "index-hostile-list.html": index_of(RELEASES, a=bad.model_copy(update={"price": "", "version": ""})),
        "index-empty.html": index_of(Site()),
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
    assert page.of("html") in ([{"lang": "en-GB"}], [{"lang": "en"}], [{"lang": "de"}])
    assert len(page.of("title")) == len(page.of("h1")) == len(page.of("main")) == 1
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.of("meta")
    assert not {"script", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in page.tags}
    assert not [attributes for _, attributes in page.tags if any(key.startswith("on") for key in attributes)]
    assert not [attributes for _, attributes in page.tags if "style" in attributes]
    assert all(image["alt"] for image in page.of("img"))
    assert not [image for image in page.of("img") if ":" in (image["src"] or "")]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def links(page: bytes) -> list[str | None]:
    return [link["href"] for link in Outline(page).of("a")]


def test_a_release_links_to_its_parts_to_its_files_and_to_the_chart_at_full_size() -> None:
    parts = ["#breaking-changes", "#fixes", "#what-was-touched"]
    assert links(notes_page()) == [
        "../index.html", "chart.png", *parts, "https://example.com/pull/2893", "changelog.md", "chart.svg",
        "../index.html",
    ]  # fmt: skip
    ids = {attributes["id"] for _, attributes in Outline(notes_page()).tags if "id" in attributes}
    assert ids == {part[1:] for part in parts}


@pytest.mark.parametrize(("headings", "count"), [(2, 0), (3, 3)])
def test_few_headings_need_no_contents(headings: int, count: int) -> None:
    text = "---\ntitle: A\nversion: 1\n---\n" + "".join(f"# Part {number}\n\n" for number in range(headings))
    assert len([link for link in links(page_of(text)) if link and link.startswith("#")]) == count


def order(page: bytes) -> list[str]:
    """The jobs of an index, in the order in which it shows them."""
    return [link.removesuffix("/index.html") for link in links(page) if link and link.endswith("/index.html")]


def test_the_index_is_ordered_by_date_then_version_then_title() -> None:
    cards = {
        "a": Card(title="b", date="2026-01-01", version="1.9"),
        "b": Card(title="a", date="2026-01-01", version="1.10"),
        "c": Card(title="d", date="2026-01-02"),
        "d": Card(title="c", date="2026-01-02"),
        "e": Card(title="Z"),
        "f": Card(title="y"),
    }
    assert order(index_of(KILN, **cards)) == ["d", "c", "b", "a", "f", "e"]
    assert index_of(KILN, **cards) == index_of(KILN, **dict(reversed(cards.items())))


@pytest.mark.parametrize(
    ("cards", "form", "count"),
    [
        ([], "of-list", "0 pages"),
        ([Card(title="a")], "of-list", "1 page"),
        ([Card(title="a", picture="a.png"), Card(title="b")], "of-cards", "2 pages"),
        ([Card(title="a", picture="a.png", author="Ada")], "of-list", "1 page"),
        ([MUG], "of-cards", "1 product"),
        ([MUG, Card(title="a", price="1", date="2026-01-01")], "of-cards", "2 products"),
        ([MUG, NEW_NOTES], "of-cards", "2 pages"),
        ([NEW_NOTES], "of-list", "1 release"),
        ([NEW_NOTES, OLD_NOTES], "of-list", "2 releases"),
        ([NEW_NOTES, KEEPER], "of-list", "2 pages"),
        ([KEEPER, Card(title="a")], "of-list", "2 pages"),
    ],
)
def test_what_the_cards_hold_decides_the_form_of_the_index(cards: list[Card], form: str, count: str) -> None:
    page = index_of(KILN, **{f"job-{place}": card for place, card in enumerate(cards)})
    assert Outline(page).of("body") == [{"class": form}]
    assert f'<p class="count">{count}</p>' in page.decode()


def test_what_has_no_page_is_not_listed() -> None:
    hidden = Receipt(key="key", card=MUG, files={"listing.md": "0" * 64})
    assert index_page({"mug": hidden}, KILN) == index_of(KILN)


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
