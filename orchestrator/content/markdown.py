"""Markdown as a text of sections and words, after CommonMark as far as these need it. Renders nothing.

Lines end at `\\n` alone, as git counts them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from orchestrator.content import words as counting
from orchestrator.documents import yaml
from orchestrator.errors import DocumentError, Place
from orchestrator.model.fences import fenced as fenced  # those who read Markdown find it here

_ATX = re.compile(r" {0,3}(#{1,6})(?![^ \t])")
_DEEPEST = 6
"""A heading's lowest level."""
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_NO_PARAGRAPH = re.compile(r" {0,3}(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]|(?:[-*_][ \t]*){3,}$)|(?: {4}|\t)|\|")
_KEY = re.compile(r"""["']?([^\s"'#:][^"':]{0,100}?)["']?[ \t]{0,20}:(?:\s|$)""")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
# Each of these begins with a sign that `re` searches for at once. So `^` is the line end before, and a look behind
# stands where the sign has been seen: the prose of 1 MB takes half the time.
_LINK = re.compile(r"(?:!\[|\[)([^\[\]]{0,1000})\](?:\([^()\s]{0,2000}(?:\s[^()]{0,500})?\)|\[[^\[\]]{0,500}\])")
_TARGET = re.compile(r"\n {0,3}\[[^\[\]]{1,500}\]:[^\n]*")
_URL = re.compile(r"http(?<!\whttp)s?://[^\s<>)\]]{1,2000}")
_RULE = re.compile(r"\n[|:=\- \t]{3,}(?![^\n])")
_MARKS = re.compile(r"\n[ \t]*(?:(?:>[ \t]?)+|(?:#{1,6}|[-*+]|\d{1,9}[.)])[ \t]+)")
_SIGNS = "*`~|"
_EMPHASIS = re.compile(r"_(?:(?<![^\W_]_)_*|_*(?![^\W_]))")
_BARE = re.compile(r"[^\W\d_][^<\[*`~|_:\n]*")
"""A line without anything that `plain` takes away."""

_LONG = 1_000
"""Characters of a text that is worth keeping: what several checks of a gate read is made once."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML mapping at a file's head, None where there is none; the rest, and the 1-based line it begins on."""

    data: dict[str, object] | None
    body: str
    body_line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all under it, up to the next heading of its level or above. `line` is the heading's, 1-based."""

    title: str
    level: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Heading:
    title: str
    level: int
    first: int
    """Index of its first line, and of the line after it."""
    end: int


def split_front_matter(text: str, path: str = "text") -> FrontMatter:
    """Return a Markdown file's front matter and body.

    Raises DocumentError, placed in the whole file, where the front matter is not closed, no YAML or no mapping.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != "---":
        return FrontMatter(None, text, 1)
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        raise DocumentError(
            "the front matter is not closed", place=Place(path, 1, 1), hint="end it with a line that is '---'"
        )
    head = "\n".join(["", *lines[1:end], ""])
    return FrontMatter(_mapping(head, path), "\n".join(lines[end + 1 :]), end + 2)


def _mapping(head: str, path: str) -> dict[str, object]:
    data = yaml.load(head, path) if head.strip() else {}
    if not isinstance(data, dict):
        raise DocumentError(
            "the front matter must be keys and values", place=Place(path, 2, 1), hint="write lines such as 'title: …'"
        )
    return {str(key): value for key, value in data.items()}


def front_matter_lines(text: str) -> int:
    """Return how many lines the front matter takes with its fences, 0 where there is none. Reads no YAML."""
    bare = text.removeprefix("\ufeff")
    if bare.partition("\n")[0].rstrip() != "---":
        return 0
    lines = bare.split("\n")
    return next((n + 1 for n, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "...")), 0)


def key_lines(text: str) -> dict[str, int]:
    """Return the 1-based line of each top-level key of the front matter. Reads no YAML, so it never fails."""
    head = text.removeprefix("\ufeff").split("\n")[: front_matter_lines(text)]
    keys = ((_KEY.match(line), number) for number, line in enumerate(head, start=1))
    return {match.group(1): number for match, number in keys if match}


def without_front_matter(text: str) -> str:
    """Return the text with its front matter's lines emptied, so that line numbers stay."""
    count = front_matter_lines(text)
    return "\n".join([*[""] * count, *text.split("\n")[count:]]) if count else text


