"""Every state × every event: never an exception, always a rest, always a way on that a person can read and take."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from machine_promises import broken
from machine_shapes import ADA, STOCK
from machine_world import World
from walks import Walk

from orchestrator.errors import RefusedError
from orchestrator.model.action import Run
from orchestrator.model.state import Outcome

MOVES = (
    *("pass", "fail:one", "partial", "refuse", "refuse-some", "nothing"),
    *("fault", "transient", "outage", "denied", "error", "crash"),
)
WORKED = {
    "research": "research.md",
    "draft": "listing.md",
    "design": "design.svg",
    "validate": "review.yaml",
    "polish": "listing.md",
    "revalidate": "recheck.yaml",
}
READ = {"research": "sources/sales.csv", "polish": "review.yaml", "revalidate": "design.svg"}

Event = Callable[[World, str], object]
EVENTS: dict[str, Event] = {
    "advance": lambda world, step: world.advance(),
    "edit input": lambda world, step: world.edit(READ.get(step, "brief.md"), "findings: []\n"),
    "edit output": lambda world, step: world.edit(WORKED.get(step, "design.png"), "findings: []\n", ADA),
    "edit output badly": lambda world, step: world.edit(WORKED.get(step, "design.png"), "# [fails: x]\nfindings: []\n"),
    "delete input": lambda world, step: world.delete(READ.get(step, "brief.md")),
    "delete output": lambda world, step: world.delete(WORKED.get(step, "design.png")),
    "change params": lambda world, step: world.set_params(review="person", tone="warm"),
    "rerun": lambda world, step: world.say("rerun", step),
    "keep": lambda world, step: world.say("keep", step),
    "retry": lambda world, step: world.say("retry", step),
    "reject": lambda world, step: world.say("reject"),
    "reopen": lambda world, step: world.say("reopen"),
    "cancel": lambda world, step: world.say("cancel"),
    "restore": lambda world, step: world.say("restore"),
    "merge": lambda world, step: world.merge() if world.reviews else None,
    "merge with edits": lambda world, step: world.merge(edits={"listing.md": "mine\n"}) if world.reviews else None,
    "delete the review": lambda world, step: world.delete_review(),
    "reset": lambda world, step: world.reset(max(0, len(world.history) - 3)),
    "sleep": lambda world, step: world.sleep(60),
}  # fmt: skip


def happen(walk: Walk, event: str, step: str) -> None:
    with suppress(RefusedError):
        EVENTS[event](walk.world, step)


def arrived(step: str, move: str) -> Walk:
    """Return a walk whose step has just made that move."""
    walk = Walk(STOCK)
    while not (isinstance(action := walk.world.decide(), Run) and action.step == step):
        walk.world.advance()
    walk.world.advance(lambda run: move)
    return walk


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("step", WORKED)
def test_whatever_came_of_an_attempt_whatever_happens_next(step: str, move: str) -> None:
    for event in EVENTS:
        walk = arrived(step, move)
        happen(walk, event, step)
        assert (event, walk.end()) == (event, [])


@pytest.mark.parametrize("publishing", ["sent", "lost", "cut", "refused", "unclear"])
def test_whatever_came_of_a_publish_whatever_happens_next(publishing: str) -> None:
    for event in EVENTS:
        walk = Walk(STOCK)
        walk.world.run()
        walk.world.merge()
        walk.world.advance()
        walk.world.publishing = publishing
        walk.world.advance()
        happen(walk, event, "publish")
        assert (event, walk.end()) == (event, [])


@pytest.mark.parametrize("answer", ["merge", "merge with edits", "reject", "delete the review", "cancel", "advance"])
def test_whatever_the_answer_whatever_happens_next(answer: str) -> None:
    for event in EVENTS:
        walk = Walk(STOCK)
        walk.world.run()
        happen(walk, answer, "approve")
        walk.world.advance()
        happen(walk, event, "approve")
        assert (event, walk.end()) == (event, [])


@pytest.mark.parametrize("first", EVENTS)
def test_two_events_at_once_in_a_job_that_is_done(first: str) -> None:
    for second in EVENTS:
        walk = Walk(STOCK)
        walk.world.run()
        walk.world.merge()
        walk.world.run()
        happen(walk, first, "draft")
        happen(walk, second, "polish")
        assert (second, walk.end()) == (second, [])


@pytest.mark.parametrize("outcome", Outcome)
def test_any_valid_state_is_decided_on(outcome: Outcome) -> None:
    """State.yaml may be edited by hand, and pipelines change under it."""
    world = World()
    world.run()
    steps = {name: known.model_copy(update={"outcome": outcome}) for name, known in world.state.steps.items()}
    world.adopt(world.state.model_copy(update={"steps": steps}))
    world.run()
    assert broken(world) == []
