"""What a gate or a later step said of the attempt before, as orders for the writer. It writes nothing itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.agents.builtin.product_listing.phrases import parted
from orchestrator.agents.interface import Request
from orchestrator.content.markdown import front_matter_lines, key_lines
from orchestrator.content.words import fold, occurrences
from orchestrator.model.finding import Finding

_WORDS = re.compile(r"has \d{1,9} words?; at (least|most) (\d{1,9}) ")
_ENOUGH = re.compile(r"the gate wants (\d{1,9})\b")
"""What the writer itself said, where an attempt ended with it."""
_LACKING = re.compile(r"'([^']{1,60})' (?:is missing from the front matter|is empty|in the listing, and)")
_TOO_LONG = re.compile(r"'([^']{1,60})' has \d{1,9} (?:characters|items); at most (\d{1,9}) ")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.){1,300})'|\"([^\"]{1,300})\"|“([^”]{1,600})”")


@dataclass(frozen=True, slots=True)
class Orders:
    """What the next attempt must do otherwise. `unwanted`: sentences, folded; `phrases`: those of head lines."""

    least: int | None = None
    most: int | None = None
    unwanted: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    longest: tuple[tuple[str, int], ...] = ()


def orders_of(request: Request, path: str) -> Orders:
    """Return what the findings on the file ask for."""
    found = [finding for finding in request.findings if finding.file in (path, None)]
    failed = request.failed.get(path, b"").decode("utf-8", "replace")
    told = " ".join(finding.message for finding in found)
    bounds = {match[1]: int(match[2]) for match in _WORDS.finditer(f"{told} ")}
    head = front_matter_lines(failed)
    return Orders(
        least=bounds.get("least") or next((int(number) for number in _ENOUGH.findall(told)), None),
        most=bounds.get("most"),
        unwanted=frozenset(_unwanted(failed, found, head)),
        phrases=tuple(phrase for finding in found if 0 < (finding.line or 0) <= head for phrase in _named(finding)),
        lacking=tuple(match[1] for match in _LACKING.finditer(told)),
        longest=tuple((match[1], int(match[2])) for match in _TOO_LONG.finditer(f"{told} ")),
    )


def _unwanted(failed: str, found: Iterable[Finding], head: int) -> Iterator[str]:
    """The sentences that a finding names, or the whole line where none of them holds what it names."""
    lines = failed.split("\n")
    keys = set(key_lines(failed).values())
    for finding in found:
        number = finding.line or 0
        if not (head < number <= len(lines) or (number in keys and _named(finding))):
            continue
        sentences = parted(lines[number - 1].partition(":")[2].strip(' "') if number <= head else lines[number - 1])
        guilty = [one for one in sentences if any(occurrences(phrase, one) for phrase in _named(finding))]
        yield from (fold(one) for one in guilty or sentences)


def _named(finding: Finding) -> tuple[str, ...]:
    return tuple(next(filter(None, groups)) for groups in _QUOTED.findall(finding.message))
