"""Notes and CHANGELOG taken apart: what each line names, and under which heading it stands. Judges nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.content.markdown import fenced, front_matter_lines

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.{0,300})")
_HASH = re.compile(r"(?<![\w.])([0-9a-f]{7,64})(?![\w]|\.\d)")
_MARKED_HASH = re.compile(r"`([0-9a-f]{7,64})`|\[([0-9a-f]{7,64})\]")
_PULL = re.compile(r"(?<![\w&/])[#!](\d{1,9})\b")
_ENTRY = re.compile(
    r"- (?:\*\*Breaking:\*\* )?(?:\*\*(?P<scope>(?:[^*\\]|\\.){1,200}):\*\* )?(?P<words>\S.*) "
    r"\(`[0-9a-f]{7,64}`[^()]{0,400}\)(?: by (?P<people>\S.{0,1000}))?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that tells a change: its words and its people, as Markdown."""

    words: str
    people: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the front matter, 1-based. `section` is the nearest heading above it."""

    number: int
    text: str
    section: str
    is_item: bool

    @property
    def hashes(self) -> tuple[str, ...]:
        """What looks like a hash of a commit: in code or brackets, or with letters and digits."""
        marked = [one or other for one, other in _MARKED_HASH.findall(self.text)]
        bare = [word for word in _HASH.findall(self.text) if not word.isdecimal() and not word.isalpha()]
        return tuple(dict.fromkeys([*marked, *bare]))

    @property
    def pulls(self) -> tuple[int, ...]:
        """The numbers that it gives as those of pull requests or issues."""
        return tuple(dict.fromkeys(int(number) for number in _PULL.findall(self.text)))

    @property
    def entry(self) -> Entry | None:
        """The change that it tells, or None."""
        found = _ENTRY.fullmatch(self.text[:3_000])
        return Entry(found["words"], found["people"]) if found else None


def lines_of(text: str) -> Iterator[Line]:
    """Yield the lines of a page that are no front matter, no code and not empty."""
    lines = text.split("\n")
    head = front_matter_lines(text)
    section = ""
    for number, (line, is_code) in enumerate(zip(lines, fenced(lines), strict=True), start=1):
        if number <= head or is_code or not line.strip():
            continue
        heading = _HEADING.fullmatch(line.rstrip())
        if heading:
            section = heading[2]
        yield Line(number, line, section, line.lstrip().startswith(("- ", "* ", "+ ")))
