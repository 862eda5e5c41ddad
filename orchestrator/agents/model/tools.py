"""The tools of MCP servers, for the agents that name them. A program is started, and gone when the attempt is over.

It sees of the environment only what its SDK deems harmless (HOME, LOGNAME, PATH, SHELL, TERM, USER) and what the
settings name. What a tool returns is a text for the model, and never an instruction to us.
"""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from orchestrator.agents.model.clients import missing
from orchestrator.agents.model.faults import Broken, Source, chain, excerpt
from orchestrator.errors import WorkspaceError
from orchestrator.model.action import Trouble
from orchestrator.model.agent import Agent
from orchestrator.model.mcp_names import mcp_name
from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.settings import McpServer

if TYPE_CHECKING:
    import mcp.types
    from mcp import ClientSession

T = TypeVar("T")

_HARMLESS = ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER")
_MOST_RESULT = 200_000
"""Characters of what a tool returns."""
_LONGEST_NAME = 64
_MOST_PAGES = 100
"""Of the list of tools that a server says it has."""
_START = 30.0
"""Seconds for a server to start and to say what it can."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A server that an agent may use, and the tools of it: None for all."""

    name: str
    server: McpServer
    tools: frozenset[str] | None


def granted(agent: Agent, servers: Mapping[str, McpServer]) -> tuple[Grant, ...]:
    """Return the servers that an agent names. Raises WorkspaceError for one that the settings do not know.

    What the settings grant of a server is an upper bound: an agent file can only ask for less.
    """
    wanted: dict[str, set[str] | None] = dict.fromkeys(agent.extras.mcp)
    for word in _words(agent.tools):
        found = mcp_name(word)
        if found is None or (found.server in wanted and wanted[found.server] is None):
            continue
        if found.tool is None:
            wanted[found.server] = None
        else:
            named = wanted.setdefault(found.server, set())
            assert named is not None
            named.add(found.tool)
    return tuple(_grant(name, tools, servers) for name, tools in wanted.items())


def _words(tools: tuple[str, ...] | str) -> Sequence[str]:
    return [word.strip() for word in tools.split(",")] if isinstance(tools, str) else tools


def _grant(name: str, tools: set[str] | None, servers: Mapping[str, McpServer]) -> Grant:
    server = servers.get(name)
    if server is None:
        hint = did_you_mean(name, servers, "servers") or "add it under mcp in orchestrator.yaml"
        raise WorkspaceError(f"no MCP server {shown(name)} in orchestrator.yaml on the base", hint=hint)
    ours = None if server.tools is None else frozenset(server.tools)
    if tools is None or ours is None:
        return Grant(name, server, ours if tools is None else frozenset(tools))
    return Grant(name, server, ours & tools)


