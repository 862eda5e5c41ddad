"""The check `findings`: how many findings a review may hold and which scores it must give, each limit just kept."""

from dataclasses import replace

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.gates import Material, judge
from orchestrator.gates.reviewing import low_scores
from orchestrator.model.action import CheckResult
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.pipeline import CheckUse
from orchestrator.model.rubric import Criterion, Rubric, Score

REVIEW = """\
findings:
  - {severity: minor, file: listing.md, line: 3, message: dull}
  - {severity: major, file: listing.md, line: 2, message: too long, suggestion: cut it}
  - {severity: critical, message: wrong}
  - {severity: info, file: design.svg, message: nice}
"""
RUBRIC = """\
version: 1
scale: [1, 5]
mean: 3.5
criteria:
  accuracy: {asks: Is it true, pass: 4}
  tone: {asks: Is it calm, pass: 2, evidence: 0}
  length: {asks: Is it short, evidence: 0}
"""
SCORES = """\
scores:
  accuracy: {score: %s, evidence: [{file: listing.md, quote: a mug}], why: it invents a lid}
  tone: {score: %s}
  length: {score: %s}
findings: []
"""
WITH_RUBRIC = {"file": "review.yaml", "rubric": "/memory/rubric.yaml"}
COULD_NOT = "critical the check could not run: "


def reviewed(review: str | bytes = REVIEW, rubric: str | bytes = RUBRIC) -> Material:
    """Return what the gate of a later step sees: it wrote neither the review nor what was reviewed."""
    files = {"listing.md": "A mug.\n", "review.yaml": review, "/memory/rubric.yaml": rubric}
    return material(files, ())


def judged(use: object, what: Material) -> CheckResult:
    (only,) = judge([CheckUse.model_validate(use)], what)
    return only


def scored(accuracy: float, tone: float, length: float, **settings: object) -> list[str]:
    return said({"findings": WITH_RUBRIC | settings}, reviewed(SCORES % (accuracy, tone, length)))


def test_a_review_without_findings_passes() -> None:
    assert judged({"findings": "review.yaml"}, reviewed("findings: []\n")) == CheckResult(
        "findings", Verdict.PASS, is_verdict=True
    )


def test_too_many_findings_are_a_verdict_that_hands_them_on() -> None:
    critical = Finding(severity=Severity.CRITICAL, check="findings", file="review.yaml", message="wrong")
    major = Finding(
        severity=Severity.MAJOR, check="findings", file="listing.md", line=2, message="too long", suggestion="cut it"
    )
    expected = CheckResult("findings", Verdict.FAIL, (critical, major), is_verdict=True)
    assert judged({"findings": {"file": "review.yaml"}}, reviewed()) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"critical": 1, "major": 1}, ["pass"]),
        ({"critical": None, "major": None}, ["pass"]),
        ({"critical": 1, "major": 1, "minor": 1, "info": 1}, ["pass"]),
        ({"critical": 1}, ["fail", "major listing.md:2: too long -> cut it"]),
        ({"major": 1}, ["fail", "critical review.yaml: wrong"]),
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
    assert said({"findings": {"file": "review.yaml", **settings}}, reviewed()) == expected


@pytest.mark.parametrize("severity", ["critical", "major", "minor", "info"])
def test_as_many_as_are_allowed_pass_and_one_more_is_told_of(severity: str) -> None:
    def found(count: int) -> list[str]:
        review = "findings:\n" + f"- {{severity: {severity}, message: m}}\n" * count
        return said({"findings": {"file": "review.yaml", severity: 2}}, reviewed(review))

    assert found(1) == found(2) == ["pass"]
    assert found(3)[:4] == ["fail", *[f"{severity} review.yaml: m"] * 3]


# --- scores ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scores", [(4, 2, 5), (5, 5, 5), (4, 2, 4.5), (4.5, 2, 4)])
def test_scores_that_reach_what_is_wanted_pass(scores: tuple[float, float, float]) -> None:
    assert scored(*scores) == ["pass"]


def test_a_score_below_what_is_wanted_fails_where_its_evidence_stands() -> None:
    told = "accuracy listing.md: accuracy was scored 3.9 of 5; at least 4 is wanted: Is it true -> it invents a lid"
    assert scored(3.9, 5, 5) == ["fail", f"major {told}"]
    assert scored(3.9, 5, 5, severity="minor") == ["pass", f"minor {told}"]


def test_a_low_score_without_evidence_is_told_of_at_the_review() -> None:
    told = "major tone review.yaml: tone was scored 1.5 of 5; at least 2 is wanted: Is it calm"
    assert scored(5, 1.5, 5) == ["fail", told]


