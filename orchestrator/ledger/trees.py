"""The objects of a repository, read with a memory, and what differs between two trees. Writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

from orchestrator.errors import LedgerError, Place
from orchestrator.ledger.children import ObjectReader
from orchestrator.ledger.objects import FOLDER, Format, Tree, TreeEntry, decode_commit
from orchestrator.ledger.values import Commit, Kind, NewObject

BLOB_LIMIT = 100 * 1024 * 1024
"""Bytes: no file above it is ever read into memory."""
TREE_LIMIT = 64 * 1024 * 1024
COMMIT_LIMIT = 4 * 1024 * 1024
MOST_FOLDERS = 200
"""Folders within one another."""
MOST_ENTRIES = 1_000_000
"""Files and folders that one walk meets: a tree of a few kilobytes can hold billions, each folder many times."""
_REMEMBERED = 50_000
_SMALL = 64_000
_SMALL_ONES = 200
_REMEMBERING = Lock()
"""Held while something is remembered: to find the oldest, and to take it out, are two things."""
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Objects:
    """The objects of a repository. Commits and trees are remembered by id: they never change.

    Several threads may ask at once: what one of them has read, another may read again, and both keep the same.
    """

    reader: ObjectReader
    format: Format
    shallow: frozenset[str] = frozenset()
    most_entries: int = MOST_ENTRIES
    """Files and folders that one walk meets before it is refused."""
    _commits: dict[str, Commit] = field(default_factory=dict)
    _trees: dict[str, Tree] = field(default_factory=dict)
    _blobs: dict[str, bytes] = field(default_factory=dict)
    """Small files that were built lately: the next step reads what the last one wrote."""

    def blob(self, oid: str) -> bytes:
        """Return a file's bytes. Raises LedgerError when it is missing, no file, or above BLOB_LIMIT."""
        known = self._blobs.get(oid)
        return self._read(oid, Kind.BLOB, BLOB_LIMIT) if known is None else known

    def size(self, oid: str) -> int:
        """Return an object's size in bytes. Raises LedgerError when it is missing."""
        known = self._blobs.get(oid)
        if known is not None:
            return len(known)
        seen = self.reader.look(self._checked(oid))
        if seen is None:
            raise missing_object(oid)
        return seen[1]

    def has(self, oid: str) -> bool:
        """Say whether the object is in the repository."""
        return self.format.is_id(oid) and self.reader.look(oid) is not None

    def is_of(self, oid: str, kind: Kind) -> bool:
        """Say whether an object is of that kind. Raises LedgerError when it is missing."""
        if kind is Kind.COMMIT and oid in self._commits:
            return True
        seen = self.reader.look(self._checked(oid))
        if seen is None:
            raise missing_object(oid)
        return seen[0] == kind.value

    def commit(self, oid: str) -> Commit:
        """Return a commit, without its parents where a shallow clone is cut off. Raises LedgerError when it is none."""
        known = self._commits.get(oid)
        if known is not None:
            return known
        found = decode_commit(oid, self._read(oid, Kind.COMMIT, COMMIT_LIMIT))
        if oid in self.shallow:
            found = replace(found, parents=())
        _remember(self._commits, oid, found)
        return found

    def tree(self, oid: str) -> Tree:
        """Return a tree. Raises LedgerError when it is missing or none."""
        known = self._trees.get(oid)
        if known is not None:
            return known
        found = self.format.decode_tree(self._read(oid, Kind.TREE, TREE_LIMIT))
        _remember(self._trees, oid, found)
        return found

    def entry(self, commit: str, path: str) -> TreeEntry | None:
        """Return what stands at `path` of a commit's tree (relative to the workspace; "" is the tree itself)."""
        return self.entry_of(self.commit(commit).tree, path)

    def entry_of(self, tree: str, path: str) -> TreeEntry | None:
        """Return what stands at `path` of a tree, or None."""
        found = TreeEntry(FOLDER, tree)
        for name in _parts(path):
            if not found.is_folder or name not in (inner := self.tree(found.id)):
                return None
            found = inner[name]
        return found

    def walk(self, tree: str, prefix: str = "") -> Iterator[tuple[str, TreeEntry]]:
        """Yield path and entry of all that is no folder below `prefix`, in git's order."""
        top = self.entry_of(tree, prefix)
        if top is None:
            return
        if not top.is_folder:
            yield prefix, top
            return
        yield from self._walk(top.id, f"{prefix.rstrip('/')}/" if prefix else "")

    def _walk(self, tree: str, prefix: str) -> Iterator[tuple[str, TreeEntry]]:
        within, met = [(prefix, iter(self.tree(tree).items()))], 0
        while within:
            prefix, entries = within[-1]
            name, entry = next(entries, (b"", None))
            if entry is None:
                within.pop()
                continue
            path, met = prefix + name_text(name), met + 1
            refuse_endless(path, met, self.most_entries)
            if entry.is_folder:
                within.append((f"{path}/", iter(self.tree(entry.id).items())))
            else:
                yield path, entry

    def remember(self, new: NewObject) -> None:
        """Take note of an object that was built, so that others can be built on it and it is not read back."""
        if new.kind is Kind.BLOB and len(new.body) <= _SMALL:
            _remember(self._blobs, new.id, new.body, most=_SMALL_ONES)
        if new.kind is Kind.TREE:
            _remember(self._trees, new.id, self.format.decode_tree(new.body))
        if new.kind is Kind.COMMIT:
            _remember(self._commits, new.id, decode_commit(new.id, new.body))

    def _read(self, oid: str, kind: Kind, limit: int) -> bytes:
        found = self.reader.read(self._checked(oid), limit=limit)
        if found is None:
            raise missing_object(oid)
        if found[0] != kind.value:
            raise LedgerError(f"object {oid} is a {found[0]}, not a {kind.value}", hint="run `git fsck`")
        return found[1]

    def _checked(self, oid: str) -> str:
        if not self.format.is_id(oid):
            raise LedgerError(f"{oid!r} is no object id of this repository", hint="git rev-parse NAME gives one")
        return oid


