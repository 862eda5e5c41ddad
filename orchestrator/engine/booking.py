"""Book what calls of other jobs had reserved that were cut short: whoever finds a claim orphaned does (DESIGN §5)."""

from contextlib import suppress

from orchestrator.engine import effects
from orchestrator.engine.advance import advance
from orchestrator.engine.world import World
from orchestrator.errors import OrchestratorError
from orchestrator.model.action import Settle


def book_own(world: World, job: str) -> None:
    """Book the call of a job that was broken off just now, so that what it may have cost is seen at once."""
    with suppress(OrchestratorError):
        if world.ledger.claims.of(job) is not None:
            advance(world, job)


def book_cut_short(world: World, but: str) -> bool:
    """Book the orphaned claims of all jobs but one, each as an interrupted attempt; say whether there was any.

    A job that is busy, or whose files are broken, keeps its claim: it is told of when that job is run.
    """
    booked = False
    for job in world.ledger.claims.standing():
        if job == but:
            continue
        with suppress(OrchestratorError):
            claim = effects.claim(world, job, holds_lock=False)
            if claim is not None and claim.is_orphaned:
                booked |= isinstance(advance(world, job).action, Settle)
    return booked
