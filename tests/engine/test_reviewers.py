"""Reviewers in real git: written in a gate they are steps; a review that is none never passes, and ends at a person."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from places import AGENT, PROMPT, Scripted, commit_files, finish, git, made_job, workspace, world_of
from verdict_places import RUBRIC, edit, subjects

from orchestrator.agents.interface import Request
from orchestrator.engine.people import say
from orchestrator.engine.world import World
from orchestrator.model.action import Done, Halt, Word

PIPELINE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    gate:
      - words: {min: 2}
      - reviewer: %s
  publish:
    publish: {to: shop, files: [text.md]}
"""
ONE = "{agent: critic, rubric: /memory/rubric.yaml, rounds: 1}"
SEVERAL = "{agents: [critic, lawyer, reader], need: majority, rounds: 1}"
GOOD = """\
findings: []
scores:
  accuracy:
    score: 5
    evidence: [{file: text.md, quote: Two words}]
"""


CONTENT = "findings: []\n"
AGAINST = "findings: [{severity: critical, file: text.md, line: 1, message: no}]\n"


def reviewed(folder: Path, reviewer: str, reviews: Mapping[str, list[str]]) -> tuple[World, Scripted]:
    """Make a job whose writer does well, and whose reviewers hand in these files, one after another."""
    left = {agent: list(texts) for agent, texts in reviews.items()}

    def play(request: Request) -> dict[str, str]:
        if request.agent.name == "writer":
            return {"text.md": "Two words, and then some.\n" if request.findings else "Two words, for now.\n"}
        texts = left[request.agent.name]
        return {request.writes[0]: texts.pop(0) if len(texts) > 1 else texts[0]}

    backend = Scripted(play)
    workspace(folder, pipeline=PIPELINE % reviewer)
    commit_files(
        folder,
        {
            **{f"agents/{who}.md": AGENT.replace("writer", who) for who in ("critic", "lawyer", "reader")},
            "prompts/review.md.j2": PROMPT,
            "memory/rubric.yaml": RUBRIC,
        },
        "reviewers",
    )
    world = world_of(folder, backend)
    made_job(world)
    return world, backend


def test_a_reviewer_in_a_gate_is_a_step_of_its_own(folder: Path) -> None:
    world, backend = reviewed(folder, ONE, {"critic": [GOOD]})
    assert isinstance(finish(world).action, Done)
    assert subjects(folder) == ["j: created", "j: draft passed", "j: draft-review passed", "j: publish published"]
    asked = backend.asked[1]
    assert (asked.step, asked.agent.name, asked.writes) == ("draft-review", "critic", ("draft-review.yaml",))
    assert sorted(asked.files) == ["/memory/rubric.yaml", "brief.md", "text.md"]


def test_what_a_reviewer_finds_sends_the_work_back_to_its_maker(folder: Path) -> None:
    bad = "findings: [{severity: major, file: text.md, line: 1, message: too short}]\n" + GOOD.split("\n", 1)[1]
    world, backend = reviewed(folder, ONE, {"critic": [bad, GOOD]})
    assert isinstance(finish(world).action, Done)
    assert [request.step for request in backend.asked] == ["draft", "draft-review", "draft", "draft-review"]
    assert [finding.message for finding in backend.asked[2].findings] == ["too short"]


def test_the_same_work_again_is_not_reviewed_again(folder: Path) -> None:
    world, backend = reviewed(folder, ONE, {"critic": [AGAINST + GOOD.split("\n", 1)[1]]})
    stubborn = Scripted(
        lambda request: {"text.md": "Two words.\n"} if request.step == "draft" else backend.play(request)
    )
    rested = finish(replace(world, backend=lambda agent, route, settings: stubborn)).action
    assert isinstance(rested, Halt)
    assert [request.step for request in stubborn.asked] == ["draft", "draft-review", "draft"]


def test_a_low_score_sends_the_work_back_and_then_to_a_person(folder: Path) -> None:
    world, _ = reviewed(folder, ONE, {"critic": [GOOD.replace("score: 5", "score: 3")]})
    rested = finish(world).action
    assert isinstance(rested, Halt)
    assert rested.reason == (
        "draft-review failed after 1 attempt and 1 round: "
        "text.md: accuracy was scored 3 of 5; at least 4 is wanted: Is it all true?"
    )


