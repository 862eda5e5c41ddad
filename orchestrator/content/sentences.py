"""A Markdown text as passages of prose, and these as sentences, each with its line. Judges and counts nothing else.

A passage is a paragraph, a heading, an item of a list, a cell of a table or a quotation: no sentence runs from one into
the next. Code, whether in a block or within a line, is no prose. Lines end at `\\n` alone, as git counts them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from orchestrator.content.markdown import fenced, plain, without_front_matter
from orchestrator.content.words import word_count

_HEADING = re.compile(r" {0,3}#{1,6}(?![^ \t])")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_BREAK = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|(\d{1,9})[.)])(?![^ \t])")
_QUOTE = re.compile(r" {0,3}>[> \t]*")
_INDENTED = re.compile(r" {4}|\t")
_BACKTICKS = re.compile(r"`+")
_EMPTY_LINES = re.compile(r"(\n[ \t]*\n)")
_NO_LETTER = ("", " ", "\t", "\r")
_BETWEEN_CELLS = "\x1f"

_END = re.compile(  # a set comes first, since `re` searches for one at once
    r"""[.!?…。！？｡](?:(?<=[.!?…])(?<![.!?…].)[.!?…]*["'”’»)\]]{0,3}(?=\s|\Z)|(?<=[。！？｡])[。！？｡]*[」』”’）]{0,3})"""
)
_NEXT = re.compile(r"""\s+["'“‘«(\[]{0,3}(\S)(\.?)""")
_OPENING = "\"'“‘«(["
_LONGEST_WORD = 40
"""Characters that are looked at before a full stop; a longer word is no abbreviation."""
_WORD = re.compile(r"[^\W_]")

_ABBREVIATIONS = frozenset(
    ("mr", "mrs", "ms", "dr", "prof", "st", "rev", "gen", "col", "capt", "lt", "sgt", "hon", "gov", "sen",
     "rep", "messrs", "mme", "mlle", "e.g", "i.e", "eg", "ie", "cf", "viz", "vs")
)  # fmt: skip
"""After these a sentence goes on, whatever follows."""
_BEFORE_FIGURES = frozenset(
    ("no", "nos", "p", "pp", "fig", "figs", "vol", "ch", "sec", "art", "eq", "ca", "approx", "jan", "feb",
     "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec")
)  # fmt: skip
"""After these it goes on where a figure follows."""


class Kind(StrEnum):
    """What a passage is within its text."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    CELL = "cell"
    QUOTATION = "quotation"


@dataclass(frozen=True, slots=True)
class Passage:
    """Prose that stands together, without marks and code but with its line ends; `line` is its first one, 1-based."""

    kind: Kind
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence on one line, spaces made single; the 1-based line where it begins, and how many words it has."""

    line: int
    text: str
    words: int


@lru_cache(maxsize=4)
def passages(text: str) -> tuple[Passage, ...]:
    """Return the prose of a Markdown text in order. Front matter, code, comments and link targets are left out.

    The lines of a note, `> [!NOTE]`, are a paragraph: it quotes nobody.
    """
    lines = without_front_matter(text).split("\n")
    marks = _marks(lines)
    kept = (_kept(line, mark) for line, mark in zip(lines, marks, strict=True))
    prose = plain(without_code_spans("\n".join(kept))).split("\n")
    return tuple(_grouped(marks, prose))


def sentences(passage: Passage) -> Iterator[Sentence]:
    """Return the sentences of a passage in order. The end of the passage ends one too."""
    line, start = passage.line, 0
    for end in _ends(passage.text):
        whole = passage.text[start:end]
        bare = whole.lstrip()
        line += whole.count("\n", 0, len(whole) - len(bare))
        count = word_count(bare)
        if count:
            yield Sentence(line, " ".join(bare.split()), count)
        line += bare.count("\n")
        start = end


def without_code_spans(text: str) -> str:
    """Return the text with a space for each piece of code between backticks, which may be several to a side.

    Every line keeps its number. An opening that no equal run closes before an empty line is none.
    """
    if "`" not in text:
        return text
    return "".join(_without_code_spans(block) if "`" in block else block for block in _EMPTY_LINES.split(text))


def _without_code_spans(block: str) -> str:
    """Look up where a run of the same length comes next, so that a thousand open ones cost no more than one."""
    if "``" not in block and "\\`" not in block:
        return _without_simple_spans(block)
    runs = list(_BACKTICKS.finditer(block))
    following: dict[int, int] = {}
    closing = [-1] * len(runs)
    for place in range(len(runs) - 1, -1, -1):
        length = runs[place].end() - runs[place].start()
        closing[place] = following.get(length, -1)
        following[length] = place
    return "".join(_outside(block, runs, closing))


def _without_simple_spans(block: str) -> str:
    """Of single backticks each second one closes; one that is left over is none."""
    parts = block.split("`")
    left_over = [] if len(parts) % 2 else ["`", parts.pop()]
    parts[1::2] = [" " + "\n" * code.count("\n") for code in parts[1::2]]
    return "".join([*parts, *left_over])


def _outside(block: str, runs: Sequence[re.Match[str]], closing: Sequence[int]) -> Iterator[str]:
    reached, place = 0, 0
    while place < len(runs):
        start = runs[place].start()
        is_escaped = block[max(start - 1, 0) : start] == "\\"
        if closing[place] < 0 or is_escaped:
            place += 1
            continue
        end = runs[closing[place]].end()
        yield block[reached:start] + " " + "\n" * block.count("\n", start, end)
        reached, place = end, closing[place] + 1
    yield block[reached:]


# --- passages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a line is: a part of a passage of some kind, or None; whether it begins one, or makes one a heading."""

    kind: Kind | None
    begins: bool = False
    underlines: bool = False
    is_quoted: bool = False


_NOTHING = _Mark(None)


def _marks(lines: Sequence[str]) -> list[_Mark]:
    marks: list[_Mark] = []
    before, is_in_list = _NOTHING, False
    for number, (line, code) in enumerate(zip(lines, fenced(lines), strict=True)):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        is_in_list = is_in_list and (before.kind is not None or line[:1] in _NO_LETTER)
        is_empty = code or not line or line.isspace()
        before = _NOTHING if is_empty else _mark(line.rstrip("\r"), below, before, is_in_list=is_in_list)
        is_in_list = is_in_list or before.kind is Kind.ITEM
        marks.append(before)
    return marks


def _mark(line: str, below: str, before: _Mark, *, is_in_list: bool) -> _Mark:
    if before.kind is None and not is_in_list and _INDENTED.match(line):
        return _NOTHING
    if quote := _QUOTE.match(line):
        return _quoted(line[quote.end() :], before)
    if before.kind is Kind.PARAGRAPH and _UNDERLINE.fullmatch(line):
        return _Mark(Kind.HEADING, underlines=True)
    if _BREAK.fullmatch(line):
        return _NOTHING
    if _HEADING.match(line):
        return _Mark(Kind.HEADING, begins=True)
    if _is_row(line, below, before):
        return _Mark(Kind.CELL, begins=True)
    if _is_item(line, before):
        return _Mark(Kind.ITEM, begins=True)
    goes_on = before.kind in (Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION)
    return _Mark(before.kind, is_quoted=before.is_quoted) if goes_on else _Mark(Kind.PARAGRAPH, begins=True)


def _quoted(content: str, before: _Mark) -> _Mark:
    if not content:
        return _Mark(None, is_quoted=before.is_quoted)
    if before.is_quoted:
        return _Mark(before.kind or Kind.QUOTATION, begins=before.kind is None, is_quoted=True)
    kind = Kind.PARAGRAPH if content.startswith("[!") else Kind.QUOTATION
    return _Mark(kind, begins=True, is_quoted=True)


def _is_row(line: str, below: str, before: _Mark) -> bool:
    return "|" in line and (line.lstrip()[0] == "|" or before.kind is Kind.CELL or _is_delimiter(below))


def _is_delimiter(line: str) -> bool:
    return "|" in line and "-" in line and set(line.rstrip("\r")) <= set("|:- \t")


def _is_item(line: str, before: _Mark) -> bool:
    """Within a paragraph only the number 1 begins a list: `1986. ` is a year at the end of a sentence."""
    item = _ITEM.match(line)
    return item is not None and not (before.kind is Kind.PARAGRAPH and item.group(1) not in (None, "1"))


def _kept(line: str, mark: _Mark) -> str:
    if mark.kind is None or mark.underlines:
        return ""
    if mark.is_quoted and mark.begins and (quote := _QUOTE.match(line)) and line.startswith("[!", quote.end()):
        return ""
    if mark.kind is Kind.CELL:
        return "" if _is_delimiter(line) else line.replace("\\|", " ").replace("|", _BETWEEN_CELLS)
    return line


def _grouped(marks: Sequence[_Mark], prose: Sequence[str]) -> Iterator[Passage]:
    start = 0
    for number in range(1, len(marks) + 1):
        if number < len(marks) and marks[number].kind is not None and not marks[number].begins:
            continue
        kind = marks[number - 1].kind if number else None
        if kind is Kind.CELL:
            cells = prose[start].split(_BETWEEN_CELLS)
            yield from (Passage(kind, start + 1, cell) for cell in cells if _WORD.search(cell))
        elif kind is not None and _WORD.search(whole := "\n".join(prose[start:number])):
            yield Passage(kind, start + 1, whole)
        start = number


# --- sentences -------------------------------------------------------------------------------------------------------


def _ends(text: str) -> Iterator[int]:
    start = 0
    for match in _END.finditer(text):
        if _is_end(text, start, match):
            start = match.end()
            yield start
    if start < len(text):
        yield len(text)


def _is_end(text: str, start: int, mark: re.Match[str]) -> bool:
    if mark.group()[0] in "。！？｡":
        return True
    following = _NEXT.match(text, mark.end())
    if following is None:
        return True
    if following.group(1).islower():
        return False
    if mark.group() != ".":
        return True
    before = text[max(start, mark.start() - _LONGEST_WORD) : mark.start()].rsplit(maxsplit=2)[-2:]
    last = [word.lstrip(_OPENING) for word in before]
    return not (_is_abbreviation(last, following) or _is_initial(last, following))


def _is_abbreviation(last: Sequence[str], following: re.Match[str]) -> bool:
    word = last[-1] if last else ""
    if word.isupper() and "." in word:
        return True  # U.S. Army
    return word.casefold() in _ABBREVIATIONS or (word.casefold() in _BEFORE_FIGURES and following.group(1).isdigit())


def _is_initial(last: Sequence[str], following: re.Match[str]) -> bool:
    """`by J. R. Smith` and `Ann B. Lee` go on; `we took plan B. It rained.` does not."""
    if not last or len(last[-1]) > 1 or not last[-1].isupper():
        return False
    return len(last) == 1 or last[0][:1].isupper() or bool(following.group(2))
