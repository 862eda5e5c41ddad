"""JUnit XML: a case for each check and file, read back by a parser; nothing in a text breaks it."""

from xml.etree import ElementTree

import pytest
from report_cases import EMPTY, HOSTILE, MIXED, found, judged, report

from orchestrator.documents.reports import Report
from orchestrator.documents.reports.junit import junit


def read(said: Report) -> ElementTree.Element:
    text = junit(said)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    assert text.endswith("</testsuites>\n")
    return ElementTree.fromstring(text.encode())


def cases(said: Report) -> list[list[str]]:
    return [
        [case.get("classname", ""), case.get("name", ""), *(child.tag for child in case)]
        for case in read(said).findall("testsuite/testcase")
    ]


def test_a_check_on_a_file_is_a_case_and_the_gate_a_suite_that_counts_them() -> None:
    assert cases(MIXED) == [
        ["words", "README.md", "failure", "system-out"],
        ["words", "docs/a b.md", "failure"],
        ["words-2", "README.md", "system-out"],
        ["words-2", "docs/a b.md"],
        ["markdown", "README.md", "failure"],
        ["markdown", "docs/a b.md"],
        ["links", "gate.yaml", "error"],
        ["image", "README.md"],
        ["image", "docs/a b.md"],
        ["image", "gate.yaml", "failure"],
    ]
    suite = read(MIXED).find("testsuite")
    assert suite is not None
    assert suite.attrib == {"name": "gate.yaml", "tests": "10", "failures": "4", "errors": "1", "skipped": "0"}


def test_the_whole_document() -> None:
    said = report(
        judged(
            "words",
            "fail",
            found("major", "A & B", "a.md", 2, rule="r", suggestion="do it"),
            found("minor", "a remark", "a.md"),
            found("critical", "C", "a.md"),
        ),
        judged("links", "error", found("critical", "the check could not run: why")),
        files=("a.md",),
    )
    assert junit(said) == (
        """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="gate.yaml" tests="2" failures="1" errors="1" skipped="0">
    <testcase classname="words" name="a.md" file="a.md">
      <failure message="A &amp; B (and 1 more)" type="major">a.md:2: major: r: A &amp; B
  do it
a.md: critical: C</failure>
      <system-out>a.md: minor: a remark</system-out>
    </testcase>
    <testcase classname="links" name="gate.yaml" file="gate.yaml">
      <error message="the check could not run: why" type="critical">critical: the check could not run: why</error>
    </testcase>
  </testsuite>
</testsuites>
"""
    )


def test_a_gate_that_says_nothing_passes_on_each_file() -> None:
    assert cases(EMPTY) == [["words", "README.md"], ["words", "docs/a b.md"]]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_loses_what_xml_forbids_and_nothing_else(text: str) -> None:
    finding = found("major", "x", "x").model_copy(update={"message": text, "file": text, "suggestion": text})
    (case,) = read(report(judged("words", "fail", finding), files=())).findall("testsuite/testcase")
    kept = "".join(letter for letter in text if letter not in "\x00\x1b\ud800\ufffe")
    failure = case.find("failure")
    assert failure is not None
    assert (case.get("name"), failure.get("message")) == (kept, kept)


@pytest.mark.parametrize("letter", ["\t", "\n", " ", "\ud7ff", "\ue000", "\ufffd", "\U00010000", "\U0010ffff"])
def test_each_bound_of_what_xml_allows_is_kept(letter: str) -> None:
    finding = found("major", f"a{letter}b")
    failure = read(report(judged("words", "fail", finding), files=())).find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == f"a{letter}b"


@pytest.mark.parametrize("letter", ["\x08", "\x0b", "\x0c", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_each_bound_of_what_xml_forbids_is_left_out(letter: str) -> None:
    finding = found("major", "x").model_copy(update={"message": f"a{letter}b"})
    failure = read(report(judged("words", "fail", finding), files=())).find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "ab"
