"""`verify` at the command line: what it prints, what it exits with, which jobs it looks at."""

import json
import subprocess
from pathlib import Path

from calling import Called, call, finished, git, job, waiting, workspace, written

TAKEN = "taken from the entries, not recomputed"
STATE = "jobs/j/state.yaml"


def by_hand(where: Path) -> None:
    """Commit a state that a person wrote."""
    git(where, "switch", "-q", "job/j")
    state = where / STATE
    state.write_text(state.read_text().replace("outcome: waiting", "outcome: approved"))
    git(where, "commit", "-qam", "approve it myself")
    git(where, "switch", "-q", "main")


def forged(where: Path) -> None:
    """Commit in the orchestrator's name that nothing is to be asked."""
    by_hand(where)
    message = (
        git(where, "log", "-1", "--format=%B", "job/j~1").replace("waiting", "approved").replace("Seq: 3", "Seq: 4")
    )
    author = "orchestrator <orchestrator@agents.invalid> 1767225600 +0000"
    text = f"tree {git(where, 'rev-parse', 'job/j^{tree}')}\nparent {git(where, 'rev-parse', 'job/j~1')}\n"
    whole = f"{text}author {author}\ncommitter {author}\n\n{message.replace('Seq: 3', 'Seq: 4')}\n"
    made = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"], cwd=where, input=whole, capture_output=True, text=True
    ).stdout.strip()
    git(where, "update-ref", "refs/heads/job/j", made)


def test_a_sound_job_is_one_line_and_exits_0(folder: Path) -> None:
    finished(folder)
    out = f"j: 5 entries verified; {TAKEN}: outside effects (1)\n"
    assert call(folder, "verify", "j") == Called(0, out, "")


def test_a_state_changed_by_hand_is_named_and_exits_1(folder: Path) -> None:
    by_hand(waiting(folder))
    out = "j: commit <id>: state: ada@example.com changed state.yaml by hand\n"
    assert call(folder, "verify", "j") == Called(1, f"{out}j: 1 bad of 3 entries; {TAKEN}: nothing\n", "")


def test_a_forged_approval_is_named_with_its_number_and_its_step(folder: Path) -> None:
    forged(waiting(folder))
    called = call(folder, "verify", "j")
    assert called.code == 1
    assert called.out.splitlines()[0] == (
        "j: entry <id> (seq 4, approve): approval: it says approve approved, and what follows from its parent "
        "is to await approve: owner must approve review/j/approve"
    )


def test_as_json_a_job_is_its_entries_its_problems_its_notes_and_what_was_taken(folder: Path) -> None:
    by_hand(waiting(folder))
    (found,) = json.loads(call(folder, "verify", "--json", "j").out)
    assert {**found, "problems": [{**found["problems"][0], "entry": "<id>"}]} == {
        "job": "j",
        "ok": False,
        "entries": 3,
        "problems": [
            {
                "entry": "<id>",
                "kind": "state",
                "message": "ada@example.com changed state.yaml by hand",
                "seq": None,
                "step": None,
            }
        ],
        "notes": [],
        "taken": {},
    }


def test_all_jobs_are_looked_at_and_one_bad_one_fails_them(folder: Path) -> None:
    by_hand(waiting(folder))
    assert call(folder, "new", "note", "k").code == 0
    written(folder, job="k")
    called = call(folder, "verify", "--all")
    assert (called.code, called.out.splitlines()[-1]) == (1, f"k: 1 entry verified; {TAKEN}: nothing")
    assert call(folder, "verify", "k").code == 0


def test_a_job_that_cannot_be_read_hides_none_of_the_others(folder: Path) -> None:
    job(folder)
    git(folder, "update-ref", "refs/orchestrator/tips/broken", git(folder, "hash-object", "-w", "orchestrator.yaml"))
    called = call(folder, "verify", "broken", "j")
    assert called.code == 1
    assert called.out.startswith(
        "broken: commit <id>: unreadable: object <id> is a blob, not a commit; hint: run `git fsck`\n"
    )
    assert called.out.splitlines()[-1] == f"j: 1 entry verified; {TAKEN}: nothing"
    assert call(folder, "verify", "broken").code == 1


def test_without_jobs_there_is_nothing_to_verify(folder: Path) -> None:
    assert call(workspace(folder), "verify", "--all") == Called(0, "", "there are no jobs yet\n")


def test_there_is_no_such_job(folder: Path) -> None:
    called = call(job(folder), "verify", "nosuch")
    assert (called.code, called.err.splitlines()[0]) == (2, "error: there is no job 'nosuch'")


def test_a_clone_that_is_cut_off_cannot_be_verified(folder: Path, tmp_path: Path) -> None:
    finished(folder)
    git(tmp_path, "clone", "-q", "--depth", "2", "--no-single-branch", f"file://{folder}", "cut")
    called = call(tmp_path / "cut", "verify", "j")
    assert (called.code, called.err) == (
        1,
        "error: j: the clone is cut off before its first entry\nhint: git fetch --unshallow\n",
    )


def test_a_clone_verifies_a_job_that_it_has_not_moved(folder: Path, tmp_path: Path) -> None:
    waiting(folder)
    git(tmp_path, "clone", "-q", str(folder), "clone")
    assert call(tmp_path / "clone", "verify", "j") == Called(0, f"j: 3 entries verified; {TAKEN}: nothing\n", "")
