"""SARIF 2.1.0: what is written has the structure that the specification gives to it, and finds its way back."""

import json
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_cases import EMPTY, HOSTILE, MIXED, found, judged, report

from orchestrator import __version__
from orchestrator.documents.reports import Report
from orchestrator.documents.reports.sarif import FINGERPRINT, SCHEMA, Part, sarif

TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string"}},
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {"id": {"type": "string", "minLength": 1}, "shortDescription": TEXT},
}
LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "additionalProperties": False,
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "additionalProperties": False,
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "additionalProperties": False,
                    "properties": {
                        "uri": {"type": "string", "pattern": "^[A-Za-z0-9._~/%!$&'()*+,;=@:-]+$"},
                        "uriBaseId": {"const": "%SRCROOT%"},
                    },
                },
                "region": {
                    "type": "object",
                    "required": ["startLine"],
                    "additionalProperties": False,
                    "properties": {"startLine": {"type": "integer", "minimum": 1}},
                },
            },
        }
    },
}
RESULT = {
    "type": "object",
    "required": ["message", "ruleId", "locations"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1, "items": LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "properties": {"type": "object"},
    },
}
INVOCATION = {
    "type": "object",
    "required": ["executionSuccessful"],
    "additionalProperties": False,
    "properties": {
        "executionSuccessful": {"type": "boolean"},
        "toolExecutionNotifications": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message"],
                "additionalProperties": False,
                "properties": {
                    "level": LEVEL,
                    "message": TEXT,
                    "associatedRule": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
                },
            },
        },
    },
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"rules": {"type": "array", "uniqueItems": True, "items": RULE}},
                            }
                        },
                    },
                    "invocations": {"type": "array", "items": INVOCATION},
                    "originalUriBaseIds": {"type": "object"},
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}
"""What section 3 of the specification says of the parts that we write, in a few words of our own."""


def log(said: Report) -> Part:
    found = sarif(said)
    jsonschema.validate(found, LOG)
    (run,) = found["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [result["ruleId"] for result in run["results"]]
    return found


def results(said: Report) -> list[Part]:
    found: list[Part] = log(said)["runs"][0]["results"]
    return found


def prints(said: Report) -> list[str]:
    return [result["partialFingerprints"][FINGERPRINT] for result in results(said)]


def test_the_whole_log() -> None:
    said = report(
        judged("words", "fail", found("major", "too few", "docs/a b.md", 14, suggestion="write more")),
        judged("links", "error", found("critical", "the check could not run: why")),
    )
    assert log(said) == {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "git-orchestrator",
                        "version": __version__,
                        "rules": [
                            {"id": "words", "shortDescription": {"text": "What words asks."}},
                            {"id": "links", "shortDescription": {"text": "What links asks."}},
                        ],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": False,
                        "toolExecutionNotifications": [
                            {
                                "level": "error",
                                "message": {"text": "links: the check could not run: why"},
                                "associatedRule": {"id": "links"},
                            }
                        ],
                    }
                ],
                "originalUriBaseIds": {
                    "%SRCROOT%": {"description": {"text": "The folder in which the gate was run."}}
                },
                "results": [
                    {
                        "ruleId": "words",
                        "ruleIndex": 0,
                        "level": "error",
                        "message": {"text": "too few\nwrite more"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "docs/a%20b.md", "uriBaseId": "%SRCROOT%"},
                                    "region": {"startLine": 14},
                                }
                            }
                        ],
                        "partialFingerprints": {FINGERPRINT: prints(said)[0]},
                        "properties": {"severity": "major", "check": "words"},
                    }
                ],
            }
        ],
    }  # fmt: skip


def test_a_gate_that_says_nothing_is_a_run_without_results_that_went_well() -> None:
    (run,) = log(EMPTY)["runs"]
    assert (run["results"], run["invocations"]) == ([], [{"executionSuccessful": True}])


def test_each_severity_has_its_level() -> None:
    said = report(judged("a", "fail", *(found(level, level) for level in ("critical", "major", "minor", "info"))))
    assert [result["level"] for result in results(said)] == ["error", "error", "warning", "note"]


def test_a_rule_of_a_check_is_a_rule_of_the_tool_though_nobody_described_it() -> None:
    (run,) = log(MIXED)["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        *("words", "markdown", "links", "image", "markdown/heading_order"),
    ]


def test_what_is_said_of_no_file_stands_at_the_gate() -> None:
    place = results(MIXED)[-1]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "gate.yaml", "uriBaseId": "%SRCROOT%"}}


def test_a_file_of_the_workspace_is_below_the_root_too() -> None:
    (result,) = results(report(judged("a", "fail", found("major", "x", "/memory/a.md"))))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "memory/a.md"


def test_a_finding_is_the_same_though_its_line_and_its_figures_move() -> None:
    before = report(judged("words", "fail", found("major", "12 words", "a.md", 3)))
    after = report(judged("words", "fail", found("major", "14 words", "a.md", 7)))
    assert prints(before) == prints(after)


@pytest.mark.parametrize(
    "other",
    [
        judged("words", "fail", found("major", "12 words", "b.md", 3)),
        judged("words", "fail", found("major", "12 letters", "a.md", 3)),
        judged("words", "fail", found("major", "12 words", "a.md", 3, rule="r")),
        judged("words-2", "fail", found("major", "12 words", "a.md", 3), check="words"),
    ],
)
def test_another_file_message_rule_or_use_is_another_finding(other: object) -> None:
    assert prints(report(judged("words", "fail", found("major", "12 words", "a.md", 3)))) != prints(report(other))  # type: ignore[arg-type]


def test_findings_that_are_alike_are_counted_so_that_none_hides_another() -> None:
    twice = prints(report(judged("a", "fail", found("major", "x", "a.md", 1), found("major", "x", "a.md", 9))))
    once = prints(report(judged("a", "fail", found("major", "x", "a.md", 4))))
    assert twice[0] == once[0] != twice[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_text_in_the_log(text: str) -> None:
    finding = found("major", "x", "x").model_copy(update={"message": text, "file": text})
    (result,) = results(report(judged("words", "fail", finding)))
    assert json.loads(json.dumps(result))["message"]["text"] == text
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == text.encode("utf-8", "replace").decode()


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.integers(min_value=1))
def test_any_finding_makes_a_valid_log(message: str, file: str, line: int) -> None:
    finding = found("minor", "x", "x", line).model_copy(update={"message": message, "file": file})
    assert len(results(report(judged("words", "pass", finding)))) == 1
