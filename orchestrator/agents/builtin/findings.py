"""Review files of the builtin agents: findings written worst first, and read again to be mended. Judges nothing."""

from collections.abc import Collection, Iterable, Iterator

from orchestrator.agents.builtin.faults import CannotWork
from orchestrator.agents.builtin.reading import text_of
from orchestrator.agents.interface import Request
from orchestrator.documents.emit import emit_yaml
from orchestrator.documents.models import parse
from orchestrator.errors import DocumentError
from orchestrator.model.finding import Finding, ReviewFile, ReviewFinding, Severity


def finding(
    severity: Severity, file: str | None, line: int | None, message: str, suggestion: str | None
) -> ReviewFinding:
    """Return a finding from its parts, in the order in which one says them."""
    return ReviewFinding(severity=severity, file=file, line=line, message=message, suggestion=suggestion)


def written(found: Iterable[ReviewFinding]) -> bytes:
    """Return the findings as a review file, the worst first, each once."""
    order = list(Severity)
    worst_first = sorted(found, key=lambda finding: order.index(finding.severity))
    return emit_yaml({"findings": [_keys(finding) for finding in dict.fromkeys(worst_first)]})


def to_mend(request: Request, *, other: Collection[str] = ()) -> tuple[ReviewFinding, ...]:
    """Return the findings of the review files that a step reads, then those that came with the request, each once.

    Every YAML file but the `other` is a review. Raises CannotWork for one that cannot be read.
    """
    return tuple(dict.fromkeys(_findings(request, other)))


def _keys(finding: ReviewFinding) -> dict[str, object]:
    said = {
        "severity": finding.severity.value,
        "file": finding.file,
        "line": finding.line,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }
    return {key: value for key, value in said.items() if value is not None}


def _findings(request: Request, other: Collection[str]) -> Iterator[ReviewFinding]:
    for path in sorted(set(request.files) - set(other)):
        if path.endswith((".yaml", ".yml")):
            yield from _reviewed(path, text_of(request, path))
    yield from (_as_reviewed(finding) for finding in request.findings)


def _reviewed(path: str, text: str) -> tuple[ReviewFinding, ...]:
    try:
        return parse(text, path, ReviewFile).findings
    except DocumentError as fault:
        raise CannotWork(str(fault)) from fault


def _as_reviewed(said: Finding) -> ReviewFinding:
    return finding(said.severity, said.file, said.line, said.message, said.suggestion)
