"""A sandbox made by bubblewrap (bwrap(1)): what it is told. It starts nothing.

A program in it sees the system's programs, a few files of /etc, and the folders it is given, all read-only; its own
processes; a loopback and no other network. What it may write is its scratch folder, and an empty /tmp and /dev/shm.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.outside.seen import SETTINGS, SYSTEM

_ROOM = str(64 << 20)
"""Bytes of the /tmp and the /dev/shm, which are held in memory."""


def arguments(bwrap: str, root: Path, sees: Sequence[str], writes: Sequence[str], status: int) -> tuple[str, ...]:
    """Return what goes before a program's argv. `root` is its scratch folder; `status` the descriptor for bwrap's word.

    `sees` and `writes` are absolute, the first read-only.
    """
    return (bwrap, *_alone(), *_system(), *_people(root), *_fresh(), *_bound(sees, writes), *_start(root, status))


def people(root: Path) -> None:
    """Write down who there is: this user, under a name that says nothing."""
    folder = root / "etc"
    folder.mkdir(mode=0o700)
    user, group, home = os.geteuid(), os.getegid(), root / "home"
    name = "agent" if user else "root"
    nobody = () if user == 65_534 else ("nobody:x:65534:65534::/:/bin/false\n",)
    nogroup = () if group == 65_534 else ("nogroup:x:65534:\n",)
    folder.joinpath("passwd").write_text("".join((f"{name}:x:{user}:{group}::{home}:/bin/sh\n", *nobody)))
    folder.joinpath("group").write_text("".join((f"{name}:x:{group}:\n", *nogroup)))


def _alone() -> tuple[str, ...]:
    spaces = ("user-try", "pid", "ipc", "uts", "cgroup-try", "net")
    return (*(f"--unshare-{each}" for each in spaces), "--die-with-parent", "--new-session", "--cap-drop", "ALL")


def _system() -> Iterator[str]:
    for folder in SYSTEM:
        if os.path.islink(folder):
            yield from ("--symlink", os.readlink(folder), folder)
        elif os.path.isdir(folder):
            yield from ("--ro-bind", folder, folder)
    for place in SETTINGS:
        if os.path.exists(place):
            yield from ("--ro-bind", place, place)


def _people(root: Path) -> Iterator[str]:
    for name in ("passwd", "group"):
        yield from ("--ro-bind", str(root / "etc" / name), f"/etc/{name}")


def _fresh() -> Iterator[str]:
    yield from ("--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev")
    for folder in ("/dev/shm", "/tmp"):  # the sandbox's own
        yield from ("--perms", "1777", "--size", _ROOM, "--tmpfs", folder)
    # To root's processes the kernel's settings in /proc/sys are writable, user namespace or not: seen in a trial.
    yield from ("--remount-ro", "/proc", "--remount-ro", "/dev")


def _bound(sees: Sequence[str], writes: Sequence[str]) -> Iterator[str]:
    for place in sees:
        yield from ("--ro-bind", place, place)
    for folder in writes:
        yield from ("--bind", folder, folder)


def _start(root: Path, status: int) -> tuple[str, ...]:
    return ("--remount-ro", "/", "--chdir", str(root / "job"), "--json-status-fd", str(status), "--")
