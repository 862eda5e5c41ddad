"""Where a commit's message says that it breaks something, and the passage that says so. Pure: it judges no message.

What counts: the footers of conventionalcommits.org however they are marked up (in a list, a quotation, bold, as a
heading), the words of projects without that convention, and titles with a bang in the list of a squashed branch. The
ledger keeps these passages of a message that is too long to be kept whole; release notes tell them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

CUT = "[…]"
"""A line that stands where lines were left out: no passage goes on behind it."""
BANG = r"(?:(?: ?\([^()\n]{0,1000}\))?!|!\([^()\n]{0,1000}\))"
"""What follows the type in `feat!:`, `feat(api)!:` and, as some have it, `feat (api)!:` and `feat!(api):`."""
MOST_LINES = 400
"""Of one passage."""

_HINT = re.compile(r"breaking|incompatib|api[ -]break|!(?:\([^()\n]{0,1000}\))?:", re.IGNORECASE)
# An empty box before the words says that they do not hold.
_LEAD = (
    r"(?![\s>*+-]{0,20}\[[ \t]?\])(?:\d{1,3}[.)])?"
    r"(?P<marks>[\W_]{0,40})(?:\[[xX]\][\W_]{0,10}|:[a-z_]{2,30}:\s{0,3})?"
)
_WORDS = (
    r"(?:breaking(?:[ _-]changes?)?|api[ -]break(?:age|ing(?: changes?)?|s)?"
    r"|backwards?[ -]incompatib(?:le|ility|ilities)(?: changes?)?|incompatible changes?)"
)
_NOTED = re.compile(
    rf"{_LEAD}(?:(?i:{_WORDS})(?:\([^()\n]{{0,80}}\))?!?[*_`]{{0,3}}[ \t]{{0,3}}(?:[:：]|\]:?|\)(?=\s)|[–—-](?=\s))"
    r"|BREAKING[ _-]CHANGES?(?:[ \t]{0,3}-|[ \t]{1,3}(?=[A-Z`])))(?:\*\*|__)?(?P<rest>.*)"
)
_HEADED = re.compile(
    rf"{_LEAD}(?:BREAKING[ _-]CHANGES?|Breaking [Cc]hanges?|(?:(?<=[#*_])|(?<=[#*] ))(?i:{_WORDS}))[ \t*_!#]{{0,9}}"
)
_CHECKED = re.compile(r"[*+-]?\s{0,9}\[[xX]\][\s*_]{0,4}(?i:(?:this is )?(?:a )?breaking change)\b")
_TITLED = re.compile(
    r"(?:[-*+•]\s{1,4}|\d{1,3}[.)]\s{1,4})?(?:`?[0-9a-f]{7,40}`?:?\s{1,3})?"
    rf"[A-Za-z0-9][\w./-]{{0,39}}{BANG}:(?!:)\s{{0,8}}(?P<rest>\S.*)"
)
_SQUASHED = re.compile(
    r"(?:feat|fix|docs?|chore|refactor|perf|tests?|ci|build|style|revert)(?:\([^()\n]{0,200}\))?: \S", re.IGNORECASE
)
"""The title of the next commit in a squashed branch."""
_HEADING = re.compile(r"#{1,6}\s")
_RULE = re.compile(r"-{3,}|={3,}|\*{3,}|_{3,}")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s{1,8}(?=\S)")
_TRAILER = re.compile(r"[A-Z][A-Za-z-]{1,40}: \S")
_CLOSING = re.compile(r"(?i)[a-z]{2,20}(?:-[a-z]{1,20}){0,3}-by: |(?:closes|fixes|refs|resolves|reverts|see):? #\d")
_QUOTE = re.compile(r"[ \t]{0,10}(?:>[ \t]?){1,5}")


@dataclass(frozen=True, slots=True)
class Break:
    """A passage, by its first line and the one after its last, from 0. `notes` is what it says of the break, if so."""

    first: int
    after: int
    notes: tuple[str, ...]


def breaks_in(lines: Sequence[str]) -> tuple[Break, ...]:
    """Return the passages of a message's lines that say what breaks, in their order; no two share a line."""
    if not any(_HINT.search(line) for line in lines):
        return ()
    read = [_line(line) for line in lines]
    found: list[Break] = []
    at = 0
    while at < len(read):
        begun = _begun(read[at])
        if begun is not None:
            found.append(_passage(read, at, begun))
        at = at + 1 if begun is None else found[-1].after
    return tuple(found)


