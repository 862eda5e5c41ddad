"""Whether a step's work still rests on what stands there now: rules (a) to (d) of DESIGN §5, each answer in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.machine.digests import digest
from orchestrator.machine.verdicts import WRITTEN
from orchestrator.machine.view import View
from orchestrator.model.names import is_person
from orchestrator.model.patterns import matches_any
from orchestrator.model.pipeline import StepKind
from orchestrator.model.snapshot import Files
from orchestrator.model.state import Outcome, StepRecord

_BEGUN = frozenset(
    {Outcome.PASSED, Outcome.FAILED, Outcome.REFUSED, Outcome.SKIPPED, Outcome.ERROR, Outcome.INTERRUPTED}
)
"""What has read its inputs. A retry is the same inputs again: with others, the step starts anew."""
_JUDGED = frozenset({Outcome.PASSED, Outcome.FAILED})
"""What a gate said yes or no to, whole: it can say it again of the same."""
_STANDING = frozenset({Outcome.PASSED, Outcome.SKIPPED})


def stale(view: View, step: str) -> str | None:
    """Return why the step's last work no longer counts, or None. Later steps never make earlier ones stale."""
    record = view.record(step)
    if record is None or record.outcome not in _BEGUN or view.step(step).kind is not StepKind.AGENT:
        return None
    return next((reason.words for reason in _reasons(view, step, record)), None)


def is_only_its_gate(view: View, step: str) -> bool:
    """Say whether a stale step's work stands and just what its gate reads has changed: it is judged, not made, anew."""
    record = view.record(step)
    if record is None or record.outcome not in _JUDGED or WRITTEN in record.checks or not record.outputs:
        return False
    reasons = list(_reasons(view, step, record))
    return bool(record.checks and reasons) and all(
        reason.path and view.is_for_the_gate(step, reason.path) for reason in reasons
    )


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a step is stale, and the file that it read and that changed, where it is one."""

    words: str
    path: str | None = None


def _reasons(view: View, step: str, record: StepRecord) -> Iterator[_Reason]:
    for path in _lost(view, step, record):
        yield _Reason(f"{path} is gone")
    for path, what in _changed_inputs(view, step, record):
        yield _Reason(f"{step} is stale: {path} {what}", path)
    for writer in view.sequence:
        if writer in view.before[step]:
            yield from _overtaken(view, step, record, writer)
    if record.params is not None and record.params != params_digest(view, step):
        yield _Reason(f"{step} is stale: its params changed")


def _lost(view: View, step: str, record: StepRecord) -> Iterator[str]:
    """Artifacts that somebody deleted; only their last writer makes them again.

    A step that has begun since and wrote nothing yet is on the ladder for them already.
    """
    if record.outcome not in _STANDING and record.wrote <= record.ran:
        return
    for path in sorted(record.outputs):  # as it is read again, so that equal files give equal reasons
        if path not in view.files and view.last_writer(path) == step:
            yield path


def _changed_inputs(view: View, step: str, record: StepRecord) -> Iterator[tuple[str, str]]:
    """(a) A file that it read and that no step writes, or that none stands for any more, has other content now."""
    now = view.reads(step)
    for path in sorted({*record.inputs, *now}):
        if view.writers(path) and not _is_left_by_all(view, step, path):
            continue
        if view.is_for_the_gate(step, path) and not own_work(view, step, record):
            continue  # a later step has written on: nothing is left there that this gate could judge
        if path not in now:
            yield path, "was removed"
        elif path not in record.inputs:
            yield path, "was added"
        elif now[path] != record.inputs[path]:
            yield path, "changed"


def own_work(view: View, step: str, record: StepRecord) -> Files:
    """Return what stands there of the step's work, and that no other step has written since."""
    return {path: oid for path, oid in record.outputs.items() if path in view.files and view.last_writer(path) == step}


def _is_left_by_all(view: View, step: str, path: str) -> bool:
    """Say whether the file is gone, and no step that may write it has it among its work: a page of a book, say."""
    if path in view.files or matches_any(view.step(step).writes, path):
        return False
    return not any(path in record.outputs for name in view.before[step] if (record := view.record(name)))


def _overtaken(view: View, step: str, record: StepRecord, writer: str) -> Iterator[_Reason]:
    """(b) A step before it wrote, since, other content than it read; (c) its work lies under theirs."""
    theirs = view.record(writer)
    if theirs is None:
        return
    now = view.reads(step)
    for path, oid in sorted(theirs.outputs.items()):
        was_read = path in record.inputs or path in now
        if was_read and theirs.wrote > record.ran and record.inputs.get(path) != oid:
            yield _Reason(f"{step} is stale: {path} was {_made(view, path, writer)}", path)
        if path in record.outputs and theirs.wrote > record.wrote:
            yield _Reason(f"{step} is stale: {writer} wrote {path} after it")


def _made(view: View, path: str, writer: str) -> str:
    owner = view.owner(path)
    is_theirs = view.last_writer(path) == writer and owner is not None and is_person(owner)
    return f"edited by {owner}" if is_theirs else f"written anew by {writer}"


def params_digest(view: View, step: str) -> str:
    """Return the digest of the params that the step reads."""
    definition = view.snapshot.definitions.get(step)
    return digest(dict(definition.params) if definition else {})
