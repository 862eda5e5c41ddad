"""The state diagram of a step, found by asking the machine: every result of every action, every word of a person.

Two small pipelines are explored from their first snapshot on, one step after another: to the step that is looked at all
happens that can, to the others only what moves the job on. A snapshot is looked at once for each way in which its steps
stand. What a step came to, before and after, is an arrow; what happened in between is its label. No agent is run, and
nothing of the diagram is written by hand but the labels.
"""

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count

from pages import ROOT, rewrite

from orchestrator.documents.models import parse
from orchestrator.errors import RefusedError
from orchestrator.machine import decide, order, record
from orchestrator.machine.record import apply
from orchestrator.machine.stale import stale
from orchestrator.machine.view import View
from orchestrator.model.action import (
    Action,
    Await,
    BringHome,
    CheckResult,
    Command,
    Confirm,
    Done,
    Fault,
    Halt,
    Judge,
    Noted,
    NotSent,
    Produced,
    Propose,
    Publish,
    Reconcile,
    Result,
    Run,
    Sent,
    Settle,
    Skip,
    Stop,
    Unclear,
    Word,
)
from orchestrator.model.agent import Agent
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.job import JobFile
from orchestrator.model.pipeline import Pipeline, StepKind
from orchestrator.model.settings import Settings
from orchestrator.model.snapshot import Brought, Claim, Definition, Effect, Snapshot, Target
from orchestrator.model.state import How, Outcome, State

PAGE = ROOT / "docs" / "how-it-works.md"
TITLES = {StepKind.AGENT: "agent", StepKind.APPROVE: "approval", StepKind.PUBLISH: "publish"}

ADA = "ada@example.com"
LATER = 10**9
"""Unix time; every wait for a time is over by then."""

SETTINGS = """\
version: 1
models: [{name: "a:model"}]
approvers: {owner: {who: [ada@example.com]}}
publishers: {shop: {kind: directory, path: published}}
"""

WORK = """\
version: 1
steps:
  review:
    agent: reviewer
    reads: [brief.md]
    writes: [review.yaml]
  mend:
    agent: editor
    when: review.findings | length > 0
    reads: [brief.md, review.yaml]
    writes: [text.md]
  recheck:
    agent: reviewer
    reads: [text.md]
    writes: [recheck.yaml]
    attempts: 1
    on_fail: {goto: mend, rounds: 1}
"""

WORD = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
  approve:
    approve: {by: owner}
  publish:
    publish: {to: shop, files: [text.md]}
