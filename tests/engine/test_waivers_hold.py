"""A waiver lifts one finding on one content: it does not outlive the text, and makes nothing appear."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from places import PIPELINE, finish, git
from verdict_places import (
    LISTED,
    TWO_FILES,
    UNSOUND,
    edit,
    found,
    job_of,
    record,
    reviewed_by,
    says,
    subjects,
    waive,
    writes,
)

from orchestrator.engine.gather import gather
from orchestrator.engine.people import say
from orchestrator.errors import RefusedError
from orchestrator.model.action import Await, Done, Halt, Word

SHORT = LISTED.replace("      - must", "      - words: {min: 10}\n      - must")
MIXED = PIPELINE.split("  polish:")[0].replace(
    "[review_file: review.yaml]",
    "[must_not_contain: {file: review.yaml, phrases: [nit]}, findings: review.yaml]\n    attempts: 2",
)


def test_the_entry_says_that_the_step_passed_once_its_finding_is_waived(folder: Path) -> None:
    world, _ = job_of(folder, LISTED, writes("a bad word\n"))
    finish(world)
    waive(world, found(world, "must_not_contain").id)
    assert isinstance(finish(world).action, Done)
    assert subjects(folder)[-3:] == ["j: draft waive", "j: draft passed", "j: publish published"]
    message = git(folder, "log", "-1", "--format=%b", "--grep=j: draft passed", "job/j")
    assert message.startswith("Because a person waived what draft failed by.")
    assert "waived: text.md:1: 'bad'" in message
    assert record(world).outcome == "passed"


def test_a_waiver_given_before_an_edit_does_not_let_the_edit_pass(folder: Path) -> None:
    world, _ = job_of(folder, LISTED, writes("a bad word\n"))
    finish(world)
    waive(world, found(world, "must_not_contain").id)
    assert isinstance(finish(world).action, Done)
    say(world, "j", Word.RERUN, step="draft")
    edit(folder, "bad bad bad: nobody waived this\n")
    assert isinstance(finish(world).action, Await)
    say(world, "j", Word.KEEP, step="draft")
    assert not isinstance(finish(world).action, Done)
    assert (folder / "published/j/text.md").read_text() == "a bad word\n"


@pytest.mark.parametrize(("outcome", "made"), UNSOUND.items(), ids=UNSOUND)
def test_no_waiver_lets_pass_what_was_not_taken(folder: Path, outcome: str, made: Mapping[str, str]) -> None:
    world, _ = job_of(folder, TWO_FILES, lambda request: made)
    assert isinstance(finish(world).action, Halt)
    waive(world, found(world, "must_not_contain").id)
    assert isinstance(finish(world).action, Halt)
    assert record(world).outcome == outcome


@pytest.mark.parametrize("names", ["", "file: brief.md, "], ids=["no file", "another file"])
def test_a_waiver_on_a_remark_beside_the_text_does_not_outlive_the_text(folder: Path, names: str) -> None:
    review = f"findings: [{{severity: major, {names}message: the tone is off}}]\n"
    world, _ = job_of(folder, reviewed_by("{agent: critic, rounds: 1}"), says(review))
    assert isinstance(finish(world).action, Halt)
    waive(world, found(world, "findings").id)
    assert isinstance(finish(world).action, Done)
    edit(folder, "Quite another text, which nobody has forgiven\n")
    assert not isinstance(finish(world).action, Done)
    assert (folder / "published/j/text.md").read_text() == "Two words\n"


def test_a_verdict_stays_a_verdict_when_the_rest_is_waived(folder: Path) -> None:
    world, _ = job_of(folder, MIXED, says("findings: [{severity: major, file: text.md, message: a nit}]\n"))
    assert isinstance(finish(world).action, Halt)
    waive(world, found(world, "must_not_contain").id)
    finish(world)
    assert record(world, "check").verdict


def test_what_is_waived_is_neither_a_reason_nor_feedback(folder: Path) -> None:
    world, backend = job_of(folder, SHORT, writes("a bad word\n"))
    finish(world)
    waive(world, found(world, "words").id)
    waived = "the text has 3 words; at least 10 are wanted"
    assert waived not in finish(world).action.reason
    say(world, "j", Word.RETRY)
    finish(world)
    told = [[finding.message for finding in request.findings] for request in backend.asked]
    left = "'bad' (/memory/words.txt:1) must not stand here"
    assert told == [[], [waived, left], [left], [left]]


def test_a_verdict_that_could_not_be_given_cannot_be_waived(folder: Path) -> None:
    world, _ = job_of(folder, reviewed_by("critic"), says("nice!\n"))
    finish(world)
    with pytest.raises(RefusedError, match="could not run, so it has said nothing that could be waived"):
        waive(world, found(world, "review_file").id)


def test_a_finding_named_twice_in_one_word_is_waived_once(folder: Path) -> None:
    world, _ = job_of(folder, LISTED, writes("a bad word\n"))
    finish(world)
    name = found(world, "must_not_contain").id
    waive(world, name, name[:5])
    assert len(gather(world, "j").snapshot.state.waivers) == 1
