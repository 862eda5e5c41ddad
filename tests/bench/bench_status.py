"""`orchestrator status` of many jobs, as a command: with no cache, and with the cache that it left."""

import shutil
from collections import Counter

from bench_child import PROGRAM, Place
from bench_pairs import in_turn, ratio, seconds, spread
from bench_rows import Row, compared
from bench_workspace import BenchError, Shop

FULL = 10_000
TRAILERS = "%(refname:lstrip=3) %(trailers:key=Status,key=Waiting-For,valueonly,separator=%20)"
_MOST_SECONDS = 30
"""About how long one side is measured: fewer rounds where it is slow, but three."""

_NOTE = "git for-each-ref prints the two trailers of the same branches; the page cache is warm"


def status_rows(made: Shop, state: str, expected: Counter[str], rounds: int) -> list[Row]:
    """Return the four rows of one state: seconds, and beside git, cold and warm. Raises BenchError on a wrong count."""
    place = Place(made.folder, made.environ)
    took = seconds(lambda: _refuse_wrong(place, expected))
    found = in_turn(
        {
            "cold": lambda _: _cold(place),
            "warm": lambda _: place.seconds(PROGRAM, "status"),
            "git": lambda _: place.seconds("git", "for-each-ref", f"--format={TRAILERS}", "refs/heads/job/"),
        },
        max(min(3, rounds), min(rounds, int(_MOST_SECONDS / took))),
        warm_up=0,
    )
    jobs = sum(expected.values())
    return [row for side, goal in (("cold", 2.0), ("warm", 0.4)) for row in _rows(found, side, state, jobs, goal)]


def _rows(found: dict[str, list[float]], side: str, state: str, jobs: int, goal: float) -> list[Row]:
    ours, theirs = found[side], found["git"]
    key, title = f"status-{side}-{state}", f"status of {jobs:,} jobs, {side}, {state} refs and objects"
    # Seconds are promised of ten thousand jobs; of fewer, they say nothing.
    promised = goal if jobs == FULL else None
    return [
        Row(key, title, "s", spread(ours), promised, note=f"rounds: {len(ours)}"),
        compared(
            f"{key}-git", f"{title} ÷ git for-each-ref", spread(ours), spread(theirs), ratio(ours, theirs), note=_NOTE
        ),
    ]


def _cold(place: Place) -> float:
    """Time it without a cache; the one that it leaves serves the warm side."""
    shutil.rmtree(place.folder / ".git" / "orchestrator", ignore_errors=True)
    return place.seconds(PROGRAM, "status")


def _refuse_wrong(place: Place, expected: Counter[str]) -> None:
    """See that what is timed is a right status of every job. It leaves the cache that the warm side needs."""
    rows = place.output(PROGRAM, "status").splitlines()[1:]
    told = Counter(row.split()[1] for row in rows)
    if told != expected:
        raise BenchError(f"status counts {dict(told)}, and there are {dict(expected)}")
