"""Which worktree a command works in. It reads and writes no file of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import RefusedError, WorkspaceError

if TYPE_CHECKING:
    from orchestrator.engine.world import World


def worktree(world: World) -> Path | None:
    """Return the worktree that one stands in, else the main one; None for a bare repository."""
    here = world.ledger.directory
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), world.ledger.root)


def main_worktree(world: World) -> Path:
    """Return where agents and templates are edited.

    Raises WorkspaceError in a bare repository, RefusedError in a job and in another worktree.
    """
    root = world.ledger.root
    if root is None:
        raise WorkspaceError("a bare repository has no folder to write into", hint="do it in a clone, and push")
    job = world.ledger.worktrees.current_job()
    if job is not None:
        base = world.ledger.base().name.removeprefix("origin/")
        message = f"you stand in the job {job}; agents and templates belong to the base"
        raise RefusedError(message, hint=f"git switch {base}")
    if (worktree(world) or root).resolve() != root.resolve():
        raise RefusedError("this is not the main worktree", hint=f"cd {root}")
    return root
