"""The check `not_empty`: a file holds more than white space, and a text more than headings."""

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content import markdown
from orchestrator.content.uncoded import prose
from orchestrator.content.words import fold, word_count
from orchestrator.gates.interface import Check, CheckSettings, Material
from orchestrator.gates.reading import Bytes, FilePath, file_field, is_markdown, read_bytes
from orchestrator.model.finding import Finding, Severity

_SEEN = re.compile(rb"[!-~]")
_BLANK = " \t\n\r\v\f\0"


class NotEmpty(CheckSettings):
    """Settings of `not_empty`."""

    bare: ClassVar[str | None] = "min_words"
    example: ClassVar[str] = "not_empty: {min_words: 20}"

    min_words: int = Field(
        default=1,
        ge=0,
        description="the fewest words of a Markdown file beyond front matter, headings and code; 0: white space alone "
        "is looked for",
    )
    file: FilePath | None = file_field("file")


def _run(material: Material, settings: NotEmpty) -> Iterator[Finding]:
    paths = (settings.file,) if settings.file else material.artifacts
    if not paths:
        yield Finding(severity=Severity.CRITICAL, message="the step wrote no file to judge", suggestion="write one")
    for path in paths:
        files, faults = read_bytes(material, path, ())
        yield from faults
        for file in files:
            yield from _judge(file, settings)


def _judge(file: Bytes, settings: NotEmpty) -> Iterator[Finding]:
    if not file.content:
        yield _finding(file, settings, "the file is empty", "write it")
    elif _is_blank(file.content):
        yield _finding(file, settings, "the file holds nothing but white space", "write it")
    elif is_markdown(file.path):
        yield from _judge_words(file, settings)


def _is_blank(content: bytes) -> bool:
    """Most files have a sign that is seen among their first bytes; the others are read as text."""
    return not _SEEN.search(content) and not fold(content.decode("utf-8", "replace")).strip(_BLANK)


def _judge_words(file: Bytes, settings: NotEmpty) -> Iterator[Finding]:
    text = file.content.decode("utf-8", "replace")
    headings = sum(word_count(section.title) for section in markdown.sections(text))
    count = word_count(prose(text)) - headings
    if count < settings.min_words:
        have = "no words" if count == 0 else f"{count} word{'' if count == 1 else 's'}"
        message = (
            f"the text has {have} beyond front matter, headings and code; at least {settings.min_words} are wanted"
        )
        yield _finding(file, settings, message, "write what the headings promise")


def _finding(file: Bytes, settings: NotEmpty, message: str, suggestion: str) -> Finding:
    return Finding(severity=settings.severity, message=message, file=file.path, suggestion=suggestion)


CHECK = Check("not_empty", "A file holds more than white space, and a text more than headings.", NotEmpty, _run)
