"""An entry as it stands, and what only it knows: what agents, checks, publishers and people said is read back. Pure.

It decides nothing, and trusts nothing of it: `proof` holds the whole against what must be.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

from orchestrator import trailers
from orchestrator.machine import waiving
from orchestrator.machine.digests import tree_id
from orchestrator.model.action import (
    Action,
    Await,
    Basis,
    CheckResult,
    Command,
    Fault,
    Halt,
    NotSent,
    Publish,
    Reconcile,
    Result,
    Run,
    Sent,
    Stop,
    Trouble,
    Unclear,
    Usage,
    Waits,
    Word,
)
from orchestrator.model.finding import Finding, Verdict
from orchestrator.model.names import is_person
from orchestrator.model.snapshot import Claim, Files, Snapshot
from orchestrator.model.state import Outcome, State, StepRecord

WORDS: Mapping[str, Word] = {str(word): word for word in Word}
_BASES: Mapping[str, Basis] = {str(basis): basis for basis in Basis}
_TROUBLES: Mapping[str, Trouble] = {str(trouble): trouble for trouble in Trouble}
_LONG = 61
"""Seconds of a wait that is not sat out."""
_CENT = 0.000_001
"""USD: the trailers have six places, and so has the state."""
_MOST_UNCHANGED = 10
"""Files that were written as they stood, of which it is tried which they were."""
_EARLIER = re.compile(r"The very same was (judged|reviewed) before, in ([0-9a-f]{12}):")
_ATTEMPT = re.compile(r"attempt (\d{1,9}) of (\S+) was cut short")


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as it stands: its message, its trailers, the state that it wrote, and that as text."""

    message: str
    state: State
    text: bytes
    trailers: Mapping[str, str] = field(default_factory=dict)

    @property
    def flat(self) -> str:
        """Return the body in one line, without what was next."""
        return " ".join(trailers.body(self.message).split())

    @property
    def first(self) -> str:
        """Return the first paragraph of the body in one line."""
        return " ".join(trailers.body(self.message).split("\n\n", 1)[0].split())

    def value(self, key: str) -> str:
        """Return a trailer, empty where there is none."""
        return self.trailers.get(key, "")

    def number(self, key: str) -> int:
        """Return a trailer that is a whole number, 0 where it is none."""
        text = self.value(key)
        return int(text) if text.isascii() and text.isdecimal() else 0

    @property
    def step(self) -> str:
        """Return the step that the entry is about."""
        return self.value("Step")

    @property
    def record(self) -> StepRecord:
        """Return what the state says of that step."""
        return self.state.steps.get(self.step) or StepRecord(outcome=Outcome.DUE)

    @property
    def is_attempt(self) -> bool:
        """Say whether an agent was asked."""
        return "Agent" in self.trailers

    def earlier(self, word: str) -> str | None:
        """Return the entry, 12 digits, that the very same was `judged` or `reviewed` in; None where there is none."""
        return next((found[2] for found in _EARLIER.finditer(self.flat) if found[1] == word), None)


# --- what is taken from an entry -------------------------------------------------------------------------------------


def usage_of(before: State, said: Said) -> Usage:
    """Return what an attempt used, as its trailers say it; of its cost what the spend grew by, where they agree."""
    told = trailers.usd_of(said.value("Cost-USD") or "0") or 0.0
    grown = said.state.spend_usd - before.spend_usd
    return Usage(
        said.number("Tokens-In"),
        said.number("Tokens-Out"),
        grown if abs(grown - told) <= _CENT and round(grown, 6) != round(told, 6) else told,
        said.number("Duration-Ms"),
        _BASES.get(said.value("Cost-Basis") or "free", Basis.UNKNOWN),
    )


def fault_of(snapshot: Snapshot, said: Said) -> Fault:
    """Return the fault of an attempt. When it is tried again is a clock's word, and read from the state."""
    record, trouble = said.record, _TROUBLES.get(said.value("Trouble"), Trouble.WORK)
    message = record.findings[0].message if record.findings else ""
    is_transient = said.value("Outcome") == Outcome.ERROR and trouble is not Trouble.DENIED
    now, wait = _tried_again(snapshot.state.steps.get(said.step), record)
    agent, backend = said.value("Agent") or None, said.value("Backend") or None
    return Fault(message, is_transient, usage_of(snapshot.state, said), agent, backend, wait, now, trouble)


def _tried_again(before: StepRecord | None, record: StepRecord) -> tuple[int, int]:
    """Return a time and a wait, in seconds, that come to what the record says."""
    if record.wake_at is not None:
        return record.wake_at, 0
    known = before.down if before else {}
    until = max((time for model, time in record.down.items() if known.get(model) != time), default=0)
    return until - _LONG, _LONG


