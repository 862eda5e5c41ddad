"""What a commit of another repository touched: the paths at which its tree and its first parent's differ. Reads only.

It walks without recursion and within limits: a small repository can hold a tree of any depth and billions of paths.
"""

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.errors import LedgerError
from orchestrator.ledger.children import ObjectReader
from orchestrator.ledger.foreign_commit import text_of
from orchestrator.ledger.objects import FOLDER, REGULAR, Format
from orchestrator.ledger.trees import TREE_LIMIT

MOST_FILES = 50
"""Paths that are named of one commit."""
MOST_TOUCHED = 250_000
"""Paths, folders among them, that are counted of one commit."""
MOST_FILE = 4 * 1024 * 1024
"""Bytes of a file that is read."""
LONGEST_PATH = 4_096
"""Bytes: no system checks out a longer one."""
GROUPS = frozenset({"src", "lib", "packages", "crates", "apps"})
"""Folders that hold the parts of a project: of these, two levels are told."""
_MOST_REMEMBERED = 200_000

_Entries = frozenset[tuple[bytes, bytes, bytes]]
"""(mode, name, raw id) each."""
_REGULAR = frozenset(mode.encode() for mode in REGULAR)
_FOLDER = FOLDER.encode()


@dataclass(frozen=True, slots=True)
class Touched:
    """What a commit touched: the first MOST_FILES paths, how many there are, and how many in each folder."""

    files: tuple[str, ...]
    count: int
    folders: Mapping[str, int]


class ForeignTrees:
    """The trees of a repository, read one by one; the latest are remembered, since the next commit builds on them."""

    def __init__(self, reader: ObjectReader, form: Format) -> None:
        self._reader = reader
        self._entry = re.compile(rb"([0-7]{1,6}) ([^\0]+)\0(.{%d})" % form.id_bytes, re.DOTALL)
        self._entry_bytes = 2 + form.id_bytes
        self._known: dict[str, _Entries] = {}
        self._remembered = 0

    def touched(self, old: str | None, new: str) -> Touched:
        """Return what differs between two trees (None: the empty one). Raises LedgerError beyond the limits."""
        folders: Counter[str] = Counter()

        def counted() -> Iterator[str]:
            for path in self._differences(old, new):
                folders[folder_of(path)] += 1
                yield path

        files = heapq.nsmallest(MOST_FILES, counted())
        ordered = sorted(folders.items(), key=lambda item: (-item[1], item[0]))
        return Touched(tuple(files), folders.total(), dict(ordered))

    def file(self, tree: str, name: bytes) -> bytes | None:
        """Return the content of a regular file at the top of a tree, None where there is none."""
        found = next((oid for mode, known, oid in self._entries(tree) if known == name and mode in _REGULAR), None)
        if found is None:
            return None
        read = self._reader.read(found.hex(), limit=MOST_FILE)
        if read is None or read[0] != "blob":
            raise LedgerError(
                f"file {found.hex()} is {'missing' if read is None else 'something else'}", hint="run `git fsck`"
            )
        return read[1]

    def _differences(self, old: str | None, new: str) -> Iterator[str]:
        waiting: list[tuple[bytes, str | None, str | None]] = [(b"", old, new)]
        met = 0
        while waiting:
            prefix, before, after = waiting.pop()
            for name, (was, is_now) in self._pairs(before, after).items():
                path, met = prefix + name, met + 1
                _refuse_endless(new, path, met)
                folders = [entry[1] if entry and entry[0] == _FOLDER else None for entry in (was, is_now)]
                if any(folders) and folders[0] != folders[1]:
                    waiting.append((path + b"/", folders[0], folders[1]))
                if any(entry and entry[0] != _FOLDER for entry in (was, is_now)):
                    yield text_of(path)

    def _pairs(
        self, before: str | None, after: str | None
    ) -> Mapping[bytes, tuple[tuple[bytes, str] | None, tuple[bytes, str] | None]]:
        """Return name → (mode, id) before and after, of each entry that differs."""
        old, new = self._entries(before), self._entries(after)
        gone = {name: (_canonical(mode), oid.hex()) for mode, name, oid in old - new}
        come = {name: (_canonical(mode), oid.hex()) for mode, name, oid in new - old}
        names = (name for name in {**gone, **come} if gone.get(name) != come.get(name))
        return {name: (gone.get(name), come.get(name)) for name in names}

    def _entries(self, oid: str | None) -> _Entries:
        if oid is None:
            return frozenset()
        if oid not in self._known:
            entries = self._read(oid)
            if self._remembered + len(entries) > _MOST_REMEMBERED:
                self._known.clear()
                self._remembered = 0
            self._known[oid] = entries
            self._remembered += len(entries)
        return self._known[oid]

    def _read(self, oid: str) -> _Entries:
        found = self._reader.read(oid, limit=TREE_LIMIT)
        if found is None or found[0] != "tree":
            raise LedgerError(
                f"tree {oid} is {'missing' if found is None else 'something else'}", hint="run `git fsck`"
            )
        entries = self._entry.findall(found[1])
        if sum(len(mode) + len(name) + self._entry_bytes for mode, name, _ in entries) != len(found[1]):
            raise LedgerError(f"tree {oid} is cut short", hint="run `git fsck`")
        return frozenset(entries)


def folder_of(path: str) -> str:
    """Return the folder under which a path is counted: its first, two levels of a GROUPS one, "" for the root's."""
    folders = path.split("/")[:-1]
    return "/".join(folders[: 2 if folders[:1] and folders[0] in GROUPS else 1])


def _refuse_endless(tree: str, path: bytes, met: int) -> None:
    hint = f"choose a range without it: git log --format='%h %T' | grep {tree[:12]} names the commit"
    if len(path) > LONGEST_PATH:
        raise LedgerError(f"tree {tree} has a path of more than {LONGEST_PATH:,} bytes", hint=hint)
    if met > MOST_TOUCHED:
        said = f"tree {tree} differs from the one before it in more than {MOST_TOUCHED:,} paths"
        raise LedgerError(said, hint=hint)


def _canonical(mode: bytes) -> bytes:
    """Return the mode as git writes it today; old programs wrote 040000 and 100664."""
    return {b"040000": b"40000", b"100664": b"100644"}.get(mode, mode)
