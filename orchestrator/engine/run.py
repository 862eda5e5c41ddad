"""Run a job until it rests: one advance after another. A lost race is read again; only a short wait is sat out."""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.engine.advance import advance
from orchestrator.engine.booking import book_cut_short, book_own
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


@dataclass(frozen=True, slots=True)
class Pause:
    """A job waits for a time that is near: `until` (Unix time), `seconds` from now. `rested` is where it waits."""

    until: int
    seconds: int
    rested: Rested


@dataclass(slots=True)
class Course:
    """A job on its way to its rest: how many entries it has made, how many races it has lost since the last of them."""

    job: str
    entries: int = 0
    lost: int = 0

    def go_on(self, world: World) -> Rested | Pause | None:
        """Advance once; return None where there is more to do at once. Raises what `advance` raises."""
        try:
            moved = advance(world, self.job)
        except KeyboardInterrupt:
            book_own(world, self.job)
            raise
        except LostRace:
            self.lost += 1
            if self.lost > MOST_LOST_RACES:
                raise
            return None
        if moved.commit is not None:
            self.entries, self.lost = self.entries + 1, 0
        if not rests(moved) or _has_made_room(world, moved):
            return None
        return _came_to(Rested(moved.action, self.entries), world.clock())


def _has_made_room(world: World, moved: Moved) -> bool:
    """Say whether a job that lacks money may look again: what others' dead calls had reserved is booked now."""
    return isinstance(moved.action, Halt) and moved.action.stop is Stop.BUDGET and book_cut_short(world, moved.job)


def run(world: World, job: str, *, sleep: Callable[[int], None]) -> Rested:
    """Advance the job until there is nothing to do but wait, or nothing at all. Raises what `advance` raises."""
    course = Course(job)
    while True:
        came = course.go_on(world)
        if isinstance(came, Rested):
            return came
        if came is not None and not _is_sat_out(world, came, sleep):
            return came.rested


def _is_sat_out(world: World, pause: Pause, sleep: Callable[[int], None]) -> bool:
    """Wait, and say whether the time came: a clock that stands still (SOURCE_DATE_EPOCH) never brings it."""
    if not pause.seconds:
        return True
    before = world.clock()
    sleep(pause.seconds)
    return world.clock() != before


def rests(moved: Moved) -> bool:
    """Say whether the job cannot be advanced now."""
    return isinstance(moved.action, Await | Halt | Done)


def _came_to(rested: Rested, now: int) -> Rested | Pause:
    action = rested.action
    if not isinstance(action, Await) or action.waits is not Waits.TIME or action.until is None:
        return rested
    left = action.until - now
    return Pause(action.until, max(left, 0), rested) if left <= SHORT_WAIT_SECONDS else rested


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
