"""The check `command`: a program that the base's settings name ends with exit code 0, and finds nothing bad.

What the program prints is taken for findings where it is that. One that was killed, crashed, could not be started or
printed what cannot be read has not judged: that is an error, and no finding.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from orchestrator.documents import foreign_findings
from orchestrator.documents.foreign_findings import Form
from orchestrator.errors import DocumentError
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, CommandCall, CommandEnd, Material
from orchestrator.model.finding import FAILING, MOST_CHARACTERS, Finding, Severity
from orchestrator.model.names import shown
from orchestrator.model.patterns import is_literal, matches_any
from orchestrator.model.pipeline import PathPattern

LONGEST_ARGUMENT = 200
_NO_JUDGEMENT: Mapping[int, str] = {
    126: "what it was to run is no program",
    127: "what it was to run is not there",
    **{
        128 + number: f"what it ran was killed by {name}"  # as a shell tells it
        for number, name in (
            (2, "SIGINT"),
            (4, "SIGILL"),
            (6, "SIGABRT"),
            (8, "SIGFPE"),
            (9, "SIGKILL"),
            (11, "SIGSEGV"),
            (15, "SIGTERM"),
            (24, "SIGXCPU"),
            (25, "SIGXFSZ"),
        )
    },
}


class Printed(StrEnum):
    """What a program prints to stdout."""

    AUTO = "auto"
    JSON = "json"
    SARIF = "sarif"
    NONE = "none"


def _argument(text: str) -> str:
    if text.startswith(("-", "+", "@")):
        raise ValueError(f"{text!r} is an option; options stand with the command in orchestrator.yaml on the base")
    if not text or not text.isprintable() or len(text) > LONGEST_ARGUMENT:
        raise ValueError(
            f"an argument is a text of 1 to {LONGEST_ARGUMENT} characters, none of them a control character"
        )
    return text


Argument = Annotated[str, AfterValidator(_argument)]


class Command(CheckSettings):
    """Settings of `command`."""

    bare: ClassVar[str | None] = "run"
    example: ClassVar[str] = "command: {run: prose-lint, arguments: [listing.md], timeout: 30}"

    run: str = Field(min_length=1, description="the program, by its name under `commands` in orchestrator.yaml")
    arguments: tuple[Argument, ...] = Field(
        default=(), max_length=100, description="put behind the program's own; no options, which only the base can give"
    )
    timeout: float = Field(default=60, gt=0, le=3600, allow_inf_nan=False, description="seconds")
    findings: Printed = Field(
        default=Printed.AUTO,
        description="what it prints: json (the keys of review.yaml), sarif (2.1.0), none; auto: as it looks",
    )
    files: tuple[PathPattern, ...] | None = Field(
        default=None, description="the files that it is handed; left out: all that the step reads and writes"
    )
    severity: Severity | None = Field(  # type: ignore[assignment]  # left out, each finding has its own
        default=None, description="how bad all its findings are; left out: as it says itself, major for an exit code"
    )


def _run(material: Material, settings: Command) -> Iterator[Finding]:
    call = CommandCall(settings.run, _files(material, settings), settings.arguments, settings.timeout)
    end = material.outside.command(call)
    status = _status(end, settings)
    printed = _printed(end, status, settings)
    yield from (_leveled(finding, settings) for finding in printed)
    if status != 0 and not any(finding.severity in FAILING for finding in printed):
        yield _leveled(_exit(end, status, settings), settings)


def _files(material: Material, settings: Command) -> Mapping[str, bytes]:
    if settings.files is None:
        return material.files
    missing = [path for path in settings.files if is_literal(path) and path not in material.files]
    if missing:
        raise CannotRun(
            f"{shown(missing[0])} is not there to be handed to {settings.run},"
            " or not among the step's reads or gate_reads"
        )
    return {path: material.files[path] for path in material.files if matches_any(settings.files, path)}


def _status(end: CommandEnd, settings: Command) -> int:
    """Return the exit code. Raises CannotRun where the program did not come to judge."""
    if end.status is None:
        raise CannotRun(f"{settings.run} {_as_clause(end.why)}{_told(end)}")
    reason = _NO_JUDGEMENT.get(end.status)
    if reason:
        raise CannotRun(f"{settings.run} ended with exit code {end.status}: {reason}{_told(end)}")
    return end.status


def _as_clause(why: str | None) -> str:
    said = why or "did not end"
    return f"was {said}" if said.startswith("killed") else said


def _told(end: CommandEnd) -> str:
    tail = _tail(end, MOST_CHARACTERS - 200)
    return f": {tail}" if tail else ""


def _tail(end: CommandEnd, most: int) -> str:
    """Return the end of what it said of errors, else of what it printed, as one plain line."""
    texts = (foreign_findings.plainly(text[-4 * most :].decode("utf-8", "ignore")) for text in (end.stderr, end.stdout))
    text = next(filter(None, texts), "")
    return text if len(text) <= most else "…" + text[1 - most :]


def _exit(end: CommandEnd, status: int, settings: Command) -> Finding:
    head = f"{settings.run} ended with exit code {status}"
    tail = _tail(end, MOST_CHARACTERS - len(head) - 2)
    message = f"{head}: {tail}" if tail else head
    return Finding(severity=Severity.MAJOR, message=message, suggestion="mend what it says")


def _leveled(finding: Finding, settings: Command) -> Finding:
    return finding if settings.severity is None else finding.model_copy(update={"severity": settings.severity})


# --- what it printed -------------------------------------------------------------------------------------------------


def _printed(end: CommandEnd, status: int, settings: Command) -> tuple[Finding, ...]:
    if settings.findings is Printed.NONE:
        return ()
    try:
        form, document = _document(end, settings)
        foreign = foreign_findings.read(document, "stdout", form) if form else None
    except DocumentError as exc:
        if settings.findings is Printed.AUTO and status != 0:
            return ()  # the exit code says it
        raise CannotRun(f"{settings.run} prints findings that cannot be read: {exc}") from exc
    if foreign is None:
        return ()
    if foreign.failure:
        raise CannotRun(f"{settings.run} says that it could not do its work: {foreign.failure}")
    return foreign.findings


def _document(end: CommandEnd, settings: Command) -> tuple[Form | None, object]:
    if settings.findings is not Printed.AUTO:
        return Form(settings.findings.value), foreign_findings.parse(end.stdout, "stdout")
    if not foreign_findings.looks_like_json(end.stdout):
        return None, None
    document = foreign_findings.parse(end.stdout, "stdout")
    return foreign_findings.form_of(document), document


CHECK = Check(
    "command",
    "A program that the base's settings name ends with exit code 0, and finds nothing bad.",
    Command,
    _run,
    looks_beyond=True,
)
