"""Objects in files of their own: read as git reads them; where one is broken, it is said."""

import zlib
from pathlib import Path

import pytest
from ledger_bench import Bench

from orchestrator.errors import LedgerError
from orchestrator.ledger.loose import LARGEST, LooseReader


def file_of(bench: Bench, oid: str) -> Path:
    return bench.folder / ".git/objects" / oid[:2] / oid[2:]


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_every_kind_of_object_is_read_as_git_reads_it(tmp_path: Path, form: str) -> None:
    bench = Bench.make(tmp_path, object_format=form)
    bench.git("tag", "-a", "-m", "a tag", "v1")
    reader = LooseReader(bench.folder / ".git")
    for name in ("main", "main^{tree}", "main:README.md", "v1"):
        oid = bench.git("rev-parse", name)
        kind, size = bench.git("cat-file", "-t", oid), int(bench.git("cat-file", "-s", oid))
        found = reader.read(oid)
        assert found is not None
        assert (found[0], len(found[1]), reader.look(oid)) == (kind, size, (kind, size))
    assert reader.read(bench.git("rev-parse", "main:README.md")) == ("blob", b"a shop\n")


def test_what_is_packed_or_nowhere_is_for_git(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("gc", "-q")
    reader = LooseReader(bench.folder / ".git")
    for oid in (bench.git("rev-parse", "main"), "0" * 40):
        assert (reader.read(oid), reader.look(oid)) == (None, None)
    assert bench.ledger.blob(bench.git("rev-parse", "main:README.md")) == b"a shop\n"
    with pytest.raises(LedgerError, match="is not in this repository"):
        bench.ledger.blob("0" * 40)


BROKEN = {
    "nothing": b"",
    "no zlib": b"blob 7\0a shop\n",
    "cut short": zlib.compress(b"blob 7\0a shop\n")[:-6],
    "longer than it says": zlib.compress(b"blob 3\0a shop\n"),
    "shorter than it says": zlib.compress(b"blob 9\0a shop\n"),
    "of no kind": zlib.compress(b"blub 7\0a shop\n"),
    "with an endless header": zlib.compress(b"blob " + b"7" * 1_000),
    "a bomb": zlib.compress(b"blob 7\0" + b"0" * 50_000_000),
    "with a size as no git writes it": zlib.compress(b"blob 07\0a shop\n"),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_told(tmp_path: Path, content: bytes) -> None:
    bench = Bench.make(tmp_path)
    oid = bench.git("rev-parse", "main:README.md")
    file_of(bench, oid).chmod(0o644)
    file_of(bench, oid).write_bytes(content)
    with pytest.raises(LedgerError, match=f"object {oid} is broken: its file is not what git wrote"):
        bench.ledger.blob(oid)


def test_a_large_one_is_for_git_which_needs_no_memory_for_its_size(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.write("large", "0" * (LARGEST + 1))
    bench.save("a large file")
    oid = bench.git("rev-parse", "main:large")
    reader = LooseReader(bench.folder / ".git")
    assert (reader.read(oid), reader.look(oid)) == (None, ("blob", LARGEST + 1))
    assert len(bench.ledger.blob(oid)) == LARGEST + 1


def test_what_is_broken_in_its_file_and_whole_in_a_pack_is_read_from_there(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    oid = bench.git("rev-parse", "main:README.md")
    bench.git("pack-objects", "-q", ".git/objects/pack/pack", stdin=f"{oid}\n")
    file_of(bench, oid).chmod(0o644)
    file_of(bench, oid).write_bytes(b"")
    assert (bench.ledger.blob(oid), bench.ledger.size(oid)) == (b"a shop\n", 7)
