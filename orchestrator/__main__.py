"""`orchestrator`, `git-orchestrator` and `python -m orchestrator`: where arguments and environment come in."""

import gc
import os
import sys

_NEW_BEFORE_A_SEARCH = 20_000
"""Objects made before Python looks for cycles among them. A call makes few cycles and soon ends; with Python's own 700
it searches over and over while modules load, which are never garbage."""


def main() -> int:
    """Run the command line and return its exit code."""
    gc.set_threshold(_NEW_BEFORE_A_SEARCH)
    from orchestrator.cli.entry import run

    try:
        return run(sys.argv, os.environ)  # noqa: TID251  the edge: the environment is read here and handed in
    finally:
        # The process ends: what is left is the system's to clear away, and need not be searched once more.
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
