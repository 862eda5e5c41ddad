"""The check `reviews`: how many of several must be content, each number just reached and just missed; disagreement."""

import pytest
from gate_cases import HOSTILE, Files, material, said

from orchestrator.gates import judge
from orchestrator.model.action import CheckResult
from orchestrator.model.finding import Verdict
from orchestrator.model.pipeline import CheckUse

CONTENT = "findings: [{severity: minor, message: dull}]\n"
AGAINST = "findings: [{severity: major, file: listing.md, line: 1, message: too long}]\n"
RUBRIC = "version: 1\ncriteria:\n  tone: {asks: Is it calm, pass: 4, evidence: 0}\n"
COULD_NOT = "critical the check could not run: "
TOO_LONG = "major listing.md:1: too long"


def files(*reviews: str | bytes) -> Files:
    named = {f"r{number}.yaml": review for number, review in enumerate(reviews, start=1)}
    return {"listing.md": "A mug.\n", **named, "/memory/rubric.yaml": RUBRIC}


def voted(content: int, against: int, **settings: object) -> list[str]:
    names = [f"r{number}.yaml" for number in range(1, content + against + 1)]
    return said({"reviews": {"files": names, **settings}}, files(*[CONTENT] * content, *[AGAINST] * against))


def disagreement(content: int, against: int) -> str:
    names = [f"r{number}.yaml" for number in range(1, content + against + 1)]
    pro, contra = ", ".join(names[:content]), ", ".join(names[content:])
    return f"info the reviewers disagree: {pro} would let it pass, {contra} would not"


@pytest.mark.parametrize("need", ["all", "majority", 3, 1])
def test_reviewers_who_are_all_content_pass_it(need: object) -> None:
    assert voted(3, 0, need=need) == ["pass"]


@pytest.mark.parametrize("need", ["all", "majority", 3, 1])
def test_reviewers_who_are_all_against_it_fail_it_and_do_not_disagree(need: object) -> None:
    assert voted(0, 3, need=need) == ["fail", TOO_LONG, TOO_LONG, TOO_LONG]


@pytest.mark.parametrize(
    ("content", "against", "need"), [(2, 1, "majority"), (3, 2, "majority"), (2, 1, 2), (1, 2, 1), (1, 1, 1)]
)
def test_as_many_as_are_needed_pass_it_and_the_disagreement_is_told(content: int, against: int, need: object) -> None:
    assert voted(content, against, need=need) == ["pass", disagreement(content, against)]


@pytest.mark.parametrize(
    ("content", "against", "need"),
    [(1, 2, "majority"), (1, 1, "majority"), (2, 2, "majority"), (2, 1, "all"), (1, 2, 2)],
)
def test_one_fewer_than_are_needed_fail_it_with_what_they_object_to(content: int, against: int, need: object) -> None:
    assert voted(content, against, need=need) == ["fail", disagreement(content, against), *[TOO_LONG] * against]


def test_a_majority_is_what_is_needed_unless_the_gate_says_otherwise() -> None:
    assert voted(2, 1)[0] == "pass"
    assert voted(1, 1)[0] == "fail"


def test_the_files_alone_are_settings_enough() -> None:
    assert said({"reviews": ["r1.yaml"]}, files(CONTENT)) == ["pass"]
    assert said({"reviews": ["r1.yaml"]}, files(AGAINST)) == ["fail", TOO_LONG]


def test_a_verdict_on_others_work_is_told_as_one() -> None:
    (found,) = judge([CheckUse.model_validate({"reviews": ["r1.yaml"]})], material(files(CONTENT)))
    assert found == CheckResult("reviews", Verdict.PASS, is_verdict=True)


def test_a_critical_finding_is_an_objection_and_a_remark_is_none() -> None:
    critical = "findings: [{severity: critical, message: wrong}]\n"
    assert said({"reviews": ["r1.yaml"]}, files(critical)) == ["fail", "critical r1.yaml: wrong"]
    remarks = {"files": ["r1.yaml"], "minor": 0, "severity": "minor"}
    assert said({"reviews": remarks}, files(CONTENT)) == ["pass"]


