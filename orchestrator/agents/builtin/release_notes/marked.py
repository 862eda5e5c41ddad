"""Strangers' words as Markdown: what they wrote is read as they wrote it, and nothing of it becomes mark-up.

Code between backticks stays code, since commits are written that way. Nothing else does: no link, no picture, no tag.
"""

import re

from orchestrator.content.figures import read

_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)((?:(?!\1).){1,200}?)(?<!`)\1(?!`)")
_MARKS = re.compile(r"[\\*\[<`]|(?<![^\W_])_|_(?![^\W_])|~~|&(?=#?\w{1,40};)|!(?=\[)|(?<=[A-Za-z]):(?=//)|(?<=www)\.")
_OPENING = re.compile(r"(?:#{1,6}|[+=>-]{1,200}|\d{1,9}[.)])(?=\s|$)")
_QUOTE_MARKS = str.maketrans({'"': "'", "“": "'", "”": "'", "„": "'", "«": "'", "»": "'"})


def marked(text: str) -> str:
    """Return a line of plain text as Markdown that shows just this."""
    shown = without_citations(in_pairs(text))
    parts: list[str] = []
    reached = 0
    for code in _CODE.finditer(shown):
        parts += [_escaped(shown[reached : code.start()]), code[0]]
        reached = code.end()
    whole = "".join([*parts, _escaped(shown[reached:])])
    opening = _OPENING.match(whole)
    if opening is None:
        return whole
    # A number of a list is escaped behind its digits.
    digits = len(opening[0]) - 1 if opening[0][0].isdigit() else 0
    return f"{whole[:digits]}\\{whole[digits:]}"


def in_cell(text: str) -> str:
    """Return a text, a name above all, as it may stand in a cell of a table: a bar ends none, and there is no code."""
    return _escaped(without_citations(in_pairs(text))).replace("|", "\\|")


def in_pairs(text: str) -> str:
    """Return the text with its double quotation marks in pairs that a reader sees as such, else as single ones."""
    if text.isascii() and '"' not in text:
        return text
    bare = re.sub(r"(?<![\w=])\"(?=\S)[^\"]{1,300}\"(?!\w)|“[^“”„]{1,300}”|«[^«»]{1,300}»", "", text)
    return text.translate(_QUOTE_MARKS) if any(mark in bare for mark in '"“”„«»') else text


def without_citations(text: str) -> str:
    """Return the text without the line numbers behind names of files: they point at nothing that a reader has."""
    for line in read(text):
        for cited in line.citations:
            text = text.replace(cited.text, cited.file)
    return text


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda mark: "".join(f"\\{char}" for char in mark[0]), text)
