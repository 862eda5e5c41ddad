"""What all reports are made from: findings in the gate's order, the worst of them, and the document of `--json`."""

import json

import pytest
from report_cases import EMPTY, MIXED, found, judged, report

from orchestrator.documents.reports import document, findings, worst

LETTERS = report(
    judged("a", "fail", found("info", "A"), found("major", "B"), found("minor", "C")),
    judged("b", "fail", found("critical", "D"), found("major", "E")),
)


def test_findings_stand_in_the_gates_order_under_the_rule_that_they_break() -> None:
    assert [(said.rule, said.finding.severity.value, said.is_error) for said in findings(MIXED)] == [
        ("words", "critical", False),
        ("words", "major", False),
        ("words", "minor", False),
        ("words", "info", False),
        ("markdown/heading_order", "major", False),
        ("links", "critical", True),
        ("image", "critical", False),
    ]
    assert findings(EMPTY) == []


@pytest.mark.parametrize(
    ("most", "kept"), [(0, ""), (1, "D"), (2, "BD"), (3, "BDE"), (4, "BCDE"), (5, "ABCDE"), (6, "ABCDE")]
)
def test_the_worst_are_kept_and_keep_their_order(most: int, kept: str) -> None:
    assert "".join(said.finding.message for said in worst(findings(LETTERS), most)) == kept


@pytest.mark.parametrize(
    ("verdicts", "passed"),
    [(["pass", "pass"], True), (["pass", "fail"], False), (["error", "pass"], False), (["error"], False)],
)
def test_a_gate_has_passed_where_every_check_has(verdicts: list[str], passed: bool) -> None:
    assert report(*(judged("words", verdict) for verdict in verdicts)).has_passed is passed


def test_the_document_is_an_array_of_checks_with_their_findings() -> None:
    assert json.loads(json.dumps(document(MIXED)[2:4])) == [
        {
            "check": "markdown",
            "verdict": "fail",
            "findings": [
                {
                    "severity": "major",
                    "rule": "heading_order",
                    "file": "README.md",
                    "line": 7,
                    "message": "headings leave level 2 out",
                    "suggestion": None,
                }
            ],
        },
        {
            "check": "links",
            "verdict": "error",
            "findings": [
                {
                    "severity": "critical",
                    "rule": None,
                    "file": None,
                    "line": None,
                    "message": "the check could not run: it needs a library",
                    "suggestion": None,
                }
            ],
        },
    ]
    assert json.loads(json.dumps(document(EMPTY))) == [{"check": "words", "verdict": "pass", "findings": []}]
