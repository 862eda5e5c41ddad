"""Subagents of Claude Code and custom agents of GitHub, made `agents/<role>.md`: their bytes, and what is not as there.

Nothing is changed in a file but the one line `model:`, where its word has another name here. Formats:
code.claude.com/docs/en/sub-agents, docs.github.com/en/copilot/reference/custom-agents-configuration.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.documents.agents import AgentFile, read_agent, role_of
from orchestrator.documents.emit import scalar
from orchestrator.documents.importing.taken import (
    BUILTIN,
    TakenIn,
    is_fit,
    listed,
    note,
    role_name,
    without_models,
)
from orchestrator.documents.problems import Problem, Severity, of_errors
from orchestrator.documents.text import decode
from orchestrator.documents.yaml import MapNode, together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.mcp_names import mcp_name
from orchestrator.model.names import shown
from orchestrator.model.protected import folded, protected
from orchestrator.model.settings import Settings, Tier

_OURS = frozenset({"name", "description", "model", "tools", "x-orchestrator"})
_TIER_OF: Mapping[str, Tier] = {"haiku": Tier.FAST, "sonnet": Tier.STANDARD, "opus": Tier.STRONG}
_ALIAS = re.compile(r"(haiku|sonnet|opus)(?:\[1m\])?")
_MODEL_LINE = re.compile(rb"""(model[ \t]*:[ \t]*)(["']?)([^"'#\r\n]+?)\2([ \t]*(?:#[^\r\n]*)?)(\r?)""")
_MAKERS = ((re.compile(r"claude"), "anthropic"), (re.compile(r"gpt|o\d"), "openai"), (re.compile("gemini"), "google"))
_MCP_GITHUB = re.compile(r"([A-Za-z0-9_.-]+)/\S+")
# VS Code's own sets of tools, which look like servers: `search/codebase`.
_SETS = frozenset({"agent", "edit", "execute", "new", "read", "runCommands", "runTasks", "search", "vscode", "web"})
_INSTEAD_OF_TOOLS = "what it is to see, its steps name in reads; a program that works on files itself: backend: command"
_MEANT = "see that you mean it before you run it"
_INSTEAD: Mapping[str, str] = {
    "maxTurns": "how often an agent with tools may answer: x-orchestrator: {max_turns: 20}",
    "skills": "put what a skill says into the text below, or into memory/, which a step names in its reads",
    "memory": "what outlives a job stands in memory/*.md; a step names it in its reads: /memory/style.md",
    "mcpServers": "define the servers under mcp in orchestrator.yaml, and name them in x-orchestrator: {mcp: [NAME]}",
    "mcp-servers": "define the servers under mcp in orchestrator.yaml, and name them in x-orchestrator: {mcp: [NAME]}",
    "disallowedTools": "an agent has no tool here but those of the servers that it names",
    "handoffs": "which step comes next is said in pipeline.yaml",
    "initialPrompt": "what an agent is told for a step stands in prompts/<step>.md.j2",
}


@dataclass(frozen=True, slots=True)
class _Member:
    """One file that is an agent: what it will be called, its bytes as they will stand, and what is to be said."""

    role: str
    origin: str
    content: bytes
    notes: tuple[Problem, ...]


def take_agents(given: Mapping[str, bytes], settings: Settings) -> TakenIn:
    """Return the agent files of a folder, by path in the workspace. `given`: path → content, `settings`: the base's.

    Raises DocumentError for all that is wrong with any of them: a whole folder is taken, or nothing of it.
    """
    members: list[_Member] = []
    faults: list[DocumentError] = []
    left_out: list[Problem] = []
    for path, content in sorted(given.items()):
        try:
            taken = _member(path, content, settings)
        except DocumentError as exc:
            faults.append(exc)
            continue
        if isinstance(taken, _Member):
            members.append(taken)
        else:
            left_out.append(taken)
    faults += _twice(members)
    if faults:
        raise together(tuple(faults))
    notes = [*left_out, *(each for member in members for each in member.notes)]
    return TakenIn(
        files={f"agents/{member.role}.md": member.content for member in members},
        notes=(*notes, *(without_models(settings) if members else ())),
        origins={f"agents/{member.role}.md": member.origin for member in members},
    )


def _member(path: str, content: bytes, settings: Settings) -> _Member | Problem:
    """Return the agent that a file is, or the remark that it is none. Raises DocumentError."""
    if not decode(content, path).startswith("---"):
        return note(Place(path), "begins with no front matter, so it is no agent: left out")
    file = read_agent(content, path)
    if file.faults or file.agent is None:
        raise together(file.faults)
    if not file.agent.description and file.agent.name == role_of(path):
        return note(Place(path), "has no description, so it is no agent: left out", "give it a description: …")
    role = _role(path)
    rewritten, said = _model(file, file.agent, content, settings)
    notes = (
        *of_errors(file.warnings, path, Severity.WARNING),
        *_named(file, file.agent, role),
        *_tools(file, file.agent, settings),
        *said,
        *_own_keys(file, file.agent),
        *_other_keys(file),
    )
    return _Member(role, path, rewritten, tuple(sorted(notes, key=lambda each: each.line or 0)))


def _role(path: str) -> str:
    name = role_of(path)
    role = role_name(name)
    if role is None:
        hint = "call it as a step is to name it: code-reviewer.md"
        raise DocumentError(f"{shown(name)} can be no agent's name", place=Place(path), hint=hint)
    if protected(f"agents/{role}.md"):
        message = f"agents/{role}.md would be some program's configuration"
        raise DocumentError(message, place=Place(path), hint="rename the file")
    return role


def _twice(members: list[_Member]) -> Iterator[DocumentError]:
    first: dict[str, str] = {}
    for member in members:
        other = first.setdefault(folded(member.role), member.origin)
        if other != member.origin:
            message = f"would be agents/{member.role}.md, as {shown(other)} would"
            yield DocumentError(message, place=Place(member.origin), hint="rename one of the two files")


def _named(file: AgentFile, agent: Agent, role: str) -> Iterator[Problem]:
    if not is_fit(role_of(file.path)):
        yield note(Place(file.path), f"is agents/{role}.md here", f"a step names it so: agent: {role}")
    elif agent.name != role and file.read is not None:
        message = f"name: a step names it by its file, agent: {role}; {shown(agent.name)} is for people to read"
        yield note(file.read.place("name"), message, "rename the file where the two should be one")


# --- what means something else here ----------------------------------------------------------------------------------


def _tools(file: AgentFile, agent: Agent, settings: Settings) -> Iterator[Problem]:
    assert file.read is not None
    if isinstance(file.read.root, MapNode) and "tools" not in file.read.root.entries:
        message = "tools are left out: that means all of them there, and none here"
        yield note(Place(file.path, 1), message, _INSTEAD_OF_TOOLS)
        return
    place = file.read.place("tools", at_key=True)
    tools = agent.tools.split(",") if isinstance(agent.tools, str) else list(agent.tools)
    names = [name for tool in tools if (name := tool.strip())]
    others = [name for name in names if not (_claude_server(name) or _github_server(name))]
    if others:
        yield note(place, f"tools: {listed(others)}: nothing here answers to that", _INSTEAD_OF_TOOLS)
    for server in dict.fromkeys(filter(None, map(_claude_server, names))):
        yield _given(place, server, settings)
    for server in dict.fromkeys(filter(None, map(_github_server, names))):
        if server not in agent.extras.mcp:
            message = f"tools: those of the server {server} are had by naming it alone"
            hint = f"define it under mcp in orchestrator.yaml; x-orchestrator: {{mcp: [{server}]}} in the agent's file"
            yield note(place, message, hint)


def _given(place: Place, server: str, settings: Settings) -> Problem:
    """Return what `mcp__server__tool` does: a model agent is given what it names."""
    if server in settings.mcp:
        return note(place, f"tools: it is given tools of the server {server}", _MEANT)
    message = f"tools: orchestrator.yaml has no server {server}, and without it no step of this agent runs"
    return note(place, message, f"add it there: mcp: {{{server}: {{argv: […]}}}}; or take it out of tools")


def _claude_server(tool: str) -> str | None:
    """Return the MCP server of a tool as Claude Code writes it, `mcp__server__tool`."""
    named = mcp_name(tool)
    return named.server if named else None


def _github_server(tool: str) -> str | None:
    """Return the MCP server of a tool as GitHub writes it, `server/tool`."""
    found = _MCP_GITHUB.fullmatch(tool)
    return found[1] if found and found[1] not in _SETS and not tool.startswith("mcp__") else None


def _model(file: AgentFile, agent: Agent, content: bytes, settings: Settings) -> tuple[bytes, list[Problem]]:
    """Return the file with the model's name as it is called here, and what is to be said of it."""
    assert file.read is not None
    known = {model.name for model in settings.models} | set(Tier) | {"inherit"}
    if agent.model in known:
        return content, []
    place = file.read.place("model")
    here = _called_here(agent.model, settings)
    changed = _with_model(content, place.line or 0, agent.model, here) if here else None
    if here is None or changed is None:
        hint = f"write model: {here}" if here else _offer(agent)
        return content, [note(place, f"model: {shown(agent.model)} is no model of orchestrator.yaml", hint)]
    message = f"model: {shown(agent.model)} is {here} here; that one line was changed"
    return changed, [note(place, message, _unmet(here, settings))]


def _called_here(model: str, settings: Settings) -> str | None:
    """Return what a model's name is in the settings: with its provider before it, else the tier of an alias."""
    same = [each.name for each in settings.models if each.name.partition(":")[2] == model]
    if len(same) == 1:
        return same[0]
    alias = _ALIAS.fullmatch(model)
    return str(_TIER_OF[alias[1]]) if alias else None


def _with_model(content: bytes, line: int, old: str, new: str) -> bytes | None:
    """Return the file with another value in its line of the model; None where that line is not plainly written."""
    lines = content.split(b"\n")
    found = _MODEL_LINE.fullmatch(lines[line - 1]) if 0 < line <= len(lines) else None
    if found is None or found[3].decode("utf-8", "replace") != old:
        return None
    lines[line - 1] = found[1] + scalar(new).encode() + found[4] + found[5]
    return b"\n".join(lines)


def _unmet(wanted: str, settings: Settings) -> str | None:
    """Return what to add where no model of the settings is as strong as the tier that is wanted."""
    tiers = list(Tier)
    others = [model for model in settings.models if model.name != BUILTIN]
    if not others or wanted not in tiers:
        return None
    if any(tiers.index(model.tier) >= tiers.index(Tier(wanted)) for model in others):
        return None
    return f"none of the models in orchestrator.yaml is that strong: add one with tier: {wanted}"


def _offer(agent: Agent) -> str:
    tier = "or write model: fast, standard or strong"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}", agent.model):
        return f"name one of those, as provider:model; {tier}"
    maker = next((maker for pattern, maker in _MAKERS if pattern.match(agent.model)), "PROVIDER")
    name = f"{maker}:{agent.model}"
    return f"add it under models: - name: {name}, and write model: {name} in the agent's file; {tier}"


def _own_keys(file: AgentFile, agent: Agent) -> Iterator[Problem]:
    """Say what a file that was ours before would have run here."""
    extras = agent.extras
    asks = [f"backend: {extras.backend}"] if extras.backend is not BackendKind.MODEL else []
    asks += ["network: true"] if extras.network else []
    asks += [f"mcp: {listed(extras.mcp)}"] if extras.mcp else []
    if asks and file.read is not None:
        place = file.read.place("x-orchestrator", at_key=True)
        yield note(place, f"x-orchestrator: it asks for {'; '.join(asks)}", _MEANT)


def _other_keys(file: AgentFile) -> Iterator[Problem]:
    assert file.read is not None
    root = file.read.root
    keys = [key for key in root.entries if key not in _OURS] if isinstance(root, MapNode) else []
    for key in keys:
        if key in _INSTEAD:
            yield note(file.read.place(key, at_key=True), f"kept, and without meaning here: {key}", _INSTEAD[key])
    rest = [key for key in keys if key not in _INSTEAD]
    if rest:
        place = file.read.place(rest[0], at_key=True)
        yield note(place, f"kept, and without meaning here: {listed(rest)}")
