"""The check `language`: a text, and each longer paragraph of it, is in the language that its readers want.

A file with too few characters to tell by is an error, neither pass nor fail: it cannot be known what it is in.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field, field_validator

from orchestrator.content.languages import LANGUAGES, Language, Told, length, tell
from orchestrator.content.sentences import passages
from orchestrator.gates.interface import CannotRun, Check, Material, needs
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown
from orchestrator.model.nearness import nearest


class LanguageSettings(RuleSettings):
    """Settings of `language`."""

    bare: ClassVar[str | None] = "is"
    example: ClassVar[str] = "language: {is: en}"
    RULES: ClassVar[Mapping[str, Rule]] = {
        "text": Rule("the text as a whole is in the language, with `min_confidence`"),
        "paragraph": Rule("no paragraph of at least `min_characters` is in another language", Level.MINOR),
    }

    wanted: str = Field(alias="is", description="the language, as two letters of ISO 639-1: `en`, `de`, `zh`")
    min_confidence: float = Field(
        default=0.5, ge=0, le=1, description="how sure it must be: of the language wanted, and of another one"
    )
    min_characters: int = Field(
        default=200, ge=20, description="the fewest characters of prose by which a language is told"
    )
    paragraphs: bool = Field(default=True, description="whether each longer paragraph is looked at by itself as well")
    file: FilePath | None = file_field("Markdown file")

    @field_validator("wanted")
    @classmethod
    def _known(cls, said: str) -> str:
        if said in LANGUAGES:
            return said
        codes = {language.name: code for code, language in LANGUAGES.items()} | {code: code for code in LANGUAGES}
        near = nearest(said, codes)
        hint = f"did you mean {codes[near]!r}?" if near else f"known: {', '.join(sorted(LANGUAGES))}"
        raise ValueError(f"no language {shown(said)} can be told; {hint}")

    @property
    def language(self) -> Language:
        """Return the language wanted."""
        return LANGUAGES[self.wanted]


def _run(material: Material, settings: LanguageSettings) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    try:
        for text in texts:
            found = (_whole(text, settings), *(_foreign(text, settings) if settings.paragraphs else ()))
            yield from (finding for finding in found if finding)
    except ImportError as exc:
        raise needs("whatlang-pyo3") from exc


def _whole(text: Text, settings: LanguageSettings) -> Finding | None:
    prose = "\n".join(passage.text for passage in passages(text.text))
    count = length(prose)
    if count < settings.min_characters:
        raise CannotRun(
            f"{text.path} has {count} characters of prose; the language is told by {settings.min_characters}"
        )
    told = tell(prose)
    if told is None:
        raise CannotRun(f"{text.path} has nothing by which a language can be told")
    is_sure = told.confidence >= settings.min_confidence
    wanted = settings.language
    if told.language == wanted and is_sure:
        return None
    suggestion = f"write all of it in {wanted.name}"
    message = f"the text is {'' if is_sure else 'most likely '}in {_named(told)}; {wanted.name} is wanted"
    if told.language == wanted:
        message = f"the text is most likely in {_named(told)}; at least {settings.min_confidence:g} is wanted"
        suggestion = f"write more in {wanted.name}, or lower min_confidence"
    return settings.finding("text", message, text.path, suggestion=suggestion)


def _foreign(text: Text, settings: LanguageSettings) -> Iterator[Finding | None]:
    wanted = settings.language
    for passage in passages(text.text):
        if length(passage.text) < settings.min_characters:
            continue
        told = tell(passage.text)
        if told and told.language != wanted and told.confidence >= settings.min_confidence:
            message = f"the paragraph is in {_named(told)}; {wanted.name} is wanted"
            yield settings.finding("paragraph", message, text.path, passage.line, f"write it in {wanted.name}")


def _named(told: Told) -> str:
    """Cut and not rounded, so that what is under the limit never reads as being at it."""
    return f"{told.language.name} (confidence {int(told.confidence * 100 + 1e-9) / 100:.2f})"


CHECK = Check(
    "language",
    "A text, and each longer paragraph of it, is in a certain language. Too short a file is an error.",
    LanguageSettings,
    _run,
)
