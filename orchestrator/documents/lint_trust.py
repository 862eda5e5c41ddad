"""Lint of what grants and what acts: the settings, and the agents that name their entries. Models in, problems out."""

from collections.abc import Iterator, Mapping

from orchestrator.documents.agents import AgentFile
from orchestrator.documents.models import Read
from orchestrator.documents.problems import Problem, Severity, of_errors, problem
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.names import is_person
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.settings import Settings, Tier

SETTINGS = "orchestrator.yaml"


def judge_settings(read: Read[Settings], kinds: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with the settings, by themselves and by the known kinds of publishers."""
    yield from of_errors(read.faults, SETTINGS)
    if read.value is not None:
        yield from _judge_models(read, read.value)
        yield from _judge_publishers(read, read.value, kinds)
        yield from _judge_approvers(read, read.value)


def judge_agent(file: AgentFile, settings: Settings | None, builtins: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with an agent file, by itself, by the settings and by the known builtin agents."""
    yield from of_errors(file.faults, file.path)
    yield from of_errors(file.warnings, file.path, Severity.WARNING)
    if file.agent is None or file.read is None:
        return
    yield from _judge_builtin(file.read, file.agent, builtins)
    if settings is not None:
        yield from _judge_entry(file.read, file.agent, BackendKind.COMMAND, "command", "commands", settings.commands)
        yield from _judge_entry(file.read, file.agent, BackendKind.PYTHON, "call", "callables", settings.callables)
        yield from _judge_model(file.read, file.agent, settings)


def _judge_models(read: Read[Settings], settings: Settings) -> Iterator[Problem]:
    names = [model.name for model in settings.models]
    for index, name in enumerate(names):
        if name in names[:index]:
            hint = "keep one of the two; what they say of the model belongs together"
            yield problem(read.place("models", index, "name"), f"models[{index}].name: {name} stands twice", hint)


def _judge_publishers(read: Read[Settings], settings: Settings, kinds: frozenset[str]) -> Iterator[Problem]:
    for name, publisher in settings.publishers.items():
        if publisher.kind not in kinds:
            place = read.place("publishers", name, "kind")
            hint = did_you_mean(publisher.kind, sorted(kinds), "kinds")
            yield problem(place, f"publishers.{name}.kind: unknown publisher {publisher.kind}", hint)
        if publisher.requires is not None and publisher.requires not in settings.approvers:
            place = read.place("publishers", name, "requires")
            hint = did_you_mean(publisher.requires, settings.approvers, "approvers")
            yield problem(place, f"publishers.{name}.requires: unknown approver {publisher.requires}", hint)


def _judge_approvers(read: Read[Settings], settings: Settings) -> Iterator[Problem]:
    for name, said in settings.approvers.items():
        if said == "anyone" or said.who == "anyone":
            continue
        people = set(said.who)
        if said.count > len(people):
            message = f"approvers.{name}: {said.count} must approve, and {len(people)} may"
            yield problem(read.place("approvers", name), message, "name more people in `who`, or lower `count`")
        for index, who in enumerate(said.who):
            if not is_person(who):
                place = read.place("approvers", name, "who", index)
                hint = "people are e-mail addresses, or github:login, gitlab:login, gitea:login"
                yield problem(place, f"approvers.{name}.who[{index}]: {who!r} is no person", hint)


def _judge_builtin(read: Read[Agent], agent: Agent, builtins: frozenset[str]) -> Iterator[Problem]:
    builtin = agent.extras.builtin
    if builtin is not None and builtin not in builtins:
        place = read.place("x-orchestrator", "builtin")
        hint = did_you_mean(builtin, sorted(builtins), "builtin agents")
        yield problem(place, f"x-orchestrator.builtin: unknown builtin agent {builtin}", hint)
    if builtin is None and agent.extras.backend is BackendKind.BUILTIN:
        hint = did_you_mean("", sorted(builtins), "builtin agents")
        yield problem(read.place("x-orchestrator", "backend"), "x-orchestrator.builtin: missing key", hint)


def _judge_entry(
    read: Read[Agent], agent: Agent, backend: BackendKind, key: str, table: str, entries: Mapping[str, object]
) -> Iterator[Problem]:
    name = getattr(agent.extras, key)
    if name is None and agent.extras.backend is backend:
        hint = f'name an entry of {table} in {SETTINGS}: "{key}: …"'
        yield problem(read.place("x-orchestrator", "backend"), f"x-orchestrator.{key}: missing key", hint)
    if name is not None and name not in entries:
        hint = did_you_mean(name, entries, table) or f"add it there: {table}: {{{name}: …}}"
        message = f"x-orchestrator.{key}: {name} is not among the {table} of {SETTINGS}"
        yield problem(read.place("x-orchestrator", key), message, hint)


def _judge_model(read: Read[Agent], agent: Agent, settings: Settings) -> Iterator[Problem]:
    known = ["inherit", *Tier, *(model.name for model in settings.models)]
    if agent.extras.backend is BackendKind.MODEL and agent.model not in known:
        message = f"model: {agent.model} is no tier, and no model of {SETTINGS}"
        yield problem(read.place("model"), message, did_you_mean(agent.model, known), Severity.WARNING)
