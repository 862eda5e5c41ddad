"""Citations: places in files that a text points at, and footnotes. Says what of them is not there; opens no file."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from orchestrator.content.figures import FILE, Citation
from orchestrator.content.figures import citations as lined
from orchestrator.content.markdown import fenced, without_front_matter

WHOLE = -1
"""The line of a citation that names a file and no line."""

_WHOLE_FILE = re.compile(rf"\[({FILE})\](?![(\[:])")
_NOTE = re.compile(r"\[\^([^\[\]\s^]{1,50})\]")
_DEFINED = re.compile(r"[ \t]{0,3}(?:>[ \t]?){0,9}\[\^([^\[\]\s^]{1,50})\]:")
_CODE = re.compile(r"`[^`\n]{1,1000}`")


class Miss(StrEnum):
    """In which way a citation points at nothing."""

    FILE = "file"
    LINE = "line"
    BLANK = "blank"


@dataclass(slots=True)
class Shelf:
    """The sources, path → lines, ready to be asked by the end of their paths. A source that is no text has no lines."""

    lines: Mapping[str, Sequence[str]]
    _paths: dict[str, list[str]] = field(default_factory=dict, init=False)
    _written: dict[str, list[int]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Sort the paths by their last parts."""
        for path in self.lines:
            self._paths.setdefault(path.rpartition("/")[2], []).append(path)

    def miss(self, cited: Citation) -> Miss | None:
        """Return what a citation misses: of several sources that it may mean, the one that it misses least."""
        misses = {self._miss(cited, path) for path in self.paths(cited.file)}
        return next((miss for miss in (None, Miss.BLANK, Miss.LINE) if miss in misses), Miss.FILE)

    def paths(self, file: str) -> tuple[str, ...]:
        """Return the sources that a name means: `notes.md` is `sources/notes.md`, too."""
        name = file.removeprefix("./").lstrip("/")
        return tuple(path for path in self._paths.get(name.rpartition("/")[2], ()) if f"/{path}".endswith(f"/{name}"))

    def longest(self, file: str) -> int:
        """Return how many lines the longest of the sources has that a name means; a last line end begins no line."""
        return max((_count(self.lines[path]) for path in self.paths(file)), default=0)

    def _miss(self, cited: Citation, path: str) -> Miss | None:
        if cited.first == WHOLE:
            return None
        if not 1 <= cited.first <= cited.last <= _count(self.lines[path]):
            return Miss.LINE
        written = self._written_lines(path)
        place = bisect_left(written, cited.first)
        return None if place < len(written) and written[place] <= cited.last else Miss.BLANK

    def _written_lines(self, path: str) -> list[int]:
        if path not in self._written:
            self._written[path] = [number for number, line in enumerate(self.lines[path], start=1) if line.strip()]
        return self._written[path]


def _count(lines: Sequence[str]) -> int:
    return len(lines) - (not lines[-1]) if lines else 0


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote's label where it is referred to or defined, and the 1-based line."""

    label: str
    line: int


@dataclass(frozen=True, slots=True)
class Notes:
    """The footnotes of a text, in the order of its lines."""

    references: tuple[Note, ...]
    definitions: tuple[Note, ...]


def citations(text: str) -> tuple[Citation, ...]:
    """Return the citations of a text in order: `[notes.md:12]`, `notes.md#L3-L9`, and `[notes.md]` outside of code."""
    whole = [
        Citation(match.group(1), number, match.group(1), WHOLE, WHOLE)
        for number, line in _prose_lines(text)
        for match in _WHOLE_FILE.finditer(line)
    ]
    return tuple(sorted((*lined(text), *whole), key=lambda cited: cited.line))


def cited_lines(text: str) -> tuple[int, ...]:
    """Return the line of each citation that a reader sees as one, in order: none of code, which is an example."""
    lines = dict(_prose_lines(text))
    prose = "\n".join(lines.get(number, "") for number in range(1, max(lines, default=0) + 1))
    return tuple(cited.line for cited in citations(prose))


def notes(text: str) -> Notes:
    """Return the footnotes of a Markdown text. Labels have no case, as at GitHub."""
    references: list[Note] = []
    definitions: list[Note] = []
    for number, line in _prose_lines(text):
        defined = _DEFINED.match(line)
        if defined:
            definitions.append(Note(defined.group(1).casefold(), number))
        start = defined.end() if defined else 0
        references += [Note(match.group(1).casefold(), number) for match in _NOTE.finditer(line, start)]
    return Notes(tuple(references), tuple(definitions))


@lru_cache(maxsize=2)
def _prose_lines(text: str) -> tuple[tuple[int, str], ...]:
    """Return the lines that may hold one, without front matter and code; those of the last texts are kept."""
    lines = without_front_matter(text).split("\n")
    return tuple(
        (number, _CODE.sub("", line) if "`" in line else line)
        for number, (line, code) in enumerate(zip(lines, fenced(lines), strict=True), start=1)
        if not code
    )
