"""A gate on files: each check run, and what it says made into a verdict. An error is never a pass."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from pydantic import ValidationError

from orchestrator.content.secrets import hidden
from orchestrator.gates.interface import CannotRun, Check, Malformed, Material
from orchestrator.gates.registry import find
from orchestrator.gates.schemas import faults
from orchestrator.model.action import CheckResult
from orchestrator.model.finding import FAILING, Finding, Severity, Verdict
from orchestrator.model.pipeline import CheckUse

MOST_FINDINGS = 1_000
"""What one check is listened to for: a hostile file may break a rule on each of a million lines."""


def judge(gate: Sequence[CheckUse], material: Material) -> tuple[CheckResult, ...]:
    """Return each check's result, in the gate's order. Raises nothing: what goes wrong in a check is its ERROR.

    A check that a gate uses twice is known as `image` and `image-2`; findings carry that name.
    """
    results = (_named(_judge(use, material), name) for use, name in zip(gate, _names(gate), strict=True))
    return tuple(_said_once(results))


def failed_verdict(results: Sequence[CheckResult]) -> Verdict:
    """Return what a gate comes to: ERROR where any check could not run, else FAIL where any failed, else PASS."""
    verdicts = {result.verdict for result in results}
    return next((verdict for verdict in (Verdict.ERROR, Verdict.FAIL) if verdict in verdicts), Verdict.PASS)


def _said_once(results: Iterable[CheckResult]) -> Iterator[CheckResult]:
    """Of two checks that cannot read one review, the second points at the first."""
    told: dict[tuple[str, ...], str] = {}
    for result in results:
        first = told.setdefault(tuple(map(str, result.findings)), result.name) if result.is_malformed else result.name
        yield (
            result
            if first == result.name
            else replace(_named(_error(result.name, f"see {first}"), result.name), is_malformed=True)
        )


def _names(gate: Sequence[CheckUse]) -> Iterator[str]:
    used: Counter[str] = Counter()
    for use in gate:
        used[use.name] += 1
        yield use.name if used[use.name] == 1 else f"{use.name}-{used[use.name]}"


def _judge(use: CheckUse, material: Material) -> CheckResult:
    try:
        check = find(use.name)
    except CannotRun as exc:
        return _error(use.name, str(exc))
    if check is None:
        return _error(use.name, f"there is no check named {use.name!r}")
    result = _run(check, use, material)
    return replace(result, is_verdict=check.is_verdict)


def _run(check: Check, use: CheckUse, material: Material) -> CheckResult:
    try:
        settings = check.settings.model_validate(use.settings)
    except ValidationError:
        return _error(check.name, f"its settings are wrong: {'; '.join(faults(use))}")
    try:
        said = list(islice(check.run(material, settings), MOST_FINDINGS))
    except Malformed as exc:
        told = _error(check.name, str(exc))
        return replace(told, findings=exc.findings or told.findings, is_malformed=True)
    except CannotRun as exc:
        return _error(check.name, str(exc))
    except Exception as exc:  # noqa: BLE001  # a plug-in may raise anything; its fault must not read as a pass
        return _error(check.name, f"it broke: {type(exc).__name__}: {exc}")
    if not all(isinstance(finding, Finding) for finding in said):
        return _error(check.name, "it returned something that is no finding")
    fails = any(finding.severity in FAILING for finding in said)
    return CheckResult(check.name, Verdict.FAIL if fails else Verdict.PASS, tuple(said))


def _error(name: str, why: str) -> CheckResult:
    finding = Finding(severity=Severity.CRITICAL, message=f"the check could not run: {why}")
    return CheckResult(name, Verdict.ERROR, (finding,))


def _named(result: CheckResult, name: str) -> CheckResult:
    return replace(result, name=name, findings=tuple(_told(finding, name) for finding in result.findings))


def _told(finding: Finding, name: str) -> Finding:
    """A check that quotes what it finds fault with may quote a key; no key leaves the gate."""
    suggestion = finding.suggestion and hidden(finding.suggestion)
    said = {"check": name, "message": hidden(finding.message), "suggestion": suggestion}
    return finding.model_copy(update=said)
