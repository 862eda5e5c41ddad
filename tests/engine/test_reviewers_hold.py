"""A review that counts is the reviewer's own, whole, and of the very same: no maker writes it, no setting drops it."""

from pathlib import Path

import pytest
from places import PIPELINE, PROMPT, commit_files, finish
from verdict_places import edit, job_of, program, reviewed_by, says

from orchestrator.agents.interface import Request
from orchestrator.engine.people import say
from orchestrator.errors import DocumentError
from orchestrator.model.action import Done, Halt, Word

AGAINST = "findings: [{severity: critical, file: text.md, line: 1, message: never publish this}]\n"
CONTENT = "findings: []\n"
ONE = reviewed_by("{agent: critic, rounds: 1}")
SEVERAL = reviewed_by("{agents: [critic, lawyer], need: all}")
BARE = reviewed_by("critic")
# The step's own gate holds a reviewer, and the person who approves is left out.
CONDITIONAL = PIPELINE.replace("  approve:\n    approve: {by: owner}\n", "").replace(
    "writes: [text.md]\n    gate: [words: {min: 2}]\n  publish:",
    "writes: [text.md]\n    gate: [words: {min: 1}, reviewer: {agent: critic, rounds: 1}]\n  publish:",
)
REVIEWED_BY_STEP = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md], gate: [words: {min: 1}]}
  check:
    agent: reviewer
    reads: [text.md]
    writes: [review.yaml]
    gate: [findings: review.yaml, command: {run: lint, timeout: 10}]
  publish:
    publish: {to: shop, files: [text.md]}
"""


def toned(tone: str) -> str:
    return f"version: 1\ntitle: A thing\nparams: {{tone: {tone}}}\n"


def test_a_review_under_other_params_is_no_review(folder: Path) -> None:
    def play(request: Request) -> dict[str, str]:
        if request.agent.name == "writer":
            return {"text.md": "Two words\n"}
        return {request.writes[0]: AGAINST if "warm" in request.prompt else CONTENT}

    files = {"prompts/review.md.j2": PROMPT + "{{ params.tone }}\n", "jobs/templates/t/job.yaml": toned("plain")}
    world, _ = job_of(folder, ONE, play, files=files)
    assert isinstance(finish(world).action, Done)
    edit(folder, toned("warm"), "jobs/j/job.yaml")
    assert isinstance(finish(world).action, Halt)


def test_a_review_whose_gate_asks_a_program_is_not_taken_over_without_asking_it(folder: Path) -> None:
    world, _ = job_of(folder, REVIEWED_BY_STEP, says(CONTENT), settings=program(0))
    assert isinstance(finish(world).action, Done)
    edit(folder, "two\n")
    assert isinstance(finish(world).action, Done)
    commit_files(folder, {"orchestrator.yaml": program(1)}, "stricter")
    edit(folder, "Two words\n")
    assert not isinstance(finish(world).action, Done)


def test_a_step_that_was_named_is_reviewed_though_its_condition_does_not_hold(folder: Path) -> None:
    def play(request: Request) -> dict[str, str]:
        if request.agent.name == "writer":
            return {"text.md": f"{request.step} writes\n"}
        return {request.writes[0]: CONTENT if request.step == "check" else AGAINST}

    world, _ = job_of(folder, CONDITIONAL, play)
    assert isinstance(finish(world).action, Done)
    say(world, "j", Word.RERUN, step="polish")
    assert isinstance(finish(world).action, Halt)
    assert (folder / "published/j/text.md").read_text() == "draft writes\n"


def test_a_reviewer_with_wrong_settings_beside_a_right_one_is_not_dropped(folder: Path) -> None:
    pipeline = reviewed_by("critic", "{agents: [lawyer, reader], nede: all}")
    with pytest.raises(DocumentError, match=r"gate\[1\]\.reviewer\.nede: extra inputs are not permitted"):
        finish(job_of(folder, pipeline, says(CONTENT))[0])


@pytest.mark.parametrize(
    "review",
    ["", "{}\n", "# nothing\n", "scores: {}\n", "findings:\n", "findings: {}\n", "findings: ''\n", "findings: null\n"],
)
def test_a_review_without_findings_is_no_review(folder: Path, review: str) -> None:
    world, _ = job_of(folder, BARE, says(review))
    rested = finish(world).action
    assert isinstance(rested, Halt)
    assert rested.step == "draft-review"
    assert not (folder / "published").exists()


@pytest.mark.parametrize(
    ("pipeline", "said"),
    [
        (BARE.replace("writes: [text.md]", "writes: [text.md, draft-review.yaml]"), "writes draft-review.yaml, which"),
        (BARE.replace("writes: [text.md]", "writes: [text.md, '*.yaml']"), "no agent may write *.yaml"),
        (BARE.replace("[brief.md]", "[brief.md, '*.yaml']"), "would read draft-review.yaml by *.yaml"),
        (SEVERAL.replace("[brief.md]", "['*']"), "would read draft-review-critic.yaml by *"),
    ],
    ids=["written by the maker", "written by its pattern", "read by the reviewer", "read by another reviewer"],
)
def test_a_review_that_somebody_else_could_write_or_read_is_refused(folder: Path, pipeline: str, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        job_of(folder, pipeline, says(CONTENT))
    assert said in str(caught.value)


def test_one_letter_is_no_evidence(folder: Path) -> None:
    review = "findings: []\nscores:\n  accuracy:\n    score: 5\n    evidence: [{file: text.md, quote: T}]\n"
    pipeline = reviewed_by("{agent: critic, rubric: /memory/rubric.yaml}")
    world, _ = job_of(folder, pipeline, says(review))
    assert isinstance(finish(world).action, Halt)
