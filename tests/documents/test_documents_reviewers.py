"""A reviewer in a gate is written out as steps; what cannot be is told at its place."""

import pytest

from orchestrator.documents.pipelines import parse_pipeline
from orchestrator.errors import DocumentError
from orchestrator.model.order import before, sequence
from orchestrator.model.pipeline import CheckUse, OnFail, Pipeline, Step

HEAD = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    when: params.go == "yes"
    gate:
      - words: {min: 2}
      - reviewer: %s
  polish:
    agent: editor
    reads: [text.md]
    writes: [page.md]
"""


def pipeline(reviewer: str, more: str = "") -> Pipeline:
    return parse_pipeline(HEAD % reviewer + more, "p.yaml")


def test_one_reviewer_is_a_step_behind_the_maker_and_before_what_needs_it() -> None:
    found = pipeline("{agent: critic, rubric: /memory/r.yaml, reads: [notes.md], rounds: 3, minor: 2}")
    assert list(found.steps) == ["draft", "draft-review", "polish"]
    assert found.steps["draft"].gate == (CheckUse(name="words", settings={"min": 2}),)
    assert found.steps["draft-review"] == Step(
        agent="critic",
        prompt="review",
        needs=("draft",),
        reads=("brief.md", "text.md", "/memory/r.yaml", "notes.md"),
        writes=("draft-review.yaml",),
        skipped_with="draft",
        gate=(
            CheckUse(
                name="review_file",
                settings={"file": "draft-review.yaml", "rubric": "/memory/r.yaml", "of": ["text.md"]},
            ),
            CheckUse(
                name="findings",
                settings={
                    "file": "draft-review.yaml",
                    "critical": 0,
                    "major": 0,
                    "minor": 2,
                    "rubric": "/memory/r.yaml",
                },
            ),
        ),
        on_fail=OnFail(goto="draft", rounds=3),
    )
    assert before(found)["polish"] == {"draft", "draft-review"}


def test_several_reviewers_are_a_line_of_steps_whose_last_gate_reads_all_reviews() -> None:
    found = pipeline("{agents: [critic, lawyer], need: 1}")
    assert sequence(found) == ("draft", "draft-review-critic", "draft-review-lawyer", "polish")
    first, last = found.steps["draft-review-critic"], found.steps["draft-review-lawyer"]
    assert [use.name for use in first.gate] == ["review_file"]
    assert [use.name for use in last.gate] == ["review_file", "reviews"]
    assert (first.gate_reads, first.on_fail) == ((), None)
    assert last.gate_reads == ("draft-review-critic.yaml",)
    assert last.reads == ("brief.md", "text.md")
    assert last.gate[1].settings["need"] == 1


def test_a_step_that_needs_the_maker_by_name_waits_for_the_reviewer_too() -> None:
    more = (
        "  aside: {agent: editor, needs: [draft], writes: [aside.md]}\n"
        "  other: {agent: editor, needs: [], writes: [o.md]}\n"
    )
    found = pipeline("critic", more)
    assert found.steps["aside"].needs == ("draft-review",)
    assert found.steps["other"].needs == ()
    assert found.steps["draft-review"].needs == ("draft",)


def test_a_pipeline_without_reviewers_is_left_as_it_stands() -> None:
    text = HEAD.replace("      - reviewer: %s\n", "")
    assert list(parse_pipeline(text, "p.yaml").steps) == ["draft", "polish"]


@pytest.mark.parametrize(
    ("reviewer", "more", "said"),
    [
        ("writer", "", "p.yaml:10:9: steps.draft.gate[1]: writer would review its own work"),
        (
            "critic",
            "  draft-review: {agent: a, writes: [z.md]}\n",
            "p.yaml:10:9: steps.draft.gate[1]: its step would be draft-review: there would be two steps draft-review",
        ),
        (
            "{agents: [critic, Lawyer]}",
            "",
            "p.yaml:10:9: steps.draft.gate[1]: its step would be draft-review-Lawyer: 'draft-review-Lawyer' is no step "
            "name: lower-case letters, digits and '-', at most 40, beginning with a letter",
        ),
    ],
)
def test_what_cannot_be_written_out_is_told_at_its_place(reviewer: str, more: str, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        pipeline(reviewer, more)
    assert str(caught.value).split("\n")[0] == said
