import json
import os
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from publisher_contract import LISTING, PublisherContract, delivery

from orchestrator.errors import EffectError, UnknownEffect
from orchestrator.publishers.directory import Directory
from orchestrator.publishers.folder import MARKER, MARKER_TEXT
from orchestrator.publishers.interface import Delivery
from orchestrator.publishers.receipt import read_receipt
from orchestrator.publishers.site import Site

Tree = dict[str, bytes | str]


def open_at(path: Path, *, site: bool = True) -> Directory:
    return Directory(path=path, said="published", site=Site() if site else None)


def tree(path: Path) -> Tree:
    """Everything below a folder: path → bytes of a file, or where a link points."""
    found: Tree = {}
    for item in sorted(path.rglob("*")):
        if item.is_symlink():
            found[str(item.relative_to(path))] = f"-> {os.readlink(item)}"
        elif item.is_file():
            found[str(item.relative_to(path))] = item.read_bytes()
    return found


def sent(**files: bytes) -> Delivery:
    return delivery("key-a", "mug", **files)


def by_path(files: dict[str, bytes], job: str = "mug") -> Delivery:
    return Delivery(key="key-a", job=job, title="Mug", step="publish", target="storefront", files=files)


class TestDirectory(PublisherContract):
    @pytest.fixture
    def publisher(self, tmp_path: Path) -> Directory:
        return open_at(tmp_path / "below" / "published")


class TestDirectoryWithoutPages(PublisherContract):
    @pytest.fixture
    def publisher(self, tmp_path: Path) -> Directory:
        return open_at(tmp_path / "published", site=False)


@pytest.fixture
def shop(tmp_path: Path) -> Directory:
    return open_at(tmp_path / "published")


# --- what stands there ------------------------------------------------------------------------------------------------


def test_a_delivery_is_its_files_a_page_a_receipt_and_the_list(shop: Directory) -> None:
    note = shop.send(by_path({"listing.md": LISTING, "pictures/design.png": b"picture"}))
    assert note == "published/mug/index.html"
    assert sorted(tree(shop.path)) == [
        ".orchestrator",
        "index.html",
        "mug/.receipt.json",
        "mug/index.html",
        "mug/listing.md",
        "mug/pictures/design.png",
    ]
    assert tree(shop.path)[MARKER] == MARKER_TEXT
    assert tree(shop.path)["mug/listing.md"] == LISTING


def test_without_pages_there_are_the_files_alone(tmp_path: Path) -> None:
    shop = open_at(tmp_path / "published", site=False)
    assert shop.send(sent()) == "published/mug/"
    assert sorted(tree(shop.path)) == [".orchestrator", "mug/.receipt.json", "mug/listing.md"]


def test_the_same_delivery_twice_leaves_the_same_bytes(shop: Directory) -> None:
    shop.send(sent())
    before = tree(shop.path)
    shop.send(sent())
    assert tree(shop.path) == before


def test_the_order_of_the_files_changes_nothing(tmp_path: Path) -> None:
    files = {"b.md": b"# B\n", "a.md": b"# A\n", "z/c.png": b"c", "d.png": b"d"}
    one, other = open_at(tmp_path / "one"), open_at(tmp_path / "other")
    one.send(by_path(files))
    other.send(by_path(dict(reversed(files.items()))))
    assert tree(one.path) == tree(other.path)


def test_a_new_delivery_takes_the_old_ones_files_away(shop: Directory) -> None:
    shop.send(sent(listing=LISTING, extra=b"old"))
    shop.send(delivery("key-b", listing=b"# New\n"))
    assert sorted(tree(shop.path)) == [
        ".orchestrator",
        "index.html",
        "mug/.receipt.json",
        "mug/index.html",
        "mug/listing.md",
    ]
    assert tree(shop.path)["mug/listing.md"] == b"# New\n"


def test_a_page_of_the_delivery_s_own_is_kept(shop: Directory) -> None:
    shop.send(by_path({"index.html": b"<p>mine</p>", "listing.md": LISTING}))
    assert tree(shop.path)["mug/index.html"] == b"<p>mine</p>"
    assert b'href="mug/index.html"' in (shop.path / "index.html").read_bytes()


def test_a_path_from_the_workspace_s_root_loses_its_slash(shop: Directory) -> None:
    shop.send(by_path({"/src/readme.md": LISTING}))
    assert "mug/src/readme.md" in tree(shop.path)


