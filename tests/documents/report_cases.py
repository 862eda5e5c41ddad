"""What the tests of reports share: a gate that said a little of everything, and texts that nobody would wish for."""

from orchestrator.documents.reports import Judged, Report
from orchestrator.model.action import CheckResult
from orchestrator.model.finding import Finding, Severity, Verdict

HOSTILE = (
    "\x00\x1b[31m]]>&<\"'\ud800\ufffe\U0010ffff",
    "%0A::set-env name=PATH::/x\r\n::error::no",
    "\u202egnp.exe\u202c",
    "]]><script>alert(1)</script><!-- -- -->",
    "{0} [text](1) \\",
    "x" * 100_000,
)


def found(
    severity: str,
    message: str,
    file: str | None = None,
    line: int | None = None,
    *,
    rule: str | None = None,
    suggestion: str | None = None,
) -> Finding:
    return Finding(severity=Severity(severity), message=message, file=file, line=line, rule=rule, suggestion=suggestion)


def judged(name: str, verdict: str, *findings: Finding, check: str | None = None) -> Judged:
    return Judged(check or name, CheckResult(name, Verdict(verdict), findings))


def report(*results: Judged, files: tuple[str, ...] = ("README.md", "docs/a b.md")) -> Report:
    return Report("gate.yaml", files, results, {each.check: f"What {each.check} asks." for each in results})


MIXED = report(
    judged(
        "words",
        "fail",
        found("critical", "the file is not there", "docs/a b.md", suggestion="write it"),
        found("major", "the text has 12 words", "README.md"),
        found("minor", "a long sentence", "README.md", 14),
    ),
    judged("words-2", "pass", found("info", "one more word", "README.md", 3), check="words"),
    judged("markdown", "fail", found("major", "headings leave level 2 out", "README.md", 7, rule="heading_order")),
    judged("links", "error", found("critical", "the check could not run: it needs a library")),
    judged("image", "fail", found("critical", "the step wrote no .png file to judge")),
)
EMPTY = report(judged("words", "pass"))
