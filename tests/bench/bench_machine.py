"""What the figures were measured on, in a few lines without a date or a name: for whoever compares them."""

import os
import platform
import re
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from bench_pairs import seconds, spread

_SYNCS = 31


def described(folder: Path) -> list[str]:
    """Return lines about processors, memory, the disk under `folder`, and the programs."""
    return [
        f"{len(os.sched_getaffinity(0))} processor cores, {_memory_gb():.0f} GB of memory, {platform.system()} on "
        f"{platform.machine()}",
        f"{_file_system(folder)}; a synced file of 4 kB takes {sync_ms(folder):.2f} ms (median of {_SYNCS})",
        f"Python {platform.python_version()}, {_told('git', '--version')}, "
        f"git-orchestrator {version('git-orchestrator')}",
    ]


def busyness() -> str:
    """Return how busy the machine is before the bench adds to it: the figures of a busy one are worth less."""
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    said = f"load {load:.1f} on {cores} cores before it began"
    return (
        f"{said}: the machine was busy with other things, and its figures are provisional" if load > cores / 2 else said
    )


def sync_ms(folder: Path) -> float:
    """Return what it takes to write 4 kB and sync it, milliseconds."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        return spread([seconds(lambda n=n: _synced(Path(made) / str(n))) for n in range(_SYNCS)]).median * 1000  # type: ignore[misc]


def _synced(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"x" * 4096)
        file.flush()
        os.fsync(file.fileno())


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _file_system(folder: Path) -> str:
    """Return kind of file system and disk. A disk that the machine shows as virtual says nothing of what is below."""
    device = os.stat(folder).st_dev
    kind = _kinds().get(f"{os.major(device)}:{os.minor(device)}", "a file system of unknown kind")
    block = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    names = [block.resolve().name, block.resolve().parent.name] if block.exists() else []
    disk = "a virtual disk" if any(re.match(r"vd|xvd", name) for name in names) else _spins(block)
    return f"{kind} on {disk}"


def _kinds() -> dict[str, str]:
    """Return device → kind of file system, as the kernel names it (proc_pid_mountinfo(5)), where it does."""
    table = Path("/proc/self/mountinfo")
    rows = table.read_text().splitlines() if table.is_file() else []
    return {row.split()[2]: row.partition(" - ")[2].split()[0] for row in rows}


def _spins(block: Path) -> str:
    for queue in (block / "queue" / "rotational", block / ".." / "queue" / "rotational"):
        if queue.is_file():
            return "a disk that turns" if queue.read_text().strip() == "1" else "a solid-state disk"
    return "a disk of unknown kind"


def _told(*argv: str) -> str:
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
