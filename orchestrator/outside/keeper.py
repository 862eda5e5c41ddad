"""Keep one program: start it under limits, watch it and all that it starts, and leave nothing of it behind.

A program of its own, run by path with `python -I -S`; it imports the standard library alone, and nothing imports it. It
is called as `keeper.py FD MODE CGROUP GIVEN WRAPPED GRACE-MS MEMORY FILE PROCESSES CPU ARGV…`; stdin is its lifeline:
`T` asks for an end, `K` or the end of the stream for one at once. CGROUP is the folder of a cgroup for the program, or
`-`. GIVEN is the descriptor that becomes the program's stdin, or -1. WRAPPED is `wrapped` where the program only stands
before the true one and is not to hear SIGTERM, else `bare`. It writes one line to FD: `exit N`, `signal N`, `absent
ERRNO`, `memory`, `processes`, `ended`, or, before the program was started, `open` where it could make no namespace.

In MODE `closed` it makes namespaces (Linux; as root, or where users may): the program and its children have process ids
of their own and see no other process, nor what stands in another's environment; when the keeper's half in there ends,
the kernel ends them all, whatever they did to get away. In MODE `open` it is a subreaper instead: whatever loses its
parent becomes its child, and it kills until there is none. Where the system has no such thing (no Linux), it kills
the program's process group.

A program that only starts itself, again and again, starves an ordinary keeper, which then kills too few: seen in a
trial, where 32,000 processes outlived it. So the keeper goes before all others where it may (as root), and a limit of
the kernel's stands beside its own counting: the cgroup for root, RLIMIT_NPROC for others. /proc/PID/cmdline is never
read: it waits for its process.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
import time

# Dataclasses and typing take longer to import than all the rest takes to run; a type checker reads this all the same.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

TICK = 0.05
"""Seconds between two looks at what runs."""

# <linux/prctl.h>, <linux/sched.h>, <sys/mount.h>
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWPID = 0x20000, 0x10000000, 0x20000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000


class Bounds:
    """What holds for the program: milliseconds, bytes, bytes, processes, seconds."""

    def __init__(self, cgroup: str, given: str, wrapped: str, limits: list[str]) -> None:
        self.cgroup = cgroup
        self.given = int(given)
        self.is_wrapped = wrapped == "wrapped"
        self.grace, self.memory, self.file, self.processes, self.cpu = map(int, limits)
        self.own = _own_processes()
        """What the user runs besides."""


def main(arguments: list[str]) -> NoReturn:
    """Do what the module says, and exit 0."""
    report, mode, cgroup, given, wrapped, *rest = arguments
    bounds, argv = Bounds(cgroup, given, wrapped, rest[:5]), rest[5:]
    descriptor = int(report)
    os.set_inheritable(descriptor, False)  # noqa: FBT003  # its one argument
    if mode != "closed":
        _adopt_orphans()
        _tell(descriptor, _kept(argv, bounds))
    elif not _leave_namespace():
        _tell(descriptor, "open")
    else:
        _within(argv, bounds, descriptor)
    os._exit(0)


def _tell(descriptor: int, line: str) -> None:
    os.write(descriptor, f"{line}\n".encode())


# --- namespaces ------------------------------------------------------------------------------------------------------


def _leave_namespace() -> bool:
    """Have the next child be the first process of a new namespace. Say whether the system lets us."""
    if not sys.platform.startswith("linux"):
        return False
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        return _call("unshare", _CLONE_NEWPID)
    if not _call("unshare", _CLONE_NEWUSER | _CLONE_NEWPID):
        return False
    with contextlib.suppress(OSError):
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
        return True
    return False


def _within(argv: list[str], bounds: Bounds, descriptor: int) -> None:
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        return
    _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL)
    if _call("unshare", _CLONE_NEWNS) and _mount_processes():
        _tell(descriptor, _kept(argv, bounds))
    else:
        _tell(descriptor, "open")
    os._exit(0)


def _mount_processes() -> bool:
    """Show the new namespace's processes under /proc, for us alone."""
    quiet = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    return _call("mount", None, b"/", None, _MS_REC | _MS_PRIVATE, None) and _call(
        "mount", b"proc", b"/proc", b"proc", quiet, None
    )


def _adopt_orphans() -> None:
    if sys.platform.startswith("linux"):
        _call("prctl", _PR_SET_CHILD_SUBREAPER, 1)


def _call(name: str, *arguments: int | bytes | None) -> bool:
    wide = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    with contextlib.suppress(OSError, AttributeError):  # a C library without it
        return bool(getattr(ctypes.CDLL(None, use_errno=True), name)(*wide) == 0)
    return False


def _write(path: str, text: str) -> None:
    """Bytes: a codec would be imported, from where one may no longer look."""
    with open(path, "wb", buffering=0) as file:
        file.write(text.encode())


# --- the program -----------------------------------------------------------------------------------------------------


def _kept(argv: list[str], bounds: Bounds) -> str:
    """Run the program to its end, or to where it has to be ended; return what came of it, when all is over."""
    _go_first()
    woken, waker = os.pipe()
    for end in (woken, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    failed, failing = os.pipe()
    child = os.fork()
    if child == 0:
        _become(argv, bounds, failing)
    os.close(failing)
    found = _watched(child, bounds, woken)
    fault = os.read(failed, 16)
    _sweep(child)
    return f"absent {fault.decode()}" if fault else found


def _become(argv: list[str], bounds: Bounds, failing: int) -> NoReturn:
    """Be the program. An error of the system's goes up the pipe, which is closed where all went well."""
    try:
        os.setsid()
        given = bounds.given if bounds.given >= 0 else os.open(os.devnull, os.O_RDONLY)
        os.dup2(given, 0)
        os.close(given)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)  # Python ignores the first two, and a program would inherit it
        _limit(bounds)
        os.execv(argv[0], argv)
    except OSError as exc:
        os.write(failing, str(exc.errno).encode())
    os._exit(127)


