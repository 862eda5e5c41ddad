"""Make a job: copy a template of the base's commit into a branch of its own. One entry, or nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from orchestrator import trailers
from orchestrator.documents import models
from orchestrator.documents.edits import set_params
from orchestrator.documents.emit import emit_state
from orchestrator.documents.pipelines import parse_pipeline
from orchestrator.documents.text import decode
from orchestrator.documents.yaml import resolve
from orchestrator.engine import material, paths
from orchestrator.engine.base import settings_id
from orchestrator.engine.gather import definitions, prompt_oids, read_settings
from orchestrator.engine.lint import refuse_broken
from orchestrator.engine.params import refuse_unfit
from orchestrator.engine.world import World
from orchestrator.errors import RefusedError, UsageError
from orchestrator.ledger import NewCommit, Person
from orchestrator.machine import message
from orchestrator.machine.record import settle
from orchestrator.model.job import PINNED_PARAMS, JobFile, Scalar
from orchestrator.model.names import job_id_fault, path_fault, shown
from orchestrator.model.snapshot import Snapshot
from orchestrator.model.state import State

MOST_SOURCE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks for: a template, a name, and what is theirs of it. `sources`: file name → content.

    A param given as a text stays one where the template has a text, so that a tag 1.10 is no number; elsewhere it means
    what it would without quotes in YAML.
    """

    template: str
    job: str
    params: Mapping[str, Scalar] = field(default_factory=dict)
    title: str | None = None
    brief: bytes | None = None
    sources: Mapping[str, bytes] = field(default_factory=dict)


def create(world: World, order: Order) -> str:
    """Make the job and return its first entry. Raises UsageError, RefusedError, DocumentError; then nothing is made."""
    base = world.ledger.base().commit
    _refuse_name(world, order.job)
    template = _template(world, base, order.template)
    refuse_broken(world, base, order.template)
    refuse_unfit(world, base, order.template, template, order.params)
    person = world.ledger.person()
    changes = _with_material(world, order, dict(_changes(world, template, order)))
    with world.ledger.lock(order.job):
        new = _first_entry(world, base, order.job, changes, person)
        return world.ledger.append(order.job, new, old=None)


def _refuse_name(world: World, job: str) -> None:
    fault = job_id_fault(job)
    if fault:
        raise UsageError(fault, hint="for example: blue-mug")
    if world.ledger.tip(job) is not None:
        raise RefusedError(f"there is a job {job} already", hint=f"orchestrator status {job}, or choose another name")
    if world.ledger.recorded_tip(job) is not None:
        raise RefusedError(
            f"there was a job {job}, and its branch was deleted",
            hint=f"orchestrator restore {job}, or choose another name",
        )


def templates(world: World, base: str) -> tuple[str, ...]:
    """Return the names of the base's templates."""
    listed = world.ledger.files(base, paths.TEMPLATES)
    return tuple(sorted({path.removeprefix(paths.TEMPLATES).split("/")[0] for path in listed}))


def _template(world: World, base: str, name: str) -> Mapping[str, str]:
    folder = f"{paths.TEMPLATES}{name}/"
    listed = world.ledger.files(base, folder) if "/" not in name and name else {}
    if not listed:
        known = ", ".join(templates(world, base)) or "none; run orchestrator init"
        raise UsageError(f"there is no template {shown(name)} on the base branch", hint=f"templates: {known}")
    return {path.removeprefix(folder): oid for path, oid in listed.items()}


def _changes(world: World, template: Mapping[str, str], order: Order) -> Iterator[tuple[str, bytes | str]]:
    """Yield job path → content or id: the template's files, with what the person gives in their place."""
    yield paths.JOB, _job_file(world, template.get(paths.JOB), order)
    is_own = bool(order.sources) or order.brief is not None
    for path, oid in template.items():
        is_replaced = path in (paths.JOB, paths.STATE) or (path == "brief.md" and order.brief is not None)
        # The template's sources go with its sample brief: what is said of that product is not said of this one.
        if not is_replaced and not (is_own and path.startswith("sources/")):
            yield path, oid
    if order.brief is not None:
        yield "brief.md", _checked_brief(order.brief)
    for name, content in order.sources.items():
        yield _source_path(name), _checked_source(name, content)


