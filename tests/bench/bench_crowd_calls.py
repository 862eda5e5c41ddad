"""Many jobs at once, each waiting for answers: how long all of them take beside the waiting alone, and the memory.

An answer takes half a second, by a backend that sleeps: no provider's library is loaded, no port is opened. What is
left is the orchestrator: processes, threads, claims, commits. Each round is begun by a process of its own, in a
workspace of its own; its processes are as many as `run -j` would begin here.

Ideal is what the waiting alone takes: a call is not divided, so 800 of them, 64 at a time, are 13 rounds of half a
second. The memory is that of all processes, each at its largest.
"""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench_child import PYTHON, Place
from bench_pairs import seconds, spread
from bench_rows import Row, compared
from bench_workspace import BenchError, Shop, order, shop, words

from orchestrator.agents.interface import Answer, Request
from orchestrator.engine.create import create
from orchestrator.engine.dealing import Share, deal_out, processes_for, serve
from orchestrator.engine.run import Rested
from orchestrator.engine.scheduler import Ending
from orchestrator.executors.processes import Channel, Processes
from orchestrator.model.action import Done, Usage
from orchestrator.wiring import open_world

JOBS, CALLS, AT_ONCE, ANSWER = 200, 4, 64, 0.5
"""Jobs, calls of each, calls at a time, seconds of one."""
IDEAL = math.ceil(JOBS * CALLS / AT_ONCE) * ANSWER
GOAL = 1.11
MOST_MB = 250
SETTINGS = """\
version: 1
models:
  - {name: "slow:small", context: 100_000, max_output: 2_000, price: {input: 1, output: 5}}
providers: {slow: {kind: openai, base_url: "http://localhost:1"}}
approvers: {owner: {who: [ada@example.com]}}
"""
AGENT = """\
---
name: writer
description: Writes.
model: fast
x-orchestrator: {backend: model}
---
Write.
"""
_NOTE = (
    f"{JOBS} jobs of {CALLS} calls of {ANSWER} s, {AT_ONCE} at a time, with a claim before each call; a backend that "
    f"sleeps; the waiting alone is {IDEAL:.2f} s"
)


class Slow:
    """An agent that takes its time, and writes a few words of its own for each job and step."""

    name = "model"

    def run(self, request: Request) -> Answer:
        """Answer after half a second."""
        time.sleep(ANSWER)
        made = {path: words(f"{request.job} {path}").encode() for path in request.writes}
        return Answer(made, Usage(100, 50, 0.00035))


@dataclass(frozen=True, slots=True)
class Took:
    """What a round came to: seconds until all processes are gone, and what they held at their largest, MB in all."""

    seconds: float
    peak: float


def calls_rows(place: Place, rounds: int) -> list[Row]:
    """Return how many jobs at once compare with their waiting, and their memory."""
    found = [_round(place, number) for number in range(rounds)]
    took, ideal = spread([each.seconds for each in found]), spread([IDEAL])
    times = spread([each.seconds / IDEAL for each in found])
    return [
        compared("calls", f"{JOBS} jobs at once ÷ their waiting alone", took, ideal, times, goal=GOAL, note=_NOTE),
        Row("calls-memory", "peak memory of that", "MB", spread([each.peak for each in found]), MOST_MB),
    ]


def _round(place: Place, number: int) -> Took:
    folder = place.folder / f"calls{number}"
    _made(folder, place.environ)
    told = folder / "took.json"
    place.output(PYTHON, __file__, str(folder), str(told), json.dumps(dict(place.environ)))
    return Took(**json.loads(told.read_text()))


def _made(folder: Path, environ: Mapping[str, str]) -> None:
    made = shop(folder, environ)
    made.write({"orchestrator.yaml": SETTINGS, "agents/writer.md": AGENT, **_template()}, "slow ones")
    with made.opened() as world:
        for number in range(JOBS):
            create(world, order("calls", _name(number)))


def _template() -> dict[str, str]:
    reads = ["brief.md", *(f"t{number}.md" for number in range(CALLS - 1))]
    steps = "".join(
        f"  s{number}: {{agent: writer, reads: [{read}], writes: [t{number}.md], gate: [words: {{min: 1}}]}}\n"
        for number, read in enumerate(reads)
    )
    folder = "jobs/templates/calls"
    return {
        f"{folder}/job.yaml": "version: 1\ntitle: A thing\nparams: {subject: nothing}\n",
        f"{folder}/pipeline.yaml": f"version: 1\nsteps:\n{steps}",
        f"{folder}/brief.md": "Two words, please.\n",
    }


def _name(number: int) -> str:
    return f"j{number:03}"


def run_spread(made: Shop) -> Took:
    """Run all the jobs, begun by this process. Raises BenchError where one of them is not done."""
    share = Share(AT_ONCE, processes_for(JOBS, AT_ONCE, len(os.sched_getaffinity(0))))
    endings: dict[str, Ending] = {}
    peaks: list[float] = []

    def work(number: int, channel: Channel) -> None:
        opened = open_world(made.folder, environ=made.environ)
        with opened.ledger:
            world = replace(opened, backend=lambda *_: Slow())
            serve(world, channel, threads=share.of(number), told=lambda job, ending: None)
        channel.send(_largest_mb())

    def heard(message: object) -> None:
        assert isinstance(message, float)
        peaks.append(message)

    def run() -> None:
        jobs = [_name(number) for number in range(JOBS)]
        with Processes(work, share.processes) as processes:
            endings.update(deal_out(processes, jobs, share=share, told=lambda job, ending: None, heard=heard))

    took = seconds(run)
    for job, ending in endings.items():
        if not isinstance(ending, Rested) or not isinstance(ending.action, Done) or ending.entries != CALLS:
            raise BenchError(f"{job} was to be done after {CALLS} entries: {ending}")
    return Took(took, sum(peaks) + _largest_mb())


def _largest_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    place, told, environ = sys.argv[1:]
    Path(told).write_text(json.dumps(asdict(run_spread(Shop(Path(place), json.loads(environ))))))
