"""A folder hands out its own ordinary files, read when they are asked for, and nothing that lies outside."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from orchestrator.engine.folder import Chosen, Folder
from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.gates import CannotRun
from orchestrator.gates.reading import LARGEST


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """Return a folder with files, links and other things, beside a file that is none of its business."""
    (tmp_path / "secret.md").write_text("secret\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/far.md").write_text("far\n")
    root = tmp_path / "root"
    (root / "docs/.git").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git/config").write_text("x")
    (root / "docs/.git/config").write_text("x")
    (root / "README.md").write_text("read me\n")
    (root / "docs/b.md").write_text("b\n")
    (root / "docs/.hidden.md").write_text("hidden\n")
    (root / "docs/within.md").symlink_to("../README.md")
    (root / "docs/out.md").symlink_to("../../secret.md")
    (root / "docs/lost.md").symlink_to("nowhere.md")
    (root / "docs/round.md").symlink_to("round.md")
    (root / "docs/far").symlink_to("../../outside")
    (root / "docs/self").symlink_to(".")
    os.mkfifo(root / "docs/pipe.md")
    return root


def test_it_lists_its_files_without_what_git_keeps_and_without_what_leads_out(full: Path) -> None:
    folder = Folder(full)
    assert list(folder) == ["README.md", "docs/.hidden.md", "docs/b.md", "docs/within.md"]
    assert len(folder) == 4


def test_it_reads_a_file_when_it_is_asked_for_and_once(full: Path) -> None:
    folder = Folder(full)
    assert "docs/b.md" in folder
    (full / "docs/b.md").write_text("later\n")
    assert folder["docs/b.md"] == b"later\n"
    (full / "docs/b.md").write_text("much later\n")
    assert folder["docs/b.md"] == folder["/docs/b.md"] == b"later\n"


def test_a_link_to_a_file_within_is_that_file_under_its_own_name(full: Path) -> None:
    assert Folder(full)["docs/within.md"] == b"read me\n"
    assert Folder(full)["docs/self/b.md"] == b"b\n"


@pytest.mark.parametrize("path", ["nothing.md", "docs", "", "README.md/x", "docs/lost.md", "a" * 300, "a\0b"])
def test_what_is_no_file_is_not_there(full: Path, path: str) -> None:
    folder = Folder(full)
    assert path not in folder
    assert folder.get(path) is None


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("docs/out.md", "'docs/out.md' leads out of the folder"),
        ("docs/far/far.md", "'docs/far/far.md' leads out of the folder"),
        ("../secret.md", "'../secret.md' leads out of the folder"),
        ("docs/pipe.md", "'docs/pipe.md' is no ordinary file"),
        ("docs/round.md", "'docs/round.md' is no ordinary file"),
        ("docs/\udcff.md", "'docs/\\udcff.md' has a name that is no UTF-8"),
    ],
)
def test_what_may_not_be_read_is_said_to_a_check_and_never_opened(full: Path, path: str, why: str) -> None:
    folder = Folder(full)
    assert path not in folder
    with pytest.raises(CannotRun, match=f"^{why.replace(chr(92), chr(92) * 2).replace('.', '[.]')}$"):
        folder.get(path)


@pytest.mark.parametrize("over", [-1, 0, 1, 2, 1_000_000])
def test_of_a_large_file_one_byte_more_is_read_than_is_judged(tmp_path: Path, over: int) -> None:
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(LARGEST + over)
    assert len(Folder(tmp_path)["large.md"]) == LARGEST + min(over, 1)


def test_no_path_is_too_large_or_too_small_to_be_asked_for(tmp_path: Path) -> None:
    assert list(Folder(tmp_path)) == []
    assert 7 not in Folder(tmp_path)  # type: ignore[comparison-overlap]
    assert "/" not in Folder(tmp_path)


def test_the_root_may_be_reached_by_a_link(full: Path) -> None:
    link = full.parent / "link"
    link.symlink_to("root")
    folder = Folder(link)
    assert folder["docs/b.md"] == b"b\n"
    assert folder.name("link/README.md", full.parent) == folder.name("root/README.md", full.parent) == "README.md"


# --- what a person names ---------------------------------------------------------------------------------------------


def test_files_are_named_from_the_root_however_they_were_typed(full: Path) -> None:
    folder = Folder(full)
    typed = ["b.md", "../README.md", "./b.md", str(full / "docs/within.md")]
    assert folder.choose(typed, full / "docs").paths == ("docs/b.md", "README.md", "docs/within.md")


def test_a_folder_stands_for_its_files_and_says_what_cannot_be_judged(full: Path) -> None:
    assert Folder(full).choose(["docs/"], full) == Chosen(
        paths=("docs/.hidden.md", "docs/b.md", "docs/within.md"),
        left_out={
            "docs/far": "leads out of the folder",
            "docs/lost.md": "is not there",
            "docs/out.md": "leads out of the folder",
            "docs/pipe.md": "is no ordinary file",
            "docs/round.md": "is no ordinary file",
            "docs/self": "is a link to a folder",
        },
    )
    assert Folder(full).choose(["."], full).paths[0] == "README.md"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nothing.md", "nothing.md: the file is not there\nhint: name another, or write it"),
        ("README.md/x", "README.md/x: the file is not there\nhint: name another, or write it"),
        (
            "docs/out.md",
            "docs/out.md: the file leads out of the folder\nhint: put a file there that can be read, or name others",
        ),
        (
            "docs/far",
            "docs/far: the file leads out of the folder\nhint: put a file there that can be read, or name others",
        ),
        (
            "docs/pipe.md",
            "docs/pipe.md: the file is no ordinary file\nhint: put a file there that can be read, or name others",
        ),
    ],
)
def test_a_named_file_that_cannot_be_judged_is_an_error(full: Path, typed: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        Folder(full).choose(["README.md", typed], full)
    assert str(refused.value) == said


def test_a_folder_without_a_file_is_an_error(full: Path) -> None:
    (full / "empty/.git").mkdir(parents=True)
    (full / "empty/.git/config").write_text("x")
    (full / "empty/out.md").symlink_to("../../secret.md")
    with pytest.raises(WorkspaceError) as refused:
        Folder(full).choose(["README.md", "empty"], full)
    assert str(refused.value) == "empty: the folder has no file to judge\nhint: name a file, or fill it"


@pytest.mark.parametrize("typed", ["../secret.md", "..", "/", "../rootless"])
def test_what_is_not_below_the_root_is_a_wrong_call(full: Path, typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        Folder(full).choose([typed], full)
    hint = "--root FOLDER says what paths are seen from"
    assert str(refused.value) == f"{typed!r} is not below the folder {full}\nhint: {hint}"


def test_a_file_whose_name_begins_with_dots_is_below_the_root(full: Path) -> None:
    (full / "...md").write_text("x")
    assert Folder(full).choose(["...md"], full).paths == ("...md",)


def test_a_socket_and_a_name_that_is_no_text_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").write_text("a")
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text("b")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.md")
        assert Folder(tmp_path).choose(["."], tmp_path) == Chosen(
            ("a.md",), {"caf\udce9.md": "has a name that is no UTF-8", "s.md": "is no ordinary file"}
        )


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user whom the system keeps things closed to: root may read everything."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(was)


def test_what_the_system_keeps_closed_is_an_error_and_not_left_out() -> None:
    with TemporaryDirectory() as made:
        root = Path(made)
        (root / "docs").mkdir()
        (root / "docs/b.md").write_text("b\n")
        (root / "docs/b.md").chmod(0)
        root.chmod(0o755)
        with nobody():
            with pytest.raises(WorkspaceError, match=r"^docs/b.md: the file cannot be read: permission denied\n"):
                Folder(root).choose(["docs"], root)
            with pytest.raises(CannotRun, match=r"^'docs/b.md' cannot be read: permission denied$"):
                Folder(root).get("docs/b.md")


def test_odd_names_are_names(tmp_path: Path) -> None:
    names = ["C:\\work\\a.md", "a\nb.md", "con.md", "trailing. ", "\u202egnp.md", "-x.md", "*.md", "ü.md"]
    for name in names:
        (tmp_path / name).write_text(name)
    folder = Folder(tmp_path)
    assert folder.choose([f"./{name}" for name in names], tmp_path).paths == tuple(names)
    assert [folder[name].decode() for name in names] == names
