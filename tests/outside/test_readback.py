"""Reading back what somebody else wrote: plain files come in, nothing else is opened, and nothing leads out."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.outside import readback
from orchestrator.outside.readback import MOST_BYTES, Gathered, gather


def read(folder: Path, listed: Callable[[str], None] = lambda _: None) -> Gathered:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return gather({"": opened}, listed)
    finally:
        os.close(opened)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("key")
    (tmp_path / "job").mkdir()
    return tmp_path / "job"


NAMES = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.tuples(NAMES, NAMES), st.binary(max_size=20), max_size=4))
def test_every_plain_file_comes_back_as_it_was_written(job: Path, files: dict[tuple[str, str], bytes]) -> None:
    shutil.rmtree(job)
    job.mkdir()
    for (folder, name), content in files.items():
        (job / folder).mkdir(exist_ok=True)
        (job / folder / name).write_bytes(content)
    found = read(job)
    assert (found.files, found.odd) == ({f"{folder}/{name}": each for (folder, name), each in files.items()}, {})


def test_a_file_that_a_link_replaced_after_the_listing_is_seen_as_a_link(job: Path) -> None:
    (job / "listing.md").write_text("text")

    def swap(_: str) -> None:
        (job / "listing.md").unlink()
        (job / "listing.md").symlink_to("../secret/key")

    found = read(job, swap)
    assert (found.files, found.odd) == ({}, {"listing.md": "a symbolic link"})


def test_a_folder_that_a_link_replaced_after_the_listing_is_not_entered(job: Path) -> None:
    (job / "sources").mkdir()
    (job / "sources" / "key").write_text("text")

    def swap(_: str) -> None:
        (job / "sources").rename(job / "elsewhere")
        (job / "sources").symlink_to("../secret")

    found = read(job, swap)
    assert (found.files, found.odd) == ({}, {"sources": "a symbolic link"})


def test_a_folder_that_was_moved_away_while_it_is_read_is_read_where_it_is(job: Path) -> None:
    (job / "sources").mkdir()
    (job / "sources" / "key").write_text("text")

    def swap(path: str) -> None:
        if path == "sources/":
            (job / "sources").rename(job / "elsewhere")
            (job / "sources").symlink_to("../secret")

    assert read(job, swap).files == {"sources/key": b"text"}


def test_a_file_that_a_fifo_replaced_does_not_hang(job: Path) -> None:
    (job / "a").write_text("text")

    def swap(_: str) -> None:
        (job / "a").unlink()
        os.mkfifo(job / "a")

    assert read(job, swap).odd == {"a": "a FIFO"}


def test_a_file_that_is_gone_is_said(job: Path) -> None:
    (job / "a").write_text("text")
    assert read(job, lambda _: (job / "a").unlink()).odd == {"a": "cannot be read: No such file or directory"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a device")
def test_a_device_is_named(job: Path) -> None:
    os.mknod(job / "null", 0o20666, os.makedev(1, 3))
    assert read(job).odd == {"null": "a device"}


@pytest.mark.parametrize(("size", "odd"), [(MOST_BYTES, {}), (MOST_BYTES + 1, {"a": "is larger than 5 MB"})])
def test_the_limit_of_a_file_is_the_last_that_is_read(size: int, odd: dict[str, str], job: Path) -> None:
    with open(job / "a", "wb") as file:
        file.truncate(size)
    found = read(job)
    assert found.odd == odd
    assert [len(each) for each in found.files.values()] == ([] if odd else [size])


def test_what_goes_beyond_the_size_of_all_is_not_read(job: Path) -> None:
    for number in range(11):
        with open(job / f"{number:02}", "wb") as file:
            file.truncate(MOST_BYTES)
    found = read(job)
    assert (len(found.files), found.odd) == (10, {"10": "all files have more than 50 MB"})


def test_the_count_of_files_is_bounded(job: Path) -> None:
    for number in range(6):
        (job / "a" / f"{number}").mkdir(parents=True)
        (job / "a" / f"{number}" / "b").write_text("")
    opened = os.open(job, os.O_RDONLY | os.O_DIRECTORY)
    found = gather({"": opened}, most=6)
    os.close(opened)
    assert found.files == {"a/0/b": b"", "a/1/b": b""}
    assert found.odd == {
        "a": "holds too many files and folders; the rest was not read",
        "a/2": "holds too many files and folders; the rest was not read",
    }


def test_a_nest_without_end_is_left_at_a_depth(job: Path) -> None:
    deep = job / "/".join(["n"] * 80)
    deep.mkdir(parents=True)
    (deep / "a").write_text("text")
    found = read(job)
    assert (found.files, list(found.odd.values())) == ({}, ["lies more than 64 folders deep"])


def test_the_limits_are_those_that_are_promised() -> None:
    assert (readback.MOST_BYTES, readback.MOST_IN_ALL, readback.MOST_FILES) == (5_000_000, 50_000_000, 10_000)
