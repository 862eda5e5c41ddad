"""The state diagram of a step, found by asking the machine: every result of every action, every word of a person.

Two small pipelines are explored from their first snapshot on. A snapshot is looked at once for each way in which its
steps stand. What a step came to, before and after, is an arrow; what happened in between is its label. Nothing is run,
and nothing of the diagram is written by hand but the labels:

    python tests/docs/state_diagram.py      # writes the diagrams into docs/how-it-works.md
"""

import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    BringHome,
    CheckResult,
    Command,
    Confirm,
    Done,
    Fault,
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
models: [{name: "a:small", tier: fast}, {name: "a:large", tier: strong}]
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


def happenings(at: Snapshot) -> Iterator[Happening]:
    """Yield all that may happen next: to the action that is due, by people's words, by their hands."""
    action = decide(at, LATER)
    if action.step is not None:
        for event, result, more in outcomes(at, action):
            yield from _done(at, action, event, result, more)
        yield from _cut_short(at, action)
    for step in at.pipeline.steps:
        for word in (Word.RERUN, Word.KEEP, Word.RETRY, Word.REJECT, Word.REOPEN):
            yield from _said(at, word, step)
        yield from _answered(at, step)
    yield from _touched(at)


def _done(at: Snapshot, action: Action, event: str, result: Result, more: dict[str, object]) -> Iterator[Happening]:
    after, entry = apply(at, action, result), record(at, action, result)
    if after is not None and entry is not None:
        yield Happening(event, action.step, replace(after, state=entry.state, **more))  # type: ignore[arg-type]


def outcomes(at: Snapshot, action: Action) -> Iterator[tuple[str, Result, dict[str, object]]]:
    """Yield what may come of an action: its name, the result, what lies outside afterwards."""
    match action:
        case Run() | Judge():
            yield from _judged(at, action)
        case Publish() | Reconcile():
            yield from _sent(at, action)
        case Skip():
            yield "when is false", Noted(), {}
        case Confirm():
            yield "an approval holds" if action.is_given else "gates confirm", Noted(), {}
        case Propose():
            yield "asked", Noted(), {}
        case BringHome():
            yield "approve" if action.is_approval else "merged", Noted(), {}
        case Settle():
            yield "cut short", Noted(), {}
        case Done():
            return
        case _:
            yield "reject", Noted(), {}


def _judged(at: Snapshot, action: Run | Judge) -> Iterator[tuple[str, Result, dict[str, object]]]:
    who = "files of a person" if isinstance(action, Judge) and _is_by_hand(at, action) else "gate"
    words = {"pass": "pass", "fail": "fail"} if who != "gate" else {"pass": "passes", "fail": "fails"}
    for found in (0, 1):
        yield f"{who} {words['pass']}", _produced(at, action, Verdict.PASS, found=found), {}
    yield f"{who} {words['fail']}", _produced(at, action, Verdict.FAIL), {}
    yield "a check cannot run", _produced(at, action, Verdict.ERROR), {}
    if isinstance(action, Run):
        refusal = Finding(severity=Severity.CRITICAL, message="not its file", check="admission")
        yield "admission refuses", replace(_produced(at, action, Verdict.PASS), refused=(refusal,)), {}
        yield "passing fault", Fault("too many requests", is_transient=True, agent="a"), {}
        yield "agent fails", Fault("no answer", is_transient=False, agent="a"), {}


def _is_by_hand(at: Snapshot, action: Judge) -> bool:
    view = View(at)
    return any("@" in (view.owner(path) or "") for path in view.step(action.step).writes)


def _produced(at: Snapshot, action: Run | Judge, verdict: Verdict, *, found: int = 0) -> Produced:
    finding = Finding(severity=Severity.MAJOR, message=f"wrong in its own way: {new_id()}", check="words")
    check = CheckResult("words", verdict, (finding,) if verdict is Verdict.FAIL else ())
    paths = at.pipeline.steps[action.step].writes
    outputs = {p: new_id() for p in paths} if isinstance(action, Run) else {p: at.files[p] for p in paths}
    data = {"review": {"findings": [{"severity": "minor"}] * found}} if "review.yaml" in paths else {}
    return Produced(outputs, (check,), agent="a", backend="model", data=data)


def _sent(at: Snapshot, action: Publish | Reconcile) -> Iterator[tuple[str, Result, dict[str, object]]]:
    is_new = isinstance(action, Publish)
    left = at.targets[action.step].intent if isinstance(action, Reconcile) else None
    intent = left or Effect(action.key if isinstance(action, Publish) else "", at.files, new_id())
    unclear = {action.step: replace(at.targets[action.step], intent=intent)}
    yield "sent" if is_new else "looked up, it was sent", Sent(new_id(), "there"), {}
    yield "not sent" if is_new else "looked up, it was not", NotSent("no room"), {}
    yield "nobody can tell", Unclear("no answer"), {"targets": {**at.targets, **unclear}}