def secrets_of(grants: Sequence[Grant], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values that the settings have servers see, and nobody else."""
    return tuple(environ[name] for grant in grants for name in grant.server.env if name in environ)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as a model is told of it. `name` is the model's word for it."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(slots=True)
class Toolbox:
    """The tools of an attempt."""

    secrets: tuple[str, ...] = ()
    """What no tool is to tell the model."""
    tools: list[Tool] = field(default_factory=list)
    _sessions: "dict[str, tuple[ClientSession, str]]" = field(default_factory=dict)

    async def take(self, grant: Grant, session: "ClientSession") -> None:
        """Take in the tools of a server that are granted. Raises Broken where two would have one name."""
        async for each in _listed(session, grant.name):
            if grant.tools is not None and each.name not in grant.tools:
                continue
            name = re.sub(r"[^A-Za-z0-9_-]", "_", f"mcp__{grant.name}__{each.name}")[:_LONGEST_NAME]
            if name in self._sessions:
                both = f"{shown(self._sessions[name][1])} and {shown(each.name)}"
                said = f"the MCP server {grant.name} has two tools that a model would know as {name}: {both}"
                raise Broken(f"{said}; name one of them under mcp.{grant.name}.tools", Trouble.DENIED, is_billed=False)
            self.tools.append(Tool(name, each.description or "", each.input_schema))
            self._sessions[name] = (session, each.name)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Return what a tool says, its failure too: the model is to go on with it. No secret stands in it."""
        return Source("", secrets=self.secrets).without_secrets(await self._called(name, arguments))[:_MOST_RESULT]

    async def _called(self, name: str, arguments: Mapping[str, Any]) -> str:
        if name not in self._sessions:
            return f"There is no tool {shown(name)}."
        session, own = self._sessions[name]
        try:
            result = await session.call_tool(own, dict(arguments))
        except Exception as exc:  # noqa: BLE001  # whatever a server or its SDK raises is the tool's failure
            said = Source("", secrets=self.secrets).without_secrets(str(exc))
            return f"The tool failed: {excerpt(said or type(exc).__name__)}"
        said = "\n".join(_told(block) for block in result.content)
        if not said and result.structured_content is not None:
            said = json.dumps(result.structured_content, ensure_ascii=False)
        return f"The tool failed: {said}" if result.is_error else said


async def _listed(session: "ClientSession", name: str) -> "AsyncIterator[mcp.types.Tool]":
    """The tools of every page."""
    from mcp.types import PaginatedRequestParams

    listed = await session.list_tools()
    for _ in range(_MOST_PAGES):
        for each in listed.tools:
            yield each
        if listed.next_cursor is None:
            return
        listed = await session.list_tools(params=PaginatedRequestParams(cursor=listed.next_cursor))
    said = f"the MCP server {name} comes to no end of its tools"
    raise Broken(f"{said}; look at mcp in orchestrator.yaml", Trouble.DENIED, is_billed=False)


def _told(block: Any) -> str:
    text = getattr(block, "text", None)
    return text if isinstance(text, str) else f"({getattr(block, 'type', 'something')} that is no text)"


async def using(
    grants: Sequence[Grant],
    environ: Mapping[str, str],
    work: Callable[[Toolbox], Awaitable[T]],
    *,
    start: float = _START,
) -> T:
    """Return what the work comes to that is handed the tools. The servers are closed then, whatever happened.

    Raises what the work raises, and Broken where a server cannot be had, or says nothing of itself in `start` seconds.
    No exception goes through the servers' own contexts, which would wrap it in groups.
    """
    outcome: Outcome[T] = Outcome()
    box = Toolbox(secrets_of(grants, environ))
    try:
        async with AsyncExitStack() as stack:
            await outcome.take(_worked(stack, grants, environ, box, start, work))
    except Exception as exc:
        if not outcome.is_known:
            raise _unopened(", ".join(grant.name for grant in grants), exc, box.secrets) from exc
    return outcome.value()


async def _worked(
    stack: AsyncExitStack,
    grants: Sequence[Grant],
    environ: Mapping[str, str],
    box: Toolbox,
    start: float,
    work: Callable[[Toolbox], Awaitable[T]],
) -> T:
    for grant in grants:
        try:
            session = await _session(stack, grant, environ)
            async with asyncio.timeout(start):
                await session.initialize()
                await box.take(grant, session)
        except Exception as exc:
            raise _unopened(grant.name, exc, box.secrets) from exc
    return await work(box)


@dataclass(slots=True)
class Outcome(Generic[T]):
    """What work came to, to be had later: a value, or an exception."""

    values: list[T] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        """Say whether the work has ended."""
        return bool(self.values or self.faults)

    async def take(self, work: Awaitable[T]) -> None:
        """Await the work, and keep what comes of it."""
        try:
            self.values.append(await work)
        except Exception as exc:  # noqa: BLE001  # raised by `value`
            self.faults.append(exc)

    def value(self) -> T:
        """Return the value, or raise the exception."""
        if self.faults:
            raise self.faults[0]
        return self.values[0]


def _unopened(name: str, exc: Exception, secrets: tuple[str, ...]) -> Exception:
    if isinstance(exc, Broken):
        return exc
    *_, innermost = chain(exc)
    why = getattr(innermost, "strerror", None) or str(innermost) or type(innermost).__name__
    if isinstance(exc, TimeoutError) and exc.errno is None:
        why = "it does not say what it can"
    told = excerpt(Source("", secrets=secrets).without_secrets(why))
    said = f"the MCP server {name} cannot be had: {told}; look at mcp in orchestrator.yaml"
    return Broken(said, Trouble.DENIED, is_billed=False)


async def _session(stack: AsyncExitStack, grant: Grant, environ: Mapping[str, str]) -> "ClientSession":
    from mcp import ClientSession

    if grant.server.url:
        streams = await stack.enter_async_context(_by_address(grant.server.url, environ))
    else:
        streams = await stack.enter_async_context(_by_program(grant, environ))
    return await stack.enter_async_context(ClientSession(*streams))


@asynccontextmanager
async def _by_program(grant: Grant, environ: Mapping[str, str]) -> AsyncIterator[Any]:
    from mcp.client.stdio import StdioServerParameters, stdio_client

    absent = [name for name in grant.server.env if name not in environ]
    if absent:
        said = f"the MCP server {grant.name} is to see {', '.join(absent)}, which is not set"
        raise Broken(f"{said}; set it, or take it from mcp.{grant.name}.env", Trouble.DENIED, is_billed=False)
    seen = {name: environ[name] for name in (*_HARMLESS, *grant.server.env) if name in environ}
    program, *arguments = grant.server.argv
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        parameters = StdioServerParameters(command=program, args=arguments, env=seen, encoding_error_handler="replace")
        async with stdio_client(parameters, errlog=nowhere) as streams:
            yield streams


@asynccontextmanager
async def _by_address(url: str, environ: Mapping[str, str]) -> AsyncIterator[Any]:
    from mcp.client.streamable_http import streamable_http_client

    from orchestrator.agents.model import wire

    async with (
        wire.plain_client(environ, url) as client,
        streamable_http_client(url, http_client=client) as (read, write, *_),
    ):
        yield read, write


def require() -> None:
    """Raise MissingExtra where the library is not installed. Nothing is imported."""
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise missing("tools of MCP servers", "mcp")