def name_text(name: bytes) -> str:
    """Return a name of a tree as text; bytes that are no UTF-8 become lone surrogates, so that nothing is lost."""
    return name.decode("utf-8", "surrogateescape")


def name_bytes(name: str) -> bytes:
    """Return the bytes of a name that `name_text` made."""
    return name.encode("utf-8", "surrogateescape")


def differences(
    objects: Objects, old: str | None, new: str | None, prefix: str = ""
) -> Iterator[tuple[str, TreeEntry | None, TreeEntry | None]]:
    """Yield path, entry before and entry after of each file that differs between two trees (None: the empty one)."""
    within, met = [_differing(objects, old, new, prefix)], 0
    while within:
        found = next(within[-1], None)
        if found is None:
            within.pop()
            continue
        (path, *entries), met = found, met + 1
        refuse_endless(path, met, objects.most_entries)
        leaves = [None if entry and entry.is_folder else entry for entry in entries]
        if any(leaves):
            yield path, leaves[0], leaves[1]
        folders = [entry.id if entry and entry.is_folder else None for entry in entries]
        within.append(_differing(objects, folders[0], folders[1], f"{path}/"))


def _differing(
    objects: Objects, old: str | None, new: str | None, prefix: str
) -> Iterator[tuple[str, TreeEntry | None, TreeEntry | None]]:
    """Yield path, entry before and entry after of what differs at the top of two trees."""
    if old == new:
        return
    before: Tree = objects.tree(old) if old else {}
    after: Tree = objects.tree(new) if new else {}
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield prefix + name_text(name), before.get(name), after.get(name)


def refuse_endless(path: str, met: int = 0, most: int = MOST_ENTRIES) -> None:
    """Raise LedgerError where a path is deeper, or a walk has met more, than any real tree holds."""
    if path.count("/") > MOST_FOLDERS:
        raise _endless(f"more than {MOST_FOLDERS} folders stand within one another", path)
    if met > most:
        raise _endless(f"more than {most:,} files and folders stand in one tree", path)


def _endless(said: str, path: str) -> LedgerError:
    hint = "take the folder away where it was committed: git rm -r FOLDER, then commit"
    return LedgerError(said, place=Place("/".join(path.split("/")[:3])), hint=hint)


def _parts(path: str) -> list[bytes]:
    return [name_bytes(part) for part in path.strip("/").split("/") if part]


def missing_object(oid: str) -> LedgerError:
    """Return the error of an object that is not there."""
    hint = "the clone may be shallow or partial: `git fetch --unshallow`; else run `git fsck`"
    return LedgerError(f"object {oid} is not in this repository", hint=hint)


def _remember(memory: dict[str, _Value], key: str, value: _Value, *, most: int = _REMEMBERED) -> None:
    """Keep `value`, and let the oldest go: a long-lived process must not grow without end."""
    with _REMEMBERING:
        if len(memory) >= most:
            del memory[next(iter(memory))]
        memory[key] = value
