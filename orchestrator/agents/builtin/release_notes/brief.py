"""What the brief of release notes asks for: a few plain settings, and highlights. All else in it is for people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.agents.builtin.reading import text_of
from orchestrator.agents.builtin.release_notes.kinds import GROUPS, Kind, kind_named
from orchestrator.agents.builtin.release_notes.plainly import plain
from orchestrator.agents.interface import Request
from orchestrator.content.color import Color, parse
from orchestrator.content.markdown import sections

PATH = "brief.md"
MOST_HIGHLIGHTS = 12

_SETTING = re.compile(r"(version|title|accent|avoid|leave out)[ \t]{0,5}:[ \t]{1,10}(\S.*)", re.IGNORECASE)
_ITEM = re.compile(r"[ \t]{0,3}[-*+][ \t]+(\S.*)")


@dataclass(frozen=True, slots=True)
class Brief:
    """A person's wishes. `left_out`: the kinds that the notes do not tell; breaking changes are always told."""

    version: str | None = None
    title: str | None = None
    accent: Color | None = None
    avoid: tuple[str, ...] = ()
    left_out: frozenset[Kind] = frozenset()
    highlights: tuple[str, ...] = ()


def brief_of(request: Request) -> Brief:
    """Return the brief that the step reads; an empty one asks for nothing. Raises CannotWork where it is no text."""
    return read_brief(text_of(request, PATH)) if PATH in request.files else Brief()


def read_brief(text: str) -> Brief:
    """Return the settings of a brief. A line that is none of them is passed over."""
    said: dict[str, str] = {}
    for line in text.split("\n")[:2_000]:
        if found := _SETTING.fullmatch(line[:500].strip()):
            said.setdefault(found[1].casefold(), found[2].strip())
    return Brief(
        version=plain(said["version"], 60) if "version" in said else None,
        title=plain(said["title"], 120) if "title" in said else None,
        accent=_accent(said.get("accent")),
        avoid=tuple(_parts(said.get("avoid", ""))),
        left_out=frozenset(kind for part in _parts(said.get("leave out", "")) if (kind := kind_named(part)) in GROUPS),
        highlights=tuple(_highlights(text)),
    )


def _parts(said: str) -> Iterator[str]:
    yield from (part.strip(" .\"'“”`").casefold() for part in said.split(",")[:50] if part.strip(" .\"'“”`"))


def _accent(said: str | None) -> Color | None:
    try:
        return parse(said) if said else None
    except ValueError:
        return None


def _highlights(text: str) -> Iterator[str]:
    for section in sections(text):
        if section.title.strip().casefold().rstrip(":") == "highlights":
            items = (found[1] for line in section.text.split("\n") if (found := _ITEM.fullmatch(line)))
            yield from (line for item in list(items)[:MOST_HIGHLIGHTS] if (line := plain(item, 400)))
            return
