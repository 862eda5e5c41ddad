"""One call of a backend: within the provider's limits, and its transcript kept off every branch."""

from orchestrator.agents.interface import Answer, Backend, Request
from orchestrator.content.secrets import redacted
from orchestrator.engine.throttle import TooLong
from orchestrator.engine.world import World
from orchestrator.model.action import Fault, Run, Trouble
from orchestrator.model.settings import Settings, Transcripts
from orchestrator.model.snapshot import Snapshot


def make(world: World, settings: Settings, backend: Backend, request: Request) -> Answer | Fault:
    """Ask the backend when the provider's limits allow it, and tell the breaker what came of it."""
    model = request.model
    if model is None:
        return backend.run(request)
    try:
        with world.throttle.admitted(model.provider, settings.providers.get(model.provider), request.tokens):
            answer = backend.run(request)
    except TooLong as wait:
        said = f"{model.provider} may be asked again in {wait.seconds} s: its limits in orchestrator.yaml are used up"
        return Fault(said, is_transient=True, retry_after=wait.seconds, trouble=Trouble.BUSY)
    is_out = isinstance(answer, Fault) and answer.trouble is Trouble.OUTAGE
    world.breaker.heard(model.provider, world.clock(), is_out=is_out)
    return answer


def keep_transcript(world: World, snapshot: Snapshot, action: Run, answer: Answer | Fault) -> None:
    """Keep what was told and said in `.git/orchestrator/transcripts/`, what looks like a secret taken out."""
    if not answer.transcript or snapshot.settings.transcripts is Transcripts.NONE:
        return
    name = f"{snapshot.state.seq + 1:04d}-{action.step}-{action.attempt}-{snapshot.tip[:8]}.jsonl"
    world.ledger.keep_cache(f"transcripts/{snapshot.job}/{name}", redacted(answer.transcript))
