"""The check `review_file`: a review is well-formed, scored on the scale, with evidence that is there; else an error."""

import pytest
from gate_cases import HOSTILE, Files, material, said

from orchestrator.gates import Material, judge
from orchestrator.model.pipeline import CheckUse

RUBRIC = """\
version: 1
scale: [1, 5]
criteria:
  accuracy: {asks: Is it true, pass: 4, evidence: 2}
  tone: {asks: Is it calm, evidence: 0}
"""
SCORED = """\
scores:
  accuracy:
    score: 4
    evidence:
    - {file: text.md, quote: two words}
    - {file: brief.md, quote: “A mug.”}
  tone:
    score: 3
findings: []
"""
FILES: Files = {
    "text.md": "Here are *two\r\nwords* of it.\n",
    "brief.md": 'Wanted: "a mug."\n',
    "bytes.bin": b"a\xff\0 mug",
}
PLAIN = {"review_file": "review.yaml"}
WITH_RUBRIC = {"review_file": {"file": "review.yaml", "rubric": "/memory/rubric.yaml"}}
COULD_NOT = "critical the check could not run: "


def review(content: str | bytes, rubric: str | bytes = RUBRIC, artifacts: tuple[str, ...] | None = None) -> Material:
    return material({"review.yaml": content, **FILES, "/memory/rubric.yaml": rubric}, artifacts)


def scored(old: str = "", new: str = "") -> list[str]:
    assert old in SCORED
    return said(WITH_RUBRIC, review(SCORED.replace(old, new, 1)))


@pytest.mark.parametrize(
    "content",
    [
        "findings: []\n",
        "findings:\n- {severity: critical, message: m}\n- {severity: info, message: m, file: text.md, line: 1}\n",
    ],
)
def test_a_well_formed_review_passes_whatever_it_says(content: str) -> None:
    assert said(PLAIN, review(content)) == ["pass"]
    assert said({"review_file": {"file": "review.yaml", "of": ["text.md"]}}, review(content)) == ["pass"]


@pytest.mark.parametrize(
    ("content", "findings"),
    [
        (
            "findings: []\napproved: true\n",
            ["critical review.yaml:2: approved: unknown key -> known keys: findings, scores"],
        ),
        (
            "findings:\n- {severity: awful, message: m}\n- {severity: major}\n",
            [
                "critical review.yaml:2: findings[0].severity:"
                " must be one of critical, major, minor, info, not 'awful'",
                'critical review.yaml:3: findings[1].message: missing key -> add "message: …"',
            ],
        ),
        ("", ["critical review.yaml:1: the file is empty -> it needs at least: findings"]),
        ("{}\n", ['critical review.yaml:1: findings: missing key -> add "findings: …"']),
        (
            "I think that it is good.\n",
            [
                "critical review.yaml:1: must be a mapping of keys, not 'I think that it is good.'"
                " -> write lines of the form `key: value`"
            ],
        ),
        (b"findings: []\n\xff", ["critical review.yaml:2: the file is not UTF-8 text -> save it as UTF-8"]),
        (
            "findings: &a []\nb: *a\n",
            ["critical review.yaml:1: an anchor (&) is not allowed -> write the value out, or put the text in quotes"],
        ),
    ],
)
def test_what_is_no_review_is_an_error_at_its_line(content: str | bytes, findings: list[str]) -> None:
    assert said(PLAIN, review(content)) == ["error", *findings]


def test_a_malformed_review_is_to_be_made_again_and_a_wrong_gate_is_not() -> None:
    def is_malformed(use: object, judged: Material) -> bool:
        (result,) = judge([CheckUse.model_validate(use)], judged)
        return result.is_malformed

    assert is_malformed(PLAIN, review("nice\n"))
    assert not is_malformed(PLAIN, review("findings: []\n"))
    assert not is_malformed(PLAIN, review("nice\n", artifacts=("text.md",)))
    assert not is_malformed(WITH_RUBRIC, review(SCORED, "nice\n"))