def _go_first() -> None:
    """Come before every ordinary process; children start as ordinary ones."""
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))


def _limit(bounds: Bounds) -> None:
    if bounds.cgroup != "-":
        _write(f"{bounds.cgroup}/cgroup.procs", "0")
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, bounds.file)
    _lower(resource.RLIMIT_CPU, bounds.cpu)
    if not os.path.isdir("/proc/self"):
        _lower(resource.RLIMIT_AS, bounds.memory)
    if os.geteuid() != 0:  # root is exempt from it; for others it counts all that the user runs, here or not
        _lower(resource.RLIMIT_NPROC, bounds.own + bounds.processes)
    os.nice(5)
    with contextlib.suppress(OSError):
        _write("/proc/self/oom_score_adj", "1000")  # where memory runs out, this goes first


def _lower(limit: int, most: int) -> None:
    _, hard = resource.getrlimit(limit)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    # A second of processor time more until SIGKILL: the signal that names the reason comes first.
    resource.setrlimit(limit, (most, most + (limit == resource.RLIMIT_CPU and (hard < 0 or most < hard))))


def _watched(child: int, bounds: Bounds, woken: int) -> str:
    """Wait for the program's end. Whatever ends it from here is said in a word."""
    until = None
    listened = [0, woken]
    while True:
        ended = _reap(child)
        if ended is not None:
            return ended
        if until is not None and time.monotonic() >= until:
            return "ended"
        over = _excess(bounds)
        if over:
            return over
        ready = select.select(listened, [], [], TICK)[0]
        if woken in ready:
            os.read(woken, 4096)
        if 0 in ready:
            if os.read(0, 1) != b"T":
                return "ended"
            until = time.monotonic() + bounds.grace / 1000
            _signal_all(child, signal.SIGTERM, spared=child if bounds.is_wrapped else 0)


def _reap(child: int) -> str | None:
    """Bury the dead, the program's own end among them, and return that."""
    found = None
    with contextlib.suppress(ChildProcessError):
        while True:
            dead, status = os.waitpid(-1, os.WNOHANG)
            if dead == 0:
                break
            if dead == child:
                code = os.waitstatus_to_exitcode(status)
                found = f"exit {code}" if code >= 0 else f"signal {-code}"
    return found


def _excess(bounds: Bounds) -> str | None:
    """Say which limit all of them together have passed: no limit of the kernel's counts a family."""
    family = _family()
    if len(family) > bounds.processes:
        return "processes"
    return "memory" if sum(map(_resident, family)) > bounds.memory else None


def _resident(process: int) -> int:
    """Return the bytes that a process holds, but for those that it shares with files and others."""
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{process}/statm", "rb") as file:
        _, resident, shared, *_ = file.read().split()
        return (int(resident) - int(shared)) * resource.getpagesize()
    return 0


# --- its end ---------------------------------------------------------------------------------------------------------


def _sweep(child: int) -> None:
    """Kill until nothing is left. In a namespace of ours the kernel does the same when we end."""
    while True:
        _signal_all(child, signal.SIGKILL)
        _reap(child)
        if not _family():
            return
        time.sleep(0.002)  # the dying need a moment


def _signal_all(child: int, number: int, spared: int = 0) -> None:
    """Stopped first, none of them can start another while the rest is being looked for."""
    family = [process for process in _family() if process != spared]
    if number == signal.SIGKILL:
        for process in family:
            _send(process, signal.SIGSTOP)
    for process in family:
        _send(process, number)
    if not os.path.isdir("/proc/self"):
        with contextlib.suppress(OSError):
            os.killpg(child, number)


def _send(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)


def _family() -> list[int]:
    """Return the processes below this one, the dead and unburied left out."""
    parents = dict(_parents())
    below: dict[int, bool] = {os.getpid(): True}

    def is_below(process: int) -> bool:
        trail = []
        while process not in below and process in parents:
            trail.append(process)
            below[process] = False  # a loop cannot be, but what is read while it changes might look like one
            process = parents[process]
        found = below.get(process, False)
        below.update(dict.fromkeys(trail, found))
        return found

    return [process for process in parents if process != os.getpid() and is_below(process)]


def _parents() -> list[tuple[int, int]]:
    found = []
    for name in _processes():
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
            # proc_pid_stat(5). The name of the program stands in brackets, and may hold any byte.
            words = file.read().rpartition(b")")[2].split()
            state, parent, threads = words[0], words[1], words[17]
            if state not in (b"Z", b"X") or int(threads) > 1:  # whose first thread has ended may go on in others
                found.append((int(name), int(parent)))
    return found


def _processes() -> list[str]:
    try:
        return [name for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return []


def _own_processes() -> int:
    """Return how many threads this user runs, for the kernel counts those against the limit."""
    count = 0
    for name in _processes() if os.geteuid() != 0 else ():
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{name}").st_uid == os.geteuid():
                count += len(os.listdir(f"/proc/{name}/task"))
    return count


if __name__ == "__main__":
    main(sys.argv[1:])
