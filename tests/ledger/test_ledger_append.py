"""Appending: one transaction or nothing, durable, and never a byte of the user's own checkout."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_bench import ADA, NOW, WRITER, Bench

from orchestrator.errors import Busy, LedgerError, LostRace
from orchestrator.ledger import Ledger, RefUpdate, claim_drop, review_ref
from orchestrator.ledger.refs import AskedRefs

RACER = """
import sys
from orchestrator.errors import Busy, LostRace
from orchestrator.ledger import Ledger, Person
folder, path, me, wins = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
ledger = Ledger.open(folder, environ={"PATH": path, "HOME": "/nowhere"}, clock=lambda: 1700000000)
won = []
while len(won) < wins:
    tip = ledger.tip("mug")
    new = ledger.commit_on(tip, {f"jobs/mug/{me}.txt": str(len(won)).encode()}, message=f"{me} {len(won)}",
                           author=Person(me, f"{me}@agents.invalid"))
    try:
        won.append(ledger.append("mug", new, old=tip))
    except (LostRace, Busy):
        continue
print("\\n".join(won))
"""


def test_an_entry_is_a_commit_on_the_base_with_trees_that_git_accepts(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    base = bench.ledger.base().commit
    created = bench.new_job()
    tip = bench.entry(listing_md="a listing\n")
    assert bench.git("log", "--format=%H %an <%ae> %cn <%ce> %at %s", "job/mug").split("\n") == [
        f"{tip} writer <writer@agents.invalid> orchestrator <orchestrator@agents.invalid> {NOW} mug: entry 2",
        f"{created} Ada Lovelace <ada@example.com> orchestrator <orchestrator@agents.invalid> {NOW} mug: new",
        f"{base} Ada Lovelace <ada@example.com> Ada Lovelace <ada@example.com> "
        + bench.git("show", "-s", "--format=%at begin", base),
    ]
    assert bench.git("ls-tree", "-r", "--name-only", "job/mug").split() == [
        "README.md",
        "jobs/mug/brief.md",
        "jobs/mug/listing.md",
        "jobs/mug/state.yaml",
    ]
    assert bench.git("fsck", "--strict", "--no-dangling") == ""
    assert bench.refs() == {
        "refs/heads/job/mug": tip,
        "refs/heads/main": base,
        "refs/orchestrator/tips/mug": tip,
    }


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_both_object_formats_are_written_and_read(tmp_path: Path, form: str) -> None:
    bench = Bench.make(tmp_path, object_format=form)
    bench.new_job()
    tip = bench.entry(listing_md="a listing\n")
    assert bench.git("rev-parse", "job/mug") == tip
    assert bench.ledger.blob(bench.ledger.files(tip)["jobs/mug/listing.md"]) == b"a listing\n"
    assert [commit.id for commit in bench.ledger.history("mug")][-1] == tip
    assert bench.git("fsck", "--strict", "--no-dangling") == ""


def test_the_users_checkout_index_and_head_are_not_touched(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.write("README.md", "being edited\n")
    bench.write("staged.txt", "staged")
    bench.git("add", "staged.txt")
    bench.write("untracked.txt", "mine")
    bench.git("stash", "create")
    for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit", "update"):
        hook = bench.folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\n")
        hook.chmod(0o755)
    before = bench.fingerprint()
    bench.new_job()
    for number in range(3):
        bench.entry(listing_md=f"a listing {number}\n")
    bench.ledger.rewind("mug", bench.ledger.history("mug")[1].id)
    bench.ledger.doctor()
    assert bench.fingerprint() == before
    assert not (tmp_path / "hook-ran").exists()


def test_a_lost_race_changes_nothing(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    old = bench.new_job()
    late = bench.ledger.commit_on(old, {"jobs/mug/a.md": b"late"}, message="late", author=WRITER)
    bench.entry(listing_md="first")
    before = bench.refs()
    with pytest.raises(LostRace) as caught:
        bench.ledger.append("mug", late, old=old)
    assert str(caught.value) == "mug moved meanwhile; nothing was changed\nhint: run the same command again"
    assert bench.refs() == before


def test_one_ref_that_moved_holds_back_the_whole_transaction(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    old = bench.new_job()
    before = bench.refs()
    new = bench.ledger.commit_on(old, {"jobs/mug/a.md": b"a"}, message="a", author=WRITER)
    for also in (
        RefUpdate(review_ref("mug", "approve"), new.id, old),
        RefUpdate("refs/heads/main", new.id, None),
        RefUpdate("refs/heads/main", None, new.id),
        RefUpdate("refs/heads/main", old, old),
    ):
        with pytest.raises(LostRace):
            bench.ledger.append("mug", new, old=old, also=[also])
        assert bench.refs() == before
    assert bench.ledger.append("mug", new, old=old, also=[RefUpdate("refs/heads/gone", None, None)]) == new.id


def test_a_new_job_does_not_take_the_place_of_one_that_exists(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    with pytest.raises(LostRace):
        bench.new_job()


def test_a_branch_that_bars_the_way_is_named(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("branch", "job")
    with pytest.raises(LedgerError) as caught:
        bench.new_job()
    hint = "hint: rename it: git branch -m job <another name>"
    assert str(caught.value) == f"refs/heads/job stands in the way of refs/heads/job/mug\n{hint}"


def test_a_lock_that_stands_is_busy_and_no_lost_race(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    lock = bench.folder / ".git" / "refs" / "heads" / "job" / "mug.lock"
    lock.touch()
    with pytest.raises(Busy) as caught:
        bench.entry(listing_md="x")
    assert str(caught.value) == (
        f"another process moves the same ref\nhint: try again; if no git runs here, a killed one left it: delete {lock}"
    )


def test_eight_racers_lose_no_win(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    argv = [sys.executable, "-c", RACER, str(bench.folder), bench.environ["PATH"]]
    racers = [
        subprocess.Popen([*argv, f"racer{number}", "4"], stdout=subprocess.PIPE, text=True) for number in range(8)
    ]
    told = [racer.communicate()[0].split() for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * 8
    history = [commit.id for commit in bench.ledger.history("mug")][1:]
    assert len(history) == 32
    assert sorted(history) == sorted(commit for won in told for commit in won)
    assert bench.ledger.tip("mug") == bench.ledger.recorded_tip("mug") == history[-1]


def test_objects_and_refs_are_synced_before_an_entry_is_acknowledged(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    old = bench.new_job()
    new = bench.ledger.commit_on(old, {"jobs/mug/a.md": b"a"}, message="a", author=WRITER)
    program = (
        "import sys; from orchestrator.ledger import Ledger, Person\n"
        f"ledger = Ledger.open({str(bench.folder)!r}, environ={bench.environ!r}, clock=lambda: {NOW})\n"
        f"new = ledger.commit_on({old!r}, {{'jobs/mug/a.md': b'a'}}, message='a',"
        f" author=Person({WRITER.name!r}, {WRITER.email!r}))\n"
        f"ledger.append('mug', new, old={old!r})\n"
    )
    trace = tmp_path / "trace"
    argv = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", str(trace), sys.executable, "-c", program]
    subprocess.run(argv, check=True)
    synced = [line for line in trace.read_text().split("\n") if "sync(" in line]
    objects = [line for line in synced if "/.git/objects/" in line]
    refs = [line for line in synced if "/refs/" in line]
    # The blob, the three trees from the job's folder up to the top, the commit; then the branch and the tip.
    assert (len(objects), len(refs)) == (len(new.objects), 2)
    assert len(new.objects) == 5
    assert synced == objects + refs


def test_packed_refs_are_read_and_moved(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    bench.git("pack-refs", "--all", "--prune")
    assert not (bench.folder / ".git" / "refs" / "heads" / "job").exists()
    assert (bench.ledger.tip("mug"), bench.ledger.jobs()) == (tip, ("mug",))
    later = bench.entry(listing_md="x")
    assert bench.git("rev-parse", "job/mug") == bench.ledger.tip("mug") == later


def test_a_ref_that_is_broken_is_named(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    (bench.folder / ".git" / "refs" / "heads" / "job" / "mug").write_text("")
    with pytest.raises(LedgerError) as caught:
        bench.ledger.tip("mug")
    assert str(caught.value) == (
        "refs/heads/job/mug is broken: it holds no object id\nhint: look at .git/refs/heads/job/mug, or run `git fsck`"
    )


def test_a_ref_of_a_longer_name_is_not_taken_for_the_jobs(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    bench.git("update-ref", "refs/heads/refs/heads/job/cup", tip)
    bench.git("tag", "job/cup", tip)
    assert bench.ledger.tip("cup") is None
    assert bench.ledger.jobs() == ("mug",)
    bench.git("pack-refs", "--all", "--prune")
    assert bench.ledger.tip("cup") is None


@settings(max_examples=12, deadline=None)
@given(
    names=st.lists(st.from_regex(r"[a-z]{1,3}/[a-z]{4}", fullmatch=True), min_size=1, max_size=6, unique=True),
    packed=st.booleans(),
)
def test_our_reading_of_refs_is_gits(tmp_path_factory: pytest.TempPathFactory, names: list[str], packed: bool) -> None:
    bench = Bench.make(tmp_path_factory.mktemp("refs"))
    for name in names:
        bench.git("update-ref", f"refs/orchestrator/x/{name}", "HEAD")
        if packed:
            bench.git("pack-refs", "--all")
    asked = AskedRefs(bench.ledger._repository.git)
    found = bench.ledger._repository.refs.below("refs/orchestrator/")
    assert found == asked.below("refs/orchestrator/")
    assert {name: bench.ledger.ref(name) for name in found} == {name: asked.read(name) for name in found}
    assert asked.read("refs/orchestrator/x") is bench.ledger.ref("refs/orchestrator/x") is None


@pytest.mark.parametrize("name", ["-x", "../x", "a.lock", "HEAD", "con", "é", "a" * 300, "templates", "a/b", "a\nb"])
def test_a_bad_job_id_never_reaches_git(tmp_path: Path, name: str) -> None:
    bench = Bench.make(tmp_path)
    with pytest.raises(LedgerError):
        bench.ledger.tip(name)
    commit = bench.ledger.commit_on(None, {"a": b""}, message="m", author=ADA)
    with pytest.raises(LedgerError):
        bench.ledger.append(name, commit, old=None)


@pytest.mark.parametrize("path", ["", "/x", "a//b", "../x", "a/../b", ".git/config", "a/.GIT/x", "a\0b", "a/"])
def test_a_path_that_git_would_not_check_out_is_refused(tmp_path: Path, path: str) -> None:
    bench = Bench.make(tmp_path)
    with pytest.raises(LedgerError, match="git keeps no such path"):
        bench.ledger.commit_on(bench.ledger.base().commit, {path: b""}, message="m", author=ADA)


def test_a_change_sets_moves_and_deletes_and_leaves_no_empty_folder(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.write("tool.sh", "#!/bin/sh\n")
    (bench.folder / "tool.sh").chmod(0o755)
    bench.write("a/b/c.txt", "c")
    base = bench.save("more")
    oid = bench.ledger.files(base)["a/b/c.txt"]
    new = bench.ledger.commit_on(
        base,
        {"a/b/c.txt": None, "moved.txt": oid, "tool.sh": b"#!/bin/bash\n", "gone.txt": None, "no/such/x": None},
        message="m",
        author=ADA,
    )
    bench.ledger.write(new)
    assert bench.git("ls-tree", "-r", "--format=%(objectmode) %(path)", new.id).split("\n") == [
        "100644 README.md",
        "100644 moved.txt",
        "100755 tool.sh",
    ]
    assert new.blobs == {"moved.txt": oid, "tool.sh": bench.ledger.blob_id(b"#!/bin/bash\n")}
    assert bench.ledger.changed(base, new.id) == {
        "a/b/c.txt": (oid, None),
        "moved.txt": (None, oid),
        "tool.sh": (bench.ledger.files(base)["tool.sh"], new.blobs["tool.sh"]),
    }


def test_a_commit_without_changes_keeps_the_tree_and_may_be_empty(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    base = bench.ledger.commit(bench.ledger.base().commit)
    same = bench.ledger.commit_on(base.id, {"README.md": b"a shop\n"}, message="m", author=ADA)
    assert (same.tree, [new.kind.value for new in same.objects]) == (base.tree, ["commit"])
    empty = bench.ledger.commit_on(base.id, {"README.md": None}, message="m", author=ADA)
    bench.ledger.write(empty)
    assert bench.git("ls-tree", empty.id) == ""


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("README.md/x", "README.md: a file stands where a folder is needed\nhint: rename the file"),
        ("a", "a: a folder stands where a file is to be written\nhint: rename the folder"),
    ],
)
def test_a_file_and_a_folder_do_not_take_each_others_place(tmp_path: Path, path: str, told: str) -> None:
    bench = Bench.make(tmp_path)
    bench.write("a/b", "b")
    base = bench.save("more")
    with pytest.raises(LedgerError) as caught:
        bench.ledger.commit_on(base, {path: b""}, message="m", author=ADA)
    assert str(caught.value) == f"{told}, or let the step write another path"


def test_content_that_is_not_there_is_not_referred_to(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    with pytest.raises(LedgerError, match="is not in this repository"):
        bench.ledger.commit_on(bench.ledger.base().commit, {"a": "1" * 40}, message="m", author=ADA)


def test_a_commit_is_built_on_one_that_is_not_written_yet(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    old = bench.new_job()
    entry = bench.ledger.commit_on(old, {"jobs/mug/a.md": b"a"}, message="entry", author=WRITER)
    proposal = bench.ledger.commit_on(entry.id, {"jobs/mug/b.md": b"a"}, message="proposal", author=WRITER)
    also = [RefUpdate(review_ref("mug", "approve"), proposal.id, None)]
    bench.ledger.append("mug", entry, old=old, also=also, others=[proposal])
    assert bench.git("show", "review/mug/approve:jobs/mug/b.md") == "a"
    assert bench.ledger.open_reviews("mug") == {"approve"}
    assert bench.ledger.review_tip("mug", "approve") == proposal.id
    assert bench.git("fsck", "--strict", "--no-dangling") == ""


def test_files_and_odd_files_divide_a_tree_between_them(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (bench.folder / "link").symlink_to("/etc/passwd")
    bench.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    with open(bytes(bench.folder) + b"/caf\xe9", "wb"):
        pass
    bench.git("add", "link", ".")
    bench.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    bench.git("commit", "-qm", "odd")
    tip = bench.git("rev-parse", "HEAD")
    assert set(bench.ledger.files(tip)) == {"README.md"}
    assert bench.ledger.odd_files(tip) == {"caf\udce9": "100644", "link": "120000", "sub": "160000"}
    kept = bench.ledger.commit_on(tip, {"a": b""}, message="m", author=ADA)
    bench.ledger.write(kept)
    assert bench.git("diff", "--name-only", tip, kept.id) == "a"


def test_the_lock_has_one_holder_and_says_who(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    holder = bench.open()
    with holder.lock("mug"), pytest.raises(Busy) as caught, bench.ledger.lock("mug"):
        pass
    assert str(caught.value).startswith("mug is being advanced by process ")
    assert str(caught.value).endswith(", since 2023-11-14 22:13:20 UTC\nhint: try again when it is done")
    with bench.ledger.lock("mug"), bench.ledger.lock("cup"):
        pass


def test_a_lock_goes_with_its_process_and_so_do_the_locks_of_refs_that_it_left(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    program = (
        "import os, signal; from orchestrator.ledger import Ledger\n"
        f"ledger = Ledger.open({str(bench.folder)!r}, environ={bench.environ!r}, clock=lambda: 1700000000)\n"
        "with ledger.lock('mug'): os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    stale = bench.folder / ".git" / "refs" / "orchestrator" / "tips" / "mug.lock"
    stale.touch()
    then = int(stale.stat().st_mtime)
    later = Ledger.open(bench.folder, environ=bench.environ, clock=lambda: then + 60)
    with later.lock("mug"):
        assert not stale.exists()
        bench.entry(listing_md="x")
    stale.touch()
    with later.lock("mug"):
        assert stale.exists()


def test_the_cache_may_be_deleted_under_a_lock(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    with bench.ledger.lock("mug"):
        shutil.rmtree(bench.folder / ".git" / "orchestrator")
    with bench.ledger.lock("mug"):
        pass


def test_a_claim_has_one_owner(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    claim = bench.ledger.claims.take("mug", "step: draft\n")
    with pytest.raises(LostRace):
        bench.ledger.claims.take("mug", "step: other\n")
    found = bench.ledger.claims.of("mug")
    assert found
    assert (found.id, found.text) == (claim, "step: draft\n")
    new = bench.ledger.commit_on(tip, {"jobs/mug/a.md": b"a"}, message="a", author=WRITER)
    bench.ledger.append("mug", new, old=tip, also=[claim_drop("mug", claim)])
    assert bench.ledger.claims.of("mug") is None
    with pytest.raises(LostRace):
        bench.ledger.claims.drop("mug", claim)
