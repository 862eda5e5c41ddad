"""The forms that a step's structured files must have, as JSON Schema: so that a model can be held to them."""

from collections.abc import Iterator, Mapping

from orchestrator.content import structured
from orchestrator.documents.schema import schema
from orchestrator.errors import DocumentError
from orchestrator.model.patterns import is_literal
from orchestrator.model.pipeline import VERDICTS, CheckUse, Step

_REVIEWS = VERDICTS | {"review_file"}
_STRUCTURED = (*structured.YAML, *structured.JSON)

Schema = Mapping[str, object]


def schemas_of(step: Step, files: Mapping[str, bytes]) -> dict[str, Schema]:
    """Return path → schema, for those YAML and JSON files that the step writes and its gate holds to a form.

    `files`: what there is of the job, for schemas that stand in files; one that cannot be read is the gate's to tell.
    """
    writes = [path for path in step.writes if is_literal(path) and path.casefold().endswith(_STRUCTURED)]
    return {path: form for use in step.gate for form in _form(use, files) for path in _held(use, writes)}


def _held(use: CheckUse, writes: list[str]) -> list[str]:
    """Return which of the files the check is about: the one that it names, else all."""
    named = use.settings if use.name in _REVIEWS else None
    named = use.settings.get("file") if isinstance(use.settings, Mapping) else named
    return [path for path in writes if named is None or path == named]


def _form(use: CheckUse, files: Mapping[str, bytes]) -> Iterator[Schema]:
    if use.name in _REVIEWS:
        yield schema("review")
    if use.name != "schema":
        return
    path = use.settings.get("schema") if isinstance(use.settings, Mapping) else use.settings
    if not isinstance(path, str) or path not in files:
        return
    try:
        found = structured.load(files[path].decode("utf-8", "replace"), path).value
    except DocumentError:
        return
    if isinstance(found, Mapping):
        yield found