def test_the_list_is_sorted_by_title_and_tells_of_what_stands_there(shop: Directory) -> None:
    for job, title in (("a", b"zebra"), ("b", b"Apple"), ("c", b"mango")):
        shop.send(delivery("key", job, listing=b"# " + title + b"\n"))
    page = (shop.path / "index.html").read_text()
    assert page.index("Apple") < page.index("mango") < page.index("zebra")


def test_a_job_that_a_person_removed_is_no_longer_listed(shop: Directory) -> None:
    shop.send(delivery("key", "mug"))
    shop.send(delivery("key", "bowl"))
    for item in (shop.path / "mug").iterdir():
        item.unlink()
    (shop.path / "mug").rmdir()
    assert shop.look_up("key", "bowl")
    assert b"mug/index.html" not in (shop.path / "index.html").read_bytes()


def test_many_writers_at_once_all_stand_in_the_list(shop: Directory) -> None:
    jobs = [f"job-{number}" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        notes = list(pool.map(lambda job: open_at(shop.path).send(delivery("key", job)), jobs))
    assert notes == [f"published/{job}/index.html" for job in jobs]
    page = (shop.path / "index.html").read_text()
    assert all(f'href="{job}/index.html"' in page for job in jobs)


def test_the_latest_stands_first_in_the_list_where_pages_have_dates(shop: Directory) -> None:
    for job, date in (("a", b"2026-01-01"), ("b", b"2026-03-01"), ("c", b"2026-02-01")):
        shop.send(delivery("key", job, notes=b"---\ntitle: A\ndate: " + date + b"\n---\n"))
    page = (shop.path / "index.html").read_text()
    assert page.index("b/index.html") < page.index("c/index.html") < page.index("a/index.html")


def test_a_receipt_that_knew_no_dates_is_read_and_found(shop: Directory) -> None:
    shop.send(sent())
    receipt = shop.path / "mug" / ".receipt.json"
    told = json.loads(receipt.read_text())
    told["card"] = {"title": "Stoneware mug", "price": "24.00", "description": "", "picture": None, "alt": ""}
    receipt.write_text(json.dumps(told))
    assert shop.look_up("key-a", "mug")
    shop.send(delivery("key-b", "notes", notes=b"---\ndate: 2026-01-01\n---\n# Notes\n"))
    page = (shop.path / "index.html").read_text()
    assert page.index("Notes") < page.index("Stoneware mug")


# --- the changelog ----------------------------------------------------------------------------------------------------


def release(job: str, version: str, date: str, key: str = "key", change: str = "Add") -> Delivery:
    notes = f"---\ntitle: Notes {version}\nversion: {version}\ndate: {date}\n---\nWords.\n"
    changes = f"## [{version}] - {date}\n\n- {change} {job}\n"
    files = {"notes.md": notes.encode(), "changelog.md": changes.encode()}
    return Delivery(key=key, job=job, title=job, step="publish", target="releases", files=files)


@pytest.fixture
def releases(tmp_path: Path) -> Directory:
    return releases_at(tmp_path / "releases")


def releases_at(path: Path) -> Directory:
    return Directory(path=path, said="releases", site=Site("Releases", changelog="CHANGES.md"), changelog="CHANGES.md")


def changes(releases: Directory) -> str:
    return (releases.path / "CHANGES.md").read_text()


def test_the_changelog_gathers_every_section_the_newest_first(releases: Directory) -> None:
    for what in (
        release("a", "1.9", "2026-01-01"),
        release("c", "1.10", "2026-02-01"),
        release("b", "1.9.1", "2026-02-01"),
    ):
        releases.send(what)
    releases.send(Delivery("key", "d", "d", "publish", "releases", {"notes.md": b"# No section\n"}))
    assert changes(releases) == (
        "# Changelog\n\n## [1.10] - 2026-02-01\n\n- Add c\n\n## [1.9.1] - 2026-02-01\n\n- Add b\n\n"
        "## [1.9] - 2026-01-01\n\n- Add a\n"
    )
    assert b'<a href="CHANGES.md">CHANGES.md</a>' in (releases.path / "index.html").read_bytes()


def test_a_section_that_is_published_again_is_replaced(releases: Directory) -> None:
    releases.send(release("a", "1.0", "2026-01-01"))
    releases.send(release("b", "1.1", "2026-02-01"))
    releases.send(release("a", "1.0", "2026-01-02", "key-2", "Mend"))
    assert changes(releases) == (
        "# Changelog\n\n## [1.1] - 2026-02-01\n\n- Add b\n\n## [1.0] - 2026-01-02\n\n- Mend a\n"
    )


def test_a_changelog_that_was_changed_or_is_gone_is_written_anew(releases: Directory) -> None:
    releases.send(release("a", "1.0", "2026-01-01"))
    whole = tree(releases.path)
    (releases.path / "CHANGES.md").write_text("mine")
    assert releases.look_up("key", "a")
    assert tree(releases.path) == whole
    (releases.path / "CHANGES.md").unlink()
    releases.send(release("a", "1.0", "2026-01-01"))
    assert tree(releases.path) == whole


def test_a_changelog_without_pages_is_ordered_all_the_same(tmp_path: Path) -> None:
    plain = Directory(path=tmp_path / "releases", said="releases", site=None, changelog="CHANGES.md")
    plain.send(release("a", "1.10", "2026-01-01"))
    plain.send(release("b", "1.9", "2026-01-01"))
    assert changes(plain) == ("# Changelog\n\n## [1.10] - 2026-01-01\n\n- Add a\n\n## [1.9] - 2026-01-01\n\n- Add b\n")
    assert sorted(name for name in tree(plain.path) if "/" not in name) == [".orchestrator", "CHANGES.md"]


def test_a_changelog_named_later_gathers_what_stands_there(tmp_path: Path) -> None:
    open_at(tmp_path / "releases").send(release("a", "1.0", "2026-01-01"))
    releases = releases_at(tmp_path / "releases")
    assert releases.look_up("key", "a")
    assert changes(releases) == "# Changelog\n\n## [1.0] - 2026-01-01\n\n- Add a\n"


def test_a_section_that_is_a_link_or_gone_is_left_out(releases: Directory, tmp_path: Path) -> None:
    releases.send(release("a", "1.0", "2026-01-01"))
    releases.send(release("b", "1.1", "2026-01-02"))
    (tmp_path / "secret").write_text("## secret")
    (releases.path / "a" / "changelog.md").unlink()
    (releases.path / "a" / "changelog.md").symlink_to(tmp_path / "secret")
    assert releases.look_up("key", "b")
    assert changes(releases) == "# Changelog\n\n## [1.1] - 2026-01-02\n\n- Add b\n"


def test_a_section_is_read_when_it_is_delivered_and_never_again(releases: Directory) -> None:
    releases.send(release("a", "1.0", "2026-01-01"))
    (releases.path / "a" / "changelog.md").write_text("[x]: <\n" * 20_000)
    releases.send(release("b", "1.1", "2026-01-02"))
    assert changes(releases) == (
        "# Changelog\n\n## [1.1] - 2026-01-02\n\n- Add b\n\n## [1.0] - 2026-01-01\n\n- Add a\n"
    )


def test_the_receipt_of_a_job_without_a_section_says_nothing_of_one(releases: Directory) -> None:
    releases.send(Delivery("key", "d", "d", "publish", "releases", {"notes.md": b"# No section\n"}))
    releases.send(release("a", "1.0", "2026-01-01"))
    receipts = [json.loads((releases.path / job / ".receipt.json").read_bytes()) for job in ("d", "a")]
    assert [receipt.get("section") for receipt in receipts] == [
        None,
        {"text": "## [1.0] - 2026-01-01\n\n- Add a", "defines": []},
    ]


def test_a_section_too_long_for_a_changelog_is_refused(releases: Directory) -> None:
    long = Delivery("key", "a", "a", "publish", "releases", {"notes.md": b"# A\n", "changelog.md": b"x" * 200_001})
    assert refused(releases, long) == (
        "changelog.md: 200001 bytes are too many for a section of at most 200000 in CHANGES.md\n"
        "hint: shorten it, or leave out `changelog` for this publisher in orchestrator.yaml"
    )


def test_many_releases_at_once_all_stand_in_the_changelog(releases: Directory) -> None:
    wanted = [release(f"r{number}", f"1.{number}", "2026-01-01") for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda what: releases_at(releases.path).send(what), wanted))
    headings = [line for line in changes(releases).split("\n") if line.startswith("## ")]
    assert headings == [f"## [1.{number}] - 2026-01-01" for number in reversed(range(12))]


