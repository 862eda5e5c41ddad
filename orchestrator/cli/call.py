"""What every command is called with: where one stands, and the environment. Plain values, read once at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Call:
    """Where the command runs (`-C`), and in what environment."""

    directory: Path
    environ: Mapping[str, str]
