"""A sandbox made of Landlock and namespaces, where bubblewrap is missing: what its launcher is told. It starts nothing.

Landlock (landlock(7), Linux 5.13) says which files a program may reach. It hides neither names nor permissions, and
keeps nobody from a socket with a path; so the launcher also takes the program apart, into namespaces, where the system
lets it. Where not, `unheld` says what stays open.
"""

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.outside.launcher import CREATE_RULESET, VERSION
from orchestrator.outside.seen import SETTINGS, SYSTEM

LAUNCHER = str(Path(__file__).with_name("launcher.py"))

_PEOPLE = ("/etc/passwd", "/etc/group")
_DEVICES = ("/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
_FRESH = ("/dev/shm", "/tmp")  # empty ones of its own, where it is apart
_TCP, _SCOPES = 4, 6
_TOGETHER = (
    "names and permissions: it may see that a file is there, and change the mode of one that is the user's",
    "sockets with a path, such as those of an SSH agent or of Docker",
)


def version() -> int:
    """Return which Landlock the kernel has; 0 for none."""
    if not sys.platform.startswith("linux"):
        return 0
    call = ctypes.CDLL(None, use_errno=True).syscall
    return max(0, int(call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_ulong(VERSION))))


def unheld() -> tuple[str, ...]:
    """Return what stays open in this kernel's Landlock without namespaces."""
    network = "the network, but for TCP" if version() >= _TCP else "the network"
    signals = () if version() >= _SCOPES else ("signals to the user's other processes",)
    return (network, *_TOGETHER, *signals)


def python() -> str:
    """Return the Python that a launcher is run by: one that needs no virtual environment's files."""
    return os.path.realpath(sys.executable)


def python_home() -> tuple[str, ...]:
    """Return where that Python and the launcher live."""
    return (os.path.dirname(python()), os.path.realpath(sys.base_prefix), LAUNCHER)


def arguments(sees: Sequence[str], writes: Sequence[str], fault: int, *, is_apart: bool) -> tuple[str, ...]:
    """Return what goes before a program's argv, but for the closing `--`. `fault` is where the launcher complains."""
    if not is_apart:
        return (*launched(fault), *_reached(sees, writes))
    fresh = (f"fresh={folder}" for folder in _FRESH if os.path.isdir(folder))
    return (*launched(fault), "apart", *_reached(sees, writes), *fresh)


def launched(fault: int) -> tuple[str, ...]:
    """Return the launcher's own argv."""
    return (python(), "-I", "-S", LAUNCHER, f"fault={fault}")


def _reached(sees: Sequence[str], writes: Sequence[str]) -> Iterator[str]:
    for place in (*SYSTEM, *SETTINGS, *_PEOPLE, "/proc", *sees):
        if os.path.exists(place):
            yield f"read={place}"
    for place in _DEVICES:
        yield f"device={place}"
    for place in writes:
        yield f"write={place}"