# --- looking up -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["mug/listing.md", "mug/index.html", "mug/.receipt.json"])
def test_a_file_that_was_changed_or_removed_is_a_delivery_not_found(shop: Directory, path: str) -> None:
    shop.send(sent())
    whole = tree(shop.path)
    (shop.path / path).write_bytes(b"changed")
    assert not shop.look_up("key-a", "mug")
    shop.send(sent())
    assert tree(shop.path) == whole
    (shop.path / path).unlink()
    assert not shop.look_up("key-a", "mug")


def test_a_list_that_was_changed_is_written_anew(shop: Directory) -> None:
    shop.send(sent())
    whole = tree(shop.path)
    (shop.path / "index.html").unlink()
    assert shop.look_up("key-a", "mug")
    assert tree(shop.path) == whole
    (shop.path / "index.html").write_bytes(b"defaced")
    shop.send(sent())
    assert tree(shop.path) == whole


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"key": "key-a"}', b"\xff", b"{}" * 600_000])
def test_a_receipt_that_cannot_be_understood_is_none(shop: Directory, raw: bytes) -> None:
    shop.send(sent())
    (shop.path / "mug" / ".receipt.json").write_bytes(raw)
    assert read_receipt(shop.path / "mug") is None
    assert not shop.look_up("key-a", "mug")


