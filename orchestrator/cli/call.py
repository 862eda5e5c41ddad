"""What every command is called with: where one stands, and the environment. Plain values, read once at the edge."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click


class Call(NamedTuple):
    """Where the command runs (`-C`), and in what environment."""

    directory: Path
    environ: Mapping[str, str]


def directory_of(said: tuple[str, ...]) -> Path:
    """Return where the command runs: each `-C` is taken from the one before it. Raises click's UsageError."""
    found = Path.cwd().joinpath(*said)
    if not found.is_dir():
        raise click.UsageError(f"cannot change to {found}: there is no such folder")
    return found
