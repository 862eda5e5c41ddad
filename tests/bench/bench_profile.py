"""Where the time goes in one row: the functions and the imports that cost most. For whoever wants a figure lower."""

import cProfile
import io
import pstats
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench_child import PROGRAM, PYTHON, Place
from bench_workspace import STEPS, Shop

from orchestrator.engine.advance import advance

JOBS = 12
_ROWS = 30


def of_step(made: Shop) -> Iterator[str]:
    """Yield the profile of a warm process that advances whole jobs."""
    with made.opened() as maker:
        names = [made.job(maker, f"profiled{number}") for number in range(JOBS)]
    profile = cProfile.Profile()
    with made.opened() as world:
        for name in names:
            profile.enable()
            for _ in range(STEPS):
                advance(world, name)
            profile.disable()
    yield f"a step, {JOBS * STEPS} of them in one process; the profiler itself makes Python dearer, and waiting not"
    yield from _printed(profile)


def of_functions(place: Place, folder: Path, *args: str) -> Iterator[str]:
    """Yield the functions of a whole process."""
    found = folder / "profile"
    place.output(PYTHON, "-m", "cProfile", "-o", str(found), PROGRAM, *args)
    yield from _printed(str(found))


def of_imports(place: Place, *args: str) -> Iterator[str]:
    """Yield the imports of a whole process."""
    yield from _imports(place.imported(PROGRAM, *args))


def _imports(found: Sequence[tuple[str, int]]) -> Iterator[str]:
    yield f"imports: {len(found)} modules, {sum(own for _, own in found) / 1000:.1f} ms; by package, then by module"
    packages: Counter[str] = Counter()
    for name, own in found:
        packages[name.split(".")[0]] += own
    yield from (f"  {own / 1000:7.1f} ms  {name}" for name, own in packages.most_common(_ROWS // 2))
    yield ""
    slowest = sorted(found, key=lambda pair: -pair[1])[:_ROWS]
    yield from (f"  {own / 1000:7.1f} ms  {name}" for name, own in slowest)


def _printed(profile: "cProfile.Profile | str") -> Iterator[str]:
    """Yield the functions, by their own time and by that with what they call."""
    for order in ("tottime", "cumulative"):
        text = io.StringIO()
        pstats.Stats(profile, stream=text).strip_dirs().sort_stats(order).print_stats(_ROWS)
        yield from (line for line in text.getvalue().split("\n") if line.strip())
        yield ""
