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
BANG = r"(?:(?:\([^()\n]{0,200}\))?!|!\([^()\n]{0,200}\))"
"""What follows the type in `feat!:`, `feat(api)!:` and, as some have it, `feat!(api):`."""
MOST_LINES = 400
"""Of one passage."""

_HINT = re.compile(r"breaking|incompatib|!(?:\([^()\n]{0,200}\))?:", re.IGNORECASE)
# An empty box before the words says that they do not hold.
_LEAD = (
    r"(?![\s>*+-]{0,40}\[[ \t]?\])"
    r"(?P<lead>[ \t>]{0,40}(?:\d{1,3}[.)])?(?:[^\w\n]|_){0,40}(?:\[[xX]\](?:[^\w\n]|_){0,10})?(?::[a-z_]{2,30}:\s{0,3})?)"
    r"(?:\*\*|__)?"
)
_WORDS = (
    r"(?:(?:api[ -])?break(?:ing(?:[ _-]changes?)?|age|s)|backwards?[ -]incompatib(?:le|ility|ilities)(?: changes?)?"
    r"|incompatible changes?)"
)
_NOTED = re.compile(
    rf"{_LEAD}(?:(?i:{_WORDS})(?:\([^()\n]{{0,80}}\))?!?[*_`]{{0,3}}[ \t]{{0,3}}(?:[:：]|\]:?|\)(?=\s)|[–—-](?=\s))"
    r"|BREAKING[ _-]CHANGES?(?:[ \t]{0,3}-|[ \t]{1,3}(?=[A-Z`])))"
    r"[*_`]{0,3}(?P<rest>.*)"
)
_HEADED = re.compile(
    rf"{_LEAD}(?:BREAKING[ _-]CHANGES?|Breaking [Cc]hanges?|(?<=[#*_]|[#*] )(?i:{_WORDS}))[ \t*_!#]{{0,9}}"
)
_CHECKED = re.compile(r"[\s>*+-]{0,40}\[[xX]\][\s*_]{0,4}(?i:(?:this is )?(?:a )?breaking change)\b")
_TITLED = re.compile(
    r"[ \t>]{0,40}(?:[-*+•][ \t]{1,4}|\d{1,3}[.)][ \t]{1,4})?(?:`?[0-9a-f]{7,40}`?:?[ \t]{1,3})?"
    rf"[A-Za-z0-9][\w./-]{{0,39}}{BANG}:(?!:)[ \t]{{0,8}}(?P<rest>\S.*)"
)
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_RULE = re.compile(r"[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,})[ \t]*")
_ITEM = re.compile(r"(?P<indent>[ \t]{0,40})(?:[-*+•]|\d{1,3}[.)])[ \t]{1,8}(?=\S)")
_TRAILER = re.compile(r"[A-Z][A-Za-z-]{1,40}: \S")
_CLOSING = re.compile(r"(?i)[a-z]{2,20}(?:-[a-z]{1,20}){0,3}-by: |(?:closes|fixes|refs|resolves|reverts|see):? #\d")
_QUOTE = re.compile(r"[ \t]{0,10}(?:>[ \t]?){1,5}")


@dataclass(frozen=True, slots=True)
class Break:
    """A passage, by its first line and the one after its last, 0-based. `notes` is what it says of the break.

    It is empty where the passage says no more than that there is one.
    """

    first: int
    after: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Begun:
    """How a passage begins: what its first line says, and whether more lines are its own."""

    rest: str
    is_whole: bool = False
    is_section: bool = False
    deeper_than: int = -1


def breaks_in(lines: Sequence[str]) -> tuple[Break, ...]:
    """Return the passages of a message's lines that say what breaks, in their order; none reaches into another."""
    if not any(_HINT.search(line) for line in lines):
        return ()
    bare = [_bare(line) for line in lines]
    found: list[Break] = []
    at = 0
    while at < len(bare):
        begun = _begun(bare[at])
        if begun is not None:
            found.append(_passage(bare, at, begun))
        at = found[-1].after if begun is not None else at + 1
    return tuple(found)


def begins_break(line: str) -> bool:
    """Say whether a line begins a passage that says what breaks."""
    return _begun(_bare(line)) is not None


def _bare(line: str) -> str:
    """Return a line without the marks of a quotation."""
    quote = _QUOTE.match(line)
    return (line[quote.end() :] if quote else line).rstrip()


def _begun(line: str) -> _Begun | None:
    if not _HINT.search(line):
        return None
    item = _ITEM.match(line)
    depth = len(item["indent"]) if item else -1
    if found := _NOTED.match(line):
        return _Begun(found["rest"].strip(), is_section=bool(_HEADING.match(line)), deeper_than=depth)
    if _HEADED.fullmatch(line):
        return _Begun("", is_section=bool(_HEADING.match(line)), deeper_than=depth)
    if _CHECKED.match(line):
        return _Begun("", is_whole=True)
    titled = _TITLED.fullmatch(line)
    return _Begun(titled["rest"].strip(), is_whole=True) if titled else None


# --- passages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or an item of a list, in one line, and the line after it."""

    text: str
    after: int
    is_item: bool = False


def _passage(lines: Sequence[str], at: int, begun: _Begun) -> Break:
    """Read on from the line that begins it: a paragraph, what a colon leads to, a list, all that a heading heads."""
    notes = [begun.rest] if begun.rest else []
    after = at + 1
    if begun.is_whole:
        return Break(at, after, tuple(notes))
    if begun.rest:
        block = _paragraph(lines, after, begun.rest)
        notes, after = [block.text], block.after
    while (block_ := _next(lines, after, at + MOST_LINES)) and _belongs(block_, notes, lines, begun, is_first=after == at + 1):
        if notes and notes[-1].endswith(":"):
            notes[-1] = f"{notes[-1]} {block_.text}"
        else:
            notes.append(block_.text)
        after = block_.after
    return Break(at, after, tuple(notes))
