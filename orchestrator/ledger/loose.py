"""Loose objects: how a few small ones are written, each synced, at no process's cost. See gitrepository-layout(5).

What is many, large, or in a repository that several users share, git's own `unpack-objects` writes.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from orchestrator.errors import LedgerError
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import Git
from orchestrator.ledger.values import NewObject

MOST = 64
"""Objects: from more of them on, one pack to one process is cheaper than a file each."""
LARGEST = 1_000_000
"""Bytes, before they are compressed."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_NUMBERS = count()


class ObjectWriter:
    """Writes objects. One that is there already is left as it is, as git leaves it."""

    def __init__(self, git: Git, form: Format, common_dir: Path, *, is_shared: bool) -> None:
        self._git = git
        self._format = form
        self._folder = str(common_dir / "objects")
        self._is_shared = is_shared

    def write(self, objects: Sequence[NewObject]) -> None:
        """Write the objects, each durable when this returns. Raises LedgerError where the disk will not."""
        if self._is_shared or len(objects) > MOST or any(len(new.body) > LARGEST for new in objects):
            self._git.run("unpack-objects", "-q", stdin=self._format.pack(objects))
            return
        for new in objects:
            self._lay(new)

    def _lay(self, new: NewObject) -> None:
        folder = f"{self._folder}/{new.id[:2]}"
        path = f"{folder}/{new.id[2:]}"
        if os.path.exists(path):
            return
        # Under git's own name for what is not finished: its gc clears away what a crash left.
        unfinished = f"{folder}/tmp_obj_{os.getpid()}_{next(_NUMBERS)}"
        try:
            os.makedirs(folder, exist_ok=True)
            _write_synced(unfinished, self._format.loose(new))
            os.rename(unfinished, path)
        except OSError as problem:
            with suppress(OSError):
                os.unlink(unfinished)
            raise LedgerError(
                f"an object could not be written: {problem.strerror or problem}",
                hint=f"see that there is room in {folder}, and that you may write there",
            ) from problem


def _write_synced(path: str, content: bytes) -> None:
    with open(os.open(path, _NEW, 0o444), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
