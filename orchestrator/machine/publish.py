"""The turn of a publish step: nothing goes out that was not approved as it is, and nothing twice (DESIGN §9)."""

from orchestrator.machine.approval import covers_payload, held, is_left_to_later
from orchestrator.machine.digests import effect_key
from orchestrator.machine.due import published, wants_person
from orchestrator.machine.view import View
from orchestrator.model.action import Action, Await, Halt, Publish, Stop, Waits
from orchestrator.model.snapshot import Files
from orchestrator.model.state import Outcome, StepRecord


def turn(view: View, step: str) -> Action:
    """Return what the publish step does next. It is due, and all that stands before it stands."""
    publish = view.step(step).publish
    assert publish is not None
    record = view.record(step)
    if record is not None and record.outcome is Outcome.UNKNOWN and published(view, step) is None:
        return unknown(view, step, record)
    if record is not None and record.outcome is Outcome.FAILED and record.outputs == view.payload(step):
        said = f": {record.findings[0].message}" if record.findings else ""
        return Halt(
            Stop.FAILED, step, f"{step} could not publish{said}", f"orchestrator retry {view.snapshot.job} {step}"
        )
    return _forbidden(view, step) or _publish(view, step, publish.to)


def unknown(view: View, step: str, record: StepRecord) -> Halt:
    """Return the halt of an effect of which nobody knows whether it happened."""
    said = f": {record.findings[0].message}" if record.findings else ""
    return Halt(
        Stop.UNKNOWN,
        step,
        f"nobody knows whether {step} has published{said}",
        f"look there, then orchestrator retry {view.snapshot.job} {step}",
    )


def _forbidden(view: View, step: str) -> Await | None:
    publish = view.step(step).publish
    assert publish is not None
    for path in view.missing(publish.files):
        return Await(
            Waits.PERSON,
            step,
            path,
            f"{step} sends {path}, which is not there",
            f"orchestrator edit {view.snapshot.job} {path}",
        )
    return _unapproved(view, step, view.payload(step)) or _requires(view, step, publish.to)


def _unapproved(view: View, step: str, payload: Files) -> Await | None:
    """Every file goes out as it was approved by each approval step before, but for those left to a later one."""
    for asked in (name for name in view.approve_steps() if name in view.before[step]):
        given = held(view, asked, by_person=wants_person(view, asked) is not False)
        agreed = {path for path, oid in payload.items() if any(a.paths.get(path) == oid for a in given)}
        for path in sorted(payload.keys() - agreed):
            if not is_left_to_later(view, asked, path, is_told=any(path in a.paths for a in given)):
                return Await(
                    Waits.PERSON,
                    asked,
                    asked,
                    f"{path} is not what {asked} approved; let {asked} stand after what writes it",
                )
    return None


def _requires(view: View, step: str, to: str) -> Await | None:
    """A publisher may ask for somebody's approval, whatever the job's own pipeline says."""
    publisher = view.snapshot.settings.publishers.get(to)
    if publisher is None:
        return Await(Waits.PERSON, step, step, f"the base branch has no publisher {to!r}", "orchestrator lint")
    if publisher.requires is None or covers_payload(view, step, publisher.requires):
        return None
    reason = f"{to} requires the approval of {publisher.requires}, and this content has none"
    return Await(Waits.PERSON, step, publisher.requires, f"{reason}: {_who_asks(view, publisher.requires)}")


def _who_asks(view: View, approvers: str) -> str:
    """Return why nobody has been asked, and where to see to it."""
    folder = f"jobs/{view.snapshot.job}"
    for name in view.approve_steps():
        approve = view.step(name).approve
        if approve is not None and approve.by == approvers and approve.when is not None:
            return f"{name} asks only when {approve.when}; set that in {folder}/job.yaml on job/{view.snapshot.job}"
    return f"no step asks; add 'approve: {{by: {approvers}}}' before it in {folder}/pipeline.yaml"


def _publish(view: View, step: str, to: str) -> Publish:
    payload = view.payload(step)
    job = view.snapshot.job
    receipt = published(view, step)
    target = view.snapshot.targets.get(step)
    if target is not None and target.is_event:
        after = None
    else:
        after = target.latest.key if target and target.latest else None
    if receipt is not None:
        key = after or effect_key(job, step, to, payload, None)
        return Publish(step, to, key, payload, "this very content was published before", receipt)
    reason = f"what {to} shows is older" if after else f"it has not been published to {to}"
    return Publish(step, to, effect_key(job, step, to, payload, after), payload, reason)
