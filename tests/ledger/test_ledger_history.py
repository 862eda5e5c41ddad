"""What stands in a job's history and who brought it, whatever people did to the branch."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_bench import ADA, WRITER, Bench

from orchestrator.errors import LedgerError
from orchestrator.ledger import ClaimRecord, RefUpdate, approved_ref, claim_drop, review_ref


def three(tmp_path: Path) -> tuple[Bench, list[str]]:
    bench = Bench.make(tmp_path)
    return bench, [bench.new_job(), bench.entry(a_md="a"), bench.entry(b_md="b")]


def ids(bench: Bench, job: str = "mug") -> list[str]:
    return [commit.id for commit in bench.ledger.history(job)]


def test_the_history_begins_with_the_entry_that_created_the_job(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    assert ids(bench) == entries
    assert bench.ledger.history("cup") == ()


def test_the_history_of_a_fork_begins_with_the_fork(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    oid = bench.ledger.files(entries[1])["jobs/mug/state.yaml"]
    fork = bench.ledger.commit_on(
        entries[1], {"jobs/mug/state.yaml": None, "jobs/cup/state.yaml": oid}, message="fork", author=ADA
    )
    bench.ledger.append("cup", fork, old=None)
    assert ids(bench, "cup") == [fork.id]
    assert bench.ledger.jobs() == ("cup", "mug")


@pytest.mark.parametrize("job_is_first", [True, False])
def test_a_merge_of_the_base_is_followed_along_the_job(tmp_path: Path, job_is_first: bool) -> None:
    bench, entries = three(tmp_path)
    bench.write("news.txt", "news")
    bench.save("news")
    bench.git("checkout", "-q", "-b", "x", "job/mug" if job_is_first else "main")
    bench.git("merge", "-q", "--no-ff", "-m", "merge", "main" if job_is_first else "job/mug")
    merged = bench.git("rev-parse", "HEAD")
    bench.git("checkout", "-q", "main")
    bench.git("branch", "-f", "job/mug", merged)
    assert ids(bench) == [*entries, merged]


@pytest.mark.parametrize("job_is_first", [True, False])
def test_of_two_parents_that_carry_the_job_the_one_further_on_is_followed(tmp_path: Path, job_is_first: bool) -> None:
    bench, entries = three(tmp_path)
    bench.git("checkout", "-q", "-b", "side", entries[0])
    bench.write("jobs/mug/side.md", "side")
    side = bench.save("side")
    bench.git("checkout", "-q", "-b", "x", entries[2] if job_is_first else side)
    bench.git("merge", "-q", "--no-ff", "-m", "merge", side if job_is_first else entries[2])
    merged = bench.git("rev-parse", "HEAD")
    bench.git("checkout", "-q", "main")
    bench.git("branch", "-f", "job/mug", merged)
    assert ids(bench) == [*entries, merged]


def test_a_reset_keeps_the_old_tip_first(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("branch", "-f", "job/mug", entries[0])
    assert bench.ledger.keep_old_tip("mug") == "refs/orchestrator/archive/mug/1"
    assert bench.ledger.recorded_tip("mug") == bench.ledger.tip("mug") == entries[0]
    assert bench.ledger.kept.archived("mug") == (entries[2],)
    assert bench.ledger.keep_old_tip("mug") is None
    assert [commit.id for commit in bench.ledger.kept.unreached("mug")] == [entries[1], entries[2]]
    bench.git("reflog", "expire", "--expire=now", "--all")
    bench.git("gc", "-q", "--prune=now")
    assert bench.ledger.commit(entries[2]).message == "mug: entry 3\n\nSeq: 3\n"


def test_an_amended_tip_is_kept_too(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("checkout", "-q", "job/mug")
    bench.git("commit", "-q", "--amend", "-m", "amended")
    assert bench.ledger.keep_old_tip("mug") == "refs/orchestrator/archive/mug/1"
    assert bench.ledger.kept.archived("mug") == (entries[2],)


def test_a_persons_commit_on_top_is_no_reset(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("checkout", "-q", "job/mug")
    bench.write("jobs/mug/c.md", "c")
    mine = bench.save("mine")
    bench.write("jobs/mug/d.md", "d")
    also = bench.save("mine again")
    assert bench.ledger.keep_old_tip("mug") is None
    assert bench.ledger.recorded_tip("mug") == entries[2]
    bench.entry(e_md="e")
    assert ids(bench)[:-1] == [*entries, mine, also]
    assert bench.ledger.kept.archived("mug") == ()


def test_an_entry_on_a_reset_branch_archives_by_itself(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("branch", "-f", "job/mug", entries[1])
    later = bench.entry(c_md="c")
    assert (bench.ledger.kept.archived("mug"), bench.ledger.recorded_tip("mug")) == ((entries[2],), later)


def test_a_deleted_branch_is_a_cancelled_job_that_is_still_known(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("branch", "-D", "job/mug")
    assert bench.ledger.jobs() == ("mug",)
    assert (bench.ledger.tip("mug"), bench.ledger.recorded_tip("mug")) == (None, entries[2])
    assert bench.ledger.keep_old_tip("mug") is None
    with pytest.raises(LedgerError, match="it was cancelled"):
        bench.ledger.rewind("mug", entries[0])
    again = bench.new_job()
    assert (bench.ledger.kept.archived("mug"), bench.ledger.tip("mug")) == ((entries[2],), again)


def test_a_branch_without_a_recorded_tip_gets_one(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("update-ref", "-d", "refs/orchestrator/tips/mug")
    assert bench.ledger.keep_old_tip("mug") is None
    assert bench.ledger.recorded_tip("mug") == entries[2]


def test_a_rewind_of_a_branch_that_was_reset_keeps_both_tips(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("branch", "-f", "job/mug", entries[1])
    assert bench.ledger.rewind("mug", entries[0]) == "refs/orchestrator/archive/mug/1"
    assert bench.ledger.kept.archived("mug") == (entries[1], entries[2])
    assert [commit.id for commit in bench.ledger.kept.unreached("mug")] == [entries[1], entries[2]]


def test_a_result_that_lost_its_race_is_kept_and_counted(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    for number in range(11):
        lost = bench.ledger.commit_on(
            entries[1], {f"jobs/mug/{number}.md": b"x"}, message=f"lost {number}", author=WRITER
        )
        assert bench.ledger.kept.keep_lost("mug", lost) == f"refs/orchestrator/lost/mug/{number + 1}"
    assert [bench.ledger.commit(oid).message for oid in bench.ledger.kept.lost("mug")] == [
        f"lost {number}\n" for number in range(11)
    ]
    assert len(bench.ledger.kept.unreached("mug")) == 11


def test_a_paid_result_is_kept_though_its_claim_is_another_s_by_now(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    ours = bench.ledger.claims.take("mug", "ours\n")
    drop = claim_drop("mug", ours)
    lost = bench.ledger.commit_on(entries[1], {"jobs/mug/x.md": b"x"}, message="lost", author=WRITER)
    there = bench.open()
    there.claims.drop("mug", ours)
    theirs = there.claims.take("mug", "theirs\n")
    assert bench.ledger.kept.keep_lost("mug", lost, [drop]) == "refs/orchestrator/lost/mug/1"
    assert bench.ledger.kept.lost("mug") == (lost.id,)
    assert bench.ledger.claims.of("mug") == ClaimRecord(theirs, "theirs\n")


def test_what_is_left_behind_and_claimed_is_told_of_all_jobs_and_strays_are_passed_over(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    kept = [bench.ledger.rewind("mug", entries[1]), bench.ledger.rewind("mug", entries[0])]
    lost = bench.ledger.commit_on(entries[1], {"jobs/mug/x.md": b"x"}, message="lost", author=WRITER)
    bench.ledger.kept.keep_lost("mug", lost)
    claim = bench.ledger.claims.take("mug", "a claim\n")
    blob = bench.git("rev-parse", "main:README.md")
    for stray, oid in {
        "claims/Odd": blob,
        "claims/cup": entries[0],
        "claims/a/b": blob,
        "lost/cup/1": blob,
        "lost/cup/x": entries[0],
        "archive/Odd/1": entries[0],
        "archive/mug/2x": entries[0],
    }.items():
        bench.git("update-ref", f"refs/orchestrator/{stray}", oid)
    (bench.folder / ".git/refs/orchestrator/claims/broken").write_text("no id\n")
    assert kept == ["refs/orchestrator/archive/mug/1", "refs/orchestrator/archive/mug/2"]
    assert bench.ledger.kept.of_all_jobs() == {"mug": (entries[2], entries[1], lost.id)}
    assert bench.ledger.claims.standing() == {"mug": ClaimRecord(claim, "a claim\n")}


def test_what_is_added_to_a_job_is_told_by_all_its_parents_and_once(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("checkout", "-q", "-b", "side", entries[0])
    bench.write("jobs/mug/side.md", "side\n")
    side = bench.save("side")
    bench.git("checkout", "-q", "job/mug")
    bench.git("merge", "-q", "-m", "both", "side")
    bench.git("merge", "-q", "-s", "ours", "--allow-unrelated-histories", "-m", "the base", "main")
    tip = bench.git("rev-parse", "HEAD")

    def told(*known: str) -> list[str]:
        found = [commit.id for commit in bench.ledger.added("mug", tip, known)]
        assert len(set(found)) == len(found)
        return sorted(found)

    assert told() == sorted({*entries, side, tip})
    assert told(*entries) == sorted({side, tip})


def test_what_was_merged_back_from_the_archive_is_still_counted_once(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.ledger.rewind("mug", entries[1])
    new = bench.entry(c_md="c")
    bench.git("checkout", "-q", "job/mug")
    bench.git("merge", "-q", "-s", "ours", "-m", "merge", bench.ledger.kept.archived("mug")[0])
    bench.git("checkout", "-q", "main")
    counted = [*ids(bench), *(commit.id for commit in bench.ledger.kept.unreached("mug"))]
    assert sorted(counted) == sorted({*entries, new, bench.ledger.tip("mug") or ""})


def test_the_editor_is_the_person_who_last_touched_the_path(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    assert bench.ledger.ancestry.editor("jobs/mug/a.md", entries[2]) is None
    assert bench.ledger.ancestry.editor("jobs/mug/brief.md", entries[2]) == "ada@example.com"
    bench.git("checkout", "-q", "job/mug")
    bench.write("jobs/mug/a.md", "mine")
    bench.git("add", "-A")
    bench.git("-c", "user.name=Bob", "-c", "user.email=bob@example.com", "commit", "-qm", "edit")
    bench.write("jobs/mug/b.md", "mine")
    tip = bench.save("another")
    assert bench.ledger.ancestry.editor("jobs/mug/a.md", tip) == "bob@example.com"
    assert bench.ledger.ancestry.editor("jobs/mug/b.md", tip) == "ada@example.com"
    bench.git("rm", "-q", "jobs/mug/a.md")
    bench.git("-c", "user.name=Eve", "-c", "user.email=eve@example.com", "commit", "-qm", "delete")
    assert bench.ledger.ancestry.editor("jobs/mug/a.md", bench.git("rev-parse", "HEAD")) == "eve@example.com"


def test_the_editor_is_found_behind_a_machines_merge(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    bench.git("checkout", "-q", "-b", "side", entries[1])
    bench.write("jobs/mug/a.md", "hers")
    side = bench.save("hers")
    bench.git("checkout", "-q", "main")
    oid = bench.ledger.files(side)["jobs/mug/a.md"]
    home = bench.ledger.commit_on(entries[2], {"jobs/mug/a.md": oid}, message="home", author=WRITER, parents_too=[side])
    bench.ledger.append("mug", home, old=entries[2])
    assert bench.ledger.commit(home.id).parents == (entries[2], side)
    assert bench.ledger.ancestry.editor("jobs/mug/a.md", home.id) == "ada@example.com"


def test_ancestors_are_told_from_others(tmp_path: Path) -> None:
    bench, entries = three(tmp_path)
    side = bench.ledger.commit_on(entries[0], {"x": b""}, message="side", author=ADA)
    bench.ledger.write(side)
    ancestry = bench.ledger.ancestry
    assert [ancestry.is_ancestor(old, entries[2]) for old in (*entries, side.id)] == [True, True, True, False]
    with pytest.raises(LedgerError, match="is not in this repository"):
        ancestry.is_ancestor("1" * 40, entries[2])


# --- who brought it --------------------------------------------------------------------------------------------------

PATH = "jobs/mug/approvals/approve.yaml"


def proposed(tmp_path: Path) -> Bench:
    """Return a bench with a job that has moved on since `approved/mug` was made, and a proposal on its tip."""
    bench, entries = three(tmp_path)
    tip = bench.entry(c_md="c")
    proposal = bench.ledger.commit_on(tip, {PATH: b"step: approve\n"}, message="propose", author=WRITER)
    bench.ledger.write(proposal)
    bench.ledger.move(
        [RefUpdate(review_ref("mug", "approve"), proposal.id, None), RefUpdate(approved_ref("mug"), entries[0], None)]
    )
    bench.git("checkout", "-q", "approved/mug")
    return bench


def brought(bench: Bench) -> tuple[str, str] | None:
    """Return committer and subject of the commit that brought the approval, None when nobody did."""
    review, tip = bench.ledger.review_tip("mug", "approve"), bench.ledger.tip("mug")
    approved = bench.ledger.approved_tip("mug")
    assert review
    assert tip
    assert approved
    blob = bench.ledger.files(review)[PATH]
    found = bench.ledger.ancestry.brought_by("mug", approved, PATH, blob, [review, tip])
    return (found.committer_email, found.message.split("\n")[0]) if found else None


def test_nothing_brought_is_nobodys(tmp_path: Path) -> None:
    assert brought(proposed(tmp_path)) is None


def test_a_fast_forward_names_nobody(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("merge", "-q", "--ff-only", "review/mug/approve")
    assert brought(bench) is None


def test_a_commit_after_a_fast_forward_did_not_bring_it(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("merge", "-q", "--ff-only", "review/mug/approve")
    bench.write("jobs/mug/note.md", "x")
    bench.save("later")
    assert brought(bench) is None


def test_a_merge_of_the_base_after_a_fast_forward_did_not_bring_it(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("merge", "-q", "--ff-only", "review/mug/approve")
    bench.git("checkout", "-q", "main")
    bench.write("news.txt", "news")
    bench.save("news")
    bench.git("checkout", "-q", "approved/mug")
    bench.git("merge", "-q", "-m", "take the news", "main")
    assert brought(bench) is None


def test_a_merge_is_by_who_merged(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("merge", "-q", "--no-ff", "-m", "approve", "review/mug/approve")
    assert brought(bench) == ("ada@example.com", "approve")


def test_a_merge_onto_the_base_is_by_who_merged(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("reset", "-q", "--hard", "main")
    bench.git("merge", "-q", "--no-ff", "-m", "approve", "review/mug/approve")
    assert brought(bench) == ("ada@example.com", "approve")


def test_a_merge_onto_the_base_of_what_somebody_else_had_merged_names_the_other(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("-c", "user.email=eve@example.com", "merge", "-q", "--no-ff", "-m", "hers", "review/mug/approve")
    bench.git("checkout", "-q", "-b", "x", "main")
    bench.git("merge", "-q", "--no-ff", "-m", "mine", "approved/mug")
    bench.git("branch", "-f", "approved/mug", "HEAD")
    assert brought(bench) == ("eve@example.com", "hers")


def test_a_merge_the_other_way_round_is_by_who_merged(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.write("jobs/mug/note.md", "x")
    bench.save("a note on the approved branch")
    bench.git("checkout", "-q", "-b", "x", "review/mug/approve")
    bench.git("merge", "-q", "-m", "other way", "approved/mug")
    bench.git("branch", "-f", "approved/mug", "HEAD")
    assert brought(bench) == ("ada@example.com", "other way")


def test_a_squash_is_by_who_committed_it(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("merge", "-q", "--squash", "review/mug/approve")
    bench.git("commit", "-q", "-m", "squashed")
    assert brought(bench) == ("ada@example.com", "squashed")


def test_a_rebase_is_by_who_rebased(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.write("jobs/mug/note.md", "x")
    bench.save("a note on the approved branch")
    bench.git("checkout", "-q", "-b", "x", "review/mug/approve")
    bench.git("rebase", "-q", "approved/mug")
    bench.git("branch", "-f", "approved/mug", "HEAD")
    assert brought(bench) == ("ada@example.com", "propose")


def test_what_was_taken_back_and_brought_again_is_by_who_brought_it_last(tmp_path: Path) -> None:
    bench = proposed(tmp_path)
    bench.git("merge", "-q", "--no-ff", "-m", "approve", "review/mug/approve")
    bench.git("revert", "-m", "1", "--no-edit", "HEAD")
    assert brought(bench) is None
    bench.git("revert", "--no-edit", "HEAD")
    bench.write("jobs/mug/note.md", "x")
    bench.save("later")
    found = brought(bench)
    assert found
    assert found[1].startswith('Revert "Revert')


@settings(max_examples=12, deadline=None)
@given(moves=st.lists(st.sampled_from(["entry", "edit", "reset", "amend", "rewind"]), max_size=7))
def test_no_entry_is_ever_unreachable(tmp_path_factory: pytest.TempPathFactory, moves: list[str]) -> None:
    bench = Bench.make(tmp_path_factory.mktemp("walk"))
    made = [bench.new_job()]
    acts: dict[str, Callable[[int], object]] = {
        "entry": lambda n: made.append(bench.entry(a_md=str(n))),
        "edit": lambda n: person(bench, f"edit {n}"),
        "reset": lambda n: bench.git("branch", "-f", "job/mug", ids(bench)[0]),
        "amend": lambda n: person(bench, f"amend {n}", "--amend"),
        "rewind": lambda n: bench.ledger.rewind("mug", ids(bench)[0]),
    }
    for number, name in enumerate(moves):
        acts[name](number)
        bench.ledger.keep_old_tip("mug")
    bench.git("reflog", "expire", "--expire=now", "--all")
    bench.git("prune", "--expire=now")
    counted = {*ids(bench), *(commit.id for commit in bench.ledger.kept.unreached("mug"))}
    assert set(made) <= counted
    assert bench.git("fsck", "--strict", "--no-dangling") == ""


def person(bench: Bench, message: str, *options: str) -> None:
    bench.git("checkout", "-q", "job/mug")
    bench.git("commit", "-q", "--allow-empty", "-m", message, *options)
    bench.git("checkout", "-q", "main")
