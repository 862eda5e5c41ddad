"""How much a step may change."""

import pytest

from orchestrator.gates import Material, judge
from orchestrator.model.action import CheckResult
from orchestrator.model.pipeline import CheckUse

BEFORE = b"one two three four five six seven eight nine ten\n"
TWO_OF_TEN = b"one 2 three four five six seven eight nine 10\n"


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
