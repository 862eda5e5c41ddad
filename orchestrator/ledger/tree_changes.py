"""Trees built anew, from a parent's by a change of some paths. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.errors import LedgerError, Place
from orchestrator.ledger.objects import FILE, FOLDER, REGULAR, Tree, TreeEntry
from orchestrator.ledger.trees import Objects, missing_object, name_bytes, name_text, refuse_endless
from orchestrator.ledger.values import Kind, NewObject

Change = bytes | str | None
"""New content; the id of content that is in the repository; None to take the file away."""


@dataclass(slots=True)
class Built:
    """What a change of a tree came to: its id, the objects that are new, the id of every file that was set."""

    tree: str
    objects: list[NewObject] = field(default_factory=list)
    blobs: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Folder:
    """A folder being changed: new entries by name, and folders within it that change too."""

    path: str = ""
    leaves: dict[bytes, tuple[str, Change]] = field(default_factory=dict)
    folders: dict[bytes, "_Folder"] = field(default_factory=dict)

    def put(self, parts: Sequence[bytes], path: str, change: Change) -> None:
        if len(parts) == 1:
            self.leaves[parts[0]] = (path, change)
            return
        inner = self.folders.setdefault(parts[0], _Folder(f"{self.path}{name_text(parts[0])}/"))
        inner.put(parts[1:], path, change)


def change_tree(objects: Objects, tree: str | None, changes: Mapping[str, Change]) -> Built:
    """Build `tree` (None: the empty one) with `changes` made. Paths are relative to its top.

    Raises LedgerError on a path that git would not check out, and where a file and a folder want one name.
    """
    top = _Folder()
    for path, change in changes.items():
        top.put(_safe_parts(path), path, change)
    built = Built(tree or "")
    changed = _change(objects, tree, top, built)
    if changed is None:
        empty = objects.format.new(Kind.TREE, b"")
        built.objects.append(empty)
        changed = empty.id
    built.tree = changed
    return built


def _change(objects: Objects, tree: str | None, folder: _Folder, built: Built) -> str | None:
    before: Tree = objects.tree(tree) if tree else {}
    after = dict(before)
    # Folders first: where all in one is taken away, a file may take its place.
    for name, inner in folder.folders.items():
        _set(after, name, _inner(objects, after.get(name), inner, built))
    for name, (path, change) in folder.leaves.items():
        _set(after, name, _leaf(objects, after.get(name), path, change, built))
    if after == before:
        return tree
    return _written(objects, after, built) if after else None


def _set(entries: dict[bytes, TreeEntry], name: bytes, entry: TreeEntry | None) -> None:
    if entry is None:
        entries.pop(name, None)
    else:
        entries[name] = entry


def _leaf(objects: Objects, before: TreeEntry | None, path: str, change: Change, built: Built) -> TreeEntry | None:
    if before is not None and before.is_folder:
        if change is None:
            return before
        hint = "rename the folder, or let the step write another path"
        raise LedgerError("a folder stands where a file is to be written", place=Place(path), hint=hint)
    if change is None:
        return None
    mode = before.mode if before is not None and before.mode in REGULAR else FILE
    built.blobs[path] = oid = _blob(objects, before, change, built)
    return TreeEntry(mode, oid)


def _blob(objects: Objects, before: TreeEntry | None, change: bytes | str, built: Built) -> str:
    if isinstance(change, str):
        if not objects.has(change):
            raise missing_object(change)
        return change
    new = objects.format.new(Kind.BLOB, change)
    if before is None or before.id != new.id:
        built.objects.append(new)
    return new.id


def _inner(objects: Objects, before: TreeEntry | None, inner: _Folder, built: Built) -> TreeEntry | None:
    if before is not None and not before.is_folder:
        hint = "rename the file, or let the step write another path"
        raise LedgerError("a file stands where a folder is needed", place=Place(inner.path.rstrip("/")), hint=hint)
    tree = _change(objects, before.id if before else None, inner, built)
    return TreeEntry(FOLDER, tree) if tree else None


def _written(objects: Objects, tree: Tree, built: Built) -> str:
    new = objects.format.new(Kind.TREE, objects.format.encode_tree(tree))
    built.objects.append(new)
    return new.id


def _safe_parts(path: str) -> list[bytes]:
    refuse_endless(path)
    parts = path.split("/")
    if any(part in {"", ".", ".."} or part.casefold() == ".git" or "\0" in part for part in parts):
        hint = "a path has no empty part, no . or .., and no .git"
        raise LedgerError("git keeps no such path", place=Place(path), hint=hint)
    return [name_bytes(part) for part in parts]
