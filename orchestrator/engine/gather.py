"""Gather a snapshot: one job at one tip, and the base's settings, as values. It decides nothing and writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator import prompts, trailers
from orchestrator.documents import models
from orchestrator.documents.agents import parse_agent
from orchestrator.documents.pipelines import parse_pipeline
from orchestrator.documents.text import decode
from orchestrator.engine import answers, data, effects, paths
from orchestrator.engine.base import settings_id
from orchestrator.engine.world import World
from orchestrator.errors import LedgerError, UsageError
from orchestrator.machine.digests import digest
from orchestrator.machine.view import View
from orchestrator.model.agent import Agent
from orchestrator.model.job import JobFile, Scalar
from orchestrator.model.names import job_id_fault
from orchestrator.model.patterns import matches_any
from orchestrator.model.pipeline import Pipeline, Step
from orchestrator.model.settings import Settings
from orchestrator.model.snapshot import Definition, Snapshot
from orchestrator.model.state import State
from orchestrator.routing import BUILTIN

_DAY = 86_400
"""Seconds: prices have dates."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A snapshot with what the engine needs to act on it."""

    snapshot: Snapshot
    tip: str
    prompts: Mapping[str, str]
    """Step → blob id of its prompt's template."""


def gather(world: World, job: str, *, holds_lock: bool = False) -> Gathered:
    """Return the job as it stands at its tip. Raises UsageError for no such job, DocumentError for a broken file."""
    tip, is_deleted = find_tip(world, job)
    files = dict(world.ledger.files(tip, paths.job_folder(job)))
    files = {path.removeprefix(paths.job_folder(job)): oid for path, oid in files.items()}
    pipeline = read_pipeline(world, job, _needed(world, files, job, paths.PIPELINE))
    job_file = _read(world, f"jobs/{job}/job.yaml", _needed(world, files, job, paths.JOB), JobFile)
    state = _read(world, f"jobs/{job}/state.yaml", _needed(world, files, job, paths.STATE), State)
    del files[paths.STATE]
    files |= _workspace_files(world, job, tip, pipeline)
    base = world.ledger.base()
    settings = read_settings(world, base.commit)
    bare = Snapshot(job, tip, base.commit, state, job_file, pipeline, {}, settings, files, is_deleted=is_deleted)
    templates = prompt_oids(world, tip, pipeline)
    whole = replace(
        bare,
        definitions=definitions(world, tip, bare, templates),
        data=data.named(world, job, pipeline, files),
        open_reviews=world.ledger.open_reviews(job),
        settings_id=settings_id(world, base.commit),
        approved=world.ledger.approved_tip(job),
        targets=effects.targets(world, bare),
        claim=effects.claim(world, job, holds_lock=holds_lock),
        archived_spend=_archived_spend(world, job),
        out=world.breaker.open(world.clock()),
    )
    whole = replace(whole, unbacked=answers.unbacked(world, whole))
    whole = replace(whole, brought=answers.brought(world, whole), editors=_editors(world, whole))
    return Gathered(whole, tip, templates)


def find_tip(world: World, job: str) -> tuple[str, bool]:
    """Return the job's tip, and whether its branch is gone. Raises UsageError where there is no such job."""
    fault = job_id_fault(job)
    if fault:
        raise UsageError(fault, hint="orchestrator status lists the jobs")
    tip = world.ledger.tip(job)
    if tip is not None:
        return tip, False
    recorded = world.ledger.recorded_tip(job)
    if recorded is None:
        known = ", ".join(world.ledger.jobs()) or "there are none yet: orchestrator new TEMPLATE JOB"
        raise UsageError(f"there is no job {job!r}", hint=f"jobs: {known}")
    return recorded, True


def _needed(world: World, files: Mapping[str, str], job: str, path: str) -> str:
    if path not in files:
        raise LedgerError(f"branch job/{job} has no jobs/{job}/{path}", hint=_where_it_was(world, job))
    return files[path]


def _where_it_was(world: World, job: str) -> str:
    """Return the command that puts the branch back to the job's last whole entry."""
    known = [tip for tip in (world.ledger.recorded_tip(job), *reversed(world.ledger.kept.archived(job))) if tip]
    state = paths.in_workspace(job, paths.STATE)
    found = next((tip for tip in known if state in world.ledger.files(tip, paths.job_folder(job))), None)
    return f"git branch -f job/{job} {found[:12]}" if found else f"git log job/{job} -- jobs/{job}"


def _read(world: World, path: str, oid: str, model: type[models.M]) -> models.M:
    # What could be read is the same wherever it stands; what could not is not kept.
    key = (oid, model.__name__)
    return world.memory.recall(key, lambda: models.parse(world.ledger.blob(oid), path, model))


def read_pipeline(world: World, job: str, oid: str) -> Pipeline:
    """Return the job's pipeline. Raises DocumentError."""
    path = paths.in_workspace(job, paths.PIPELINE)
    return world.memory.recall((oid, "Pipeline"), lambda: parse_pipeline(world.ledger.blob(oid), path))


