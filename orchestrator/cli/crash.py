"""The report of a bug: all that an issue needs, and nothing that is secret. No value of the environment is in it."""

import platform
import shlex
import subprocess
import traceback
from collections.abc import Sequence

from orchestrator import __version__

_ISSUES = "the project's issue tracker"


def report(argv: Sequence[str]) -> str:
    """Return the report of the exception that is being handled."""
    return "\n".join(
        [
            f"error: this is a bug in git-orchestrator. Nothing that was acknowledged is lost. Please paste this into "
            f"{_ISSUES}:",
            "",
            f"git-orchestrator {__version__}, Python {platform.python_version()}, {_git()}, {platform.system()}",
            f"$ {shlex.join(['orchestrator', *argv[1:]])}",
            traceback.format_exc().rstrip(),
        ]
    )


def _git() -> str:
    try:
        ran = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "no git"
    return ran.stdout.strip().replace(" version", "") or "no git"
