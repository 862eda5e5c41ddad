"""Lint of what plays roles: models, providers, commands, servers of tools; and of the agents that ask for them."""

from collections.abc import Iterator, Mapping

from orchestrator.documents.agents import AgentFile
from orchestrator.documents.models import Read
from orchestrator.documents.problems import Problem, Severity, problem
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.mcp_names import mcp_name
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.settings import ProviderKind, Settings

_BUILTIN = "builtin"
_DRAWN = ".png"
_DRAWING = ".svg"


def judge_players(read: Read[Settings], profiles: frozenset[str] | None) -> Iterator[Problem]:
    """Yield what is wrong with the models, providers and commands of the settings."""
    if read.value is None:
        return
    if not read.faults and not read.value.models:
        yield problem(read.place("models"), "models: nothing is there that could play a role", "- name: builtin")
    yield from _judge_providers(read, read.value)
    yield from _judge_unused(read, read.value)
    yield from _judge_profiles(read, read.value, profiles)


def judge_player(file: AgentFile, settings: Settings | None) -> Iterator[Problem]:
    """Yield what an agent's file asks for and does not get."""
    if file.agent is None or file.read is None:
        return
    yield from _judge_renders(file.read, file.agent)
    if settings is not None:
        yield from _judge_servers(file.read, file.agent, settings)
        yield from _judge_named_tools(file.read, file.agent, settings)
        yield from _judge_network(file.read, file.agent, settings)


def _judge_providers(read: Read[Settings], settings: Settings) -> Iterator[Problem]:
    """Nobody could be asked for a model whose provider's wire is not known."""
    kinds = [str(kind) for kind in ProviderKind]
    for index, model in enumerate(settings.models):
        if model.name == _BUILTIN or model.provider in kinds:
            continue
        said = settings.providers.get(model.provider)
        if said is not None and said.kind is not None:
            continue
        message = f"models[{index}].name: {model.name} names no provider that is known: {model.provider}"
        near = did_you_mean(model.provider, kinds, "providers")
        hint = f"{near}; or say how to ask it: providers: {{{model.provider}: {{kind: openai, base_url: …}}}}"
        yield problem(read.place("models", index, "name"), message, hint, Severity.WARNING)


def _judge_unused(read: Read[Settings], settings: Settings) -> Iterator[Problem]:
    used = {model.provider for model in settings.models}
    for name in settings.providers:
        if name not in used:
            message = f"providers.{name}: no model of the settings is called {name}:…"
            hint = did_you_mean(name, sorted(used - {_BUILTIN}), "providers of models")
            yield problem(read.place("providers", name, at_key=True), message, hint, Severity.WARNING)


def _judge_profiles(read: Read[Settings], settings: Settings, known: frozenset[str] | None) -> Iterator[Problem]:
    for name, command in settings.commands.items():
        if known is not None and command.profile is not None and command.profile not in known:
            message = f"commands.{name}.profile: unknown profile {command.profile}"
            hint = did_you_mean(command.profile, sorted(known), "profiles")
            yield problem(read.place("commands", name, "profile"), message, hint)


def _judge_renders(read: Read[Agent], agent: Agent) -> Iterator[Problem]:
    for picture, drawing in agent.extras.renders.items():
        if not picture.endswith(_DRAWN) or not drawing.endswith(_DRAWING):
            message = f"x-orchestrator.renders: {picture} is drawn from {drawing}, and only a PNG is, from an SVG"
            hint = "renders: {design.png: design.svg}"
            yield problem(read.place("x-orchestrator", "renders", picture), message, hint)


def _judge_servers(read: Read[Agent], agent: Agent, settings: Settings) -> Iterator[Problem]:
    yield from (
        _unknown(read, "mcp", index, name, settings.mcp)
        for index, name in enumerate(agent.extras.mcp)
        if name not in settings.mcp
    )


def _judge_named_tools(read: Read[Agent], agent: Agent, settings: Settings) -> Iterator[Problem]:
    """A model that is to have tools which the base does not grant is not asked at all."""
    words = agent.tools.split(",") if isinstance(agent.tools, str) else agent.tools
    for word in words if agent.extras.backend is BackendKind.MODEL else ():
        named = mcp_name(word)
        if named is not None and named.server not in settings.mcp:
            message = f"tools: {word.strip()}: {named.server} is not among the mcp of orchestrator.yaml"
            add = f"add it there: mcp: {{{named.server}: {{argv: [...]}}}}"
            hint = did_you_mean(named.server, settings.mcp, "mcp") or add
            yield problem(read.place("tools"), message, hint)


def _unknown(read: Read[Agent], key: str, index: int, name: str, known: Mapping[str, object]) -> Problem:
    message = f"x-orchestrator.{key}: {name} is not among the {key} of orchestrator.yaml"
    hint = did_you_mean(name, known, key) or f"add it there: {key}: {{{name}: {{argv: [...]}}}}"
    return problem(read.place("x-orchestrator", key, index), message, hint)


def _judge_network(read: Read[Agent], agent: Agent, settings: Settings) -> Iterator[Problem]:
    """An agent that asks for the network, and is granted none, cannot reach its model."""
    command = settings.commands.get(agent.extras.command or "")
    if agent.extras.backend is not BackendKind.COMMAND or command is None:
        return
    if agent.extras.network and not command.network:
        message = f"x-orchestrator.network: commands.{agent.extras.command} of orchestrator.yaml names no host to reach"
        yield problem(read.place("x-orchestrator", "network"), message, "network: [host:443] there", Severity.WARNING)
