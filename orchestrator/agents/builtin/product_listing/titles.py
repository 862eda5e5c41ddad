"""How long a title may be, and how a longer one is made short without a word that it did not have."""

import re

LONGEST = 60
"""Characters: what result lists and cards show before they cut."""

_SHORTEST = 8
_BREAKS = re.compile(
    r"[,;:](?=\s)|\s*[|(]|\s+[–—-]\s+|\s+(?=(?:with|for|from|in|by|and|made|that|which)\s)", re.IGNORECASE
)


def shortened(title: str, longest: int = LONGEST) -> str:
    """Return the title, cut where a phrase ends, or else between words, to at most so many characters."""
    if len(title) <= longest:
        return title
    phrases = [title[: match.start()] for match in _BREAKS.finditer(title)]
    fitting = [phrase for phrase in phrases if _SHORTEST <= len(phrase) <= longest]
    cut = fitting[-1] if fitting else title[: longest + 1].rsplit(" ", 1)[0][:longest]
    return cut.rstrip(" ,;:–—-")
