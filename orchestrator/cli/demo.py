"""`demo`: a workspace of its own, and the whole main job run in it, offline."""

from pathlib import Path

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, tell
from orchestrator.cli.session import opened
from orchestrator.errors import RefusedError

JOB = "mug"
TEMPLATE = "product-listing"
_MARK = Path(".git") / "orchestrator-demo"


@command("demo", [("orchestrator demo", "in ./orchestrator-demo"), ("orchestrator demo --fresh shop", "once more")])
@click.argument("folder", default="orchestrator-demo", metavar="[DIR]")
@click.option("--fresh", is_flag=True, help="Delete what an earlier demo left in DIR.")
@click.pass_obj
def demo_command(call: Call, folder: str, fresh: bool) -> int:
    """Make a workspace in DIR and run its job from brief to published page: eight steps, eight commits, no network.

    Builtin agents play the roles: programs, not models. They cost nothing and say what they are.
    """
    from orchestrator.wiring import found_workspace, own_repository

    directory = call.directory / folder
    _clear(directory, folder, is_fresh=fresh)
    own_repository(directory)
    (directory / _MARK).touch()
    found_workspace(directory, environ=call.environ)
    tell(f"made a workspace in {folder}, and in it the job {JOB} of the template {TEMPLATE}")
    tell()
    return _run(Call(directory, call.environ), folder)


def _clear(directory: Path, folder: str, *, is_fresh: bool) -> None:
    """Take away what an earlier demo made, where that was asked for; nothing else is ever deleted."""
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return
    if not (directory / _MARK).is_file():
        raise RefusedError(f"{folder} is there already, and is no demo", hint="orchestrator demo OTHER-FOLDER")
    if not is_fresh:
        raise RefusedError(f"{folder} holds an earlier demo", hint=f"orchestrator demo --fresh {folder}")
    from shutil import rmtree

    rmtree(directory)


def _run(call: Call, folder: str) -> int:
    from orchestrator.cli.progress import Progress
    from orchestrator.cli.run import end_lines
    from orchestrator.engine import report
    from orchestrator.engine.create import Order, create
    from orchestrator.engine.run import exit_code, run

    with Progress() as progress, opened(call, progress) as world:
        create(world, Order(TEMPLATE, JOB))
        rested = run(world, JOB, sleep=progress.sleep)
        for text in end_lines(report.job(world, JOB), rested):
            tell(text)
    tell()
    tell(f"the page:    {bold(f'{folder}/published/index.html')}")
    tell(f"the commits: {bold(f'git -C {folder} log --stat job/{JOB}')}")
    tell(f"go on:       {bold(f'cd {folder} && orchestrator status {JOB}')}")
    return exit_code(rested.action)
