"""The programs that play roles, as the base's settings grant them: each is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from orchestrator.errors import WorkspaceError
from orchestrator.model.agent import Agent, BackendKind
from orchestrator.model.settings import Sandboxed
from orchestrator.routing import BUILTIN

if TYPE_CHECKING:
    from orchestrator.agents.interface import Backend
    from orchestrator.agents.model.backend import ModelBackend
    from orchestrator.model.action import Route
    from orchestrator.model.outside import ScratchCall, ScratchEnd
    from orchestrator.model.settings import Model, Settings

NO_SANDBOX = "none"
# What a coding agent needs is more than what a check does: an interpreter with a compiler, a talk of an hour.
_MOST_OUTPUT = 20_000_000
_MOST_MEMORY = 4 << 30
_MOST_CPU = 3_600


class Backends:
    """Finds the backend of an agent. `warn` is told, once, what people must know of the machine."""

    def __init__(self, environ: Mapping[str, str], clock: Callable[[], int], warn: Callable[[str], None]) -> None:
        self._environ = environ
        self._clock = clock
        self._warn = warn
        self._warned: set[str] = set()
        self._models: dict[str, ModelBackend] = {}
        self._lock = Lock()

    def find(self, agent: Agent, route: Route, settings: Settings) -> Backend:
        """Return the program that plays the role. Raises WorkspaceError where it cannot be asked as things are."""
        if route.model == BUILTIN or agent.extras.backend is BackendKind.BUILTIN:
            from orchestrator.agents.builtin import Builtin

            return Builtin()
        match agent.extras.backend:
            case BackendKind.MODEL:
                return self._model(agent, route, settings)
            case BackendKind.COMMAND:
                return self._command(agent, settings)
            case BackendKind.PYTHON:
                return self._callable(agent, settings)
            case BackendKind.PERSON:
                from orchestrator.agents.person import Person

                return Person()

    def _model(self, agent: Agent, route: Route, settings: Settings) -> Backend:
        from orchestrator.agents.model.tools import granted

        model = next((model for model in settings.models if model.name == route.model), None)
        if model is None:
            raise WorkspaceError(f"there is no model {route.model} in orchestrator.yaml", hint="orchestrator lint")
        granted(agent, settings.mcp)
        found = self._served(model, settings)
        found.check(model)
        return found

    def _served(self, model: Model, settings: Settings) -> ModelBackend:
        """Return the backend of the model's provider, made once for the same settings: it holds the connections."""
        from orchestrator.agents.model.backend import ModelBackend

        said = settings.providers.get(model.provider)
        servers = "".join(f"{name}{server.model_dump_json()}" for name, server in settings.mcp.items())
        key = f"{model.provider} {said.model_dump_json() if said else ''} {servers}"
        with self._lock:
            if key not in self._models:
                self._models[key] = ModelBackend(
                    model.provider,
                    said,
                    key=self._environ.get,
                    environ=self._environ,
                    clock=self._clock,
                    mcp=settings.mcp,
                )
            return self._models[key]

    def _command(self, agent: Agent, settings: Settings) -> Backend:
        from orchestrator.agents.command.backend import CommandBackend

        name = agent.extras.command or ""
        command = settings.commands.get(name)
        if command is None:
            hint = f"name an entry of commands in agents/{agent.name}.md, or add it to orchestrator.yaml on the base"
            raise WorkspaceError(f"{agent.name} is to be played by the command {name!r}, which is not there", hint=hint)
        is_required = settings.sandbox is Sandboxed.REQUIRED
        return CommandBackend(
            name,
            command,
            lambda call: self._run(call, is_required=is_required),
            self._environ.get,
            self._clock,
            is_held=is_required,
        )

    def _run(self, call: ScratchCall, *, is_required: bool) -> ScratchEnd:
        from orchestrator.outside.limits import Limits
        from orchestrator.outside.scratch import run_in_scratch

        limits = Limits(output=_MOST_OUTPUT, memory=_MOST_MEMORY, cpu=_MOST_CPU)
        end = run_in_scratch(call, self._environ.get("PATH", ""), limits, required=is_required)
        if end.sandbox == NO_SANDBOX:
            self._tell(f"{call.argv[0]} ran WITHOUT a sandbox: it may read and write what you may; install bubblewrap")
        return end

    def _tell(self, text: str) -> None:
        with self._lock:
            is_new = text not in self._warned
            self._warned.add(text)
        if is_new:
            self._warn(text)

    def _callable(self, agent: Agent, settings: Settings) -> Backend:
        from orchestrator.agents.callable import CallableBackend
        from orchestrator.outside.callables import load

        return CallableBackend(agent.extras.call or "", lambda name: load(settings.callables, name))
