"""What may happen next, what came of it, and what a person may command. Unions of frozen values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.model.finding import Finding, Verdict
from orchestrator.model.snapshot import Brought, Claim, Effect, Files
from orchestrator.model.state import State


@dataclass(frozen=True, slots=True)
class Refused:
    """A model that was not chosen, and why."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    """The model chosen for an attempt, the reason, the worst case in USD, and the candidates refused."""

    model: str
    reason: str
    reserved_usd: float = 0.0
    refused: tuple[Refused, ...] = ()


# --- actions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """Invoke the step's agent and judge what it makes. `inputs` are the versions that it reads."""

    step: str
    attempt: int
    route: Route
    inputs: Files
    reason: str
    feedback: tuple[Finding, ...] = ()
    failed: Files = field(default_factory=dict)
    """What the failed attempt before it wrote, for the prompt."""
    promoted: int = 0
    """How many times the step has been given to a stronger model."""
    at: int = field(default=0, compare=False)
    """Unix time at which it was decided: what was down till then is asked again."""
    is_weighed: bool = True
    """False where the call may cost money and its prompt was not measured: the route stands only for the time being."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judge files as they are, invoking nobody. `takes_over`: they become the step's work on its present inputs."""

    step: str
    reason: str
    inputs: Files
    takes_over: bool = False
    """False for an edit of what the step made: what it read and when stays as it was."""
    anew: Files = field(default_factory=dict)
    """The step's own work, to be judged once more since what only its gate reads has changed; nobody wrote."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The step's `when` is false."""

    step: str
    reason: str
    inputs: Files


@dataclass(frozen=True, slots=True)
class Confirm:
    """No person needs to be asked: every gate passed, or an approval given before still holds."""

    step: str
    reason: str
    tree: str
    paths: Files
    is_given: bool = False
    """True where a person's approval holds already."""


@dataclass(frozen=True, slots=True)
class Propose:
    """Ask a person: put up the review branch of a step, and wait."""

    step: str
    tree: str
    paths: Files
    reason: str


@dataclass(frozen=True, slots=True)
class BringHome:
    """Take in what people brought to `approved/<id>`."""

    step: str
    brought: Brought
    by: str
    is_approval: bool
    """False where the content is taken home, but whoever brought it may not approve their own edit."""
    tree: str
    """The tree of the content that was brought."""
    reason: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Make the outside effect of a step, or cite the receipt of one already made."""

    step: str
    target: str
    key: str
    payload: Files
    reason: str
    receipt: str | None = None
    """The receipt that names this payload already: nothing goes out."""


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Find out what became of an effect whose intent has no receipt."""

    step: str
    target: str
    effect: Effect
    reason: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Book an orphaned claim as an interrupted attempt."""

    claim: Claim
    reason: str

    @property
    def step(self) -> str:
        """Return the step whose attempt was cut short."""
        return self.claim.step


class Waits(StrEnum):
    """What a job may wait for."""

    PERSON = "person"
    TIME = "time"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Await:
    """Nothing to do until something outside happens. `subject` is a trailer's value: `approve`, `listing.md`."""

    waits: Waits
    step: str
    subject: str
    reason: str
    command: str | None = None
    """What to type, where a command answers it."""
    until: int | None = None
    """Unix time, for TIME."""
    is_passing: bool = False
    """It comes of what other jobs do just now, and is not recorded: this job's files do not say it."""


@dataclass(frozen=True, slots=True)
class Done:
    """Every step stands."""

    reason: str = "every step is done"
    step: None = None


class Stop(StrEnum):
    """Why a job halted."""

    FAILED = "failed"
    SAME_FAILURE = "same-failure"
    REJECTED = "rejected"
    BUDGET = "budget"
    NO_MODEL = "no-model"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Halt:
    """The job stands still until a person does something."""

    stop: Stop
    step: str | None
    reason: str
    command: str | None = None


