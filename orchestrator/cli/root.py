"""The `orchestrator` command: its global options, its commands by section. None is imported before it is called."""

import os
import sys
from collections.abc import Mapping

import click

from orchestrator import __version__
from orchestrator.cli.group import LazyGroup

EXAMPLES = (
    ("orchestrator demo", "see a whole job run, offline"),
    ("orchestrator init", "make this folder a workspace"),
    ("orchestrator new product-listing mug", "make a job"),
    ("orchestrator run mug", "advance it until it rests"),
    ("orchestrator status", "where the jobs stand"),
)


def _print_version(ctx: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked and not ctx.resilient_parsing:
        click.echo(f"git-orchestrator {__version__}")
        ctx.exit()


@click.group(
    "orchestrator",
    cls=LazyGroup,
    examples=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Exit codes: 0 moved or done, 1 failed, 2 usage, 3 waiting for a person, 4 halted, "
    "5 busy, 6 over budget, 7 an effect is unknown, 70 a bug, 130 interrupted.",
)
@click.option("-C", "directories", metavar="DIR", multiple=True, help="Run as if started in DIR, as in git.")
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Print it.")
@click.pass_context
def root(ctx: click.Context, directories: tuple[str, ...]) -> None:
    """Govern AI agents with nothing but files in git: each step of a job is one commit on the job's branch."""
    from orchestrator.cli.call import Call, directory_of

    environ: Mapping[str, str] = ctx.obj or {}
    if environ.get("NO_COLOR"):
        ctx.color = False
    ctx.obj = Call(directory_of(directories), environ)


def program_name(argv0: str) -> str:
    """Return the program's name as it was called: git finds `git orchestrator` under `git-orchestrator`."""
    return "git orchestrator" if os.path.splitext(os.path.basename(argv0))[0] == "git-orchestrator" else "orchestrator"


def is_terminal() -> bool:
    """Say whether a person may be asked: both what is typed and what is told are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()
