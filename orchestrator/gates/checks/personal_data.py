"""The check `personal_data`: no text holds a mail address, a phone number, an account or a card.

It never says the value.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from pydantic import Field, field_validator

from orchestrator.content import personal
from orchestrator.content.decoding import decode
from orchestrator.content.mistakes import Mistake, capped
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import MARKDOWN, FilePath, Text, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding

SAMPLE = 8_192
"""Bytes by which a text is told from a picture."""

_TEXTS = (*MARKDOWN, ".txt", ".yaml", ".yml", ".json", ".csv", ".tsv", ".html", ".svg", ".xml")
"""What is to be text, and so is judged whatever its bytes are."""

_MARKUP = (".html", ".htm", ".svg")
"""Of these the text is judged: coordinates of a drawing are no phone numbers."""

_RULES = {
    personal.EMAIL: Rule("no mail address but those in `allow` and at `example.com` and its like"),
    personal.PHONE: Rule("no phone number but those in `allow`"),
    personal.IBAN: Rule("no account whose check digits are right", Level.CRITICAL),
    personal.CARD: Rule("no number of a card whose check digit is right", Level.CRITICAL),
    personal.IP: Rule("no address of a machine on the open net", Level.OFF),
    personal.BIRTH_DATE: Rule("no date behind `born`, `date of birth` and their like", Level.OFF),
}

_CALLED = {
    personal.EMAIL: "a mail address",
    personal.PHONE: "a phone number",
    personal.IBAN: "the number of an account (IBAN)",
    personal.CARD: "the number of a card",
    personal.IP: "the address of a machine (IP)",
    personal.BIRTH_DATE: "a date of birth",
}


class PersonalData(RuleSettings):
    """Settings of `personal_data`."""

    RULES: ClassVar[Mapping[str, Rule]] = _RULES
    bare: ClassVar[str | None] = "allow"
    example: ClassVar[str] = "personal_data: {allow: [shop@acme.com, acme.org]}"

    allow: tuple[str, ...] = Field(
        default=(), description="mail addresses, domains with all below them, and phone numbers that may stand"
    )
    file: FilePath | None = Field(default=None, description="the file to judge; left out: each text the step wrote")

    @field_validator("allow")
    @classmethod
    def _readable(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        personal.allowed(entries)
        return entries


def _run(material: Material, settings: PersonalData) -> Iterator[Finding]:
    asked = [kind for kind in settings.RULES if settings.level(kind) is not Level.OFF]
    known = personal.allowed(settings.allow)
    for path in [settings.file] if settings.file else _written(material):
        texts, faults = read_texts(material, path)
        yield from faults
        for text in texts:
            said = personal.text_of(text.text) if path.casefold().endswith(_MARKUP) else text.text
            yield from _findings(personal.traces(said, asked, known), text, settings)


def _written(material: Material) -> list[str]:
    return [path for path in material.artifacts if path.casefold().endswith(_TEXTS) or _is_text(material, path)]


def _is_text(material: Material, path: str) -> bool:
    content = material.files.get(path)
    return content is None or decode(content[:SAMPLE]) is not None


def _findings(found: Iterable[personal.Trace], text: Text, settings: PersonalData) -> Iterator[Finding]:
    for mistake in capped(map(_mistake, found)):
        finding = settings.finding(mistake.rule, mistake.message, text.path, mistake.line, mistake.suggestion)
        if finding:
            yield finding


def _mistake(trace: personal.Trace) -> Mistake:
    return Mistake(
        trace.kind, trace.line, f"{_CALLED[trace.kind]} stands here", _SUGGESTION.get(trace.kind, "take it out")
    )


_SUGGESTION = {
    personal.EMAIL: "take it out, write one at example.com, or name it or its domain in `allow`",
    personal.PHONE: "take it out, or name it in `allow`",
}


CHECK = Check(
    "personal_data",
    "No text holds a mail address, a phone number, an account or a card; the value is never shown.",
    PersonalData,
    _run,
)
