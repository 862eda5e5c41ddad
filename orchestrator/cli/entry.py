"""The edge: one call of the program. What goes wrong is printed here, and nowhere else, and becomes an exit code."""

import errno
import io
import os
import sys
from collections.abc import Mapping, Sequence

import click
from click.shell_completion import shell_complete

from orchestrator.cli import crash
from orchestrator.cli.failing import say
from orchestrator.cli.root import program_name, root
from orchestrator.errors import OrchestratorError, Place, UsageError, WorkspaceError

COMPLETE = "_ORCHESTRATOR_COMPLETE"
INTERRUPTED = 130
BROKEN_PIPE = 141
BUG = 70

# What the system refuses is no bug of ours.
_OF_THE_SYSTEM = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE}
)


def run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the command line and return the exit code (DESIGN §12). `argv[0]` is the program."""
    _let_every_character_pass()
    is_json = "--json" in argv
    color = False if environ.get("NO_COLOR") else None
    try:
        code = _called(argv, environ)
        sys.stdout.flush()
        return code
    except OrchestratorError as error:
        return say(error, is_json=is_json, color=color)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except click.ClickException as error:
        return say(_usage(error, program_name(argv[0])), is_json=is_json, color=color)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _stop_writing()
        return BROKEN_PIPE
    except OSError as error:
        if error.errno not in _OF_THE_SYSTEM:
            return _bug(argv)
        _stop_writing()
        return say(_of_system(error), is_json=is_json, color=color)
    except Exception:  # noqa: BLE001  the last one: a bug must end in a report, not in a bare traceback
        return _bug(argv)


def _called(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    name, given = program_name(argv[0]), dict(environ)
    asked = environ.get(COMPLETE)
    if asked:
        return shell_complete(root, {"obj": given}, name, COMPLETE, asked)
    try:
        # Not root.main(): it turns a broken pipe into exit code 1, which says that something failed.
        with root.make_context(name, list(argv[1:]), obj=given) as ctx:
            found = root.invoke(ctx)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return found if isinstance(found, int) else 0


def _usage(error: click.ClickException, program: str) -> UsageError:
    message = error.format_message().rstrip(".")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    return UsageError(message[:1].lower() + message[1:], hint=f"{ctx.command_path if ctx else program} --help")


def _let_every_character_pass() -> None:
    """A terminal that lacks a character shows another in its place; it is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _bug(argv: Sequence[str]) -> int:
    click.echo(crash.report(argv), err=True)
    return BUG


def _of_system(error: OSError) -> WorkspaceError:
    place = Place(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    said = (error.strerror or str(error)).lower()
    return WorkspaceError(said, place=place, hint="what was committed before stands; run it again")


def _stop_writing() -> None:
    """Nobody reads on, or nothing can be written: let Python not fail over it once more when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
