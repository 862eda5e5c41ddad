"""A job's branch that is checked out: a clean worktree follows, a dirty one makes the job wait, nothing is lost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_bench import ADA, Bench

from orchestrator.errors import Busy, LedgerError, RefusedError
from orchestrator.ledger import Edit


def checked_out(tmp_path: Path) -> tuple[Bench, Path]:
    """Return a bench with a job of two entries, and a worktree on its branch."""
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.entry(listing_md="one\n", design_svg="<svg/>\n")
    return bench, bench.ledger.worktrees.add("mug", tmp_path / "mug")


def status(bench: Bench, top: Path) -> str:
    return bench.git("status", "--porcelain", cwd=top)


def refused(bench: Bench, act: Callable[[], object]) -> str:
    """Return the text with which `act` is refused as busy, having changed no ref."""
    before, objects = bench.refs(), bench.git("count-objects")
    with pytest.raises(Busy) as caught:
        act()
    assert bench.refs() == before
    assert bench.git("count-objects") == objects
    return str(caught.value)


def test_a_clean_worktree_follows_the_branch(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    bench.write("notes.txt", "untracked, mine", top=top)
    user = bench.fingerprint()
    tip = bench.entry(listing_md="two\n", extra_md="new\n")
    assert bench.git("rev-parse", "HEAD", cwd=top) == tip
    assert status(bench, top) == "?? notes.txt"
    assert bench.read("jobs/mug/listing.md", top=top) == "two\n"
    assert bench.read("jobs/mug/extra.md", top=top) == "new\n"
    assert bench.fingerprint() == user
    git_dir = Path(bench.git("rev-parse", "--absolute-git-dir", cwd=top))
    assert not (git_dir / "index.lock").exists()
    assert not list(git_dir.glob("orchestrator-index*"))


def test_the_main_worktree_follows_too_when_it_is_on_the_branch(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.git("checkout", "-q", "job/mug")
    bench.entry(listing_md="two\n")
    assert status(bench, bench.folder) == ""
    assert bench.read("jobs/mug/listing.md") == "two\n"


def test_a_file_that_was_only_touched_is_no_edit(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    (top / "jobs/mug/listing.md").write_text("one\n")
    (top / "jobs/mug/listing.md").touch()
    bench.entry(listing_md="two\n")
    assert (status(bench, top), bench.read("jobs/mug/listing.md", top=top)) == ("", "two\n")


def edit(bench: Bench, top: Path) -> str:
    bench.write("jobs/mug/listing.md", "a person's words\n", top=top)
    return "jobs/mug/listing.md is changed and not committed"


def edit_another_file(bench: Bench, top: Path) -> str:
    bench.write("README.md", "a person's words\n", top=top)
    return "README.md is changed and not committed"


def stage(bench: Bench, top: Path) -> str:
    bench.write("jobs/mug/extra.md", "staged\n", top=top)
    bench.git("add", "jobs/mug/extra.md", cwd=top)
    return "jobs/mug/extra.md is changed and not committed"


def delete(bench: Bench, top: Path) -> str:
    (top / "jobs/mug/design.svg").unlink()
    return "jobs/mug/design.svg is changed and not committed"


def bring_an_old_version_back(bench: Bench, top: Path) -> str:
    bench.git("rm", "-q", "jobs/mug/listing.md", cwd=top)
    return "jobs/mug/listing.md is changed and not committed"


def put_something_in_the_way(bench: Bench, top: Path) -> str:
    bench.write("jobs/mug/extra.md", "not in git yet\n", top=top)
    return "jobs/mug/extra.md stands there and is not in git yet"


def link_in_the_way(bench: Bench, top: Path) -> str:
    (top / "jobs/mug/extra.md").symlink_to("/nowhere")
    return "jobs/mug/extra.md stands there and is not in git yet"


def hold_the_index(bench: Bench, top: Path) -> str:
    git_dir = Path(bench.git("rev-parse", "--absolute-git-dir", cwd=top))
    (git_dir / "index.lock").write_bytes(b"DIRC")
    return "a git command is running there (index.lock)"


def merge(bench: Bench, top: Path) -> str:
    bench.write("side.txt", "x")
    bench.save("side")
    bench.git("merge", "-q", "--no-ff", "--no-commit", "main", cwd=top)
    return "a merge is under way there"


def conflict(bench: Bench, top: Path) -> str:
    text = "jobs/mug/listing.md"
    oid = bench.git("rev-parse", f"job/mug:{text}")
    stages = f"0 {'0' * 40}\t{text}\n100644 {oid} 2\t{text}\n"
    bench.git("update-index", "--index-info", cwd=top, stdin=stages)
    return "there are conflicts to resolve there"


def rebase(bench: Bench, top: Path) -> str:
    bench.environ["GIT_SEQUENCE_EDITOR"] = "sed -i s/^pick/edit/"
    bench.git("rebase", "-q", "-i", "HEAD~1", cwd=top)
    return "a rebase is under way there"


@pytest.mark.parametrize(
    "disturb",
    [
        edit,
        edit_another_file,
        stage,
        delete,
        bring_an_old_version_back,
        put_something_in_the_way,
        link_in_the_way,
        hold_the_index,
        merge,
        conflict,
        rebase,
    ],
)
def test_a_person_at_work_makes_the_job_wait_and_loses_nothing(
    tmp_path: Path, disturb: Callable[[Bench, Path], str]
) -> None:
    bench, top = checked_out(tmp_path)
    why = disturb(bench, top)
    before = bench.fingerprint(top)
    told = refused(bench, lambda: bench.entry(listing_md="two\n", extra_md="new\n"))
    assert told == f"being edited in {top}: {why}\nhint: commit or undo it there, then run the same again"
    assert bench.fingerprint(top) == before


@pytest.mark.parametrize("disturb", [edit, edit_another_file, stage, delete, hold_the_index, merge, conflict, rebase])
def test_who_asks_is_told_where_a_person_is_at_work_and_why_and_nothing_is_written(
    tmp_path: Path, disturb: Callable[[Bench, Path], str]
) -> None:
    bench, top = checked_out(tmp_path)
    assert bench.ledger.edit_of("mug") is None
    why = disturb(bench, top)
    before = bench.fingerprint(top), bench.refs()
    assert bench.ledger.edit_of("mug") == Edit(str(top), f"being edited in {top}: {why}")
    assert (bench.fingerprint(top), bench.refs()) == before
    assert refused(bench, lambda: bench.ledger.refuse_if_edited("mug")).startswith(f"being edited in {top}: {why}")


def test_nobody_edits_a_branch_that_is_checked_out_nowhere_or_is_gone(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    edit(bench, top)
    bench.git("checkout", "-q", "--detach", cwd=top)
    assert bench.ledger.edit_of("mug") is None
    assert bench.ledger.edit_of("cup") is None


def test_a_persons_commit_in_the_worktree_is_built_on(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    edit(bench, top)
    bench.save("edit", cwd=top)
    bench.entry(design_svg="<svg>2</svg>\n")
    assert bench.read("jobs/mug/listing.md", top=top) == "a person's words\n"
    assert status(bench, top) == ""


def behind(bench: Bench, top: Path) -> str:
    """Move the branch under the worktree, as a process that was killed right after it would have."""
    old = bench.ledger.tip("mug")
    assert old
    new = bench.ledger.commit_on(
        old,
        {"jobs/mug/listing.md": b"two\n", "jobs/mug/extra.md": b"new\n", "jobs/mug/design.svg": None},
        message="two",
        author=ADA,
    )
    bench.ledger.write(new)
    bench.git("update-ref", "refs/heads/job/mug", new.id)
    bench.git("update-ref", "refs/orchestrator/tips/mug", new.id)
    return old


def nothing_written(top: Path) -> None:
    pass


def some_written(top: Path) -> None:
    (top / "jobs/mug/listing.md").write_text("two\n")


def others_written(top: Path) -> None:
    (top / "jobs/mug/extra.md").write_text("new\n")
    (top / "jobs/mug/design.svg").unlink()


def all_written(top: Path) -> None:
    some_written(top)
    others_written(top)


@pytest.mark.parametrize("written", [nothing_written, some_written, others_written, all_written])
@pytest.mark.parametrize("lock_is_left", [False, True])
def test_a_fast_forward_that_was_cut_short_is_finished(
    tmp_path: Path, written: Callable[[Path], None], lock_is_left: bool
) -> None:
    bench, top = checked_out(tmp_path)
    old = behind(bench, top)
    written(top)
    if lock_is_left:
        leave_a_sign(bench, top, old)
    bench.entry(more_md="more\n")
    assert status(bench, top) == ""
    assert [bench.read(f"jobs/mug/{name}.md", top=top) for name in ("listing", "extra", "more")] == [
        "two\n",
        "new\n",
        "more\n",
    ]
    assert not (top / "jobs/mug/design.svg").exists()


@pytest.mark.parametrize("written", [nothing_written, some_written, all_written])
@pytest.mark.parametrize("lock_is_left", [False, True])
def test_a_fast_forward_that_was_cut_short_is_no_edit_and_is_left_to_be_finished(
    tmp_path: Path, written: Callable[[Path], None], lock_is_left: bool
) -> None:
    bench, top = checked_out(tmp_path)
    old = behind(bench, top)
    written(top)
    lock = leave_a_sign(bench, top, old) if lock_is_left else None
    before = status(bench, top)
    assert bench.ledger.edit_of("mug") is None
    assert status(bench, top) == before != ""
    assert lock is None or lock.exists()


def test_a_worktree_that_one_of_us_brings_along_just_now_is_not_being_edited(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    lock = leave_a_sign(bench, top, behind(bench, top))
    lock.write_text(lock.read_text().replace("4194999", str(os.getpid())))
    edit(bench, top)
    assert bench.ledger.edit_of("mug") is None


def leave_a_sign(bench: Bench, top: Path, old: str) -> Path:
    """Leave the lock of the index that a killed process of ours would have left; return it."""
    lock = Path(bench.git("rev-parse", "--absolute-git-dir", cwd=top)) / "index.lock"
    lock.write_text(f"orchestrator 4194999 {old} {bench.ledger.tip('mug')}\n")
    return lock


@pytest.mark.parametrize("text", ["", "t", None])
def test_a_file_that_was_half_written_is_finished_where_our_sign_says_so(tmp_path: Path, text: str | None) -> None:
    bench, top = checked_out(tmp_path)
    old = behind(bench, top)
    listing = top / "jobs/mug/listing.md"
    listing.unlink()
    if text is not None:
        listing.write_text(text)
    refused(bench, lambda: bench.entry(more_md="more\n"))
    leave_a_sign(bench, top, old)
    bench.entry(more_md="more\n")
    assert (status(bench, top), bench.read("jobs/mug/listing.md", top=top)) == ("", "two\n")


def test_leftovers_of_a_killed_move_are_in_nobodys_way(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    lock = leave_a_sign(bench, top, behind(bench, top))
    for name in ("orchestrator-index-77", "orchestrator-index-77.lock", "orchestrator-index-lock-77"):
        (lock.parent / name).touch()
    bench.entry(more_md="more\n")
    assert status(bench, top) == ""
    assert not list(lock.parent.glob("orchestrator-index*"))


@pytest.mark.parametrize("path", ["jobs/mug/listing.md", "jobs/mug/extra.md", "jobs/mug/brief.md"])
def test_words_written_after_the_cut_are_not_lost(tmp_path: Path, path: str) -> None:
    bench, top = checked_out(tmp_path)
    behind(bench, top)
    some_written(top)
    bench.write(path, "a person's words\n", top=top)
    before = bench.fingerprint(top)
    assert refused(bench, lambda: bench.entry(more_md="more\n")).startswith(f"being edited in {top}: jobs/mug/")
    assert bench.fingerprint(top) == before


def test_a_rewind_takes_a_clean_worktree_back_and_keeps_the_old_tip(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    first = bench.ledger.history("mug")[0].id
    old = bench.ledger.tip("mug")
    ref = bench.ledger.rewind("mug", first)
    assert (ref, bench.git("rev-parse", ref)) == ("refs/orchestrator/archive/mug/1", old)
    assert bench.ledger.tip("mug") == bench.ledger.recorded_tip("mug") == first
    assert status(bench, top) == ""
    assert not (top / "jobs/mug/listing.md").exists()


def test_a_rewind_waits_for_a_person_at_work(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    edit(bench, top)
    refused(bench, lambda: bench.ledger.rewind("mug", bench.ledger.history("mug")[0].id))
    assert bench.read("jobs/mug/listing.md", top=top) == "a person's words\n"


def test_a_rewind_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    old, first = bench.ledger.tip("mug"), bench.ledger.history("mug")[0].id
    bench.git("update-ref", "refs/heads/job/mug", first)
    bench.git("update-ref", "refs/orchestrator/tips/mug", first)
    refused(bench, lambda: bench.entry(more_md="more\n"))
    assert old
    leave_a_sign(bench, top, old)
    bench.entry(more_md="more\n")
    assert status(bench, top) == ""


def test_a_worktree_is_found_by_its_branch(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    assert bench.ledger.worktrees.of_branch("job/mug") == top
    assert bench.ledger.worktrees.of_branch("main") == bench.folder
    assert bench.ledger.worktrees.of_branch("job/cup") is None
    bench.git("worktree", "move", str(top), str(tmp_path / "moved"))
    assert bench.ledger.worktrees.of_branch("job/mug") == tmp_path / "moved"


def test_a_checkout_that_git_will_not_make_says_why(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    with pytest.raises(RefusedError) as caught:
        bench.ledger.worktrees.add("mug", tmp_path / "again")
    assert caught.value.message == f"git made no worktree: 'job/mug' is already checked out at '{top}'"
    assert caught.value.hint is not None
    with pytest.raises(LedgerError, match="cup has no branch"):
        bench.ledger.worktrees.add("cup", tmp_path / "cup")


def test_a_worktree_whose_folder_is_gone_holds_nothing_up(tmp_path: Path) -> None:
    bench, top = checked_out(tmp_path)
    top.rename(tmp_path / "elsewhere")
    tip = bench.entry(listing_md="two\n")
    assert bench.ledger.tip("mug") == tip
