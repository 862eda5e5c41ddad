"""A gate's findings as workflow commands of GitHub Actions, which show them beside the lines. It prints nothing.

Format: `::error file=F,line=N,title=T::message`; GitHub's documentation, "Workflow commands for GitHub Actions".
"""

from collections.abc import Iterator

from orchestrator.documents.reports import Report, Said, findings, worst
from orchestrator.model.finding import Severity

MOST = 50
"""Commands of one call. GitHub shows ten of a level a step; what is over that it drops without a word."""

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.MAJOR: "error",
    Severity.MINOR: "warning",
    Severity.INFO: "notice",
}


def annotations(report: Report, most: int = MOST) -> list[str]:
    """Return a line for each finding, at most `most` (never over 50) and the worst; a notice counts what is over."""
    said = findings(report)
    limit = min(most, MOST)
    if len(said) <= limit:
        return [_annotation(each) for each in said]
    left_out = len(said) - (limit - 1)
    rest = f"and {left_out} finding{'' if left_out == 1 else 's'} more of {report.gate}"
    return [*(_annotation(each) for each in worst(said, limit - 1)), f"::notice title=orchestrator::{_text(rest)}"]


def _annotation(said: Said) -> str:
    finding = said.finding
    message = f"{finding.message}\n{finding.suggestion}" if finding.suggestion else finding.message
    return f"::{_LEVELS[finding.severity]} {','.join(_properties(said))}::{_text(message)}"


def _properties(said: Said) -> Iterator[str]:
    if said.finding.file is not None:
        yield f"file={_property(said.finding.file.removeprefix('/'))}"
    if said.finding.line is not None:
        yield f"line={said.finding.line}"
    yield f"title={_property(said.rule)}"


def _text(text: str) -> str:
    """The runner ends a command at a line end, and reads `%` as the beginning of an escape."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