def test_a_receipt_that_points_out_of_its_folder_is_not_believed(shop: Directory) -> None:
    shop.send(sent())
    receipt = shop.path / "mug" / ".receipt.json"
    receipt.write_bytes(receipt.read_bytes().replace(b'"listing.md"', b'"../mug/listing.md"'))
    assert not shop.look_up("key-a", "mug")


def test_no_job_is_found_under_a_name_that_is_none(shop: Directory) -> None:
    shop.send(sent())
    assert not shop.look_up("key-a", "../published/mug")


# --- refusals ---------------------------------------------------------------------------------------------------------


def refused(shop: Directory, what: Delivery) -> str:
    before = tree(shop.path)
    with pytest.raises(EffectError) as problem:
        shop.send(what)
    assert tree(shop.path) == before
    return str(problem.value)


def test_a_folder_of_somebody_else_s_is_refused(shop: Directory) -> None:
    shop.path.mkdir()
    (shop.path / "thesis.txt").write_text("mine")
    assert refused(shop, sent()) == (
        "published: the folder holds files that the orchestrator did not put there ('thesis.txt')\n"
        "hint: name another `path`, or hand the folder over by making an empty file published/.orchestrator"
    )
    (shop.path / MARKER).touch()
    assert shop.send(sent()) == "published/mug/index.html"


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_somebody_else_s_thing_in_the_job_s_place_is_refused(shop: Directory, tmp_path: Path, kind: str) -> None:
    shop.send(delivery("key", "bowl"))
    place, elsewhere = shop.path / "mug", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if kind == "link":
        place.symlink_to(elsewhere)
    elif kind == "file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "notes.txt").write_text("mine")
    assert refused(shop, sent()) == (
        "published/mug: something that the orchestrator did not put there stands in the job's place\n"
        "hint: move it away, then run the job again"
    )
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../escape.md", "must be a plain relative path, with no empty part, '.' or '..'"),
        ("//etc/passwd", "must be a plain relative path, with no empty part, '.' or '..'"),
        ("a/../b.md", "must be a plain relative path, with no empty part, '.' or '..'"),
        ("a\x00b.md", "must have no control character, backslash or colon"),
        ("nul.md", "has a part that some systems take for a device"),
        (".receipt.json", "is the receipt's, or another file's up to case, or lies below a file"),
        (".RECEIPT.json", "is the receipt's, or another file's up to case, or lies below a file"),
        ("LISTING.md", "is the receipt's, or another file's up to case, or lies below a file"),
        ("listing.md/below.md", "is the receipt's, or another file's up to case, or lies below a file"),
        ("/listing.md", "is the receipt's, or another file's up to case, or lies below a file"),
        ("INDEX.html", "differs from index.html in case alone"),
    ],
)
def test_a_file_that_cannot_stand_in_the_folder_is_refused(shop: Directory, path: str, why: str) -> None:
    said = refused(shop, by_path({path: b"x", "listing.md": LISTING}))
    message = said.partition(": the file cannot be published: ")[2]
    assert message == f"its name {why}\nhint: rename it"