def begins_break(line: str) -> bool:
    """Say whether a line begins a passage that says what breaks."""
    return _begun(_line(line)) is not None


# --- lines -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the marks of a quotation, its indent in characters, and how long the mark of a list's item is."""

    text: str
    indent: int
    mark: int

    @property
    def words(self) -> str:
        return self.text[self.mark :]


@dataclass(frozen=True, slots=True)
class _Begun:
    """What the first line of a passage says of the break, and whether more lines may belong to it."""

    rest: str
    goes_on: bool = True


def _line(line: str) -> _Line:
    quote = _QUOTE.match(line)
    bare = line[quote.end() :] if quote else line
    text = bare.strip()
    item = _ITEM.match(text)
    return _Line(text, len(bare) - len(bare.lstrip()), item.end() if item else 0)


def _begun(line: _Line) -> _Begun | None:
    if not _HINT.search(line.text):
        return None
    if noted := _NOTED.fullmatch(line.text):
        return _Begun(noted["rest"].strip())
    if _HEADED.fullmatch(line.text):
        return _Begun("")
    if _CHECKED.match(line.text):
        return _Begun("", goes_on=False)
    titled = _TITLED.fullmatch(line.text)
    return _Begun(titled["rest"], goes_on=False) if titled else None


def _ends(line: _Line) -> bool:
    """Whether a passage ends before this line, whatever it says."""
    text = line.text
    return bool(
        text == CUT or _HEADING.match(text) or _RULE.fullmatch(text) or _CLOSING.match(text) or _begun(line) is not None
    )


# --- passages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or an item of a list, in one line; the line that it begins with, and the number of the one after."""

    text: str
    begins: _Line
    after: int

    @property
    def is_item(self) -> bool:
        return self.begins.mark > 0


def _passage(lines: Sequence[_Line], at: int, begun: _Begun) -> Break:
    """Read on: the paragraph, what its colon leads to, the list, what stands deeper, all that a heading heads."""
    if not begun.goes_on:
        return Break(at, at + 1, (begun.rest,) if begun.rest else ())
    notes: list[str] = []
    after, in_list = at + 1, False
    if begun.rest:
        first = _block(lines, at, begun.rest)
        notes, after = [first.text], first.after
    elif after < len(lines) and _RULE.fullmatch(lines[after].text):
        after += 1
    while after - at < MOST_LINES and (block := _next(lines, after)):
        if not _belongs(block, lines[at], begun, notes, in_list=in_list):
            break
        lead = notes.pop() + " " if notes and notes[-1].endswith(":") else ""
        notes.append(lead + block.text)
        after, in_list = block.after, block.is_item
    return Break(at, after, tuple(notes))


def _belongs(block: _Block, head: _Line, begun: _Begun, notes: Sequence[str], *, in_list: bool) -> bool:
    is_deeper = block.begins.indent > head.indent
    if _HEADING.match(head.text) or (is_deeper and (block.is_item or not begun.rest)):
        return True
    is_next = bool(notes) and _SQUASHED.match(block.text) and not _SQUASHED.match(notes[0])
    if is_next or (block.is_item and head.mark):
        return False
    return not notes or notes[-1].endswith(":") or (block.is_item and in_list)


def _next(lines: Sequence[_Line], place: int) -> _Block | None:
    while place < len(lines) and not lines[place].text:
        place += 1
    if place == len(lines) or _ends(lines[place]):
        return None
    return _block(lines, place, lines[place].words)


def _block(lines: Sequence[_Line], place: int, words: str) -> _Block:
    """The block that begins on a line with these words."""
    said = [words]
    after = place + 1
    while after < min(len(lines), place + MOST_LINES):
        line = lines[after]
        if not line.text or line.mark or _TRAILER.match(line.text) or _SQUASHED.match(line.text) or _ends(line):
            break
        said.append(line.text)
        after += 1
    return _Block(" ".join(said), lines[place], after)
