"""Perform one action: invoke the agent, judge what is there, send, look up. What came of it is a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator import prompts
from orchestrator.agents.admission import admit
from orchestrator.agents.interface import Answer, Request
from orchestrator.engine import data, effects, paths, verdicts
from orchestrator.engine.gather import Gathered
from orchestrator.engine.stored import StoredFiles
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError
from orchestrator.gates.interface import Material
from orchestrator.machine.digests import digest
from orchestrator.machine.verdicts import WRITTEN
from orchestrator.machine.view import View
from orchestrator.model.action import (
    Action,
    CheckResult,
    Fault,
    Judge,
    Judged,
    Noted,
    Produced,
    Publish,
    Reconcile,
    Result,
    Run,
    Usage,
)
from orchestrator.model.agent import Agent
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.names import is_person
from orchestrator.model.patterns import is_literal, matches, matches_any
from orchestrator.model.snapshot import Files, Snapshot
from orchestrator.model.state import Outcome, StepRecord

MOST_INPUT_BYTES = 5_000_000
_PROSE = (".md", ".txt", ".yaml", ".yml", ".json", ".csv", ".svg", ".html", ".xml", ".rss", ".atom")


@dataclass(frozen=True, slots=True)
class Performed:
    """What came of an action, and the files that it made: job path → content."""

    result: Result
    files: Mapping[str, bytes] = field(default_factory=dict)
    claim: str | None = None
    """The claim that was taken for it, to be given back with the entry."""


def perform(world: World, gathered: Gathered, action: Action) -> Performed:
    """Do what the action says. Raises OrchestratorError where the place itself is broken; an agent's fault is none."""
    match action:
        case Run():
            return _run(world, gathered, action)
        case Judge():
            return _judge(world, gathered, action)
        case Publish():
            return Performed(effects.publish(world, gathered.snapshot, action))
        case Reconcile():
            return Performed(effects.reconcile(world, gathered.snapshot, action))
        case _:
            return Performed(Noted())


# --- an agent's attempt ----------------------------------------------------------------------------------------------


def _run(world: World, gathered: Gathered, action: Run) -> Performed:
    snapshot = gathered.snapshot
    agent = snapshot.definitions[action.step].agent
    assert agent is not None
    shown = _shown(View(snapshot), action)
    too_large = _too_large(world, shown)
    if too_large is not None:
        return Performed(Fault(too_large, is_transient=False, agent=agent.name, now=world.clock()))
    request = _request(world, gathered, action, agent, shown)
    review = verdicts.recall_review(world, gathered, action, _told(request))
    if review is not None:
        maker = _Maker(agent.name, verdicts.LEDGER, 0, request, review.commit)
        return _admitted(world, gathered, action, Answer(review.files), maker, None)
    backend = world.backend(agent, action.route)
    claim = effects.take_claim(world, snapshot.job, gathered.tip, action)
    began = world.timer()
    answer = backend.run(request)
    took = world.timer() - began
    if isinstance(answer, Fault):
        return Performed(_faulted(answer, agent, backend.name, took, world.clock()), claim=claim)
    return _admitted(world, gathered, action, answer, _Maker(agent.name, backend.name, took, request), claim)


def _shown(view: View, action: Run) -> Files:
    """Return what the agent is shown of what the attempt rests on: all but what is for the gate."""
    return {path: oid for path, oid in action.inputs.items() if not view.is_for_the_gate(action.step, path)}


def _too_large(world: World, shown: Files) -> str | None:
    for path, oid in shown.items():
        size = world.ledger.size(oid)
        if size > MOST_INPUT_BYTES:
            return f"{path} has {size / 1e6:.0f} MB, and an agent reads at most {MOST_INPUT_BYTES / 1e6:.0f} MB a file"
    return None


def _request(world: World, gathered: Gathered, action: Run, agent: Agent, shown: Files) -> Request:
    snapshot = gathered.snapshot
    files = {path: world.ledger.blob(oid) for path, oid in shown.items()}
    failed = {path: world.ledger.blob(oid) for path, oid in action.failed.items()}
    params = snapshot.definitions[action.step].params
    request = Request(
        job=snapshot.job,
        title=snapshot.job_file.title or snapshot.job,
        step=action.step,
        attempt=action.attempt,
        agent=agent,
        prompt="",
        route=action.route,
        writes=snapshot.pipeline.steps[action.step].writes,
        files=files,
        params=params,
        findings=action.feedback,
        failed=failed,
    )
    return _with_prompt(world, gathered, request)