def test_a_job_that_is_none_and_an_empty_delivery_are_refused(shop: Directory) -> None:
    assert "is no job id" in refused(shop, by_path({"a.md": b"a"}, job="../mug"))
    assert refused(shop, by_path({})) == (
        "published/mug: there is nothing to publish\n"
        "hint: name at least one file of the job under `files` of the publish step"
    )


def test_markdown_that_is_too_long_for_a_page_is_refused(shop: Directory) -> None:
    assert refused(shop, sent(listing=b"word " * 30_000)) == (
        "listing.md: 150000 characters are too many for a page of at most 100000\n"
        "hint: shorten it, or set `site: false` for this publisher in orchestrator.yaml"
    )


def test_long_markdown_without_pages_is_no_matter(tmp_path: Path) -> None:
    shop = open_at(tmp_path / "published", site=False)
    shop.send(sent(listing=b"word " * 30_000))
    assert shop.look_up("key-a", "mug")


# --- links ------------------------------------------------------------------------------------------------------------


def test_links_inside_the_folder_are_replaced_or_passed_over_never_followed(shop: Directory, tmp_path: Path) -> None:
    shop.send(sent())
    whole = tree(shop.path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("precious")
    (shop.path / "index.html").unlink()
    (shop.path / "index.html").symlink_to(outside / "precious")
    (shop.path / ".new-mug").symlink_to(outside)
    (shop.path / "vase").symlink_to(shop.path / "mug")
    (shop.path / "mug" / "listing.md").unlink()
    (shop.path / "mug" / "listing.md").symlink_to(outside / "precious")
    assert not shop.look_up("key-a", "mug")
    shop.send(sent())
    assert tree(shop.path) == {**whole, "vase": f"-> {shop.path / 'mug'}"}
    assert tree(outside) == {"precious": b"precious"}


def test_a_marker_that_is_a_link_is_not_followed(shop: Directory, tmp_path: Path) -> None:
    shop.path.mkdir()
    (shop.path / MARKER).symlink_to(tmp_path / "elsewhere")
    assert refused(shop, sent()).startswith("published/mug: cannot publish here: ")


# --- faults of the disk -----------------------------------------------------------------------------------------------


@contextmanager
def disk_that_is_full_after(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes: the same kind of fault as a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_changes_nothing_and_says_so(shop: Directory) -> None:
    shop.send(sent())
    before = tree(shop.path)
    with disk_that_is_full_after(4096), pytest.raises(EffectError) as problem:
        shop.send(delivery("key-b", listing=b"# Other\n", more=b"x" * 10_000))
    assert str(problem.value) == (
        "published/mug: cannot publish here: File too large\nhint: make room on the disk, then run the job again"
    )
    assert tree(shop.path) == before
    assert shop.look_up("key-a", "mug")


def test_a_list_that_cannot_be_shown_leaves_the_effect_unknown_until_it_can(shop: Directory) -> None:
    shop.send(sent())
    (shop.path / "index.html").unlink()
    (shop.path / "index.html").mkdir()
    with pytest.raises(UnknownEffect) as problem:
        shop.send(delivery("key-b", listing=b"# Other\n"))
    assert str(problem.value) == (
        "published/mug: the delivery is in its place, but the work could not be finished: Is a directory\n"
        "hint: see to it that `path` in orchestrator.yaml is a folder, or can become one, then run the job again"
    )
    (shop.path / "index.html").rmdir()
    assert shop.look_up("key-b", "mug")
    assert b"Other" in (shop.path / "index.html").read_bytes()


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_a_receipt_that_is_no_file_is_none_and_nothing_hangs(shop: Directory, kind: str) -> None:
    shop.send(sent())
    receipt = shop.path / "mug" / ".receipt.json"
    receipt.unlink()
    receipt.mkdir() if kind == "folder" else os.mkfifo(receipt)
    assert not shop.look_up("key-a", "mug")


def test_a_path_that_cannot_be_a_folder_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    shop = Directory(path=tmp_path / "file" / "published", said="file/published", site=None)
    with pytest.raises(EffectError) as problem:
        shop.send(sent())
    assert str(problem.value) == (
        "file/published/mug: cannot publish here: Not a directory\n"
        "hint: see to it that `path` in orchestrator.yaml is a folder, or can become one, then run the job again"
    )
    assert (tmp_path / "file").read_text() == "mine"
