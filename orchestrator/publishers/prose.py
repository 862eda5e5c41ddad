"""A stranger's Markdown as HTML that can do nothing: no raw HTML, no scripts, no remote pictures. Pure."""

import re
from collections.abc import Collection, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

MOST_CHARACTERS = 100_000
_SCHEMES = frozenset({"", "http", "https", "mailto"})
_TOP, _DEEPEST = 2, 6
_ALIGNED = re.compile(r"text-align:(left|center|right)")
_TABLE = '<div class="table" role="region" aria-label="Table" tabindex="0">'


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first level below the title. `anchor` is its id in the page."""

    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Prose:
    """The words of a page. `opening`: the paragraphs before the first heading, where nothing else stands there."""

    opening: Markup
    rest: Markup
    headings: tuple[Heading, ...]
    pictures: frozenset[str]
    """The files that it shows."""

    @property
    def html(self) -> Markup:
        """Return all of it."""
        return self.opening + self.rest


def read_prose(text: str, *, title: str, files: Collection[str]) -> Prose:
    """Return `text` as HTML to stand under an `h1` that says `title`: a heading that repeats it is left out.

    Headings begin at `h2` and leave out no level. A picture is shown where `files` has it, else its words are.
    """
    parser = _parser()
    tokens = _without_title(parser.parse(text), title)
    _put_in_order([token for token in tokens if token.type in ("heading_open", "heading_close")])
    headings = tuple(_anchored(tokens))
    for token in tokens:
        _align_by_class(token)
        if token.children:
            token.children = [_made_inert(child, files) for child in token.children]
    end = _end_of_opening(tokens)
    opening, rest = (Markup(parser.renderer.render(part, parser.options, {})) for part in (tokens[:end], tokens[end:]))
    return Prose(opening, rest, headings, frozenset(_pictures(tokens)))


def first_heading(text: str) -> str:
    """Return the words of the first heading, or nothing."""
    return next((words for _, words in _headings(_Parser("commonmark").parse(text))), "")


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return _is_harmless(url)


def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    return parser


def _open_table(
    self: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """A wide table scrolls within a frame of its own."""
    return _TABLE + self.renderToken(tokens, place, options, env)


def _close_table(
    self: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    return self.renderToken(tokens, place, options, env) + "</div>\n"


def _is_harmless(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield (the place of the opening token, the words) of each heading."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            yield place, _words(tokens[place + 1].children or ())


def _words(children: Sequence[Token]) -> str:
    return " ".join("".join(child.content or " " for child in children).split())


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    place, words = next(_headings(tokens), (None, ""))
    if place is None or words.casefold() != title.casefold():
        return tokens
    return tokens[:place] + tokens[place + 3 :]


def _put_in_order(headings: Sequence[Token]) -> None:
    """Set the levels of headings, given as opening and closing tokens in turn."""
    least = min((int(token.tag[1]) for token in headings), default=_TOP)
    before = _TOP - 1
    for opening, closing in zip(headings[::2], headings[1::2], strict=True):
        before = min(int(opening.tag[1]) - least + _TOP, before + 1, _DEEPEST)
        opening.tag = closing.tag = f"h{before}"


def _anchored(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Give every heading an id of its own, and yield those of the first level."""
    taken: dict[str, int] = {}
    for place, words in _headings(tokens):
        stem = re.sub(r"\W+", "-", words.casefold())[:60].strip("-_") or "section"
        taken[stem] = taken.get(stem, 0) + 1
        anchor = f"{stem}--{taken[stem]}" if taken[stem] > 1 else stem
        tokens[place].attrSet("id", anchor)
        if tokens[place].tag == f"h{_TOP}" and words:
            yield Heading(words, anchor)


def _align_by_class(token: Token) -> None:
    """Say by a class how a cell is aligned: the page's policy admits no style of an element's own."""
    if token.type in ("th_open", "td_open") and (said := _ALIGNED.fullmatch(str(token.attrs.pop("style", "")))):
        token.attrSet("class", said[1])


def _end_of_opening(tokens: Sequence[Token]) -> int:
    place = 0
    while tokens[place : place + 1] and tokens[place].type == "paragraph_open":
        place += 3
    return place if tokens[place : place + 1] and tokens[place].type == "heading_open" else 0


def _made_inert(token: Token, files: Collection[str]) -> Token:
    if token.type == "link_open":
        token.attrSet("rel", "nofollow noopener")
    if token.type != "image":
        return token
    if _source(token) not in files:
        return Token("text", "", 0, content=token.content)
    token.attrSet("loading", "lazy")
    return token


def _pictures(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        yield from (_source(child) for child in token.children or () if child.type == "image")


def _source(image: Token) -> str:
    return unquote(str(image.attrGet("src")))
