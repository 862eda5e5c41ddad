"""The refs of outside effects: the intent before, the receipt after, as its child. Builds commits and moves, no more.

An intent's tree holds `intent.yaml` and the payload's files, so that what was sent can be had as long as the ref
stands; a receipt's adds `receipt.yaml`. Paths of the payload that lead to the workspace (`/src/x`) stand below
`workspace/`, those of the job below `payload/`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.errors import LedgerError
from orchestrator.ledger.refs import EFFECTS, INTENTS, PUBLISHED
from orchestrator.ledger.values import RefUpdate
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
