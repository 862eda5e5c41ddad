"""Words: counting them, and finding a phrase however it is dressed up. Knows no language and no Markdown."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Scripts without spaces. Of Chinese and Japanese each character is a word; Thai, Lao, Burmese and Khmer have words
# up to the next space.
_IDEOGRAPHS = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_IDEOGRAPHS}]|[^\\W_{_IDEOGRAPHS}]+(?:['\u2019.,:/-][^\\W_{_IDEOGRAPHS}]+)*")
_UNSPACED = f"{_IDEOGRAPHS}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_ASCII_WORD = re.compile("[A-Za-z0-9]+(?:['.,:/-][A-Za-z0-9]+)*")
"""The same where all is ASCII, in two thirds of the time."""
_LETTER = f"[^\\W_{_UNSPACED}]"
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")

_QUOTE_MARKS = '"“”„‟«»‹›‘’‚‛´`'
_HYPHEN = "\u2010"
"""The one that is no minus; NFKC makes it of the one that does not break, too."""
_INVISIBLE = re.compile(  # Default_Ignorable_Code_Point of Unicode, and the signs that stand before Arabic numbers
    "[\u00ad\u034f\u0600-\u0605\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_MARKS = "*_~`"
_BETWEEN = rf"[\s{_MARKS}]+"

_LONG = 1_000
"""Characters of a text that is worth keeping: what several checks of a gate look into is folded once."""
_MOST_MARKS = 30
_GRAPHEME_JOINER = "\u034f"
_PERHAPS_MARKS = re.compile(f"[\u0300-\U0010ffff]{{{_MOST_MARKS + 1},}}")


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in order; `don't`, `dishwasher-safe` and `1,200` are one each."""
    return tuple(_found(text))


def word_count(text: str) -> int:
    """Return how many words `words` would return, holding those of one line at a time."""
    return len(_found(text)) if len(text) < _LONG else sum(len(_found(line)) for line in text.split("\n"))


def _found(text: str) -> list[str]:
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def visible_length(text: str) -> int:
    """Return the number of characters (code points), each run of white space as one, none at the ends."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    lengths = [len(line) for line in lines if line]
    return sum(lengths) + max(len(lengths) - 1, 0)


def fold(text: str) -> str:
    """Return the text as comparisons see it: compatible forms (NFKC), no case, no invisible characters.

    There is one quote mark, and one hyphen. Line ends stay where they are.
    """
    return _kept(text) if len(text) >= _LONG else _folded(text)


@lru_cache(maxsize=4)
def _kept(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    """Compose line by line: in most languages that are written in Latin letters most lines are ASCII."""
    if text.isascii():
        return text.replace('"', "'").replace("`", "'").lower()
    plain = "\n".join(map(_visible, text.split("\n")))
    for mark in _QUOTE_MARKS:
        plain = plain.replace(mark, "'")
    return plain.replace(_HYPHEN, "-").casefold()


def _visible(line: str) -> str:
    return line if line.isascii() else _INVISIBLE.sub("", _composed(line))


def _composed(text: str) -> str:
    """Cut long runs of combining marks first (UAX #15, stream-safe text): to sort them takes time by their square."""
    return unicodedata.normalize("NFKC", _PERHAPS_MARKS.sub(_cut, text))


def _cut(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in run.group():
        marks = marks + 1 if _is_mark(char) else 0
        if marks > _MOST_MARKS:
            kept.append(_GRAPHEME_JOINER)
            marks = 1
        kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=10_000)
def _is_mark(char: str) -> bool:
    """A few letters come apart into marks, such as the voiced sound marks of half width."""
    return unicodedata.combining(unicodedata.normalize("NFKD", char)[0]) != 0


def occurrences(phrase: str, text: str) -> tuple[int, ...]:
    """Return the 1-based lines on which the whole words of `phrase` stand, however spaced, emphasised or cased."""
    return tuple(occurrences_in(fold(text), phrase))


def occurrences_in(folded: str, phrase: str) -> Iterator[int]:
    """Return what `occurrences` does, one by one, of a text that is folded already: for many phrases in one text."""
    parts = _parts(phrase)
    if not parts or max(parts, key=len) not in folded:
        return
    line, reached = 1, 0
    for match in _pattern(parts).finditer(folded):
        line += folded.count("\n", reached, match.start())
        reached = match.start()
        yield line


def _parts(phrase: str) -> list[str]:
    """Return the words to look for. Marks that stand alone do not count, unless the phrase has nothing else."""
    parts = fold(phrase).split()
    return [part for part in parts if part.strip(_MARKS)] or [" ".join(parts)] * bool(parts)


def _pattern(parts: list[str]) -> re.Pattern[str]:
    """A letter or digit beside the phrase makes it another word; `_`, which Markdown uses for emphasis, does not.

    Where words have no spaces between them, a letter beside it is the next word.
    """
    before = "" if _IS_UNSPACED.match(parts[0][0]) else f"(?<!{_LETTER})"
    behind = "" if _IS_UNSPACED.match(parts[-1][-1]) else f"(?!{_LETTER})"
    return re.compile(before + _BETWEEN.join(map(re.escape, parts)) + behind)
