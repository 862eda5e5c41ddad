"""What may still be spent: limits, what counts towards each, and why a call must not be made. It reads no ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestrator.model.settings import Budget

WARN_AT = 0.8
_ROUNDING = 1e-9
"""USD. Sums of binary fractions miss the decimal figure by less."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit, USD: what is spent of it, and what calls of other jobs that are under way may cost."""

    name: str
    usd: float
    spent: float = 0.0
    reserved: float = 0.0

    @property
    def left(self) -> float:
        """Return what may still be spent, never less than 0."""
        left = self.usd - self.spent - self.reserved
        return left if left > _ROUNDING else 0.0

    @property
    def is_near(self) -> bool:
        """Say whether so much of it is spent or reserved that people should know."""
        return self.usd > 0 and self.spent + self.reserved >= WARN_AT * self.usd - _ROUNDING

    def refuses(self, cost: float) -> bool:
        """Say whether a call that may cost so much would pass it."""
        return self.spent + self.reserved + cost > self.usd + _ROUNDING

    def __str__(self) -> str:
        held = f" and ${self.reserved:.4f} reserved by other jobs" if self.reserved else ""
        return f"${self.spent:.4f} of the {self.name}'s ${self.usd:.4f} is spent{held}"


@dataclass(frozen=True, slots=True)
class Purse:
    """What may still be spent, in USD, by the budget's limits; None in the budget: no limit."""

    budget: Budget
    spent: float
    """By the job, ever."""
    step_spent: float = 0.0
    """By the step that is to be called, ever."""
    day_spent: float = 0.0
    """By all jobs in the UTC day."""
    workspace_spent: float = 0.0
    """By all jobs, ever."""
    reserved: float = 0.0
    """What the calls of other jobs that are under way may cost; it counts towards the day and the workspace."""

    limits: tuple[Limit, ...] = field(init=False, compare=False, repr=False)
    """Those that are set, the narrowest first."""

    def __post_init__(self) -> None:
        # A purse is asked once for each of hundreds of models.
        object.__setattr__(self, "limits", tuple(self._set()))

    def _set(self) -> Iterator[Limit]:
        budget = self.budget
        if budget.call is not None:
            yield Limit("call", budget.call)
        if budget.step is not None:
            yield Limit("step", budget.step, self.step_spent)
        if budget.job is not None:
            yield Limit("job", budget.job, self.spent)
        if budget.day is not None:
            yield Limit("day", budget.day, self.day_spent, self.reserved)
        if budget.workspace is not None:
            yield Limit("workspace", budget.workspace, self.workspace_spent, self.reserved)

    def most(self) -> float:
        """Return the most that a call may cost, the least that any limit leaves: 0 where nothing is limited."""
        return min((limit.left for limit in self.limits), default=0.0)

    def refusal(self, cost: float) -> str | None:
        """Return why a call that may cost `cost` must not be made, or None."""
        for limit in self.limits:
            if limit.refuses(cost):
                if limit.name == "call":
                    return f"may cost ${cost:.4f}, over the budget of ${limit.usd:.4f} a call"
                return f"may cost ${cost:.4f}, and {limit}"
        return None

    def unknown(self) -> float:
        """Return what is reserved for a call whose cost nobody knows: what a call may cost, else all that is left."""
        return self.most() if self.budget.call is None else self.budget.call

    def used_up(self) -> str | None:
        """Return which limit leaves too little for a call whose cost nobody knows, so that it must not be made."""
        if self.budget.call and (why := self.refusal(self.budget.call)):
            return why
        for limit in self.limits:
            if not limit.left:
                said = "a call may cost nothing" if limit.name == "call" else str(limit)
                return f"may cost nobody knows what, and {said}"
        return None

    def warnings(self) -> tuple[str, ...]:
        """Return a line for each limit of which 80 % or more is spent or reserved."""
        return tuple(
            f"{limit}: {(limit.spent + limit.reserved) / limit.usd:.0%}" for limit in self.limits if limit.is_near
        )


def lower(granted: Budget, own: Budget) -> Budget:
    """Return the base's budget lowered by the job's own, limit by limit. A job cannot raise what it is granted."""

    def least(a: float | None, b: float | None) -> float | None:
        said = [value for value in (a, b) if value is not None]
        return min(said) if said else None

    return Budget(**{name: least(getattr(granted, name), getattr(own, name)) for name in Budget.model_fields})
