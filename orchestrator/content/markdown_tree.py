"""Markdown read whole, by markdown-it-py: headings, links, pictures, code, tables, raw HTML, each with its line.

CommonMark (https://spec.commonmark.org/0.31.2/) with GitHub's tables. Renders nothing and opens no link. The light
reader for words and sections is `markdown`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from orchestrator.content.markdown import without_front_matter
from orchestrator.content.markdown_table import CELL_END, keep_rows
from orchestrator.content.tags import Tag, tags

MOST_CHARACTERS = 2_000_000
MOST_LINES = 50_000
MOST_MARKS = 150_000
"""Characters that may begin a construct. Each costs up to 20 µs, so that a text of nothing else takes seconds."""
MOST_BRACKETS = 30_000
"""Opening ones: the parser looks for the other end of each, as deep as `DEEPEST`."""
DEEPEST = 40
"""Levels of quotations, lists and emphasis; what lies deeper is not read."""

_MARKS = "[]!<&\\*_#`"
_VERBATIM = ("fence", "code_block", "table_open", "html_block")
_BLOCKS = frozenset((*_VERBATIM, "row", "bullet_list_open"))
_RULES = ("link", "image", "autolink", "html_inline", "backticks")
_MARKED = re.compile(r"[\[<]|://")
"""Links, pictures, tags and addresses have one of these: of what has none, the parser need not be asked."""
_PLAIN = re.compile(r"[^\[\]!<&\\*_`\n]*")
"""A heading of words and nothing else."""
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")
_BARE = re.compile(r"(?<!\)\[)https?://[^\s<>\[\]\"'`|]{1,2000}")
_REVERSED = re.compile(r"(?<!\\)\(([^()\[\]\n]{1,200})\)\[([^\[\]\s^]{1,500})\](?!\()")
_ADDRESS = re.compile(r"[a-z]{2,10}://|mailto:|[/#.]|[^\s/]{1,200}[/.][^\s]{2}", re.IGNORECASE)
_UNDEFINED = re.compile(r"(?<![\\\]\w])\[([^\[\]]{1,300})\]\[(?!\^)([^\[\]]{0,300})\]")
_INDEX = re.compile(r"\d+|[A-Za-z]")
"""A label that is likelier a number of a source or of a matrix than a forgotten definition: `[4][5]`, `[i][j]`."""
_DELIMITER = re.compile(r"[|:\- \t]{3,}")
_PREFIX = re.compile(r"[\s>]{0,200}")


class TooLarge(Exception):
    """A text that would take too long to read. `line` is where the limit is passed."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. `anchor` is the id by which GitHub lets one link to it, made unique among the text's headings."""

    line: int
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link in brackets, by reference or between `<` and `>`. `text` is what a reader sees."""

    line: int
    target: str
    text: str
    title: str = ""
    holds_image: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """A picture. `alt` is what stands for it."""

    line: int
    source: str
    alt: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A reference definition, `[label]: target`."""

    line: int
    label: str
    target: str
    is_used: bool
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Undefined:
    """`[text][label]` with a label that nothing defines."""

    line: int
    label: str


@dataclass(frozen=True, slots=True)
class Reversed:
    """`(text)[address]`: a link the wrong way round."""

    line: int
    text: str
    target: str


@dataclass(frozen=True, slots=True)
class BareAddress:
    """A web address that stands in the text as it is: a link on some pages and none on others."""

    line: int
    address: str


@dataclass(frozen=True, slots=True)
class Fence:
    """Fenced code. `language` is the first word behind the fence."""

    line: int
    language: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Html:
    """A tag of raw HTML."""

    line: int
    tag: Tag


@dataclass(frozen=True, slots=True)
class Emphasised:
    """A paragraph that is one line, all of it emphasised."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table below its head, or a delimiter row that makes no table; `wanted` is the head's count."""

    line: int
    cells: int
    wanted: int
    is_table: bool = True


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list with bullets, and its mark: `-`, `*` or `+`."""

    line: int
    mark: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines of code or of a table, which nobody can wrap: the first, and the one after the last."""

    line: int
    end: int


