"""The check `characters`: a text has at least, at most so many characters."""

from collections.abc import Iterator
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from orchestrator.content.uncoded import prose
from orchestrator.content.words import visible_length
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.limits import Limits
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding


class Of(StrEnum):
    """What is counted."""

    PROSE = "prose"
    FILE = "file"


class Characters(Limits):
    """Settings of `characters`."""

    example: ClassVar[str] = "characters: {max: 280}"

    min: int | None = Field(default=None, ge=0, description="the fewest characters, each a code point of Unicode")
    max: int | None = Field(default=None, ge=0, description="the most characters")
    of: Of = Field(
        default=Of.PROSE,
        description="prose: what a reader sees, no front matter, code, marks or link targets, and white space counted "
        "as one space; file: all of the file, a line end as one",
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: Characters) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _judge(text, settings)


def _judge(text: Text, settings: Characters) -> Iterator[Finding]:
    count = len(text.text) if settings.of is Of.FILE else visible_length(prose(text.text))
    broken = settings.broken_by(count)
    if broken:
        message = f"the {settings.of} has {count} character{'' if count == 1 else 's'}; {broken.wanted} are wanted"
        yield Finding(severity=settings.severity, message=message, file=text.path, suggestion=broken.suggestion)


CHECK = Check("characters", "A text has at least, at most so many characters.", Characters, _run)