def action_name(action: object) -> str:
    """Return an action's name as people and programs see it: `run`, `bring-home`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(action).__name__).lower()


Action = Run | Judge | Skip | Confirm | Propose | BringHome | Publish | Reconcile | Settle | Await | Done | Halt


# --- what came of it -------------------------------------------------------------------------------------------------


class Basis(StrEnum):
    """Where the cost of an attempt comes from."""

    FREE = "free"
    PRICED = "priced"
    """Its tokens, by the price that the settings or the dated table say."""
    REPORTED = "reported"
    """The program said it."""
    UNKNOWN = "unknown"
    """Nobody knows; what was reserved for the call is booked, so that no budget is passed unseen."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an attempt cost. `tokens_in` counts those of `cache_read` and `cache_write` too."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    duration_ms: int = 0
    basis: Basis = Basis.FREE
    cache_read: int = 0
    cache_write: int = 0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of a gate. `is_verdict`: it judges other steps' files, so that no rework can mend its failing."""

    name: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    is_verdict: bool = False
    is_malformed: bool = False
    """What it judged is no judgement, as a reviewer should have made one: an error that its maker can mend."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict is bound to: the tree of all that the gate saw, and the gate."""

    tree: str
    gate: str
    """A digest of the checks, their settings, and what they compare with."""
    before: str | None = None
    """The entry whose gate judged the very same; nothing was judged anew."""


@dataclass(frozen=True, slots=True)
class Produced:
    """An attempt, or files as a person left them, judged. `outputs` are the ids of what is to be committed."""

    outputs: Files
    checks: tuple[CheckResult, ...]
    usage: Usage = Usage()
    agent: str | None = None
    backend: str | None = None
    prompt_digest: str | None = None
    refused: tuple[Finding, ...] = ()
    """What admission refused; its content is not committed."""
    data: Mapping[str, object] = field(default_factory=dict)
    """Stem → parsed data of what was made, for the expressions of later steps."""
    judged: Judged | None = None
    """What the gate saw; None for a step without one."""
    recalled: str | None = None
    """The entry whose review this is: a reviewer is not asked twice about the very same."""


class Trouble(StrEnum):
    """What kind of thing kept an agent from its work."""

    WORK = "work"
    """What it made is no whole work: cut short, empty, of the wrong form, refused. Another attempt, with that said."""
    BUSY = "busy"
    """It is asked too much (429, a usage limit). The same again, later."""
    HELD = "held"
    """Our own limits of the provider are used up, and nobody was asked: the same later, and no try is spent."""
    OUTAGE = "outage"
    """It cannot be reached, or fails by itself (5xx, a time-out). The same later, or another provider now."""
    DENIED = "denied"
    """It will never do it: the key, the model's name, a request too large. Another model, else a person."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The agent could not do its work. `is_transient`: the same again may go well."""

    message: str
    is_transient: bool
    usage: Usage = Usage()
    agent: str | None = None
    backend: str | None = None
    retry_after: int | None = None
    """Seconds."""
    now: int = 0
    """Unix time when it happened."""
    trouble: Trouble = Trouble.WORK
    transcript: bytes = b""
    """What was told and said, for people; it is never committed."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An outside effect happened, or had happened; `receipt` is the commit that says so."""

    receipt: str
    note: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """An outside effect did not happen, and is known not to have."""

    message: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """An outside effect may have happened."""

    message: str


@dataclass(frozen=True, slots=True)
class Noted:
    """The action needed nothing from outside."""


Result = Produced | Fault | Sent | NotSent | Unclear | Noted


# --- a person's commands ---------------------------------------------------------------------------------------------


class Word(StrEnum):
    """What a person may say of a job or a step."""

    RERUN = "rerun"
    KEEP = "keep"
    RETRY = "retry"
    REJECT = "reject"
    REOPEN = "reopen"
    WAIVE = "waive"
    CANCEL = "cancel"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Command:
    """A person's word, as an entry of its own."""

    word: Word
    actor: str
    step: str | None = None
    message: str = ""
    findings: tuple[str, ...] = ()
    """The ids of the findings that are waived."""


# --- an entry --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be committed: the state, the message's parts, who made the content."""

    state: State
    subject: str
    body: str
    trailers: tuple[tuple[str, str], ...]
    author: str
    """A role's name, a person's id, or `orchestrator`."""
