"""The observed diff: what stands in a scratch checkout that was not handed there, whatever its program says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.agents.admission import CHECK
from orchestrator.agents.command.discretion import Discretion
from orchestrator.content.secrets import redacted, secret_in
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.outside import ScratchEnd
from orchestrator.model.patterns import is_literal, matches, matches_any

MOST_REFUSED = 20
"""Findings of one attempt; of what goes beyond, only the number is told."""
_CUT_SHORT = re.compile(r"all files have more than .*|holds too many files and folders; .*")
"""What is said of a place where no more was read. What came before it is a part of the work, and never taken for it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The files that are the step's work, what else was touched, and of which promises nothing is there."""

    files: Mapping[str, bytes]
    refused: tuple[Finding, ...]
    unwritten: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """What a program was handed, what it may write, and what it leaves for itself, as patterns."""

    files: Mapping[str, bytes]
    writes: tuple[str, ...]
    leaves: tuple[str, ...] = ()


def observed(end: ScratchEnd, handed: Handed, discretion: Discretion) -> Changes:
    """Return what came of a run. A file that was left as it was handed is no change, and no broken promise either.

    Where so much was left that it was not read to its end, no file is the step's work.
    """
    changed = {path: content for path, content in sorted(end.files.items()) if handed.files.get(path) != content}
    inside = {path: content for path, content in changed.items() if matches_any(handed.writes, path)}
    telling = {path: name for path, content in inside.items() if (name := _told_of(path, content, discretion))}
    cut_short = {path: what for path, what in sorted(end.odd.items()) if _CUT_SHORT.fullmatch(what)}
    refusals = [
        *cut_short.items(),
        *((path, f"holds the value of ${name}, which the program was handed") for path, name in telling.items()),
        *((path, _rule(path, handed)) for path in changed if path not in inside and _is_offence(path, handed)),
        *(
            (path, what)
            for path, what in sorted(end.odd.items())
            if _is_offence(path, handed) and path not in cut_short
        ),
        *((path, "was deleted, and the step writes it") for path in _deleted(end, handed)),
    ]
    return Changes(
        {path: content for path, content in inside.items() if path not in telling and not cut_short},
        tuple(_refused(refusals, discretion)),
        tuple(pattern for pattern in handed.writes if not _is_there(pattern, end)),
    )


def _rule(path: str, handed: Handed) -> str:
    verb = "changed" if path in handed.files else "written"
    return f"{verb}, and the step writes {', '.join(handed.writes) or 'nothing'}"


def _told_of(path: str, content: bytes, discretion: Discretion) -> str | None:
    return discretion.held_in(content) or discretion.held_in(path.encode("utf-8", "replace"))


def _is_offence(path: str, handed: Handed) -> bool:
    return path in handed.files or not matches_any(handed.leaves, path)


def _deleted(end: ScratchEnd, handed: Handed) -> Iterator[str]:
    for path in sorted(handed.files):
        if path in handed.writes and is_literal(path) and path not in end.files and path not in end.odd:
            yield path


def _is_there(pattern: str, end: ScratchEnd) -> bool:
    """An empty file is none: some programs lay one down before they begin."""
    return any(content and matches(pattern, path) for path, content in end.files.items())


def _refused(refusals: Sequence[tuple[str, str]], discretion: Discretion) -> Iterator[Finding]:
    for path, rule in refusals[:MOST_REFUSED]:
        name, file = _named(path, discretion)
        message = discretion.line(rule) if file else f"{name}: {discretion.line(rule)}"
        yield Finding(severity=Severity.CRITICAL, check=CHECK, file=file, message=message)
    if len(refusals) > MOST_REFUSED:
        message = f"{len(refusals) - MOST_REFUSED:,} more paths were changed that are not the step's to write"
        yield Finding(severity=Severity.CRITICAL, check=CHECK, message=message)


def _named(path: str, discretion: Discretion) -> tuple[str, str | None]:
    """Return a path as a message may show it, and as a finding may name it; a secret may stand in one, too."""
    written = path.encode("utf-8", "replace")
    if secret_in(written):
        return discretion.path(redacted(written).decode())[0], None
    return discretion.path(path)
