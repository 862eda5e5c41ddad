"""The check `svg`: a drawing is whole, safe to show to others, and shows something."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from orchestrator.content import svg as drawings
from orchestrator.content.inspection import Breach, Inspection, inspect, look
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import DRAWING, Bytes, FilePath, file_field, read_bytes
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding

_RULES = {
    "well-formed": Rule("it is XML, and its root is <svg>", Level.CRITICAL),
    "script": Rule("it runs nothing: no script, no on… attribute, no javascript: link", Level.CRITICAL),
    "external": Rule("it fetches nothing: what it refers to lies in it", Level.CRITICAL),
    "entities": Rule("it has no DOCTYPE, and so no entities", Level.CRITICAL),
    "size": Rule("its width and height are lengths that can be drawn", Level.CRITICAL),
    "foreign-object": Rule("it has no HTML in it, which browsers alone draw"),
    "view-box": Rule("it has a viewBox"),
    "weight": Rule("it has at most `max_bytes`"),
    "elements": Rule("it has at most `max_elements`"),
    "nesting": Rule("its elements stand at most `max_depth` deep in each other"),
    "renders": Rule("it can be drawn, of shapes, paths and text: pictures in it are not", Level.CRITICAL),
    "blank": Rule("something is seen in it, in more than one colour"),
    "off-canvas": Rule("what it draws does not all lie outside of the canvas"),
    "fonts": Rule("each font-family names one that the renderer has", Level.MINOR),
    "title": Rule("it has a <title> or an aria-label", Level.MINOR),
}
_ADVICE = {
    "well-formed": "write it anew as SVG",
    "script": "remove it: a drawing only shows",
    "external": "draw it as shapes and paths, or remove it",
    "entities": "remove the DOCTYPE, and write what the entities stand for",
    "size": 'write it in pixels, as width="1200"',
    "foreign-object": "write it as <text> and shapes",
    "view-box": 'write viewBox="0 0 1200 900", with the width and height of the drawing',
    "renders": "draw it with shapes, paths and text of moderate size and number",
    "blank": "draw something, in a colour that stands out from what lies beneath it",
    "off-canvas": "move it into the viewBox, or change the viewBox",
    "fonts": "name Inter, sans-serif, serif or monospace, if only as the last of the list",
    "title": "write <title>what it shows</title> as the first element",
}
_SPOILING = frozenset(
    {"well-formed", "script", "external", "entities", "size", "foreign-object", "elements", "nesting"}
)
"""What is said of one of these, the renderer's refusal would only say again."""


class Svg(RuleSettings):
    """Settings of `svg`."""

    bare: ClassVar[str | None] = "file"
    example: ClassVar[str] = "svg: {file: design.svg, max_bytes: 200000, rules: {title: major}}"
    RULES: ClassVar[Mapping[str, Rule]] = _RULES

    file: FilePath | None = file_field("SVG")
    max_bytes: int = Field(default=drawings.MOST_BYTES, ge=1, description="the largest file")
    max_elements: int = Field(default=drawings.MOST_ELEMENTS, ge=1, description="the most elements")
    max_depth: int = Field(default=drawings.MOST_DEPTH, ge=1, description="how deep elements may stand in each other")


def _run(material: Material, settings: Svg) -> Iterator[Finding]:
    files, faults = read_bytes(material, settings.file, DRAWING)
    yield from faults
    for each in files:
        yield from _judge(each, settings)


def _judge(drawing: Bytes, settings: Svg) -> Iterator[Finding]:
    found = inspect(drawing.content)
    breaches = [*found.breaches, *_past_limits(drawing.content, found, settings)]
    told = [finding for breach in breaches if (finding := _finding(drawing.path, breach, settings))]
    yield from told
    if not any(finding.rule in _SPOILING for finding in told):
        for breach in look(drawing.content):
            finding = _finding(drawing.path, breach, settings)
            if finding:
                yield finding


def _past_limits(content: bytes, found: Inspection, settings: Svg) -> Iterator[Breach]:
    limits = (
        ("weight", len(content), settings.max_bytes, "bytes", None),
        ("elements", found.elements, settings.max_elements, "elements", None),
        ("nesting", found.depth, settings.max_depth, "elements in each other", found.deepest_line),
    )
    for rule, value, most, unit, line in limits:
        if value > most:
            yield Breach(rule, f"the drawing has {value:,} {unit}; at most {most:,} are wanted", line)


def _finding(path: str, breach: Breach, settings: Svg) -> Finding | None:
    return settings.finding(breach.rule, breach.message, path, breach.line, _ADVICE.get(breach.rule, "draw less"))


CHECK = Check("svg", "A drawing is whole, safe to show to others, and shows something.", Svg, _run)
