"""The tags of HTML as they are written, one by one. Builds no tree and mends nothing: `html_tree` does.

Comments are skipped, and what stands in `script`, `style`, `textarea` and `title` is text.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

RAW_TEXT = frozenset({"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"})
"""Elements in which a `<` begins no tag."""
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
"""Elements without an end tag (HTML, 13.1.2)."""

_OPENING = re.compile(r"<(?:!--|(/?)([A-Za-z][^\s/>]{0,100}))")
_REST = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]{1,200})(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>=`]++)))?+""")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag. `at` and `end` are the indexes of its `<` and behind its `>`; the name is in lower case."""

    name: str
    at: int
    end: int
    attributes: tuple[tuple[str, str], ...] = ()
    """Names in lower case, values without entities, in the order of writing, repeated ones too."""
    is_end: bool = False
    is_self_closing: bool = False

    def get(self, name: str) -> str | None:
        """Return the value of an attribute, the first where it is repeated; None where it is not there."""
        return next((value for key, value in self.attributes if key == name), None)


def tags(text: str) -> Iterator[Tag]:
    """Return the tags of a text in order. One that is not closed ends the search: all behind it belongs to it."""
    place = 0
    while opening := _OPENING.search(text, place):
        if opening[2] is None:
            end = text.find("-->", opening.end())
            place = end + 3
            if end < 0:
                return
            continue
        rest = _REST.match(text, opening.end())
        if rest is None:
            return
        tag = _tag(opening, rest)
        yield tag
        place = tag.end if tag.is_end or tag.name not in RAW_TEXT else _after_raw(text, tag)


def _tag(opening: re.Match[str], rest: re.Match[str]) -> Tag:
    written = rest[0][:-1]
    attributes = tuple(
        (found[1].lower(), html.unescape(found[2] or found[3] or found[4] or ""))
        for found in _ATTRIBUTE.finditer(written)
    )
    return Tag(opening[2].lower(), opening.start(), rest.end(), attributes, bool(opening[1]), written.endswith("/"))


def _after_raw(text: str, tag: Tag) -> int:
    """Return where the end tag begins, or the text's end."""
    found = re.compile(rf"</{re.escape(tag.name)}(?=[\s/>])", re.IGNORECASE).search(text, tag.end)
    return found.start() if found else len(text)
