"""The check `must_contain`: a text has certain words, phrases or patterns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from orchestrator.content.regexes import compiled, hits
from orchestrator.content.visible import seen, shown_as_written
from orchestrator.content.words import fold, occurrences_in
from orchestrator.gates.expressions import Expression
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.gates.reading import FilePath, Text, file_field, is_markdown, read_list, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown

_MOST_NAMED = 5


def _phrase(text: str) -> str:
    if not fold(text).split():
        raise ValueError(f"{shown(text)} is an empty phrase: it stands nowhere")
    return text


Phrased = Annotated[str, AfterValidator(_phrase)]


class Wanted(CheckSettings):
    """What is looked for: in `must_contain`, and in `must_not_contain`."""

    bare: ClassVar[str | None] = "phrases"

    phrases: tuple[Phrased, ...] = Field(
        default=(), description="whole words or phrases; case, spacing, emphasis and invisible characters do not count"
    )
    patterns: tuple[Expression, ...] = Field(
        default=(),
        description="regular expressions of RE2, looked for in the file as it stands; `(?i)` ignores case",
    )
    listed: FilePath | None = Field(
        default=None, alias="list", description="a file of phrases, one a line; what follows a `#` is left out"
    )
    file: FilePath | None = file_field("Markdown file")

    @model_validator(mode="after")
    def _something(self) -> "Wanted":
        if not self.phrases and not self.patterns and self.listed is None:
            raise ValueError("needs phrases, patterns or list")
        return self


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that is looked for; `name` is how messages call it: with its place, where it comes from a list."""

    text: str
    name: str


def wanted_phrases(material: Material, settings: Wanted) -> tuple[Phrase, ...]:
    """Return the phrases of the settings, then those of the list. Raises CannotRun where the list has none."""
    own = tuple(Phrase(text, shown(text)) for text in settings.phrases)
    if settings.listed is None:
        return own
    lines = read_list(material, settings.listed)
    if not lines:
        raise CannotRun(f"the list {settings.listed} names nothing to look for")
    for line in lines:
        if not fold(line.text).split():
            raise CannotRun(f"the list {settings.listed}:{line.line} has an empty phrase")
    return own + tuple(Phrase(line.text, f"{shown(line.text)} ({settings.listed}:{line.line})") for line in lines)


class MustContain(Wanted):
    """Settings of `must_contain`."""

    example: ClassVar[str] = "must_contain: [dishwasher-safe]"

    phrases: tuple[Phrased, ...] = Field(
        default=(),
        description="whole words or phrases that a reader of the text sees: in Markdown not those in front matter, "
        "comments, tags or link targets; case, spacing, emphasis and invisible characters do not count",
    )
    any: bool = Field(default=False, description="whether one of all these is enough")


def _run(material: Material, settings: MustContain) -> Iterator[Finding]:
    phrases = wanted_phrases(material, settings)
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        if settings.any:
            yield from _none(text, phrases, settings)
        else:
            yield from _missing(text, phrases, settings)


def _missing(text: Text, phrases: tuple[Phrase, ...], settings: MustContain) -> Iterator[Finding]:
    read = _read(text) if phrases else ()
    for phrase in phrases:
        if not _stands(read, phrase):
            yield _finding(text, settings, f"{phrase.name} does not stand in the text", "say it in these words")
    for pattern in settings.patterns:
        if not _matches(text, pattern):
            message = f"nothing in the text matches the pattern {shown(pattern)}"
            yield _finding(text, settings, message, "write what the pattern asks for")


def _none(text: Text, phrases: tuple[Phrase, ...], settings: MustContain) -> Iterator[Finding]:
    read = _read(text) if phrases else ()
    if any(_stands(read, phrase) for phrase in phrases) or any(_matches(text, each) for each in settings.patterns):
        return
    names = [phrase.name for phrase in phrases] + [f"pattern {shown(pattern)}" for pattern in settings.patterns]
    rest = len(names) - _MOST_NAMED
    told = ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
    yield _finding(text, settings, f"none of these stands in the text: {told}", "say one of them")


def _read(text: Text) -> tuple[str, ...]:
    """Return what a phrase is looked for in: of Markdown with the marks and without, of another file all of it."""
    if not is_markdown(text.path):
        return (fold(text.text),)
    return fold(shown_as_written(text.text)), fold(seen(text.text))


def _stands(read: tuple[str, ...], phrase: Phrase) -> bool:
    return any(next(occurrences_in(each, phrase.text), None) is not None for each in read)


def _matches(text: Text, pattern: str) -> bool:
    return next(hits(compiled(pattern), text.text), None) is not None


def _finding(text: Text, settings: MustContain, message: str, suggestion: str) -> Finding:
    return Finding(severity=settings.severity, message=message, file=text.path, suggestion=suggestion)


CHECK = Check("must_contain", "A text has certain words, phrases or patterns.", MustContain, _run)
