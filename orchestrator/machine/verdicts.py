"""What a gate's results come to, an attempt's refusals among them."""

from orchestrator.model.action import CheckResult, Produced
from orchestrator.model.finding import Finding, Verdict
from orchestrator.model.state import Outcome

WRITTEN = "written"
"""The check that a step keeps its promise: where it does not, nothing else that could not run matters."""


def outcome_of(result: Produced) -> Outcome:
    """Return what an attempt, or files judged as they are, came to. What admission refused weighs more than a check."""
    if result.refused:
        return Outcome.REFUSED
    verdicts = {check.verdict for check in result.checks}
    if Verdict.ERROR in verdicts and not _is_unwritten(result.checks):
        return Outcome.ERROR
    return Outcome.PASSED if verdicts <= {Verdict.PASS} else Outcome.FAILED


def findings_of(result: Produced) -> tuple[Finding, ...]:
    """Return all that was said, what admission refused first."""
    return (*result.refused, *(finding for check in result.checks for finding in check.findings))


def is_verdict(checks: tuple[CheckResult, ...]) -> bool:
    """Say whether all that failed are verdicts on other steps' files."""
    failed = [check for check in checks if check.verdict is Verdict.FAIL]
    return bool(failed) and all(check.is_verdict for check in failed)


def is_malformed(result: Produced) -> bool:
    """Say whether what a judge made is no judgement, so that it is to make it again."""
    return outcome_of(result) is Outcome.ERROR and any(check.is_malformed for check in result.checks)


def _is_unwritten(checks: tuple[CheckResult, ...]) -> bool:
    return any(check.name == WRITTEN and check.verdict is Verdict.FAIL for check in checks)
