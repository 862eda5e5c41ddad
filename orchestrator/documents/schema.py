"""JSON Schema, draft-07, of each kind of file: what editors complete and mark from. It judges nothing itself.

The models give the schema of what they keep; where a file may be written shorter than that, the short form is put in.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from orchestrator.documents.gate_files import GateFile
from orchestrator.model.agent import Agent
from orchestrator.model.finding import ReviewFile
from orchestrator.model.job import SOURCES, JobFile
from orchestrator.model.names import STEP_NAME
from orchestrator.model.pipeline import Pipeline
from orchestrator.model.rubric import Rubric
from orchestrator.model.settings import Settings
from orchestrator.model.state import State

DRAFT = "http://json-schema.org/draft-07/schema#"

KINDS: Mapping[str, type[BaseModel]] = {
    "settings": Settings,
    "pipeline": Pipeline,
    "job": JobFile,
    "agent": Agent,
    "review": ReviewFile,
    "rubric": Rubric,
    "gate": GateFile,
    "state": State,
}
"""The kinds of files, by the names that `schema` takes; `agent` is the front matter."""

FILES: Mapping[str, str] = {
    "settings": "orchestrator.yaml",
    "pipeline": "pipeline.yaml",
    "job": "job.yaml",
    "agent": "agents/<role>.md",
    "review": "review.yaml",
    "rubric": "rubric.yaml",
    "gate": "gate.yaml",
    "state": "state.yaml",
}

Schema = dict[str, Any]


def schema(kind: str, checks: Mapping[str, Schema] | None = None) -> Schema:
    """Return the schema of a kind of file. `checks`: a check's name → the schema of its settings, for pipelines.

    Raises KeyError where there is no such kind.
    """
    model = KINDS[kind]
    found = _draft_7(model.model_json_schema(by_alias=True))
    definitions = found.pop("definitions", {})
    if kind in ("pipeline", "gate"):
        definitions["CheckUse"] = _check_use(checks or {})
    if kind == "pipeline":
        definitions["Step"]["oneOf"] = [{"required": [key]} for key in ("agent", "approve", "publish")]
        found["properties"]["steps"]["propertyNames"] = {"pattern": f"^{STEP_NAME.pattern}$"}
    if kind == "job":
        found["properties"]["material"]["propertyNames"] = {"pattern": f"^{SOURCES}."}
    if kind == "agent":
        # The system prompt is the text under the front matter; a name left out is the file's.
        found["properties"].pop("system")
        found.pop("required")
    head = {"$schema": DRAFT, "title": FILES[kind]}
    tail = {"definitions": definitions} if definitions else {}
    return {**head, **{key: value for key, value in found.items() if key != "title"}, **tail}


def _check_use(checks: Mapping[str, Schema]) -> Schema:
    """A name, or one name with its settings."""
    name: Schema = {"type": "string", "enum": sorted(checks)} if checks else {"type": "string"}
    use: Schema = {"type": "object", "minProperties": 1, "maxProperties": 1}
    if checks:
        use["properties"] = {name: _inlined(checks[name]) for name in sorted(checks)}
        use["additionalProperties"] = False
    return {"description": "a check of the gate, or one name with its settings", "anyOf": [name, use]}


def _inlined(settings: Schema) -> Schema:
    """A check's settings without what only the root of a schema may have; what it refers to is written out."""
    whole: Schema = _draft_7(settings)
    definitions = whole.pop("definitions", {})
    whole.pop("$schema", None)
    written: Schema = _written_out(whole, definitions)
    return written


def _written_out(node: Any, definitions: Mapping[str, Schema]) -> Any:
    if isinstance(node, list):
        return [_written_out(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    name = str(node.get("$ref", "")).removeprefix("#/definitions/")
    if name in definitions:
        return _written_out(definitions[name], definitions)
    return {key: _written_out(value, definitions) for key, value in node.items()}


def _draft_7(node: Any) -> Any:
    """Pydantic writes 2020-12; of that, our models use only the place of definitions in another way."""
    if isinstance(node, list):
        return [_draft_7(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        # Draft-07 passes over all that stands beside a reference.
        return {"$ref": node["$ref"].replace("#/$defs/", "#/definitions/")}
    renamed = {"definitions" if key == "$defs" else key: _draft_7(value) for key, value in node.items()}
    return {key: value for key, value in renamed.items() if not (key == "default" and value is None)}
