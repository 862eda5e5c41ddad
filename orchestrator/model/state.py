"""`state.yaml`, schema 1: the orchestrator's own file, one record a step, nothing that the files do not need."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestrator.model.finding import Finding, Verdict, cut

SCHEMA = 1

BlobId = Annotated[str, Field(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Status(StrEnum):
    """Where a job stands."""

    READY = "ready"
    WAITING = "waiting"
    HALTED = "halted"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What a step has come to."""

    PASSED = "passed"
    FAILED = "failed"
    DUE = "due"
    WAITING = "waiting"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    REJECTED = "rejected"
    APPROVED = "approved"
    PUBLISHED = "published"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Asked(StrEnum):
    """Who named a step that is due: with each of them `when` is not evaluated."""

    RERUN = "rerun"
    GOTO = "goto"
    KEEP = "keep"
    RETRY = "retry"
    WAIVE = "waive"


class How(StrEnum):
    """How an approval was given. `GATES`: no person was asked, the orchestrator confirmed that the gates passed."""

    SIGNATURE = "signature"
    FORGE = "forge"
    LOCAL = "local"
    COMMIT = "commit"
    GATES = "gates"


class Seen(_Document):
    """The version of a path that the orchestrator last took note of, and whose it is."""

    id: BlobId
    by: str


class Question(_Document):
    """A proposal: the entry that asked, and the tree that it asked about."""

    seq: int
    tree: str


class Approval(_Document):
    """A verdict on a tree. `paths` is that tree, path by path, so that it can be held against the present one."""

    step: str
    seq: int
    tree: str
    by: str
    how: How
    paths: Mapping[str, BlobId]


class Waiver(_Document):
    """A person's word on one finding. `id`: the content that it speaks of, a blob, or the tree that the gate judged."""

    step: str
    check: str
    rule: str | None = None
    file: str | None = None
    line: int | None = None
    message: str
    id: str
    by: str
    why: str = ""

    def speaks_of(self, finding: Finding) -> bool:
        """Say whether it is this finding, the content apart; a long message was cut when it was recorded."""
        said = (finding.check, finding.rule, finding.file, finding.line)
        return said == (self.check, self.rule, self.file, self.line) and cut(finding.message) == self.message


class StepRecord(_Document):
    """What is known of a step. Seqs are entries; ids are git blob ids; paths as in pipeline.yaml."""

    outcome: Outcome
    attempt: int = Field(default=0, ge=0)
    round: int = Field(default=0, ge=0)
    tries: int = Field(default=0, ge=0)
    promoted: int = Field(default=0, ge=0)
    asked: Asked | None = None
    anew: Mapping[str, str] = Field(
        default_factory=dict, description="persons' versions of files that a rerun was said of: it may write over these"
    )
    ran: int = 0
    wrote: int = 0
    inputs: Mapping[str, BlobId] = Field(default_factory=dict)
    outputs: Mapping[str, BlobId] = Field(default_factory=dict)
    by: str | None = None
    model: str | None = None
    down: Mapping[str, int] = Field(
        default_factory=dict,
        description="models that could not be asked → Unix time until which they are not; 0: until `retry`",
    )
    definition: str | None = None
    params: str | None = None
    judged: BlobId | None = Field(default=None, description="the tree of all that its gate saw")
    gate: str | None = Field(default=None, description="a digest of the gate: the checks, and what they compare with")
    checks: Mapping[str, Verdict] = Field(default_factory=dict)
    verdict: bool = Field(default=False, description="it failed by a verdict on other steps' files: no rework mends it")
    malformed: bool = Field(default=False, description="what it made is no judgement: it is to make it again")
    findings: tuple[Finding, ...] = ()
    signatures: tuple[str, ...] = ()
    question: Question | None = None
    receipt: str | None = None
    wake_at: int | None = Field(default=None, description="Unix time, seconds")


class State(_Document):
    """The whole of it."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    seq: int = Field(default=0, ge=0)
    status: Status = Status.READY
    waiting_for: str | None = None
    spend_usd: float = Field(default=0.0, ge=0)
    seen: Mapping[str, Seen] = Field(default_factory=dict)
    proposed: Mapping[str, BlobId] = Field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    steps: Mapping[str, StepRecord] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _no_entry_ahead(self) -> "State":
        """An edit by hand that sets `seq` back would make stale work look fresh."""
        for name, record in self.steps.items():
            if max(record.ran, record.wrote) > self.seq:
                raise ValueError(f"seq {self.seq} is less than the entries that steps.{name} names")
        return self
