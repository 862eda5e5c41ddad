"""A crash after each step of a swap is mended to the old delivery or the new one, and sending again ends whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from publisher_contract import delivery

from orchestrator.publishers import folder as store
from orchestrator.publishers.directory import Directory
from orchestrator.publishers.site import Site

OLD = delivery("key-old", listing=b"# Old\n", changelog=b"## Old\n")
NEW = delivery("key-new", listing=b"# New\n", changelog=b"## New\n", more=b"more")


def tree(path: Path) -> dict[str, bytes]:
    return {str(item.relative_to(path)): item.read_bytes() for item in sorted(path.rglob("*")) if item.is_file()}


def open_at(path: Path) -> Directory:
    site = Site(changelog="CHANGES.md")
    return Directory(path=path, said="published", site=site, changelog="CHANGES.md")


def steps_of_a_swap(path: Path, job: dict[str, bytes], own: dict[str, bytes]) -> list[Callable[[], object]]:
    """The steps of `send`, one by one, for a job whose folder is there already."""
    place, new, old = path / "mug", path / ".new-mug", path / ".old-mug"
    half = dict(list(job.items())[:1])
    return [
        lambda: store.build(path, "mug", half),
        lambda: store.build(path, "mug", job),
        lambda: store.stage(path, "CHANGES.md", own["CHANGES.md"]),
        lambda: store.stage(path, "index.html", own["index.html"]),
        lambda: place.rename(old),
        lambda: new.rename(place),
        lambda: store.show(path, "CHANGES.md"),
        lambda: store.show(path, "index.html"),
        lambda: (old / "index.html").unlink(),
        lambda: store.remove(old),
    ]


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    """What stands in the folder once the new delivery came after the old one."""
    shop = open_at(tmp_path / "whole")
    shop.send(OLD)
    shop.send(NEW)
    return tree(shop.path)


@pytest.mark.parametrize("steps", range(11))
def test_a_crash_after_any_step_is_mended(tmp_path: Path, whole: dict[str, bytes], steps: int) -> None:
    shop = open_at(tmp_path / "published")
    shop.send(OLD)
    job = {path.removeprefix("mug/"): content for path, content in whole.items() if path.startswith("mug/")}
    for step in steps_of_a_swap(shop.path, job, whole)[:steps]:
        step()
    is_new = steps >= 5
    assert [shop.look_up("key-old", "mug"), shop.look_up("key-new", "mug")] == [not is_new, is_new]
    assert not [name for name in tree(shop.path) if name.startswith((".new", ".old"))]
    if is_new:
        assert tree(shop.path) == whole
    shop.send(NEW)
    assert tree(shop.path) == whole


def test_a_new_folder_that_is_not_whole_gives_way_to_the_old_one(tmp_path: Path) -> None:
    shop = open_at(tmp_path / "published")
    shop.send(OLD)
    before = tree(shop.path)
    store.build(shop.path, "mug", {"listing.md": b"half"})
    (shop.path / "mug").rename(shop.path / ".old-mug")
    assert shop.look_up("key-old", "mug")
    assert tree(shop.path) == before


def test_a_crash_before_the_first_delivery_was_in_place_leaves_nothing(tmp_path: Path) -> None:
    shop = open_at(tmp_path / "published")
    shop.path.mkdir()
    store.claim(shop.path, "published")
    store.build(shop.path, "mug", {"listing.md": b"half"})
    assert not shop.look_up("key-old", "mug")
    assert tree(shop.path) == {store.MARKER: store.MARKER_TEXT}


def test_another_job_s_leftovers_are_mended_too(tmp_path: Path) -> None:
    shop = open_at(tmp_path / "published")
    shop.send(OLD)
    (shop.path / "mug").rename(shop.path / ".old-mug")
    shop.send(delivery("key", "bowl"))
    assert shop.look_up("key-old", "mug")
    assert b'href="mug/index.html"' in (shop.path / "index.html").read_bytes()


def test_a_swap_that_fails_puts_the_old_folder_back(tmp_path: Path) -> None:
    shop = open_at(tmp_path / "published")
    shop.send(OLD)
    before = tree(shop.path)
    with pytest.raises(FileNotFoundError):
        store.swap(shop.path, "mug")
    assert tree(shop.path) == before


def test_what_is_no_leftover_of_ours_is_left_alone(tmp_path: Path) -> None:
    shop = open_at(tmp_path / "published")
    shop.send(OLD)
    (shop.path / ".old-Not A Job").mkdir()
    (shop.path / "CNAME").write_text("example.com")
    shop.send(NEW)
    assert (shop.path / ".old-Not A Job").is_dir()
    assert (shop.path / "CNAME").read_text() == "example.com"
