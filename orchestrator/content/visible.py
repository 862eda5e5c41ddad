"""What of a Markdown text its readers see, for those who look for words in it. Renders nothing.

Every line keeps its number in what is returned.
"""

import html
import re

from orchestrator.content.markdown import plain, without_front_matter

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_DEFINITION = re.compile(r"(?m)^ {0,3}\[[^\[\]\n]{1,500}\]:[^\n]{0,2000}")
_LINK = re.compile(r"\]\([^()\n]{0,2000}\)")
_TAG = re.compile(r"</?[A-Za-z](?![A-Za-z+.-]{0,20}:|[\w.+-]{1,64}@)[^<>]{0,2000}>")


def seen(text: str) -> str:
    """Return the prose without its marks, entities and escapes read: no code, comments, tags or link targets."""
    return _ESCAPE.sub(r"\1", plain(_without_entities(text)))


def shown_as_written(text: str) -> str:
    """Return the text with its marks and its code, but without front matter, comments, tags and link targets."""
    kept = without_comments(without_front_matter(text))
    return _TAG.sub(_line_ends, _LINK.sub("]", _DEFINITION.sub("", kept)))


def without_comments(text: str) -> str:
    """Return the text without HTML comments; one that is not closed goes on to the end."""
    kept: list[str] = []
    place = 0  # by hand: a pattern would try each of ten thousand open comments to the end of the text
    while (start := text.find("<!--", place)) >= 0:
        end = text.find("-->", start + 4)
        end = len(text) if end < 0 else end + 3
        kept += [text[place:start], "\n" * text.count("\n", start, end)]
        place = end
    return "".join([*kept, text[place:]])


def _without_entities(text: str) -> str:
    """Line by line, since `&#10;` is a line end too and would move the lines after it."""
    if "&" not in text:
        return text
    return "\n".join(html.unescape(line).replace("\n", " ") for line in text.split("\n"))


def _line_ends(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")