def test_a_mean_below_what_is_wanted_fails() -> None:
    told = "mean review.yaml: the mean of the scores is 3.47; at least 3.5 is wanted"
    assert scored(4, 2, 4.4) == ["fail", f"major {told}"]
    assert scored(4, 2, 4.4, severity="minor") == ["pass", f"minor {told}"]


def test_a_rubric_that_wants_no_mean_and_no_least_score_is_content_with_any() -> None:
    rubric = RUBRIC.replace("mean: 3.5\n", "").replace(", pass: 4", "").replace(", pass: 2", "")
    assert said({"findings": WITH_RUBRIC}, reviewed(SCORES % (1, 1, 1), rubric)) == ["pass"]


def test_what_was_not_scored_is_not_called_low() -> None:
    asked = Criterion.model_validate({"asks": "Is it true", "pass": 4})
    rubric = Rubric(version=1, mean=3, criteria={"accuracy": asked, "tone": asked})
    assert list(low_scores({}, rubric, "review.yaml", Severity.MAJOR)) == []
    assert list(low_scores({"tone": Score(score=4)}, rubric, "review.yaml", Severity.MAJOR)) == []


def test_low_scores_and_findings_are_told_together() -> None:
    found = said({"findings": WITH_RUBRIC}, reviewed(REVIEW + (SCORES % (3, 3, 5)).removesuffix("findings: []\n")))
    assert found == [
        "fail",
        "critical review.yaml: wrong",
        "major listing.md:2: too long -> cut it",
        "major accuracy listing.md: accuracy was scored 3 of 5; at least 4 is wanted: Is it true -> it invents a lid",
    ]


# --- what is no verdict ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("review", "why"),
    [
        ("findings: []\napproved: true\n", "review.yaml:2: approved: unknown key"),
        ("findings:\n- nice\n", "review.yaml:2: findings[0]: must be a mapping of keys, not 'nice'"),
        ("", "review.yaml:1: the file is empty"),
        (b"\xff\xfe", "review.yaml:1: the file is not UTF-8 text"),
        ("scores:\n  tone: {score: 5}\nfindings: []\n", "review.yaml:2: 'tone' is scored, and no rubric asks for it"),
    ],
)
def test_a_malformed_review_is_no_verdict(review: str | bytes, why: str) -> None:
    found = judged({"findings": "review.yaml"}, reviewed(review))
    error = Finding(severity=Severity.CRITICAL, check="findings", message=f"the check could not run: {why}")
    assert found == CheckResult("findings", Verdict.ERROR, (error,), is_verdict=True)


def test_a_malformed_review_of_the_steps_own_is_to_be_made_again() -> None:
    own = replace(reviewed("approved: true\n"), artifacts=("review.yaml",))
    found = judged({"findings": "review.yaml"}, own)
    assert (found.verdict, found.is_malformed) == (Verdict.ERROR, True)


def test_scores_out_of_the_scale_or_without_evidence_are_no_verdict() -> None:
    assert scored(6, 5, 5) == ["error", COULD_NOT + "review.yaml:2: accuracy is scored 6"]
    assert scored(6, 0, 5) == ["error", COULD_NOT + "review.yaml:2: accuracy is scored 6; and 1 more"]
    unfounded = (SCORES % (5, 5, 5)).replace("a mug", "a cup")
    why = "review.yaml:2: 'a cup' does not stand in listing.md"
    assert said({"findings": WITH_RUBRIC}, reviewed(unfounded)) == ["error", COULD_NOT + why]


def test_a_missing_review_or_rubric_is_no_verdict() -> None:
    why = "gone.yaml: the file is not there"
    assert said({"findings": "gone.yaml"}, reviewed()) == ["error", COULD_NOT + why]
    why = "the rubric gone.yaml is not there, or not among the step's reads or gate_reads"
    use = {"findings": {"file": "review.yaml", "rubric": "gone.yaml"}}
    assert said(use, reviewed()) == ["error", COULD_NOT + why]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "missing key"),
        ({"file": "review.yaml", "critical": -1}, "critical: must be at least 0"),
        ({"file": "review.yaml", "info": "many"}, "info: must be a whole number, not 'many'"),
        ({"file": "../review.yaml"}, "file: '../review.yaml' must be a plain relative path"),
        ({"file": "review.yaml", "most": 1}, "most: unknown key"),
    ],
)
def test_wrong_settings_are_an_error(settings: object, message: str) -> None:
    (verdict, finding) = said({"findings": settings}, reviewed())
    assert verdict == "error"
    assert finding.startswith(f"{COULD_NOT}its settings are wrong: {message}")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_review_is_never_a_verdict(name: str) -> None:
    assert said({"findings": "review.yaml"}, reviewed(HOSTILE[name]))[0] == "error"