def render_prompt(world: World, gathered: Gathered, request: Request) -> str:
    """Return the task prompt of a request. Raises DocumentError at the template's line."""
    step = gathered.snapshot.pipeline.steps[request.step]
    path = paths.prompt_file(step.prompt or request.step)
    oid = gathered.prompts.get(request.step)
    if oid is None:
        raise DocumentError(
            f"{path}: there is no such prompt, and step {request.step} needs it",
            hint=f"write it on job/{request.job}, or name another with 'prompt:' in the job's pipeline",
        )
    context = {
        "job": request.job,
        "title": request.title,
        "step": request.step,
        "attempt": request.attempt,
        "params": dict(request.params),
        "files": _texts(request.files),
        "findings": [finding.model_dump(mode="json") for finding in request.findings],
        "failed": _texts(request.failed),
    }
    return prompts.render(world.ledger.blob(oid).decode("utf-8", "replace"), path, context)


def _with_prompt(world: World, gathered: Gathered, request: Request) -> Request:
    return replace(request, prompt=render_prompt(world, gathered, request))


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the files as text; of one that is none, only that it is there and how large it is."""
    return {path: _text(path, content) for path, content in files.items()}


def _text(path: str, content: bytes) -> str:
    if not path.casefold().endswith(_PROSE) or b"\0" in content:
        return f"(not text, {len(content)} bytes)"
    return content.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Maker:
    """Who made an attempt's files, in how many milliseconds, from which request."""

    agent: str
    backend: str
    took: int
    request: Request
    recalled: str | None = None
    """The entry that holds the review, where nobody was asked for it."""


def _told(request: Request) -> str:
    """Return a digest of all that the agent is told: its role, and the task with the files in it."""
    return digest([request.agent.system, request.prompt])


def _faulted(fault: Fault, agent: Agent, backend: str, took: int, now: int) -> Fault:
    usage = Usage(fault.usage.tokens_in, fault.usage.tokens_out, fault.usage.cost_usd, took)
    return Fault(fault.message, fault.is_transient, usage, agent.name, backend, fault.retry_after, now)


def _admitted(
    world: World, gathered: Gathered, action: Run, answer: Answer, maker: _Maker, claim: str | None
) -> Performed:
    snapshot = gathered.snapshot
    step = snapshot.pipeline.steps[action.step]
    admitted = admit(answer.files, step.writes, matches)
    outside = tuple(path for path in sorted(admitted.files) if not _is_granted(snapshot, path))
    inside = {path: content for path, content in admitted.files.items() if path not in outside}
    made = {**_back_to_what_was_read(world, snapshot, action, inside), **inside}
    outputs = {path: world.ledger.blob_id(content) for path, content in made.items()}
    judged = tuple(sorted({*made, *_left_alone(snapshot, action.step), *_left_before(snapshot, action.step)}))
    before = {path: oid for path, oid in action.inputs.items() if path in judged}
    verdict = _verdict(world, gathered, action.step, _Case(judged, before, {**outputs}, made))
    checks = (*_unwritten(snapshot, action.step, made), *verdict.checks)
    usage = Usage(answer.usage.tokens_in, answer.usage.tokens_out, answer.usage.cost_usd, maker.took)
    result = Produced(
        outputs,
        checks,
        usage,
        maker.agent,
        maker.backend,
        _told(maker.request),
        (*admitted.refused, *map(_ungranted, outside)),
        data.made(snapshot.pipeline, made),
        verdict.judged,
        maker.recalled,
    )
    return Performed(result, made, claim)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a gate is to judge: path → id of what was read before and of what is new, and the new contents."""

    artifacts: tuple[str, ...]
    before: Files
    outputs: Files = field(default_factory=dict)
    made: Mapping[str, bytes] = field(default_factory=dict)
    is_by_person: bool = False


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a gate said, and what it is bound to."""

    checks: tuple[CheckResult, ...]
    judged: Judged | None


def _verdict(world: World, gathered: Gathered, name: str, case: _Case) -> _Verdict:
    """Return what the step's gate says of the case: what it said of the very same before, where it did."""
    step = gathered.snapshot.pipeline.steps[name]
    judgeable = _judgeable(gathered.snapshot, name)
    judged = verdicts.binding(
        step, {**judgeable, **case.outputs}, case.before, is_by_person=case.is_by_person, artifacts=case.artifacts
    )
    recalled = verdicts.recall(world, gathered, name, judged)
    if recalled is not None and judged is not None:
        return _Verdict(recalled.checks, replace(judged, before=recalled.commit))
    material = Material(
        StoredFiles(world.ledger, judgeable, case.made),
        case.artifacts,
        StoredFiles(world.ledger, case.before),
        case.is_by_person,
        world.outside(gathered.snapshot.settings, gathered.snapshot.job),
    )
    return _Verdict(world.judge(step.gate, material), judged)


