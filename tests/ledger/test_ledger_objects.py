"""Our encoding of objects against git's own, in both object formats."""

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_bench import ADA, NOW, WRITER, hermetic, run

from orchestrator.errors import LedgerError
from orchestrator.ledger.objects import EXECUTABLE, FILE, FOLDER, Format, TreeEntry, decode_commit, encode_commit
from orchestrator.ledger.values import Kind, Person

FORMATS = ("sha1", "sha256")
NAMES = st.binary(min_size=1, max_size=12).filter(lambda name: not set(name) & {0, 0x2F} and name not in {b".", b".."})


def repository(folder: Path, form: str) -> dict[str, str]:
    environ = hermetic(folder)
    run(folder, environ, "init", "-q", f"--object-format={form}")
    return environ


@pytest.mark.parametrize("form", FORMATS)
def test_a_packed_history_is_what_git_would_have_made(tmp_path: Path, form: str) -> None:
    environ = repository(tmp_path, form)
    names = Format(form)
    blob = names.new(Kind.BLOB, b"x" * 100_000)
    inner = names.new(Kind.TREE, names.encode_tree({b"b.sh": TreeEntry(EXECUTABLE, blob.id)}))
    tree = {b"a": TreeEntry(FOLDER, inner.id), b"a.b": TreeEntry(FILE, blob.id), b"a0": TreeEntry(FILE, blob.id)}
    top = names.new(Kind.TREE, names.encode_tree(tree))
    body = encode_commit(top.id, (), author=WRITER, committer=ADA, date=NOW, message=b"a subject")
    commit = names.new(Kind.COMMIT, body)
    (tmp_path / "pack").write_bytes(names.pack([blob, inner, top, commit, blob]))
    with (tmp_path / "pack").open("rb") as pack:
        subprocess.run(["git", "unpack-objects", "-q", "--strict"], cwd=tmp_path, env=environ, stdin=pack, check=True)
    assert run(tmp_path, environ, "fsck", "--strict", "--no-dangling") == ""
    assert run(tmp_path, environ, "ls-tree", "-r", "--name-only", commit.id).split() == ["a.b", "a/b.sh", "a0"]
    shown = run(tmp_path, environ, "show", "-s", "--format=%an|%ae|%ad|%cn|%ce|%cd|%s", "--date=raw", commit.id)
    assert shown == f"{WRITER.name}|{WRITER.email}|{NOW} +0000|{ADA.name}|{ADA.email}|{NOW} +0000|a subject"


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=15, deadline=None)
@given(contents=st.dictionaries(NAMES, st.booleans(), max_size=8))
def test_a_tree_has_the_id_that_mktree_gives_it(form: str, contents: dict[bytes, bool]) -> None:
    names = Format(form)
    with tempfile.TemporaryDirectory() as folder:
        environ = repository(Path(folder), form)
        blob, empty = names.new(Kind.BLOB, b""), names.new(Kind.TREE, b"")
        tree = {
            name: TreeEntry(FOLDER, empty.id) if is_folder else TreeEntry(FILE, blob.id)
            for name, is_folder in contents.items()
        }
        lines = [f"{e.mode} {'tree' if e.is_folder else 'blob'} {e.id}\t".encode() + name for name, e in tree.items()]
        told = subprocess.run(
            ["git", "mktree", "-z", "--missing"],
            cwd=folder,
            env=environ,
            input=b"".join(line + b"\0" for line in lines),
            capture_output=True,
            check=True,
        )
    body = names.encode_tree(tree)
    assert names.id_of(Kind.TREE, body) == told.stdout.decode().strip()
    assert names.decode_tree(body) == tree


@given(st.binary(max_size=60))
def test_a_tree_of_garbage_is_an_error_or_a_tree_and_no_crash(body: bytes) -> None:
    try:
        tree = Format("sha1").decode_tree(body)
    except LedgerError:
        return
    assert len(tree) * 22 <= len(body)


@pytest.mark.parametrize("body", [b"100644", b"100644 a", b"100644 a\0" + b"x" * 19])
def test_a_tree_that_is_cut_short_is_an_error(body: bytes) -> None:
    with pytest.raises(LedgerError, match="a tree object is cut short"):
        Format("sha1").decode_tree(body)


@given(st.binary(max_size=200))
def test_a_commit_of_garbage_is_read_without_a_crash(body: bytes) -> None:
    assert decode_commit("0" * 40, body).id == "0" * 40


def test_a_name_cannot_forge_a_header() -> None:
    eve = Person("Eve\nparent 0000 <x>", "eve@example.com>\n\nApproved-By: ada")
    body = encode_commit("1" * 40, ("2" * 40,), author=eve, committer=ADA, date=NOW, message=b"m")
    commit = decode_commit("3" * 40, body)
    assert commit.parents == ("2" * 40,)
    assert commit.message == "m\n"
    assert commit.author == Person("Eveparent 0000 x", "eve@example.comApproved-By: ada")


def test_a_nameless_author_is_named_by_the_address() -> None:
    body = encode_commit("1" * 40, (), author=Person("", "ada@example.com"), committer=ADA, date=NOW, message=b"m")
    assert decode_commit("3" * 40, body).author == Person("ada@example.com", "ada@example.com")


def test_a_message_with_a_nul_is_refused() -> None:
    with pytest.raises(LedgerError, match="NUL"):
        encode_commit("1" * 40, (), author=ADA, committer=ADA, date=NOW, message=b"a\0b")


def test_headers_that_follow_the_committer_are_passed_over() -> None:
    head = f"tree {'1' * 40}\nauthor A <a@b> 5 +0200\ncommitter C <c@d> 7 -0100\ngpgsig -----\n more\n"
    commit = decode_commit("3" * 40, f"{head}\nthe subject\n".encode())
    assert (commit.author_name, commit.committer_email, commit.date, commit.message) == ("A", "c@d", 7, "the subject\n")
