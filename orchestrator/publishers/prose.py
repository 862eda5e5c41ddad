"""A stranger's Markdown as HTML that can do nothing: no raw HTML, no scripts, no remote pictures. Pure."""

from collections.abc import Collection, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

MOST_CHARACTERS = 100_000
_SCHEMES = frozenset({"", "http", "https", "mailto"})
_TOP, _DEEPEST = 2, 6


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return _is_harmless(url)


def to_html(text: str, *, title: str, files: Collection[str]) -> Markup:
    """Return `text` as HTML to stand under an `h1` that says `title`: a heading that repeats it is left out.

    Headings begin at `h2` and leave out no level. A picture is shown where `files` has it, else its words are.
    """
    parser = _Parser("commonmark", {"html": False}).enable("table")
    tokens = _without_title(parser.parse(text), title)
    _put_in_order([token for token in tokens if token.type in ("heading_open", "heading_close")])
    for token in tokens:
        if token.children:
            token.children = [_made_inert(child, files) for child in token.children]
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def first_heading(text: str) -> str:
    """Return the words of the first heading, or nothing."""
    return next((words for _, words in _headings(_Parser("commonmark").parse(text))), "")


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


def _made_inert(token: Token, files: Collection[str]) -> Token:
    if token.type == "link_open":
        token.attrSet("rel", "nofollow noopener")
    if token.type != "image":
        return token
    if unquote(str(token.attrGet("src"))) not in files:
        return Token("text", "", 0, content=token.content)
    token.attrSet("loading", "lazy")
    return token
