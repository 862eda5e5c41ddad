"""How the bench times: several sides in turn, round by round, and ratios taken round by round.

A ratio within one round is worth more than two medians of two afternoons: both sides met the same machine. It prints
nothing, and judges nothing.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Side = Callable[[int], float]
"""One run of a side, given the round's number: seconds of what counts, set-up left out."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Several measurements of one thing: the median, and the quartiles around it."""

    median: float
    low: float
    high: float

    def scaled(self, factor: float) -> "Spread":
        """Return it in another unit."""
        return Spread(self.median * factor, self.low * factor, self.high * factor)


def spread(samples: Sequence[float]) -> Spread:
    """Return median and quartiles; of a single sample, that one thrice. Raises ValueError where there is none."""
    if not samples:
        raise ValueError("nothing was measured")
    if len(samples) == 1:
        return Spread(samples[0], samples[0], samples[0])
    low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
    return Spread(statistics.median(samples), low, high)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Return the spread of ours ÷ theirs, taken round by round."""
    return spread([a / b for a, b in zip(ours, theirs, strict=True)])


def in_turn(sides: Mapping[str, Side], rounds: int, *, warm_up: int = 1) -> dict[str, list[float]]:
    """Return side → seconds of each round. The order turns round from one to the next; the first rounds warm up."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(warm_up + rounds):
        names = list(sides) if number % 2 else list(sides)[::-1]
        for name in names:
            took = sides[name](number)
            if number >= warm_up:
                found[name].append(took)
    return found


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
