"""The check `sections`: a text has certain headings, with something under each."""

import difflib
import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content import markdown
from orchestrator.content.words import fold
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,5}[.)]?\s+")


class Sections(CheckSettings):
    """Settings of `sections`."""

    bare: ClassVar[str | None] = "titles"
    example: ClassVar[str] = "sections: [Audience, Competitors, Sources]"

    titles: tuple[str, ...] = Field(
        min_length=1, description="the headings, of any level and in any order; case and numbering do not count"
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: Sections) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _judge(text, settings)


def _judge(text: Text, settings: Sections) -> Iterator[Finding]:
    found = markdown.sections(text.text)
    known = {_key(section.title): section for section in reversed(found)}
    for title in settings.titles:
        section = known.get(_key(title))
        if section is None:
            yield Finding(
                severity=settings.severity,
                message=f"the section {shown(title)} is missing",
                file=text.path,
                suggestion=_suggestion(title, [section.title for section in found]),
            )
        elif not section.text.strip():
            message = f"the section {shown(title)} is empty"
            suggestion = "write it, or say there why there is nothing to say"
            yield Finding(
                severity=settings.severity, message=message, file=text.path, line=section.line, suggestion=suggestion
            )


def _suggestion(title: str, present: list[str]) -> str:
    near = difflib.get_close_matches(title, present[:200], n=1)
    return f"{shown(near[0])} is there: rename it" if near else f"add a heading, ## {title}"


def _key(title: str) -> str:
    return " ".join(_NUMBER.sub("", fold(title).strip(), count=1).rstrip(":").split())


CHECK = Check("sections", "A text has certain headings, with something under each.", Sections, _run)