@pytest.mark.parametrize(
    ("review", "says"),
    [
        ("I think that it is very good!\n", "must be a mapping of keys"),
        ("findings: [\n", "draft-review.yaml:"),
        (GOOD + "approved: true\n", "draft-review.yaml:6: approved: unknown key"),
        (GOOD.replace("Two words", "Three words"), "'Three words' does not stand in text.md"),
        (GOOD.replace("score: 5", "score: 6"), "accuracy is scored 6"),
        (GOOD.replace("score: 5", "score: .nan"), "draft-review.yaml:"),
        (GOOD.replace("accuracy", "beauty"), "the criterion accuracy is not scored"),
        (GOOD.replace("text.md", "draft-review.yaml"), "evidence stands in 'draft-review.yaml'"),
        (GOOD.replace("text.md", "brief.md"), "evidence stands in 'brief.md'"),
        (GOOD.replace("[{file: text.md, quote: Two words}]", "[]"), "accuracy has 0 quotations as evidence"),
        ("findings: []\n", "the criterion accuracy is not scored"),
    ],
)
def test_a_judge_that_breaks_is_asked_again_and_never_passes(folder: Path, review: str, says: str) -> None:
    world, backend = reviewed(folder, ONE, {"critic": [review]})
    rested = finish(world).action
    assert isinstance(rested, Halt)
    assert rested.reason.startswith("draft-review could not be done in 3 tries: ")
    assert says in rested.reason
    assert subjects(folder) == ["j: created", "j: draft passed", *["j: draft-review error"] * 3]
    assert [request.attempt for request in backend.asked] == [1, 1, 1, 1]
    assert backend.asked[2].failed == {"draft-review.yaml": review.encode()}
    assert not (folder / "published").exists()
    assert finish(world).entries == 0


def test_a_review_that_is_mended_counts(folder: Path) -> None:
    world, backend = reviewed(folder, ONE, {"critic": ["nice!\n", GOOD]})
    assert isinstance(finish(world).action, Done)
    assert [request.step for request in backend.asked] == ["draft", "draft-review", "draft-review"]
    assert backend.asked[2].findings[0].check == "review_file"


def test_a_majority_of_several_lets_the_work_pass_and_the_disagreement_is_recorded(folder: Path) -> None:
    world, backend = reviewed(folder, SEVERAL, {"critic": [CONTENT], "lawyer": [AGAINST], "reader": [CONTENT]})
    assert isinstance(finish(world).action, Done)
    assert subjects(folder)[2:5] == [f"j: draft-review-{who} passed" for who in ("critic", "lawyer", "reader")]
    message = git(folder, "log", "-1", "--format=%B", "--grep=draft-review-reader passed", "job/j")
    assert "the reviewers disagree" in " ".join(message.split())
    # No reviewer reads what another one said.
    assert [sorted(request.files) for request in backend.asked[1:4]] == [["brief.md", "text.md"]] * 3


def test_a_minority_does_not(folder: Path) -> None:
    world, _ = reviewed(folder, SEVERAL, {"critic": [AGAINST], "lawyer": [AGAINST], "reader": [CONTENT]})
    rested = finish(world).action
    assert isinstance(rested, Halt)
    assert "draft-review-reader failed" in rested.reason


def test_one_broken_judge_of_three_stops_the_job(folder: Path) -> None:
    world, _ = reviewed(folder, SEVERAL, {"critic": [CONTENT], "lawyer": ["yes\n"], "reader": [CONTENT]})
    rested = finish(world).action
    assert isinstance(rested, Halt)
    assert rested.step == "draft-review-lawyer"


def test_a_reviewer_is_not_asked_again_about_the_very_same(folder: Path) -> None:
    world, backend = reviewed(folder, ONE, {"critic": [GOOD]})
    finish(world)
    created = git(folder, "log", "--format=%H", "--grep=j: created", "job/j")
    git(folder, "branch", "-qf", "job/j", created)
    assert isinstance(finish(world).action, Done)
    assert [request.step for request in backend.asked] == ["draft", "draft-review", "draft"]
    message = " ".join(git(folder, "log", "-1", "--format=%B", "--grep=draft-review passed", "job/j").split())
    assert "The very same was reviewed before" in message
    assert "Backend: ledger" in message
    say(world, "j", Word.RERUN, step="draft-review")
    finish(world)
    assert [request.step for request in backend.asked][3:] == ["draft-review"]


def test_a_review_by_other_words_of_the_reviewers_role_is_asked_for(folder: Path) -> None:
    world, backend = reviewed(folder, ONE, {"critic": [GOOD]})
    finish(world)
    created = git(folder, "log", "--format=%H", "--grep=j: created", "job/j")
    git(folder, "branch", "-qf", "job/j", created)
    edit(folder, AGENT.replace("writer", "critic") + "Be harsh.\n", "agents/critic.md", "harsh")
    assert isinstance(finish(world).action, Done)
    assert [request.step for request in backend.asked][2:] == ["draft", "draft-review"]
