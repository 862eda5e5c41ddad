"""Markdown without its code: for rules on what is written, since code may hold anything. Renders nothing."""

import re
from collections.abc import Iterator
from functools import lru_cache

from orchestrator.content.markdown import plain, without_front_matter
from orchestrator.model.fences import fenced

_PARAGRAPH_END = re.compile(r"(\n[ \t]*(?=\n))")
_TICKS = re.compile(r"`+")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)[ \t]*[^ \t]")
_HIDDEN = re.compile(r"<(script|style)\b(?<!`<script)(?<!`<style)[^<>]{0,2000}>", re.IGNORECASE)
_CLOSING = {name: re.compile(rf"</{name}\s{{0,20}}>", re.IGNORECASE) for name in ("script", "style")}
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]")


@lru_cache(maxsize=4)
def prose(text: str) -> str:
    """Return a Markdown text as `markdown.plain` does, but without indented code and what only a browser reads.

    The last few texts are kept: what several checks of a gate count is made once.
    """
    return plain("\n".join(_without_indented(_unfenced(_without_hidden_html(without_front_matter(text))))))


def _without_hidden_html(text: str) -> str:
    """Leave out scripts and styles. One that is not closed is looked for once: a text may open thousands."""
    if "<s" not in text and "<S" not in text:
        return text
    kept: list[str] = []
    place = 0
    unclosed: set[str] = set()
    for opening in _HIDDEN.finditer(text):
        name = opening[1].lower()
        if opening.start() < place or name in unclosed:
            continue
        closing = _CLOSING[name].search(text, opening.end())
        if closing is None:
            unclosed.add(name)
            continue
        kept += [text[place : opening.start()], "\n" * text.count("\n", opening.start(), closing.end())]
        place = closing.end()
    return "".join([*kept, text[place:]])


def without_code(text: str) -> str:
    """Return a Markdown text with its fenced, indented and inline code left out. Every line keeps its number."""
    unindented = "\n".join(_without_indented(_unfenced(text)))
    if "`" not in unindented:
        return unindented
    parts = _PARAGRAPH_END.split(unindented)
    return "".join("".join(_without_spans(part)) if "`" in part else part for part in parts)


def _unfenced(text: str) -> list[str]:
    lines = text.split("\n")
    return ["" if is_code else line for line, is_code in zip(lines, fenced(lines), strict=True)]


def _without_indented(lines: list[str]) -> Iterator[str]:
    """Within a list, an indented paragraph belongs to its item; after a line of text it goes on with that line."""
    is_before_text = is_in_list = False
    for line in lines:
        is_code = not is_before_text and not is_in_list and _INDENTED.match(line) is not None
        yield "" if is_code else line
        if line.strip() and not is_code:
            is_in_list = _ITEM.match(line) is not None or (is_in_list and (is_before_text or line[0] in " \t"))
        is_before_text = bool(line.strip()) and not is_code


def _without_spans(paragraph: str) -> Iterator[str]:
    """A span ends at the next run of as many backticks, within its paragraph (CommonMark 6.1)."""
    if "``" not in paragraph:
        yield from _without_simple_spans(paragraph)
        return
    runs = list(_TICKS.finditer(paragraph))
    ends = _ends([len(run.group()) for run in runs])
    place = number = 0
    while number < len(runs):
        end = ends[number]
        if end is not None:
            start, stop = runs[number].start(), runs[end].end()
            yield paragraph[place:start] + "\n" * paragraph.count("\n", start, stop)
            place, number = stop, end
        number += 1
    yield paragraph[place:]


def _without_simple_spans(paragraph: str) -> Iterator[str]:
    """Of single backticks each second one closes; one that is left over is a sign as any other."""
    parts = paragraph.split("`")
    for place, part in enumerate(parts):
        is_open = place % 2 and place + 1 == len(parts)
        yield f"`{part}" if is_open else "\n" * part.count("\n") if place % 2 else part


def _ends(lengths: list[int]) -> list[int | None]:
    """Return for each run of backticks the next of its length."""
    ends: list[int | None] = [None] * len(lengths)
    last: dict[int, int] = {}
    for number in range(len(lengths) - 1, -1, -1):
        ends[number] = last.get(lengths[number])
        last[lengths[number]] = number
    return ends
