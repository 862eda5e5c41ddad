"""What of a Markdown text is still open at its end, and would take in whatever is written below it. Pure.

Blocks are read as CommonMark has them; words within a paragraph open nothing that outlives it.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

_BELOW = "\n\n# below\n"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CODE = "fenced code opens"
_HTML = "HTML, such as a comment, opens"


def open_end(text: str) -> tuple[int, str] | None:
    """Return the 1-based line and what opens there and is never closed, in words that end in `opens`; None."""
    tokens = MarkdownIt("commonmark").disable(["inline", "text_join"]).parse(text + _BELOW)
    if tokens[-1].type != "heading_close":
        return _line(tokens[-1]), _CODE if tokens[-1].type == "fence" else _HTML
    # A block of HTML may end where the comment in it does not, for whoever shows it.
    within = (token for token in tokens if token.type == "html_block" and "<!--" in _COMMENT.sub("", token.content))
    found = next(within, None)
    return (_line(found), _HTML) if found else None


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
