"""A siege of each kind: a workspace in which the agent is the attacker."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from siege import Siege


@pytest.fixture
def besieged(tmp_path: Path) -> Iterator[Callable[[str], Siege]]:
    """Return what makes a siege of a workspace by the kind of its walls."""
    with ExitStack() as stack:

        def made(walls: str) -> Siege:
            siege = Siege(tmp_path, Path(os.environ["HOME"]), dict(os.environ), walls)  # noqa: TID251  the hermetic one
            stack.callback(siege.close)
            return siege

        yield made
