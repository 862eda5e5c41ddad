"""Every error that a person can meet: place, what is wrong, what to do, exit code. Printed only in cli/.

OrchestratorError
├── UsageError             2   the call itself is off: a job id, a name, an option
├── DocumentError          1   a file that a person wrote is wrong, at path:line:column; may carry several
├── WorkspaceError         1   no repository, no workspace, no commits, git too old, no user.name
├── LedgerError            1   a job's branch or ref is not as it must be
├── RefusedError           1   a command that the job's present state does not allow
├── EffectError            1   a publisher could not do its work, and nothing went out
├── UnknownEffect          7   an outside effect may or may not have happened
├── Busy                   5   another process advances this job
├── LostRace               5   the branch moved while we worked
├── BrokenOff              5   the process that did the work has died
└── MissingExtra           1   an optional library is not installed
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a path relative to the workspace, and 1-based line and column where known."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.path, *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


class OrchestratorError(Exception):
    """Something that a person can act on. `code` names it for scripts, `exit_code` is the process's."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, place: Place | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head}\nhint: {self.hint}" if self.hint else head


class UsageError(OrchestratorError):
    """The call itself is off."""

    code = "usage"
    exit_code = 2


class DocumentError(OrchestratorError):
    """A file that a person wrote is wrong; `others` are further mistakes found in the same pass."""

    code = "document"

    def __init__(
        self,
        message: str,
        *,
        place: Place | None = None,
        hint: str | None = None,
        others: "tuple[DocumentError, ...]" = (),
    ) -> None:
        super().__init__(message, place=place, hint=hint)
        self.others = others

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(str(other) for other in self.others)])


class WorkspaceError(OrchestratorError):
    """The folder, the repository or git itself is not ready for us."""

    code = "workspace"


class LedgerError(OrchestratorError):
    """A job's branch or one of its refs is not as it must be."""

    code = "ledger"


class RefusedError(OrchestratorError):
    """The job's present state does not allow what was asked."""

    code = "refused"


class EffectError(OrchestratorError):
    """A publisher could not do its work; nothing went out."""

    code = "effect"


class UnknownEffect(OrchestratorError):
    """An outside effect may or may not have happened; only a person can tell."""

    code = "unknown-effect"
    exit_code = 7


class Busy(OrchestratorError):
    """Another process advances this job, or its branch is being edited."""

    code = "busy"
    exit_code = 5


class LostRace(OrchestratorError):
    """A ref was not where it was read; nothing was changed."""

    code = "lost-race"
    exit_code = 5


class BrokenOff(OrchestratorError):
    """The process that did the work has died; what it had committed stands."""

    code = "broken-off"
    exit_code = 5


class MissingExtra(OrchestratorError):
    """An optional library is not installed."""

    code = "missing-extra"
