"""Wire the world together: the repository one stands in, the settings, the built-in rooms and the plug-ins.

A room is imported when the world first needs something of it: a command that runs nothing loads no agent and no gate.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.throttle import Throttle
from orchestrator.engine.world import Unwatched, Watcher, World
from orchestrator.errors import WorkspaceError
from orchestrator.ledger import Ledger
from orchestrator.ledger.limits import MachineLimits

if TYPE_CHECKING:
    from orchestrator.agents.interface import Backend
    from orchestrator.gates.interface import Material
    from orchestrator.ledger.foreign import ForeignRepository
    from orchestrator.model import settings
    from orchestrator.model.action import CheckResult, Route
    from orchestrator.model.agent import Agent
    from orchestrator.model.outside import Answered, CommandCall, CommandEnd
    from orchestrator.model.pipeline import CheckUse
    from orchestrator.publishers.interface import Publisher
    from orchestrator.wiring.backends import Backends


def open_world(directory: Path, *, environ: Mapping[str, str], watcher: Watcher | None = None) -> World:
    """Return the world around `directory`. Raises WorkspaceError where there is no repository to work in."""
    return _world(Ledger.open(directory, environ=environ, clock=clock(environ)), environ, watcher)


def _world(ledger: Ledger, environ: Mapping[str, str], watcher: Watcher | None = None) -> World:
    now, watching = clock(environ), watcher or Unwatched()
    return World(
        ledger=ledger,
        clock=now,
        timer=_timer(environ),
        judge=judge,
        backend=_players(environ, now, watching),
        publisher=_opener(ledger),
        is_event=is_event,
        foreign=_reader(ledger, environ),
        outside=lambda settings, job: Granted(ledger, settings, job, environ.get("PATH", "")),
        priced=lambda models: _priced(models, now()),
        owner=f"{os.uname().nodename}/{os.getpid()}",
        throttle=Throttle(lambda: int(time.monotonic() * 1000), shared=MachineLimits(ledger.common_dir)),
        watcher=watching,
    )


def found_workspace(directory: Path, *, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Lay the starter down in `directory` and commit it as the person; return the paths that were not there yet.

    Raises WorkspaceError and RefusedError; then nothing is left behind.
    """
    from orchestrator.documents.models import parse
    from orchestrator.engine.paths import SETTINGS
    from orchestrator.engine.workspace import find_starter, starter_files
    from orchestrator.ledger.founding import found  # GitPython takes long to load, and nothing else needs it
    from orchestrator.model.settings import Settings

    root = find_starter(Path(__file__).parent.parent)
    date = clock(environ)() if environ.get("SOURCE_DATE_EPOCH") else None
    message = "Begin an orchestrator workspace"
    laid = found(directory, lambda email: starter_files(root, email), message, date=date)
    with Ledger.open(directory, environ=environ, clock=clock(environ)) as ledger:
        ledger.init_refspecs()
        # The base may be a remote's branch, which has no settings before they are pushed there.
        here = parse((directory / SETTINGS).read_bytes(), SETTINGS, Settings)
        for said in here.publishers.values():
            _ignore(ledger, said)
    return laid


def _ignore(ledger: Ledger, said: settings.Publisher) -> None:
    """Have git ignore a folder of the main worktree that a publisher writes."""
    path = (said.model_extra or {}).get("path")
    if said.kind == "directory" and isinstance(path, str) and not Path(path).is_absolute():
        ledger.worktrees.exclude(f"/{path.strip('/')}/")


def own_repository(directory: Path) -> None:
    """Make a repository of its own in `directory`, for a demo. Raises WorkspaceError."""
    from orchestrator.ledger import founding

    founding.own_repository(directory)


def clock(environ: Mapping[str, str]) -> Callable[[], int]:
    """Return the clock: Unix time, or SOURCE_DATE_EPOCH where that is set. Raises WorkspaceError when it is none."""
    fixed = environ.get("SOURCE_DATE_EPOCH")
    if not fixed:
        return lambda: int(time.time())  # noqa: TID251  the edge: this is where the clock comes in
    if not fixed.isdecimal():
        raise WorkspaceError(
            f"SOURCE_DATE_EPOCH is {fixed!r}, and must be Unix time in seconds", hint="unset SOURCE_DATE_EPOCH"
        )
    return lambda: int(fixed)


