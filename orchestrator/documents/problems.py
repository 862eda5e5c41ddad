"""A problem that lint tells of, in the shape of `lint --json`. It judges nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.errors import DocumentError, Place


class Severity(StrEnum):
    """ERROR: it will not run. WARNING: it will, and not as meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where (1-based line and column), and what to do."""

    path: str
    line: int | None
    column: int | None
    severity: Severity
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        place = Place(self.path, self.line, self.column)
        word = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        head = f"{place}: {word}{self.message}"
        return f"{head}\nhint: {self.hint}" if self.hint else head


def problem(place: Place, message: str, hint: str | None = None, severity: Severity = Severity.ERROR) -> Problem:
    """Return a problem at a place."""
    return Problem(place.path, place.line, place.column, severity, message, hint)


def of_error(error: DocumentError, path: str, severity: Severity = Severity.ERROR) -> Iterator[Problem]:
    """Yield an error and those that it carries as problems, `path` standing in where one names no place."""
    yield problem(error.place or Place(path), error.message, error.hint, severity)
    for other in error.others:
        yield from of_error(other, path, severity)


def of_errors(errors: Iterable[DocumentError], path: str, severity: Severity = Severity.ERROR) -> Iterator[Problem]:
    """Yield errors, and those that they carry, as problems."""
    for error in errors:
        yield from of_error(error, path, severity)
