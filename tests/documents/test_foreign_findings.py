"""Findings of other programs: JSON and SARIF read, and what is neither refused at its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.foreign_findings import (
    MOST_BYTES,
    Foreign,
    Form,
    form_of,
    looks_like_json,
    parse,
    plainly,
    read,
)
from orchestrator.errors import DocumentError
from orchestrator.model.finding import Finding, Severity

STATED = {"severity": "major", "message": "too long"}


def own(document: object) -> Foreign:
    return read(document, "stdout", Form.JSON)


def sarif(*results: object, **run: object) -> Foreign:
    return read({"version": "2.1.0", "runs": [{"results": list(results), **run}]}, "stdout", Form.SARIF)


def at(uri: str, **region: object) -> dict[str, object]:
    physical = {"artifactLocation": {"uri": uri}, "region": region}
    return {"message": {"text": "m"}, "locations": [{"physicalLocation": physical}]}


def refusal(document: object, form: Form) -> str:
    with pytest.raises(DocumentError) as caught:
        read(document, "stdout", form)
    return str(caught.value)


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_all_keys_of_a_finding_are_read() -> None:
    said = {**STATED, "rule": "length", "file": "a.md", "line": 3, "suggestion": "cut"}
    wanted = Finding(severity=Severity.MAJOR, message="too long", rule="length", file="a.md", line=3, suggestion="cut")
    assert own([said]) == own({"findings": [said]}) == Foreign((wanted,))


def test_an_empty_list_says_nothing() -> None:
    assert own([]) == own({"findings": []}) == Foreign(())


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (7, "stdout: must be a list of findings"),
        ({"findings": {}}, "stdout: findings: must be a list of findings"),
        ({"findings": [], "approved": True}, "stdout: unknown key 'approved'; known: findings"),
        ([7], "stdout: [0]: must be a mapping of keys, not '7'"),
        ([{"message": "m"}], "stdout: [0].severity: missing key"),
        ([STATED, {"severity": "info"}], "stdout: [1].message: missing key"),
        (
            {"findings": [{**STATED, "severity": "error"}]},
            "stdout: findings[0].severity: must be one of critical, major, minor, info, not 'error'",
        ),
        ([{**STATED, "message": ""}], "stdout: [0].message: must not be empty"),
        ([{**STATED, "message": "\u200b\n"}], "stdout: [0].message: must not be empty"),
        ([{**STATED, "line": 0}], "stdout: [0].line: must be at least 1"),
        ([{**STATED, "line": "3"}], "stdout: [0].line: must be a whole number, not '3'"),
        ([{**STATED, "line": True}], "stdout: [0].line: must be a whole number, not true"),
        ([{**STATED, "file": 3}], "stdout: [0].file: must be a text, not '3'"),
        (
            [{**STATED, "verdict": "pass"}],
            "stdout: [0].verdict: unknown key; known: severity, message, rule, file, line, suggestion",
        ),
    ],
)
def test_what_is_no_finding_is_refused_at_its_key(document: object, fault: str) -> None:
    assert refusal(document, Form.JSON) == fault


@pytest.mark.parametrize("number", [999, 1000])
def test_a_thousand_findings_are_read(number: int) -> None:
    assert len(own([STATED] * number).findings) == number
    assert len(sarif(*[at("a")] * number).findings) == number


def test_one_finding_more_is_refused() -> None:
    assert refusal([STATED] * 1001, Form.JSON) == "stdout: 1,001 findings; at most 1,000 are read"
    run = {"results": [at("a")] * 501}
    many = {"version": "2.1.0", "runs": [run, run]}
    assert refusal(many, Form.SARIF) == "stdout: runs: 1,002 findings; at most 1,000 are read"


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ("a.md", "a.md"),
        ("./a.md", "a.md"),
        ("././a.md", "a.md"),
        (".//a.md", "a.md"),
        ("/memory/style.md", "/memory/style.md"),
        ("../a.md", None),
        ("a/../../b", None),
        ("C:\\a.md", None),
        ("", None),
        ("./", None),
        ("a\nb", None),
    ],
)
def test_what_is_no_path_of_the_job_is_no_file_and_has_no_line(said: str, file: str | None) -> None:
    (finding,) = own([{**STATED, "file": said, "line": 3}]).findings
    assert (finding.file, finding.line) == (file, 3 if file else None)


def test_texts_are_cut_and_lose_what_steers_a_terminal() -> None:
    said = {
        "severity": "info",
        "message": "\x1b[31mred\x1b[0m\x1b]52;c;aGk=\x07 and\n\u202eplain\ttoo",
        "rule": "a  b\x00" + "c" * 90,
        "suggestion": "s" * 501,
    }
    (finding,) = own([said]).findings
    assert finding.message == "red and plain too"
    assert finding.rule == "a-b" + "c" * 77
    assert finding.suggestion == "s" * 499 + "…"
    assert own([{**STATED, "message": "m" * 500}]).findings[0].message == "m" * 500


# --- the text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"{", b"[", b"{}", b"[]", b' \n{ "a"', b"[\n{", b"\xef\xbb\xbf[]", b" " * 999 + b"[]"]
)
def test_what_begins_as_json_looks_like_it(content: bytes) -> None:
    assert looks_like_json(content)


@pytest.mark.parametrize("content", [b"", b"ok", b"[ok]", b"{a}", b'"x"', b"7", b"[[1]]", b"]", b"}"])
def test_what_begins_otherwise_does_not(content: bytes) -> None:
    assert not looks_like_json(content)


@pytest.mark.parametrize(
    ("document", "form"),
    [
        ([], Form.JSON),
        ([STATED], Form.JSON),
        ([STATED, {"severity": "x", "message": 1, "more": 2}], Form.JSON),
        ({"findings": 7}, Form.JSON),
        ({"runs": [], "findings": []}, Form.SARIF),
        ([STATED, {"severity": "x"}], None),
        ([STATED, 7], None),
        ({"results": []}, None),
        ("text", None),
        (None, None),
    ],
)
def test_what_a_document_tells_is_seen_by_its_keys(document: object, form: Form | None) -> None:
    assert form_of(document) is form


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "stdout:1:0: no JSON: EOF while parsing a value"),
        (b"[1,\n2,,]", "stdout:2:3: no JSON: expected value"),
        (b"[NaN]", "stdout:1:2: no JSON: expected value"),
        (b"{} {}", "stdout:1:4: no JSON: trailing characters"),
        (b"[" * 100_000, "stdout:1:202: no JSON: recursion limit exceeded"),
    ],
)
def test_what_is_no_json_is_refused_at_its_place(content: bytes, fault: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(content, "stdout")
    assert str(caught.value) == fault


@pytest.mark.parametrize("content", [b'["caf\xe9"]', b'["\xff"]', b'["\\ud800"]'])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match="no JSON"):
        parse(content, "stdout")


def test_five_megabytes_are_read_and_no_byte_more() -> None:
    assert parse(b"[" + b" " * (MOST_BYTES - 2) + b"]", "stdout") == []
    with pytest.raises(DocumentError, match="stdout: more than 5 MB of findings"):
        parse(b"[" + b" " * (MOST_BYTES - 1) + b"]", "stdout")


# --- SARIF -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "severity"),
    [("error", "major"), ("warning", "minor"), ("note", "info"), ("none", "info")],
)
def test_levels_become_severities(level: str, severity: str) -> None:
    (finding,) = sarif({"level": level, "message": {"text": "m"}}).findings
    assert finding == Finding(severity=Severity(severity), message="m")


def severity_of(result: dict[str, object], **run: object) -> str:
    (finding,) = sarif({"message": {"text": "m"}, **result}, **run).findings
    return finding.severity.value


RULES: dict[str, Any] = {
    "driver": {"name": "t", "rules": [{"id": "A", "defaultConfiguration": {"level": "error"}}, {"id": "B"}]}
}


@pytest.mark.parametrize(
    ("result", "severity"),
    [
        ({}, "minor"),
        ({"ruleId": "A"}, "major"),
        ({"ruleIndex": 0}, "major"),
        ({"rule": {"index": 0}}, "major"),
        ({"rule": {"id": "A"}}, "major"),
        ({"ruleId": "B"}, "minor"),
        ({"ruleIndex": 1, "ruleId": "A"}, "minor"),
        ({"ruleIndex": 2, "ruleId": "A"}, "major"),
        ({"ruleIndex": -1, "ruleId": "A"}, "major"),
        ({"ruleId": "C"}, "minor"),
        ({"ruleId": "A", "level": "note"}, "info"),
        ({"ruleId": "A", "kind": "fail"}, "major"),
        ({"ruleId": "A", "kind": "review"}, "info"),
        ({"ruleId": "A", "suppressions": []}, "major"),
        ({"ruleId": "A", "suppressions": [{"kind": "inSource"}]}, "info"),
        ({"level": "note", "properties": {"severity": "critical"}}, "info"),
    ],
)
def test_a_result_without_a_level_has_its_rules(result: dict[str, object], severity: str) -> None:
    assert severity_of(result, tool=RULES) == severity


def test_our_own_sarif_keeps_its_severities() -> None:
    tool = {"driver": {"name": "git-orchestrator"}}
    assert severity_of({"level": "error", "properties": {"severity": "critical"}}, tool=tool) == "critical"
    assert severity_of({"level": "error", "properties": {"severity": "grave"}}, tool=tool) == "major"


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("a.md", "a.md"),
        ("./sources/a%20b.md", "sources/a b.md"),
        ("file:///src/a.py", "/src/a.py"),
        ("file://localhost/src/a.py", "/src/a.py"),
        ("file://a.md", "a.md"),
        ("../a.md", None),
        ("%2e%2e/a.md", None),
        ("https://example.com/a", None),
    ],
)
def test_places_are_decoded_and_what_leads_elsewhere_is_no_file(uri: str, file: str | None) -> None:
    (finding,) = sarif(at(uri, startLine=7)).findings
    assert (finding.file, finding.line) == (file, 7 if file else None)


def test_a_place_may_be_named_by_the_runs_list_of_files() -> None:
    result = {
        "message": {"text": "m"},
        "locations": [{"physicalLocation": {"artifactLocation": {"index": 1}, "region": {"startLine": 1}}}],
    }
    files = [{"location": {"uri": "a.md"}}, {"location": {"uri": "b.md"}}]
    (finding,) = sarif(result, artifacts=files).findings
    assert (finding.file, finding.line) == ("b.md", 1)
    (nowhere,) = sarif(result, artifacts=files[:1]).findings
    assert (nowhere.file, nowhere.line) == (None, None)


def test_a_message_may_stand_with_its_rule() -> None:
    tool = {"driver": {"rules": [{"id": "A", "messageStrings": {"long": {"text": "{0} has {1} words, {7}"}}}]}}
    result = {"ruleId": "A", "message": {"id": "long", "arguments": ["a.md", "90"]}}
    (finding,) = sarif(result, tool=tool).findings
    assert (finding.message, finding.rule) == ("a.md has 90 words, {7}", "A")


def test_results_that_are_no_faults_are_no_findings() -> None:
    kinds = [{"message": {"text": "m"}, "kind": kind} for kind in ("pass", "notApplicable")]
    assert sarif(*kinds, {"message": {"text": "m"}, "baselineState": "absent"}) == Foreign(())
    assert len(sarif({"message": {"text": "m"}, "baselineState": "new"}).findings) == 1


@pytest.mark.parametrize(
    ("run", "failure"),
    [
        ({"invocations": [{"executionSuccessful": True}]}, None),
        ({"invocations": []}, None),
        ({"invocations": [{"executionSuccessful": False}]}, "its run was not successful"),
        (
            {
                "invocations": [
                    {"executionSuccessful": True},
                    {"executionSuccessful": False, "toolExecutionNotifications": [{"message": {"text": "no\nlist"}}]},
                ]
            },
            "no list",
        ),
        ({"results": None}, "it hands in a run without results"),
    ],
)
def test_a_run_that_failed_says_so(run: dict[str, object], failure: str | None) -> None:
    assert sarif(**run).failure == failure


def run_of(*results: object, **more: object) -> dict[str, object]:
    return {"version": "2.1.0", "runs": [{"results": list(results), **more}]}


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ([], "stdout: must be an object"),
        ({"runs": []}, "stdout: version: must be 2.1.0, not 'None'"),
        ({"version": "2.0.0", "runs": []}, "stdout: version: must be 2.1.0, not '2.0.0'"),
        ({"version": "2.1.0"}, "stdout: runs: no run: it says nothing of any file"),
        ({"version": "2.1.0", "runs": 7}, "stdout: runs: must be a list"),
        ({"version": "2.1.0", "runs": [7]}, "stdout: runs[0]: must be an object"),
        (run_of(7), "stdout: runs[0].results[0]: must be an object"),
        (run_of({}), "stdout: runs[0].results[0].message: has no text"),
        (run_of({"message": "m"}), "stdout: runs[0].results[0].message: must be an object"),
        (run_of({"message": {"text": 7}}), "stdout: runs[0].results[0].message.text: must be a text"),
        (run_of({"message": {"text": "m"}, "kind": []}), "stdout: runs[0].results[0].kind: must be a text"),
        (
            run_of({"message": {"text": "m"}, "level": "fatal"}),
            "stdout: runs[0].results[0].level: must be one of error, warning, note, none, not 'fatal'",
        ),
        (
            run_of({"message": {"text": "m"}, "level": []}),
            "stdout: runs[0].results[0].level: must be one of error, warning, note, none, not '[]'",
        ),
        (run_of(tool=7), "stdout: runs[0].tool: must be an object"),
        *(
            (
                run_of(at("a", startLine=line)),
                "stdout: runs[0].results[0].locations[0].physicalLocation.region.startLine: must be a whole number of"
                " at least 1",
            )
            for line in (0, "1", True, 1.5)
        ),
    ],
)
def test_what_is_no_sarif_is_refused_at_its_key(document: object, fault: str) -> None:
    assert refusal(document, Form.SARIF) == fault


KEYS = (
    *("version", "runs", "results", "message", "text", "level", "kind", "ruleId", "rule", "index", "locations", "uri"),
    *("physicalLocation", "region", "artifactLocation", "startLine", "invocations", "suppressions", "rules", "tool"),
    *("driver", "properties", "id", "findings", "severity"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=30,
)


def read_or_place(document: object, form: Form) -> object:
    try:
        return read(document, "stdout", form)
    except DocumentError as exc:
        return exc.place


@settings(max_examples=100, deadline=None)
@given(JSON, st.sampled_from(Form))
def test_any_document_is_findings_or_a_located_refusal(document: object, form: Form) -> None:
    assert read_or_place(parse(json.dumps(document).encode(), "stdout"), form)


@settings(max_examples=100, deadline=None)
@given(st.lists(JSON, max_size=3), JSON)
def test_any_results_in_a_right_frame_are_findings_or_a_located_refusal(results: list[object], tool: object) -> None:
    assert read_or_place(run_of(*results, tool=tool), Form.SARIF)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_a_plain_text_is_one_printable_line(text: str) -> None:
    assert "\n" not in plainly(text)
    assert "\x1b" not in plainly(text)
    assert plainly(plainly(text)) == plainly(text)
