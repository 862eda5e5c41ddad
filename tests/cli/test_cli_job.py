"""A small job from beginning to end, as a person at the command line sees it: what is printed, and the exit codes."""

import shutil
from pathlib import Path

from calling import Called, call, finished, git, job, process, waiting, workspace, written

NEXT_EDIT = "write is done by a person: commit text.md\nnext: orchestrator edit j text.md\n"


def test_a_job_is_made_and_says_what_is_next(folder: Path) -> None:
    workspace(folder)
    assert call(folder, "status") == Called(0, "", "there are no jobs yet\nnext: orchestrator new TEMPLATE JOB\n")
    assert call(folder, "new", "note", "j") == Called(0, "", "<id>  j: created from note\nnext: orchestrator run j\n")
    assert call(folder, "next", "j") == Called(
        0,
        "await write: write is done by a person: commit text.md\n",
        "next: orchestrator edit j text.md\n",
    )


def test_a_run_that_waits_for_a_person_says_so_and_exits_3(folder: Path) -> None:
    job(folder)
    said = f"j  A note  waiting, spent $0.00\n{NEXT_EDIT}look: orchestrator show j write\n"
    assert call(folder, "run", "j") == Called(3, "", said)
    assert call(folder, "run", "j") == Called(3, "", said)
    assert call(folder, "advance", "j") == Called(3, "", NEXT_EDIT)


def test_status_of_a_job_shows_its_steps_and_of_all_jobs_a_line_each(folder: Path) -> None:
    job(folder)
    assert call(folder, "status", "j") == Called(
        0,
        "j  A note  waiting\n"
        "\n"
        "· write    -  author\n"
        "· approve  -  owner\n"
        "· publish  -  shop\n"
        "\n"
        "spent $0.00, on branch job/j\n"
        f"{NEXT_EDIT}",
        "",
    )
    assert call(folder, "status").out == (
        "JOB  STATUS   NEXT          COST  REASON\n"
        "j    waiting  await write  $0.00  write is done by a person: commit text.md\n"
    )


def test_an_edit_is_the_persons_commit_and_a_gate_that_fails_it_tells_them(folder: Path) -> None:
    job(folder)
    assert process(folder, "edit", "j", "text.md", "--from", "-", stdin=b"one\n") == Called(
        0, "", "<id>  j: edit text.md\na person has done write\nnext: orchestrator run j\n"
    )
    assert (
        git(folder, "log", "-1", "--format=%an <%ae>, %cn", "job/j") == "Ada Lovelace <ada@example.com>, Ada Lovelace"
    )
    assert call(folder, "run", "j") == Called(
        3,
        "",
        "✗ write    failed                           1 check\n"
        "    major text.md: the text has 1 word; at least 2 are wanted\n"
        "\n"
        "j  A note  waiting, 1 entry, spent $0.00\n"
        "ada@example.com's text.md fails the gate of write: text.md: the text has 1 word; at least 2 are wanted\n"
        "next: orchestrator edit j text.md\n"
        "look: orchestrator show j write\n",
    )


def test_an_edit_that_changes_nothing_commits_nothing(folder: Path) -> None:
    job(folder)
    (folder.parent / "brief.md").write_text("Two words, please.\n")
    said = call(folder, "edit", "j", "brief.md", "--from", str(folder.parent / "brief.md"))
    assert said == Called(0, "", "brief.md is as it was; nothing was committed\n")


def test_a_run_comes_to_the_approval_and_waits_there(folder: Path) -> None:
    job(folder)
    written(folder)
    assert call(folder, "run", "j") == Called(
        3,
        "",
        "✓ write    passed                           1 check\n"
        "• approve  waiting\n"
        "\n"
        "j  A note  waiting, 2 entries, spent $0.00\n"
        "owner must approve review/j/approve\n"
        "next: orchestrator approve j\n"
        "look: orchestrator diff j\n",
    )


