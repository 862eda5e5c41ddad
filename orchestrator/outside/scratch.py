"""A program run as an agent: in a scratch checkout, in the best sandbox that this machine has, and read afterwards.

What it says counts for nothing here; what stands in its checkout when it has ended is told. Nothing is judged.
"""

import os
import shutil
import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from orchestrator.model.outside import CannotRun, ScratchCall, ScratchEnd
from orchestrator.outside import bubblewrap, landlock
from orchestrator.outside.commands import found
from orchestrator.outside.folders import as_in_the_job, environment, prepared
from orchestrator.outside.limits import Limits, killed
from orchestrator.outside.proxy import PORT, Proxy
from orchestrator.outside.readback import gather
from orchestrator.outside.running import OPEN, Ended, Lines, run
from orchestrator.outside.seen import asked, is_systems, seen_by

BUBBLEWRAP, LANDLOCK, NONE = "bubblewrap", "landlock", "none"
"""The kinds of sandbox."""

_KEY = "commands in orchestrator.yaml"
_ADVICE = "install bubblewrap (apt install bubblewrap), or let users make namespaces"
_NOTHING_HELD = (
    "files: it may read what the user may read, and write elsewhere",
    "the network: it may reach any address",
)
_OURS = frozenset({signal.SIGXCPU, signal.SIGXFSZ})
"""Signals by which a limit ends a process."""
_SHELL = 128
"""What a shell, and bwrap, add to the number of the signal that a program died of."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One way to hold a program, as it works on this machine."""

    kind: str
    is_apart: bool = True
    """Whether it has namespaces of its own."""
    is_open: bool = False
    """Whether the keeper is to do without them."""
    bwrap: str = ""
    unheld: tuple[str, ...] = ()

    @property
    def holds_network(self) -> bool:
        """Whether no address is reached but those that are named."""
        return self.kind != NONE and self.is_apart


@dataclass(frozen=True, slots=True)
class _Run:
    """A program about to be run."""

    call: ScratchCall
    program: str
    root: Path
    sandbox: Sandbox
    path: str


def run_in_scratch(
    call: ScratchCall, path: str, limits: Limits, *, required: bool, among: Sequence[Sandbox] | None = None
) -> ScratchEnd:
    """Run a program in a scratch checkout to its end and tell what stands there then; nothing else is left of it.

    `path` is the user's PATH; the first of `among` is taken, else the best sandbox that works here. A program that died
    of a signal that was none of ours has the status of a shell, 128 and its number. Raises CannotRun where it cannot be
    started, or where a sandbox is required and there is none that holds files and network.
    """
    sandbox = _chosen(_working(path) if among is None else among, required=required)
    program = found(call.argv[0], path, _KEY)
    limits = replace(limits, seconds=call.timeout, idle=call.idle)
    with prepared(call.files, call.handed) as root, _held(root) as folders:
        ended = _ran(_Run(call, program, root, sandbox, path), limits)
        there = gather(folders)
    stdout, stderr = (as_in_the_job(text, root) for text in (ended.stdout, ended.stderr))
    unheld = (*sandbox.unheld, *(each for each in ended.unheld if each != OPEN or sandbox.kind != BUBBLEWRAP))
    told = ScratchEnd(ended.status, stdout, stderr, there.files, there.odd, ended.why, sandbox.kind, unheld)
    return replace(told, written=ended.stdout)


def sandboxes(path: str) -> tuple[Sandbox, ...]:
    """Return the sandboxes that work here, best first. Each is tried once in a process' life."""
    return tuple(_working(path))


def in_words(path: str) -> tuple[str, str | None]:
    """Return what programs that agents are will run in, and what to do where that could be better."""
    best = next(_working(path), None)
    if best is None:
        return "command agents run in no sandbox: they may read, write and reach what you may", _ADVICE
    if best.unheld:
        return f"command agents run under {best.kind}, which leaves open: {'; '.join(best.unheld)}", _ADVICE
    return f"command agents run under {best.kind}", None


def _working(path: str) -> Iterator[Sandbox]:
    if bubble := _bubblewrap(shutil.which("bwrap", path=path) or ""):
        yield bubble
    if land := _landlock():
        yield land


def _chosen(among: Iterable[Sandbox], *, required: bool) -> Sandbox:
    chosen = next(iter(among), Sandbox(NONE, is_apart=False, unheld=_NOTHING_HELD))
    if required and not chosen.holds_network:
        raise CannotRun(f"no sandbox for commands works here, and the settings require one; {_ADVICE}")
    return chosen


# --- what works here -------------------------------------------------------------------------------------------------


@cache
def _bubblewrap(bwrap: str) -> Sandbox | None:
    ways = (Sandbox(BUBBLEWRAP, bwrap=bwrap), Sandbox(BUBBLEWRAP, bwrap=bwrap, is_open=True))
    return next(filter(_works, ways), None) if bwrap else None


@cache
def _landlock() -> Sandbox | None:
    ways = (Sandbox(LANDLOCK), landlock_alone())
    return next(filter(_works, ways), None) if landlock.version() else None