"""

UNASKED = WORD.replace("{by: owner}", "{by: owner, when: 1 > 2}")

LOOKED_AT = ((WORK, "mend"), (WORK, "recheck"), (WORD, "approve"), (UNASKED, "approve"), (WORD, "publish"))
"""Pipelines, and the step of each whose every turn is followed."""

ENOUGH = frozenset({"gate passes", "gate fails", "merge", "asked", "sent", "when is false", "an approval holds"})
"""What may happen to the other steps."""

DOING: Mapping[type[Action], str] = {Run: "running", Settle: "running", Judge: "judging"}

SAME: Mapping[tuple[str, str], str] = {
    ("running", "due"): "goto",
    ("judging", "due"): "as due as before",
    ("judging", "stale"): "as stale as before",
}
"""Where a label says more than what the gate said."""

Targets = Mapping[str, Target]

_numbers = count(1)


@dataclass(frozen=True, order=True)
class Arrow:
    """What a step came to, what happened, what it came to then. `[*]`: it has not run."""

    before: str
    after: str
    event: str


@dataclass(frozen=True)
class Happening:
    """Something that may happen in a snapshot. `step`: whose own action or word it is; None for what lies outside."""

    event: str
    step: str | None
    after: Snapshot
    doing: str | None = None
    """What the step is in between, where an agent or a gate is at work."""


def new_id() -> str:
    """Return the id of content that was not there before."""
    return hashlib.sha1(str(next(_numbers)).encode()).hexdigest()


def first(pipeline: str) -> Snapshot:
    """Return the snapshot of a job that has just been made."""
    steps = parse(pipeline, "pipeline.yaml", Pipeline)
    roles = {name: Agent(name=step.agent) for name, step in steps.steps.items() if step.agent}
    return Snapshot(
        job="job",
        tip="0" * 40,
        base="1" * 40,
        state=State(),
        job_file=JobFile(version=1),
        pipeline=steps,
        definitions={name: Definition(roles.get(name), "a" * 12) for name in steps.steps},
        settings=parse(SETTINGS, "orchestrator.yaml", Settings),
        files={"brief.md": new_id()},
        targets={name: Target() for name, step in steps.steps.items() if step.publish},
    )


# --- what may happen -------------------------------------------------------------------------------------------------


def happenings(at: Snapshot, looked_at: str) -> Iterator[Happening]:
    """Yield all that may happen next to the step that is looked at, and what moves the other steps on."""
    action = decide(at, LATER)
    for event, result, outside in outcomes(at, action):
        if action.step == looked_at or event in ENOUGH:
            yield from _done(at, action, event, result, outside)
    if action.step == looked_at:
        yield from _killed(at, action)
    for word in (Word.RERUN, Word.KEEP, Word.RETRY, Word.REJECT, Word.REOPEN):
        yield from _said(at, word, looked_at)
    yield from _answered(at)
    yield from _touched(at)


def _done(at: Snapshot, action: Action, event: str, result: Result, outside: Targets) -> Iterator[Happening]:
    after, entry = apply(at, action, result), record(at, action, result)
    if after is not None and entry is not None:
        left = replace(after, state=entry.state, targets={**after.targets, **outside})
        yield Happening(event, action.step, left, DOING.get(type(action)))


def outcomes(at: Snapshot, action: Action) -> Iterator[tuple[str, Result, Targets]]:
    """Yield what may come of an action: its name, the result, what an effect leaves open."""
    match action:
        case Run() | Judge():
            yield from ((event, result, {}) for event, result in _judged(at, action))
        case Publish() | Reconcile():
            yield from _sent(at, action)
        case Skip():
            yield "when is false", Noted(), {}
        case Confirm():
            yield "an approval holds" if action.is_given else "gates confirm", Noted(), {}
        case Propose():
            yield "asked", Noted(), {}
        case BringHome():
            yield "merge with edits" if action.brought.edits else "merge", Noted(), {}
        case Settle():
            yield "cut short", Noted(), {}
        case Halt(stop=Stop.REJECTED):
            yield "reject", Noted(), {}
        case Halt() | Await() | Done():
            return


def _judged(at: Snapshot, action: Run | Judge) -> Iterator[tuple[str, Result]]:
    for found in (0, 1):
        yield "gate passes", _produced(at, action, Verdict.PASS, found=found)
    yield "gate fails", _produced(at, action, Verdict.FAIL)
    yield "a check cannot run", _produced(at, action, Verdict.ERROR)
    if isinstance(action, Run):
        refusal = Finding(severity=Severity.CRITICAL, message="not its file", check="admission")
        yield "admission refuses", replace(_produced(at, action, Verdict.PASS), refused=(refusal,))
        yield "passing fault", Fault("too many requests", is_transient=True, agent="a")
        yield "agent fails", Fault("no answer", is_transient=False, agent="a")


def _produced(at: Snapshot, action: Run | Judge, verdict: Verdict, *, found: int = 0) -> Produced:
    finding = Finding(severity=Severity.MAJOR, message="too short", check="words")
    check = CheckResult("words", verdict, (finding,) if verdict is Verdict.FAIL else ())
    paths = at.pipeline.steps[action.step].writes
    outputs = {p: new_id() for p in paths} if isinstance(action, Run) else {p: at.files[p] for p in paths}
    data = {"review": {"findings": [{"severity": "minor"}] * found}} if "review.yaml" in paths else {}
    return Produced(outputs, (check,), agent="a", backend="model", data=data)


def _sent(at: Snapshot, action: Publish | Reconcile) -> Iterator[tuple[str, Result, Targets]]:
    if isinstance(action, Reconcile):
        yield "found, it was sent", Sent(new_id(), "there"), {}
        yield "found, it was not", NotSent("no room"), {}
        yield "nobody can tell", Unclear("no answer"), {}
        return
    target = at.targets[action.step]
    intent = Effect(action.key, action.payload, new_id())
    yield "sent", Sent(new_id(), "there"), {}
    yield "not sent", NotSent("no room"), {}
    yield "nobody can tell", Unclear("no answer"), {action.step: replace(target, intent=intent)}


def _killed(at: Snapshot, action: Action) -> Iterator[Happening]:
    """Yield the process being killed over the action: a claim, or an intent, is left behind."""
    if isinstance(action, Run):
        claim = Claim(action.step, action.attempt, at.tip, 0.01, "there/1", 0, is_orphaned=True)
        yield Happening("", None, replace(at, claim=claim))
    if isinstance(action, Publish) and action.receipt is None:
        intent = replace(at.targets[action.step], intent=Effect(action.key, action.payload, new_id()))
        yield Happening("", None, replace(at, targets={**at.targets, action.step: intent}))


def _said(at: Snapshot, word: Word, step: str) -> Iterator[Happening]:
    try:
        entry = order(at, Command(word, ADA, step))
    except RefusedError:
        return
    reviews = at.open_reviews - {step} if word is Word.REJECT else at.open_reviews
    yield Happening(str(word), step, replace(at, state=entry.state, open_reviews=reviews))


def _answered(at: Snapshot) -> Iterator[Happening]:
    """Yield a merge of the review branch into approved/<id>, as it is and with an edit; and the branch deleted."""
    for step in sorted(at.open_reviews):
        known = at.state.steps[step]
        if known.question is None or at.brought is not None:
            return
        content, edits = View(at).cover(), {"text.md": new_id()}
        asked = Brought(new_id(), step, known.question.seq, known.question.tree, ADA, How.LOCAL, content)
        yield Happening("", None, replace(at, brought=asked))
        yield Happening("", None, replace(at, brought=replace(asked, content={**content, **edits}, edits=edits)))
        yield Happening("", None, replace(at, open_reviews=at.open_reviews - {step}))


def _touched(at: Snapshot) -> Iterator[Happening]:
    """Yield a person's commit on the job's branch: what no step writes, what a step writes, a file deleted."""
    yield Happening("what it read changes", None, replace(at, files={**at.files, "brief.md": new_id()}))
    if "text.md" not in View(at).edits:
        files, editors = {**at.files, "text.md": new_id()}, {**at.editors, "text.md": ADA}
        yield Happening("", None, replace(at, files=files, editors=editors))
    if "text.md" in at.files:
        left = {path: oid for path, oid in at.files.items() if path != "text.md"}
        yield Happening("its file is deleted", None, replace(at, files=left))


# --- what is seen of it ----------------------------------------------------------------------------------------------


def shown(at: Snapshot, step: str) -> str:
    """Return how `status` names what a step has come to."""
    known = at.state.steps.get(step)
    if known is None:
        return "[*]"
    is_stale = at.pipeline.steps[step].kind is StepKind.AGENT and stale(View(at), step)
    return "stale" if is_stale else str(known.outcome)


def explore(pipeline: str, step: str) -> Iterator[Arrow]:
    """Yield every arrow of the step that can be met in the pipeline."""
    start = first(pipeline)
    met, waiting = {_standing(start)}, deque([start])
    while waiting:
        at = waiting.popleft()
        for happening in happenings(at, step):
            yield from _arrows(at, happening, step)
            standing = _standing(happening.after)
            if standing not in met:
                met.add(standing)
                waiting.append(happening.after)


def _standing(at: Snapshot) -> object:
    """Return what tells one snapshot from another here: how each step stands, what lies open, what is next."""
    steps = tuple((name, shown(at, name), known.asked) for name, known in at.state.steps.items())
    intents = tuple(bool(target.intent) for target in at.targets.values())
    edits = at.brought.edits if at.brought else None
    outside = (bool(at.claim), edits is None, bool(edits), bool(at.open_reviews), intents, *sorted(View(at).edits))
    following = decide(at, LATER)
    return steps, outside, type(following), following.step


def _arrows(at: Snapshot, happening: Happening, step: str) -> Iterator[Arrow]:
    before, after = shown(at, step), shown(happening.after, step)
    if happening.event == "cut short" and after != Outcome.INTERRUPTED:
        # The claim was of a step whose turn is over: what was reserved is booked, and no outcome changes.
        return
    if happening.step != step:
        event = _from_outside(happening, after)
        if event and before != after:
            yield Arrow(before, after, event)
    elif happening.doing:
        yield Arrow(before, happening.doing, "a person's files" if happening.doing == "judging" else "")
        yield Arrow(happening.doing, after, SAME.get((happening.doing, after), happening.event))
    else:
        yield Arrow(before, after, happening.event)


def _from_outside(happening: Happening, after: str) -> str:
    """Return what something that happened to another step, or to the files, is to this one."""
    if after == Outcome.DUE:
        return "goto"
    if after == "stale":
        return happening.event if happening.step is None else "what it read changes"
    return ""


@lru_cache(maxsize=1)
def arrows() -> Mapping[StepKind, list[Arrow]]:
    """Return, for each kind of step, its arrows, in the order of the outcomes."""
    found: dict[StepKind, set[Arrow]] = {kind: set() for kind in StepKind}
    for pipeline, step in LOOKED_AT:
        kind = first(pipeline).pipeline.steps[step].kind
        found[kind] |= set(explore(pipeline, step))
    rank = {name: place for place, name in enumerate(["[*]", "running", "judging", *Outcome, "stale"])}
    return {kind: sorted(some, key=lambda a: (rank[a.before], rank[a.after], a.event)) for kind, some in found.items()}


def diagrams() -> dict[StepKind, str]:
    """Return, for each kind of step, its diagram in Mermaid: one arrow from outcome to outcome, its events as label."""
    return {kind: _mermaid(some) for kind, some in arrows().items()}


def _mermaid(some: list[Arrow]) -> str:
    events: dict[tuple[str, str], list[str]] = {}
    for arrow in some:
        events.setdefault((arrow.before, arrow.after), []).append(arrow.event)
    lines = [_line(before, after, told) for (before, after), told in events.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _line(before: str, after: str, events: list[str]) -> str:
    told = ", ".join(event for event in events if event)
    return f"    {before} --> {after}" + (f": {told}" if told else "")


def written(page: str) -> str:
    """Return the page with the diagrams that the machine gives."""
    for kind, diagram in diagrams().items():
        page = rewrite(page, f"{TITLES[kind]} step", diagram)
    return page
