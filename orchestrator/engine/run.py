"""Run a job until it rests: one advance after another. A lost race is read again; only a short wait is sat out."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.engine.advance import advance
from orchestrator.engine.world import Moved, World
from orchestrator.errors import LostRace
from orchestrator.model.action import Action, Await, Done, Halt, Stop, Waits

SHORT_WAIT_SECONDS = 60
MOST_LOST_RACES = 20


@dataclass(frozen=True, slots=True)
class Rested:
    """Where a run came to rest, and after how many entries."""

    action: Action
    entries: int


def run(world: World, job: str, *, sleep: Callable[[int], None]) -> Rested:
    """Advance the job until there is nothing to do but wait, or nothing at all. Raises what `advance` raises."""
    entries = lost = 0
    while True:
        try:
            moved = advance(world, job)
        except LostRace:
            lost += 1
            if lost > MOST_LOST_RACES:
                raise
            continue
        entries += moved.commit is not None
        if not rests(moved):
            continue
        wait = _short_wait(world, moved.action)
        before = world.clock()
        if wait:
            sleep(wait)
        # A clock that stands still (SOURCE_DATE_EPOCH) never brings the time that is waited for.
        if wait is None or (wait and world.clock() == before):
            return Rested(moved.action, entries)


def rests(moved: Moved) -> bool:
    """Say whether the job cannot be advanced now."""
    return isinstance(moved.action, Await | Halt | Done)


def _short_wait(world: World, action: Action) -> int | None:
    if not isinstance(action, Await) or action.waits is not Waits.TIME or action.until is None:
        return None
    left = action.until - world.clock()
    return max(left, 0) if left <= SHORT_WAIT_SECONDS else None


def exit_code(action: Action) -> int:
    """Return the process's exit code for where a job rests (DESIGN §12)."""
    match action:
        case Halt(stop=Stop.BUDGET):
            return 6
        case Halt(stop=Stop.UNKNOWN):
            return 7
        case Halt():
            return 4
        case Await(waits=Waits.PERSON):
            return 3
        case Await():
            return 5
        case _:
            return 0
