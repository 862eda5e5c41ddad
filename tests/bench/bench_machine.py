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


def load() -> str:
    """Return how busy the machine is: a ratio of a busy one is worth less."""
    return f"load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores"


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
    kind = _told("stat", "--file-system", "--format=%T", str(folder)) or "a file system of unknown kind"
    device = os.stat(folder).st_dev
    block = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    names = [block.resolve().name, block.resolve().parent.name] if block.exists() else []
    disk = "a virtual disk" if any(re.match(r"vd|xvd", name) for name in names) else _spins(block)
    return f"{kind} on {disk}"


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
