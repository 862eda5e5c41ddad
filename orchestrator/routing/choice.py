"""The choice among the models: each is fit or refused with its reason, and the cheapest that is fit is taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec

from orchestrator.model.action import Refused, Route
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.settings import Command, Model, Tier
from orchestrator.routing.purse import Purse
from orchestrator.routing.worst import BUILTIN, can_cost, most_output, one_attempt, one_call, worst_case

UNTIL_RETRY = 0
"""In place of a time: until a person says retry."""
_TIERS = list(Tier)
_LEAST_RATE = 0.01

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No model may play the step. `is_budget`: one could, but for the money."""

    reason: str
    refused: tuple[Refused, ...]
    is_budget: bool
    until: int | None = None
    """Unix time at which the first of those comes back that could, but are down; None where no time helps."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is looked for, and what is known of the models just now."""

    agent: Agent
    models: Sequence[Model]
    purse: Purse
    stronger_than: str | None = field(default=None, kw_only=True)
    """Only a model of a higher tier than this one."""
    tokens_in: int | None = field(default=None, kw_only=True)
    """The most tokens of the prompt; None: as many as fit the window."""
    calls: int = field(default=1, kw_only=True)
    """How often an attempt asks at most, tools apart: 2 where an answer of the wrong form is sent back once."""
    down: Mapping[str, int] = field(default_factory=dict, kw_only=True)
    """Model → Unix time until which it is not asked (0: until a person says retry)."""
    barred: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    """Model → why it may not."""
    accepted: Mapping[str, float] = field(default_factory=dict, kw_only=True)
    """Model → the share of this step's attempts that passed; one of which nothing is known passes always."""
    now: int = field(default=0, kw_only=True)
    """Unix time."""
    command: Command | None = field(default=None, kw_only=True)
    """What the settings let a command agent run."""

    floor: int = field(init=False)
    """The least tier that will do, as its place in the order of tiers."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "floor", _floor(self.agent, self.models, self.stronger_than))


def _asked_with(
    fields: Callable[P, Asked],
) -> Callable[[Callable[[Asked], Route | NoRoute]], Callable[P, Route | NoRoute]]:
    """Have a function on what is asked be called with its fields."""

    def called(choice: Callable[[Asked], Route | NoRoute]) -> Callable[P, Route | NoRoute]:
        @wraps(choice)
        def with_fields(*args: P.args, **kwargs: P.kwargs) -> Route | NoRoute:
            return choice(fields(*args, **kwargs))

        return with_fields

    return called


@_asked_with(Asked)
def choose(asked: Asked) -> Route | NoRoute:
    """Return the cheapest model that is strong enough, has the capabilities, holds the prompt and fits the budget.

    It is called with the fields of `Asked`. Where rates are known, the cheapest is the one of the least worst case for
    an accepted output. Ties go by rate, tier and name.
    """
    if asked.agent.extras.backend is not BackendKind.MODEL:
        return _program(asked.agent, asked.purse, asked.command)
    candidates = sorted((_candidate(asked, model) for model in asked.models), key=lambda candidate: candidate.order)
    best = next((candidate for candidate in candidates if candidate.is_fit), None)
    if best is not None:
        return _route(asked, best, candidates)
    spare = _last_resort(asked)
    if spare is not None and not any(candidate.dear for candidate in candidates):
        return Route(spare.name, "no other model is there, and the builtin agent can")
    return _no_route(candidates)


def _program(agent: Agent, purse: Purse, command: Command | None) -> Route | NoRoute:
    """What is no model has no price list: a program that may cost money may cost all that a call may."""
    name = str(agent.extras.backend)
    reason = f"{agent.name} says backend: {name}"
    if agent.extras.backend is not BackendKind.COMMAND or command is None or not can_cost(command):
        return Route(name, reason)
    dear = purse.used_up()
    if dear is not None:
        return NoRoute(f"{agent.extras.command} {dear}", (Refused(name, dear),), is_budget=True)
    return Route(name, reason, purse.unknown())


# --- one candidate ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A model, what is reserved for it, and what stands against it: unfitness, money, or only that it is down."""

    model: Model
    reserved: float
    worst: float
    """What is reserved, had the purse no end; the same where nobody knows the price."""
    is_known: bool
    rate: float
    unfit: str | None
    dear: str | None
    until: int | None

    @property
    def expected(self) -> float:
        """USD for an accepted output, at worst."""
        return self.worst / self.rate

    @property
    def order(self) -> tuple[bool, float, float, int, str]:
        """One whose price nobody knows comes after those whose price is known."""
        return not self.is_known, self.expected, -self.rate, _TIERS.index(self.model.tier), self.model.name

    @property
    def is_fit(self) -> bool:
        return self.unfit is None and self.dear is None and self.until is None

    @property
    def is_merely_down(self) -> bool:
        return self.unfit is None and self.dear is None and self.until is not None

    @property
    def refusal(self) -> str | None:
        return self.unfit or self.dear or (f"is down until {instant(self.until)}" if self.until else None)


def _candidate(asked: Asked, model: Model) -> _Candidate:
    held = worst_case(model, asked.agent, asked.purse, asked.tokens_in, asked.calls)
    whole = one_attempt(model, asked.agent, asked.tokens_in, asked.calls)
    until, unfit = asked.down.get(model.name), _unfit(asked, model)
    return _Candidate(
        model,
        held,
        held if whole is None else whole,
        whole is not None,
        min(max(asked.accepted.get(model.name, 1.0), _LEAST_RATE), 1.0),
        unfit,
        _dear(asked, model) if unfit is None else None,
        until if until and until > asked.now else None,
    )


