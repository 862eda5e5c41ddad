"""The check `placeholder`: nothing stands in a text that stood in for one."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from orchestrator.content.bounding import and_more, few
from orchestrator.content.placeholders import placeholders
from orchestrator.content.uncoded import without_code
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.ordering import by_line
from orchestrator.gates.reading import MARKDOWN, FilePath, Text, file_field, is_markdown, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown

_TEXTS = (*MARKDOWN, ".txt", ".html", ".htm", ".svg", ".yaml", ".yml", ".json", ".csv", ".tsv")

_RULES = {
    "todo": Rule(
        "nothing is left to be done: `TODO:`, `FIXME`, `TBD`, `XXX`, `[Name]`, `[insert …]`, `<your name>`, a gap `___`"
    ),
    "lorem": Rule("no Latin that fills space: `lorem ipsum`"),
    "as-an-ai": Rule(
        "no words of a model about itself or its task: `as an AI language model`, `I cannot fulfil`, `Sure! Here's`"
    ),
    "template": Rule("no template that nobody filled in: `{{ name }}`, `{% if %}`, `<%= name %>`, `${name}`"),
    "example": Rule("no names of examples: `example.com`, `John Doe`, `Acme Inc`", Level.MINOR),
}
_WORDS = {
    "todo": ("is left to be done", "do it, or leave it out"),
    "lorem": ("fills space", "write the text that belongs there"),
    "as-an-ai": ("is a model speaking of itself, and no part of the text", "leave it out"),
    "template": ("is a template that nobody filled in", "fill it in; what is meant as code belongs in code marks"),
    "example": ("is the name of an example", "write the real one"),
}


class Placeholder(RuleSettings):
    """Settings of `placeholder`."""

    RULES: ClassVar[Mapping[str, Rule]] = _RULES
    example: ClassVar[str] = "placeholder: {rules: {example: off}}"

    code: bool = Field(default=False, description="whether code in Markdown is looked at as well")
    file: FilePath | None = file_field("text file")


def _run(material: Material, settings: Placeholder) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file, _TEXTS)
    yield from faults
    for text in texts:
        yield from by_line(_judge(text, settings))


def _judge(text: Text, settings: Placeholder) -> Iterator[Finding | None]:
    has_code = is_markdown(text.path) and not settings.code
    looked_at = without_code(text.text) if has_code else text.text
    for rule in _RULES:
        if settings.level(rule) is not Level.OFF:
            yield from _judge_rule(rule, text.path, looked_at, settings)


def _judge_rule(rule: str, path: str, looked_at: str, settings: Placeholder) -> Iterator[Finding | None]:
    message, suggestion = _WORDS[rule]
    found = few(placeholders(looked_at, rule))
    for each in found.first:
        yield settings.finding(rule, f"{shown(each.text)} {message}", path, each.line, suggestion)
    if found.more:
        yield settings.finding(rule, f"the same in {and_more(found.more)}", path)


CHECK = Check("placeholder", "Nothing stands in a text that stood in for one.", Placeholder, _run)
