"""The check `lines`: a text has at least, at most so many lines, and none that is too long."""

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, model_validator

from orchestrator.content.bounding import and_more, few
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.limits import Limits
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding

_LINE = re.compile(r"[^\n]+")


class Lines(Limits):
    """Settings of `lines`."""

    may_lack_both: ClassVar[bool] = True
    example: ClassVar[str] = "lines: {max: 200, longest: 120}"

    min: int | None = Field(
        default=None, ge=0, description="the fewest lines; a line ends with its line end, and the last without one too"
    )
    max: int | None = Field(default=None, ge=0, description="the most lines")
    longest: int | None = Field(
        default=None, ge=1, description="the most characters of a line, each a code point of Unicode"
    )
    file: FilePath | None = file_field("Markdown file")

    @model_validator(mode="after")
    def _some_kind(self) -> "Lines":
        if self.min is None and self.max is None and self.longest is None:
            raise ValueError("needs min, max or longest")
        return self


def _run(material: Material, settings: Lines) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        yield from _number(text, settings)
        if settings.longest is not None:
            yield from _length(text, settings, settings.longest)


def _number(text: Text, settings: Lines) -> Iterator[Finding]:
    count = text.text.count("\n") + (text.text[-1:] not in ("", "\n"))
    broken = settings.broken_by(count)
    if broken:
        message = f"the text has {count} line{'' if count == 1 else 's'}; {broken.wanted} are wanted"
        yield Finding(severity=settings.severity, message=message, file=text.path, suggestion=broken.suggestion)


def _length(text: Text, settings: Lines, longest: int) -> Iterator[Finding]:
    too_long = few(_longer(text.text, longest))
    for line, length in too_long.first:
        yield Finding(
            severity=settings.severity,
            message=f"the line has {length} characters; at most {longest} are wanted",
            file=text.path,
            line=line,
            suggestion="break it",
        )
    if too_long.more:
        yield Finding(
            severity=settings.severity, message=f"lines are too long in {and_more(too_long.more)}", file=text.path
        )


def _longer(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Return the 1-based number and the length of each line that is too long."""
    line, reached = 1, 0
    for match in _LINE.finditer(text):
        length = match.end() - match.start()
        if length > longest:
            line += text.count("\n", reached, match.start())
            reached = match.start()
            yield line, length


CHECK = Check("lines", "A text has at least, at most so many lines, and none that is too long.", Lines, _run)
