"""The order of a pipeline's steps: what stands before what. Pure; a need that names no step is passed over."""

from collections.abc import Mapping

from orchestrator.model.pipeline import Pipeline


def before(pipeline: Pipeline) -> Mapping[str, frozenset[str]]:
    """Return, for each step, all that stands before it, transitively. In a cycle a step stands before itself."""
    needs = _needs(pipeline)
    return {name: _reach(name, needs) for name in needs}


def sequence(pipeline: Pipeline) -> tuple[str, ...]:
    """Return the steps so that each follows its needs, else as they stand. Raises ValueError where there is a cycle."""
    left = _needs(pipeline)
    placed: list[str] = []
    while left:
        ready = next((name for name, needs in left.items() if needs.isdisjoint(left)), None)
        if ready is None:
            raise ValueError(f"the steps {', '.join(left)} wait for one another")
        placed.append(ready)
        del left[ready]
    return tuple(placed)


def cycle(pipeline: Pipeline) -> tuple[str, ...] | None:
    """Return steps that wait for one another, each needing the next, the last the first; None where there are none."""
    left = _needs(pipeline)
    while ready := [name for name, needs in left.items() if needs.isdisjoint(left)]:
        for name in ready:
            del left[name]
    return _walk_round(left) if left else None


def _needs(pipeline: Pipeline) -> dict[str, frozenset[str]]:
    return {name: frozenset(pipeline.needs(name)) & pipeline.steps.keys() for name in pipeline.steps}


def _reach(name: str, needs: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    todo = set(needs[name])
    while todo:
        found |= todo
        todo = set().union(*(needs[step] for step in todo)) - found
    return frozenset(found)


def _walk_round(left: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    # Every step that is left needs another one that is left, so that a walk along the needs comes back on itself.
    step = next(iter(left))
    walked: list[str] = []
    while step not in walked:
        walked.append(step)
        step = next(need for need in left if need in left[step])
    return tuple(walked[walked.index(step) :])
