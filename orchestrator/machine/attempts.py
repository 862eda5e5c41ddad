"""What an attempt, a judgement or a skip writes into the state."""

from dataclasses import replace

from orchestrator.machine.beginnings import having_read, started, still_its_own, still_there
from orchestrator.machine.digests import digest, failure_signature
from orchestrator.machine.ladder import Reroute, next_rung
from orchestrator.machine.verdicts import findings_of, is_malformed, is_verdict, outcome_of
from orchestrator.machine.view import View
from orchestrator.machine.writing import former, put, spend
from orchestrator.model.action import Fault, Judge, Produced, Result, Run, Skip, Trouble
from orchestrator.model.finding import Finding, Severity, bounded
from orchestrator.model.names import ORCHESTRATOR, is_person
from orchestrator.model.snapshot import Files, Snapshot
from orchestrator.model.state import Asked, Outcome, Seen, StepRecord
from orchestrator.routing import BUILTIN

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
    agent = result.agent or ORCHESTRATOR
    began = started(snapshot, action)
    seen = {**snapshot.state.seen, **{path: Seen(id=oid, by=agent) for path, oid in result.outputs.items()}}
    after = put(
        snapshot,
        action.step,
        began.model_copy(update={**_judgement(began, result), **_work(snapshot, began, result, agent)}),
        seen=dict(sorted(seen.items())),
        spend_usd=spend(snapshot, result.usage.cost_usd),
    )
    files, data = {**after.files, **result.outputs}, {**after.data, **result.data}
    return _ended(replace(after, files=files, data=data), action.step)


def _judgement(began: StepRecord, result: Produced) -> dict[str, object]:
    """Return what was said of the files, and what that is bound to, as the record says it."""
    outcome, findings = outcome_of(result), findings_of(result)
    return {
        "outcome": outcome,
        "tries": began.tries + 1 if outcome is Outcome.ERROR else 0,
        "judged": result.judged and result.judged.tree,
        "gate": result.judged and result.judged.gate,
        "checks": {check.name: check.verdict for check in result.checks},
        "verdict": is_verdict(result.checks),
        "malformed": is_malformed(result),
        "findings": bounded(findings),
        "signatures": _signatures(began, outcome, findings),
    }


def _work(snapshot: Snapshot, began: StepRecord, result: Produced, agent: str) -> dict[str, object]:
    """Return what an attempt did, as the record says it: what it wrote, and what is settled by that."""
    stands, wrote = outcome_of(result) is Outcome.PASSED, bool(result.outputs)
    changes: dict[str, object] = {
        "wrote": snapshot.state.seq + 1 if wrote else began.wrote,
        "outputs": {**still_there(snapshot, began), **result.outputs},
        "by": agent if wrote else _agent_before(began, agent),
    }
    if stands:
        changes |= {"down": {}}
    if stands or wrote:
        # The word that named the step is used up.
        changes |= {"asked": None, "anew": {}}
    return changes


def _ended(after: Snapshot, step: str) -> Snapshot:
    """Return the snapshot with nothing left of the attempt itself, and the job sent back where the ladder says so."""
    return replace(_rerouted(replace(after, claim=None), step), weight=None)


def _agent_before(began: StepRecord, agent: str) -> str:
    """Return who answers for an attempt that wrote nothing: never the person whose file it was to write over."""
    return began.by if began.by and not is_person(began.by) else agent


def _signatures(began: StepRecord, outcome: Outcome, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    if outcome not in {Outcome.FAILED, Outcome.REFUSED}:
        return began.signatures if outcome is Outcome.ERROR else ()
    return (*began.signatures, failure_signature(findings))


def _faulted(snapshot: Snapshot, action: Run, fault: Fault) -> Snapshot:
    began = started(snapshot, action)
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
    return _ended(after, action.step)


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
    by = _whose(view, before, result)
    written = _judged_as_it_is(view, action, before, result, by)
    editors = {path: who for path, who in snapshot.editors.items() if path not in result.outputs}
    after = put(snapshot, action.step, written, seen=_noted(view, result.outputs))
    after = replace(after, editors=editors, data={**after.data, **result.data})
    # What a person made is told to them, and waits. But their verdict on others' files, as a reviewer, moves the job.
    is_told = by is not None and is_person(by) and not (action.takes_over and written.verdict)
    return after if is_told else _rerouted(after, action.step)


def _judged_as_it_is(view: View, action: Judge, before: StepRecord, result: Produced, by: str | None) -> StepRecord:
    """Return the record of the step with the verdict on what stands there, and with what was edited or taken over."""
    edited = _edited(view, result)
    own = before.outputs if action.anew else still_its_own(view.snapshot, action.step)
    changes = {**_judgement(before, result), "asked": None, "anew": {}, "wake_at": None}
    changes |= {"outputs": {**({} if action.takes_over else own), **result.outputs}}
    if edited or action.takes_over:
        changes |= {"wrote": view.state.seq + 1, "by": by, "signatures": before.signatures}
    written = before.model_copy(update=changes)
    lies_under = own.keys() != before.outputs.keys()
    if edited and not action.takes_over and (lies_under or _is_still_due(before)):
        return _edited_while_due(before, written)
    return written


def _edited(view: View, result: Produced) -> list[str]:
    """Return the paths that a person edited, of those that were judged."""
    return sorted(path for path in view.edits if path in result.outputs)


def _whose(view: View, before: StepRecord, result: Produced) -> str | None:
    """Return whose the work is: who edited it; where nothing was, a person's file makes it a person's."""
    owners = [view.owner(path) for path in sorted(result.outputs)]
    return (
        next(map(view.owner, _edited(view, result)), None)
        or next((who for who in owners if who and is_person(who)), before.by)
        or next(iter(owners), None)
    )


def _before(snapshot: Snapshot, action: Judge) -> StepRecord:
    """Return the record that a judgement goes on from."""
    if action.anew:
        # It starts again at attempt 1, and its work is the step's own, also where a later one wrote on.
        own = former(snapshot, action.step).outputs
        fresh = {"outputs": own, "attempt": 0, "round": 0, "signatures": ()}
        return started(snapshot, action).model_copy(update=fresh)
    return started(snapshot, action) if action.takes_over else former(snapshot, action.step)


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


def skipped(snapshot: Snapshot, action: Skip) -> Snapshot:
    """Return the snapshot with the step skipped; of its outputs those stay that nobody has written since."""
    before = former(snapshot, action.step)
    began = before.model_copy(update=having_read(snapshot, action.step, action.inputs))
    written = began.model_copy(
        update={
            "outputs": still_there(snapshot, began),
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
