"""Lint: every mistake of a workspace's files in one pass, each with its place and a hint. Texts in, problems out.

What other rooms know (checks, prompts, builtin agents, publishers) is handed in. It reads no file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from orchestrator.documents.agents import AgentFile, read_agent, role_of
from orchestrator.documents.lint_pipeline import Around, CheckSettings, judge_pipeline
from orchestrator.documents.models import Read, read
from orchestrator.documents.problems import Problem, Severity, of_error, problem
from orchestrator.errors import DocumentError
from orchestrator.model.agent import BackendKind
from orchestrator.model.finding import ReviewFile
from orchestrator.model.job import JobFile
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.pipeline import Pipeline
from orchestrator.model.settings import Settings, Tier
from orchestrator.model.state import State

SETTINGS = "orchestrator.yaml"

Text = str | bytes


@dataclass(frozen=True, slots=True)
class LintInput:
    """What is judged, and what is known. Paths are the workspace's, without a leading `/`."""

    texts: Mapping[str, Text]
    """orchestrator.yaml, agents/*.md, prompts/*.j2, and job.yaml, pipeline.yaml, state.yaml below jobs/."""
    files: frozenset[str] = frozenset()
    """Every other file that is there."""
    checks: Mapping[str, CheckSettings] = field(default_factory=dict)
    """A check's name → what is wrong with its settings: (key path within them, message) each."""
    builtins: frozenset[str] = frozenset()
    """The builtin agents, `product-listing.research` and the like."""
    publisher_kinds: frozenset[str] = frozenset()
    prompt_faults: Callable[[str, str], Iterable[DocumentError]] | None = None
    """(template, its path) → what is wrong with it; without it prompts are not judged."""


def lint(workspace: LintInput) -> tuple[Problem, ...]:
    """Return every problem, ordered by path, line and column. Nothing is raised."""
    settings = _settings(workspace)
    agents = {
        role_of(path): read_agent(text, path) for path, text in sorted(workspace.texts.items()) if _is_agent(path)
    }
    found = [
        *_judge_settings(settings, workspace),
        *(each for agent in agents.values() for each in _judge_agent(agent, settings, workspace)),
        *_judge_prompts(workspace),
        *_judge_jobs(workspace, settings, agents),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.path, each.line or 0, each.column or 0)))


def _is_agent(path: str) -> bool:
    return path.startswith("agents/") and path.endswith(".md") and path.count("/") == 1


# --- settings --------------------------------------------------------------------------------------------------------


def _settings(workspace: LintInput) -> Read[Settings]:
    text = workspace.texts.get(SETTINGS)
    if text is not None:
        return read(text, SETTINGS, Settings)
    missing = DocumentError(f"{SETTINGS} is missing", hint="`orchestrator init` writes one")
    return Read(SETTINGS, None, (missing,), is_whole=False)


def _judge_settings(settings: Read[Settings], workspace: LintInput) -> Iterator[Problem]:
    yield from (of_error(fault, SETTINGS) for fault in settings.faults)
    if settings.value is None:
        return
    yield from _judge_publishers(settings, settings.value, workspace.publisher_kinds)
    yield from _judge_approvers(settings, settings.value)
    names = [model.name for model in settings.value.models]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield problem(settings.place("models", index, "name"), f"models[{index}].name: {name} stands twice")


def _judge_publishers(place: Read[Settings], settings: Settings, kinds: frozenset[str]) -> Iterator[Problem]:
    for name, publisher in settings.publishers.items():
        if publisher.kind not in kinds:
            yield problem(
                place.place("publishers", name, "kind"),
                f"publishers.{name}.kind: unknown publisher {publisher.kind}",
                did_you_mean(publisher.kind, sorted(kinds)),
            )
        if publisher.requires is not None and publisher.requires not in settings.approvers:
            yield problem(
                place.place("publishers", name, "requires"),
                f"publishers.{name}.requires: unknown approver {publisher.requires}",
                did_you_mean(publisher.requires, settings.approvers, "approvers"),
            )


def _judge_approvers(place: Read[Settings], settings: Settings) -> Iterator[Problem]:
    for name, said in settings.approvers.items():
        if said == "anyone" or said.who == "anyone":
            continue
        if said.count > len(set(said.who)):
            yield problem(
                place.place("approvers", name),
                f"approvers.{name}: {said.count} must approve, and {len(set(said.who))} may",
                "name more people in `who`, or lower `count`",
            )
        for index, who in enumerate(said.who):
            if "@" not in who and ":" not in who:
                hint = "people are e-mail addresses, or github:login, gitlab:login, gitea:login"
                yield problem(
                    place.place("approvers", name, "who", index), f"approvers.{name}.who[{index}]: not a person", hint
                )


# --- agents and prompts ----------------------------------------------------------------------------------------------


def _judge_agent(file: AgentFile, settings: Read[Settings], workspace: LintInput) -> Iterator[Problem]:
    yield from (of_error(fault, file.path) for fault in file.faults)
    yield from (of_error(warning, file.path, Severity.WARNING) for warning in file.warnings)
    if file.agent is None or file.read is None:
        return
    if settings.value is not None:
        yield from _judge_entries(file.read, settings.value)
        yield from _judge_model(file.read, settings.value)
    builtin = file.agent.extras.builtin
    if builtin is not None and builtin not in workspace.builtins:
        hint = did_you_mean(builtin, sorted(workspace.builtins), "builtin agents")
        place = file.read.place("x-orchestrator", "builtin")
        yield problem(place, f"x-orchestrator.builtin: unknown builtin agent {builtin}", hint)
    if builtin is None and file.agent.extras.backend is BackendKind.BUILTIN:
        place = file.read.place("x-orchestrator", "backend")
        yield problem(place, "x-orchestrator.builtin: missing key", 'say which: "builtin: …"')


def _judge_entries(file: Read["Agent"], settings: Settings) -> Iterator[Problem]:
    assert file.value is not None
    extras = file.value.extras
    wants = ((BackendKind.COMMAND, "command", extras.command), (BackendKind.PYTHON, "call", extras.call))
    for backend, key, name in wants:
        entries: Mapping[str, object] = settings.commands if key == "command" else settings.callables
        table = "commands" if key == "command" else "callables"
        if name is not None and name not in entries:
            hint = did_you_mean(name, entries, table) or f"add it under {table} in {SETTINGS}"
            yield problem(
                file.place("x-orchestrator", key), f"x-orchestrator.{key}: {name} is not in {table} of {SETTINGS}", hint
            )
        if name is None and extras.backend is backend:
            hint = f'name an entry of {table}: "{key}: …"'
            yield problem(file.place("x-orchestrator", "backend"), f"x-orchestrator.{key}: missing key", hint)


def _judge_model(file: Read["Agent"], settings: Settings) -> Iterator[Problem]:
    assert file.value is not None
    known = ["inherit", *Tier, *(model.name for model in settings.models)]
    if file.value.extras.backend is BackendKind.MODEL and file.value.model not in known:
        message = f"model: {file.value.model} is no tier and no model of {SETTINGS}"
        yield problem(file.place("model"), message, did_you_mean(file.value.model, known), Severity.WARNING)


def _judge_prompts(workspace: LintInput) -> Iterator[Problem]:
    for path, text in workspace.texts.items():
        if not path.startswith("prompts/") or workspace.prompt_faults is None:
            continue
        try:
            template = decode_prompt(text, path)
        except DocumentError as exc:
            yield of_error(exc, path)
        else:
            yield from (of_error(fault, path) for fault in workspace.prompt_faults(template, path))
