"""Pieces of text as they are handed on: sentences, quotation marks in pairs, no places of somebody else's."""

import re

LONGEST = 400
"""Characters of a line that is handed on."""

_PLACES = re.compile(r"\[[^\[\]\n]{1,300}:\d{1,9}\]|(?<=\.[A-Za-z]{2}):\d{1,9}|(?<=\.[A-Za-z]{3}):\d{1,9}")
_PAIRS = (("“", "”"), ("«", "»"))


def handed_on(text: str) -> str:
    """Return a source's line as it is quoted: at most so long, cut between words, its quotation marks in pairs."""
    flat = " ".join(without_places(text).split())
    cut = flat if len(flat) <= LONGEST else flat[:LONGEST].rsplit(" ", 1)[0] + " …"
    return in_pairs(cut)


def without_places(text: str) -> str:
    """Return the text without what looks like one of our citations, since it points at nothing that we know."""
    return _PLACES.sub("", text)


def in_pairs(text: str) -> str:
    """Return the text without the kinds of quotation marks that do not stand in pairs.

    A mark without its partner would make a quotation of all that stands between it and the next one.
    """
    if text.count('"') % 2:
        text = text.replace('"', "")
    for opening, closing in _PAIRS:
        if text.count(opening) != text.count(closing):
            text = text.replace(opening, "").replace(closing, "")
    return text.replace("„", "") if text.count("„") > text.count("“") + text.count("”") else text


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a full stop within a word or a figure ends none."""
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()]


def parted(line: str) -> list[str]:
    """Return the sentences of a line of Markdown, the mark of a list or a quotation left out."""
    return sentences(re.sub(r"^\s*(?:[-*+>]|\d{1,3}[.)])\s+", "", line)) or [line]


def first_sentence(text: str) -> str:
    """Return the first sentence, or the text where it has but one."""
    return next(iter(sentences(text)), text)


def as_sentence(text: str) -> str:
    """Return the text with a capital letter at its head and a full stop at its end, where it has neither."""
    bare = text.strip()
    capital = bare[:1].upper() + bare[1:]
    return capital if re.search(r"[.!?…][\"”»')]*$", bare) or not bare else f"{capital.rstrip(' ,;:')}."
