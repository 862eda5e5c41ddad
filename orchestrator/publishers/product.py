"""A delivery read as a product: title, price, tags, words, picture. Pure; whatever it is handed, it finds something."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from orchestrator.content.markdown import front_matter_lines
from orchestrator.documents import yaml
from orchestrator.errors import DocumentError, EffectError, Place
from orchestrator.publishers.prose import MOST_CHARACTERS, first_heading, to_html
from orchestrator.publishers.receipt import Card

PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
LONGEST = {"title": 200, "price": 60, "description": 500, "alt": 300, "tag": 60, "tags": 1000}
MOST_TAGS = 20

Facts = Mapping[str, yaml.Node]


@dataclass(frozen=True, slots=True)
class Product:
    """What a product's page shows."""

    card: Card
    tags: tuple[str, ...]
    body: Markup


def read_product(files: Mapping[str, bytes], *, named: str) -> Product:
    """Return the product that `files` tell of: the first Markdown file and the first picture, folders last.

    `named` is its title where the Markdown has none. Raises EffectError for Markdown that is too long for a page.
    """
    listing = next((path for path in ordered(files) if path.endswith(".md")), None)
    facts, text = _read_listing(listing, files[listing]) if listing else ({}, "")
    card = _card(facts, title=_line(facts.get("title"), "title") or _cut(first_heading(text), "title") or named)
    card = card.model_copy(update={"picture": _picture(files)})
    return Product(card=card, tags=_tags(facts.get("tags")), body=to_html(text, title=card.title, files=files))


def ordered(paths: Iterable[str]) -> list[str]:
    """Return the paths, those of the outermost folder first, each folder by name."""
    return sorted(paths, key=lambda path: (path.count("/"), path))


def _read_listing(path: str, content: bytes) -> tuple[Facts, str]:
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if len(text) > MOST_CHARACTERS:
        raise EffectError(
            f"{len(text)} characters are too many for a page of at most {MOST_CHARACTERS}",
            place=Place(path),
            hint="shorten it, or set `site: false` for this publisher in orchestrator.yaml",
        )
    lines = text.split("\n")
    count = front_matter_lines(text)
    return _facts("\n".join(lines[1 : count - 1]), path) if count else {}, "\n".join(lines[count:])


def _facts(head: str, path: str) -> Facts:
    """Return the front matter as nodes, since a price of 24.00 is to be shown as it was written."""
    try:
        root = yaml.compose(head, path).root
    except DocumentError:
        return {}
    return {key: node for key, (_, node) in root.entries.items()} if isinstance(root, yaml.MapNode) else {}


def _card(facts: Facts, title: str) -> Card:
    return Card(
        title=title,
        price=_line(facts.get("price"), "price"),
        description=_line(facts.get("description"), "description"),
        alt=_line(facts.get("alt"), "alt"),
    )


def _picture(files: Iterable[str]) -> str | None:
    return next((path for path in ordered(files) if path.lower().endswith(PICTURES)), None)


def _tags(said: yaml.Node | None) -> tuple[str, ...]:
    if isinstance(said, yaml.ListNode):
        lines = [_line(item, "tag") for item in said.items[:MOST_TAGS]]
    else:
        lines = [_cut(tag, "tag") for tag in _line(said, "tags").split(",")[:MOST_TAGS]]
    return tuple(dict.fromkeys(line for line in lines if line))


def _line(said: yaml.Node | None, kind: str) -> str:
    """Return a scalar as one line of printable text; a list, a mapping, null, true and false say nothing here."""
    if not isinstance(said, yaml.ScalarNode) or yaml.plain(said) in (None, True, False):
        return ""
    return _cut(said.text, kind)


def _cut(text: str, kind: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    most = LONGEST[kind]
    return line if len(line) <= most else line[: most - 1] + "…"
