"""`doctor`: what may cause trouble here, and what to do about each. It looks only; nothing is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from orchestrator import __version__
from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import colored, hint, out, out_json, plain
from orchestrator.cli.session import json_option, opened
from orchestrator.engine import paths
from orchestrator.errors import OrchestratorError
from orchestrator.ledger import Level, Remark

if TYPE_CHECKING:
    from orchestrator.engine.world import World

_WORDS = {Level.ERROR: "failed", Level.WARNING: "waiting", Level.INFO: "passed"}


@command("doctor", [("orchestrator doctor", "")])
@json_option
@click.pass_obj
def doctor_command(call: Call, as_json: bool) -> int:
    """Say what was found: programs, repository, clone, base, worktrees, settings, jobs; and what to do about it.

    Exit code 1 where something is an error.
    """
    with opened(call, is_workspace=False) as world:
        remarks = [*_installation(), *world.ledger.doctor(), *_workspace(world), *_jobs(world)]
    if as_json:
        out_json([asdict(remark) for remark in remarks])
    else:
        _print(remarks)
    return int(any(remark.level is Level.ERROR for remark in remarks))


def _installation() -> Iterator[Remark]:
    import platform

    yield Remark(Level.INFO, f"git-orchestrator {__version__}, Python {platform.python_version()}")
    if find_spec("_ruamel_yaml") is None:
        yield Remark(
            Level.WARNING,
            "ruamel.yaml has no C parser here: files are read 5 to 20 times slower",
            "pip install ruamel.yaml.clib",
        )


def _workspace(world: World) -> Iterator[Remark]:
    from orchestrator.documents.problems import Severity
    from orchestrator.engine import lint
    from orchestrator.engine.gather import read_settings

    base = world.ledger.base()
    try:
        settings = read_settings(world, base.commit)
    except OrchestratorError as error:
        yield Remark(Level.ERROR, str(error).partition("\nhint: ")[0], error.hint)
        return
    yield Remark(Level.INFO, f"models: {', '.join(model.name for model in settings.models)}")
    problems = lint.of_commit(world, base.commit, [paths.TEMPLATES])
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if errors:
        yield Remark(Level.WARNING, f"the base's files have {errors} mistakes", "orchestrator lint")


def _jobs(world: World) -> Iterator[Remark]:
    from orchestrator.engine import report

    for job in report.status(world, world.ledger.jobs()):
        if job["status"] == report.BROKEN:
            yield Remark(Level.ERROR, f"{job['id']} cannot be read: {job['reason']}", job["next"]["command"])


def _print(remarks: list[Remark]) -> None:
    for remark in remarks:
        word = "ok" if remark.level is Level.INFO else str(remark.level)
        out(f"{colored(f'{word:8}', _WORDS[remark.level])} {plain(remark.message)}")
        if remark.hint:
            out(f"{'':9}{hint(remark.hint)}")
