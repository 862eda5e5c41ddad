"""A gate's findings as SARIF 2.1.0, the OASIS format that forges and editors read. Plain data out; it opens no file.

Section numbers are those of the specification, "Static Analysis Results Interchange Format Version 2.1.0".
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from orchestrator import __version__
from orchestrator.documents.reports import Report, Said, findings
from orchestrator.model.finding import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "orchestrator/v1"
ROOT = "%SRCROOT%"

_LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.MAJOR: "error",
    Severity.MINOR: "warning",
    Severity.INFO: "note",
}

Part = dict[str, Any]


def sarif(report: Report) -> Part:
    """Return the log: one run, with a rule for each that the gate's checks have and a result for each finding.

    A check that could not run is a notification of the tool and no result, and makes the run unsuccessful (§3.20.14).
    """
    said = findings(report)
    results = [each for each in said if not each.is_error]
    rules = list(dict.fromkeys([*report.rules, *(each.rule for each in results)]))
    run: Part = {
        "tool": {"driver": _driver(report, rules)},
        "invocations": [_invocation([each for each in said if each.is_error])],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which the gate was run."}}},
        "results": list(_results(report, results, rules)),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(report: Report, rules: list[str]) -> Part:
    described = ({"id": rule, **_summary(report.rules.get(rule))} for rule in rules)
    return {"name": "git-orchestrator", "version": __version__, "rules": list(described)}


def _summary(sentence: str | None) -> Part:
    return {"shortDescription": {"text": sentence}} if sentence else {}


def _invocation(errors: list[Said]) -> Part:
    found: Part = {"executionSuccessful": not errors}
    if errors:
        found["toolExecutionNotifications"] = [_notification(each) for each in errors]
    return found


def _notification(said: Said) -> Part:
    text = f"{said.judged.result.name}: {said.finding.message}"
    return {"level": "error", "message": {"text": text}, "associatedRule": {"id": said.judged.check}}


def _results(report: Report, said: list[Said], rules: list[str]) -> Iterator[Part]:
    places = {rule: place for place, rule in enumerate(rules)}
    before: Counter[str] = Counter()
    for each in said:
        alike = _signature(each)
        yield {
            "ruleId": each.rule,
            "ruleIndex": places[each.rule],
            "level": _LEVELS[each.finding.severity],
            "message": {"text": _text(each)},
            "locations": [_location(each, report)],
            "partialFingerprints": {FINGERPRINT: _digest(f"{alike}\0{before[alike]}")},
            "properties": {"severity": each.finding.severity.value, "check": each.judged.result.name},
        }
        before[alike] += 1


def _text(said: Said) -> str:
    finding = said.finding
    return f"{finding.message}\n{finding.suggestion}" if finding.suggestion else finding.message


def _location(said: Said, report: Report) -> Part:
    """Return where it is; what is said of no file stands at the gate, for GitHub takes no result without a place."""
    path = said.finding.file or report.gate
    physical: Part = {
        "artifactLocation": {"uri": quote(path.removeprefix("/") or report.gate, errors="replace"), "uriBaseId": ROOT}
    }
    if said.finding.line is not None:
        physical["region"] = {"startLine": said.finding.line}
    return {"physicalLocation": physical}


def _signature(said: Said) -> str:
    """What stays when lines are put in above it: no line and no figure (§3.27.17)."""
    finding = said.finding
    return "\0".join([said.judged.result.name, said.rule, finding.file or "", re.sub(r"\d+", "", finding.message)])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
