"""The page on gates shows what can be written, and its commands are there."""

import re

import pytest
from pages import DOCS

from orchestrator import gates
from orchestrator.documents import yaml
from orchestrator.documents.reviewers import written_out
from orchestrator.model.pipeline import CheckUse, Pipeline
from orchestrator.model.rubric import Rubric

PAGE = (DOCS / "gates.md").read_text()
BLOCKS = [yaml.load(text, "gates.md") for text in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)]


def uses() -> list[CheckUse]:
    """Return each check's use that the page shows."""
    found: list[CheckUse] = []
    for block in BLOCKS:
        assert isinstance(block, dict)
        gate = block.get("gate") or block.get("draft", {}).get("gate") or [block]
        found += [CheckUse.model_validate(each) for each in gate if "criteria" not in each]
    return found


@pytest.mark.parametrize("use", uses(), ids=lambda use: use.name)
def test_each_check_that_is_shown_is_one_with_settings_that_it_takes(use: CheckUse) -> None:
    assert use.name in gates.names()
    assert gates.faults(use) == ()


def test_the_rubric_is_one() -> None:
    (rubric,) = [block for block in BLOCKS if isinstance(block, dict) and "criteria" in block]
    assert list(Rubric.model_validate(rubric).criteria) == ["accuracy", "tone"]


def test_the_reviewer_becomes_the_step_that_the_page_names() -> None:
    (shown,) = [block for block in BLOCKS if isinstance(block, dict) and "rounds" in str(block)]
    whole = written_out(Pipeline.model_validate({"version": 1, "steps": shown}))
    review = whole.steps["draft-review"]
    assert (review.agent, review.prompt, review.writes) == ("critic", "review", ("draft-review.yaml",))
    assert review.reads == ("brief.md", "text.md", "/memory/rubric.yaml")
