"""The check `must_not_contain`: a text has none of certain words or phrases, front matter and code included."""

import html
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content import markdown
from orchestrator.content.words import occurrences
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, file_field, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown


class MustNotContain(CheckSettings):
    """Settings of `must_not_contain`."""

    bare: ClassVar[str | None] = "phrases"
    example: ClassVar[str] = "must_not_contain: [guaranteed, money back]"

    phrases: tuple[str, ...] = Field(
        min_length=1, description="whole words or phrases; case, spacing, emphasis and HTML entities hide none"
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: MustNotContain) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        seen = markdown.plain(_without_entities(text.text))
        for phrase in settings.phrases:
            for line in sorted({*occurrences(phrase, text.text), *occurrences(phrase, seen)}):
                message = f"{shown(phrase)} must not stand here"
                yield Finding(
                    severity=settings.severity,
                    message=message,
                    file=text.path,
                    line=line,
                    suggestion="say it otherwise",
                )


def _without_entities(text: str) -> str:
    """Line by line, since `&#10;` is a line end too and would move the lines after it."""
    return "\n".join(html.unescape(line).replace("\n", " ") for line in text.split("\n"))


CHECK = Check("must_not_contain", "A text has none of certain words or phrases.", MustNotContain, _run)
