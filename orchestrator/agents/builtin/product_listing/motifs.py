"""Simple pictures of things, one for each kind of product that the words tell of. Plain vector shapes, no text.

Each is a file of `pictures/`: lines of SVG in a square of 400 units that stands on its lower edge, its colours named by
the palette (`$glaze`).
"""

from collections.abc import Iterable
from dataclasses import fields
from importlib.resources import files
from string import Template

from orchestrator.agents.builtin.product_listing.palette import Palette
from orchestrator.content.words import words

_KINDS = {
    "mug": "tasse becher mug mugs cup cups teacup beaker espresso",
    "bottle": "bottle bottles flask carafe wine oil vinegar perfume shampoo juice syrup gin",
    "candle": "kerze bougie candle candles tealight",
    "bag": "bag bags tote backpack rucksack satchel purse handbag",
    "book": "buch livre guidebook book books notebook journal diary planner sketchbook album",
    "lamp": "lampe ampoule lamp lamps lampshade lantern light lights",
    "vase": "herb herbs seeds vase vases plant plants flower flowers planter bouquet",
    "jar": "savon honig miel jar jars jam honey soap cream balm salve spice tea coffee preserve marmalade mustard",
    "bowl": "bowl bowls plate plates dish tableware",
    "bell": "bell bells",
    "screen": "app apps software browser website dashboard plugin spreadsheet saas",
    "tools": "repair repairs reparatur réparation maintenance handyman plumbing",
    "blanket": "decke apron schürze tablier blanket blankets throw towel scarf linen quilt wool shawl rug textile",
}
OTHERWISE = "parcel"
KINDS = (*_KINDS, OTHERWISE)


def kind_of(texts: Iterable[str]) -> str:
    """Return the kind of thing that the texts name first; a parcel where they name none that we can draw."""
    by_word = {word: kind for kind, names in _KINDS.items() for word in names.split()}
    told = (part for text in texts for word in words(text) for part in word.casefold().split("-"))
    return next((by_word[word] for word in told if word in by_word), OTHERWISE)


def motif(kind: str, palette: Palette) -> tuple[str, ...]:
    """Return the picture of a thing as lines of SVG."""
    text = (files("orchestrator.agents.builtin.product_listing") / "pictures" / f"{kind}.txt").read_text("utf-8")
    colors = {part.name: str(getattr(palette, part.name)) for part in fields(palette)}
    return tuple(Template(text).substitute(colors).splitlines())
