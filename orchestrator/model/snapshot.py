"""All that `decide` may know of a job, gathered at one tip."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.model.agent import Agent
from orchestrator.model.job import JobFile, Scalar
from orchestrator.model.pipeline import Pipeline
from orchestrator.model.settings import Settings
from orchestrator.model.state import How, State

Files = Mapping[str, str]
"""Path → git blob id. Paths are relative to the job's directory; a leading `/` is the workspace's root."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A step's pinned definition: its role, the digest of all that defines it, the params that it reads."""

    agent: Agent | None
    digest: str
    params: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """An outside effect: its key, the payload that it carries, the ref's commit that tells of it."""

    key: str
    payload: Files
    commit: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of one publish step's target."""

    is_event: bool = False
    latest: Effect | None = None
    """The latest receipt."""
    earlier: Mapping[str, str] = field(default_factory=dict)
    """For an event: effect key → the commit of its receipt, for every receipt of this job, step and target."""
    intent: Effect | None = None
    """An intent without a receipt."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What people brought to `approved/<id>` and the job has not taken home yet."""

    commit: str
    """The tip of approved/<id>."""
    step: str
    """The step whose approvals file was brought, with the file's own words:"""
    seq: int
    tree: str
    by: str | None
    """Who brought it; None where a fast-forward names nobody."""
    how: How
    content: Files
    """What the approval covers, as it stands there."""
    edits: Mapping[str, str | None] = field(default_factory=dict)
    """Path → id of all that differs from the proposal, state.yaml left out; None where it was deleted."""
    conflicts: tuple[str, ...] = ()
    """Paths that the job changed meanwhile too: the job's version stays, theirs is in the history."""
    definitions: tuple[str, ...] = ()
    """Those of `edits` that define the job: its own file, agents, prompts, the pipeline, memory."""
    data: Mapping[str, object] = field(default_factory=dict)
    """Stem → value, of those of `edits` that an expression names."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to advance a job, taken before a call that may cost money."""

    step: str
    attempt: int
    tip: str
    reserved_usd: float
    owner: str
    expires: int
    is_orphaned: bool = False
    id: str = ""
    """The id of its text: only the claim that was seen is given back."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What was spent, USD, as far as a limit of the budget asks: by the step, today by all jobs, by all jobs ever."""

    job: float | None = None
    """By the job, ever, as its entries say it; None: not read, and the state's figure counts."""
    step: float = 0.0
    day: float = 0.0
    workspace: float = 0.0
    reserved: float = 0.0
    """What calls of other jobs that are under way may cost: it counts for the day and the workspace."""
    live: float = 0.0
    """That part of `reserved` whose calls may still come to an end: it is worth waiting for them."""
    holders: tuple[str, ...] = ()
    """The first few of the jobs that have reserved it."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What must be known before a step's agent is paid: the most tokens of its prompt, and what was spent."""

    step: str
    tokens: int
    spending: Spending = Spending()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job at one tip. `files` leaves out state.yaml and, of the workspace, all that no step reads or writes."""

    job: str
    tip: str
    base: str
    state: State
    job_file: JobFile
    pipeline: Pipeline
    definitions: Mapping[str, Definition]
    settings: Settings
    files: Files
    data: Mapping[str, object] = field(default_factory=dict)
    """Stem, `-` as `_` → the parsed YAML or JSON file that an expression names."""
    editors: Mapping[str, str] = field(default_factory=dict)
    """Path → the person whose commit last touched it, for paths whose id is not the seen one."""
    open_reviews: frozenset[str] = frozenset()
    """Steps whose review branch exists."""
    settings_id: str = ""
    """The blob id of the settings."""
    approved: str | None = None
    """The commit that the branch `approved/<id>` is at, None before the first proposal."""
    brought: Brought | None = None
    unbacked: frozenset[tuple[str, int]] = frozenset()
    """Approvals (step, seq) that state.yaml claims and `approved/<id>` does not bear out: they count for nothing."""
    targets: Mapping[str, Target] = field(default_factory=dict)
    """Publish step → what is known of its target."""
    claim: Claim | None = None
    archived_spend: float = 0.0
    """USD spent on tips that the branch no longer descends from."""
    is_deleted: bool = False
    """The branch is gone and its tip ref is not."""
    weight: Weight | None = None
    """Of the step whose turn it is, once its prompt has been rendered; what may cost nothing is not weighed."""
    out: Mapping[str, int] = field(default_factory=dict)
    """Provider → Unix time until which it is not asked: it failed for several jobs running."""
    accepted: Mapping[str, float] = field(default_factory=dict)
    """Model → the part of its outputs that the gate of the weighed step accepted, where the settings ask for it."""
