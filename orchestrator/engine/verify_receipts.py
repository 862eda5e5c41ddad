"""Which receipts of a job stood where when an old entry was made. An entry names them by a digest only: it is tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.engine.effects import INTENT
from orchestrator.errors import OrchestratorError
from orchestrator.ledger import Ledger
from orchestrator.machine.said import Said
from orchestrator.model.effect import EffectFile
from orchestrator.model.state import State

Place = tuple[str, str]
"""A publish step, and the target that it publishes to."""
_MOST_TRIED = 200


@dataclass(slots=True)
class Receipts:
    """The receipts that a job ever had, as far as they are known, and those that stood after the entry before."""

    ledger: Ledger
    job: str
    standing: dict[Place, str] = field(default_factory=dict)
    known: dict[Place, list[str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """Receipt → the key of its effect."""
    sent: set[str] = field(default_factory=set)
    """Receipts that an entry so far cites."""

    def met(self, state: State) -> None:
        """Take note of the receipts that a state cites."""
        for record in state.steps.values():
            if record.receipt is not None and record.receipt not in self.keys:
                self._note(record.receipt)

    def _note(self, receipt: str) -> None:
        told = self.told(receipt)
        if told is not None and told.job == self.job:
            self.keys[receipt] = told.key
            self.known.setdefault((told.step, told.target), []).append(receipt)

    def told(self, receipt: str) -> EffectFile | None:
        """Return what was intended and came to this receipt; None where it is no receipt, or is not here."""
        try:
            commit = self.ledger.commit(receipt)
            text = self.ledger.effects.file(receipt, INTENT)
            return models.parse(text, INTENT, EffectFile) if text is not None and commit.parents else None
        except OrchestratorError:
            return None

    def before(self, said: Said) -> Iterator[tuple[Mapping[Place, str], Mapping[str, str]]]:
        """Yield what may have stood before an entry: place → latest receipt, and effect key → receipt."""
        self.met(said.state)
        own = said.record.receipt if "Effect-Key" in said.trailers else None
        for standing in self._standing(said, own):
            cited = {*self.sent, *standing.values()} - ({own} - set(standing.values()))
            yield standing, {self.keys[oid]: oid for oid in cited if oid in self.keys}

    def _standing(self, said: Said, own: str | None) -> Iterator[dict[Place, str]]:
        place = next((p for p, oids in self.known.items() if own in oids), None)
        if own is not None and place is not None and said.value("Outcome") == "published":
            yield self.standing
            others = [{**self.standing, place: oid} for oid in self.known[place]]
            yield from (other for other in others if other != self.standing)
            yield {at: oid for at, oid in self.standing.items() if at != place}
            return
        yield self._as_told(said.value("Receipts"))

    def _as_told(self, digest: str) -> dict[Place, str]:
        """Return the receipts of this digest: those of the entry before, or another choice of those that are known."""
        if _digest(self.standing) == digest:
            return self.standing
        choices = product(*([(place, oid) for oid in [None, *oids]] for place, oids in self.known.items()))
        for choice in islice(choices, _MOST_TRIED):
            found = {place: oid for place, oid in choice if oid is not None}
            if _digest(found) == digest:
                return found
        return self.standing

    def went(self, said: Said) -> None:
        """Take note of an entry that was looked at: what stands after it."""
        self.met(said.state)
        receipt = said.record.receipt if said.value("Outcome") == "published" else None
        place = next((p for p, oids in self.known.items() if receipt in oids), None)
        if receipt is not None and place is not None:
            self.sent.add(receipt)
            self.standing = {**self.standing, place: receipt}
        self.standing = self._as_told(said.value("Receipts"))


def _digest(standing: Mapping[Place, str]) -> str:
    return trailers.receipts({f"{step}/{to}": oid for (step, to), oid in standing.items()})
