"""A limit of the kernel's on how many processes a program runs: a cgroup of its own, where root may make one."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

_BASES = ("/sys/fs/cgroup/pids", "/sys/fs/cgroup")
_ROOM = 8
"""Processes that a cgroup lets in beyond the limit."""


@contextmanager
def cgroup_of(processes: int) -> Iterator[str]:
    """Make a cgroup that holds so many processes and a few, so that too many are seen; `-` where none can be made.

    Only root may, and only root needs it: no RLIMIT_NPROC binds it. See pids in the kernel's cgroup-v1 and cgroup-v2.
    """
    made = next(filter(None, (_made(base, processes + _ROOM) for base in _BASES if os.geteuid() == 0)), None)
    try:
        yield made or "-"
    finally:
        if made:
            _remove(made)


def _made(base: str, processes: int) -> str | None:
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
        _remove(made)
        return None
    return made


def has_refused(cgroup: str) -> bool:
    """Say whether the kernel let the program start no more: what it then made of itself is no judgement."""
    try:
        with open(f"{cgroup}/pids.events", encoding="ascii") as file:
            return any(line.startswith("max ") and line.split() != ["max", "0"] for line in file)
    except OSError:
        return False


def _remove(folder: str) -> None:
    """The kernel may hold the last of the dead for a moment. One that stays is empty, and does no harm."""
    for _ in range(50):
        try:
            os.rmdir(folder)
        except OSError:
            time.sleep(0.01)
        else:
            return