def read_settings(world: World, commit: str) -> Settings:
    """Return the settings at a commit of the base. Raises WorkspaceError where there are none, DocumentError."""
    return parse_settings(world, settings_id(world, commit))


def parse_settings(world: World, oid: str) -> Settings:
    """Return the settings of that blob id. Raises DocumentError, LedgerError."""
    key = (oid, "priced settings", str(world.clock() // _DAY))
    return world.memory.recall(key, lambda: _priced(world, _read(world, paths.SETTINGS, oid, Settings)))


def _priced(world: World, said: Settings) -> Settings:
    """Return the settings with what the dated table knows of their models, where they leave it out."""
    if all(model.name == BUILTIN for model in said.models):
        return said
    return said.model_copy(update={"models": world.priced(said.models)})


def _workspace_files(world: World, job: str, tip: str, pipeline: Pipeline) -> dict[str, str]:
    """Return the files outside the job's directory that some step reads or writes, with a leading `/`."""
    patterns = {p for s in pipeline.steps.values() for p in (*s.rests_on, *s.writes) if p.startswith("/")}
    patterns |= {p for s in pipeline.steps.values() if s.publish for p in s.publish.files if p.startswith("/")}
    found: dict[str, str] = {}
    own = paths.job_folder(job)
    for pattern in patterns:
        fixed = pattern[1:].split("*", 1)[0].split("?", 1)[0]
        listed = world.ledger.files(tip, fixed.rpartition("/")[0] + "/" if "/" in fixed else "")
        # The job's own files have one name each: the one without a leading /.
        found |= {f"/{path}": oid for path, oid in listed.items() if not path.startswith(own)}
    return {path: oid for path, oid in found.items() if matches_any(patterns, path)}


def prompt_oids(world: World, tip: str, pipeline: Pipeline) -> dict[str, str]:
    """Return step → blob id of its prompt's template, for the steps that have one."""
    listed = world.ledger.files(tip, "prompts/")
    named = {name: paths.prompt_file(step.prompt or name) for name, step in pipeline.steps.items() if step.agent}
    return {name: listed[path] for name, path in named.items() if path in listed}


def definitions(world: World, tip: str, bare: Snapshot, templates: Mapping[str, str]) -> dict[str, Definition]:
    """Return each step's definition as the commit `tip` has it."""
    agents = world.ledger.files(tip, "agents/")
    return {
        name: _definition(world, bare, name, step, agents, templates.get(name))
        for name, step in bare.pipeline.steps.items()
    }


def _definition(
    world: World, bare: Snapshot, name: str, step: Step, agents: Mapping[str, str], template: str | None
) -> Definition:
    path = paths.agent_file(step.agent or "")
    oid = agents.get(path)
    agent = read_agent(world, path, oid) if oid else None
    fingerprint = world.memory.recall(
        ("definition", name, bare.files[paths.PIPELINE], oid or "", template or ""),
        lambda: digest([step.model_dump(mode="json", exclude_defaults=True), oid, template]),
    )
    return Definition(agent, fingerprint, _params(world, bare, step, template))


def read_agent(world: World, path: str, oid: str) -> Agent:
    """Return an agent file. Raises DocumentError."""
    return world.memory.recall((oid, "Agent", path), lambda: parse_agent(world.ledger.blob(oid), path))


def _params(world: World, bare: Snapshot, step: Step, template: str | None) -> dict[str, Scalar]:
    """Return the params that the step's prompt and conditions name; all of them, where the prompt takes them whole."""
    params = bare.job_file.params
    named: set[str] = set()
    if template is not None:
        path = paths.prompt_file(step.prompt or "")
        in_prompt = world.memory.recall(
            (template, "params"), lambda: prompts.params_named(decode(world.ledger.blob(template), path))
        )
        if in_prompt is None:
            return dict(params)
        named |= in_prompt
    for condition in (step.when, step.approve.when if step.approve else None):
        if condition:
            from orchestrator.documents.expressions import compile_expression  # Jinja2 comes along

            named |= {a[1] for a in compile_expression(condition).attributes if a[0] == "params" and len(a) > 1}
    return {key: value for key, value in params.items() if key in named}


def _editors(world: World, whole: Snapshot) -> dict[str, str]:
    tip = whole.tip
    told = {path: world.ledger.ancestry.editor(paths.in_workspace(whole.job, path), tip) for path in View(whole).edits}
    return {path: who for path, who in told.items() if who is not None}


def _archived_spend(world: World, job: str) -> float:
    """Return what was spent on entries that the branch no longer reaches, USD."""
    costs = (trailers.parse(commit.message).get("Cost-USD", "0") for commit in world.ledger.kept.unreached(job))
    return round(sum(trailers.usd_of(text) or 0.0 for text in costs), 6)