def _timer(environ: Mapping[str, str]) -> Callable[[], int]:
    if environ.get("SOURCE_DATE_EPOCH"):
        return lambda: 0
    return lambda: int(time.monotonic() * 1000)


def judge(uses: Sequence[CheckUse], material: Material) -> tuple[CheckResult, ...]:
    """Return what each check of a gate says."""
    from orchestrator import gates

    return gates.judge(uses, material)


@contextmanager
def granted_here(directory: Path, *, environ: Mapping[str, str]) -> Iterator[Granted]:
    """Hand out what the base's settings grant to a gate outside any job: nothing by name where there is no base.

    Raises DocumentError where there are settings that cannot be read.
    """
    from orchestrator.engine.gather import read_settings
    from orchestrator.model.settings import Settings

    nothing, path = Settings(version=1), environ.get("PATH", "")
    try:
        ledger = Ledger.open(directory, environ=environ, clock=clock(environ))
    except WorkspaceError:
        yield Granted(None, nothing, None, path)
        return
    with ledger:
        try:
            settings = read_settings(_world(ledger, environ), ledger.base().commit)
        except WorkspaceError:
            settings = nothing
        yield Granted(ledger, settings, None, path)


@dataclass(frozen=True, slots=True)
class Granted:
    """What the base's settings grant to the checks of a job, each loaded when a check asks for it."""

    ledger: Ledger | None
    settings: settings.Settings
    job: str | None
    path: str
    """Where programs are looked for."""

    def command(self, call: CommandCall) -> CommandEnd:
        """Run a named program. Raises CannotRun."""
        from orchestrator.outside.commands import Runner

        return Runner(self.settings.commands, self.path).command(call)

    def callable(self, name: str) -> Callable[..., object]:
        """Return a named callable. Raises CannotRun."""
        from orchestrator.outside.callables import load

        return load(self.settings.callables, name)

    def look_up(self, address: str, timeout: float) -> Answered:
        """Ask a web address. Raises CannotRun."""
        from orchestrator.outside.links import look_up

        return look_up(address, timeout)

    def earlier(self) -> Mapping[str, Mapping[str, bytes]]:
        """Return the files of finished jobs. Raises CannotRun."""
        from orchestrator.engine.earlier import EarlierJobs
        from orchestrator.model.outside import CannotRun

        if self.ledger is None:
            raise CannotRun("there are no jobs here to compare with")
        return EarlierJobs(self.ledger, self.job)


def _players(
    environ: Mapping[str, str], now: Callable[[], int], watcher: Watcher
) -> Callable[[Agent, Route, settings.Settings], Backend]:
    """Return what finds the backend of an agent; one that holds connections is made once."""
    made: list[Backends] = []

    def find(agent: Agent, route: Route, said: settings.Settings) -> Backend:
        from orchestrator.wiring.backends import Backends

        if not made:
            made.append(Backends(environ, now, watcher.warned))
        return made[0].find(agent, route, said)

    return find


def _priced(models: tuple[settings.Model, ...], now: int) -> tuple[settings.Model, ...]:
    from orchestrator.agents.prices import filled

    return filled(models, now)


def is_event(said: settings.Publisher) -> bool:
    """Say whether a publisher is something that happens, and no place that shows the latest."""
    from orchestrator import publishers

    return publishers.is_event(said)


def _reader(ledger: Ledger, environ: Mapping[str, str]) -> Callable[[str], ForeignRepository]:
    def foreign(folder: str) -> ForeignRepository:
        from orchestrator.ledger.foreign import ForeignRepository

        return ForeignRepository.open(folder, here=ledger.directory, environ=environ, clock=clock(environ))

    return foreign


def _opener(ledger: Ledger) -> Callable[[settings.Publisher], Publisher]:
    def publisher(said: settings.Publisher) -> Publisher:
        from orchestrator import publishers
        from orchestrator.ledger.proposals import Proposals

        _ignore(ledger, said)
        return publishers.find(said, root=ledger.root, proposals=Proposals(ledger))

    return publisher
