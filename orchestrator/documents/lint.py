"""Lint: every mistake of a workspace's files in one pass, each with its place and a hint. Texts in, problems out.

What other rooms know (checks, prompts, builtin agents, publishers) is handed in. It reads no file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from orchestrator.documents.agents import read_agent, role_of
from orchestrator.documents.lint_case import Around, JudgeSettings, PathsNamed
from orchestrator.documents.lint_pipeline import judge_pipeline
from orchestrator.documents.lint_players import judge_player, judge_players
from orchestrator.documents.lint_trust import SETTINGS, judge_agent, judge_settings
from orchestrator.documents.models import Read, read
from orchestrator.documents.pipelines import missing_pipeline
from orchestrator.documents.problems import Problem, of_error, of_errors, problem
from orchestrator.documents.text import decode, refuse_conflict_markers
from orchestrator.errors import DocumentError
from orchestrator.model.agent import Agent
from orchestrator.model.job import MATERIAL_PARAMS, JobFile
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.pipeline import Pipeline
from orchestrator.model.rubric import Rubric
from orchestrator.model.settings import Budget, Settings
from orchestrator.model.state import State

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class LintInput:
    """What is judged, and what is known. Paths are the workspace's, without a leading `/`."""

    texts: Mapping[str, str | bytes]
    """orchestrator.yaml, agents/*.md, prompts/*.j2, and job.yaml, pipeline.yaml, state.yaml below jobs/."""
    files: frozenset[str] = frozenset()
    """Every other file that is there."""
    checks: Mapping[str, JudgeSettings] = field(default_factory=dict)
    paths_named: PathsNamed = lambda _: ()
    """A check's name → what is wrong with its settings: (key path within them, message) each."""
    builtins: frozenset[str] = frozenset()
    """The builtin agents: `product-listing.research` and the like."""
    publisher_kinds: frozenset[str] = frozenset()
    profiles: frozenset[str] | None = None
    """How a command agent may be spoken to; None: not known, so that nothing is said of it."""
    prompt_faults: Callable[[str, str], Iterable[DocumentError]] | None = None
    """(template, its path) → what is wrong with it; without it prompts are not judged."""


def lint(workspace: LintInput) -> tuple[Problem, ...]:
    """Return every problem, ordered by path, line and column. Nothing is raised."""
    settings = _settings(workspace)
    agents = {role_of(path): read_agent(workspace.texts[path], path) for path in _agent_paths(workspace)}
    known = {role: file.agent for role, file in agents.items()}
    found = [
        *judge_settings(settings, workspace.publisher_kinds),
        *judge_players(settings, workspace.profiles),
        *(each for file in agents.values() for each in judge_agent(file, settings.value, workspace.builtins)),
        *(each for file in agents.values() for each in judge_player(file, settings.value)),
        *_judge_prompts(workspace),
        *_judge_jobs(workspace, settings.value, known),
        *_judge_folders(_files(workspace)),
        *_judge_rubrics(workspace),
    ]
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(found: Problem) -> tuple[str, int, int]:
    return found.path, found.line or 0, found.column or 0


def is_rubric(path: str) -> bool:
    """Say whether a file of the workspace is a rubric, by its name: `rubric.yaml`, or what ends in it."""
    return path.endswith("rubric.yaml") and not path.startswith("prompts/")


def _judge_rubrics(workspace: LintInput) -> Iterator[Problem]:
    for path in filter(is_rubric, sorted(workspace.texts)):
        yield from of_errors(read(workspace.texts[path], path, Rubric).faults, path)


def _settings(workspace: LintInput) -> Read[Settings]:
    text = workspace.texts.get(SETTINGS)
    if text is not None:
        return read(text, SETTINGS, Settings)
    missing = DocumentError(f"{SETTINGS} is missing", hint="`orchestrator init` writes one")
    return Read(SETTINGS, None, (missing,), is_whole=False)


def _agent_paths(workspace: LintInput) -> list[str]:
    return sorted(path for path in workspace.texts if path.startswith("agents/") and path.endswith(".md"))


def _judge_prompts(workspace: LintInput) -> Iterator[Problem]:
    if workspace.prompt_faults is None:
        return
    for path, text in workspace.texts.items():
        if not path.startswith("prompts/"):
            continue
        try:
            template = decode(text, path)
            refuse_conflict_markers(template, path, in_prose=True)
        except DocumentError as exc:
            yield from of_error(exc, path)
        else:
            yield from of_errors(workspace.prompt_faults(template, path), path)


