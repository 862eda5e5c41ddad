"""One attempt of an agent's step: ask the backend, admit what it made, judge that. What came of it is a value."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.agents.admission import admit
from orchestrator.agents.interface import Answer, Request
from orchestrator.content.secrets import redacted
from orchestrator.engine import calls, data, verdicts
from orchestrator.engine.gather import Gathered
from orchestrator.engine.judgement import Case, verdict_on
from orchestrator.engine.pictures import with_pictures
from orchestrator.engine.requests import request_of, shown_to, told, too_large
from orchestrator.engine.throttle import TooLong
from orchestrator.engine.weigh import reserve
from orchestrator.engine.world import Performed, World
from orchestrator.machine.verdicts import WRITTEN
from orchestrator.machine.view import View
from orchestrator.model.action import CheckResult, Fault, Produced, Run
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.patterns import is_literal, matches, matches_any
from orchestrator.model.snapshot import Snapshot


def attempt(world: World, gathered: Gathered, action: Run) -> Performed:
    """Ask the step's agent, and judge what it made. Its fault is a value; what keeps it from being asked is raised."""
    agent = gathered.snapshot.definitions[action.step].agent
    assert agent is not None
    shown = shown_to(View(gathered.snapshot), action)
    excess = too_large(world, shown)
    if excess is not None:
        return Performed(Fault(excess, is_transient=False, agent=agent.name, now=world.clock()))
    request = request_of(world, gathered, action, agent, shown)
    review = verdicts.recall_review(world, gathered, action, told(request))
    if review is not None:
        maker = Maker(agent.name, verdicts.LEDGER, 0, request, review.commit)
        return admitted(world, gathered, action, Answer(review.files), maker, None)
    return _asked(world, gathered, action, request)


def _asked(world: World, gathered: Gathered, action: Run, request: Request) -> Performed:
    backend = world.backend(request.agent, action.route, gathered.snapshot.settings)
    claim, began = None, world.timer()
    try:
        with calls.allowed(world, gathered.snapshot.settings, request):
            claim, began = reserve(world, gathered, action, request.agent), world.timer()
            answer = calls.made(world, backend, request)
    except TooLong as wait:
        answer = calls.too_long(request, wait)
    took = world.timer() - began
    calls.keep_transcript(world, gathered.snapshot, action, answer)
    if isinstance(answer, Fault):
        message = redacted(answer.message.encode("utf-8", "replace")).decode("utf-8", "replace")
        fault = replace(answer, message=message, transcript=b"", now=world.clock())
        fault = replace(fault, usage=replace(answer.usage, duration_ms=took))
        return Performed(replace(fault, agent=request.agent.name, backend=backend.name), claim=claim)
    maker = Maker(request.agent.name, backend.name, took, request)
    return admitted(world, gathered, action, with_pictures(answer, request), maker, claim)


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made an attempt's files, in how many milliseconds, from which request."""

    agent: str
    backend: str
    took: int
    request: Request
    recalled: str | None = None
    """The entry that holds the review, where nobody was asked for it."""


def admitted(
    world: World, gathered: Gathered, action: Run, answer: Answer, maker: Maker, claim: str | None
) -> Performed:
    """Return what came of an answer: what of it is let in, and what the gate says of that."""
    snapshot = gathered.snapshot
    step = snapshot.pipeline.steps[action.step]
    admitted = admit(answer.files, step.writes, matches, tuple(snapshot.files))
    outside = tuple(path for path in sorted(admitted.files) if not _is_granted(snapshot, path))
    inside = {path: content for path, content in admitted.files.items() if path not in outside}
    made = {**_back_to_what_was_read(world, snapshot, action, inside), **inside}
    outputs = {path: world.ledger.blob_id(content) for path, content in made.items()}
    judged = tuple(sorted({*made, *_left_alone(snapshot, action.step), *_left_before(snapshot, action.step)}))
    before = {path: oid for path, oid in action.inputs.items() if path in judged}
    verdict = verdict_on(world, gathered, action.step, Case(judged, before, {**outputs}, made))
    checks = (*_unwritten(snapshot, action.step, made), *verdict.checks)
    usage = replace(answer.usage, duration_ms=maker.took)
    result = Produced(
        outputs,
        checks,
        usage,
        maker.agent,
        maker.backend,
        told(maker.request),
        (*answer.refused, *admitted.refused, *map(_ungranted, outside)),
        data.made(snapshot.pipeline, made),
        verdict.judged,
        maker.recalled,
    )
    return Performed(result, made, claim)


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
