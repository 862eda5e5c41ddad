"""Edits of a listing, one for each kind of finding that can be mended without judgement. A line stays a line."""

import json
import re
from collections.abc import Iterable, Iterator

from orchestrator.agents.builtin.product_listing.titles import LONGEST, shortened
from orchestrator.content.markdown import front_matter_lines, key_lines
from orchestrator.content.words import words
from orchestrator.documents import yaml
from orchestrator.errors import DocumentError
from orchestrator.model.finding import ReviewFinding

_QUOTED = re.compile(r"“([^“”\n]{1,600})”")
_OTHER = re.compile(r"“[^“”\n]{1,600}”(?: — [^“”\n]{1,60}?(?= instead))?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_ENDS_A_CLAUSE = re.compile(r"\s*(?:[.,;:!?)”\"']|$)")


def mend_listing(text: str, findings: Iterable[ReviewFinding]) -> str:
    """Return the listing with what the findings name mended."""
    lines = text.split("\n")
    keys, head = {line: key for key, line in key_lines(text).items()}, front_matter_lines(text)
    for finding in findings:
        if finding.line is None or finding.line > len(lines):
            continue
        place = finding.line - 1
        if place < head:
            lines[place] = _mended_key(lines[place], keys.get(finding.line, ""), finding)
        elif lines[place].lstrip().startswith(">"):
            lines[place] = _mended_quotation(lines[place], finding)
        else:
            lines[place] = _mended_line(lines[place], finding)
    return "\n".join(_without_gaps(lines, text.split("\n")))


def _quotes(text: str | None) -> list[str]:
    return _QUOTED.findall(text or "")


# --- the head --------------------------------------------------------------------------------------------------------


def _mended_key(line: str, key: str, finding: ReviewFinding) -> str:
    """The key's line with its value mended. What is not a text or a list on that one line is left for a person."""
    try:
        read = yaml.load(line, "listing.md")
    except DocumentError:
        return line
    value = read.get(key) if isinstance(read, dict) else None
    mended = _mended_value(value, key, finding)
    return line if mended in (value, "", []) else f"{key}: {json.dumps(mended, ensure_ascii=False)}"


def _mended_value(value: object, key: str, finding: ReviewFinding) -> object:
    offered, phrases = _quotes(finding.suggestion), _quotes(finding.message)
    if key == "price" and offered:
        return offered[0]
    if isinstance(value, list):
        return [tag for tag in value if not any(_spot(phrase, str(tag)) for phrase in phrases)]
    if not isinstance(value, str):
        return value
    if key == "title" and len(value) > LONGEST:
        return _title(value, offered)
    return _without_words(value, phrases) if key == "title" else _without_phrase(value, phrases)


def _without_words(value: str, phrases: Iterable[str]) -> str:
    """A title is no sentence, so that a word can go from any place in it."""
    for phrase in phrases:
        while spot := _spot(phrase, value):
            value = f"{value[: spot.start()].rstrip()} {value[spot.end() :].lstrip()}".strip(" ,;:–—-")
    return value


def _title(title: str, offers: Iterable[str]) -> str:
    """An offered title counts where it is short enough and says nothing that the old one does not."""
    known = {word.casefold() for word in words(title)}
    fair = (offer for offer in offers if all(word.casefold() in known for word in words(offer)))
    return next((offer for offer in fair if 0 < len(offer) <= LONGEST), shortened(title))


# --- the body --------------------------------------------------------------------------------------------------------


def _mended_quotation(line: str, finding: ReviewFinding) -> str:
    """Nobody's words are altered: another quotation takes its place, or none does."""
    if not any(_spot(phrase, line) for phrase in _quotes(finding.message)):
        return line
    other = _OTHER.search(finding.suggestion or "")
    return f"> {other[0]}" if other else ""


def _mended_line(line: str, finding: ReviewFinding) -> str:
    """A figure or a quotation is a statement, and its sentence goes; a word of our own goes alone."""
    for phrase in _quotes(finding.message):
        spot = _spot(phrase, line)
        is_statement = any(char.isdigit() for char in phrase) or len(phrase.split()) > 2
        if is_statement or (spot and _is_quoted(line[: spot.start()])):
            line = _without_sentence(line, phrase)
        else:
            line = _without_phrase(line, [phrase])
    return line


def _is_quoted(before: str) -> bool:
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”") or before.count("«") > before.count("»")


def _without_phrase(line: str, phrases: Iterable[str]) -> str:
    for phrase in phrases:
        while spot := _spot(phrase, line):
            if _ENDS_A_CLAUSE.match(line[spot.end() :]):
                shorter = _without_sentence(line, phrase)
                if shorter == line:
                    break
                line = shorter
            else:
                line = _article(line[: spot.start()], line[spot.end() :].lstrip())
    return line


def _article(before: str, after: str) -> str:
    """What stands before a word that was taken out may need `a` for `an`, and what follows a capital letter."""
    if re.search(r"\b[Aa]n?\s+$", before):
        stem = re.sub(r"n?\s+$", "", before)
        before = f"{stem}n " if after[:1].casefold() in "aeiou" else f"{stem} "
    starts = not before.strip(" -*+>") or before.rstrip().endswith((".", "!", "?"))
    return before + (after[:1].upper() + after[1:] if starts else after)


def _without_sentence(line: str, phrase: str) -> str:
    mark = re.match(r"\s*(?:[-*+]|\d+[.)])?\s*", line)
    start = mark.end() if mark else 0
    kept = [sentence for sentence in _SENTENCE.split(line[start:]) if not _spot(phrase, sentence)]
    return line[:start] + " ".join(kept) if kept else ""


def _spot(phrase: str, line: str) -> re.Match[str] | None:
    return re.search(rf"(?<![\w]){re.escape(phrase)}(?![\w])", line, re.IGNORECASE)


def _without_gaps(lines: list[str], before: list[str]) -> Iterator[str]:
    """Leave out the lines that were emptied, and the empty line after each where one stands before it."""
    skip = False
    for place, line in enumerate(lines):
        emptied = not line.strip() and bool(before[place].strip())
        if emptied:
            skip = place > 0 and not lines[place - 1].strip()
        elif skip and not line.strip():
            skip = False
        else:
            skip = False
            yield line
