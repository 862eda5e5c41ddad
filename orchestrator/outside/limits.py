"""What a program may use, and the words for what it used too much of. Holds nobody to it."""

import signal
from dataclasses import dataclass


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


USUAL = Limits()
"""Those of a program of which nothing else is said."""


def killed(number: int, limits: Limits) -> str:
    """Return what the signal means that a program died of."""
    known = {
        signal.SIGXCPU: f"took more than {limits.cpu} s of processor time",
        signal.SIGXFSZ: f"wrote a file of more than {size(limits.file)}",
        signal.SIGKILL: "killed by SIGKILL, perhaps for want of memory",
    }
    return next((words for each, words in known.items() if each == number), f"killed by {signal_name(number)}")


def signal_name(number: int) -> str:
    """Return a signal's name, such as SIGSEGV; a number that has none stands for itself."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def size(count: int) -> str:
    """Return a number of bytes in words."""
    return f"{count / 1_000_000:g} MB" if count >= 100_000 else f"{count:,} bytes"
