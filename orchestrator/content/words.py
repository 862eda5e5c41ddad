"""Words: counting them, and finding a phrase however it is dressed up. Knows no language and no Markdown."""

import re
import unicodedata

_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"  # in scripts without spaces each character counts
    "|[^\\W_]+(?:['\u2019.,:/-][^\\W_]+)*"
)
_QUOTE_MARKS = dict.fromkeys(map(ord, '"“”„‟«»‹›‘’‚‛´`'), "'")
_INVISIBLE = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
_BETWEEN = r"[\s*_~`]+"


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in order; `don't`, `dishwasher-safe` and `1,200` are one each."""
    return tuple(_WORD.findall(text))


def fold(text: str) -> str:
    """Return the text as comparisons see it: compatible forms (NFKC), no case, no invisible characters, one quote mark.

    Line ends stay where they are.
    """
    plain = text if text.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return plain.translate(_QUOTE_MARKS).casefold()


def occurrences(phrase: str, text: str) -> tuple[int, ...]:
    """Return the 1-based lines on which the whole words of `phrase` stand, however spaced, emphasised or cased."""
    pattern = _phrase(phrase)
    if pattern is None:
        return ()
    folded = fold(text)
    lines: list[int] = []
    line, reached = 1, 0
    for match in pattern.finditer(folded):
        line += folded.count("\n", reached, match.start())
        reached = match.start()
        lines.append(line)
    return tuple(lines)


def _phrase(phrase: str) -> re.Pattern[str] | None:
    """A letter or digit beside the phrase makes it another word; `_`, which Markdown uses for emphasis, does not."""
    parts = [re.escape(part) for part in fold(phrase).split()]
    if not parts:
        return None
    return re.compile(rf"(?<![^\W_]){_BETWEEN.join(parts)}(?![^\W_])")
