"""What an attempt, a judgement or a skip writes into the state."""

from dataclasses import replace

from orchestrator.machine.digests import digest, failure_signature
from orchestrator.machine.ladder import Reroute, next_rung
from orchestrator.machine.stale import params_digest, stale
from orchestrator.machine.verdicts import findings_of, is_malformed, is_verdict, outcome_of
from orchestrator.machine.view import View
from orchestrator.machine.writing import former, put, spend
from orchestrator.model.action import Fault, Judge, Produced, Result, Run, Skip, Trouble
from orchestrator.model.finding import Finding, Severity, bounded
from orchestrator.model.names import ORCHESTRATOR, is_person
from orchestrator.model.snapshot import Files, Snapshot
from orchestrator.model.state import Asked, Outcome, Seen, StepRecord
from orchestrator.routing import BUILTIN

_AGAIN = frozenset({Outcome.ERROR, Outcome.INTERRUPTED})
_LONG_SECONDS = 60
"""A wait that is longer is not sat out: another provider is asked, or the job waits for a time."""


def ran(snapshot: Snapshot, action: Run, result: Result) -> Snapshot:
    """Return the snapshot after an attempt, good or bad; a failed one may have sent the job back."""
    match result:
        case Produced():
            return _produced(snapshot, action, result)
        case Fault():
            return _faulted(snapshot, action, result)
        case _:
            raise TypeError(f"an attempt ends as Produced or Fault, not {type(result).__name__}")


def _produced(snapshot: Snapshot, action: Run, result: Produced) -> Snapshot:
    seq = snapshot.state.seq + 1
    agent = result.agent or ORCHESTRATOR
    outcome, findings = outcome_of(result), findings_of(result)
    began = _started(snapshot, action)
    written = began.model_copy(
        update={
            "outcome": outcome,
            "tries": began.tries + 1 if outcome is Outcome.ERROR else 0,
            # Once the step stands, or wrote, the word that named it is used up.
            "asked": None if outcome is Outcome.PASSED or result.outputs else began.asked,
            "anew": {} if outcome is Outcome.PASSED or result.outputs else began.anew,
            "wrote": seq if result.outputs else began.wrote,
            "outputs": {**_there(snapshot, began), **result.outputs},
            "by": agent if result.outputs else _agent_before(began, agent),
            **_bound(result),
            "checks": {check.name: check.verdict for check in result.checks},
            "verdict": is_verdict(result.checks),
            "malformed": is_malformed(result),
            "findings": bounded(findings),
            "signatures": _signatures(began, outcome, findings),
            "down": {} if outcome is Outcome.PASSED else began.down,
        }
    )
    seen = {**snapshot.state.seen, **{path: Seen(id=oid, by=agent) for path, oid in result.outputs.items()}}
    after = put(
        snapshot,
        action.step,
        written,
        seen=dict(sorted(seen.items())),
        spend_usd=spend(snapshot, result.usage.cost_usd),
    )
    after = replace(after, files={**after.files, **result.outputs}, data={**after.data, **result.data})
    return replace(_rerouted(replace(after, claim=None), action.step), weight=None)


def _still_its_own(snapshot: Snapshot, step: str) -> Files:
    """Return those outputs of the step's record that no other step has written since."""
    view = View(snapshot)
    return {path: oid for path, oid in former(snapshot, step).outputs.items() if view.last_writer(path) == step}


def _there(snapshot: Snapshot, began: StepRecord) -> Files:
    return {path: oid for path, oid in began.outputs.items() if path in snapshot.files}


def _agent_before(began: StepRecord, agent: str) -> str:
    """Return who answers for an attempt that wrote nothing: never the person whose file it was to write over."""
    return began.by if began.by and not is_person(began.by) else agent


def having_read(snapshot: Snapshot, step: str, inputs: Files) -> dict[str, object]:
    """Return what a record says of an attempt as it begins: what it read, and what is left of the step's work.

    What others wrote over it is no more the step's: else an attempt that writes nothing would be stale for ever.
    """
    definition = snapshot.definitions.get(step)
    return {
        "ran": snapshot.state.seq,
        "inputs": dict(sorted(inputs.items())),
        "outputs": _still_its_own(snapshot, step),
        "definition": definition.digest if definition else None,
        "params": params_digest(View(snapshot), step) if definition and definition.params else None,
        "wake_at": None,
    }


def _started(snapshot: Snapshot, action: Run | Judge) -> StepRecord:
    """Return the record of the step as an attempt begins it."""
    before = former(snapshot, action.step)
    changes = having_read(snapshot, action.step, action.inputs)
    if isinstance(action, Run):
        starts_over = action.attempt == 1
        is_again = before.outcome in _AGAIN and stale(View(snapshot), action.step) is None
        is_marked = is_again or before.outcome is Outcome.DUE
        changes |= {
            "attempt": action.attempt,
            "round": before.round if is_marked or not starts_over else 0,
            "tries": before.tries if is_again else 0,
            "signatures": () if starts_over else before.signatures,
            "promoted": action.promoted,
            "model": action.route.model,
            "down": _still_down(before, action.at) if is_again or not starts_over else {},
        }
    return before.model_copy(update=changes)


