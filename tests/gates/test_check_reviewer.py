"""The check `reviewer`: short for steps of a pipeline; outside a job it asks nobody, and never passes."""

import pytest
from gate_cases import HOSTILE, said

TEXT = {"a.md": "A mug.\n"}
COULD_NOT = "critical the check could not run: "


@pytest.mark.parametrize(
    ("settings", "who"),
    [
        ("critic", "critic"),
        ({"agent": "critic", "need": 1, "rounds": 1}, "critic"),
        ({"agent": "critic", "rounds": 20, "rubric": "/memory/rubric.yaml", "reads": ["brief.md"]}, "critic"),
        ({"agents": ["critic", "lawyer"], "need": 2}, "critic, lawyer"),
        ({"agents": ["critic", "lawyer", "reader"], "need": "majority"}, "critic, lawyer, reader"),
    ],
)
def test_outside_a_job_no_agent_is_asked_and_nothing_passes(settings: object, who: str) -> None:
    why = f"{who} can be asked in a job only: a gate invokes no agent"
    assert said({"reviewer": settings}, TEXT) == ["error", COULD_NOT + why]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "name one reviewer with agent, or several with agents"),
        ({"agent": "critic", "agents": ["lawyer"]}, "name one reviewer with agent, or several with agents"),
        ({"agents": ["critic", "lawyer", "critic"]}, "an agent is named twice"),
        ({"agents": ["critic", "lawyer"], "need": 3}, "need is 3, and the reviewers are 2"),
        ({"agent": "critic", "need": 2}, "need is 2, and the reviewers are 1"),
        ({"agent": "critic", "need": 0}, "need: must be all, majority, or a number from 1 to 9"),
        ({"agent": "critic", "rounds": 0}, "rounds: must be at least 1"),
        ({"agent": "critic", "rounds": 21}, "rounds: must be at most 20"),
        ({"agent": "critic", "minor": -1}, "minor: must be at least 0"),
        ({"agent": "critic", "rubric": "../rubric.yaml"}, "rubric: '../rubric.yaml' must be a plain relative path"),
        ({"agent": "critic", "approved": True}, "approved: unknown key"),
    ],
)
def test_wrong_settings_are_an_error(settings: object, message: str) -> None:
    (verdict, finding) = said({"reviewer": settings}, TEXT)
    assert verdict == "error"
    assert finding.startswith(f"{COULD_NOT}its settings are wrong: {message}")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_pass_no_reviewer_either(name: str) -> None:
    assert said({"reviewer": "critic"}, {"a.md": HOSTILE[name]})[0] == "error"