def test_a_review_that_another_step_wrote_cannot_be_asked_for_again() -> None:
    two = "findings:\n- {severity: awful, message: m}\n- {severity: major}\n"
    fault = "review.yaml:2: findings[0].severity: must be one of critical, major, minor, info, not 'awful'"
    assert said(PLAIN, review(two, artifacts=("text.md",))) == ["error", f"{COULD_NOT}{fault}; and 1 more"]
    one = "findings: []\napproved: true\n"
    assert said(PLAIN, review(one, artifacts=())) == ["error", f"{COULD_NOT}review.yaml:2: approved: unknown key"]


def test_a_review_that_is_not_there_is_an_error() -> None:
    gone = "gone.yaml: the file is not there"
    assert said({"review_file": "gone.yaml"}, review("{}\n")) == ["error", COULD_NOT + gone]
    written = review("{}\n", artifacts=("gone.yaml",))
    assert said({"review_file": "gone.yaml"}, written) == ["error", f"critical {gone} -> write it"]


def test_a_finding_on_a_file_that_is_not_there_is_remarked_on() -> None:
    content = "findings:\n- severity: major\n  message: m\n  file: gone.md\n- {severity: info, message: m}\n"
    message = "review.yaml:4: the finding points at 'gone.md', which is not there -> name the file judged"
    assert said(PLAIN, review(content)) == ["pass", f"minor {message}"]
    strict = {"review_file": {"file": "review.yaml", "severity": "major"}}
    assert said(strict, review(content)) == ["fail", f"major {message}"]


# --- scores ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("score", ["1", "5", "3.5", "1.0"])
def test_scores_on_the_scale_with_their_evidence_pass(score: str) -> None:
    assert scored("score: 4", f"score: {score}") == ["pass"]


@pytest.mark.parametrize("score", ["0.9", "5.1", "-1", "1000"])
def test_a_score_beyond_the_scale_is_an_error(score: str) -> None:
    wrong = f"critical review.yaml:3: accuracy is scored {score} -> scores go from 1 to 5"
    assert scored("score: 4", f"score: {score}") == ["error", wrong]


@pytest.mark.parametrize("score", [".nan", "good", "", "[4]"])
def test_a_score_that_is_no_number_is_an_error(score: str) -> None:
    assert scored("score: 4", f"score: {score}")[0] == "error"


def test_too_little_evidence_is_an_error_and_more_is_none() -> None:
    advice = "quote the words of the artifact that bear the score out"
    told = f"critical review.yaml:3: accuracy has 1 quotations as evidence; at least 2 are wanted -> {advice}"
    assert scored("    - {file: text.md, quote: two words}\n") == ["error", told]
    more = "    - {file: text.md, quote: two words}\n    - {file: text.md, quote: here}\n"
    assert scored("    - {file: text.md, quote: two words}\n", more) == ["pass"]
    assert scored("    score: 3\n", "    score: 3\n    evidence: [{file: text.md, quote: of it}]\n") == ["pass"]


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        ("{file: text.md, quote: three words}", "'three words' does not stand in text.md -> quote it word for word"),
        ("{file: text.md, quote: '**'}", "'**' does not stand in text.md -> quote it word for word"),
        ("{file: text.md, quote: a mug}", "'a mug' does not stand in text.md -> quote it word for word"),
        ("{file: gone.md, quote: two words}", "evidence stands in 'gone.md', which was not to be judged"),
        ("{file: review.yaml, quote: two words}", "evidence stands in 'review.yaml', which was not to be judged"),
    ],
)
def test_evidence_that_is_not_there_is_an_error_at_its_line(evidence: str, message: str) -> None:
    found = scored("{file: text.md, quote: two words}", evidence)
    assert found == ["error", f"critical review.yaml:5: {message}"]


def test_evidence_is_quoted_from_the_files_that_the_gate_names() -> None:
    def of(*paths: str) -> list[str]:
        settings = {"file": "review.yaml", "rubric": "/memory/rubric.yaml", "of": paths}
        return said({"review_file": settings}, review(SCORED))

    assert of("*.md") == ["pass"]
    assert of("text.md", "brief.md") == ["pass"]
    wrong = "critical review.yaml:6: evidence stands in 'brief.md', which was not to be judged"
    assert of("text.md") == ["error", wrong]


