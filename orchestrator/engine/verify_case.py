"""What `verify` knows of a job while it walks its history. Values; it looks at nothing itself."""

from collections import Counter
from dataclasses import dataclass, field, replace

from orchestrator.engine import paths
from orchestrator.engine.verify_receipts import Receipts
from orchestrator.engine.verify_then import Then
from orchestrator.engine.world import World
from orchestrator.ledger import Commit
from orchestrator.machine.said import Said


@dataclass(slots=True)
class Case:
    """A job whose history is proved: where it stands in git, and what of it is known so far."""

    world: World
    then: Then
    job: str
    first: str
    """The entry that made it."""
    base: str
    """The short name of the branch that grants trust."""
    approved: str | None
    """Where `approved/<id>` is now."""
    left: tuple[str, ...]
    """The tips that the job was moved away from."""
    entries: frozenset[str]
    """The first 12 digits of every entry that the job ever had."""
    receipts: Receipts
    taken: Counter[str] = field(default_factory=Counter)
    """What was taken from entries as they say it → how often."""

    def aside(self) -> "Case":
        """Return the same case, to look at an entry of another line of the job by the way."""
        return replace(self, receipts=replace(self.receipts, sent=set(self.receipts.sent)), taken=Counter())


@dataclass(frozen=True, slots=True)
class Pair:
    """An entry, what it says, and the commit before it."""

    before: Commit
    commit: Commit
    said: Said


def defines(job: str, path: str) -> bool:
    """Say whether a file of the workspace defines the job."""
    own = (paths.in_workspace(job, paths.PIPELINE), paths.in_workspace(job, paths.JOB))
    return path.startswith(paths.DEFINITIONS) or path in own
