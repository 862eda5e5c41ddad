"""A role that a model plays. What can be known before money is spent is looked at first; then one attempt is made.

It chooses no model and counts no tries: it answers with whole files, or with a fault that says what kind it is.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Self
from weakref import finalize

from orchestrator.agents.interface import Answer, Request
from orchestrator.agents.model import clients, tools
from orchestrator.agents.model.background import BACKGROUND
from orchestrator.agents.model.faults import Broken
from orchestrator.agents.model.forms import Form, Unasked, form_of
from orchestrator.agents.model.spending import usage_of
from orchestrator.errors import OrchestratorError
from orchestrator.model.action import Fault, Trouble, Usage
from orchestrator.model.settings import McpServer, Model, Provider

if TYPE_CHECKING:
    import httpx2
    import pydantic_ai.models

    from orchestrator.agents.model.conversation import Conversation


@dataclass(slots=True)
class _Kept:
    """Clients and their connections, of this process alone: one that was forked off has none."""

    process: int = 0
    models: "dict[Model, pydantic_ai.models.Model[Any]]" = field(default_factory=dict)
    lines: "dict[str, httpx2.AsyncClient]" = field(default_factory=dict)

    def begin(self) -> None:
        """Forget what another process opened."""
        if self.process != os.getpid():
            self.process, self.models, self.lines = os.getpid(), {}, {}

    def line(self, address: str, environ: Mapping[str, str]) -> "httpx2.AsyncClient":
        """Return the HTTP client for an address."""
        from orchestrator.agents.model import wire

        if address not in self.lines:
            self.lines[address] = wire.client(environ, address)
        return self.lines[address]

    async def close(self) -> None:
        """Close every connection."""
        self.begin()
        lines, self.lines, self.models = list(self.lines.values()), {}, {}
        for line in lines:
            await line.aclose()


def _put_away(kept: _Kept) -> None:
    if kept.lines and kept.process == os.getpid():
        BACKGROUND.later(kept.close())


class ModelBackend:
    """The models of one provider. Made once and kept: it holds the connections; threads may share it.

    `key` looks a key up by its environment variable's name. `environ` is what of the environment may be used besides:
    proxies, a bundle of roots, and what MCP servers may see. `clock` is Unix time, in seconds.
    """

    name = "model"

    def __init__(
        self,
        provider_name: str,
        provider: Provider | None,
        *,
        key: clients.Keys,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        mcp: Mapping[str, McpServer] | None = None,
    ) -> None:
        """Raise WorkspaceError for a provider that nobody knows, MissingExtra where its libraries are not installed."""
        self._provider = provider
        self._kind = clients.kind_of(provider_name, provider)
        self._key = key
        self._environ = environ
        self._clock = clock
        self._mcp = mcp or {}
        self._kept = _Kept()
        self._sound: set[str] = set()
        clients.require(self._kind)
        finalize(self, _put_away, self._kept)

    def check(self, model: Model) -> None:
        """Raise WorkspaceError where the model cannot be asked as things are: no key, no address. Costs nothing."""
        self._access(model)

    def _access(self, model: Model) -> clients.Access:
        """Return how the model is reached. Raises WorkspaceError; an address is looked at once."""
        access = clients.access(self._kind, self._provider, model, self._key)
        if access.address and access.address not in self._sound:
            from orchestrator.agents.model import wire

            wire.check(self._environ, access.address)
            self._sound.add(access.address)
        return access

    def close(self) -> None:
        """Close the connections. Without it that happens when the backend is no longer used."""
        BACKGROUND.run(self._kept.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, request: Request) -> Answer | Fault:
        """Make one attempt. Raises nothing but bugs; an interrupt from the keyboard ends the call, and goes on."""
        try:
            return self._prepared(request)
        except OrchestratorError as exc:
            hint = f"; {exc.hint}" if exc.hint else ""
            return self._fault(request, Broken(f"{exc.message}{hint}", Trouble.DENIED), Usage())

    def _prepared(self, request: Request) -> Answer | Fault:
        """Look at all that can be known, then ask. Raises OrchestratorError where it is not worth asking."""
        model = request.model
        if model is None:
            return self._denied(request, f"the settings know no model {request.route.model}")
        grants = tools.granted(request.agent, self._mcp)
        if grants:
            tools.require()
        access = self._access(model)
        form = _form(request)
        if isinstance(form, Unasked):
            return self._denied(request, form.reason)
        clients.load(self._kind)
        return BACKGROUND.run(self._attempted(request, access, form, grants))

    def _denied(self, request: Request, reason: str) -> Fault:
        return self._fault(request, Broken(reason, Trouble.DENIED), Usage())

    async def _attempted(
        self, request: Request, access: clients.Access, form: Form, grants: tuple[tools.Grant, ...]
    ) -> Answer | Fault:
        from orchestrator.agents.model.conversation import Conversation

        started = monotonic()
        client = self._client(access)
        secrets = (*access.source.secrets, *tools.secrets_of(grants, self._environ))
        source = replace(access.source, secrets=secrets)
        talk = Conversation(request, access.model, form, client, source, self._clock)
        try:
            files = await self._held(talk, grants)
        except Broken as exc:
            talk.transcript.note(fault=exc.message)
            return self._fault(request, exc, self._usage(talk, started), _transcript(talk))
        return Answer(files, self._usage(talk, started), talk.stop, _transcript(talk))

    async def _held(self, talk: "Conversation", grants: tuple[tools.Grant, ...]) -> dict[str, bytes]:
        """Talk, for no longer than the agent's file allows. Raises Broken."""
        limit = talk.request.agent.extras.timeout
        try:
            async with asyncio.timeout(limit):
                return await tools.using(grants, self._environ, talk.files)
        except TimeoutError:
            raise Broken(f"{talk.model.name} was not done after {limit} s (timeout)", Trouble.OUTAGE) from None

    def _client(self, access: clients.Access) -> "pydantic_ai.models.Model[Any]":
        """The model's client, kept. Only ever called on the loop's own thread, whose connections it holds."""
        kept = self._kept
        kept.begin()
        if access.model not in kept.models:
            kept.models[access.model] = clients.made(access, kept.line(access.address, self._environ), self._key)
        return kept.models[access.model]

    def _usage(self, talk: "Conversation", started: float) -> Usage:
        return usage_of(talk.tokens, talk.model, talk.request.route.reserved_usd, monotonic() - started)

    def _fault(self, request: Request, exc: Broken, usage: Usage, transcript: bytes = b"") -> Fault:
        return Fault(
            exc.message,
            is_transient=exc.is_transient,
            usage=usage,
            agent=request.agent.name,
            backend=self.name,
            retry_after=exc.retry_after,
            now=int(self._clock()),
            trouble=exc.trouble,
            transcript=transcript,
        )


def _form(request: Request) -> Form | Unasked:
    try:
        return form_of(request)
    except ImportError as exc:
        raise clients.missing("answers that are held to a schema", "checks") from exc


def _transcript(talk: "Conversation") -> bytes:
    return talk.source.without_secrets(talk.transcript.text()).encode("utf-8", "replace")
