"""Files that the ledger holds, as checks and agents see them: names at once, contents when they are asked for."""

from collections.abc import Iterator, Mapping

from orchestrator.ledger import Ledger


class StoredFiles(Mapping[str, bytes]):
    """Files by their ids, read when they are asked for; `new` ones are not stored yet."""

    def __init__(self, ledger: Ledger, oids: Mapping[str, str], new: Mapping[str, bytes] | None = None) -> None:
        self._ledger = ledger
        self._oids = oids
        self._new = new or {}

    def __getitem__(self, path: str) -> bytes:
        """Return the content."""
        return self._new[path] if path in self._new else self._ledger.blob(self._oids[path])

    def __iter__(self) -> Iterator[str]:
        """Return the paths."""
        return iter(sorted({*self._oids, *self._new}))

    def __len__(self) -> int:
        """Return how many there are."""
        return len({*self._oids, *self._new})
