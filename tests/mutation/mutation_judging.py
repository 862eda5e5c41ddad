"""Modules judged: their tests once as they are, then once for each mutant; and how many mutants the tests saw."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mutation_child import Run, run_tests
from mutation_runs import Asked, End, run_all
from mutation_sites import Mutation, mutated, mutations
from mutation_targets import Target

LIMIT = 20.0
_TIMES = 10.0
"""A mutant hangs that takes so many times what the tests take without one, and at least so many seconds."""

_PATIENCE = 300.0
"""Seconds for the tests without a mutation."""

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a module's mutants. `fault`: why it could not be judged, where it could not."""

    target: Target
    mutants: int = 0
    hung: int = 0
    survivors: tuple[Mutation, ...] = ()
    fault: str | None = None

    @property
    def seen(self) -> int:
        """Return how many mutants a test saw, those that hung among them."""
        return self.mutants - len(self.survivors)


def judged(targets: Sequence[Target], folder: Path, limit: float | None = None) -> Iterator[Judged]:
    """Yield what became of each module's mutants; `limit` in seconds for each, where it is not to be found by itself.

    Raises MutationError where the harness itself does not work.
    """
    ready = [target for target in targets if not _missing(target)]
    unmutated = {ran.key: ran for ran in run_all(_as_it_is(target, folder) for target in ready)}
    for target in targets:
        first = unmutated.get(target)
        if first is None:
            yield Judged(target, fault=f"there is no {_missing(target)}")
        elif first.end is not End.GREEN:
            yield Judged(target, fault=f"its tests are {first.end} without a mutation: {_reason(first.printed)}")
        else:
            yield _judged(target, limit or max(LIMIT, _TIMES * first.seconds), folder)


def _missing(target: Target) -> str:
    return ", ".join(path.name for path in (target.path, *target.tests) if not path.is_file())


def _as_it_is(target: Target, folder: Path) -> Asked[Target]:
    return _asked(target, target, None, folder / target.name, _PATIENCE)


def _judged(target: Target, limit: float, folder: Path) -> Judged:
    found = mutations(target.path.read_text())
    asked = (
        _asked(mutation, target, mutation, folder / f"{target.name}-{number}", limit)
        for number, mutation in enumerate(found, start=1)
    )
    ends = {ran.key: ran.end for ran in run_all(asked)}
    return Judged(
        target,
        mutants=len(found),
        hung=sum(end is End.HUNG for end in ends.values()),
        survivors=tuple(mutation for mutation in found if ends[mutation] is End.GREEN),
    )


def _asked(key: K, target: Target, mutation: Mutation | None, own: Path, limit: float) -> Asked[K]:
    source = target.path.read_text()
    # The unmutated source takes the same way: so it is the mutation that turns tests red, and not the way.
    tree = mutated(source, mutation) if mutation else ast.parse(source)
    run = Run(target.module, target.path, target.tests, tree, own)
    return Asked(key, lambda: run_tests(run), own.with_suffix(".txt"), limit)


def _reason(printed: Path) -> str:
    lines = [line for line in printed.read_text(errors="replace").split("\n") if line.strip()]
    failed = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return (failed or lines or ["nothing was printed"])[-1]
