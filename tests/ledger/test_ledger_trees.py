"""Trees that are deep or without end: walked within limits, and refused in words."""

from pathlib import Path

import pytest
from ledger_bench import Bench

from orchestrator.errors import LedgerError
from orchestrator.ledger.objects import FILE, FOLDER, TreeEntry
from orchestrator.ledger.tree_changes import change_tree
from orchestrator.ledger.trees import MOST_FOLDERS, Objects, differences
from orchestrator.ledger.values import Kind

DEEP = "d/d/d: more than 200 folders stand within one another\n"
ENDLESS = ": more than 10,000 files and folders stand in one tree\n"
HINT = "hint: take the folder away where it was committed: git rm -r FOLDER, then commit"


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """Return the objects of a repository of one commit: all else that is read was built before."""
    return Bench.make(tmp_path).ledger._objects


def folder(objects: Objects, **entries: TreeEntry) -> str:
    new = objects.format.new(
        Kind.TREE, objects.format.encode_tree({name.encode(): entry for name, entry in entries.items()})
    )
    objects.remember(new)
    return new.id


def deep(objects: Objects, folders: int) -> str:
    """Return a tree with a file within so many folders."""
    tree = folder(objects, f=TreeEntry(FILE, objects.format.id_of(Kind.BLOB, b"x")))
    for _ in range(folders):
        tree = folder(objects, d=TreeEntry(FOLDER, tree))
    return tree


def endless(objects: Objects, **leaf: TreeEntry) -> str:
    """Return a tree of ten folders of ten folders, and so on, ten times: 11 objects, 10,000,000,000 paths."""
    tree = folder(objects, **leaf)
    for _ in range(10):
        tree = folder(objects, **{name: TreeEntry(FOLDER, tree) for name in "abcdefghij"})
    return tree


def test_a_tree_as_deep_as_can_be_is_walked(objects: Objects) -> None:
    tree, path = deep(objects, MOST_FOLDERS), "d/" * MOST_FOLDERS + "f"
    assert [found for found, _ in objects.walk(tree)] == [path]
    assert [found for found, _, _ in differences(objects, None, tree)] == [path]
    assert [(found, after) for found, _, after in differences(objects, tree, None)] == [(path, None)]


@pytest.mark.parametrize("folders", [MOST_FOLDERS + 1, 5_000])
def test_a_deeper_one_is_refused_in_words(objects: Objects, folders: int) -> None:
    tree = deep(objects, folders)
    for walk in (objects.walk(tree), differences(objects, None, tree), differences(objects, tree, None)):
        with pytest.raises(LedgerError) as caught:
            list(walk)
        assert str(caught.value) == DEEP + HINT


def test_a_tree_without_end_is_refused_whether_it_holds_files_or_none(objects: Objects) -> None:
    few = Objects(objects.reader, objects.format, most_entries=10_000)
    full = endless(few, f=TreeEntry(FILE, few.format.id_of(Kind.BLOB, b"x")))
    for walk in (few.walk(full), differences(few, None, endless(few))):
        with pytest.raises(LedgerError) as caught:
            list(walk)
        assert str(caught.value).endswith(ENDLESS + HINT)


def test_a_change_of_a_path_too_deep_is_refused_in_words(objects: Objects) -> None:
    with pytest.raises(LedgerError) as caught:
        change_tree(objects, None, {"d/" * 5_000 + "f": b"x"})
    assert str(caught.value) == DEEP + HINT


def test_differences_are_told_in_order_folders_among_files(objects: Objects) -> None:
    def entry(content: bytes) -> TreeEntry:
        return TreeEntry(FILE, objects.format.id_of(Kind.BLOB, content))

    old = folder(objects, a=entry(b"1"), b=TreeEntry(FOLDER, folder(objects, x=entry(b"1"))), c=entry(b"1"))
    new = folder(objects, a=TreeEntry(FOLDER, folder(objects, y=entry(b"1"))), b=entry(b"1"), c=entry(b"1"))
    assert list(differences(objects, old, new)) == [
        ("a", entry(b"1"), None),
        ("a/y", None, entry(b"1")),
        ("b", None, entry(b"1")),
        ("b/x", entry(b"1"), None),
    ]


def test_a_job_on_whose_branch_somebody_committed_such_a_tree_says_so(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.git("checkout", "-q", "job/mug")
    bench.write("d/" * 300 + "f", "x")
    commit = bench.save("deep")
    with pytest.raises(LedgerError) as caught:
        bench.ledger.files(commit)
    assert str(caught.value) == DEEP + HINT