Piece = (
    Heading | Link | Image | Definition | Undefined | Reversed | BareAddress | Fence | Html | Emphasised | Row
    | Bullets | Verbatim
)  # fmt: skip
_Kind = TypeVar("_Kind", bound=Piece)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a text consists of. Lines are 1-based and those of the file, its front matter included."""

    pieces: tuple[Piece, ...]

    def all(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """Return the pieces of a kind, in the order of the text; definitions come last."""
        return tuple(piece for piece in self.pieces if isinstance(piece, kind))

    def anchors(self) -> frozenset[str]:
        """Return what a link into the text may name: its headings, and the ids and names in its HTML."""
        named = (piece.tag.get(key) for piece in self.all(Html) for key in ("id", "name"))
        return frozenset((*(heading.anchor for heading in self.all(Heading)), *(name for name in named if name)))


@lru_cache(maxsize=4)
def read(text: str) -> Tree:
    """Return the parts of a Markdown text; the last few texts are kept, since several checks read the same.

    Raises TooLarge.
    """
    _refuse_too_large(text)
    return Tree(tuple(_Reading(without_front_matter(text.replace("\r", " "))).pieces()))


def _refuse_too_large(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise _too_large(len(text), MOST_CHARACTERS, "characters", text.count("\n", 0, MOST_CHARACTERS) + 1)
    lines = text.count("\n") + 1
    if lines > MOST_LINES:
        raise _too_large(lines, MOST_LINES, "lines", MOST_LINES + 1)
    _refuse_too_many(text, "[", MOST_BRACKETS, "opening brackets")
    _refuse_too_many(text, _MARKS, MOST_MARKS, "marks such as ], < and *")


def _refuse_too_many(text: str, marks: str, most: int, unit: str) -> None:
    count = sum(map(text.count, marks))
    if count > most:
        over = next(islice(re.finditer(f"[{re.escape(marks)}]", text), most, None))
        raise _too_large(count, most, unit, text.count("\n", 0, over.start()) + 1)


def _too_large(count: int, most: int, unit: str, line: int) -> TooLarge:
    return TooLarge(f"the text has {count} {unit}; at most {most} are read as Markdown", line)


class _References(dict[str, dict[str, Any]]):
    """Definitions by label, that know which of them were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.used.add(key)
        return super().get(key, default)


class _Parser(MarkdownIt):
    """Takes every target as it is written: to judge it is what it is read for."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # the library's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802  # the library's name
        return url


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"maxNesting": DEEPEST}).enable("table").disable("inline")
    rules = dict(zip(parser.inline.ruler.get_active_rules(), parser.inline.ruler.getRules(""), strict=True))
    keep_rows(parser, _MARKED)
    for name in _RULES:
        parser.inline.ruler.at(name, _located(rules[name]))
    return parser


def _located(rule: Any) -> Any:
    """Return the rule of the parser so that the first token it makes of a kind knows its place in the paragraph."""

    def run(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # the library calls it so
        start, count = state.pos, len(state.tokens)
        found: bool = rule(state, silent)
        if found and not silent:
            made = next((token for token in state.tokens[count:] if token.type != "text"), None)
            if made is not None:
                made.meta["span"] = (start, state.pos)
        return found

    return run


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A text between blocks: its 1-based first line, its words as written, and what the parser makes of them."""

    line: int
    written: str
    children: Sequence[Token]
    ends: Sequence[int]
    """Where its lines end."""

    def line_at(self, place: int) -> int:
        return self.line + bisect_left(self.ends, place)