def sections(text: str) -> tuple[Section, ...]:
    """Return the sections in order, nested ones within their parents' text too; headings in code are none."""
    lines = without_front_matter(text).split("\n")
    found = tuple(_headings(lines))
    ends = _ends(found, len(lines))
    return tuple(_section(heading, lines[heading.end : end]) for heading, end in zip(found, ends, strict=True))


def _section(heading: _Heading, lines: list[str]) -> Section:
    return Section(heading.title, heading.level, heading.first + 1, "\n".join(lines))


def _ends(headings: tuple[_Heading, ...], last: int) -> list[int]:
    """Return the line index at which each section ends: where the next heading of its level or above begins."""
    ends: list[int] = []
    nearest = [last] * (_DEEPEST + 1)  # by level
    for heading in reversed(headings):
        ends.append(nearest[heading.level])
        nearest[heading.level :] = [heading.first] * (_DEEPEST + 1 - heading.level)
    return ends[::-1]


def _headings(lines: list[str]) -> Iterator[_Heading]:
    code = fenced(lines)
    paragraph: int | None = None
    for n, line in enumerate(lines):
        line = line.rstrip("\r")
        atx = None if code[n] else _ATX.match(line)
        underline = None if code[n] or paragraph is None else _SETEXT.fullmatch(line)
        if atx:
            yield _Heading(_title(_unclosed(line[atx.end() :])), len(atx.group(1)), n, n + 1)
        elif underline and paragraph is not None:
            title = " ".join(part.strip() for part in lines[paragraph:n])
            yield _Heading(_title(title), 1 if underline.group(1)[0] == "=" else 2, paragraph, n + 1)
        if atx or underline or code[n] or not line.strip():
            paragraph = None
        elif paragraph is None and not _NO_PARAGRAPH.match(line):
            paragraph = n


def _unclosed(title: str) -> str:
    """Leave out the closing sequence of an ATX heading: `# Title ##`."""
    title = title.strip()
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else title


def _title(text: str) -> str:
    return (text if _BARE.fullmatch(text) else _prose(text)).strip()


def plain(text: str) -> str:
    """Return the prose as a reader sees it: no front matter, code, comments, tags, link targets or marks.

    Every line keeps its number: what is left out leaves its line ends.
    """
    return _kept(text) if len(text) >= _LONG else _prose(text)


@lru_cache(maxsize=4)
def _kept(text: str) -> str:
    return _prose(text)


def _prose(text: str) -> str:
    lines = without_front_matter(text).split("\n")
    prose = _without_comments("\n".join("" if code else line for line, code in zip(lines, fenced(lines), strict=True)))
    prose = _TARGET.sub(_line_ends, "\n" + _TAG.sub(_line_ends, prose))
    prose = _URL.sub("", _LINK.sub(_label, prose))
    prose = _MARKS.sub("\n", _RULE.sub("\n", prose))
    for sign in _SIGNS:
        prose = prose.replace(sign, "")
    return _EMPHASIS.sub("", prose[1:])


def _without_comments(text: str) -> str:
    """Search by hand: a pattern would try each of ten thousand open comments to the end of the text."""
    kept: list[str] = []
    place = 0
    while (start := text.find("<!--", place)) >= 0:
        end = text.find("-->", start + 4)
        end = len(text) if end < 0 else end + 3
        kept += [text[place:start], "\n" * text.count("\n", start, end)]
        place = end
    return "".join([*kept, text[place:]])


def _line_ends(match: re.Match[str]) -> str:
    return "\n" * match.group(0).count("\n")


def _label(match: re.Match[str]) -> str:
    label: str = match.group(1)
    return label + "\n" * (match.group(0).count("\n") - label.count("\n"))


def words(text: str) -> tuple[str, ...]:
    """Return the words of the prose, in order: front matter, code and link targets do not count."""
    return counting.words(plain(text))
