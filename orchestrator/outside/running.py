"""A program run under limits: started by its keeper, heard until its end, and gone afterwards with all that it started.

What it may not pass: time, silence, what it writes to stdout and stderr, the memory and the number of all its processes
together, the size of one file, and the processor time of one process. What the system cannot hold is told in `unheld`.

This is no sandbox: the program runs as the user, may read what the user may read, write elsewhere, and use the network.
"""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from orchestrator.model.outside import CannotRun
from orchestrator.outside.cgroups import cgroup_of, has_refused

_KEEPER = Path(__file__).with_name("keeper.py")
_LOOK_UP = 0.2
"""Seconds after which a thread that waits for a program looks up: an interrupt that was sent to it takes hold."""
_PIECE = 65_536
_MARGIN = 60.0
"""Seconds that the keeper may take beyond what it was told to; it needs them only where it kills a great many."""
OPEN = (
    "the program's own view: it sees the other processes, and what stands in the environment of those of the same user"
)
"""What no system holds that gives no namespaces."""
_UNBOUNDED = (
    "a program that starts processes without end: they are counted and killed, but no kernel's limit stops it",
)
_BARE = (
    "processes that leave the program's process group",
    "the memory and the number of all its processes together; each has the limit for itself",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use."""

    seconds: float = 60.0
    """Of wall time; then it is asked to end (SIGTERM)."""
    grace: float = 10.0
    """Seconds between that and its killing."""
    output: int = 2_000_000
    """Bytes of stdout, and of stderr. With one more it is killed."""
    memory: int = 1 << 30
    """Bytes that all its processes hold together; looked at twenty times a second."""
    file: int = 100_000_000
    """Bytes of a file that it writes."""
    processes: int = 256
    """At a time; looked at twenty times a second, and held by the kernel too: by a pids cgroup for root, else by
    RLIMIT_NPROC."""
    cpu: int = 600
    """Seconds of processor time of one process."""
    idle: float | None = None
    """Seconds without a byte of stdout or stderr; then it is asked to end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. `status` is None where it did not end by itself, and `why` says what happened."""

    status: int | None
    stdout: bytes
    stderr: bytes
    why: str | None = None
    unheld: tuple[str, ...] = ()
    """What this system could not hold."""
    signal: int | None = None
    """The signal that it died of, where that was none of ours."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What goes between a program and us beside its outputs."""

    stdin: bytes = b""
    hear: Callable[[bytes], None] | None = None
    """Called with each piece of stdout as it comes; it raises nothing."""
    inherited: tuple[int, ...] = ()
    """Descriptors that it is to find open."""
    is_wrapped: bool = False
    """Whether it stands between us and another (as bwrap does): SIGTERM goes to what it started, not to itself."""


def run(
    argv: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    limits: Limits = Limits(),
    lines: Lines = Lines(),
    *,
    is_open: bool = False,
) -> Ended:
    """Run a program in a folder to its end, and end all that it started.

    `argv[0]` is an absolute path. `is_open`: without namespaces of its own, as where the system has none. Raises
    CannotRun where it cannot be started.
    """
    modes = ("open",) if is_open else ("closed", "open")
    with cgroup_of(limits.processes) as cgroup:
        for mode in modes:
            with _filled(lines.stdin) as given:
                told = [mode, cgroup, str(given), "wrapped" if lines.is_wrapped else "bare", *_bounds(limits), *argv]
                passed = (*lines.inherited, given) if given >= 0 else lines.inherited
                with _kept(told, folder, environ, passed) as (process, report):
                    heard = _Keeper(process, report, limits, lines.hear).listen()
            if heard.word != "open":
                break
        if has_refused(cgroup):
            heard = replace(heard, word="processes")
    return _ended(heard, limits, _unheld(mode, cgroup), argv[0])


# --- the keeper ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heard:
    """The keeper's last line, in two; what the program wrote; and why it had to be ended, where that was ours."""

    word: str
    number: int
    stdout: bytes
    stderr: bytes
    why: str | None


@contextmanager
def _filled(content: bytes) -> Iterator[int]:
    """Lay content down as a file without a name, to be read from its beginning; -1 for none.

    No pipe: nobody has to write to a program that may never read.
    """
    if not content:
        yield -1
        return
    given = _nameless(content)
    try:
        yield given
    finally:
        os.close(given)


def _nameless(content: bytes) -> int:
    if sys.platform == "linux":  # held in memory, so that it can be opened again as /dev/stdin under any sandbox
        with open(os.memfd_create("stdin"), "wb") as file:
            file.write(content)
            file.flush()
            return os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY)
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return os.open(file.name, os.O_RDONLY)


@contextmanager
def _kept(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], inherited: Sequence[int]
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    told, telling = os.pipe()
    command = [sys.executable, "-I", "-S", str(_KEEPER), str(telling), *arguments]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(telling, *inherited),
            start_new_session=True,  # a Ctrl-C at the terminal is ours to answer
            bufsize=0,
        )
    except (OSError, ValueError) as exc:  # too many arguments, or a NUL in one
        os.close(told)
        raise CannotRun(f"the program cannot be started: {exc}") from exc
    finally:
        os.close(telling)
    with open(told, "rb", buffering=0) as report:
        try:
            yield process, report
        finally:
            _end(process)


