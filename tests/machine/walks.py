"""Random walks of the machine: agents, people and faults in any order, held against the promises.

A walk is a list of (rule, a, b): numbers, so that hypothesis can shrink it and this script can repeat it from a seed:

    python tests/machine/walks.py --examples 20000
"""

import argparse
import random
from collections.abc import Callable, Sequence
from itertools import cycle

from machine_promises import broken, is_restless, needless
from machine_shapes import ADA, BEN, CY, EVE, SHAPES, Shape
from machine_world import JOB, World, _pipeline

from orchestrator.errors import RefusedError
from orchestrator.model.action import Action, Await, Done, Halt, Run, Stop, Waits
from orchestrator.model.patterns import is_literal
from orchestrator.model.state import How

Step = tuple[int, int, int]
MOVES = (
    *("pass",) * 6,
    *(
        "fail:one",
        "fail:two",
        "fail:three",
        "fault",
        "transient",
        "outage",
        "denied",
        "refuse",
        "refuse-some",
        "nothing",
    ),
    *("partial", "error", "crash", "broken"),
)
MOODS = ("pass", "fail:one", "fault", "transient", "outage", "denied", "refuse", "error", "crash", "broken")
PUBLISHING = ("sent", "sent", "lost", "cut", "refused", "unclear")
MOST_ANSWERS = 40


class Walk:
    """One walk through one world."""

    def __init__(self, shape: Shape) -> None:
        self.world = World(shape)
        self.faults: list[str] = []
        pipeline = _pipeline(shape.pipeline)
        self.words = cycle(("rerun", "keep"))
        self.approvers = cycle((ADA, BEN, CY))
        self.steps = tuple(pipeline.steps)
        written = [p for s in pipeline.steps.values() for p in s.writes]
        self.artifacts = tuple(p if is_literal(p) else f"{p.rstrip('/')}/extra.txt" for p in written)
        self.sources = (
            "brief.md",
            "sources/sales.csv",
            "sources/notes.md",
            "note.md",
            *(["words.txt"] * 3 if "words.txt" in shape.files else []),
        )

    def take(self, step: Step) -> None:
        """Take one step of the walk. What the state refuses is no step."""
        rule, a, b = step
        try:
            RULES[rule % len(RULES)](self, a, b)
        except RefusedError:
            return

    # --- rules ------------------------------------------------------------------------------------------------------

    def advance(self, a: int, b: int) -> None:
        for move in (MOVES[a % len(MOVES)], *("pass",) * (b % 3)):
            self._advance(move)

    def _advance(self, move: str) -> None:
        asked = len(self.world.asked)
        before = self.world.tip
        _, made = self.world.advance(lambda run: self._move(run, move))
        if made is not None and is_restless(self.world):
            self.faults.append(f"{made.subject}: its status is not what the next advance finds")
        assert len(self.world.asked) <= asked + 1
        assert self.world.tip is before or made is not None

    def _move(self, run: Run, move: str) -> str:
        if needless(self.world, run):
            self.faults.append(f"{run.step} ran for no reason but {run.reason!r}")
        return move

    def run_in_a_mood(self, a: int, b: int) -> None:
        """The same thing goes wrong each time, in one step: it comes to rest all the same."""
        step, mood = self.steps[b % len(self.steps)], MOODS[a % len(MOODS)]
        self.world.run(lambda run: self._move(run, mood if run.step == step else "pass"), is_patient=True)

    def edit_artifact(self, a: int, b: int) -> None:
        path = self.artifacts[a % len(self.artifacts)]
        self.world.edit(path, _persons_text(path, b), (ADA, BEN)[b % 2])

    def edit_source(self, a: int, b: int) -> None:
        self.world.edit(self.sources[a % len(self.sources)], f"version {b % 3}\n")

    def delete(self, a: int, b: int) -> None:
        paths = (*self.artifacts, *self.artifacts, *self.sources)
        path = paths[a % len(paths)]
        if path in self.world.files:
            self.world.delete(path)

    def set_params(self, a: int, b: int) -> None:
        if self.world.shape.params:
            self.world.set_params(tone=("plain", "warm")[a % 2], review=("person", "gates", "person")[b % 3])

    def change_moods(self, a: int, b: int) -> None:
        self.world.salt = ("", "x", "y")[a % 3]
        for step in self.world.shape.found:
            self.world.found[step] = b % 2
        self.world.critical = dict.fromkeys(("revalidate", "proof"), (a + b) % 4 == 0)

    def reset(self, a: int, b: int) -> None:
        self.world.reset(max(0, len(self.world.history) - 1 - a % 8))

    def rerun(self, a: int, b: int) -> None:
        self.world.say("rerun", self.steps[a % len(self.steps)])

    def keep(self, a: int, b: int) -> None:
        self.world.say("keep", self.steps[a % len(self.steps)])

    def retry(self, a: int, b: int) -> None:
        self.world.say("retry")

    def waive(self, a: int, b: int) -> None:
        self.world.waive(a, (ADA, BEN)[b % 2])

    def merge(self, a: int, b: int) -> None:
        steps = sorted(self.world.reviews)
        if not steps:
            return
        paths = (*self.artifacts, *self.sources)
        path = paths[a % len(paths)]
        edits: dict[str, str | None] = {} if b % 3 else {path: _persons_text(path, a)}
        how = (How.LOCAL, How.LOCAL, How.COMMIT)[a % 3]
        self.world.merge(steps[b % len(steps)], (ADA, BEN, CY, EVE)[a % 4], how, edits=edits, deletes_branch=b % 2 == 0)

    def answer_no(self, a: int, b: int) -> None:
        if a % 2:
            self.world.say("reject", message="too long")
        elif self.world.reviews:
            self.world.delete_review(min(self.world.reviews))

    def reopen(self, a: int, b: int) -> None:
        self.world.say("reopen")

    def cancel(self, a: int, b: int) -> None:
        self.world.say("cancel")
        self._advance("pass")
        self.world.say("restore")

    def publish_badly(self, a: int, b: int) -> None:
        self.world.publishing = PUBLISHING[a % len(PUBLISHING)]
        for out in self.world.outside.values():
            out.is_blind = b % 4 == 0

    def sleep(self, a: int, b: int) -> None:
        self.world.sleep(a % 40)

    # --- the end ----------------------------------------------------------------------------------------------------

    def end(self) -> list[str]:
        """Let it rest, check; then let people answer whatever it waits for, until it is done; check again."""
        self.world.publishing = "sent"
        self.world.critical = {}
        self.world.broken_checks = 0
        if "words.txt" in self.world.shape.files:
            self.world.edit("words.txt", "version 1\n")
        for out in self.world.outside.values():
            out.is_blind = False
        for _ in range(MOST_ANSWERS):
            self.world.run(lambda run: self._move(run, "pass"), is_patient=True)
            found = [*self.faults, *broken(self.world)]
            action = self.world.decide()
            if found or isinstance(action, Done):
                return found
            self._answer(action)
        return [f"no answer moves it: {self.world.decide()}"]

    def _answer(self, action: Action) -> None:
        """Do what a sensible person does who reads the reason and the command."""
        world = self.world
        match action:
            case Halt(stop=Stop.REJECTED):
                world.say("reopen")
            case Halt(stop=Stop.CANCELLED):
                world.say("restore")
            case Halt():
                world.say("retry", action.step)
            case Await(waits=Waits.PERSON, step=step, subject=subject) if step in world.reviews:
                # Where one may not, or has already, another tries.
                world.merge(step, next(self.approvers))
            case Await(waits=Waits.PERSON, command=command) if command and f"keep {JOB}" in command:
                world.say(next(self.words), action.step)
            case Await(waits=Waits.PERSON, reason=reason) if f"rerun {JOB}" in reason:
                world.say("rerun", action.step)
            case Await(waits=Waits.PERSON, subject=subject):
                world.edit(subject, _persons_text(subject, world.moment * 4 + 1))
            case _:
                raise AssertionError(f"nobody can answer {action}")


