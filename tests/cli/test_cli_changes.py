"""What `diff` prints is a patch: git applies it, and comes to the very bytes."""

import subprocess
import tempfile
from pathlib import Path

from calling import call, git, job, written
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.engine.changes import unified

LINES = st.lists(st.sampled_from(["a", "b", "", "-x", "+y", "@@", "\f", "\r", "\u2028"]), max_size=12)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n"]))


@settings(max_examples=40)
@given(TEXTS, TEXTS)
def test_git_applies_every_diff_and_comes_to_the_same_text(old: str, new: str) -> None:
    patch = "".join(unified(old, new, "a/f", "b/f"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "f"
        file.write_bytes(old.encode())
        if patch:
            argv = ["git", "apply", "--whitespace=nowarn", "--allow-empty"]
            subprocess.run(argv, cwd=folder, input=patch.encode(), check=True)
        assert file.read_bytes() == new.encode()


def test_a_large_and_a_binary_file_are_told_by_size(folder: Path, tmp_path: Path) -> None:
    job(folder)
    (tmp_path / "large.csv").write_bytes(b"1\n" * 600_000)
    (tmp_path / "b.bin").write_bytes(b"\0")
    assert call(folder, "add", "j", str(tmp_path / "large.csv"), str(tmp_path / "b.bin")).code == 0
    assert call(folder, "diff", "j", "1..").out == (
        "jobs/j/sources/b.bin: not shown by line, nothing became 1 bytes\n"
        "jobs/j/sources/large.csv: not shown by line, nothing became 1.2 MB\n"
    )


def test_a_patch_of_a_job_applies_to_its_branch(folder: Path, tmp_path: Path) -> None:
    job(folder)
    written(folder)
    written(folder, "two better words\n")
    patch = call(folder, "diff", "j", "1..")
    there = tmp_path / "there"
    git(folder, "worktree", "add", "-q", "--detach", str(there), "job/j~2")
    subprocess.run(["git", "apply"], cwd=there, input=patch.out.encode(), check=True)
    assert (there / "jobs/j/text.md").read_text() == "two better words\n"
