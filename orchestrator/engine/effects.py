"""Outside effects in the ledger: intents, receipts, claims; read as values, written in their order (DESIGN §9)."""

from dataclasses import dataclass

from orchestrator.documents import models
from orchestrator.documents.emit import emit_yaml
from orchestrator.engine.world import World
from orchestrator.errors import EffectError, LedgerError, OrchestratorError, UnknownEffect
from orchestrator.machine.digests import effect_key
from orchestrator.machine.view import View
from orchestrator.model.action import NotSent, Publish, Reconcile, Result, Run, Sent, Unclear
from orchestrator.model.agent import Agent
from orchestrator.model.effect import ClaimFile, EffectFile
from orchestrator.model.snapshot import Claim, Effect, Snapshot, Target
from orchestrator.publishers.interface import Delivery, Idempotency, Publisher

LEASE_SECONDS = 600
MARGIN_SECONDS = 120
"""What an attempt may take beyond its agent's timeout: to be ended, admitted, judged and committed."""
INTENT = "intent.yaml"


def targets(world: World, snapshot: Snapshot) -> dict[str, Target]:
    """Return, for each publish step, what the effect refs tell of its target."""
    return {
        name: _target(world, snapshot, name, step.publish.to)
        for name, step in snapshot.pipeline.steps.items()
        if step.publish is not None
    }


def _target(world: World, snapshot: Snapshot, step: str, to: str) -> Target:
    known = snapshot.settings.publishers.get(to)
    is_event = known is not None and world.is_event(known)
    receipt = world.ledger.effects.published(snapshot.job, step, to)
    intent = world.ledger.effects.intent_of(snapshot.job, step, to)
    return Target(
        is_event,
        latest=_effect(world, receipt) if receipt else _cited(snapshot, step),
        earlier=_earlier(world, snapshot, step, to) if is_event else {},
        intent=_effect(world, intent) if intent else None,
    )


def _cited(snapshot: Snapshot, step: str) -> Effect | None:
    """Return the receipt that the job's own state cites, where its ref is not here: a plain clone brings none."""
    record = snapshot.state.steps.get(step)
    if record is None or record.receipt is None:
        return None
    return Effect("", dict(record.outputs), record.receipt)


def _earlier(world: World, snapshot: Snapshot, step: str, to: str) -> dict[str, str]:
    """An event happens once for a payload: only the present payload's key is asked for."""
    key = effect_key(snapshot.job, step, to, View(snapshot).payload(step), None)
    found = world.ledger.effects.find(key)
    if found and found.receipt:
        return {key: found.receipt}
    cited = None if found else _cited(snapshot, step)
    return {key: cited.commit} if cited and cited.payload == View(snapshot).payload(step) else {}


def _effect(world: World, commit: str) -> Effect:
    text = world.ledger.effects.file(commit, INTENT)
    if text is None:
        raise LedgerError(f"the effect {commit[:12]} has no {INTENT}", hint="git show --stat " + commit[:12])
    told = models.parse(text, f"{commit[:12]}:{INTENT}", EffectFile)
    return Effect(told.key, dict(told.payload), commit)


def claim(world: World, job: str, *, holds_lock: bool) -> Claim | None:
    """Return the job's claim. Who holds the job's lock knows that a claim made on this machine is orphaned."""
    found = world.ledger.claims.of(job)
    if found is None:
        return None
    told = models.parse(found.text, f"refs/orchestrator/claims/{job}", ClaimFile)
    is_ours = told.owner.split("/")[0] == world.owner.split("/")[0]
    is_orphaned = told.expires < world.clock() or (is_ours and (holds_lock or not world.ledger.is_held(job)))
    return Claim(
        told.step,
        told.attempt,
        told.tip,
        told.reserved_usd,
        told.owner,
        told.expires,
        is_orphaned=is_orphaned,
        id=found.id,
    )


