"""What stands between a step and its agent: the choice among many models, and the sandbox of a program."""

import os
from collections.abc import Iterator

from bench_pairs import Side, in_turn, seconds, spread
from bench_rows import Row
from bench_workspace import BenchError

from orchestrator.model.agent import Agent
from orchestrator.model.outside import ScratchCall
from orchestrator.model.settings import Budget, Model, Price, Tier
from orchestrator.outside.limits import Limits
from orchestrator.outside.scratch import NONE, Sandbox, run_in_scratch, sandboxes
from orchestrator.routing import Purse, choose

MODELS = 200
MOST_ROUTING_MS = 5
MOST_START_MS = 50


def agent_rows(rounds: int) -> Iterator[Row]:
    """Yield what a choice costs, and what each sandbox costs that works here."""
    yield _routing(rounds)
    yield from _sandboxes(rounds)


def _routing(rounds: int) -> Row:
    """Each round asks with another prompt."""
    agent, purse = Agent(name="writer", model="standard"), Purse(Budget(call=0.5, step=1, job=2, day=20), 0.1)
    models = tuple(_model(number) for number in range(MODELS))

    def once(number: int) -> float:
        return seconds(lambda: choose(agent, models, purse, tokens_in=5_000 + number))

    found = in_turn({"choose": once}, 10 * rounds)
    note = "seven providers, three tiers, one in nine without a price; every refused one with its reason"
    return Row(
        "routing",
        f"choosing among {MODELS} models",
        "ms",
        spread(found["choose"]).scaled(1000),
        MOST_ROUTING_MS,
        note=note,
    )


def _model(number: int) -> Model:
    return Model(
        name=f"p{number % 7}:m{number}",
        tier=list(Tier)[number % 3],
        context=8_000 * (1 + number % 20),
        capabilities=("vision",) if number % 2 else (),
        price=Price(input=number % 11, output=number % 17) if number % 9 else None,
    )


def _sandboxes(rounds: int) -> Iterator[Row]:
    path = os.defpath
    ways = {each.kind: each for each in sandboxes(path)}
    if not ways:
        raise BenchError("no sandbox works here: orchestrator doctor says what to install")
    none = Sandbox(NONE, is_apart=False)
    found = in_turn({kind: _started(way, path) for kind, way in {**ways, NONE: none}.items()}, rounds)
    for kind in ways:
        took = [held - bare for held, bare in zip(found[kind], found[NONE], strict=True)]
        note = (
            f"a program that does nothing, its scratch checkout with it: {1000 * spread(found[kind]).median:.1f} ms, "
            f"without a sandbox {1000 * spread(found[NONE]).median:.1f} ms; this is the difference"
        )
        title = f"the sandbox of a command agent: {kind}"
        yield Row(f"sandbox-{kind}", title, "ms", spread(took).scaled(1000), MOST_START_MS, note=note)


def _started(way: Sandbox, path: str) -> Side:
    """Return a side that runs a program that does nothing, in one sandbox. It raises BenchError where that fails."""

    def once(number: int) -> float:
        call = ScratchCall(("true",), {"brief.md": f"{number}\n".encode()})
        ends: list[int | None] = []

        def run() -> None:
            ends.append(run_in_scratch(call, path, Limits(10), required=False, among=(way,)).status)

        took = seconds(run)
        if ends != [0]:
            raise BenchError(f"a program in {way.kind} ended with {ends}")
        return took

    return once
