"""What a check may ask for beyond its files, as values: a program run, an address asked. Nothing here does it."""

from collections.abc import Mapping
from dataclasses import dataclass


class CannotRun(Exception):
    """The check itself could not run: neither pass nor fail. Its text says why."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A program to be run, by the name that the base's settings know it by, in a folder that holds `files`."""

    name: str
    files: Mapping[str, bytes]
    arguments: tuple[str, ...] = ()
    """Put behind the argv of the settings."""
    timeout: float = 60.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class CommandEnd:
    """How a program ended. `status` is its exit code; None where it had to be killed, and `why` says what for."""

    status: int | None
    stdout: bytes
    stderr: bytes
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a web address answered: a status such as 404; None where nobody answered, and `why` says it."""

    status: int | None
    why: str | None = None
