"""Quotations in a text: what stands in double quotes or in a block quote, each with its line. Judges none of them."""

import html
import re
from collections.abc import Sequence
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
    r"|「([^「」]{1,3000})」"
    r"|『([^『』]{1,3000})』"
    r"|<[qQ](?:\s[^<>]{0,300})?>(?P<q>[^<]{1,3000}+(?:<(?!/?[qQ]\b)[^<]{0,300}+){0,50}+)</[qQ]>"
    r'|(?<![\w=])"(?=\S)([^"]{1,3000})"'  # not 12" (inches), not class="a b c"
)
_BLOCK = re.compile(r"(?:[ \t]*+(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*+[ \t]*+(?:>[ \t]?)+")
_ENTITY = re.compile(r"&#?\w{1,10};")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_HTML_BLOCK = re.compile(r"</?blockquote(?:\s[^<>]{0,300})?>", re.IGNORECASE)
_CALLOUT = re.compile(r"\s*\[!(\w{1,30})\][+-]?[^\n]*")
_NOTES = re.compile(
    "note|tip|important|warning|caution|abstract|summary|tldr|info|todo|hint|success|check|done|question|help|faq"
    "|attention|failure|fail|missing|danger|error|bug|example",
    re.IGNORECASE,
)
"""GitHub's five, and the others of Obsidian; its `quote` and `cite` are quotations."""
_ATTRIBUTION = re.compile(r"[ \t\n](?:—|–|--)[ \t]*([^—–\n]{1,120})$")
_CITED = re.compile(r"\[[^\[\]\n]{1,300}:\d{1,9}\]\s*$")
_ELLIPSIS = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.")
"""Neither begins with white space: of a thousand spaces in a row each would be tried as the first."""
_MARKUP = "*_`~"
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
"""In Markdown as in JSON: the sign behind the backslash is meant."""
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")
_SPACE = re.compile(r"\s{2,}|[^\S ]")
"""What becomes one space; a space alone is one already."""
_CODE = re.compile(r"`[^`\n]{1,1000}`")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]")
_INLINE_LINK = re.compile(r"(?:!\[|\[)([^\[\]]{0,1000})\]\([^()\s]{0,2000}(?:\s[^()]{0,500})?\)")


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
    bare = _INLINE_LINK.sub(r"\1", text) if "](" in text else text
    bare = _ESCAPE.sub(r"\1", bare) if "\\" in bare else bare
    folded = fold(html.unescape(bare))
    for sign in _MARKUP:
        folded = folded.replace(sign, "")
    return " ".join(folded.split())


def _quoted(paragraph: Paragraph) -> list[Quotation]:
    found: list[Quotation] = []
    whole = _ENTITY.sub(_unescaped, paragraph.text) if "&" in paragraph.text else paragraph.text
    code = _Code(whole)
    line, reached = paragraph.line, 0
    for match in _QUOTED.finditer(whole):
        text = _TAG.sub("", match["q"]) if match["q"] else next(group for group in match.groups() if group is not None)
        is_name = len(words(text)) < FEWEST_WORDS
        if not is_name or (_has_capital(text) and not code.holds(match.start())):
            line += whole.count("\n", reached, match.start())
            reached = match.start()
            found.append(Quotation(_SPACE.sub(" ", text).strip(), line, _parts(text), is_name))
    return found


def _unescaped(match: re.Match[str]) -> str:
    return html.unescape(match.group(0)).replace("\n", " ")


def _has_capital(text: str) -> bool:
    return any(match.group(0).isupper() for match in _INITIAL.finditer(text))


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

    `> [!NOTE]` opens a note, not a quotation; `> [!quote]` and `<blockquote>` open one.
    """
    lines = without_front_matter(text).split("\n")
    codes = fenced(lines)
    lines = _marked(lines, codes) if "<blockquote" in text.casefold() else lines
    found: list[Paragraph] = []
    held: list[str] = []
    is_quote = False
    for number, (line, code) in enumerate(zip([*lines, ""], [*codes, True], strict=True), start=1):
        mark = None if code else _BLOCK.match(line)
        body = line[mark.end() :] if mark else line
        ends = code or not body.strip() or bool(mark) != is_quote or _ITEM.match(line)
        if ends and held:
            found.append(Paragraph(number - len(held), "\n".join(held), is_quote))
            held = []
        if not code and body.strip():
            held.append(body)
            is_quote = bool(mark)
    return [part for part in map(_without_callout, found) if part]


def _without_callout(paragraph: Paragraph) -> Paragraph | None:
    """Return None of a note, and a quotation without `[!quote]`."""
    callout = _CALLOUT.match(paragraph.text) if paragraph.is_quote else None
    if not callout:
        return paragraph
    if _NOTES.fullmatch(callout.group(1)):
        return None
    body = paragraph.text[callout.end() + 1 :]
    return Paragraph(paragraph.line + 1, body, is_quote=True) if body.strip() else None


def _marked(lines: Sequence[str], codes: Sequence[bool]) -> list[str]:
    """Return the lines with those of `<blockquote>` marked as Markdown marks them."""
    marked: list[str] = []
    is_inside = False
    for line, code in zip(lines, codes, strict=True):
        tags = [] if code else [match.group(0) for match in _HTML_BLOCK.finditer(line)]
        is_quote = not code and (is_inside or any(not tag.startswith("</") for tag in tags))
        marked.append(f"> {_TAG.sub(' ', line).strip()}" if is_quote else line)
        is_inside = not tags[-1].startswith("</") if tags else is_inside
    return marked
