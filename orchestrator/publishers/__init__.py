"""Where a job's files go out: one small Protocol, a table of kinds. Decides nothing about when, or whether."""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast

from orchestrator.errors import Place, WorkspaceError
from orchestrator.model import settings as model
from orchestrator.model.names import shown
from orchestrator.publishers.interface import Proposals, Publisher

PLUG_INS = "orchestrator.publishers"
BUILT_IN = {"directory": "orchestrator.publishers.directory:open_directory"}
PROPOSAL = "proposal"
"""The kind that goes nowhere outside: it is handed the repository's own branches."""
SETTINGS_FILE = "orchestrator.yaml"

Opener = Callable[[model.Publisher, Path | None], Publisher]
"""What stands behind a kind: the settings and the main worktree (None: a bare repository) → a publisher."""


def kinds() -> tuple[str, ...]:
    """Return every kind that `publishers` in the settings may name, sorted."""
    return tuple(sorted({*BUILT_IN, PROPOSAL, *(plug_in.name for plug_in in _plug_ins())}))


def find(settings: model.Publisher, *, root: Path | None, proposals: Proposals | None = None) -> Publisher:
    """Return the publisher of that kind; a relative path in its settings is relative to `root`, the main worktree.

    Raises WorkspaceError for an unknown kind, a plug-in that does not load, settings that the kind does not take.
    """
    if settings.kind == PROPOSAL:
        from orchestrator.publishers.proposal import open_proposal  # like the others: when a file names it

        return open_proposal(settings, proposals)
    return _opener(settings.kind)(settings, root)


def is_event(settings: model.Publisher) -> bool:
    """Say whether the kind is something that happens, and no place that shows the latest. Opens nothing."""
    return settings.kind != PROPOSAL and bool(getattr(_opener(settings.kind), "is_event", False))


def _opener(kind: str) -> Opener:
    if kind in BUILT_IN:
        module, _, name = BUILT_IN[kind].partition(":")
        return cast(Opener, getattr(import_module(module), name))
    for plug_in in _plug_ins():
        if plug_in.name == kind:
            return _loaded(plug_in)
    raise WorkspaceError(
        f"there is no publisher of the kind {shown(kind)}",
        place=Place(SETTINGS_FILE),
        hint=f"the kinds known here: {', '.join(kinds())}",
    )


def _loaded(plug_in: EntryPoint) -> Opener:
    try:
        return cast(Opener, plug_in.load())
    except (ImportError, AttributeError) as problem:
        raise WorkspaceError(
            f"the publisher {shown(plug_in.name)} does not load from {plug_in.value}: {problem}",
            place=Place(SETTINGS_FILE),
            hint="install or mend the package that registers it, or name another kind",
        ) from problem


def _plug_ins() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=PLUG_INS))