def test_too_many_minor_findings_are_an_objection_where_the_gate_says_so() -> None:
    told = ["minor r1.yaml: dull", "major r1.yaml: the review has 1 minor findings; at most 0 are allowed"]
    assert said({"reviews": {"files": ["r1.yaml"], "minor": 0}}, files(CONTENT)) == ["fail", *told]
    assert said({"reviews": {"files": ["r1.yaml"], "minor": 1}}, files(CONTENT)) == ["pass"]


def test_a_low_score_is_an_objection() -> None:
    use = {"reviews": {"files": ["r1.yaml", "r2.yaml"], "rubric": "/memory/rubric.yaml", "need": "all"}}
    scores = [f"scores:\n  tone: {{score: {score}}}\nfindings: []\n" for score in (4, 3)]
    assert said(use, files(scores[0], scores[0])) == ["pass"]
    assert said(use, files(*scores)) == [
        "fail",
        "info the reviewers disagree: r1.yaml would let it pass, r2.yaml would not",
        "major tone r2.yaml: tone was scored 3 of 5; at least 4 is wanted: Is it calm",
    ]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("findings: []\napproved: true\n", "r3.yaml:2: approved: unknown key"),
        ("", "r3.yaml:1: the file is empty"),
        ("scores:\n  tone: {score: 5}\nfindings: []\n", "r3.yaml:2: 'tone' is scored, and no rubric asks for it"),
    ],
)
def test_a_review_that_is_none_is_no_voice_however_many_are_content(broken: str, why: str) -> None:
    use = {"reviews": {"files": ["r1.yaml", "r2.yaml", "r3.yaml"], "need": 1}}
    assert said(use, files(CONTENT, CONTENT, broken)) == ["error", COULD_NOT + why]


def test_a_missing_review_or_rubric_is_an_error() -> None:
    why = "r2.yaml: the file is not there"
    assert said({"reviews": ["r1.yaml", "r2.yaml"]}, files(CONTENT)) == ["error", COULD_NOT + why]
    why = "the rubric gone.yaml is not there, or not among the step's reads or gate_reads"
    use = {"reviews": {"files": ["r1.yaml"], "rubric": "gone.yaml"}}
    assert said(use, files(CONTENT)) == ["error", COULD_NOT + why]


def test_as_many_may_be_needed_as_there_are_reviews() -> None:
    assert voted(9, 0, need=9) == ["pass"]
    assert voted(1, 0, need=1) == ["pass"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "missing key"),
        ([], "must not be empty"),
        ({"files": ["a.yaml", "b.yaml", "a.yaml"]}, "a file is named twice"),
        ({"files": ["a.yaml", "b.yaml"], "need": 3}, "need is 3, and there are 2 reviews"),
        ({"files": ["a.yaml"], "need": 0}, "need: must be all, majority, or a number from 1 to 9"),
        ({"files": ["a.yaml"], "need": "most"}, "need: must be all, majority, or a number from 1 to 9"),
        ({"files": [f"{n}.yaml" for n in range(10)]}, "files: "),
        ({"files": ["../a.yaml"]}, "files.0: '../a.yaml' must be a plain relative path"),
        ({"files": ["a.yaml"], "file": "b.yaml"}, "file: unknown key"),
    ],
)
def test_wrong_settings_are_an_error(settings: object, message: str) -> None:
    (verdict, finding) = said({"reviews": settings}, files(CONTENT))
    assert verdict == "error"
    assert finding.startswith(f"{COULD_NOT}its settings are wrong: {message}")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_review_is_no_voice(name: str) -> None:
    assert said({"reviews": {"files": ["r1.yaml", "r2.yaml"], "need": 1}}, files(CONTENT, HOSTILE[name]))[0] == "error"