def _bounds(limits: Limits) -> Iterator[str]:
    whole = (int(limits.grace * 1000), limits.memory, limits.file, limits.processes, limits.cpu)
    return map(str, whole)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let go of the keeper, which then kills what it keeps, and wait until it has. It is never killed itself."""
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_MARGIN)
    except subprocess.TimeoutExpired as exc:
        raise CannotRun(f"the program cannot be ended; process {process.pid} goes on trying") from exc
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


class _Keeper:
    """The other end of `keeper.py`: what it tells, what the program writes, and the clock."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        report: IO[bytes],
        limits: Limits,
        hear: Callable[[bytes], None] | None = None,
    ) -> None:
        self._process = process
        self._report = report
        self._limits = limits
        self._told = hear
        self._why: str | None = None
        self._until = time.monotonic() + limits.seconds
        self._heard_at = time.monotonic()
        self._heard = {pipe: bytearray() for pipe in (report, process.stdout, process.stderr) if pipe}
        self._selector = selectors.DefaultSelector()

    def listen(self) -> _Heard:
        """Return what there was to hear, when the keeper has told its last."""
        with self._selector:
            for pipe in self._heard:
                self._selector.register(pipe, selectors.EVENT_READ)
            while self._report in self._open():
                due = min(self._until, self._silent_until(), time.monotonic() + _LOOK_UP)
                self._hear(max(0.0, due - time.monotonic()))
                if time.monotonic() >= self._until:
                    self._out_of_time()
                elif time.monotonic() >= self._silent_until():
                    self._stop(b"T", f"wrote nothing for {self._limits.idle:g} s", self._limits.grace)
            while self._hear(0.0):  # what was written before the end and not read yet
                pass
        _, stdout, stderr = self._heard.values()
        word, _, number = self._heard[self._report].split(b"\n")[0].decode().partition(" ")
        return _Heard(word, int(number or 0), bytes(stdout), bytes(stderr), self._why)

    def _silent_until(self) -> float:
        """Return when its silence has been too long. One that was told to end may be silent."""
        if self._limits.idle is None or self._why is not None:
            return float("inf")
        return self._heard_at + self._limits.idle

    def _open(self) -> set[object]:
        return {key.fileobj for key in self._selector.get_map().values()}

    def _hear(self, seconds: float) -> bool:
        """Read what comes within some seconds. Say whether anything did."""
        ready = self._selector.select(seconds) if self._selector.get_map() else []
        for key, _ in ready:
            piece = os.read(key.fd, _PIECE)
            if piece:
                self._keep(self._heard[key.fileobj], piece)  # type: ignore[index]
            else:
                self._selector.unregister(key.fileobj)
        return bool(ready)

    def _keep(self, heard: bytearray, piece: bytes) -> None:
        self._heard_at = time.monotonic()
        room = self._limits.output - len(heard)
        heard += piece[:room]
        if self._told is not None and room and self._process.stdout and heard is self._heard[self._process.stdout]:
            self._told(piece[:room])
        if len(piece) > room:
            self._stop(b"K", f"wrote more than {_size(self._limits.output)}")

    def _out_of_time(self) -> None:
        if self._why is not None:
            raise CannotRun(f"the program cannot be ended; process {self._process.pid} goes on trying")
        self._stop(b"T", f"took more than {self._limits.seconds:g} s", self._limits.grace)

    def _stop(self, word: bytes, why: str, grace: float = 0.0) -> None:
        if self._why is not None:
            return
        self._why = why
        self._until = time.monotonic() + grace + _MARGIN
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.write(word)


def _ended(heard: _Heard, limits: Limits, unheld: tuple[str, ...], program: str) -> Ended:
    if heard.word == "absent":
        raise CannotRun(f"{program} cannot be started: {os.strerror(heard.number)}")
    why = heard.why or _why(heard, limits)
    status = heard.number if why is None else None
    died_of = heard.number if heard.word == "signal" and heard.why is None else None
    return Ended(status, heard.stdout, heard.stderr, why, unheld, died_of)


def _why(heard: _Heard, limits: Limits) -> str | None:
    match heard.word:
        case "exit":
            return None
        case "signal":
            return killed(heard.number, limits)
        case "memory":
            return f"held more than {_size(limits.memory)} of memory"
        case "processes":
            return f"ran more than {limits.processes} processes at a time"
    return "was ended by something outside, and its end was not seen"


def killed(number: int, limits: Limits) -> str:
    """Return what the signal means that a program died of."""
    known = {
        signal.SIGXCPU: f"took more than {limits.cpu} s of processor time",
        signal.SIGXFSZ: f"wrote a file of more than {_size(limits.file)}",
        signal.SIGKILL: "killed by SIGKILL, perhaps for want of memory",
    }
    return next((words for each, words in known.items() if each == number), f"killed by {signal_name(number)}")


def signal_name(number: int) -> str:
    """Return a signal's name, such as SIGSEGV; a number that has none stands for itself."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _size(count: int) -> str:
    return f"{count / 1_000_000:g} MB" if count >= 100_000 else f"{count:,} bytes"


def _unheld(mode: str, cgroup: str) -> tuple[str, ...]:
    return (
        *(_UNBOUNDED if os.geteuid() == 0 and cgroup == "-" else ()),
        *((OPEN,) if mode == "open" else ()),
        *(() if sys.platform.startswith("linux") else _BARE),
    )
