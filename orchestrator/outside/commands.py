"""Programs that the base's settings name: run in a folder of their own, under limits, and gone afterwards.

A program sees the files that it is handed, an environment of four variables, and no input. What it may not pass: time,
what it writes to stdout and stderr, the memory and the number of all its processes together, the size of one file, and
the processor time of one process. When it has ended, or was ended, nothing that it started goes on, and its folder is
removed. What the system cannot hold is told in `unheld`.

This is no sandbox: the program runs as the user, may read what the user may read, write elsewhere, and use the network.
Its folder holds what agents wrote: a program that obeys files where it stands (a configuration, a `json.py` beside
`python -m`) obeys theirs, so name it with the options that turn that off.
"""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from orchestrator.model.names import path_fault, shown
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.outside import CannotRun, CommandCall, CommandEnd
from orchestrator.model.settings import Command

MOST_HANDED = 100_000_000
"""Bytes of all the files that a program is handed."""

_KEEPER = Path(__file__).with_name("keeper.py")
_PIECE = 65_536
_MARGIN = 60.0
"""Seconds that the keeper may take beyond what it was told to; it needs them only where it kills a great many."""
_CGROUPS = ("/sys/fs/cgroup/pids", "/sys/fs/cgroup")
_ROOM = 8
"""Processes that a cgroup lets in beyond the limit."""
_OPEN = (
    "the program's own view: it sees the other processes, and what stands in the environment of those of the same user",
)
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


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended. `status` is None where it did not end by itself, and `why` says what happened."""

    status: int | None
    stdout: bytes
    stderr: bytes
    why: str | None = None
    unheld: tuple[str, ...] = ()
    """What this system could not hold."""


def run(
    argv: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    limits: Limits = Limits(),
    *,
    is_open: bool = False,
) -> Ended:
    """Run a program in a folder to its end, and end all that it started. Its stdin is empty.

    `argv[0]` is an absolute path. `is_open`: without namespaces of its own, as where the system has none. Raises
    CannotRun where it cannot be started.
    """
    modes = ("open",) if is_open else ("closed", "open")
    with _cgroup(limits.processes) as cgroup:
        for mode in modes:
            with _kept([mode, cgroup, *_bounds(limits), *argv], folder, environ, limits) as keeper:
                heard = keeper.listen()
            if heard.word != "open":
                break
        if _has_refused(cgroup):
            heard = replace(heard, word="processes")
    return _ended(heard, limits, _unheld(mode, cgroup), argv[0])


@contextmanager
def prepared(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Lay files down in a new temporary folder, and remove it with all that has come to stand there.

    It holds `job/` (the job's files, at their paths: where a program is run), `workspace/` (those whose path begins
    with `/`), and, both empty, `home/` and `tmp/`. Raises CannotRun where a file cannot be laid down.
    """
    root = Path(os.path.realpath(tempfile.mkdtemp(prefix="orchestrator-")))
    try:
        for name in ("job", "workspace", "home", "tmp"):
            (root / name).mkdir()
        _lay_down(files, root)
        yield root
    finally:
        _remove(root)


def environment(path: str, root: Path) -> dict[str, str]:
    """Return all that a program finds in its environment. Of `path`, what is no absolute folder is left out."""
    folders = [folder for folder in path.split(os.pathsep) if folder.startswith("/")]
    return {
        "PATH": os.pathsep.join(folders),
        "HOME": str(root / "home"),
        "TMPDIR": str(root / "tmp"),
        "LANG": "C.UTF-8",
    }


@dataclass(frozen=True, slots=True)
class Runner:
    """The programs that the base's settings name. `path` is where they are looked for: the user's PATH."""

    commands: Mapping[str, Command]
    path: str
    limits: Limits = field(default_factory=Limits)

    def command(self, call: CommandCall) -> CommandEnd:
        """Run a named program on files and return its end; paths of its folder in its output are made the job's own.

        Raises CannotRun where there is no such name or program, or the files cannot be handed.
        """
        argv = (*self._argv(call.name), *call.arguments)
        limits = replace(self.limits, seconds=call.timeout)
        with prepared(call.files) as root:
            ended = run(argv, root / "job", environment(self.path, root), limits)
        stdout, stderr = (_as_in_the_job(text, root) for text in (ended.stdout, ended.stderr))
        return CommandEnd(ended.status, stdout, stderr, ended.why)

    @property
    def unheld(self) -> tuple[str, ...]:
        """Return what this system cannot hold of the limits and of the promise that nothing is left. Runs a trial."""
        with prepared({}) as root:
            return run([sys.executable, "-I", "-S", "-c", ""], root, environment(self.path, root), self.limits).unheld

    def _argv(self, name: str) -> tuple[str, ...]:
        said = self.commands.get(name)
        if said is None:
            hint = did_you_mean(name, self.commands, "commands") or "add it under commands in orchestrator.yaml"
            raise CannotRun(f"no command {shown(name)} in orchestrator.yaml on the base; {hint}")
        program, *rest = said.argv
        if "/" in program and not program.startswith("/"):
            raise CannotRun(
                f"{_key(name)} begins with the relative path {shown(program)}; write an absolute path, or the name of a"
                " program in the PATH"
            )
        found = shutil.which(program, path=environment(self.path, Path("/"))["PATH"])
        if found is None:
            raise CannotRun(f"{shown(program)} is not there, or is no program; install it, or mend {_key(name)}")
        return (found, *rest)


