"""Files that may be deleted at any time: what they say can be had anew of git. Nothing rests on their being there."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cache:
    """The cache of one repository. Names are relative to its folder, `/` separates."""

    folder: Path

    def read(self, name: str) -> bytes | None:
        """Return a file of the cache, None where there is none that can be read."""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    def keep(self, name: str, content: bytes) -> None:
        """Put a file into the cache, whole; where that cannot be, there is none."""
        path = self.folder / name
        unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(path)
