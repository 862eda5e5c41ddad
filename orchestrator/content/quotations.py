"""Quotations in a text: what stands in double quotes or in a block quote, each with its line. Judges none of them."""

import html
import re
from dataclasses import dataclass

from orchestrator.content.markdown import fenced, without_front_matter
from orchestrator.content.words import fold, words

FEWEST_WORDS = 3
"""Fewer words in quotes are a name or a manner of speaking, not somebody's words. A name has a capital letter."""

_QUOTED = re.compile(
    r"“([^“”„]{1,3000})[”“]"
    r"|„([^“”„]{1,3000})[“”]"
    r"|«([^«»]{1,3000})»"
    r"|»([^«»]{1,3000})«"
    r'|(?<![\w=])"(?=\S)([^"]{1,3000})"'  # not 12" (inches), not class="a b c"
)
_BLOCK = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_ATTRIBUTION = re.compile(r"[ \t\n](?:—|–|--)[ \t]*([^—–\n]{1,120})$")
_CITED = re.compile(r"\[[^\[\]\n]{1,300}:\d{1,9}\]\s*$")
_ELLIPSIS = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.")
"""Neither begins with white space: of a thousand spaces in a row each would be tried as the first."""
_MARKUP = re.compile(r"[*_`~]+")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
"""In Markdown as in JSON: the sign behind the backslash is meant."""
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_SPACE = re.compile(r"\s{2,}|[^\S ]")
"""What becomes one space; a space alone is one already."""
_CODE = re.compile(r"`[^`\n]{1,1000}`")
_CAPITAL = re.compile(r"(?<![^\W_])[A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f]")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Somebody's words as written, and the 1-based line on which they begin.

    `parts` are what must be found, in this order: the words between ellipses, as `comparable` makes them.
    """

    text: str
    line: int
    parts: tuple[str, ...]
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, item of a list, table or block quote, without the marks of quoting. `line` is its first, 1-based."""

    line: int
    text: str
    is_quote: bool


def quotations(text: str) -> tuple[Quotation, ...]:
    """Return the quotations of a Markdown text in order; front matter and fenced code hold none."""
    return tuple(quotation for quotation in quotations_and_names(text) if not quotation.is_name)


def quotations_and_names(text: str) -> tuple[Quotation, ...]:
    """Return the quotations, and the names in quotation marks: one or two words with a capital, outside of code."""
    found: list[Quotation] = []
    for paragraph in paragraphs(text):
        found += [_block_quotation(paragraph)] if paragraph.is_quote else _quoted(paragraph)
    return tuple(quotation for quotation in found if quotation.parts)


def comparable(text: str) -> str:
    """Return a text as quotations are compared: no case, emphasis, escapes, quote style or breaking of lines."""
    bare = _ESCAPE.sub(r"\1", text) if "\\" in text else text
    return _SPACE.sub(" ", _MARKUP.sub("", fold(html.unescape(bare)))).strip()


def _quoted(paragraph: Paragraph) -> list[Quotation]:
    found: list[Quotation] = []
    code = _Code(paragraph.text)
    line, reached = paragraph.line, 0
    for match in _QUOTED.finditer(paragraph.text):
        text = next(group for group in match.groups() if group is not None)
        is_name = len(words(text)) < FEWEST_WORDS
        if not is_name or (_CAPITAL.search(text) and not code.holds(match.start())):
            line += paragraph.text.count("\n", reached, match.start())
            reached = match.start()
            found.append(Quotation(_SPACE.sub(" ", text).strip(), line, _parts(text), is_name))
    return found


class _Code:
    """The inline code of a paragraph, asked for places that never go back."""

    def __init__(self, text: str) -> None:
        self._spans = [match.span() for match in _CODE.finditer(text)]
        self._next = 0

    def holds(self, place: int) -> bool:
        while self._next < len(self._spans) and self._spans[self._next][1] <= place:
            self._next += 1
        return self._next < len(self._spans) and self._spans[self._next][0] < place


def _block_quotation(paragraph: Paragraph) -> Quotation:
    text = _uncited(_ATTRIBUTION.sub("", _uncited(paragraph.text.strip())))
    return Quotation(_SPACE.sub(" ", text).strip(), paragraph.line, _parts(text))


def _uncited(text: str) -> str:
    """Leave out the citation at the end."""
    cited = _CITED.search(text)
    return text[: cited.start()].rstrip() if cited else text


def _parts(text: str) -> tuple[str, ...]:
    """A comma or full stop before the closing mark belongs to the sentence around the quotation as often as to it."""
    pieces = (comparable(piece).strip("' ").rstrip(".,;:!?' ") for piece in _ELLIPSIS.split(text))
    return tuple(piece for piece in pieces if piece)


def paragraphs(text: str) -> list[Paragraph]:
    """Return the text parted at empty lines, where block quotes begin and end, and where an item of a list begins.

    `> [!NOTE]` opens a note, not a quotation.
    """
    lines = without_front_matter(text).split("\n")
    found: list[Paragraph] = []
    held: list[str] = []
    is_quote = False
    for number, (line, code) in enumerate(zip([*lines, ""], [*fenced(lines), True], strict=True), start=1):
        mark = None if code else _BLOCK.match(line)
        body = line[mark.end() :] if mark else line
        ends = code or not body.strip() or bool(mark) != is_quote or (not mark and _ITEM.match(body))
        if ends and held:
            found.append(Paragraph(number - len(held), "\n".join(held), is_quote))
            held = []
        if not code and body.strip():
            held.append(body)
            is_quote = bool(mark)
    return [part for part in found if not (part.is_quote and part.text.lstrip().startswith("[!"))]
