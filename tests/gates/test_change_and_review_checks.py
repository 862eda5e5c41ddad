"""The checks on change and on reviewers' files."""

import pytest

from orchestrator.gates import Material, judge
from orchestrator.model.action import CheckResult
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.pipeline import CheckUse

BEFORE = b"one two three four five six seven eight nine ten\n"
TWO_OF_TEN = b"one 2 three four five six seven eight nine 10\n"
REVIEW = b"""\
findings:
  - {severity: minor, file: listing.md, line: 3, message: dull}
  - {severity: major, file: listing.md, line: 2, message: too long, suggestion: cut it}
  - {severity: critical, message: wrong}
  - {severity: info, file: design.svg, message: nice}
"""


def result(use: object, material: Material) -> CheckResult:
    (only,) = judge([CheckUse.model_validate(use)], material)
    return only


def changed(after: bytes = TWO_OF_TEN, *, is_by_person: bool = False, before: bytes = BEFORE) -> Material:
    return Material(
        files={"listing.md": after, "design.png": b"\x89PNG\x00new"},
        artifacts=("listing.md", "design.png"),
        before={"listing.md": before, "design.png": b"\x89PNG\x00old"},
        is_by_person=is_by_person,
    )


def review(content: bytes = REVIEW) -> Material:
    files = {"review.yaml": content, "listing.md": b"x", "design.svg": b"<svg/>"}
    return Material(files=files, artifacts=("review.yaml",))


def messages(found: CheckResult) -> list[str]:
    return [str(found.verdict), *(f"{finding.severity} {finding}" for finding in found.findings)]


@pytest.mark.parametrize("percent", [20, 20.0, 99])
def test_a_change_within_the_limit_passes(percent: float) -> None:
    assert messages(result({"changed": {"max_percent": percent}}, changed())) == ["pass"]


def test_a_change_beyond_the_limit_fails_and_says_how_much() -> None:
    assert messages(result({"changed": 19.9}, changed())) == [
        "fail",
        "major listing.md: 20 % of the text changed; at most 19.9 % may",
    ]


def test_a_person_may_change_all() -> None:
    assert messages(result({"changed": 1}, changed(b"all new", is_by_person=True))) == ["pass"]


def test_a_text_emptied_or_doubled_is_changed_whole() -> None:
    assert messages(result({"changed": 99}, changed(b"")))[0] == "fail"
    assert messages(result({"changed": 99}, changed(BEFORE * 2)))[0] == "fail"
    assert messages(result({"changed": 99}, changed(b"new", before=b"")))[0] == "fail"


@pytest.mark.parametrize("use", [{"changed": 10}, {"changed": {"max_percent": 10, "file": "listing.md"}}])
def test_a_text_that_was_not_read_before_cannot_be_compared(use: object) -> None:
    material = Material(files={"listing.md": b"x", "a.png": b"\x89PNG\x00"}, artifacts=("a.png", "listing.md"))
    reason = "the step did not read listing.md, which it wrote: there is nothing to compare with"
    assert messages(result(use, material)) == ["error", f"critical the check could not run: {reason}"]


@pytest.mark.parametrize("use", [{"changed": 0}, {"changed": {"max_percent": 0, "file": "listing.md"}}])
def test_a_text_that_was_left_as_it_is_has_not_changed(use: object) -> None:
    material = Material(files={"listing.md": b"x", "a.png": b"\x89PNG\x00"}, artifacts=("a.png",))
    assert messages(result(use, material)) == ["pass"]


def test_a_new_text_beside_one_written_over_is_no_change() -> None:
    material = Material(
        files={"listing.md": TWO_OF_TEN, "notes.md": b"new"},
        artifacts=("listing.md", "notes.md"),
        before={"listing.md": BEFORE},
    )
    assert messages(result({"changed": 20}, material)) == ["pass"]


def test_a_well_formed_review_passes_whatever_it_says() -> None:
    assert result({"review_file": "review.yaml"}, review()) == CheckResult("review_file", Verdict.PASS)
    assert result({"review_file": "review.yaml"}, review(b"findings: []\n")) == CheckResult("review_file", Verdict.PASS)


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (b"findings: []\napproved: true\n", 2, "approved: unknown key"),
        (b"findings:\n- {severity: major, message: m, fixed: yes}\n", 2, "unknown key"),
        (b"findings:\n- {severity: awful, message: m}\n", 2, "severity"),
        (b"findings:\n- {severity: major}\n", 2, "missing key"),
        (b"findings: [\n", None, ""),
        (b"- a\n", 1, ""),
        (b"", 1, "empty"),
        (b"findings: &a []\nb: *a\n", 1, ""),
    ],
)
def test_a_malformed_review_fails_at_its_line(content: bytes, line: int | None, part: str) -> None:
    found = result({"review_file": "review.yaml"}, review(content))
    assert found.verdict is Verdict.FAIL
    assert part in found.findings[0].message
    assert line is None or found.findings[0].line == line


def test_a_review_that_points_at_nothing_is_remarked_on() -> None:
    content = b"findings:\n- severity: major\n  message: m\n  file: gone.md\n"
    assert messages(result({"review_file": "review.yaml"}, review(content))) == [
        "pass",
        "minor review.yaml:4: the finding points at 'gone.md', which is not there",
    ]


def test_too_many_findings_are_a_verdict_that_hands_them_on() -> None:
    found = result({"findings": {"file": "review.yaml"}}, review())
    assert found == CheckResult(
        "findings",
        Verdict.FAIL,
        (
            Finding(severity=Severity.CRITICAL, check="findings", file="review.yaml", message="wrong"),
            Finding(
                severity=Severity.MAJOR,
                check="findings",
                file="listing.md",
                line=2,
                message="too long",
                suggestion="cut it",
            ),
        ),
        is_verdict=True,
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"critical": 1, "major": 1}, ["pass"]),
        ({"critical": None, "major": None}, ["pass"]),
        ({"critical": 1}, ["fail", "major listing.md:2: too long"]),
        (
            {"critical": 1, "major": 1, "minor": 0},
            [
                "fail",
                "minor listing.md:3: dull",
                "major review.yaml: the review has 1 minor findings; at most 0 are allowed",
            ],
        ),
        (
            {"critical": 1, "major": 1, "info": 0, "severity": "minor"},
            [
                "pass",
                "info design.svg: nice",
                "minor review.yaml: the review has 1 info findings; at most 0 are allowed",
            ],
        ),
    ],
)
def test_the_gate_says_how_many_findings_are_allowed(settings: dict[str, object], expected: list[str]) -> None:
    assert messages(result({"findings": {"file": "review.yaml", **settings}}, review())) == expected


@pytest.mark.parametrize("content", [b"findings: []\napproved: true\n", b"findings:\n- nice\n", b"", b"\xff\xfe"])
def test_a_malformed_review_is_no_verdict(content: bytes) -> None:
    found = result({"findings": "review.yaml"}, review(content))
    assert (found.verdict, found.is_verdict) == (Verdict.ERROR, True)


def test_a_missing_review_is_no_verdict() -> None:
    found = result({"findings": "gone.yaml"}, review())
    assert messages(found) == ["error", "critical the check could not run: gone.yaml: the file is not there"]