def _judgeable(snapshot: Snapshot, name: str) -> Files:
    """Return the files that a step's gate sees: what the step reads and writes, and no other.

    A verdict is bound to the content that it judged, and only what a step reads and writes is watched.
    """
    step = snapshot.pipeline.steps[name]
    return {path: oid for path, oid in snapshot.files.items() if matches_any((*step.rests_on, *step.writes), path)}


def _is_granted(snapshot: Snapshot, path: str) -> bool:
    """Say whether the base branch lets jobs write the path: the job's own always, the workspace's where it says so."""
    return not path.startswith("/") or matches_any(snapshot.settings.allow_writes, path)


def _ungranted(path: str) -> Finding:
    message = "the base branch grants no job to write it (allow_writes in orchestrator.yaml)"
    return Finding(severity=Severity.CRITICAL, check="admission", file=path, message=message)


def _back_to_what_was_read(
    world: World, snapshot: Snapshot, action: Run, made: Mapping[str, bytes]
) -> Mapping[str, bytes]:
    """Return the files that the attempt read, may write and left alone, where a failed attempt's version stands now.

    A rework starts again from the step's first inputs: what it leaves as it read is that version, not the failed one.
    """
    writes = snapshot.pipeline.steps[action.step].writes
    return {
        path: world.ledger.blob(oid)
        for path, oid in action.inputs.items()
        if path not in made and matches_any(writes, path) and snapshot.files.get(path) != oid
    }


def _unwritten(snapshot: Snapshot, name: str, made: Mapping[str, bytes]) -> tuple[CheckResult, ...]:
    """A step keeps its promise to write a file, unless it read it and leaves it as it is."""
    step = snapshot.pipeline.steps[name]
    kept = _left_alone(snapshot, name)
    missing = [path for path in step.writes if is_literal(path) and path not in made and path not in kept]
    if not missing:
        return ()
    findings = tuple(
        Finding(severity=Severity.CRITICAL, message=f"{name} did not write {path}", check=WRITTEN, file=path)
        for path in missing
    )
    return (CheckResult(WRITTEN, Verdict.FAIL, findings),)


def _left_alone(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """Return the files that the step may leave as they are: it reads them. Its gate judges them all the same."""
    step = snapshot.pipeline.steps[name]
    return tuple(
        path for path in step.writes if is_literal(path) and matches_any(step.reads, path) and path in snapshot.files
    )


def _left_before(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """Return what earlier attempts left in folders that the step writes: it is its work, and goes out with it."""
    view = View(snapshot)
    record = view.record(name)
    return tuple(p for p in (record.outputs if record else ()) if p in snapshot.files and view.last_writer(p) == name)


# --- files judged as they are ----------------------------------------------------------------------------------------


def _judge(world: World, gathered: Gathered, action: Judge) -> Performed:
    snapshot = gathered.snapshot
    view = View(snapshot)
    if action.anew:
        before = {p: oid for p, oid in action.inputs.items() if p in action.anew}
        is_by_person = is_person((view.record(action.step) or StepRecord(outcome=Outcome.PASSED)).by or "")
        made = {path: world.ledger.blob(oid) for path, oid in action.anew.items()}
        case = _Case(tuple(sorted(action.anew)), before, action.anew, made, is_by_person=is_by_person)
        verdict = _verdict(world, gathered, action.step, case)
        return Performed(Produced({}, verdict.checks, judged=verdict.judged))
    record = view.record(action.step)
    paths_judged = _judged_paths(view, action)
    outputs = {path: snapshot.files[path] for path in paths_judged}
    standing = {p: oid for p, oid in (record.outputs if record else {}).items() if p in snapshot.files}
    artifacts = tuple(sorted({*outputs, *standing}))
    is_by_person = any(is_person(view.owner(path) or "") for path in artifacts)
    before = {p: oid for p, oid in action.inputs.items() if p in artifacts}
    verdict = _verdict(world, gathered, action.step, _Case(artifacts, before, is_by_person=is_by_person))
    made = {path: world.ledger.blob(oid) for path, oid in outputs.items() if path.endswith((".yaml", ".yml", ".json"))}
    return Performed(Produced(outputs, verdict.checks, data=data.made(snapshot.pipeline, made), judged=verdict.judged))


def _judged_paths(view: View, action: Judge) -> tuple[str, ...]:
    """Return whose version the verdict takes note of: all that the step stands for, or just what was edited."""
    if action.takes_over:
        return tuple(sorted(view.matched(view.step(action.step).writes)))
    return tuple(path for path in sorted(view.edits) if view.last_writer(path) == action.step)
