"""A repository for the demo: one of its own, also inside another, with somebody to commit as. It knows no jobs."""

from collections.abc import Mapping
from pathlib import Path

from orchestrator.errors import WorkspaceError
from orchestrator.ledger.process import Git
from orchestrator.wiring import clock

DEMO_NAME, DEMO_EMAIL = "Demo", "demo@example.com"


def own_repository(directory: Path, environ: Mapping[str, str]) -> None:
    """Make the folder and its repository. Where git knows no user, the repository gets one of its own.

    Raises WorkspaceError: the folder cannot be made, git is missing.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise WorkspaceError(f"{directory} cannot be made: {exc.strerror}") from exc
    git = Git(directory, environ, clock(environ))
    git.run("init", "--quiet", "--initial-branch=main")
    config = git.user_config()
    if not (config.get("user.name") and config.get("user.email")):
        git.run("config", "--local", "user.name", DEMO_NAME)
        git.run("config", "--local", "user.email", DEMO_EMAIL)