# --- jobs and templates ----------------------------------------------------------------------------------------------


def _judge_jobs(
    workspace: LintInput, settings: Settings | None, agents: Mapping[str, Agent | None]
) -> Iterator[Problem]:
    for folder in sorted({path.rpartition("/")[0] for path in workspace.texts if path.startswith("jobs/")}):
        job = _read_in(workspace, folder, "job.yaml", JobFile)
        yield from _judge_job(job, workspace, settings)
        state = _read_in(workspace, folder, "state.yaml", State)
        yield from of_errors(state.faults if state else (), f"{folder}/state.yaml")
        pipeline = _read_in(workspace, folder, "pipeline.yaml", Pipeline)
        if pipeline is None:
            continue
        yield from of_errors(pipeline.faults, pipeline.path)
        if pipeline.value is not None:
            around = Around(
                folder=folder,
                files=_files(workspace) | _material(folder, job),
                params=frozenset(job.value.params) if job and job.value else None,
                settings=settings,
                agents=agents,
                checks=workspace.checks,
                paths_named=workspace.paths_named,
            )
            yield from judge_pipeline(pipeline, pipeline.value, around)


def _judge_folders(files: frozenset[str]) -> Iterator[Problem]:
    """Yield each template, and each job, that has no pipeline."""
    parts = [path.split("/") for path in files if path.startswith("jobs/")]
    templates = {
        "/".join(each[:3]) for each in parts if len(each) > 3 and each[1] == "templates" and each[-1][0] != "."
    }
    jobs = {"/".join(each[:2]) for each in parts if len(each) == 3 and each[2] in ("job.yaml", "state.yaml")}
    for folder in (templates | jobs) - {"jobs/templates"}:
        path = f"{folder}/pipeline.yaml"
        if path not in files:
            yield from of_error(missing_pipeline(path), path)


def _read_in(workspace: LintInput, folder: str, name: str, model: type[M]) -> Read[M] | None:
    path = f"{folder}/{name}"
    return read(workspace.texts[path], path, model) if path in workspace.texts else None


def _files(workspace: LintInput) -> frozenset[str]:
    return workspace.files | workspace.texts.keys()


def _material(folder: str, job: Read[JobFile] | None) -> frozenset[str]:
    """Return the files that `new` will have fetched when a step of the job reads them."""
    return frozenset(f"{folder}/{path}" for path in job.value.material) if job and job.value else frozenset()


def _judge_job(job: Read[JobFile] | None, workspace: LintInput, settings: Settings | None) -> Iterator[Problem]:
    if job is None:
        return
    yield from of_errors(job.faults, job.path)
    if job.value is None:
        return
    template = job.value.template
    templates = {path.split("/")[2] for path in _files(workspace) if path.startswith("jobs/templates/")}
    if template is not None and templates and template not in templates:
        hint = did_you_mean(template, sorted(templates), "templates")
        yield problem(job.place("template"), f"template: there is no template {template}", hint)
    yield from _judge_material(job, job.value)
    if settings is not None:
        yield from _judge_budget(job, job.value.budget, settings.budget)


def _judge_material(job: Read[JobFile], said: JobFile) -> Iterator[Problem]:
    for path, kind in said.material.items():
        for key in MATERIAL_PARAMS[kind]:
            if key not in said.params:
                message = f"material.{path}: {kind} needs the param {key}"
                yield problem(job.place("material", path), message, f'add it under params: {key}: ""')
            elif not isinstance(said.params[key], str):
                message = f"params.{key}: must be a text for {kind}"
                yield problem(job.place("params", key), message, "write it in quotes")


def _judge_budget(job: Read[JobFile], own: Budget, base: Budget) -> Iterator[Problem]:
    for key in Budget.model_fields:
        wanted, granted = getattr(own, key), getattr(base, key)
        if wanted is not None and granted is not None and wanted > granted:
            message = f"budget.{key}: {wanted:g} USD is more than the {granted:g} of {SETTINGS}"
            yield problem(job.place("budget", key), message, "a job's budget may only lower what the base grants")
