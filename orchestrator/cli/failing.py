"""How an error is told: its place, what is wrong, what to do; as text, or as one JSON document. Always to stderr."""

import json

import click

from orchestrator.cli.output import hint, plain
from orchestrator.errors import DocumentError, OrchestratorError


def say(error: OrchestratorError, *, is_json: bool, color: bool | None) -> int:
    """Print an error to stderr and return its exit code."""
    for text in [_as_json(error)] if is_json else _lines(error):
        click.echo(text, err=True, color=color)
    return error.exit_code


def _lines(error: OrchestratorError) -> list[str]:
    """Return an error as it is printed, and every further mistake that it carries."""
    head = f"{error.place}: {error.message}" if error.place else error.message
    lines = [f"{click.style('error:', fg='red', bold=True)} {plain(head)}"]
    if error.hint:
        lines += [hint(text) for text in error.hint.split("\n")]
    others = error.others if isinstance(error, DocumentError) else ()
    return [*lines, *(text for other in others for text in _lines(other))]


def _as_json(error: OrchestratorError) -> str:
    return json.dumps({"error": _document(error)}, indent=2, ensure_ascii=False)


def _document(error: OrchestratorError) -> dict[str, object]:
    said: dict[str, object] = {
        "code": error.code,
        "message": error.message,
        "place": str(error.place) if error.place else None,
        "hint": error.hint,
    }
    if isinstance(error, DocumentError) and error.others:
        said["others"] = [_document(other) for other in error.others]
    return said
