"""Weigh a call before it is paid: its prompt is rendered and measured, the spend read, and the route chosen by that.

Most advances pay for nothing, and read and render nothing here.
"""

from dataclasses import replace

from orchestrator.engine.gather import Gathered
from orchestrator.engine.requests import request_of, shown_to, too_large
from orchestrator.engine.spending import accepted, spending
from orchestrator.engine.world import World
from orchestrator.machine import decide
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Run
from orchestrator.model.snapshot import Weight
from orchestrator.routing import lower


def decided(world: World, gathered: Gathered) -> tuple[Gathered, Action]:
    """Return the one next action, its route chosen by what the call may cost, and the snapshot that it was chosen by.

    Raises DocumentError where the prompt of a step that costs money cannot be rendered.
    """
    now = world.clock()
    action = decide(gathered.snapshot, now)
    if not isinstance(action, Run) or action.is_weighed:
        return gathered, action
    weighed = _weighed(world, gathered, action)
    return weighed, decide(weighed.snapshot, now)


def _weighed(world: World, gathered: Gathered, action: Run) -> Gathered:
    snapshot = gathered.snapshot
    budget = lower(snapshot.settings.budget, snapshot.job_file.budget)
    spent = spending(world, snapshot.job, action.step, budget, world.clock())
    weight = Weight(action.step, _tokens(world, gathered, action), spent)
    rates = accepted(world, action.step) if snapshot.settings.routing.by == "accepted" else {}
    return replace(gathered, snapshot=replace(snapshot, weight=weight, accepted=rates))


def _tokens(world: World, gathered: Gathered, action: Run) -> int:
    agent = gathered.snapshot.definitions[action.step].agent
    shown = shown_to(View(gathered.snapshot), action)
    if agent is None or too_large(world, shown) is not None:
        return 0  # nothing is asked of anybody: the attempt says so
    return request_of(world, gathered, action, agent, shown).tokens
