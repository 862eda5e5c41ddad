"""`doctor`: what may cause trouble here, and what to do about each. It looks only; nothing is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from orchestrator.errors import MissingExtra, OrchestratorError, WorkspaceError
from orchestrator.ledger import Level, Remark

if TYPE_CHECKING:
    from orchestrator.engine.world import World
    from orchestrator.model.settings import Model, ProviderKind, Settings
    from orchestrator.outside.scratch import Sandbox

Require = Callable[["ProviderKind"], None]
"""Raises MissingExtra where the libraries of a kind of provider are not installed."""

_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "checks": ("codespell_lib", "jsonschema", "justhtml", "whatlang"),
    "mcp": ("mcp",),
}
_WORDS = {Level.ERROR: "failed", Level.WARNING: "waiting", Level.INFO: "passed"}


@command("doctor", [("orchestrator doctor", "")])
@json_option
@click.pass_obj
def doctor_command(call: Call, as_json: bool) -> int:
    """Say what was found: programs, repository, clone, base, worktrees, settings, jobs; and what to do about it.

    Exit code 1 where something is an error.
    """
    with opened(call, is_workspace=False) as world:
        remarks = [*_installation(), *world.ledger.doctor(), *_workspace(world, call.environ), *_jobs(world)]
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
    yield Remark(Level.INFO, f"extras: {', '.join(_extras()) or 'none'}")


def _extras() -> list[str]:
    """Return the extras that are installed whole."""
    from orchestrator.agents.model.clients import require
    from orchestrator.model.settings import ProviderKind

    others = [name for name, libraries in _EXTRAS.items() if all(map(find_spec, libraries))]
    return sorted([*others, *(str(kind) for kind in ProviderKind if _is_there(kind, require))])


def _is_there(kind: ProviderKind, require: Require) -> bool:
    try:
        require(kind)
    except MissingExtra:
        return False
    return True


def _workspace(world: World, environ: Mapping[str, str]) -> Iterator[Remark]:
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
    yield from _players(settings, environ)
    problems = lint.of_commit(world, base.commit, [paths.TEMPLATES])
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if errors:
        yield Remark(Level.WARNING, f"the base's files have {errors} mistakes", "orchestrator lint")


def _players(settings: Settings, environ: Mapping[str, str]) -> Iterator[Remark]:
    """Yield what stands in the way of who plays the roles."""
    from orchestrator.agents.model import clients, tools
    from orchestrator.outside.scratch import in_words, sandboxes

    path = environ.get("PATH", "")
    yield on_sandbox(in_words(path), sandboxes(path), settings)
    yield from on_models(settings, environ, clients.require)
    if settings.mcp:
        yield from _told(tools.require)
    yield from on_programs(settings, environ)


def on_sandbox(told: tuple[str, str | None], found: Sequence[Sandbox], settings: Settings) -> Remark:
    """Return what command agents are held by: `told` in words, with what would be better; `found`, best first."""
    from orchestrator.model.settings import Sandboxed

    message, advice = told
    if settings.sandbox is Sandboxed.REQUIRED and not (found and found[0].holds_network):
        refused = "the settings require a sandbox, and none that holds files and network works here"
        return Remark(Level.ERROR, f"{refused}: no command agent runs", advice)
    return Remark(Level.WARNING if advice else Level.INFO, message, advice)


def on_models(settings: Settings, environ: Mapping[str, str], require: Require) -> tuple[Remark, ...]:
    """Return which models cannot be asked: their libraries are not installed, their keys not set. Nobody is asked."""
    from orchestrator.routing import BUILTIN

    asked = [model for model in settings.models if model.name != BUILTIN]
    told = (remark for model in asked for remark in _lacks(model, settings, environ, require))
    return tuple(dict.fromkeys(told))


def _lacks(model: Model, settings: Settings, environ: Mapping[str, str], require: Require) -> Iterator[Remark]:
    from orchestrator.agents.model.clients import access, kind_of

    provider = settings.providers.get(model.provider)
    try:
        kind = kind_of(model.provider, provider)
    except WorkspaceError as error:
        yield Remark(Level.WARNING, error.message, error.hint)
        return
    yield from _told(lambda: require(kind))
    yield from _told(lambda: access(kind, provider, model, environ.get))


def _told(look: Callable[[], object]) -> Iterator[Remark]:
    """Yield what keeps a player from being asked, where `look` raises it."""
    try:
        look()
    except OrchestratorError as error:
        yield Remark(Level.WARNING, error.message, error.hint)


def on_programs(settings: Settings, environ: Mapping[str, str]) -> Iterator[Remark]:
    """Yield which programs of the settings are not there, and which variables that they are to see are not set."""
    from orchestrator.model.outside import CannotRun
    from orchestrator.outside.commands import found

    commands = [(f"commands.{name}", each.argv, each.env) for name, each in settings.commands.items()]
    servers = [(f"mcp.{name}", each.argv, each.env) for name, each in settings.mcp.items()]
    for key, argv, env in (*commands, *servers):
        try:
            if argv:
                found(argv[0], environ.get("PATH", ""), f"{key}.argv in orchestrator.yaml")
        except CannotRun as exc:
            yield Remark(Level.WARNING, str(exc))
        unset = [name for name in env if not environ.get(name)]
        if unset:
            message = f"{key}.env names what is not set: {', '.join(unset)}"
            yield Remark(Level.WARNING, message, "set it in the environment, or take it out of orchestrator.yaml")


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