class _Reading:
    """One text being read. Children of a paragraph are made, looked at and let go: a whole text's are large."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._references = _References()
        self._taken: dict[str, int] = {}
        self._env: dict[str, Any] = {"references": self._references}
        self._tokens = _parser().parse(text, self._env)
        for label in [label for label, found in self._references.items() if _is_note(label, found["href"])]:
            del self._references[label]

    def pieces(self) -> Iterator[Piece]:
        """Return the pieces; the definitions last, when it is known which of them are used."""
        for place, token in enumerate(self._tokens):
            if token.type == "inline":
                yield from self._of_paragraph(token, self._tokens[place - 1])
            elif token.type in _BLOCKS:
                yield from self._of_block(token)
        yield from self._definitions()

    def _of_block(self, token: Token) -> Iterator[Piece]:
        first, end = token.map or (0, 0)
        if token.type == "row":
            yield Row(end, _cells(self._lines[first]), token.meta["wanted"])
        elif token.type == "fence":
            language = token.info.split()
            yield Fence(first + 1, language[0] if language else "", self._is_closed(token, end))
        elif token.type == "html_block":
            yield from _html(token.content, first + 1)
        elif token.type == "bullet_list_open":
            yield Bullets(first + 1, token.markup)
        if token.type in _VERBATIM:
            yield Verbatim(first + 1, end + 1)

    def _is_closed(self, token: Token, end: int) -> bool:
        """Say whether the last line of fenced code is a fence: only one that closes it can stand there."""
        last = _PREFIX.sub("", self._lines[end - 1], count=1).rstrip()
        first, _ = token.map or (0, 0)
        return end - 1 > first and last.startswith(token.markup) and not last.strip(token.markup[0])

    def _definitions(self) -> Iterator[Piece]:
        for label, found in self._references.items():
            yield Definition(found["map"][0] + 1, label, found["href"], label in self._references.used)
        for found in self._env.get("duplicate_refs", ()):
            label = str(found["label"])
            if not _is_note(label, found["href"]):
                yield Definition(found["map"][0] + 1, label, found["href"], is_used=True, is_repeated=True)

    def _of_paragraph(self, token: Token, above: Token) -> Iterator[Piece]:
        line, written = (token.map or [0])[0] + 1, token.content
        if above.type == "paragraph_open" and "|" in written:
            yield from _broken_table(line, written)
        is_heading = above.type == "heading_open"
        children = self._children(written, is_heading=is_heading)
        paragraph = _Paragraph(line, written, children, [found.start() for found in re.finditer("\n", written)])
        if is_heading:
            yield self._heading(paragraph, int(above.tag[1:]))
        elif above.type == "paragraph_open":
            yield from _emphasised(paragraph, above)
        if children:
            yield from _linked(paragraph)
            yield from self._written(paragraph)

    def _children(self, written: str, *, is_heading: bool) -> list[Token]:
        """Return what the parser makes of a paragraph; nothing where it would find nothing that is judged."""
        if is_heading and _PLAIN.fullmatch(written):
            return [Token("text", "", 0, content=written)]
        children: list[Token] = []
        if is_heading or _MARKED.search(written) or (written[:1] in "*_" and written[-1:] in "*_"):
            _parser().inline.parse(written, _parser(), self._env, children)
        return children

    def _heading(self, paragraph: _Paragraph, level: int) -> Heading:
        seen = [child.content for child in paragraph.children if child.type in ("text", "text_special", "code_inline")]
        text = " ".join(_words(paragraph.children).split())
        return Heading(paragraph.line, level, text, self._anchor("".join(seen)))

    def _anchor(self, text: str) -> str:
        """After github-slugger: a name that is taken gets the first number that makes it new."""
        stem = _NOT_IN_ANCHOR.sub("", text.strip().lower()).replace(" ", "-")
        anchor = stem
        while anchor in self._taken:
            self._taken[stem] += 1
            anchor = f"{stem}-{self._taken[stem]}"
        self._taken[anchor] = 0
        return anchor

    def _written(self, paragraph: _Paragraph) -> Iterator[Piece]:
        """Look for what the parser takes for plain text, outside of code, links and tags."""
        plain = _blanked(paragraph)
        if "://" in plain:
            for found in _BARE.finditer(plain):
                yield BareAddress(paragraph.line_at(found.start()), found[0].rstrip(".,;:!?)*_"))
        if "][" in plain:
            for found in _UNDEFINED.finditer(plain):
                label = found[2].strip() or found[1]
                if not _INDEX.fullmatch(label) and normalizeReference(label) not in self._references:
                    yield Undefined(paragraph.line_at(found.start()), label)
        if ")[" in plain:
            for found in _REVERSED.finditer(plain):
                if _ADDRESS.match(found[2]):
                    yield Reversed(paragraph.line_at(found.start()), found[1], found[2])


def _is_note(label: str, target: str) -> bool:
    """Say whether a definition is a footnote of one word on GitHub, `[^1]: Ibid.`; one to the web is a link as well."""
    return label.startswith("^") and "://" not in target


def _words(children: Sequence[Token]) -> str:
    return "".join(" " if child.type.endswith("break") else _seen(child) for child in children)


def _seen(child: Token) -> str:
    return "" if child.type == "html_inline" else child.content


def _linked(paragraph: _Paragraph) -> Iterator[Piece]:
    """Links, pictures and tags of a paragraph. Links do not nest."""
    opened: int | None = None
    for place, child in enumerate(paragraph.children):
        if child.type == "link_open":
            opened = place
        elif child.type == "link_close" and opened is not None:
            yield _link(paragraph, opened, place)
        elif child.type == "image":
            yield Image(paragraph.line_at(child.meta["span"][0]), str(child.attrs["src"]), child.content)
        elif child.type == "html_inline":
            yield from _html(child.content, paragraph.line_at(child.meta["span"][0]))


def _link(paragraph: _Paragraph, opened: int, closed: int) -> Link:
    opening, inside = paragraph.children[opened], paragraph.children[opened + 1 : closed]
    return Link(
        line=paragraph.line_at(opening.meta["span"][0]),
        target=str(opening.attrs["href"]),
        text=" ".join(_words(inside).split()),
        title=str(opening.attrs.get("title", "")),
        holds_image=any(child.type == "image" or child.content.startswith("<img") for child in inside),
    )


def _html(written: str, line: int) -> Iterator[Html]:
    reached = 0
    for tag in tags(written):
        line += written.count("\n", reached, tag.at)
        reached = tag.at
        yield Html(line, tag)


def _emphasised(paragraph: _Paragraph, above: Token) -> Iterator[Emphasised]:
    children = [child for child in paragraph.children if child.type != "text" or child.content]
    is_whole = len(children) == 3 and children[0].type in ("em_open", "strong_open") and children[1].type == "text"
    if is_whole and not above.hidden and above.level == 0:
        yield Emphasised(paragraph.line, children[1].content)


def _broken_table(line: int, written: str) -> Iterator[Row]:
    """A delimiter row whose count of cells is not that of the row above makes no table."""
    lines = written.split("\n", 2)
    if len(lines) > 1 and "|" in lines[0] and {"|", "-"} <= set(lines[1]) and _DELIMITER.fullmatch(lines[1].strip()):
        cells, wanted = _cells(lines[1]), _cells(lines[0])
        if cells != wanted:
            yield Row(line + 1, cells, wanted, is_table=False)


def _cells(line: str) -> int:
    """Count the cells of a row; it may begin and end with a bar or not."""
    row = _PREFIX.sub("", line, count=1).rstrip()
    return len(CELL_END.split(row)) - row.startswith("|") - bool(re.search(r"(?<!\\)\|$", row))


def _blanked(paragraph: _Paragraph) -> str:
    """Return the paragraph with code, links, pictures and tags blank, so that places stay."""
    text, reached, kept = paragraph.written, 0, []
    for child in paragraph.children:
        start, end = child.meta.get("span", (0, 0))
        if start >= reached and end > start:
            kept += [text[reached:start], re.sub(r"[^\n]", " ", text[start:end])]
            reached = end
    return "".join([*kept, text[reached:]]) if kept else text
