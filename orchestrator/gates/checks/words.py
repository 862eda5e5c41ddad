"""The check `words`: a text has at least, at most so many words."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content.uncoded import prose
from orchestrator.content.words import word_count
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.limits import Limits
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding


class Words(Limits):
    """Settings of `words`."""

    bare: ClassVar[str | None] = "min"
    example: ClassVar[str] = "words: {min: 120, max: 400}"

    min: int | None = Field(default=None, ge=0, description="the fewest words")
    max: int | None = Field(default=None, ge=0, description="the most words")
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: Words) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _judge(text, settings)


def _judge(text: Text, settings: Words) -> Iterator[Finding]:
    count = word_count(prose(text.text))
    broken = settings.broken_by(count)
    if broken:
        message = f"the text has {count} word{'' if count == 1 else 's'}; {broken.wanted} are wanted"
        suggestion = "front matter, code and link targets do not count"
        yield Finding(severity=settings.severity, message=message, file=text.path, suggestion=suggestion)


CHECK = Check("words", "A text has at least, at most so many words.", Words, _run)
