"""Lint a workspace: the texts of a commit, or of a folder as it stands, with what the rooms know of names."""

from collections.abc import Iterable, Mapping

from orchestrator import gates, prompts, publishers
from orchestrator.agents import builtin
from orchestrator.agents.command.profiles import PROFILES
from orchestrator.documents import models
from orchestrator.documents.agents import parse_agent
from orchestrator.documents.lint import LintInput, is_rubric, lint
from orchestrator.documents.pipelines import parse_pipeline
from orchestrator.documents.problems import Problem, Severity
from orchestrator.documents.text import decode
from orchestrator.engine import paths
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError, Place
from orchestrator.model.job import JobFile
from orchestrator.model.state import State

_MODELS: Mapping[str, type[JobFile] | type[State]] = {paths.JOB: JobFile, paths.STATE: State}
_JUDGED = ("job.yaml", "pipeline.yaml")


def is_judged(path: str) -> bool:
    """Say whether lint reads the file at a path of the workspace; of others it only needs to know that they exist."""
    if path == paths.SETTINGS or is_rubric(path):
        return True
    if path.startswith("agents/"):
        return path.endswith(".md")
    if path.startswith("prompts/"):
        return path.endswith(".j2")
    return path.startswith("jobs/") and path.rsplit("/", 1)[-1] in _JUDGED


def judge(texts: Mapping[str, bytes], files: Iterable[str]) -> tuple[Problem, ...]:
    """Return every problem of the texts; `files` are all that are there."""
    return lint(
        LintInput(
            texts=texts,
            files=frozenset(files),
            checks={name: gates.settings_faults(name) for name in gates.names()},
            paths_named=gates.paths_named,
            builtins=frozenset(builtin.names()),
            publisher_kinds=frozenset(publishers.kinds()),
            profiles=frozenset(PROFILES),
            prompt_faults=prompts.faults,
        )
    )


def of_commit(world: World, commit: str, folders: Iterable[str]) -> tuple[Problem, ...]:
    """Return the problems of what a commit holds: the settings, agents and prompts, and these folders."""
    listed: dict[str, str] = {}
    for prefix in (paths.SETTINGS, *paths.DEFINITIONS, *folders):
        listed |= world.ledger.files(commit, prefix)
    texts = {path: world.ledger.blob(oid) for path, oid in listed.items() if is_judged(path)}
    return judge(texts, listed)


def refuse_broken(world: World, base: str, template: str) -> None:
    """Raise DocumentError where the template, or what it names, has a mistake that would stop a job of it."""
    raise_first(of_commit(world, base, [f"{paths.TEMPLATES}{template}/"]))


def refuse_broken_file(path: str, content: bytes) -> None:
    """Raise DocumentError where a file is none of the kind that its path in the workspace says."""
    name = path.rsplit("/", 1)[-1]
    if path.startswith("agents/") and path.endswith(".md"):
        parse_agent(content, path)
    elif path.startswith("prompts/") and path.endswith(".j2"):
        raise_errors(prompts.faults(decode(content, path), path))
    elif path.startswith("jobs/") and path.count("/") == 2 and name == paths.PIPELINE:
        parse_pipeline(content, path)
    elif path.startswith("jobs/") and path.count("/") == 2 and name in _MODELS:
        models.parse(content, path, _MODELS[name])


def raise_first(problems: Iterable[Problem]) -> None:
    """Raise the errors among the problems as one DocumentError, the first with the others."""
    raise_errors(
        DocumentError(p.message, place=Place(p.path, p.line, p.column), hint=p.hint)
        for p in problems
        if p.severity is Severity.ERROR
    )


def raise_errors(found: Iterable[DocumentError]) -> None:
    """Raise the first of the errors, carrying the others; nothing where there are none."""
    errors = list(found)
    if errors:
        first, *others = errors
        raise DocumentError(first.message, place=first.place, hint=first.hint, others=tuple(others))
