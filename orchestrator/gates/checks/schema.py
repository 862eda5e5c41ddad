"""The check `schema`: a YAML or JSON file is as a JSON Schema has it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from orchestrator.content import structured
from orchestrator.content.json_schema import Schema, SchemaFault, compiled
from orchestrator.content.mistakes import Mistake, capped
from orchestrator.errors import DocumentError
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material, needs
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.model.finding import Finding, Severity

ENDINGS = (*structured.YAML, *structured.JSON, *structured.JSON_LINES)


class SchemaSettings(CheckSettings):
    """Settings of `schema`."""

    bare: ClassVar[str | None] = "schema"
    example: ClassVar[str] = "schema: {file: prices.yaml, schema: /schemas/prices.json}"

    schema_file: FilePath = Field(
        alias="schema",
        description="the JSON Schema, as JSON or YAML (2020-12 unless its `$schema` says 4, 6, 7 or 2019-09); patterns "
        "are RE2's, references lead within the file, `format` is asserted for date, date-time, time, email, uri, uuid, "
        "ipv4, ipv6 and regex",
    )
    file: FilePath | None = file_field("YAML, JSON or JSON Lines file")


def _run(material: Material, settings: SchemaSettings) -> Iterator[Finding]:
    schema = read_schema(material, settings.schema_file)
    others = tuple(path for path in material.artifacts if path != settings.schema_file)
    texts, faults = read_texts(replace(material, artifacts=others), settings.file, ENDINGS)
    yield from faults
    for text in texts:
        yield from _judge(text, schema, settings)


def _judge(text: Text, schema: Schema, settings: SchemaSettings) -> Iterator[Finding]:
    try:
        for mistake in capped(structured.mistakes(text.text, text.path, schema)):
            yield finding(mistake, text.path, settings.severity)
    except SchemaFault as exc:
        raise CannotRun(f"the schema {settings.schema_file} against {text.path}: {exc.message}") from exc


def read_schema(material: Material, path: str) -> Schema:
    """Return the schema in a file. Raises CannotRun where it is not there, or is none; it names the place."""
    if path not in material.files:
        raise CannotRun(f"the schema {path} is not there, or not among the step's reads or gate_reads")
    texts, faults = read_texts(material, path)
    if faults:
        raise CannotRun(f"the schema {faults[0]}")
    try:
        document = structured.load(texts[0].text, path)
    except DocumentError as exc:
        raise CannotRun(f"the schema {exc.place}: {exc.message}") from exc
    try:
        return compiled(document.value)
    except SchemaFault as exc:
        raise CannotRun(f"the schema {path}:{document.line(exc.path)}: {exc.message}") from exc
    except ImportError as exc:
        raise needs("jsonschema") from exc


def finding(mistake: Mistake, file: str, severity: Severity) -> Finding:
    """Return a mistake in a structured text as a finding; what cannot be read at all is critical."""
    return Finding(
        severity=Severity.CRITICAL if mistake.rule == structured.UNREADABLE else severity,
        message=mistake.message,
        file=file,
        line=mistake.line,
        suggestion=mistake.suggestion,
    )


CHECK = Check("schema", "A YAML or JSON file is as a JSON Schema has it.", SchemaSettings, _run)