def _dear(asked: Asked, model: Model) -> str | None:
    """Return why there is no money for a call; what is free needs none."""
    once = one_call(model, asked.agent, asked.tokens_in)
    if once is None:
        return asked.purse.used_up()
    return asked.purse.refusal(once) if once else None


def _unfit(asked: Asked, model: Model) -> str | None:
    agent = asked.agent
    if model.name == BUILTIN and agent.extras.builtin is None:
        return f"has no builtin agent for {agent.name}"
    if _is_named(agent) and agent.model != model.name:
        return f"is not {agent.model}, which {agent.name} names"
    if _TIERS.index(model.tier) < asked.floor:
        return f"is too weak: {model.tier}"
    lacking = [c for c in agent.extras.capabilities if c not in model.capabilities]
    if lacking and model.name != BUILTIN:
        return f"lacks {', '.join(lacking)}"
    return _kept_off(asked, model) or _too_small(asked, model)


def _kept_off(asked: Asked, model: Model) -> str | None:
    """Return why a model that can may not, or None."""
    if model.name in asked.barred:
        return asked.barred[model.name]
    return "is down until a person says retry" if asked.down.get(model.name) == UNTIL_RETRY else None


def _too_small(asked: Asked, model: Model) -> str | None:
    if asked.tokens_in is None or model.context is None:
        return None
    answer = most_output(model, asked.agent)
    room = max(model.context - answer, 0)
    if asked.tokens_in <= room:
        return None
    return f"has room for {room:,} tokens beside an answer of {answer:,}, and the prompt may have {asked.tokens_in:,}"


def _is_named(agent: Agent) -> bool:
    return agent.model not in _TIERS and agent.model != "inherit"


def _floor(agent: Agent, models: Sequence[Model], stronger_than: str | None) -> int:
    """Return the least tier that will do, as its place in the order of tiers."""
    wanted = _TIERS.index(Tier(agent.model)) if agent.model in _TIERS else 0
    if stronger_than is None:
        return wanted
    former = [_TIERS.index(m.tier) for m in models if m.name == stronger_than]
    return max(wanted, former[0] + 1 if former else len(_TIERS))


def _last_resort(asked: Asked) -> Model | None:
    """A fresh workspace has the builtin model alone; then it plays every role that has a builtin agent."""
    if asked.stronger_than is not None or asked.agent.extras.builtin is None or len(asked.models) != 1:
        return None
    (only,) = asked.models
    return only if only.name == BUILTIN and _kept_off(asked, only) is None else None


# --- the answer ------------------------------------------------------------------------------------------------------


def _route(asked: Asked, best: _Candidate, candidates: list[_Candidate]) -> Route:
    others = [candidate for candidate in candidates if candidate is not best]
    refused = tuple(Refused(c.model.name, c.refusal or _dearer(c, best)) for c in others)
    before = candidates[: candidates.index(best)]
    notes = [f"{c.model.name} {c.refusal}" for c in before if c.is_merely_down]
    return Route(best.model.name, "; ".join([_reason(asked, best), *notes]), best.reserved, refused)


def _reason(asked: Asked, best: _Candidate) -> str:
    model = best.model
    if asked.stronger_than is not None:
        return f"the next stronger than {asked.stronger_than}"
    if model.name == asked.agent.model:
        return f"{asked.agent.name} names it"
    if asked.accepted:
        return f"the cheapest {model.tier} model that can, by what an accepted output costs"
    return f"the cheapest {model.tier} model that can"


def _dearer(other: _Candidate, best: _Candidate) -> str:
    """Return why a fit model comes after the chosen one."""
    if not other.is_known:
        return f"has no known price, and comes after {best.model.name}" if best.is_known else _after(best)
    if other.expected == best.expected:
        return _after(best)
    each = f" for an output that passes, as {other.rate:.0%} do" if other.rate < 1 else ""
    return f"may cost ${other.expected:.4f}{each}, more than {best.model.name}"


def _after(best: _Candidate) -> str:
    return f"may cost no less than {best.model.name}, and comes after it"


def _no_route(candidates: list[_Candidate]) -> NoRoute:
    refused = tuple(Refused(c.model.name, c.refusal or "") for c in candidates)
    reasons = "; ".join(f"{r.model} {r.reason}" for r in refused) or "the settings name no model"
    is_budget = any(c.dear for c in candidates)
    until = min((c.until for c in candidates if c.is_merely_down and c.until), default=None)
    return NoRoute(reasons, refused, is_budget, until)


def instant(when: int) -> str:
    """Return a Unix time as people read it: `2026-11-23 05:10 UTC`, a minute begun counting as whole."""
    minutes = -(-when // 60)
    year, month, day = _civil(minutes // 1_440)
    return f"{year:04}-{month:02}-{day:02} {minutes // 60 % 24:02}:{minutes % 60:02} UTC"


def _civil(days: int) -> tuple[int, int, int]:
    """Return year, month and day of a count of days since 1970-01-01 (H. Hinnant, "chrono-compatible algorithms")."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1
