"""A delivery read as a page: its kind, its card, its words, its picture. Pure; it finds something, whatever comes.

What the front matter says decides the kind; no job's and no template's name does.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.errors import EffectError, Place
from orchestrator.publishers.changelog import SECTION
from orchestrator.publishers.facts import Facts, cut, read_facts
from orchestrator.publishers.prose import MOST_CHARACTERS, Prose, first_heading, read_prose
from orchestrator.publishers.receipt import Card

PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")


class Kind(StrEnum):
    """What a page is laid out as."""

    PRODUCT = "product"
    """It has a price."""
    RELEASE = "release"
    """It has a version, and no price."""
    ARTICLE = "article"
    """It has neither."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows. `files`: those of the delivery that it does not show itself, to link to."""

    card: Card
    tags: tuple[str, ...]
    prose: Prose
    files: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """Return how it is laid out."""
        return kind_of(self.card)

    @property
    def figure(self) -> str | None:
        """Return the picture to show beside the words; None where the words of a page that is read show it."""
        is_shown = self.kind is not Kind.PRODUCT and self.card.picture in self.prose.pictures
        return None if is_shown else self.card.picture


def kind_of(card: Card) -> Kind:
    """Return what a card's page is."""
    if card.price:
        return Kind.PRODUCT
    return Kind.RELEASE if card.version else Kind.ARTICLE


def read_page(files: Mapping[str, bytes], *, named: str) -> Page:
    """Return the page that `files` make: of the text found by `find_text`, and of the first picture, folders last.

    `named` is its title where the Markdown has none. Raises EffectError for Markdown that is too long for a page.
    """
    path = find_text(files)
    facts, text = _read_text(path, files[path]) if path else (Facts({}), "")
    card = facts.card(title=cut(first_heading(text), "title") or named, picture=_picture(files))
    prose = read_prose(text, title=card.title, files=files)
    return Page(card, facts.items("tags"), prose, _left_over(files, {path, card.picture, *prose.pictures}))


def read_card(files: Mapping[str, bytes], *, named: str) -> Card:
    """Return the page's card alone, its text unread: what is published without pages may be of any length."""
    path = find_text(files)
    facts, _ = read_facts(files[path]) if path else (Facts({}), "")
    return facts.card(title=named, picture=_picture(files))


def find_text(files: Mapping[str, bytes]) -> str | None:
    """Return the Markdown file that is the page; None where there is none.

    The first whose front matter names a title; else the first, folders last, and a `changelog.md` after all others.
    """
    texts = sorted((path for path in ordered(files) if path.endswith(".md")), key=lambda path: path == SECTION)
    titled = (path for path in texts if read_facts(files[path])[0].line("title"))
    return next(titled, texts[0] if texts else None)


def ordered(paths: Iterable[str]) -> list[str]:
    """Return the paths, those of the outermost folder first, each folder by name."""
    return sorted(paths, key=lambda path: (path.count("/"), path))


def _read_text(path: str, content: bytes) -> tuple[Facts, str]:
    if len(content) > MOST_CHARACTERS and (count := len(content.decode("utf-8", errors="replace"))) > MOST_CHARACTERS:
        raise EffectError(
            f"{count} characters are too many for a page of at most {MOST_CHARACTERS}",
            place=Place(path),
            hint="shorten it, or set `site: false` for this publisher in orchestrator.yaml",
        )
    return read_facts(content)


def _picture(files: Iterable[str]) -> str | None:
    return next((path for path in ordered(files) if path.lower().endswith(PICTURES)), None)


def _left_over(files: Iterable[str], shown: Collection[str | None]) -> tuple[str, ...]:
    return tuple(path for path in ordered(files) if path not in shown)
