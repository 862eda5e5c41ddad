"""The order in which a check tells what it found in one file."""

from collections.abc import Iterable

from orchestrator.model.finding import Finding


def by_line(findings: Iterable[Finding | None]) -> list[Finding]:
    """Return the findings in the order of their lines, those of no line last; what is None is left out."""
    return sorted(filter(None, findings), key=lambda finding: (finding.line is None, finding.line or 0))