def test_evidence_from_a_file_that_is_no_text_is_looked_for_all_the_same() -> None:
    assert scored("file: text.md, quote: two words", "file: bytes.bin, quote: mug") == ["pass"]


def test_each_criterion_is_scored_and_nothing_else_is() -> None:
    missing = "critical review.yaml:2: the criterion tone is not scored -> add it under scores: tone: {score: …}"
    assert scored("  tone:\n    score: 3\n") == ["error", missing]
    more = "critical review.yaml:7: 'beauty' is no criterion of the rubric -> criteria: accuracy, tone"
    assert scored("  tone:\n", "  beauty: {score: 3}\n  tone:\n") == ["error", more]


def test_scores_that_no_rubric_asks_for_are_an_error() -> None:
    told = "critical review.yaml:2: 'tone' is scored, and no rubric asks for it -> leave out scores"
    assert said(PLAIN, review("scores:\n  tone: {score: 3}\nfindings: []\n")) == ["error", told]


def test_no_more_than_twenty_faults_are_told() -> None:
    def faults(count: int) -> list[str]:
        return said(
            PLAIN, review("scores:\n" + "".join(f"  c{n}: {{score: 3}}\n" for n in range(count)) + "findings: []\n")
        )

    assert len(faults(20)) == len(faults(21)) == 21


# --- the rubric ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rubric", "why"),
    [
        ("", "the rubric /memory/rubric.yaml:1:1: the file is empty"),
        (b"\xff", "the rubric /memory/rubric.yaml:1: the file is not UTF-8 text"),
        ("version: 1\n", "the rubric /memory/rubric.yaml:1:1: criteria: missing key"),
        (
            RUBRIC + "x: 1\ny: 2\n",
            "the rubric /memory/rubric.yaml:6:1: x: unknown key; /memory/rubric.yaml:7:1: y: unknown key",
        ),
        (
            RUBRIC + "mean: 9\n",
            "the rubric /memory/rubric.yaml:1:1: mean is 9, which is not on the scale from 1 to 5",
        ),
    ],
)
def test_a_rubric_that_is_none_is_an_error_of_the_gate(rubric: str | bytes, why: str) -> None:
    assert said(WITH_RUBRIC, review(SCORED, rubric)) == ["error", COULD_NOT + why]


def test_a_rubric_that_is_not_there_is_an_error_of_the_gate() -> None:
    use = {"review_file": {"file": "review.yaml", "rubric": "/memory/gone.yaml"}}
    why = "the rubric /memory/gone.yaml is not there, or not among the step's reads or gate_reads"
    assert said(use, review(SCORED)) == ["error", COULD_NOT + why]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "missing key"),
        ({"file": "../review.yaml"}, "file: '../review.yaml' must be a plain relative path"),
        ({"file": "review.yaml", "rubric": "a/../b"}, "rubric: 'a/../b' must be a plain relative path"),
        ({"file": "review.yaml", "of": ["../a"]}, "of.0: '../a' must be a plain relative path"),
        ({"file": "review.yaml", "strict": True}, "strict: unknown key; known keys: file, of, rubric, severity"),
    ],
)
def test_wrong_settings_are_an_error(settings: object, message: str) -> None:
    (verdict, finding) = said({"review_file": settings}, review("{}\n"))
    assert verdict == "error"
    assert finding.startswith(f"{COULD_NOT}its settings are wrong: {message}")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_reviews_and_hostile_rubrics_never_pass(name: str) -> None:
    assert said(PLAIN, review(HOSTILE[name]))[0] == "error"
    assert said(WITH_RUBRIC, review(SCORED, HOSTILE[name]))[0] == "error"


@pytest.mark.parametrize("name", HOSTILE)
def test_evidence_is_looked_for_in_hostile_texts(name: str) -> None:
    judged = material({"review.yaml": SCORED, "text.md": HOSTILE[name], "/memory/rubric.yaml": RUBRIC})
    assert said(WITH_RUBRIC, judged)[0] == "error"
