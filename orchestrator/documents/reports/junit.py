"""A gate's findings as JUnit XML, which most CI systems show as tests. It opens no file.

A gate is a test suite; a check on a file is a test case. There is no standard: the elements and attributes are those
that Jenkins and GitLab read. What XML 1.0 forbids is left out of the texts.
"""

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from orchestrator.documents.reports import Judged, Report
from orchestrator.model.finding import Finding, Severity, Verdict

_FAILING = (Severity.CRITICAL, Severity.MAJOR)
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return the document. A file of which a check says nothing passes it; a check that could not run is an error."""
    suite = ElementTree.Element("testsuite", name=_legal(report.gate))
    for judged in report.judged:
        suite.extend(_cases(report, judged))
    counts = {
        "tests": str(len(suite)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "skipped": "0",
    }
    suite.attrib.update(counts)
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _cases(report: Report, judged: Judged) -> Iterator[ElementTree.Element]:
    result = judged.result
    if result.verdict is Verdict.ERROR:
        case = _case(judged, report.gate)
        _told(case, "error", result.findings)
        yield case
        return
    for file, findings in _by_file(report, result.findings).items():
        case = _case(judged, file)
        failing = [each for each in findings if each.severity in _FAILING]
        if failing:
            _told(case, "failure", failing)
        remarks = [each for each in findings if each.severity not in _FAILING]
        if remarks:
            ElementTree.SubElement(case, "system-out").text = _legal("\n".join(map(_line, remarks)))
        yield case


def _by_file(report: Report, findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """What is said of no file stands beside the gate's own name."""
    found: dict[str, list[Finding]] = {file: [] for file in report.files}
    for finding in findings:
        found.setdefault(finding.file or report.gate, []).append(finding)
    return found


def _case(judged: Judged, file: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", classname=_legal(judged.result.name), name=_legal(file), file=_legal(file))


def _told(case: ElementTree.Element, kind: str, findings: Sequence[Finding]) -> None:
    first, more = findings[0], len(findings) - 1
    message = first.message + (f" (and {more} more)" if more else "")
    element = ElementTree.SubElement(case, kind, message=_legal(message), type=first.severity.value)
    element.text = _legal("\n".join(map(_line, findings)))


def _line(finding: Finding) -> str:
    rule = f"{finding.rule}: " if finding.rule else ""
    place = ":".join(str(part) for part in (finding.file, finding.line) if part is not None)
    suggestion = f"\n  {finding.suggestion}" if finding.suggestion else ""
    return f"{place}{': ' if place else ''}{finding.severity}: {rule}{finding.message}{suggestion}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
