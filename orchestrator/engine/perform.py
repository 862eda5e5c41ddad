"""Perform one action: invoke the agent, judge what is there, send, look up. What came of it is a value."""

from orchestrator.engine import effects
from orchestrator.engine.attempt import attempt
from orchestrator.engine.gather import Gathered
from orchestrator.engine.judgement import judge
from orchestrator.engine.world import Performed, World
from orchestrator.model.action import Action, Judge, Noted, Publish, Reconcile, Run


def perform(world: World, gathered: Gathered, action: Action) -> Performed:
    """Do what the action says. Raises OrchestratorError where the place itself is broken; an agent's fault is none."""
    match action:
        case Run():
            return attempt(world, gathered, action)
        case Judge():
            return judge(world, gathered, action)
        case Publish():
            return Performed(effects.publish(world, gathered.snapshot, action))
        case Reconcile():
            return Performed(effects.reconcile(world, gathered.snapshot, action))
        case _:
            return Performed(Noted())
