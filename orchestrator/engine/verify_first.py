"""The first entry of a job proved: made from the base's commit, or forked from another job's entry. It only reads."""

from collections.abc import Iterator
from dataclasses import replace

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.engine import paths
from orchestrator.engine.base import settings_id
from orchestrator.engine.gather import definitions, prompt_oids, read_pipeline, read_settings
from orchestrator.engine.verify_case import Case, defines
from orchestrator.engine.verify_then import left_behind
from orchestrator.errors import OrchestratorError
from orchestrator.ledger import Commit
from orchestrator.machine import message, proof
from orchestrator.machine.forking import forked
from orchestrator.machine.proof import Difference
from orchestrator.machine.record import settle
from orchestrator.machine.said import Said
from orchestrator.model.job import JobFile
from orchestrator.model.names import is_person
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import State


def differences(case: Case, commit: Commit, said: Said) -> tuple[Difference, ...]:
    """Return where the first entry is not what makes a job; none where it is sound."""
    try:
        return tuple(_differences(case, commit, said))
    except OrchestratorError as exc:
        return (Difference("unreadable", str(exc).split("\n", 1)[0]),)


def _differences(case: Case, commit: Commit, said: Said) -> Iterator[Difference]:
    match said.value("Outcome"):
        case "created":
            yield from _created(case, commit, said)
        case "forked":
            yield from _forked(case, commit, said)
        case other:
            yield Difference("order", f"the first entry says {other or 'nothing that we know'}, and makes no job")
    if not is_person(said.value("Actor")) or commit.author.id != said.value("Actor"):
        yield Difference(
            "author", f"its author is {commit.author.id}, and {said.value('Actor') or 'nobody'} made the job"
        )


def _created(case: Case, commit: Commit, said: Said) -> Iterator[Difference]:
    base = said.value("Base")
    if not case.then.ancestry.is_ancestor(base, case.world.ledger.base().commit):
        yield Difference("base", f"it was made from {base[:10]}, which the branch {case.base} does not have")
    if commit.is_machine and commit.parents != (base,):
        yield Difference("order", f"its parent is not the commit {base[:10]} of the base that it names")
    snapshot = _snapshot(case, commit, base)
    settled, following = settle(snapshot)
    first = replace(settled, state=settled.state.model_copy(update={"seq": 1}))
    yield from proof.differences(message.created(first, said.value("Actor"), following), said)
    if commit.is_machine:
        yield from _beside(case, commit)


def _snapshot(case: Case, commit: Commit, base: str) -> Snapshot:
    """Return the snapshot of a job as it is made."""
    world, job = replace(case.world, ledger=case.then.ledger, clock=lambda: commit.date), case.job
    folder = paths.job_folder(job)
    files = {path.removeprefix(folder): oid for path, oid in world.ledger.files(commit.id, folder).items()}
    files.pop(paths.STATE, None)
    pipeline = read_pipeline(world, job, files.get(paths.PIPELINE, ""))
    job_file = models.parse(world.ledger.blob(files.get(paths.JOB, "")), folder + paths.JOB, JobFile)
    settings = read_settings(world, base)
    bare = Snapshot(job, base, base, State(), job_file, pipeline, {}, settings, files)
    templates = prompt_oids(world, commit.id, pipeline)
    made = definitions(world, commit.id, bare, templates)
    return replace(bare, definitions=made, settings_id=settings_id(world, base))


def _beside(case: Case, commit: Commit) -> Iterator[Difference]:
    folder = paths.job_folder(case.job)
    for path in case.then.ledger.changed(commit.parents[0] if commit.parents else None, commit.id):
        if not path.startswith(folder):
            yield Difference("output", f"it changes {path}, which is none of the job's")


def _forked(case: Case, commit: Commit, said: Said) -> Iterator[Difference]:
    """A fork has another job's state, without what was approved, asked and published: that was of the other job."""
    parent = commit.parents[0] if commit.parents else ""
    if said.value("Base") != parent and commit.is_machine:
        yield Difference("order", "its parent is not the entry that it says it was forked from")
    other = _other_job(case, parent)
    if other is None:
        yield Difference("state", "the entry that it was forked from has no state.yaml of that job")
        return
    if not _is_kept(case, other, parent):
        words = f"it was forked from {parent[:10]}, which neither the branch of {other} nor its archive has"
        yield Difference("order", words)
    must = forked(_state(case, other, parent))
    if proof.text_of(must) != said.text:
        yield Difference("state", "its state.yaml is not that of the entry that it was forked from")
    if said.value("Seq") != str(must.seq):
        yield Difference("order", f"the trailer Seq says {said.value('Seq')}, and {must.seq} follows from its parent")
    if commit.is_machine and trailers.body(said.message) != f"From {other} at {parent[:12]}.":
        yield Difference("message", f"its message is not what came of it, which is: From {other} at {parent[:12]}.")
    yield from _of_copy(case, commit, other)


def _of_copy(case: Case, commit: Commit, other: str) -> Iterator[Difference]:
    """Yield what a fork changes beyond moving the other job's files into its own folder, without its approvals."""
    old, new, parent = paths.job_folder(other), paths.job_folder(case.job), commit.parents[0]
    theirs = case.then.ledger.files(parent, old)
    must: dict[str, str | None] = dict.fromkeys(theirs)
    must |= {new + path.removeprefix(old): oid for path, oid in theirs.items() if not _is_approval(path, old)}
    is_ = {path: after for path, (_, after) in case.then.ledger.changed(parent, commit.id).items()}
    for path in sorted(must.keys() | is_.keys()):
        if path != new + paths.STATE and must.get(path, "") != is_.get(path, ""):
            kind = "definitions" if defines(case.job, path) else "output"
            yield Difference(kind, f"{path} is not as the entry has it that it was forked from")


def _is_approval(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}approvals/")


def _is_kept(case: Case, job: str, entry: str) -> bool:
    """Say whether an entry stands on a job's branch, or among what the job was moved away from."""
    ledger = case.world.ledger
    tips = (ledger.tip(job), ledger.recorded_tip(job), *left_behind(ledger, job))
    return any(tip is not None and case.then.ancestry.is_ancestor(entry, tip) for tip in tips)


def _other_job(case: Case, parent: str) -> str | None:
    """Return the one job whose state an entry has; None where it has none, or several."""
    states = [path.split("/") for path in case.then.ledger.files(parent, "jobs") if path.endswith(f"/{paths.STATE}")]
    own = [parts[1] for parts in states if len(parts) == 3]
    return own[0] if len(own) == 1 else None


def _state(case: Case, job: str, entry: str) -> State:
    path = paths.in_workspace(job, paths.STATE)
    return models.parse(case.then.ledger.blob(case.then.ledger.files(entry, path)[path]), path, State)
