"""`orchestrator`, `git-orchestrator` and `python -m orchestrator`: where arguments and environment come in."""

import os
import sys

from orchestrator.cli.entry import run


def main() -> int:
    """Run the command line and return its exit code."""
    return run(sys.argv, os.environ)  # noqa: TID251  the edge: the environment is read here and handed in


if __name__ == "__main__":
    sys.exit(main())
