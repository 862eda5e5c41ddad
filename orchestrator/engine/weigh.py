"""Weigh a call before it is paid: its prompt is rendered and measured, the spend read, and the route chosen by that.

Most advances pay for nothing, and read and render nothing here.
"""

from contextlib import nullcontext
from dataclasses import replace

from orchestrator.engine import effects
from orchestrator.engine.gather import Gathered
from orchestrator.engine.requests import request_of, shown_to, too_large
from orchestrator.engine.spending import accepted, spending
from orchestrator.engine.world import World
from orchestrator.errors import LostRace
from orchestrator.machine import decide
from orchestrator.machine.routes import purse
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Run
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.snapshot import Snapshot, Spending, Weight
from orchestrator.routing import BUILTIN, lower
from orchestrator.routing.worst import can_cost

_AGAIN = "run the same command again"


def decided(world: World, gathered: Gathered) -> tuple[Gathered, Action]:
    """Return the one next action, its route chosen by what the call may cost, and the snapshot that it was chosen by.

    Raises DocumentError where the prompt of a step that costs money cannot be rendered.
    """
    now = world.clock()
    action = decide(gathered.snapshot, now)
    if not isinstance(action, Run) or action.is_weighed:
        return gathered, action
    snapshot = weighed(world, gathered.snapshot, action.step, _tokens(world, gathered, action))
    return replace(gathered, snapshot=snapshot), decide(snapshot, now)


def weighed(world: World, snapshot: Snapshot, step: str, tokens: int) -> Snapshot:
    """Return the snapshot with all that a choice among models asks for. `tokens`: the most of the step's prompt."""
    rates = accepted(world, step) if snapshot.settings.routing.by == "accepted" else {}
    return replace(snapshot, weight=Weight(step, tokens, _spent(world, snapshot, step)), accepted=rates)


def reserve(world: World, gathered: Gathered, action: Run, agent: Agent) -> str | None:
    """Take the claim on the most that the call may cost; None for a call that costs nothing.

    Jobs that run beside this one may have reserved since the route was chosen, and the job may have moved. Raises
    LostRace where they have: then everything is read and decided again.
    """
    snapshot = gathered.snapshot
    if not _may_cost(snapshot, action, agent):
        return None
    _warn_of_limits(world, snapshot, action.step)
    is_shared = _is_shared(snapshot)
    with world.ledger.till() if is_shared else nullcontext():
        if world.ledger.tip(snapshot.job) != gathered.tip:
            raise LostRace(f"{snapshot.job} has moved while its call waited", hint=_AGAIN)
        if is_shared:
            _refuse_what_is_spent(world, snapshot, action)
        return effects.take_claim(world, snapshot.job, gathered.tip, action, agent)


def _refuse_what_is_spent(world: World, snapshot: Snapshot, action: Run) -> None:
    weight = Weight(action.step, 0, _spent(world, snapshot, action.step))
    why = purse(View(replace(snapshot, weight=weight)), action.step).refusal(action.route.reserved_usd)
    if why is not None:
        raise LostRace(f"another job has reserved meanwhile: the call {why}", hint=_AGAIN)


def _may_cost(snapshot: Snapshot, action: Run, agent: Agent) -> bool:
    """Say whether the call may cost money, also where nobody knows how much and nothing is limited."""
    if agent.extras.backend is BackendKind.COMMAND:
        command = snapshot.settings.commands.get(agent.extras.command or "")
        return command is not None and can_cost(command)
    return agent.extras.backend is BackendKind.MODEL and action.route.model != BUILTIN


def _warn_of_limits(world: World, snapshot: Snapshot, step: str) -> None:
    """Tell, once a job and limit, of what is nearly spent."""
    for limit in purse(View(snapshot), step).limits:
        if limit.is_near and world.memory.is_first(("near", snapshot.job, limit.name)):
            world.watcher.warned(f"{snapshot.job}: {limit}")


def _is_shared(snapshot: Snapshot) -> bool:
    """Say whether a limit is set that other jobs use up too."""
    return snapshot.settings.budget.day is not None or snapshot.settings.budget.workspace is not None


def _spent(world: World, snapshot: Snapshot, step: str) -> Spending:
    budget = lower(snapshot.settings.budget, snapshot.job_file.budget)
    return spending(world, snapshot.job, step, budget, world.clock())


def _tokens(world: World, gathered: Gathered, action: Run) -> int:
    agent = gathered.snapshot.definitions[action.step].agent
    shown = shown_to(View(gathered.snapshot), action)
    if agent is None or too_large(world, shown) is not None:
        return 0  # nothing is asked of anybody: the attempt says so
    return request_of(world, gathered, action, agent, shown).tokens
