"""A request as a call: which arguments, what stands on stdin, which environment. A value comes out; nothing is run."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.agents.command.places import place
from orchestrator.agents.command.profile import Option, Profile
from orchestrator.agents.interface import Request
from orchestrator.model.outside import ScratchCall
from orchestrator.model.patterns import is_literal
from orchestrator.model.settings import Command, Tier

LONGEST_ARGUMENT = 131_071
"""Bytes: MAX_ARG_STRLEN of Linux, less the NUL; see execve(2)."""
PROMPT = "{prompt}"
"""A word of an argv in the settings that stands for the prompt; then there is none on stdin."""
_LONGEST_SYSTEM = 100_000
_QUIET = {"CI": "1", "DO_NOT_TRACK": "1", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", "TERM": "dumb"}
"""What makes programs ask nothing, draw nothing, and leave nothing behind."""


class CannotAsk(Exception):
    """The program cannot be asked this. The text says why, and what would do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A program, by the settings' name for it, how it is asked, and what it is asked."""

    name: str
    command: Command
    profile: Profile
    request: Request
    passed: Mapping[str, str]
    """The variables of the environment that the settings let it see, and that are set."""
    is_held: bool = False
    """It is run in a sandbox or not at all."""

    @property
    def network(self) -> tuple[str, ...]:
        """Return what it may reach: what the base grants, where the agent's file asks for it."""
        return self.command.network if self.request.agent.extras.network else ()

    def call(self, hear: Callable[[bytes], None]) -> ScratchCall:
        """Return the call. Raises CannotAsk."""
        argv, prompt = self._argv(), self._prompt()
        if PROMPT in argv:
            argv, stdin = tuple(prompt if word == PROMPT else word for word in argv), b""
        else:
            stdin = prompt.encode("utf-8", "replace")
        _hold(argv, self.name)
        extras = self.request.agent.extras
        return ScratchCall(
            argv,
            self.request.files,
            stdin,
            self._handed(prompt),
            {**_QUIET, **self.profile.environ, **_told(self.request), **self.passed},
            self.command.sees,
            self.network,
            float(extras.timeout),
            float(extras.idle) if extras.idle is not None else None,
            hear,
        )

    def _argv(self) -> tuple[str, ...]:
        said, profile = self.command.argv, self.profile
        verb = (profile.verb,) if profile.verb and len(said) == 1 else ()
        return (*said, *verb, *(str(option) for option in self._options()), *profile.adds(self.request))

    def _options(self) -> Iterator[Option]:
        model, system = model_name(self.request, self.profile), self.request.agent.system
        held = self.profile.held if self.is_held else ()
        wanted = (
            *held,
            *(option for option in self.profile.options if not option.stands_in(tuple(map(str, held)))),
            *((Option(self.profile.model, model),) if model and self.profile.model else ()),
            *((Option(self.profile.system, system),) if system.strip() and self._takes_system() else ()),
        )
        return (option for option in wanted if not option.stands_in(self.command.argv))

    def _takes_system(self) -> bool:
        has_room = len(self.request.agent.system.encode("utf-8", "replace")) <= _LONGEST_SYSTEM
        return has_room and bool(self.profile.system) and not Option(self.profile.system).stands_in(self.command.argv)

    def _prompt(self) -> str:
        system = "" if self._takes_system() else self.request.agent.system.strip()
        closing = _where_things_are(self.request) if self.profile.is_agent else ""
        return "\n\n".join(filter(None, (system, self.request.prompt, closing)))

    def _handed(self, prompt: str) -> Mapping[str, bytes]:
        return {"prompt.md": prompt.encode("utf-8", "replace"), "request.json": _as_json(self.request)}


def model_name(request: Request, profile: Profile) -> str | None:
    """Return the model that the route or the agent names, as the program names it; None where neither names one."""
    name = _named(request)
    if name is None or not profile.has_slashes:
        return name.partition(":")[2] or name if name else None
    provider, _, model = name.partition(":")
    return f"{profile.providers.get(provider, provider)}/{model}" if model else name


def _named(request: Request) -> str | None:
    if request.model is not None:
        return request.model.name
    if ":" in request.route.model:
        return request.route.model
    said = request.agent.model
    return None if said in ("", "inherit", *Tier) else said


def _hold(argv: Sequence[str], name: str) -> None:
    """Raise CannotAsk where the system would not take the arguments."""
    for word in argv:
        if "\0" in word:
            raise CannotAsk(f"{name} cannot be handed an argument that holds a NUL character")
        size = len(word.encode("utf-8", "replace"))
        if size > LONGEST_ARGUMENT:
            raise CannotAsk(
                f"the prompt for {name} has {size:,} bytes, and an argument has room for {LONGEST_ARGUMENT:,}; leave"
                f" {PROMPT} out of its argv in orchestrator.yaml, and it stands on stdin"
            )


def _told(request: Request) -> Mapping[str, str]:
    """What a script may want to know, where it can be had without parsing; `$HANDED/request.json` says all."""
    return {
        "ORCHESTRATOR_JOB": request.job,
        "ORCHESTRATOR_STEP": request.step,
        "ORCHESTRATOR_ATTEMPT": str(request.attempt),
        "ORCHESTRATOR_WRITES": "\n".join(map(place, request.writes)),
    }


def _as_json(request: Request) -> bytes:
    said = {
        "job": request.job,
        "title": request.title,
        "step": request.step,
        "attempt": request.attempt,
        "agent": request.agent.name,
        "system": request.agent.system,
        "prompt": request.prompt,
        "files": sorted(request.files),
        "writes": list(request.writes),
        "params": dict(request.params),
        "findings": [finding.model_dump(mode="json", exclude_none=True) for finding in request.findings],
    }
    return json.dumps(said, indent=2, default=str).encode() + b"\n"


def _where_things_are(request: Request) -> str:
    """A task is written for whoever does it; this is for one that has a folder before it."""
    has_workspace = any(path.startswith("/") for path in request.files)
    beside = ", and `../workspace/` has those of the workspace" if has_workspace else ""
    written = ", ".join(map(_wanted, request.writes))
    return (
        "## Where you work\n\n"
        f"You stand in a folder that holds just the files of this task{beside}.\n"
        f"Write {written} there, whole, and change nothing else. What you say is not read:\n"
        "the files as they stand when you end are your work. Nobody answers questions."
    )


def _wanted(pattern: str) -> str:
    return f"`{place(pattern)}`" if is_literal(pattern) else f"what `{place(pattern)}` names"