def test_approve_shows_what_is_approved_and_needs_a_yes(folder: Path) -> None:
    waiting(folder)
    shown = (
        "j: approve asks owner to approve\n"
        "\n"
        "  jobs/j/text.md  +1  -0  new\n"
        "\n"
        "  write  ✓ words\n"
        "spent $0.00; the whole diff: orchestrator diff j\n"
    )
    before = git(folder, "for-each-ref")
    assert call(folder, "approve", "j") == Called(
        2,
        "",
        f"{shown}error: there is no terminal to ask on, and silence is no consent\n"
        "hint: look with orchestrator diff j, then orchestrator approve j --yes\n",
    )
    assert git(folder, "for-each-ref") == before
    assert call(folder, "approve", "j", "--yes") == Called(
        0,
        "",
        f"{shown}<id>  j: approve approved\nit has not been published to shop\nnext: orchestrator run j\n",
    )


def test_a_finished_job_says_where_its_work_is_and_a_second_run_makes_no_commit(folder: Path) -> None:
    finished(folder)
    tip = git(folder, "rev-parse", "job/j")
    assert call(folder, "run", "j") == Called(
        0, "", "j  A note  done, spent $0.00\nevery step is done\nlook: published/\nlook: orchestrator show j\n"
    )
    assert git(folder, "rev-parse", "job/j") == tip
    assert (folder / "published/j/text.md").read_text() == "two words\n"
    assert git(folder, "status", "--porcelain") == ""
    shutil.rmtree(folder / "published")  # as in a clone, where nothing was ever published
    assert call(folder, "run", "j").err.endswith("every step is done\nlook: orchestrator show j\n")


def test_log_lists_entries_and_peoples_commits_and_cites_the_receipt(folder: Path) -> None:
    finished(folder)
    assert call(folder, "log", "j") == Called(
        0,
        "1  <id>  · created            ada@example.com\n"
        "·  <id>  · j: edit text.md    ada@example.com\n"
        "2  <id>  ✓ write passed\n"
        "3  <id>  • approve waiting\n"
        "4  <id>  ✓ approve approved   ada@example.com\n"
        "5  <id>  ✓ publish published\n"
        "    receipt <id>\n",
        "",
    )
    assert call(folder, "log", "j", "-n", "1").out == "5  <id>  ✓ publish published\n    receipt <id>\n"


def test_reject_halts_reopen_asks_again_and_cancel_and_restore_undo_each_other(folder: Path) -> None:
    waiting(folder)
    assert call(folder, "reject", "j", "-m", "too dear") == Called(
        0, "", "<id>  j: approve reject\napprove was rejected: too dear\nnext: orchestrator reopen j\n"
    )
    assert call(folder, "run", "j").code == 4
    assert call(folder, "reopen", "j") == Called(
        0, "", "<id>  j: approve reopen\nowner must approve what stands there now\nnext: orchestrator run j\n"
    )
    assert call(folder, "cancel", "j") == Called(
        0, "", "<id>  j: cancel\nit was cancelled\nnext: orchestrator restore j\n"
    )
    assert call(folder, "status").out.splitlines()[1].split()[:3] == ["j", "cancelled", "halt"]
    assert call(folder, "restore", "j").err.splitlines()[0] == "<id>  j: restore"


def test_rewind_keeps_the_old_tip_and_names_what_it_cannot_undo(folder: Path) -> None:
    finished(folder)
    old = git(folder, "rev-parse", "job/j")
    said = call(folder, "rewind", "j", "write")
    assert said.code == 0
    first, kept, out, *_ = said.err.splitlines()
    assert first == "back at <id>  j: write passed"
    assert kept == "the old tip is kept under refs/orchestrator/archive/j/1"
    assert out.startswith("published since, and not undone: publish (")
    assert git(folder, "rev-parse", "refs/orchestrator/archive/j/1") == old


def test_a_fork_is_a_job_of_its_own(folder: Path) -> None:
    finished(folder)
    assert call(folder, "fork", "j", "k", "--at", "write").err.splitlines()[0] == "<id>  k: forked from j"
    assert call(folder, "show", "k", "text.md").out == "two words\n"
    assert call(folder, "run", "k").code == 3


