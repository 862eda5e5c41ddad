"""How the ledger writes: a few objects as files of its own, refs by a process that lives on; and what goes wrong."""

import os
import stat
import subprocess
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

import pytest
from ledger_bench import Bench

from orchestrator.errors import LedgerError, LostRace
from orchestrator.ledger import RefUpdate
from orchestrator.ledger.children import Child, ObjectReader, RefMover
from orchestrator.ledger.loose import MOST
from orchestrator.ledger.objects import Format
from orchestrator.ledger.refs import FileRefs


def loose(bench: Bench) -> dict[str, int]:
    """Return the files of the object store that are no pack: path → permissions."""
    top = bench.folder / ".git" / "objects"
    found = (path for path in top.rglob("*") if path.is_file() and path.parent.name not in {"pack", "info"})
    return {path.relative_to(top).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in found}


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_what_is_written_is_what_git_would_write(tmp_path: Path, form: str) -> None:
    bench = Bench.make(tmp_path, object_format=form)
    before = loose(bench)
    bench.new_job()
    bench.git("fsck", "--strict")
    new = {path: mode for path, mode in loose(bench).items() if path not in before}
    assert set(new.values()) == set(before.values())
    assert not [path for path in new if "tmp_obj" in path]
    assert len(new) == 6


def test_the_same_content_is_written_once_and_made_young_again(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.entry(listing_md="a listing")
    oid = bench.git("rev-parse", "job/mug:jobs/mug/listing.md")
    file = bench.folder / ".git" / "objects" / oid[:2] / oid[2:]
    os.utime(file, (1, 1))
    before = file.stat().st_ino
    bench.new_job("jug")
    bench.entry("jug", listing_md="a listing")
    assert file.stat().st_ino == before
    assert file.stat().st_mtime > 1


def test_many_files_at_once_are_written_too(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    files: dict[str, bytes | str | None] = {f"jobs/mug/{number}.md": b"%d" % number for number in range(MOST + 1)}
    new = bench.ledger.commit_on(bench.ledger.base().commit, files, message="m", author=bench.ledger.person())
    bench.ledger.append("mug", new, old=None)
    bench.git("fsck", "--strict")
    assert bench.git("show", "job/mug:jobs/mug/64.md") == "64"


def test_a_large_file_is_written_too(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.entry(listing_md="x" * 1_500_000)
    bench.git("fsck", "--strict")
    assert bench.git("cat-file", "-s", "job/mug:jobs/mug/listing.md") == "1500000"


def test_in_a_shared_repository_others_may_write_what_we_wrote(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("config", "core.sharedRepository", "group")
    before = loose(bench)
    bench.ledger = bench.open()
    bench.new_job()
    folders = {path.split("/")[0] for path in loose(bench) if path not in before}
    made = [bench.folder / ".git" / "objects" / folder for folder in folders]
    assert all(folder.stat().st_mode & stat.S_IWGRP for folder in made if len(list(folder.iterdir())) == 1)


def test_an_object_that_cannot_be_written_is_told_and_nothing_moves(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    objects = bench.folder / ".git" / "objects"
    for number in range(256):
        if not (objects / f"{number:02x}").exists():
            (objects / f"{number:02x}").write_text("in the way")
    with pytest.raises(LedgerError) as caught:
        bench.entry(listing_md="a listing")
    assert caught.value.message.startswith("an object could not be written: ")
    assert (caught.value.hint or "").startswith("see that there is room in ")
    assert bench.ledger.tip("mug") == tip
    assert not list(objects.rglob("tmp_obj*"))


def moving(bench: Bench) -> list["subprocess.Popen[bytes]"]:
    """Return the processes that move refs."""
    movers = bench.ledger._transactions._movers._all
    return [process for mover in movers if (process := mover._child._process) is not None]


def test_one_process_moves_refs_and_others_are_begun_only_while_all_are_at_work(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    bench.entry(listing_md="a listing")
    assert len(moving(bench)) == 1
    names = [f"refs/heads/b{number}" for number in range(24)]
    threads = [
        threading.Thread(target=bench.ledger._transactions.move, args=([RefUpdate(name, tip, None)],)) for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {bench.ledger.ref(name) for name in names} == {tip}
    assert 1 <= len(moving(bench)) <= 4
    bench.ledger.close()
    assert moving(bench) == []


def test_refs_move_on_when_the_process_that_moves_them_was_killed(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    (process,) = moving(bench)
    process.kill()
    process.wait()
    tip = bench.entry(listing_md="a listing")
    assert bench.git("rev-parse", "job/mug", "refs/orchestrator/tips/mug") == f"{tip}\n{tip}"


def test_a_closed_ledger_leaves_no_process_and_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.git("gc", "-q")
    assert bench.ledger.blob(bench.git("rev-parse", "main:README.md")) == b"a shop\n"
    reading = bench.ledger._reader._child._process
    assert reading is not None
    processes = [reading, *moving(bench)]
    bench.ledger.close()
    assert [process.returncode is None for process in processes] == [False, False]
    assert threading.active_count() == before


def test_packed_refs_are_read_again_when_they_change(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    first = bench.new_job()
    bench.git("pack-refs", "--all")
    assert bench.ledger.tip("mug") == first
    second = bench.new_job("jug")
    bench.git("pack-refs", "--all")
    assert bench.ledger.jobs() == ("jug", "mug")
    assert bench.ledger.tip("jug") == second
    bench.git("update-ref", "-d", "refs/heads/job/jug")
    assert bench.ledger.tip("jug") is None
    assert bench.ledger.recorded_tip("jug") == second


class PackedMeanwhile(FileRefs):
    """Refs that another process packs just before they are looked for as files."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.folder / ".git", Format("sha1"))
        self._bench = bench

    def _loose_below(self, prefix: str) -> Iterable[str]:
        self._bench.git("pack-refs", "--all")
        return super()._loose_below(prefix)


def test_a_ref_that_is_packed_meanwhile_is_found(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    assert PackedMeanwhile(bench).below("refs/heads/job/") == ("refs/heads/job/mug",)


class Interrupted(Child):
    """A process whose user presses Ctrl-C while its answer is on its way."""

    is_armed = False

    def line(self) -> bytes:
        if self.is_armed:
            self.is_armed = False
            raise KeyboardInterrupt
        return super().line()


def test_an_answer_that_was_not_waited_for_is_no_answer_to_the_next_request(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    repository = bench.ledger._repository
    reader = ObjectReader(repository.git)
    reader._child = child = Interrupted(repository.git, "cat-file", "--batch-command")
    files = bench.ledger.files(tip)
    for place, path in enumerate(files):
        child.is_armed = place == 0
        with pytest.raises(KeyboardInterrupt) if child.is_armed else nullcontext():
            assert reader.read(files[path], limit=1_000) == ("blob", bench.ledger.blob(files[path]))
    reader.close()


def test_a_refusal_that_was_not_waited_for_does_not_become_a_success(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    repository = bench.ledger._repository
    mover = RefMover(repository.git, repository.format, repository.refs)
    args = ("update-ref", "--no-deref", "--stdin", "-z")
    mover._child = child = Interrupted(repository.git, *args, is_heard=True)
    child.is_armed = True
    with pytest.raises(KeyboardInterrupt):
        mover.move([RefUpdate("refs/heads/a", tip, None)])
    with pytest.raises(LostRace):
        mover.move([RefUpdate("refs/heads/main", tip, None)])
    mover.close()


class Dying(Child):
    """A process that dies before it can say that it has done what it has done."""

    def line(self) -> bytes:
        said = super().line()
        if said != b"commit: ok\n":
            return said
        self.stop()
        return b""


def test_a_move_whose_end_was_not_told_is_looked_up(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    repository = bench.ledger._repository
    mover = RefMover(repository.git, repository.format, repository.refs)
    mover._child = Dying(repository.git, "update-ref", "--no-deref", "--stdin", "-z", is_heard=True)
    mover.move([RefUpdate("refs/heads/a", tip, None)])
    assert bench.git("rev-parse", "a") == tip


def test_a_blob_that_was_never_written_cannot_be_named(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    base, person = bench.ledger.base().commit, bench.ledger.person()
    unwritten = bench.ledger.commit_on(base, {"a.md": b"unwritten"}, message="m", author=person)
    with pytest.raises(LedgerError, match="is not in this repository"):
        bench.ledger.commit_on(base, {"b.md": unwritten.blobs["a.md"]}, message="m", author=person)
