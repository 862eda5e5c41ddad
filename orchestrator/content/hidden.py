"""Characters that no reader sees: controls, invisible ones, and those that turn the reading order. Mends nothing.

Lines end at `\\n` alone, as git counts them.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TURNING_OR_END = re.compile("[\u202a-\u202e\u2066-\u2069\n]")
_INVISIBLE = re.compile(  # Default_Ignorable_Code_Point of Unicode, its unassigned ones and the turning ones left out
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e01ef]"
)
_FLAG = re.compile(  # a flag of a region, as UTS #51 spells it: a black flag, the region's letters as tags, an end
    "(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
)
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_JOINED_SCRIPT = re.compile(  # Arabic to Burmese, Khmer, Mongolian …: their letters change as joiners say
    "[\u0600-\u109f\u1780-\u18af\ua840-\ua9ff\uaa60-\uabff\U00010a00-\U00011fff]"
)
_UNSPACED_SCRIPT = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")

_LINE = re.compile(r"[^\n]+")
_SEARCHED = 5_000
"""Characters of a line in which the first that is not in normal form is looked for."""
_SOFT_JOINERS = "\u200c\u200d"
_JOINER = "\u200d"
_ZERO_SPACE = "\u200b"
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_OPENS_ISOLATE = "\u2066\u2067\u2068"
_NEIGHBOURHOOD = 200
"""Characters on either side, on its line, among which a direction mark finds the text that it is for."""
_ENDS_EMBEDDING, _ENDS_ISOLATE = "\u202c", "\u2069"


@dataclass(frozen=True, slots=True)
class Hidden:
    """A character that is not seen, and the 1-based line that it stands on."""

    line: int
    char: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A character that turns the reading order, or ends such a turn; closed where both stand on its line."""

    line: int
    char: str
    is_closed: bool

    @property
    def is_end(self) -> bool:
        """Say whether it ends a turn."""
        return self.char in (_ENDS_EMBEDDING, _ENDS_ISOLATE)


def point(char: str) -> str:
    """Return the code point as `U+200B (zero width space)`: what stands for a character that must not be printed."""
    name = unicodedata.name(char, "").lower()
    return f"U+{ord(char):04X}" + (f" ({name})" if name else "")


def controls(text: str) -> Iterator[Hidden]:
    """Return the control characters, in order, but tab and line ends; and Unicode's own line and paragraph ends."""
    return _placed(text, _CONTROL.finditer(text))


def invisible(text: str) -> Iterator[Hidden]:
    """Return the characters of no width, in order. Where a script or an emoji needs them, they are none.

    A byte order mark at the text's head is none of them either.
    """
    start = 1 if text.startswith("\ufeff") else 0
    flags = {place for flag in _FLAG.finditer(text) for place in range(flag.start(), flag.end())}
    found = (match for match in _INVISIBLE.finditer(text, start) if match.start() not in flags)
    return _placed(text, (match for match in found if not _is_needed(text, match.start())))


def _placed(text: str, matches: Iterator[re.Match[str]]) -> Iterator[Hidden]:
    line, reached = 1, 0
    for match in matches:
        line += text.count("\n", reached, match.start())
        reached = match.start()
        yield Hidden(line, match.group())


def _is_needed(text: str, place: int) -> bool:
    char, before, behind = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if char == _JOINER and _joins_emoji(before) and _is_symbol(behind):
        return True
    if char in _SOFT_JOINERS:
        return _JOINED_SCRIPT.match(before) is not None
    if char == _ZERO_SPACE:
        return _UNSPACED_SCRIPT.match(before) is not None
    if char in _DIRECTION_MARKS:
        return _is_beside_right_to_left(text, place)
    return _is_selector(char) and _is_selectable(before)


def _joins_emoji(before: str) -> bool:
    return before == "\ufe0f" or "\U0001f3fb" <= before <= "\U0001f3ff" or _is_symbol(before)


def _is_symbol(char: str) -> bool:
    """Emoji newer than this Python's Unicode have no category yet, but a block."""
    return char != "" and (unicodedata.category(char) == "So" or "\U0001f000" <= char <= "\U0001faff")


def _is_selector(char: str) -> bool:
    return char in "\u180b\u180c\u180d\u180f" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_selectable(before: str) -> bool:
    """A selector chooses the form of the one character before it. A row of them may carry a hidden message."""
    if before.isascii():
        return before != "" and before in "0123456789#*"
    return not before.isspace() and _INVISIBLE.match(before) is None


def _is_beside_right_to_left(text: str, place: int) -> bool:
    before = text[max(0, place - _NEIGHBOURHOOD) : place].rpartition("\n")[2]
    behind = text[place + 1 : place + 1 + _NEIGHBOURHOOD].partition("\n")[0]
    return _RIGHT_TO_LEFT.search(before) is not None or _RIGHT_TO_LEFT.search(behind) is not None


def turns(text: str) -> Iterator[Turn]:
    """Return the embeddings, overrides and isolates (UAX #9), in order, and the ends that end nothing."""
    if not _TURNING.search(text):
        return
    line, reached = 1, 0
    chars: list[str] = []
    for match in _TURNING_OR_END.finditer(text):
        if match.group() != "\n":
            chars.append(match.group())
        elif chars:
            line += text.count("\n", reached, match.start())
            reached = match.start()
            yield from _turns_of_line(line, chars)
            chars = []
    yield from _turns_of_line(text.count("\n") + 1, chars)


def _turns_of_line(line: int, chars: list[str]) -> Iterator[Turn]:
    paired = _paired(chars)
    for place, char in enumerate(chars):
        turn = Turn(line, char, place in paired)
        if not (turn.is_end and turn.is_closed):
            yield turn


def _paired(chars: list[str]) -> set[int]:
    """Return which of a line's turns are closed, and which ends close one. An isolate's end closes all within it."""
    paired: set[int] = set()
    still_open: list[int] = []
    isolates = 0
    for place, char in enumerate(chars):
        if char == _ENDS_EMBEDDING:
            if still_open and chars[still_open[-1]] not in _OPENS_ISOLATE:
                paired |= {still_open.pop(), place}
        elif char == _ENDS_ISOLATE:
            if isolates:
                isolates -= 1
                while chars[still_open[-1]] not in _OPENS_ISOLATE:
                    paired.add(still_open.pop())
                paired |= {still_open.pop(), place}
        else:
            still_open.append(place)
            isolates += char in _OPENS_ISOLATE
    return paired


def decomposed(text: str) -> Iterator[tuple[int, str]]:
    """Return the 1-based lines that are not in normal form C, each with the first two characters that show it, if any.

    Normalises nothing: that takes time by the square of a row of marks, and saying that it is needed does not.
    """
    if unicodedata.is_normalized("NFC", text):
        return
    line, reached = 1, 0
    for match in _LINE.finditer(text):
        if not unicodedata.is_normalized("NFC", match.group()):
            line += text.count("\n", reached, match.start())
            reached = match.start()
            yield line, _first_decomposed(match.group()[:_SEARCHED])


def _first_decomposed(text: str) -> str:
    single = next((char for char in text if not unicodedata.is_normalized("NFC", char)), "")
    pairs = (text[place : place + 2] for place in range(len(text) - 1))
    return single or next((pair for pair in pairs if not unicodedata.is_normalized("NFC", pair)), "")