def take_claim(world: World, job: str, tip: str, action: Run, agent: Agent) -> str:
    """Reserve the worst case of a call that may cost money. Returns the claim's id.

    The lease lasts longer than the call may, or another machine would pay for the step once more.
    """
    told = ClaimFile(
        step=action.step,
        attempt=action.attempt,
        tip=tip,
        reserved_usd=action.route.reserved_usd,
        owner=world.owner,
        expires=world.clock() + max(LEASE_SECONDS, agent.extras.timeout + MARGIN_SECONDS),
    )
    return world.ledger.claims.take(job, emit_yaml(told.model_dump()).decode())


@dataclass(frozen=True, slots=True)
class _Sending:
    """One effect on its way: which publisher, what it carries, and the refs that tell of it."""

    world: World
    snapshot: Snapshot
    step: str
    to: str
    effect: Effect

    @property
    def publisher(self) -> Publisher:
        """Return the publisher that the base branch names. `decide` has seen that it does."""
        return self.world.publisher(self.snapshot.settings.publishers[self.to])

    def intend(self) -> str:
        """Write the intent, create-only, and return its commit."""
        told = EffectFile(
            job=self.snapshot.job, step=self.step, target=self.to, key=self.effect.key, payload=self.effect.payload
        )
        return self.world.ledger.effects.record_intent(
            self.effect.key,
            job=self.snapshot.job,
            step=self.step,
            target=self.to,
            text=emit_yaml(told.model_dump()),
            payload=self.effect.payload,
        )

    def deliver(self) -> Result:
        """Let the publisher send, and write the receipt."""
        delivery = Delivery(
            self.effect.key,
            self.snapshot.job,
            self.snapshot.job_file.title or self.snapshot.job,
            self.step,
            self.to,
            {path: self.world.ledger.blob(oid) for path, oid in self.effect.payload.items()},
        )
        try:
            note = self.publisher.send(delivery)
        except UnknownEffect as exc:
            return Unclear(_said(exc))
        except EffectError as exc:
            self.withdraw()
            return NotSent(_said(exc))
        return self.receive(note)

    def receive(self, note: str) -> Sent:
        """Write the receipt of an effect that happened."""
        told = {"job": self.snapshot.job, "step": self.step, "target": self.to, "key": self.effect.key, "note": note}
        receipt = self.world.ledger.effects.record_receipt(
            self.effect.key, job=self.snapshot.job, step=self.step, target=self.to, text=emit_yaml(told)
        )
        return Sent(receipt, note)

    def withdraw(self) -> None:
        """Take back an intent of which it is known that nothing came."""
        self.world.ledger.effects.drop_intent(self.effect.key, job=self.snapshot.job, step=self.step, target=self.to)


def _said(exc: OrchestratorError) -> str:
    """Return the fault without its hint, which is about the moment and does not belong in the ledger."""
    return f"{exc.place}: {exc.message}" if exc.place else exc.message


def publish(world: World, snapshot: Snapshot, action: Publish) -> Result:
    """Intent, effect, receipt; or the receipt that is there already."""
    if action.receipt is not None:
        return Sent(action.receipt, f"Already published: receipt {action.receipt[:12]}.")
    effect = Effect(action.key, action.payload, "")
    sending = _Sending(world, snapshot, action.step, action.target, effect)
    sending.publisher  # noqa: B018  a publisher that cannot be made must say so before anything is intended
    sending.intend()
    return sending.deliver()


def reconcile(world: World, snapshot: Snapshot, action: Reconcile) -> Result:
    """Look up what became of an intent. Raises EffectError where that cannot be learnt now."""
    sending = _Sending(world, snapshot, action.step, action.target, action.effect)
    publisher = sending.publisher
    match publisher.idempotency:
        case Idempotency.KEY:
            return sending.deliver()
        case Idempotency.NONE:
            return Unclear(f"{action.target} cannot be asked, and sending again might do it twice")
        case Idempotency.LOOKUP:
            if publisher.look_up(action.effect.key, snapshot.job):
                return sending.receive("It had gone out before the interruption.")
            sending.withdraw()
            return NotSent("nothing had gone out")
