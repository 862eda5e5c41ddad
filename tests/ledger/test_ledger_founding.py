"""Files laid down in a person's checkout: committed all together, or all stands as it stood."""

from pathlib import Path

import pytest
from ledger_bench import Bench

from orchestrator.errors import RefusedError, WorkspaceError
from orchestrator.ledger.founding import found, lay_down


def files(folder: Path) -> list[str]:
    """Return the paths of all files and folders."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if ".git" not in path.parts)


def test_a_workspace_of_which_a_file_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "jobs").write_text("mine\n")
    laid = {"agents/writer.md": b"a", "jobs/templates/x.yaml": b"b", "orchestrator.yaml": b"c"}
    with pytest.raises(WorkspaceError) as raised:
        found(shop, lambda email: laid, "Begin")
    assert str(raised.value) == "jobs cannot be written: File exists\nhint: nothing was changed"
    assert files(shop) == ["jobs"]
    assert not (shop / ".git").exists()


def test_in_a_repository_it_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.write("jobs", "mine\n")
    bench.write("agents/kept/.keep", "")
    bench.git("add", "agents")
    with pytest.raises(WorkspaceError):
        found(bench.folder, lambda email: {"agents/writer.md": b"a", "jobs/x.yaml": b"b"}, "Begin")
    assert bench.git("status", "--porcelain", "-uall") == "A  agents/kept/.keep\n?? jobs"


def test_a_file_that_was_deleted_and_not_committed_is_no_commit_and_stays_deleted(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (bench.folder / "README.md").unlink()
    with pytest.raises(WorkspaceError, match="git did not commit the workspace"):
        found(bench.folder, lambda email: {"README.md": b"a shop\n"}, "Begin")
    assert bench.git("status", "--porcelain") == "D README.md"
    bench.git("rm", "-q", "README.md")
    with pytest.raises(RefusedError, match=r"README\.md: has changes that are not committed"):
        found(bench.folder, lambda email: {"README.md": b"a shop\n"}, "Begin")
    assert bench.git("status", "--porcelain") == "D  README.md"


def test_what_is_replaced_keeps_its_mode_and_all_is_one_commit(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (bench.folder / "README.md").chmod(0o755)
    bench.save("a program")
    lay_down(bench.folder, {"a/b.md": b"b\n"}, {"README.md": b"new\n"}, "Both", noun="both", date=0)
    assert bench.git("show", "--format=%s %ct", "--raw", "--abbrev=4", "--no-renames").split("\n")[2:] == [
        ":100755 100755 3394 3e75 M\tREADME.md",
        ":000000 100644 0000 6178 A\ta/b.md",
    ]
    assert files(bench.folder) == ["README.md", "a", "a/b.md"]


def test_nothing_may_stand_where_a_new_file_comes(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    before = bench.fingerprint()
    bench.write("b.md", "mine\n")
    with pytest.raises(WorkspaceError) as raised:
        lay_down(bench.folder, {"a.md": b"a", "b.md": b"b"}, {"README.md": b"new\n"}, "All", noun="all")
    assert str(raised.value) == "b.md cannot be written: File exists\nhint: nothing was changed"
    assert bench.fingerprint() == {**before, "b.md": b"mine\n"}
