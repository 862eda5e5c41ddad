"""The check `sections`: a text has certain headings, with something under each."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from orchestrator.content import markdown
from orchestrator.content.bounding import and_more, few
from orchestrator.content.markdown import Section
from orchestrator.content.visible import without_comments
from orchestrator.content.words import fold, word_count
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown

_NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3}){0,5}[.)]?\s+")

_PICTURE = re.compile(r"!\[|<(?:img|picture|svg|video|audio|iframe|object)\b", re.IGNORECASE)
_MOST, _LONGEST = 200, 200
"""Headings, and characters of each, among which the nearest to a missing one is looked for."""


class Sections(CheckSettings):
    """Settings of `sections`."""

    bare: ClassVar[str | None] = "titles"
    example: ClassVar[str] = "sections: [Audience, Competitors, Sources]"

    titles: tuple[str, ...] = Field(min_length=1, description="the headings; case and numbering do not count")
    level: int | None = Field(
        default=None, ge=1, le=6, description="the level of these headings, 1 for `#`; left out: any level"
    )
    order: bool = Field(default=False, description="whether they must stand in this order")
    only: bool = Field(
        default=False, description="whether no other heading may stand on the level of the first of them"
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: Sections) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _judge(text, settings)


def _judge(text: Text, settings: Sections) -> Iterator[Finding]:
    found = markdown.sections(text.text)
    known = _first_of_each(section for section in found if settings.level in (None, section.level))
    for title in settings.titles:
        section = known.get(_key(title))
        if section is None:
            yield _finding(text, settings, f"{_shown(title)} is missing", None, _missing(title, found, settings.level))
        elif not _is_filled(section.text):
            suggestion = "write it, or say there why there is nothing to say"
            yield _finding(text, settings, f"{_shown(title)} is empty", section.line, suggestion)
    wanted = [known[key] for key in map(_key, settings.titles) if key in known]
    if settings.order:
        yield from _out_of_order(text, settings, wanted)
    if settings.only and wanted:
        yield from _others(text, settings, [each for each in found if each.level == wanted[0].level])


def _is_filled(text: str) -> bool:
    """Say whether something stands under a heading or under one of those below it."""
    parts = (text, *(section.text for section in markdown.sections(text)))
    return any(_has_content(_above_headings(part)) for part in parts)


def _above_headings(text: str) -> str:
    first = next(iter(markdown.sections(text)), None)
    return text if first is None else "\n".join(text.split("\n")[: first.line - 1])


def _has_content(text: str) -> bool:
    """A picture needs no words, and code is none."""
    written = f"\n{text}"  # so that a line `---` begins no front matter
    if word_count(markdown.plain(written)) > 0 or any(markdown.fenced(text.split("\n"))):
        return True
    return _PICTURE.search(without_comments(written)) is not None


def _first_of_each(sections: Iterable[Section]) -> Mapping[str, Section]:
    known: dict[str, Section] = {}
    for section in sections:
        known.setdefault(_key(section.title), section)
    return known


def _out_of_order(text: Text, settings: Sections, wanted: Sequence[Section]) -> Iterator[Finding]:
    last = wanted[:1]
    for section in wanted:
        if section.line < last[0].line:
            message = f"{_shown(section.title)} stands before {shown(last[0].title)}, and is wanted behind it"
            yield _finding(text, settings, message, section.line, "move it")
        else:
            last = [section]


def _others(text: Text, settings: Sections, found: Sequence[Section]) -> Iterator[Finding]:
    titles = {_key(title) for title in settings.titles}
    others = few(section for section in found if _key(section.title) not in titles)
    for section in others.first:
        message = f"{_shown(section.title)} is none of those that are wanted"
        yield _finding(text, settings, message, section.line, "leave it out, or put it under one of them")
    if others.more:
        yield _finding(text, settings, f"headings that are not wanted stand in {and_more(others.more)}", None, None)


def _missing(title: str, found: Sequence[Section], level: int | None) -> str:
    marks = "#" * (level or 2)
    deeper = next((section for section in found if _key(section.title) == _key(title)), None)
    if deeper:
        return f"it stands on level {deeper.level}, in line {deeper.line}: make it {marks} {title}"
    present = [section.title[:_LONGEST] for section in found[:_MOST] if level in (None, section.level)]
    near = difflib.get_close_matches(title, present, n=1)
    return f"{shown(near[0])} is there: rename it" if near else f"add a heading, {marks} {title}"


def _finding(text: Text, settings: Sections, message: str, line: int | None, suggestion: str | None) -> Finding:
    return Finding(severity=settings.severity, message=message, file=text.path, line=line, suggestion=suggestion)


def _shown(title: str) -> str:
    return f"the section {shown(title)}"


def _key(title: str) -> str:
    return " ".join(_NUMBER.sub("", fold(title).strip(), count=1).rstrip(":").split())


CHECK = Check("sections", "A text has certain headings, with something under each.", Sections, _run)