def _persons_text(path: str, number: int) -> str:
    if path.endswith(".yaml"):
        found = ("findings: []\n", "findings:\n- {severity: minor, message: too dull}\n")
        return f"# by hand {number % 5}\n{found[number % 2]}"
    return f"by hand, {number % 5}{' [fails: by hand]' if number % 4 == 0 else ''}\n"


RULES: tuple[Callable[[Walk, int, int], None], ...] = (
    *(Walk.advance,) * 12,
    Walk.run_in_a_mood,
    *(Walk.edit_artifact,) * 4,
    *(Walk.edit_source,) * 2,
    *(Walk.delete,) * 2,
    Walk.set_params,
    Walk.change_moods,
    *(Walk.reset,) * 2,
    *(Walk.rerun,) * 2,
    *(Walk.keep,) * 2,
    *(Walk.retry,) * 2,
    *(Walk.waive,) * 2,
    *(Walk.merge,) * 3,
    Walk.answer_no,
    Walk.reopen,
    Walk.cancel,
    Walk.publish_badly,
    Walk.sleep,
)


def walk(shape: Shape, steps: Sequence[Step]) -> list[str]:
    """Walk, then end; return the promises that were broken."""
    taken = Walk(shape)
    for step in steps:
        taken.take(step)
    return taken.end()


def drawn(seed: int, length: int = 30) -> tuple[Shape, list[Step]]:
    """Return the walk of that seed."""
    chance = random.Random(seed)
    steps = [(chance.randrange(10_000), chance.randrange(10_000), chance.randrange(10_000)) for _ in range(length)]
    return chance.choice(SHAPES), steps


def shortest(shape: Shape, steps: list[Step]) -> list[Step]:
    """Return a walk that still breaks something, and from which no step can be left out."""
    place = 0
    while place < len(steps):
        shorter = steps[:place] + steps[place + 1 :]
        if _fails(shape, shorter):
            steps = shorter
        else:
            place += 1
    return steps


def _fails(shape: Shape, steps: list[Step]) -> bool:
    try:
        return bool(walk(shape, steps))
    except Exception:  # noqa: BLE001  whatever it raises is what is looked for
        return True


def told(steps: Sequence[Step]) -> list[str]:
    return [f"{RULES[rule % len(RULES)].__name__}({a}, {b})" for rule, a, b in steps]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=int, default=20_000)
    options.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    options.add_argument("--length", type=int, default=30)
    said = options.parse_args()
    for seed in range(said.first, said.first + said.examples):
        shape, steps = drawn(seed, said.length)
        if _fails(shape, steps):
            short = shortest(shape, steps)
            print(f"seed {seed}, {shape.name}:", *told(short), short, sep="\n  ")  # noqa: T201
            print(walk(shape, short))  # noqa: T201
            return 1
    print(f"{said.examples} walks of {said.length} steps, and every promise kept")  # noqa: T201
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
