"""One call of a backend: within the provider's limits, and its transcript kept off every branch."""

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from orchestrator.agents.interface import Answer, Backend, Request
from orchestrator.content.secrets import redacted
from orchestrator.engine.throttle import TooLong
from orchestrator.engine.world import World
from orchestrator.model.action import Basis, Fault, Run, Trouble, Usage
from orchestrator.model.settings import Settings, Transcripts
from orchestrator.model.snapshot import Snapshot


def allowed(world: World, settings: Settings, request: Request) -> AbstractContextManager[None]:
    """Return the call's place among those that its provider lets through. Entered, it waits, or raises TooLong."""
    model = request.model
    if model is None:
        return nullcontext()
    return world.throttle.admitted(model.provider, settings.providers.get(model.provider), request.tokens)


def too_long(request: Request, wait: TooLong) -> Fault:
    """Return the fault of a call that was not made, since the provider's limits are used up for long."""
    provider = request.model.provider if request.model else ""
    said = f"{provider} may be asked again in {wait.seconds} s: its limits in orchestrator.yaml are used up"
    return Fault(said, is_transient=True, retry_after=wait.seconds, trouble=Trouble.HELD)


def made(world: World, backend: Backend, request: Request) -> Answer | Fault:
    """Ask the backend, and tell the breaker what came of it."""
    answer = backend.run(request)
    answer = replace(answer, usage=_counted(answer.usage, request.route.reserved_usd))
    if request.model is not None:
        is_out = isinstance(answer, Fault) and answer.trouble is Trouble.OUTAGE
        world.breaker.heard(request.model.provider, world.clock(), is_out=is_out)
    return answer


def _counted(usage: Usage, reserved: float) -> Usage:
    """Return the usage as it can be booked: what is no amount of money is not known, and the reserve stands for it."""
    is_amount = 0 <= usage.cost_usd < math.inf
    return replace(
        usage,
        tokens_in=max(usage.tokens_in, 0),
        tokens_out=max(usage.tokens_out, 0),
        cost_usd=usage.cost_usd if is_amount else reserved,
        basis=usage.basis if is_amount else Basis.UNKNOWN,
    )


def keep_transcript(world: World, snapshot: Snapshot, action: Run, answer: Answer | Fault) -> None:
    """Keep what was told and said in `.git/orchestrator/transcripts/`, what looks like a secret taken out."""
    if not answer.transcript or snapshot.settings.transcripts is Transcripts.NONE:
        return
    name = f"{snapshot.state.seq + 1:04d}-{action.step}-{action.attempt}-{snapshot.tip[:8]}.jsonl"
    world.ledger.cache.keep(f"transcripts/{snapshot.job}/{name}", redacted(answer.transcript))
