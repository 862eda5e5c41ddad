"""Edits of a listing, one for each kind of finding that can be mended without judgement. A line stays a line."""

import re
from collections.abc import Iterable, Iterator

from orchestrator.agents.builtin.product_listing.titles import LONGEST, shortened
from orchestrator.content.markdown import front_matter_lines, key_lines
from orchestrator.content.words import words
from orchestrator.model.finding import ReviewFinding

_QUOTED = re.compile(r"“([^“”\n]{1,600})”")
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
    if key == "title":
        return _mended_title(line, finding)
    offered = _quotes(finding.suggestion)
    if key == "price" and offered:
        return f'price: "{offered[0]}"' if '"' not in offered[0] else line
    if key == "tags":
        return _without_tag(line, _quotes(finding.message))
    return _without_phrase(line, _quotes(finding.message))


def _mended_title(line: str, finding: ReviewFinding) -> str:
    """An offered title counts where it is short enough and says nothing that the old one does not."""
    title = line.partition(":")[2].strip().strip("\"'")
    if len(title) <= LONGEST:
        return _without_phrase(line, _quotes(finding.message))
    offers = (offer for offer in _quotes(finding.suggestion) if len(offer) <= LONGEST)
    known = {word.casefold() for word in words(title)}
    fair = (offer for offer in offers if all(word.casefold() in known for word in words(offer)))
    return line.replace(title, next(fair, shortened(title)), 1)


def _without_tag(line: str, phrases: Iterable[str]) -> str:
    name, _, listed = line.partition(":")
    unwanted = [phrase.casefold() for phrase in phrases]
    tags = [tag.strip() for tag in listed.strip().strip("[]").split(",")]
    kept = [tag for tag in tags if not any(phrase in tag.casefold() for phrase in unwanted)]
    return f"{name}: [{', '.join(kept)}]" if kept and len(kept) < len(tags) else line


# --- the body --------------------------------------------------------------------------------------------------------


def _mended_quotation(line: str, finding: ReviewFinding) -> str:
    """Nobody's words are altered: another quotation takes its place, or none does."""
    if not any(_spot(phrase, line) for phrase in _quotes(finding.message)):
        return line
    other = _quotes(finding.suggestion)
    return f"> “{other[0]}”" if other else ""


def _mended_line(line: str, finding: ReviewFinding) -> str:
    """A figure or a quotation is a statement, and its sentence goes; a word goes alone where it can."""
    for phrase in _quotes(finding.message):
        if any(char.isdigit() for char in phrase) or len(phrase.split()) > 2:
            line = _without_sentence(line, phrase)
        else:
            line = _without_phrase(line, [phrase])
    return line


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