def test_run_all_passes_over_a_cancelled_job(folder: Path) -> None:
    finished(folder)
    assert call(folder, "new", "note", "k").code == 0
    assert call(folder, "cancel", "k").code == 0
    assert call(folder, "run", "--all").code == 0


def test_inside_a_job_the_job_need_not_be_named(folder: Path) -> None:
    job(folder)
    said = call(folder, "checkout", "j", str(folder.parent / "there"))
    assert said.out == f"{folder.parent / 'there'}\n"
    there = folder.parent / "there"
    assert call(there, "next").out == "await write: write is done by a person: commit text.md\n"
    assert call(there, "show", "brief.md").out == "Two words, please.\n"
    assert call(there, "status").out.startswith("j  A note  waiting\n")
    assert call(there / "jobs" / "j", "rerun", "write").err.splitlines()[0] == "<id>  j: write rerun"


def test_add_puts_files_into_the_sources_and_says_which_were_there(folder: Path) -> None:
    job(folder)
    notes = folder.parent / "notes"
    (notes / "deep").mkdir(parents=True)
    (notes / "a.md").write_text("a\n")
    (notes / "deep" / "b.md").write_text("b\n")
    (notes / ".hidden").write_text("no\n")
    assert call(folder, "add", "j", str(notes)) == Called(
        0, "", f"<id>  j: edit sources/a.md\n<id>  j: edit sources/b.md\n{NEXT_EDIT}"
    )
    assert call(folder, "add", "j", str(notes / "a.md")).err == f"sources/a.md is there already\n{NEXT_EDIT}"


def test_several_jobs_run_one_after_another_and_the_worst_decides_the_exit_code(folder: Path) -> None:
    finished(folder)
    assert call(folder, "new", "note", "k").code == 0
    said = call(folder, "run", "--all")
    assert said.code == 3
    assert [text for text in said.err.splitlines() if text in ("j", "k")] == ["j", "k"]
    assert call(folder, "run", "j", "nosuch", "k") == Called(
        2, "", "error: there is no job 'nosuch'\nhint: jobs: j, k\n"
    )


def test_show_of_a_step_tells_all_that_is_known_of_it(folder: Path) -> None:
    finished(folder)
    assert call(folder, "show", "j", "write") == Called(
        0,
        "write  passed  author (ada@example.com)\n"
        "\n"
        "Because a person has done write.\n"
        "\n"
        "- words: pass\n"
        "\n"
        "read\n"
        "  <id>  brief.md\n"
        "\n"
        "wrote\n"
        "  <id>  text.md\n"
        "\n"
        "entries\n"
        "  2  <id>  ✓ write passed\n"
        "  spent $0.00\n",
        "",
    )


def test_diff_shows_what_waits_what_a_step_did_and_what_lies_between_two_entries(folder: Path) -> None:
    waiting(folder)
    new = "--- /dev/null\n+++ b/jobs/j/text.md\n@@ -0,0 +1 @@\n+two words\n"
    asked = call(folder, "diff", "j")
    assert (asked.code, asked.err) == (0, "")
    assert asked.out.endswith(new)
    assert call(folder, "diff", "j", "1..2") == Called(0, new, "")
    assert call(folder, "diff", "j", "2..") == Called(0, "", "nothing changed\n")


def test_cost_is_a_table(folder: Path) -> None:
    finished(folder)
    assert call(folder, "cost", "j").out == "STEP    COST  ATTEMPTS  TOKENS IN  TOKENS OUT\ntotal  $0.00         0\n"


def test_approve_says_when_the_job_has_moved_on_since_it_asked(folder: Path) -> None:
    waiting(folder)
    written(folder, "two other words\n")
    said = call(folder, "approve", "j")
    assert said.code == 2
    assert (
        "the job has moved on since it asked: text.md was edited by ada@example.com; "
        "what stands above is what you approve\n" in said.err
    )
