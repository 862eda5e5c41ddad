"""The base branch, which grants trust: where its settings are. Nothing is parsed here."""

from orchestrator.engine import paths
from orchestrator.engine.world import World
from orchestrator.errors import WorkspaceError


def settings_id(world: World, commit: str) -> str:
    """Return the blob id of the settings at a commit of the base. Raises WorkspaceError where there are none."""
    oid = world.ledger.files(commit, paths.SETTINGS).get(paths.SETTINGS)
    if oid is None:
        raise WorkspaceError(
            f"there is no {paths.SETTINGS} on the base branch, so this is no workspace yet", hint="orchestrator init"
        )
    return oid