def _still_down(record: StepRecord, now: int) -> dict[str, int]:
    """Return the models that cannot be asked yet; those whose time has come are forgotten."""
    return {model: until for model, until in record.down.items() if not until or until > now}


def _bound(result: Produced) -> dict[str, object]:
    """Return what the verdict is bound to, as the record says it."""
    return {"judged": result.judged and result.judged.tree, "gate": result.judged and result.judged.gate}


def _signatures(began: StepRecord, outcome: Outcome, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    if outcome not in {Outcome.FAILED, Outcome.REFUSED}:
        return began.signatures if outcome is Outcome.ERROR else ()
    return (*began.signatures, failure_signature(findings))


def _faulted(snapshot: Snapshot, action: Run, fault: Fault) -> Snapshot:
    began = _started(snapshot, action)
    finding = Finding(severity=Severity.CRITICAL, message=fault.message or "the agent failed", check="agent")
    changes: dict[str, object] = {
        "judged": None,
        "gate": None,
        "checks": {},
        "verdict": False,
        "malformed": False,
        "findings": bounded((finding,)),
        "by": _agent_before(began, fault.agent or ORCHESTRATOR),
    }
    if fault.is_transient or fault.trouble is Trouble.DENIED:
        # The same again means the same findings too.
        findings = bounded((finding, *action.feedback))
        tries = began.tries + (fault.trouble is not Trouble.HELD)
        changes |= {"outcome": Outcome.ERROR, "tries": tries, "findings": findings}
        changes |= _not_before(snapshot, action, began, fault)
    else:
        signatures = (*began.signatures, failure_signature((finding,)))
        changes |= {"outcome": Outcome.FAILED, "tries": 0, "signatures": signatures}
    after = put(
        snapshot, action.step, began.model_copy(update=changes), spend_usd=spend(snapshot, fault.usage.cost_usd)
    )
    return replace(_rerouted(replace(after, claim=None), action.step), weight=None)


def _not_before(snapshot: Snapshot, action: Run, began: StepRecord, fault: Fault) -> dict[str, object]:
    """Return until when the step, or a model, is not tried again.

    A provider that fails once is tried once more, soon. One that fails again, or says that it will be long, is left for
    a while: then another may do the work now.
    """
    if fault.trouble is Trouble.HELD:
        return {"wake_at": fault.now + (fault.retry_after or 0)}
    if fault.trouble is Trouble.DENIED:
        return {"down": {**began.down, action.route.model: 0}}
    wait = fault.retry_after if fault.retry_after is not None else _back_off(snapshot.job, began)
    is_left = wait > _LONG_SECONDS or (fault.trouble is Trouble.OUTAGE and began.tries > 0)
    own = _of_its_provider(snapshot, action.route.model)
    if is_left and own:
        until = fault.now + max(wait, _LONG_SECONDS)
        return {"down": {**began.down, **dict.fromkeys(own, until)}}
    return {"wake_at": fault.now + wait}


def _of_its_provider(snapshot: Snapshot, name: str) -> list[str]:
    """Return the models of the provider that serves the model of that name; none for what is no model."""
    models = [model for model in snapshot.settings.models if model.name != BUILTIN]
    provider = next((model.provider for model in models if model.name == name), None)
    return [model.name for model in models if model.provider == provider]


def _back_off(job: str, began: StepRecord) -> int:
    """Return seconds: 1, 2, 4 …, and up to half as many more, another number for each job: they do not come at once.

    The number comes of a digest, since what is recorded must come out the same when it is replayed.
    """
    base = 2**began.tries
    spread = int(digest([job, began.tries, began.ran])[:8], 16)
    return int(base + spread % (base // 2 + 1))


def _rerouted(after: Snapshot, step: str) -> Snapshot:
    """Return the snapshot with the steps from the goto's target through `step` due, where the ladder says so."""
    failed = after.state.steps[step]
    if failed.outcome not in {Outcome.FAILED, Outcome.REFUSED}:
        return after
    view = View(after)
    rung = next_rung(view, step, failed)
    if not isinstance(rung, Reroute):
        return after
    between = {name for name in view.before[step] if rung.target in view.before[name]}
    for name in [n for n in view.sequence if n in {rung.target, step, *between} and n in after.state.steps]:
        due = after.state.steps[name].model_copy(update={"outcome": Outcome.DUE, "attempt": 0, "asked": None})
        if name == rung.target:
            due = due.model_copy(update={"asked": Asked.GOTO, "findings": _unwaived(failed)})
        if name == step:
            due = due.model_copy(update={"round": failed.round + 1, "signatures": ()})
        after = put(after, name, due)
    return after


def _unwaived(record: StepRecord) -> tuple[Finding, ...]:
    return tuple(finding for finding in record.findings if finding.waived is None)


def judged(snapshot: Snapshot, action: Judge, result: Result) -> Snapshot:
    """Return the snapshot after a gate judged files as they are. What a person made is never reworked or sent back."""
    if not isinstance(result, Produced):
        raise TypeError(f"a judgement ends as Produced, not {type(result).__name__}")
    view = View(snapshot)
    before = _before(snapshot, action)
    edited = {path: oid for path, oid in view.edits.items() if path in result.outputs}
    own = before.outputs if action.anew else _still_its_own(snapshot, action.step)
    outcome, findings = outcome_of(result), findings_of(result)
    by = next((view.owner(path) for path in sorted(edited)), None) or _taken_by(view, before, result)
    has_changed = bool(edited) or action.takes_over
    written = before.model_copy(
        update={
            "outcome": outcome,
            "tries": before.tries + 1 if outcome is Outcome.ERROR else 0,
            "asked": None,
            "anew": {},
            "wake_at": None,
            "wrote": snapshot.state.seq + 1 if has_changed else before.wrote,
            "outputs": {**({} if action.takes_over else own), **result.outputs},
            "by": by if has_changed else before.by,
            **_bound(result),
            "checks": {check.name: check.verdict for check in result.checks},
            "verdict": is_verdict(result.checks),
            "malformed": is_malformed(result),
            "findings": bounded(findings),
            "signatures": before.signatures if has_changed else _signatures(before, outcome, findings),
        }
    )
    lies_under = own.keys() != before.outputs.keys()
    if edited and not action.takes_over and (lies_under or _is_still_due(before)):
        written = _edited_while_due(before, written)
    editors = {path: who for path, who in snapshot.editors.items() if path not in result.outputs}
    after = put(snapshot, action.step, written, seen=_noted(view, result.outputs))
    after = replace(after, editors=editors, data={**after.data, **result.data})
    # What a person made is told to them, and waits. But their verdict on others' files, as a reviewer, moves the job.
    is_told = by is not None and is_person(by) and not (action.takes_over and written.verdict)
    return after if is_told else _rerouted(after, action.step)


def _before(snapshot: Snapshot, action: Judge) -> StepRecord:
    """Return the record that a judgement goes on from."""
    if action.anew:
        # It starts again at attempt 1, and its work is the step's own, also where a later one wrote on.
        own = former(snapshot, action.step).outputs
        fresh = {"outputs": own, "attempt": 0, "round": 0, "signatures": ()}
        return _started(snapshot, action).model_copy(update=fresh)
    return _started(snapshot, action) if action.takes_over else former(snapshot, action.step)


def _noted(view: View, outputs: Files) -> dict[str, Seen]:
    """Return what was seen, with these versions, whose they are."""
    now = {path: Seen(id=oid, by=view.owner(path) or ORCHESTRATOR) for path, oid in outputs.items()}
    return dict(sorted({**view.state.seen, **now}.items()))


def _is_still_due(before: StepRecord) -> bool:
    """Say whether the step has work to do that an edit does not do: it was asked for, or its last try wrote nothing."""
    wrote_nothing = before.outcome not in {Outcome.PASSED, Outcome.SKIPPED} and before.wrote <= before.ran
    return before.outcome is Outcome.DUE or wrote_nothing


def _edited_while_due(before: StepRecord, judged: StepRecord) -> StepRecord:
    """Return the record with the edit noted, and the step as due as it was."""
    changes = {"outcome": Outcome.DUE, "asked": before.asked, "anew": before.anew, "attempt": 0, "tries": 0}
    # Findings of one judgement and checks of another would be read as one verdict.
    kept = {"findings": before.findings, "verdict": before.verdict, "judged": None, "gate": None}
    return judged.model_copy(update={**changes, **kept})


def _taken_by(view: View, before: StepRecord, result: Produced) -> str | None:
    """Return whose the work is where nothing was edited: a person's file makes it a person's."""
    owners = [view.owner(path) for path in sorted(result.outputs)]
    return next((who for who in owners if who and is_person(who)), before.by or next(iter(owners), None))


def skipped(snapshot: Snapshot, action: Skip) -> Snapshot:
    """Return the snapshot with the step skipped; of its outputs those stay that nobody has written since."""
    before = former(snapshot, action.step)
    began = before.model_copy(update=having_read(snapshot, action.step, action.inputs))
    written = began.model_copy(
        update={
            "outputs": _there(snapshot, began),
            "outcome": Outcome.SKIPPED,
            "attempt": 0,
            "round": before.round if before.outcome is Outcome.DUE else 0,
            "tries": 0,
            "asked": None,
            "anew": {},
            "judged": None,
            "gate": None,
            "checks": {},
            "findings": (),
            "signatures": (),
            "verdict": False,
            "malformed": False,
        }
    )
    return put(snapshot, action.step, written)
