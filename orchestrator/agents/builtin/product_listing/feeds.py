"""RSS and Atom feeds: the entries, each with its line. Parsed without DTD and entities; nothing is fetched."""

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate
from xml.parsers import expat

from orchestrator.agents.builtin.product_listing.tables import period_of
from orchestrator.agents.builtin.reading import Source

MOST_ENTRIES = 200

_ENTRIES = frozenset({"item", "entry"})
_DATED = ("pubdate", "published", "updated", "date")
_TOLD = ("description", "summary", "content", "encoded")
_TAG = re.compile(r"<[^<>]{0,4000}>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. `date` is ISO (`2026-05-04`), or None where the feed has none that can be read."""

    title: str
    told: str
    date: str | None
    line: int


class _Stop(Exception):
    """The feed is no feed, or goes where we do not follow."""


@dataclass(slots=True)
class _Reader:
    entries: list[Entry] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    inside: bool = False
    line: int = 0

    def start(self, tag: str) -> None:
        self.open.append(tag)
        if len(self.open) > 64:
            raise _Stop
        if tag in _ENTRIES:
            self.inside, self.texts = True, {}

    def text(self, text: str, line: int) -> None:
        if self.inside and self.open[-1] not in _ENTRIES:
            if self.open[-1] == "title" and "title" not in self.texts:
                self.line = line
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + text

    def end(self) -> None:
        if self.open.pop() in _ENTRIES and self.inside:
            self.inside = False
            self.entries.append(self._entry())
            if len(self.entries) >= MOST_ENTRIES:
                raise _Stop

    def _entry(self) -> Entry:
        told = next((self.texts[name] for name in _TOLD if self.texts.get(name, "").strip()), "")
        dated = next((self.texts[name] for name in _DATED if self.texts.get(name, "").strip()), "")
        return Entry(_bare(self.texts.get("title", "")), _bare(told), _day(dated.strip()), self.line or 1)


def read_feed(source: Source) -> tuple[Entry, ...]:
    """Return the feed's entries that have a title; none where it is no well-formed feed."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, _: reader.start(name.rpartition(":")[2].casefold())
    parser.EndElementHandler = lambda _: reader.end()
    parser.CharacterDataHandler = lambda text: reader.text(text, parser.CurrentLineNumber)
    parser.StartDoctypeDeclHandler = _stop
    with suppress(expat.ExpatError, _Stop):  # what stands before the fault was read
        parser.Parse(source.text.encode(), True)  # noqa: FBT003 - expat takes it by position alone
    return tuple(entry for entry in reader.entries if entry.title)


def is_feed(source: Source) -> bool:
    """Say whether a source is a feed, by its first tags."""
    return bool(re.search(r"<(?:rss|feed|rdf:RDF)[\s>]", source.text[:2_000]))


def _stop(*_: object) -> None:
    raise _Stop


def _bare(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", html.unescape(text))).split())


def _day(said: str) -> str | None:
    iso = period_of(said[:10])
    if iso:
        return iso[1]
    try:
        parsed = parsedate(said)
    except (ValueError, IndexError, TypeError):
        return None
    return f"{parsed[0]:04}-{parsed[1]:02}-{parsed[2]:02}" if parsed else None


def entries_of(sources: tuple[Source, ...]) -> Iterator[tuple[Source, Entry]]:
    """Yield the entries of all feeds among the sources."""
    for source in sources:
        if is_feed(source):
            yield from ((source, entry) for entry in read_feed(source))