def outputs_of(said: Said, files: Files) -> Files | None:
    """Return what an attempt wrote: those outputs of its record whose tree the entry names; None where none has it."""
    tree, outputs = said.value("Outputs-Tree"), said.record.outputs
    if not tree:
        return {}
    changed = {path for path, oid in outputs.items() if files.get(path) != oid}
    same = [path for path in sorted(outputs) if path not in changed]
    if tree_id(outputs) == tree:
        return dict(outputs)
    for many in range(len(same) if len(same) <= _MOST_UNCHANGED else 1):
        for some in combinations(same, many):
            found = {path: oid for path, oid in outputs.items() if path in changed or path in some}
            if tree_id(found) == tree:
                return found
    return None


def refused_of(said: Said) -> tuple[Finding, ...]:
    """Return what admission refused: its content is nowhere."""
    if said.value("Outcome") != Outcome.REFUSED:
        return ()
    return tuple(finding for finding in said.record.findings if finding.check not in said.record.checks)


def result_of_check(said: Said, name: str) -> CheckResult:
    """Return what a check said that looks beyond its files; an error where the entry has nothing of it."""
    record = said.record
    verdict = record.checks.get(name)
    if verdict is None:
        return CheckResult(name, Verdict.ERROR)
    return CheckResult(
        name,
        verdict,
        tuple(finding.model_copy(update={"waived": None}) for finding in record.findings if finding.check == name),
        is_verdict=record.verdict and verdict is Verdict.FAIL,
        is_malformed=record.malformed and verdict is Verdict.ERROR,
    )


def effect_result_of(said: Said, action: Publish | Reconcile) -> Result:
    """Return what became of an outside effect."""
    message = said.record.findings[0].message if said.record.findings else ""
    match said.value("Outcome"):
        case "unknown":
            return Unclear(message)
        case "failed" | "withdrawn":
            return NotSent(message or _went_wrong(said))
    return Sent(said.record.receipt or "", said.first.partition(" Sent ")[2].partition(f" to {action.target}. ")[2])


def _went_wrong(said: Said) -> str:
    return said.flat.partition("What went wrong was ")[2]


def claim_of(said: Said) -> Claim | None:
    """Return the claim that an entry books, or that stands when a person says a word; None where there is none."""
    is_booked = said.value("Outcome") == Outcome.INTERRUPTED
    found = _ATTEMPT.search(said.first if is_booked else trailers.following(said.message) or "")
    if found is None or not (is_booked or said.value("Next").startswith("settle/")):
        return None
    reserved = trailers.usd_of(said.value("Cost-USD") or "0") or 0.0
    return Claim(found[2], int(found[1]), "", reserved, "", 0, is_orphaned=True)


def command_of(snapshot: Snapshot, said: Said) -> Command | None:
    """Return the person's word that an entry writes down; None where it is none, or no person's."""
    word, actor = WORDS.get(said.value("Outcome")), said.value("Actor")
    if word is None or not is_person(actor):
        return None
    begins = f"{actor} said {word}: "
    text = said.first.removeprefix(begins).removesuffix(".") if said.first.startswith(begins) else ""
    if word is Word.REJECT and text and said.record.findings:
        text = said.record.findings[0].message
    if word is not Word.WAIVE:
        return Command(word, actor, said.step or None, text)
    new = [each for each in said.state.waivers if each not in snapshot.state.waivers]
    whole = new[-1].why if new else text
    open_ones = list(waiving.findings(snapshot))
    ids = [each.id for new_one in new for each in open_ones if waiving.same(new_one, waiving.waiver(each, "", ""))]
    return Command(word, actor, said.step or None, whole, tuple(ids))


def rested_of(action: Action, said: Said) -> Action:
    """Return the wait or the halt for want of a model, of money or of time, that an entry says a call came to.

    What was spent then, by all jobs, and who could be asked, no entry says.
    """
    is_route = isinstance(action, Run | Halt) or (isinstance(action, Await) and action.waits is Waits.TIME)
    reason = trailers.following(said.message)
    if not is_route or said.is_attempt or action.step is None or reason is None or action.step != said.step:
        return action
    match said.value("Status"), said.value("Waiting-For"):
        case "waiting", "time":
            return Await(Waits.TIME, action.step, "time", reason)
        case "halted", _ if isinstance(action, Run):
            return Halt(Stop.NO_MODEL if "Next" in said.trailers else Stop.BUDGET, action.step, reason)
    return action