def _key(name: str) -> str:
    return f"commands.{name}.argv in orchestrator.yaml"


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
def _kept(arguments: Sequence[str], folder: Path, environ: Mapping[str, str], limits: Limits) -> Iterator["_Keeper"]:
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
            pass_fds=(telling,),
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
            yield _Keeper(process, report, limits)
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


@contextmanager
def _cgroup(processes: int) -> Iterator[str]:
    """Make a cgroup that holds so many processes and a few, so that too many are seen; `-` where none can be made.

    Only root may, and only root needs it: no RLIMIT_NPROC binds it. See pids in the kernel's cgroup-v1 and cgroup-v2.
    """
    made = next(filter(None, (_made_cgroup(base, processes + _ROOM) for base in _CGROUPS if os.geteuid() == 0)), None)
    try:
        yield made or "-"
    finally:
        if made:
            _remove_cgroup(made)


def _made_cgroup(base: str, processes: int) -> str | None:
    if not os.path.exists(f"{base}/cgroup.procs"):
        return None
    try:
        made = tempfile.mkdtemp(prefix="orchestrator-", dir=base)
    except OSError:
        return None
    try:
        with open(f"{made}/pids.max", "r+", encoding="ascii") as file:
            file.write(str(processes))
    except OSError:
        _remove_cgroup(made)
        return None
    return made


def _has_refused(cgroup: str) -> bool:
    """Say whether the kernel let the program start no more: what it then made of itself is no judgement."""
    try:
        with open(f"{cgroup}/pids.events", encoding="ascii") as file:
            return any(line.startswith("max ") and line.split() != ["max", "0"] for line in file)
    except OSError:
        return False


def _remove_cgroup(folder: str) -> None:
    """The kernel may hold the last of the dead for a moment. One that stays is empty, and does no harm."""
    for _ in range(50):
        try:
            os.rmdir(folder)
        except OSError:
            time.sleep(0.01)
        else:
            return


class _Keeper:
    """The other end of `keeper.py`: what it tells, what the program writes, and the clock."""

    def __init__(self, process: subprocess.Popen[bytes], report: IO[bytes], limits: Limits) -> None:
        self._process = process
        self._report = report
        self._limits = limits
        self._why: str | None = None
        self._until = time.monotonic() + limits.seconds
        self._heard = {pipe: bytearray() for pipe in (report, process.stdout, process.stderr) if pipe}
        self._selector = selectors.DefaultSelector()

    def listen(self) -> _Heard:
        """Return what there was to hear, when the keeper has told its last."""
        with self._selector:
            for pipe in self._heard:
                self._selector.register(pipe, selectors.EVENT_READ)
            while self._report in self._open():
                self._hear(max(0.0, self._until - time.monotonic()))
                if time.monotonic() >= self._until:
                    self._out_of_time()
            while self._hear(0.0):  # what was written before the end and not read yet
                pass
        _, stdout, stderr = self._heard.values()
        word, _, number = self._heard[self._report].split(b"\n")[0].decode().partition(" ")
        return _Heard(word, int(number or 0), bytes(stdout), bytes(stderr), self._why)

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
        room = self._limits.output - len(heard)
        heard += piece[:room]
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
    return Ended(status, heard.stdout, heard.stderr, why, unheld)


def _why(heard: _Heard, limits: Limits) -> str | None:
    match heard.word:
        case "exit":
            return None
        case "signal":
            return _killed(heard.number, limits)
        case "memory":
            return f"held more than {_size(limits.memory)} of memory"
        case "processes":
            return f"ran more than {limits.processes} processes at a time"
    return "was ended by something outside, and its end was not seen"


def _killed(number: int, limits: Limits) -> str:
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
        *(_OPEN if mode == "open" else ()),
        *(() if sys.platform.startswith("linux") else _BARE),
    )


# --- the folder ------------------------------------------------------------------------------------------------------


def _lay_down(files: Mapping[str, bytes], root: Path) -> None:
    room = MOST_HANDED
    for path, content in files.items():
        fault = path_fault(path)
        if fault:
            raise CannotRun(f"{shown(path)} cannot be handed to a program: the path {fault}")
        room -= len(content)
        if room < 0:
            raise CannotRun(f"the files have more than {MOST_HANDED // 1_000_000} MB; name fewer with `files`")
        place = root / "workspace" / path[1:] if path.startswith("/") else root / "job" / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(place, "xb") as file:
                file.write(content)
        except (OSError, ValueError) as exc:  # a ValueError: what no file system can name
            reason = exc.strerror if isinstance(exc, OSError) else exc
            raise CannotRun(f"{shown(path)} cannot be handed to a program: {reason}") from exc


def _remove(root: Path) -> None:
    """Remove a folder, whoever may read what stands in it. Follows no link.

    However deep somebody nested it, no path grows long and nothing recurses: what stands deeper is moved up first.
    """
    while entries := list(os.scandir(root)):
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _remove_hollow(entry, root)
            else:
                os.unlink(entry.path)
    os.rmdir(root)


def _remove_hollow(folder: os.DirEntry[str], root: Path) -> None:
    os.chmod(folder.path, 0o700)
    for entry in list(os.scandir(folder.path)):
        if entry.is_dir(follow_symlinks=False):
            os.chmod(entry.path, 0o700)
            os.rename(entry.path, tempfile.mkdtemp(dir=root))
        else:
            os.unlink(entry.path)
    os.rmdir(folder.path)


def _as_in_the_job(text: bytes, root: Path) -> bytes:
    """The folder has another name at each run, and means nothing to a reader."""
    for said, meant in ((f"{root}/job/", ""), (f"{root}/workspace/", "/"), ("../workspace/", "/")):
        text = text.replace(said.encode(), meant.encode())
    return text
