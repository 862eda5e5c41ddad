"""The check `must_not_contain`: a text has none of certain words, phrases or patterns, in no part of the file."""

from collections.abc import Iterator
from heapq import merge
from itertools import groupby, islice
from operator import attrgetter
from typing import ClassVar

from orchestrator.content.bounding import and_more, few
from orchestrator.content.regexes import compiled, hits
from orchestrator.content.visible import seen
from orchestrator.content.words import fold, occurrences_in
from orchestrator.gates.checks.must_contain import Phrase, Wanted, wanted_phrases
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import Text, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown

_MOST_HITS = 1_000
"""Hits of a pattern that are counted. To look for one more may take as long as to look through the rest of the text."""


class MustNotContain(Wanted):
    """Settings of `must_not_contain`."""

    example: ClassVar[str] = "must_not_contain: [guaranteed, money back]"


def _run(material: Material, settings: MustNotContain) -> Iterator[Finding]:
    phrases = wanted_phrases(material, settings)
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _phrases(text, phrases, settings)
        for pattern in settings.patterns:
            yield from _pattern(text, pattern, settings)


def _phrases(text: Text, phrases: tuple[Phrase, ...], settings: MustNotContain) -> Iterator[Finding]:
    """Look in the file and in what a reader sees of it: no tag within a word, entity or escape hides one."""
    written = fold(text.text) if phrases else ""
    read = fold(seen(text.text)) if phrases else ""
    for phrase in phrases:
        lines = merge(occurrences_in(written, phrase.text), occurrences_in(read, phrase.text))
        found = few(line for line, _ in groupby(lines))
        for line in found.first:
            yield _finding(text, settings, f"{phrase.name} must not stand here", line, "say it otherwise")
        if found.more:
            yield _finding(text, settings, f"{phrase.name} stands in {and_more(found.more)}", None, None)


def _pattern(text: Text, pattern: str, settings: MustNotContain) -> Iterator[Finding]:
    counted = tuple(islice(hits(compiled(pattern), text.text), _MOST_HITS))
    found = few(next(on_line) for _, on_line in groupby(counted, key=attrgetter("line")))
    for hit in found.first:
        message = f"{shown(hit.text)} must not stand here: it matches the pattern {shown(pattern)}"
        yield _finding(text, settings, message, hit.line, "say it otherwise")
    if found.more:
        least = "at least " if len(counted) == _MOST_HITS else ""
        message = f"the pattern {shown(pattern)} matches in {least}{and_more(found.more)}"
        yield _finding(text, settings, message, None, None)


def _finding(text: Text, settings: MustNotContain, message: str, line: int | None, suggestion: str | None) -> Finding:
    return Finding(severity=settings.severity, message=message, file=text.path, line=line, suggestion=suggestion)


CHECK = Check("must_not_contain", "A text has none of certain words, phrases or patterns.", MustNotContain, _run)
