"""Intents, receipts, house-keeping and what `doctor` says."""

from pathlib import Path

import pytest
from ledger_bench import ADA, Bench

from orchestrator.errors import LedgerError, LostRace, RefusedError
from orchestrator.ledger import EffectRecord, Level, Remark

KEY, OTHER = "a" * 64, "b" * 64


def intended(bench: Bench, key: str = KEY) -> str:
    """Record an intent to publish the job's brief; return its commit."""
    payload = {"brief.md": bench.ledger.files(bench.ledger.tip("mug") or "")["jobs/mug/brief.md"]}
    payload |= {"/README.md": bench.ledger.files(bench.ledger.base().commit)["README.md"]}
    return bench.ledger.effects.record_intent(key, "mug", "publish", "storefront", text=b"key: a\n", payload=payload)


def received(bench: Bench, key: str = KEY) -> str:
    return bench.ledger.effects.record_receipt(key, "mug", "publish", "storefront", text=b"at: /shop\n")


def test_an_intent_and_then_its_receipt(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    before = bench.refs()
    assert bench.ledger.effects.find(KEY) is None
    intent = intended(bench)
    assert bench.ledger.effects.find(KEY) == EffectRecord(KEY, intent, None)
    assert bench.ledger.effects.intent_of("mug", "publish", "storefront") == intent
    assert bench.ledger.effects.published("mug", "publish", "storefront") is None
    receipt = received(bench)
    assert bench.ledger.effects.find(KEY) == EffectRecord(KEY, intent, receipt)
    assert received(bench) == receipt
    assert bench.ledger.effects.intent_of("mug", "publish", "storefront") is None
    assert bench.refs() == before | {
        f"refs/orchestrator/effects/{KEY}": receipt,
        "refs/orchestrator/published/mug/publish/storefront": receipt,
    }
    assert bench.ledger.commit(receipt).parents == (intent,)
    assert bench.git("ls-tree", "-r", "--name-only", receipt).split() == [
        "intent.yaml",
        "payload/brief.md",
        "receipt.yaml",
        "workspace/README.md",
    ]
    assert bench.ledger.effects.file(receipt, "receipt.yaml") == b"at: /shop\n"
    assert bench.ledger.effects.file(intent, "receipt.yaml") is None


def test_an_effect_is_intended_once(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    intended(bench)
    before = bench.refs()
    for key in (KEY, OTHER):
        with pytest.raises(LostRace):
            intended(bench, key)
    assert bench.refs() == before
    received(bench)
    with pytest.raises(LostRace):
        intended(bench)


def test_the_latest_receipt_of_a_target_is_the_one_published(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    intended(bench)
    first = received(bench)
    intended(bench, OTHER)
    second = received(bench, OTHER)
    assert bench.ledger.effects.published("mug", "publish", "storefront") == second
    assert bench.ledger.effects.find(KEY) == EffectRecord(KEY, bench.ledger.commit(first).parents[0], first)


def test_the_payload_outlives_the_job(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    intended(bench)
    receipt = received(bench)
    bench.git("branch", "-D", "job/mug")
    bench.git("update-ref", "-d", "refs/orchestrator/tips/mug")
    bench.git("reflog", "expire", "--expire=now", "--all")
    bench.git("gc", "-q", "--prune=now")
    assert bench.git("show", f"{receipt}:payload/brief.md") == "a mug"


def test_an_intent_whose_effect_did_not_happen_is_taken_back(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    before = bench.refs()
    with pytest.raises(LedgerError, match="no effect was intended"):
        received(bench)
    intended(bench)
    bench.ledger.effects.drop_intent(KEY, "mug", "publish", "storefront")
    assert bench.refs() == before
    intended(bench)
    received(bench)
    with pytest.raises(RefusedError, match="the effect has happened"):
        bench.ledger.effects.drop_intent(KEY, "mug", "publish", "storefront")


@pytest.mark.parametrize("target", ["", "a b", "a..b", "x.lock", "a/b", "-x", ".x", "x.", "a\nb", "@{", "é", "a" * 200])
def test_a_target_that_cannot_be_part_of_a_ref_is_refused(tmp_path: Path, target: str) -> None:
    bench = Bench.make(tmp_path)
    with pytest.raises(LedgerError, match="cannot name a publish target"):
        bench.ledger.effects.record_intent(KEY, "mug", "publish", target, text=b"", payload={})


@pytest.mark.parametrize("target", ["storefront", "a", "A_b.c-d", "x9"])
def test_the_targets_that_pass_are_names_that_git_takes(tmp_path: Path, target: str) -> None:
    bench = Bench.make(tmp_path)
    bench.ledger.effects.record_intent(KEY, "mug", "publish", target, text=b"", payload={})
    intent = bench.ledger.effects.intent_of("mug", "publish", target)
    assert intent == bench.ledger.ref(f"refs/orchestrator/effects/{KEY}")


def test_every_remote_is_made_to_bring_our_refs_once(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Bench(tmp_path / "clone", bench.environ)
    ledger = clone.open()
    assert ledger.init_refspecs() == ("origin",)
    config = (tmp_path / "clone" / ".git" / "config").read_bytes()
    assert ledger.init_refspecs() == ()
    assert (tmp_path / "clone" / ".git" / "config").read_bytes() == config
    clone.git("fetch", "-q")
    assert ledger.recorded_tip("mug") == bench.ledger.tip("mug")


def test_no_fetch_moves_or_prunes_the_refs_of_our_own(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    bench.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Bench(tmp_path / "clone", bench.environ)
    ledger = clone.open()
    ledger.init_refspecs()
    receipt = ledger.effects.record_intent(KEY, "mug", "publish", "shop", text=b"", payload={})
    clone.git("fetch", "-q", "--prune")
    assert ledger.ref(f"refs/orchestrator/effects/{KEY}") == receipt


def test_a_pattern_is_excluded_once(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    exclude = bench.folder / ".git" / "info" / "exclude"
    exclude.write_text("*.bak")
    for _ in range(2):
        bench.ledger.worktrees.exclude("/published/")
    assert exclude.read_text() == "*.bak\n/published/\n"
    bench.write("published/index.html", "x")
    assert bench.git("status", "--porcelain") == ""
    exclude.unlink()
    exclude.parent.rmdir()
    bench.ledger.worktrees.exclude("/published/")
    assert exclude.read_text() == "/published/\n"


def remarks(bench: Bench, directory: Path | None = None, **more: str) -> tuple[Remark, ...]:
    """Return what doctor says, without its two lines on a healthy git and user."""
    found = bench.open(directory, **more).doctor()
    assert found[0].message.startswith("git 2.")
    return found[1:]


def test_a_healthy_workspace_gets_two_lines(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    assert remarks(bench) == (
        Remark(Level.INFO, f"you are {ADA.name} <{ADA.email}>"),
        Remark(Level.INFO, f"the base is main at {bench.ledger.base().commit[:12]}"),
    )


def test_doctor_names_what_stands_among_the_claims_and_is_none(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.ledger.claims.take("mug", "a claim\n")
    blob = bench.git("rev-parse", "main:README.md")
    for name, oid in {"Odd;ls": blob, "a/b": blob, "cup": bench.ledger.base().commit}.items():
        bench.git("update-ref", f"refs/orchestrator/claims/{name}", oid)
    assert remarks(bench)[2:] == tuple(
        Remark(Level.WARNING, f"'refs/orchestrator/claims/{name}' is no job's claim", f"git update-ref -d {said}")
        for name, said in {
            "Odd;ls": "'refs/orchestrator/claims/Odd;ls'",
            "a/b": "refs/orchestrator/claims/a/b",
            "cup": "refs/orchestrator/claims/cup",
        }.items()
    )


def test_doctor_names_what_it_sees_and_writes_nothing(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    for job in ("templates/x", "a", "b", "c", "d"):
        bench.write(f"jobs/{job}/job.yaml", "x")
    bench.save("jobs on the base")
    bench.git("clone", "-q", "--depth=1", f"file://{bench.folder}", str(tmp_path / "clone"))
    clone = Bench(tmp_path / "clone", bench.environ)
    clone.git("checkout", "-q", "--detach")
    clone.write("README.md", "changed\n")
    clone.git("config", "remote.origin.promisor", "true")
    (clone.folder / ".git" / "index.lock").touch()
    (clone.folder / ".git" / "refs" / "heads" / "main.lock").touch()
    (tmp_path / "home" / ".gitconfig").unlink()
    before = clone.fingerprint()
    top, git_dir = clone.folder, clone.folder / ".git"
    assert remarks(clone, GIT_DIR="/x") == (
        Remark(Level.WARNING, "GIT_DIR is set: we ignore it, other programs do not", "unset GIT_DIR"),
        Remark(Level.WARNING, "git has no user.name", 'git config --global user.name "Ada Lovelace"'),
        Remark(Level.WARNING, "the clone is shallow: old entries are missing", "git fetch --unshallow"),
        Remark(
            Level.WARNING,
            "the clone is partial: files may be missing without the network",
            "git fetch --refetch, with remote.<name>.partialclonefilter unset",
        ),
        Remark(
            Level.WARNING,
            "fetching from origin does not bring tips and receipts along",
            "git config --add remote.origin.fetch '+refs/orchestrator/*:refs/orchestrator-remotes/origin/*'",
        ),
        Remark(Level.INFO, f"the base is origin/main at {bench.git('rev-parse', 'main')[:12]}"),
        Remark(
            Level.WARNING,
            "jobs/a, jobs/b, jobs/c and 1 more stands on the base",
            "every new job carries them along: git rm -r jobs/a",
        ),
        Remark(
            Level.WARNING,
            "refs/heads/main.lock locks a ref",
            f"if no git runs here, delete {git_dir / 'refs/heads/main.lock'}",
        ),
        Remark(Level.INFO, f"{top}: HEAD is detached; no job minds"),
        Remark(
            Level.WARNING,
            f"{top}: index.lock stands, so a git command runs there or was killed",
            f"if no git runs there, delete {git_dir / 'index.lock'}",
        ),
        Remark(Level.INFO, f"{top}: 1 changed and not committed; never touched"),
    )
    assert clone.fingerprint() == before


def test_doctor_names_an_operation_under_way(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("bisect", "start")
    assert remarks(bench)[-1] == Remark(Level.INFO, f"{bench.folder}: a bisect is under way")


def test_a_shallow_clone_ends_where_it_is_cut(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    tip = bench.entry(a_md="a")
    bench.git("clone", "-q", "--depth=1", "--branch=job/mug", f"file://{bench.folder}", str(tmp_path / "clone"))
    clone = Bench(tmp_path / "clone", bench.environ)
    clone.git("config", "orchestrator.base", "job/mug")
    ledger = clone.open()
    assert [commit.id for commit in ledger.history("mug")] == [tip]
