"""What a gate said of files, in the forms that other programs read. Values in; text, plain data out; reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from orchestrator.model.action import CheckResult
from orchestrator.model.finding import Finding, Severity, Verdict

_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Judged:
    """A check's result, and the check's own name: of `image` and `image-2` both are `image`."""

    check: str
    result: CheckResult


@dataclass(frozen=True, slots=True)
class Report:
    """A gate that was run. Paths are relative to the folder in which it was."""

    gate: str
    """The gate file, as the person named it."""
    files: tuple[str, ...]
    """What was judged."""
    judged: tuple[Judged, ...]
    """In the gate's order."""
    rules: Mapping[str, str]
    """`check`, or `check/rule` → what it asks, in a sentence."""

    @property
    def has_passed(self) -> bool:
        """Say whether every check passed: one that could not run did not."""
        return all(each.result.verdict is Verdict.PASS for each in self.judged)


@dataclass(frozen=True, slots=True)
class Said:
    """A finding with its check."""

    judged: Judged
    finding: Finding

    @property
    def rule(self) -> str:
        """Return what was broken: `words`, or `markdown/heading-order` where a check has several rules."""
        own = self.finding.rule
        return f"{self.judged.check}/{own}" if own else self.judged.check

    @property
    def is_error(self) -> bool:
        """Say whether it is the check that could not run."""
        return self.judged.result.verdict is Verdict.ERROR


class FindingDocument(TypedDict):
    """A finding in `--json`."""

    severity: str
    rule: str | None
    file: str | None
    line: int | None
    message: str
    suggestion: str | None


class CheckDocument(TypedDict):
    """A check in `--json`."""

    check: str
    verdict: str
    findings: list[FindingDocument]


def findings(report: Report) -> list[Said]:
    """Return all that was said, in the gate's order."""
    return [Said(each, finding) for each in report.judged for finding in each.result.findings]


def worst(said: Sequence[Said], most: int) -> list[Said]:
    """Return at most `most` of the findings, those that are worse rather than others; they keep their order."""
    ranked = sorted(range(len(said)), key=lambda place: _ORDER.index(said[place].finding.severity))
    return [said[place] for place in sorted(ranked[:most])]


def document(report: Report) -> list[CheckDocument]:
    """Return what `--json` prints (DESIGN §14)."""
    return [
        {
            "check": each.result.name,
            "verdict": each.result.verdict.value,
            "findings": [_finding(finding) for finding in each.result.findings],
        }
        for each in report.judged
    ]


def _finding(finding: Finding) -> FindingDocument:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "file": finding.file,
        "line": finding.line,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }
