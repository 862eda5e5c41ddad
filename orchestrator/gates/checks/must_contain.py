"""The check `must_contain`: a text has certain words or phrases."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content.words import occurrences
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, file_field, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown


class MustContain(CheckSettings):
    """Settings of `must_contain`."""

    bare: ClassVar[str | None] = "phrases"
    example: ClassVar[str] = "must_contain: [dishwasher-safe]"

    phrases: tuple[str, ...] = Field(
        min_length=1, description="whole words or phrases; case, spacing and emphasis do not count"
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: MustContain) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        for phrase in settings.phrases:
            if not occurrences(phrase, text.text):
                message = f"{shown(phrase)} does not stand in the text"
                yield Finding(
                    severity=settings.severity, message=message, file=text.path, suggestion="say it in these words"
                )


CHECK = Check("must_contain", "A text has certain words or phrases.", MustContain, _run)
