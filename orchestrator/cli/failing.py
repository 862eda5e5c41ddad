"""How a failure is told, and its exit code: its place, what is wrong, what to do; as text, or as one JSON document.

All of it goes to stderr. What a person can act on is an error; the rest is a bug, and ends in a report.
"""

import errno
import json
import os
import sys
from collections.abc import Mapping, Sequence

import click

from orchestrator.cli.output import hint, plain
from orchestrator.cli.root import program_name
from orchestrator.errors import DocumentError, OrchestratorError, Place, UsageError, WorkspaceError

INTERRUPTED = 130
BROKEN_PIPE = 141
BUG = 70

_CLOSED = "it may not be read or written: let yourself (ls -ld says who may), or work in a clone of your own"
_READ_ONLY = "nothing can be written there: mount it to be written, or work in a clone elsewhere"
_FULL = "make room on that disk"
_BROKEN = "the disk may be failing: look at the system's log"
_MANY = "too many files are open: ulimit -n says how many may be"
# What the system refuses is no bug of ours.
_OF_THE_SYSTEM: Mapping[int | None, str] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _BROKEN,
    errno.EMFILE: _MANY,
}
"""What the system says → what to do about it."""


def told(failure: BaseException, argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Tell what went wrong in a call, and return its exit code. It must be the exception that is being handled."""
    if isinstance(failure, click.Abort | KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    if isinstance(failure, click.exceptions.NoArgsIsHelpError):
        click.echo(failure.format_message(), err=True)
        return UsageError.exit_code
    if isinstance(failure, BrokenPipeError):
        _stop_writing()
        return BROKEN_PIPE
    error = _for_a_person(failure, program_name(argv[0]))
    if error is None:
        return _bug(argv)
    if isinstance(failure, OSError):
        _stop_writing()
    return say(error, is_json="--json" in argv, color=False if environ.get("NO_COLOR") else None)


def _for_a_person(failure: BaseException, program: str) -> OrchestratorError | None:
    """Return the failure as an error that a person can act on, or None where it is a bug."""
    if isinstance(failure, OrchestratorError):
        return failure
    if isinstance(failure, click.ClickException):
        return _usage(failure, program)
    if isinstance(failure, OSError) and failure.errno in _OF_THE_SYSTEM:
        return _of_system(failure)
    return None


def _usage(error: click.ClickException, program: str) -> UsageError:
    message = error.format_message().rstrip(".")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return UsageError(message[:1].lower() + message[1:], hint=f"{ctx.command_path if ctx else program} --help")


def _of_system(error: OSError) -> WorkspaceError:
    place = Place(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    said = (error.strerror or str(error)).lower()
    advice = f"{_OF_THE_SYSTEM[error.errno]}; then run it again: what was committed before stands"
    return WorkspaceError(said, place=place, hint=advice)


def _stop_writing() -> None:
    """Nobody reads on, or nothing can be written: let Python not fail over it once more when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _bug(argv: Sequence[str]) -> int:
    from orchestrator.cli import crash  # asks the platform and git, and only a bug needs that

    click.echo(crash.report(argv), err=True)
    return BUG


def say(error: OrchestratorError, *, is_json: bool, color: bool | None) -> int:
    """Print an error to stderr and return its exit code."""
    for text in [_as_json(error)] if is_json else _lines(error):
        click.echo(text, err=True, color=color)
    return error.exit_code


def _lines(error: OrchestratorError) -> list[str]:
    """Return an error as it is printed, and every further mistake that it carries."""
    head = f"{error.place}: {error.message}" if error.place else error.message
    lines = [f"{click.style('error:', fg='red', bold=True)} {plain(head)}"]
    if error.hint:
        lines += [hint(text) for text in error.hint.split("\n")]
    others = error.others if isinstance(error, DocumentError) else ()
    return [*lines, *(text for other in others for text in _lines(other))]


def _as_json(error: OrchestratorError) -> str:
    return json.dumps({"error": _document(error)}, indent=2, ensure_ascii=False)


def _document(error: OrchestratorError) -> dict[str, object]:
    said: dict[str, object] = {
        "code": error.code,
        "message": error.message,
        "place": str(error.place) if error.place else None,
        "hint": error.hint,
    }
    if isinstance(error, DocumentError) and error.others:
        said["others"] = [_document(other) for other in error.others]
    return said