def _job_file(world: World, template: str | None, order: Order) -> bytes:
    where = f"{paths.TEMPLATES}{order.template}/{paths.JOB}"
    text = decode(world.ledger.blob(template), where) if template else "version: 1\n"
    known = models.parse(text, where, JobFile).params
    params = {key: _meant(said, known.get(key)) for key, said in order.params.items()}
    return set_params(text, params, template=order.template, title=order.title, path=where).encode()


def _meant(said: Scalar, in_template: Scalar) -> Scalar:
    return resolve(said) if isinstance(said, str) and not isinstance(in_template, str) else said


def _with_material(world: World, order: Order, changes: dict[str, bytes | str]) -> dict[str, bytes | str]:
    """Return the changes with what the job file asks to be fetched, and with what pins it set there."""
    job_file = changes[paths.JOB]
    assert isinstance(job_file, bytes)
    where = paths.in_workspace(order.job, paths.JOB)
    asked = models.parse(job_file, where, JobFile)
    _refuse_pinned(order, asked)
    for path in asked.material:
        if path.removeprefix("sources/") in order.sources:
            raise UsageError(f"{path} is what `new` fetches, and a source is called so too", hint="rename the source")
    found = material.collect(world, asked)
    pinned = set_params(decode(job_file, where), found.pinned, path=where) if found.pinned else ""
    return {**changes, **found.files, **({paths.JOB: pinned.encode()} if pinned else {})}


def _refuse_pinned(order: Order, asked: JobFile) -> None:
    for kind in asked.material.values():
        for key in PINNED_PARAMS[kind]:
            if key in order.params:
                raise UsageError(f"the param {key} is what `new` finds", hint="say what to find: --set range=a..b")


def _checked_brief(text: bytes) -> bytes:
    if not text.strip():
        raise UsageError("the brief is empty", hint="write what is wanted, and for whom, in a few lines of Markdown")
    return text


def _source_path(name: str) -> str:
    fault = path_fault(name)
    if fault or "/" in name:
        raise UsageError(f"the source {shown(name)} {fault or 'must be a single file name'}", hint="rename the file")
    return f"sources/{name}"


def _checked_source(name: str, content: bytes) -> bytes:
    if len(content) > MOST_SOURCE_BYTES:
        raise UsageError(
            f"the source {name} has {len(content) / 1e6:.0f} MB, and one may have {MOST_SOURCE_BYTES / 1e6:.0f} MB",
            hint="cut it to the part that the job needs",
        )
    return content


def _first_entry(world: World, base: str, job: str, changes: Mapping[str, bytes | str], person: Person) -> NewCommit:
    snapshot = _first_snapshot(world, base, job, changes)
    settled, following = settle(snapshot)
    state = settled.state.model_copy(update={"seq": 1})
    entry = message.created(replace(settled, state=state), person.id, following)
    written = {paths.in_workspace(job, path): content for path, content in changes.items()}
    return world.ledger.commit_on(
        base,
        {**written, paths.in_workspace(job, paths.STATE): emit_state(entry.state)},
        message=trailers.format_message(entry.subject, entry.body, entry.trailers),
        author=person,
    )


def _first_snapshot(world: World, base: str, job: str, changes: Mapping[str, bytes | str]) -> Snapshot:
    def content(path: str) -> bytes:
        found = changes.get(path)
        if found is None:
            raise UsageError(f"the template has no {path}", hint="orchestrator lint")
        return found if isinstance(found, bytes) else world.ledger.blob(found)

    folder = paths.job_folder(job)
    pipeline = parse_pipeline(content(paths.PIPELINE), folder + paths.PIPELINE)
    job_file = models.parse(content(paths.JOB), folder + paths.JOB, JobFile)
    files = {p: world.ledger.blob_id(c) if isinstance(c, bytes) else c for p, c in changes.items()}
    settings = read_settings(world, base)
    bare = Snapshot(job, base, base, State(), job_file, pipeline, {}, settings, files)
    templates = prompt_oids(world, base, pipeline)
    return replace(bare, definitions=definitions(world, base, bare, templates), settings_id=settings_id(world, base))
