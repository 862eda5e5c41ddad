"""The lock of a job: what may stand in its place, and what is taken away after one who died holding it."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from ledger_bench import Bench

from orchestrator.errors import Busy, LedgerError
from orchestrator.ledger import loose
from orchestrator.ledger.refs import refusal


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("", "here stands a file, and the folder of the locks belongs here"),
        ("/locks", "here stands a file, and the folder of the locks belongs here"),
        ("/locks/mug", "here stands a folder, and a job's lock belongs here"),
    ],
)
def test_what_stands_in_the_place_of_a_lock_is_told_and_not_a_bug(tmp_path: Path, wrong: str, message: str) -> None:
    bench = Bench.make(tmp_path)
    cache = bench.folder / ".git" / "orchestrator"
    place = Path(f"{cache}{wrong}")
    if wrong == "/locks/mug":
        place.mkdir(parents=True)
    else:
        place.parent.mkdir(exist_ok=True)
        place.write_text("in the way")
    with pytest.raises(LedgerError) as caught, bench.ledger.lock("mug"):
        pass
    assert str(caught.value) == f"{place}: {message}\nhint: delete it: all in {cache} is a cache"
    place.rmdir() if place.is_dir() else place.unlink()
    with bench.ledger.lock("mug"):
        pass


def test_who_only_looks_says_who_holds_a_lock_and_leaves_no_trace(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    lock = bench.folder / ".git" / "orchestrator" / "locks" / "mug"
    assert not bench.ledger.is_held("mug")
    assert not lock.parent.exists()
    planted(bench, dead_process())
    left = lock.read_text()
    assert not bench.ledger.is_held("mug")
    assert lock.read_text() == left
    with bench.ledger.lock("mug"):
        assert bench.ledger.is_held("mug")
        with pytest.raises(Busy, match=f"^mug is being advanced by process {os.getpid()}, since 2023"):
            bench.ledger.lock("mug").__enter__()
    assert not bench.ledger.is_held("mug")


def test_who_only_looks_makes_nobody_else_busy(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    is_over = Event()

    def look() -> None:
        while not is_over.is_set():
            bench.ledger.is_held("mug")

    onlookers = [Thread(target=look) for _ in range(2)]
    for each in onlookers:
        each.start()
    try:
        for _ in range(300):
            with bench.ledger.lock("mug"):
                pass
    finally:
        is_over.set()
        for each in onlookers:
            each.join()


def dead_process() -> int:
    """Return the id of a process that is no more."""
    running = subprocess.Popen([sys.executable, "-c", ""])
    running.wait()
    return running.pid


def planted(bench: Bench, process: int) -> Path:
    """Lay down an object as a process of that id began it, and a lock as it left it when it died."""
    file = bench.folder / ".git" / "objects" / "ab" / f"tmp_obj_{process}_3"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"half an object")
    lock = bench.folder / ".git" / "orchestrator" / "locks" / "mug"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(f"{process} 1700000000\n")
    return file


def test_the_unfinished_objects_of_a_dead_holder_are_taken_away_and_no_others(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    process = dead_process()
    file = planted(bench, process)
    others = [file.with_name(name) for name in (f"tmp_obj_{process}7_3", f"tmp_obj_{process}", "tmp_obj_a1b2c3")]
    for other in others:
        other.write_bytes(b"another's")
    with bench.ledger.lock("cup"):
        assert file.exists()
    with bench.ledger.lock("mug"):
        assert not file.exists()
    assert all(other.exists() for other in others)


def test_the_unfinished_objects_of_a_process_that_lives_stay(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    file = planted(bench, os.getppid())
    with bench.ledger.lock("mug"):
        pass
    assert file.exists()


def test_those_of_a_dead_process_that_had_our_id_are_taken_away_and_bar_no_entry(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    file = planted(bench, os.getpid())
    bench.entry(listing_md="a listing")
    with bench.ledger.lock("mug"):
        assert not file.exists()


@pytest.mark.parametrize("left", ["x", "-1 1", "99999999999999999999999 1", " \n", "²"])
def test_a_lock_that_holds_no_process_id_is_taken_all_the_same(tmp_path: Path, left: str) -> None:
    bench = Bench.make(tmp_path)
    lock = bench.folder / ".git" / "orchestrator" / "locks" / "mug"
    lock.parent.mkdir(parents=True)
    lock.write_text(left)
    with bench.ledger.lock("mug"):
        assert lock.read_text().startswith(f"{os.getpid()} ")


def test_what_this_process_is_writing_stays(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    planted(bench, os.getpid())
    folder = bench.folder / ".git" / "objects" / "ab"
    descriptor, unfinished = loose._begun(str(folder))
    with bench.ledger.lock("mug"):
        assert [str(file) for file in folder.glob("tmp_obj_*")] == [unfinished]
    loose._drop(descriptor, unfinished)
    assert not list(folder.glob("tmp_obj_*"))


_IN_A_CONTAINER = """
import os
from pathlib import Path
from orchestrator.ledger import Ledger, Person
ada = Person("Ada", "ada@example.com")
for number in range(256):
    folder = Path(".git/objects", f"{number:02x}")
    folder.mkdir(exist_ok=True)
    (folder / f"tmp_obj_{os.getpid()}_0").touch()
ledger = Ledger.open(Path.cwd(), environ=dict(os.environ), clock=lambda: 1700000000)
commit = ledger.commit_on(ledger.base().commit, {"a": b"a"}, message="m", author=ada)
ledger.append("mug", commit, old=None)
"""


def test_what_one_of_the_same_id_left_bars_nobody(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    argv = [sys.executable, "-c", _IN_A_CONTAINER]
    ran = subprocess.run(argv, cwd=bench.folder, env=bench.environ, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert bench.git("show", "job/mug:a") == "a"


_HINT = "nothing was changed: see that there is room on the disk and that you may write there, and run it again"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "fatal: prepare: cannot update ref 'refs/heads/job/x': couldn't write '/r/.git/refs/heads/job/x.lock'",
            "git cannot write /r/.git/refs/heads/job/x.lock: the disk may be full",
        ),
        (
            "fatal: prepare: cannot lock ref 'refs/heads/y': "
            "Unable to create '/r/.git/refs/heads/y.lock': Read-only file system",
            "git cannot write /r/.git/refs/heads/y.lock: Read-only file system",
        ),
    ],
)
def test_git_s_words_for_a_full_or_closed_disk_become_what_to_do(words: str, message: str) -> None:
    assert str(refusal(words)) == f"{message}\nhint: {_HINT}"


def test_a_ref_that_git_cannot_write_is_told_with_what_to_do(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (bench.folder / ".git" / "refs" / "orchestrator").symlink_to(tmp_path / "no" / "such")
    with pytest.raises(LedgerError) as caught:
        bench.new_job()
    assert str(caught.value) == (
        f"git cannot write .git/refs/orchestrator/tips/mug: the disk may be full\nhint: {_HINT}"
    )
    assert not (bench.folder / ".git" / "refs" / "heads" / "job" / "mug").exists()