def landlock_alone() -> Sandbox:
    """Return what is left where the system gives no namespaces."""
    return Sandbox(LANDLOCK, is_apart=False, is_open=True, unheld=landlock.unheld())


def _works(sandbox: Sandbox) -> bool:
    program = shutil.which("true", path=os.defpath)
    call = ScratchCall((program or "",), {})
    try:
        with prepared({}) as root:
            return program is not None and _ran(_Run(call, program, root, sandbox, ""), Limits(10)).status == 0
    except CannotRun:
        return False


# --- a run -----------------------------------------------------------------------------------------------------------


@contextmanager
def _held(root: Path) -> Iterator[Mapping[str, int]]:
    """Hold the folders that are read afterwards, so that no other can take their place."""
    with ExitStack() as stack:
        yield {"": _open_folder(root / "job", stack), "/": _open_folder(root / "workspace", stack)}


def _open_folder(folder: Path, stack: ExitStack) -> int:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    stack.callback(os.close, opened)
    return opened


def _ran(it: _Run, limits: Limits) -> Ended:
    with ExitStack() as stack:
        word, saying = _pipe(stack)
        fault, complaining = _pipe(stack)
        proxy, port = _proxy(it, stack)
        before, passed = _before(it, proxy, port, saying, complaining)
        environ = _environ(it, port)
        lines = Lines(it.call.stdin, it.call.hear, passed, is_wrapped=it.sandbox.kind == BUBBLEWRAP)
        argv = (*before, it.program, *it.call.argv[1:])
        ended = run(argv, it.root / "job", environ, limits, lines, is_open=it.sandbox.is_open)
        _check_begun(ended, _said(fault), _said(word), it)
    return _by_signal(ended, limits)


def _pipe(stack: ExitStack) -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
        stack.callback(os.close, end)
    return ends


def _said(pipe: int) -> str:
    try:
        return os.read(pipe, 65_536).decode("utf-8", "replace")
    except BlockingIOError:
        return ""


def _proxy(it: _Run, stack: ExitStack) -> tuple[Proxy | None, int]:
    """Return the proxy and its port as the program sees it."""
    if not it.call.network:
        return None, 0
    proxy = stack.enter_context(Proxy(it.call.network))
    if not it.sandbox.holds_network:
        return proxy, proxy.listen()
    proxy.expect()
    return proxy, PORT


def _environ(it: _Run, port: int) -> dict[str, str]:
    environ = {**it.call.environ, **environment(it.path, it.root)}
    if it.call.handed:
        environ["HANDED"] = str(it.root / "handed")
    for name in ("HTTP_PROXY", "HTTPS_PROXY") if port else ():
        environ[name] = environ[name.lower()] = f"http://127.0.0.1:{port}"
    return environ


def _before(
    it: _Run, proxy: Proxy | None, port: int, saying: int, complaining: int
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return what goes before the program's argv, and the descriptors that it needs."""
    sees = (*seen_by(it.program, it.path), *asked(it.call.sees), *_handed(it.root))
    writes = tuple(str(it.root / name) for name in ("job", "workspace", "home", "tmp"))
    listen = (f"listen={proxy.channel}:{PORT}",) if proxy else ()
    channel = (proxy.channel,) if proxy else ()
    match it.sandbox.kind:
        case "bubblewrap":
            bubblewrap.people(it.root)
            homes = tuple(each for each in landlock.python_home() if proxy and not is_systems(each))
            told = bubblewrap.arguments(it.sandbox.bwrap, it.root, (*homes, *sees), writes, saying)
            inside = (*landlock.launched(complaining), *listen, "--") if proxy else ()
            return (*told, *inside), (saying, complaining, *channel) if proxy else (saying,)
        case "landlock":
            told = landlock.arguments(sees, writes, complaining, is_apart=it.sandbox.is_apart)
            if not it.sandbox.is_apart:
                return (*told, *((f"connect={port}",) if proxy else ()), "--"), (complaining,)
            return (*told, *listen, "--"), (complaining, *channel)
    return (), ()


def _handed(root: Path) -> tuple[str, ...]:
    folder = root / "handed"
    return (str(folder),) if folder.exists() else ()


def _check_begun(ended: Ended, fault: str, word: str, it: _Run) -> None:
    """Raise CannotRun where the sandbox, or the program in it, was never begun: that is no end of the program's."""
    is_begun = it.sandbox.kind != BUBBLEWRAP or ended.why is not None or '"exit-code"' in word
    if fault or not is_begun:
        reason = fault or ended.stderr.decode("utf-8", "replace").strip()[:300]
        raise CannotRun(f"{it.program} cannot be started in a sandbox: {reason}")


def _by_signal(ended: Ended, limits: Limits) -> Ended:
    """Return an end in which a death by signal looks the same in every sandbox."""
    if ended.signal is not None and ended.signal not in _OURS:
        return replace(ended, status=_SHELL + ended.signal, why=None)
    if ended.status is not None and ended.status - _SHELL in _OURS:
        return replace(ended, status=None, why=killed(ended.status - _SHELL, limits))
    return ended
