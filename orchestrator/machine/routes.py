"""The route of an attempt: what routing is told of the job, so that it chooses within budget and around outages."""

from dataclasses import dataclass, replace

from orchestrator import routing
from orchestrator.machine.view import DATA_SUFFIXES, View
from orchestrator.model.action import Route
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.patterns import is_literal
from orchestrator.model.settings import Budget, Model, Tier
from orchestrator.model.state import StepRecord

_TIERS = list(Tier)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A route, or why there is none. `is_weighed`: the prompt was measured, or measuring it would tell nothing."""

    route: Route | routing.NoRoute
    is_weighed: bool


def chosen(view: View, step: str, agent: Agent, now: int, former: StepRecord | None = None) -> Chosen:
    """Return the route of the step's next attempt; `former` is the record that it goes on from."""
    models = _promoted(view, former) if former and former.promoted else view.snapshot.settings.models
    return _chosen(view, step, agent, now, former, models)


def stronger(view: View, step: str, agent: Agent, now: int, former: StepRecord) -> Chosen:
    """Return the route to the next stronger model than the one that failed."""
    return _chosen(view, step, agent, now, former, view.snapshot.settings.models, former.model)


def without_others(view: View) -> View:
    """Return the view with nothing reserved by calls that may still end, and with no provider out for other jobs."""
    snapshot = view.snapshot
    weight = snapshot.weight
    if weight is not None and weight.spending.live:
        left = max(weight.spending.reserved - weight.spending.live, 0.0)
        weight = replace(weight, spending=replace(weight.spending, reserved=left))
    return View(replace(snapshot, weight=weight, out={}))


def has_stronger(view: View, step: str, agent: Agent, than: str) -> bool:
    """Say whether a stronger model could do the step, money and outages apart: so the ladder knows its rungs."""
    models, barred = view.snapshot.settings.models, view.barred(step)
    weight = view.snapshot.weight
    found = routing.choose(
        agent,
        models,
        routing.Purse(Budget(), 0.0),
        stronger_than=than,
        tokens_in=weight.tokens if weight and weight.step == step else 0,
        barred=barred,
    )
    return isinstance(found, Route)


def _chosen(
    view: View,
    step: str,
    agent: Agent,
    now: int,
    former: StepRecord | None,
    models: tuple[Model, ...],
    than: str | None = None,
) -> Chosen:
    snapshot, down = view.snapshot, _down(view, former)
    program = str(agent.extras.backend)
    if agent.extras.backend is not BackendKind.MODEL and down.get(program) == routing.UNTIL_RETRY:
        return Chosen(routing.NoRoute(f"{program} refused it", (), is_budget=False), is_weighed=True)
    weight = snapshot.weight if snapshot.weight and snapshot.weight.step == step else None
    is_weighed = weight is not None or not _may_cost(agent, models)
    route = routing.choose(
        agent,
        models,
        purse(view, step) if is_weighed else routing.Purse(Budget(), 0.0),
        stronger_than=than,
        tokens_in=weight.tokens if weight else 0,
        down=down,
        barred=view.barred(step),
        accepted=snapshot.accepted,
        now=now,
        command=snapshot.settings.commands.get(agent.extras.command or ""),
        calls=2 if _may_be_corrected(view, step) else 1,
    )
    return Chosen(route, is_weighed)


def _may_be_corrected(view: View, step: str) -> bool:
    """Say whether the answer has a form that a model may miss, so that it is asked once more to keep to it."""
    writes = view.step(step).writes
    return len(writes) > 1 or any(not is_literal(path) or path.endswith(DATA_SUFFIXES) for path in writes)


def _may_cost(agent: Agent, models: tuple[Model, ...]) -> bool:
    match agent.extras.backend:
        case BackendKind.MODEL:
            return any(model.name != routing.BUILTIN for model in models)
        case BackendKind.COMMAND | BackendKind.PYTHON:
            return True
        case BackendKind.BUILTIN | BackendKind.PERSON:
            return False


def _down(view: View, former: StepRecord | None) -> dict[str, int]:
    """Return model → Unix time until which it is not asked: by the attempt before, and by what other jobs met."""
    out = view.snapshot.out
    of_all = {m.name: out[m.provider] for m in view.snapshot.settings.models if m.provider in out}
    own = dict(former.down) if former else {}
    return {**of_all, **{name: max(until, of_all.get(name, 0)) if until else 0 for name, until in own.items()}}


def _promoted(view: View, former: StepRecord) -> tuple[Model, ...]:
    """Return the models that a promoted step stays with: its own; where that is out, those that are as strong."""
    models = view.snapshot.settings.models
    own = next((model for model in models if model.name == former.model), None)
    if own is None:
        return models
    if own.name not in former.down and own.provider not in view.snapshot.out:
        return (own,)
    return tuple(model for model in models if _TIERS.index(model.tier) >= _TIERS.index(own.tier))


def purse(view: View, step: str) -> routing.Purse:
    """Return what may still be spent, counting the spend on tips that the job was rewound from."""
    snapshot = view.snapshot
    budget = routing.lower(snapshot.settings.budget, snapshot.job_file.budget)
    spent = snapshot.state.spend_usd + snapshot.archived_spend
    weight = snapshot.weight
    if weight is None or weight.step != step:
        return routing.Purse(budget, spent)
    told = weight.spending
    return routing.Purse(
        budget,
        spent if told.job is None else told.job,
        step_spent=told.step,
        day_spent=told.day,
        workspace_spent=told.workspace,
        reserved=told.reserved,
    )