def _cut_short(at: Snapshot, action: Action) -> Iterator[Happening]:
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


def _answered(at: Snapshot, step: str) -> Iterator[Happening]:
    """Yield a merge of the review branch into approved/<id>, as it is and with an edit; and the branch deleted."""
    known = at.state.steps.get(step)
    if known is None or known.question is None or step not in at.open_reviews:
        return
    content = View(at).cover()
    asked = Brought(new_id(), step, known.question.seq, known.question.tree, ADA, How.LOCAL, content)
    yield Happening("", None, replace(at, brought=asked))
    edits = {"text.md": new_id()}
    yield Happening("", None, replace(at, brought=replace(asked, content={**content, **edits}, edits=edits)))
    yield Happening("", None, replace(at, open_reviews=at.open_reviews - {step}))


def _touched(at: Snapshot) -> Iterator[Happening]:
    """Yield a person's commit on the job's branch: what no step writes, what a step writes, a file deleted."""
    yield Happening("what it read changes", None, replace(at, files={**at.files, "brief.md": new_id()}))
    edited = replace(at, files={**at.files, "text.md": new_id()}, editors={**at.editors, "text.md": ADA})
    yield Happening("", None, edited)
    if "text.md" in at.files:
        left = {path: oid for path, oid in at.files.items() if path != "text.md"}
        yield Happening("its file is deleted", None, replace(at, files=left))


# --- what is seen of it ----------------------------------------------------------------------------------------------


def shown(at: Snapshot, step: str) -> str:
    """Return how `status` names what a step has come to."""
    known = at.state.steps.get(step)
    if known is None:
        return "[*]"
    return "stale" if stale(View(at), step) else str(known.outcome)


def explore(pipeline: str) -> Iterator[tuple[StepKind, Arrow]]:
    """Yield every arrow of every step that can be met in the pipeline."""
    start = first(pipeline)
    met, waiting = {_standing(start)}, deque([start])
    while waiting:
        at = waiting.popleft()
        for happening in happenings(at):
            yield from _arrows(at, happening)
            standing = _standing(happening.after)
            if standing not in met:
                met.add(standing)
                waiting.append(happening.after)


def _standing(at: Snapshot) -> object:
    """Return what tells one snapshot from another here: how each step stands, what lies open, what is next."""
    steps = tuple((shown(at, name), known.asked, known.round) for name, known in at.state.steps.items())
    intents = tuple(bool(target.intent) for target in at.targets.values())
    outside = (bool(at.claim), bool(at.brought), bool(at.open_reviews), intents, tuple(sorted(View(at).edits)))
    following = decide(at, LATER)
    return steps, outside, type(following), following.step, at.state.status


def _arrows(at: Snapshot, happening: Happening) -> Iterator[tuple[StepKind, Arrow]]:
    for name, step in at.pipeline.steps.items():
        before, after = shown(at, name), shown(happening.after, name)
        event = happening.event if name == happening.step else _from_outside(happening, after)
        if event and (before != after or name == happening.step):
            yield step.kind, Arrow(before, after, event)


def _from_outside(happening: Happening, after: str) -> str:
    """Return what something that happened to another step, or to the files, is to this one."""
    if after == Outcome.DUE:
        return "sent back by goto"
    if after == "stale":
        return happening.event if happening.step is None else "what it read changes"
    return ""


def arrows() -> dict[StepKind, list[Arrow]]:
    """Return, for each kind of step, its arrows, in the order of the outcomes."""
    found: dict[StepKind, set[Arrow]] = {kind: set() for kind in StepKind}
    for pipeline in (WORK, WORD):
        for kind, arrow in explore(pipeline):
            found[kind].add(arrow)
    rank = {name: place for place, name in enumerate(["[*]", "stale", *Outcome])}
    return {kind: sorted(some, key=lambda a: (rank[a.before], rank[a.after], a.event)) for kind, some in found.items()}


def diagrams() -> dict[StepKind, str]:
    """Return, for each kind of step, its diagram in Mermaid: one arrow from outcome to outcome, its events as label."""
    return {kind: _mermaid(some) for kind, some in arrows().items()}


def _mermaid(some: list[Arrow]) -> str:
    events: dict[tuple[str, str], list[str]] = {}
    for arrow in some:
        events.setdefault((arrow.before, arrow.after), []).append(arrow.event)
    lines = [f"    {before} --> {after}: {', '.join(told)}" for (before, after), told in events.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def written(page: str) -> str:
    """Return the page with the diagrams that the machine gives."""
    for kind, diagram in diagrams().items():
        page = rewrite(page, f"{TITLES[kind]} step", diagram)
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
