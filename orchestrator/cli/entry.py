"""The edge: one call of the program, from its arguments to its exit code (DESIGN §12).

What `--help` needs is imported here, and nothing else: a failure is told by `failing`, imported when one is there.
"""

import io
import os
import sys
from collections.abc import Mapping, Sequence

import click

from orchestrator.cli.group import WIDTH
from orchestrator.cli.root import program_name, root

COMPLETE = "_ORCHESTRATOR_COMPLETE"


def run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the command line and return the exit code. `argv[0]` is the program."""
    _let_every_character_pass()
    _open_what_is_closed()
    try:
        code = _called(argv, environ)
        sys.stdout.flush()
        return code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the last one: it is told, and becomes an exit code
        from orchestrator.cli.failing import told

        return told(error, argv, environ)


def _open_what_is_closed() -> None:
    """Who calls us with stdout or stderr closed (`>&-`) wants to hear nothing; the exit code still tells."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  until the process ends


def _called(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    name, given = program_name(argv[0]), dict(environ)
    asked = environ.get(COMPLETE)
    if asked:
        from click.shell_completion import shell_complete

        return shell_complete(root, {"obj": given}, name, COMPLETE, asked)
    try:
        # Not root.main(): it turns a broken pipe into exit code 1, which says that something failed.
        with root.make_context(name, list(argv[1:]), obj=given, terminal_width=_help_width(environ)) as ctx:
            found = root.invoke(ctx)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return found if isinstance(found, int) else 0


def _help_width(environ: Mapping[str, str]) -> int:
    """Return how wide help is: as click reckons it, which would load the compressors along with shutil for it."""
    said = environ.get("COLUMNS", "")
    columns = int(said) if said.isdecimal() else 0
    return max(min(columns or _terminal_width(), WIDTH) - 2, 50)


def _terminal_width() -> int:
    try:
        return os.get_terminal_size(1).columns
    except OSError:  # stdout is no terminal
        return WIDTH


def _let_every_character_pass() -> None:
    """A terminal that lacks a character shows another in its place; it is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
