"""The python backend: a callable that the settings name does a step's work. It gets a value, and returns whole files.

It runs in this process, as a check's callable does, with all the rights of the user: the settings that name it are the
base branch's. So it may be a closure, or hold a model in memory. It runs in a thread, and no thread can be killed: when
its time is up the attempt has failed, what it returns later is dropped, and it ends with the process.
"""

import inspect
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from orchestrator.agents.interface import Answer, Request
from orchestrator.documents.foreign_findings import plainly
from orchestrator.model.action import Basis, Fault, Trouble, Usage
from orchestrator.model.excerpts import beginning
from orchestrator.model.finding import Finding
from orchestrator.model.job import Scalar
from orchestrator.model.names import shown
from orchestrator.model.outside import CannotRun
from orchestrator.model.patterns import matches

MOST_FILES = 1_000
_LONGEST_MESSAGE = 300
_NOTHING_SPENT = Usage()


@dataclass(frozen=True, slots=True)
class Task:
    """What the callable is called with. Paths are relative to the job's directory; a leading `/` is the workspace."""

    job: str
    title: str
    step: str
    attempt: int
    system: str
    """The text of the agent's file."""
    prompt: str
    """The rendered task prompt."""
    writes: tuple[str, ...]
    """The patterns of what the step may write."""
    files: Mapping[str, bytes]
    """Exactly the files that the step reads; they cannot be changed here."""
    params: Mapping[str, Scalar]
    findings: tuple[Finding, ...] = ()
    """What was wrong with the attempt before, or what a later step sent back."""
    failed: Mapping[str, bytes] = field(default_factory=dict)
    """What the failed attempt before wrote."""


@dataclass(frozen=True, slots=True)
class CallableBackend:
    """A callable that the base's settings know by a name; `load` finds it, and raises CannotRun where there is none."""

    call: str
    load: Callable[[str], Callable[..., object]]
    name: str = "python"

    def run(self, request: Request) -> Answer | Fault:
        """Return the files that the callable returned, path → text or bytes; whatever else came of it is a Fault."""
        try:
            function = self.load(self.call)
        except CannotRun as exc:
            return self._fault(request, Trouble.DENIED, str(exc))
        usage, timeout = _usage(request), request.agent.extras.timeout
        try:
            files = _called(function, _task(request), timeout)
        except _Broken as exc:
            return self._fault(request, Trouble.WORK, f"{self.call} {exc}", usage)
        if files is None:
            return self._fault(request, Trouble.OUTAGE, f"{self.call} took more than {timeout} s", usage)
        missing = _unwritten(files, request)
        if missing:
            message = f"{self.call} returned no file, and the step writes {', '.join(missing)}"
            return self._fault(request, Trouble.WORK, message, usage)
        return Answer(files, usage, "returned")

    def _fault(self, request: Request, trouble: Trouble, message: str, usage: Usage = _NOTHING_SPENT) -> Fault:
        is_transient = trouble is Trouble.OUTAGE
        said = beginning(plainly(message), _LONGEST_MESSAGE)
        return Fault(said, is_transient, usage, request.agent.name, self.name, trouble=trouble)


def _usage(request: Request) -> Usage:
    """Whom it calls, and what that costs, is its own affair: where something was kept back for it, that is booked."""
    reserved = request.route.reserved_usd
    return Usage(cost_usd=reserved, basis=Basis.UNKNOWN) if reserved else Usage()


def _task(request: Request) -> Task:
    return Task(
        request.job,
        request.title,
        request.step,
        request.attempt,
        request.agent.system,
        request.prompt,
        request.writes,
        MappingProxyType(dict(request.files)),
        MappingProxyType(dict(request.params)),
        request.findings,
        MappingProxyType(dict(request.failed)),
    )


# --- the call --------------------------------------------------------------------------------------------------------


class _Broken(Exception):
    """The callable did not do its work. The text says why, as a clause that stands after its name."""


def _called(function: Callable[..., object], task: Task, timeout: float) -> Mapping[str, bytes] | None:
    """Return the files, or None where there were none within some seconds. Raises _Broken."""
    endings: list[Mapping[str, bytes] | _Broken] = []

    def play() -> None:
        try:
            endings.append(_played(function, task))
        except _Broken as exc:
            endings.append(exc)

    thread = threading.Thread(target=play, name=f"callable of {task.job}/{task.step}", daemon=True)
    thread.start()
    thread.join(timeout)
    if not endings and not thread.is_alive():
        raise _Broken("ended, and neither returned nor raised anything")
    ending = endings[0] if endings else None
    if isinstance(ending, _Broken):
        raise ending
    return ending


def _played(function: Callable[..., object], task: Task) -> Mapping[str, bytes]:
    try:
        return dict(_files(function(task)))
    except _Broken:
        raise
    except BaseException as exc:  # whatever it raises ends it, and neither the thread nor us
        raise _Broken(f"broke: {''.join(traceback.format_exception_only(exc))}") from exc


def _files(returned: object) -> Iterator[tuple[str, bytes]]:
    if inspect.iscoroutine(returned):
        returned.close()
    if not isinstance(returned, Mapping):
        raise _Broken(f"returned a {type(returned).__name__}; a mapping of paths to texts or bytes is wanted")
    for number, (path, content) in enumerate(returned.items()):
        if number == MOST_FILES:
            raise _Broken(f"returned more than {MOST_FILES:,} files")
        if not isinstance(path, str):
            raise _Broken(f"returned a {type(path).__name__} where a path is wanted")
        if not isinstance(content, str | bytes):
            raise _Broken(f"returned a {type(content).__name__} for {shown(path)}; a text or bytes are wanted")
        yield path, content.encode() if isinstance(content, str) else content


def _unwritten(files: Mapping[str, bytes], request: Request) -> list[str]:
    """Return what should have been written, where nothing was; what the step reads too it may leave alone."""
    return [
        pattern for pattern in request.writes if not files and not any(matches(pattern, path) for path in request.files)
    ]
