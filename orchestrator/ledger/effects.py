"""Outside effects: the intent before, the receipt after, as its child. Makes no effect, and reads no receipt.

An intent's tree holds `intent.yaml` and the payload's files, so that what was sent can be had as long as the ref
stands; a receipt's adds `receipt.yaml`. Paths of the payload that lead to the workspace (`/src/x`) stand below
`workspace/`, those of the job below `payload/`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.errors import LedgerError, RefusedError
from orchestrator.ledger.names import checked_job, checked_step
from orchestrator.ledger.refs import EFFECTS, INTENTS, PUBLISHED
from orchestrator.ledger.transactions import Saying, Transactions
from orchestrator.ledger.trees import Objects
from orchestrator.ledger.values import MACHINE, EffectRecord, RefUpdate
from orchestrator.ledger.whereabouts import Whereabouts
from orchestrator.model.names import shown

INTENT_FILE = "intent.yaml"
RECEIPT_FILE = "receipt.yaml"

_KEY = re.compile(r"[0-9a-f]{16,128}")
_TARGET = re.compile(r"(?!.*\.\.)(?!.*\.lock$)[A-Za-z0-9_][A-Za-z0-9._-]{0,98}[A-Za-z0-9_-]|[A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class EffectRefs:
    """The three refs of one effect. Raises LedgerError when a name cannot be part of a ref."""

    key: str
    job: str
    step: str
    target: str

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise LedgerError(f"{shown(self.key)} is no effect key", hint="orchestrator log names the keys of a job")
        if not _TARGET.fullmatch(self.target):
            hint = "use letters, digits, '-', '_' and '.' in the names of publishers"
            raise LedgerError(f"{shown(self.target)} cannot name a publish target", hint=hint)

    @property
    def effect(self) -> str:
        """Return the ref of the effect itself."""
        return f"{EFFECTS}{self.key}"

    @property
    def intent(self) -> str:
        """Return the ref that stands while the target has an intent without a receipt."""
        return f"{INTENTS}{self.job}/{self.step}/{self.target}"

    @property
    def published(self) -> str:
        """Return the ref of the target's latest receipt."""
        return f"{PUBLISHED}{self.job}/{self.step}/{self.target}"

    def intended(self, intent: str) -> tuple[RefUpdate, ...]:
        """Return the moves that record an intent: neither the effect nor another intent of the target may exist."""
        return RefUpdate(self.effect, intent, None), RefUpdate(self.intent, intent, None)

    def received(self, intent: str, receipt: str, *, latest: str | None) -> tuple[RefUpdate, ...]:
        """Return the moves that record a receipt; `latest` is the receipt that it comes after."""
        return (
            RefUpdate(self.effect, receipt, intent),
            RefUpdate(self.published, receipt, latest),
            RefUpdate(self.intent, None, intent),
        )

    def dropped(self, intent: str) -> tuple[RefUpdate, ...]:
        """Return the moves that take back an intent whose effect is known not to have happened."""
        return RefUpdate(self.effect, None, intent), RefUpdate(self.intent, None, intent)


def intent_files(text: bytes, payload: Mapping[str, str]) -> dict[str, bytes | str | None]:
    """Return what an intent's tree holds: path → content or id."""
    return {INTENT_FILE: text, **{payload_path(path): oid for path, oid in payload.items()}}


def payload_path(path: str) -> str:
    """Return where a file of the payload stands in an intent's tree."""
    return f"workspace{path}" if path.startswith("/") else f"payload/{path}"


@dataclass(frozen=True, slots=True)
class Effects:
    """The outside effects of one repository's jobs: what was intended, what has happened."""

    where: Whereabouts
    objects: Objects
    transactions: Transactions

    def find(self, key: str) -> EffectRecord | None:
        """Return what is recorded of an effect, None when nothing is."""
        tip = self.where.of_effect(f"{EFFECTS}{key}")
        if tip is None:
            return None
        parents = self.objects.commit(tip).parents
        return EffectRecord(key, parents[0] if parents else tip, tip if parents else None)

    def file(self, commit: str, name: str) -> bytes | None:
        """Return `intent.yaml` or `receipt.yaml` of an intent's or receipt's commit, None when it has none."""
        entry = self.objects.entry(commit, name)
        return self.objects.blob(entry.id) if entry else None

    def intent_of(self, job: str, step: str, target: str) -> str | None:
        """Return the commit of the target's intent that has no receipt."""
        return self.where.refs.read(f"{INTENTS}{checked_job(job)}/{checked_step(step)}/{target}")

    def published(self, job: str, step: str, target: str) -> str | None:
        """Return the commit of the target's latest receipt."""
        return self.where.of_effect(f"{PUBLISHED}{checked_job(job)}/{checked_step(step)}/{target}")

    def record_intent(
        self, key: str, job: str, step: str, target: str, *, text: bytes, payload: Mapping[str, str]
    ) -> str:
        """Record that an effect is about to be made; return the intent's commit.

        `text` becomes `intent.yaml`, `payload` is path → id. Raises LostRace when the effect has an intent already, or
        the target another.
        """
        refs = EffectRefs(key, checked_job(job), checked_step(step), target)
        says = Saying(f"{job}: {step} intends {target}", MACHINE)
        new = self.transactions.build(None, intent_files(text, payload), says)
        self.transactions.write(new)
        self.transactions.move(refs.intended(new.id))
        return new.id

    def record_receipt(self, key: str, job: str, step: str, target: str, *, text: bytes) -> str:
        """Record that an effect has happened; return the receipt's commit. One that is recorded already stays.

        Raises LedgerError when nothing was intended under that key.
        """
        refs = EffectRefs(key, checked_job(job), checked_step(step), target)
        known = self._intended(refs)
        if known.receipt:
            return known.receipt
        says = Saying(f"{job}: {step} reached {target}", MACHINE)
        new = self.transactions.build(known.intent, {RECEIPT_FILE: text}, says)
        self.transactions.write(new)
        self.transactions.move(refs.received(known.intent, new.id, latest=self.where.refs.read(refs.published)))
        return new.id

    def drop_intent(self, key: str, job: str, step: str, target: str) -> None:
        """Take back the intent of an effect that is known not to have happened."""
        refs = EffectRefs(key, checked_job(job), checked_step(step), target)
        known = self._intended(refs)
        if known.receipt:
            raise RefusedError(
                f"the effect has happened: receipt {known.receipt}", hint="what has gone out is not taken back"
            )
        self.transactions.move(refs.dropped(known.intent))

    def _intended(self, refs: EffectRefs) -> EffectRecord:
        known = self.find(refs.key)
        if known is None:
            raise LedgerError(
                f"no effect was intended under the key {refs.key}",
                hint="git fetch, should another machine hold the intent",
            )
        return known
