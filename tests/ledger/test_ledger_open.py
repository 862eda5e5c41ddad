"""Opening a repository: where it is, who one is, what the base is; and every way in which it is not ready."""

import shutil
from pathlib import Path

import pytest
from ledger_bench import ADA, NOW, Bench, hermetic, run

from orchestrator.errors import UsageError, WorkspaceError
from orchestrator.ledger import Ledger, Person


def refusal(directory: Path, environ: dict[str, str]) -> str:
    """Return the whole text with which opening fails."""
    with pytest.raises(WorkspaceError) as caught:
        Ledger.open(directory, environ=environ, clock=lambda: NOW)
    return str(caught.value)


def test_a_folder_without_a_repository_is_refused(tmp_path: Path) -> None:
    told = refusal(tmp_path, hermetic(tmp_path))
    assert told == f"{tmp_path} is not in a git repository\nhint: git init, then orchestrator init"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    hint = "go to the repository, or name it: orchestrator -C DIR"
    assert refusal(tmp_path / "no", hermetic(tmp_path)) == f"there is no folder {tmp_path / 'no'}\nhint: {hint}"


def test_a_repository_without_commits_is_refused(tmp_path: Path) -> None:
    run(tmp_path, hermetic(tmp_path), "init", "-q")
    told = refusal(tmp_path, hermetic(tmp_path))
    assert told == "the repository has no commits yet\nhint: run `orchestrator init`, or commit once"


def test_a_machine_without_git_is_told_so(tmp_path: Path) -> None:
    told = refusal(tmp_path, {"PATH": str(tmp_path)})
    assert told == "git is not installed, or not in the PATH\nhint: install git 2.39 or newer"


@pytest.mark.parametrize("version", ["git version 2.38.5", "git version 1.9.1 (Apple Git-1)"])
def test_an_old_git_is_refused(tmp_path: Path, version: str) -> None:
    fake = tmp_path / "git"
    fake.write_text(f"#!/bin/sh\necho '{version}'\n")
    fake.chmod(0o755)
    told = refusal(tmp_path, {"PATH": f"{tmp_path}:{hermetic(tmp_path)['PATH']}"})
    number = version.split()[2]
    assert told == f"git is too old: {number}, and 2.39 is needed\nhint: install git 2.39"


def test_a_user_without_a_name_is_told_the_command(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (tmp_path / "home" / ".gitconfig").write_text("[user]\n\temail = ada@example.com\n")
    with pytest.raises(WorkspaceError) as caught:
        bench.open().person()
    assert str(caught.value) == 'git has no user.name\nhint: git config --global user.name "Ada Lovelace"'


def test_the_person_is_the_one_of_the_repository_before_the_global_one(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    assert bench.ledger.person() == ADA
    bench.git("config", "user.email", "ada@work.example")
    assert bench.open().person() == Person("Ada Lovelace", "ada@work.example")


def test_the_xdg_configuration_is_read(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (tmp_path / "home" / ".gitconfig").unlink()
    (tmp_path / "xdg" / "git").mkdir(parents=True)
    (tmp_path / "xdg" / "git" / "config").write_text("[user]\n\tname = Bob\n\temail = bob@example.com\n")
    assert bench.open(XDG_CONFIG_HOME=str(tmp_path / "xdg")).person() == Person("Bob", "bob@example.com")


def test_the_variables_of_a_callers_git_do_not_lead_us_elsewhere(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (tmp_path / "other").mkdir()
    run(tmp_path / "other", bench.environ, "init", "-q")
    elsewhere = str(tmp_path / "other" / ".git")
    bench.ledger = bench.open(
        GIT_DIR=elsewhere,
        GIT_COMMON_DIR=elsewhere,
        GIT_WORK_TREE=str(tmp_path / "other"),
        GIT_INDEX_FILE=f"{elsewhere}/index",
        GIT_OBJECT_DIRECTORY=f"{elsewhere}/objects",
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="user.name",
        GIT_CONFIG_VALUE_0="Mallory",
        GIT_NAMESPACE="evil",
    )
    tip = bench.new_job()
    assert bench.ledger.person() == ADA
    assert bench.ledger.root == bench.folder
    assert bench.git("rev-parse", "job/mug") == tip
    assert run(tmp_path / "other", bench.environ, "for-each-ref") == ""


def test_a_linked_worktree_is_the_same_ledger(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.new_job()
    path = bench.ledger.worktrees.add("mug", tmp_path / "mug")
    linked = bench.open(path / "jobs" / "mug")
    assert (linked.root, linked.common_dir) == (bench.folder, bench.folder / ".git")
    assert linked.directory == path / "jobs" / "mug"
    assert linked.jobs() == ("mug",)
    assert linked.worktrees.current_job() == "mug"


def test_a_bare_repository_has_no_root(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    bench.ledger = bench.open(tmp_path / "bare.git")
    assert bench.ledger.root is None
    assert bench.ledger.worktrees.current_job() is None
    tip = bench.new_job()
    assert bench.ledger.tip("mug") == tip


def test_the_root_is_found_from_within_the_git_directory(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    assert bench.open(bench.folder / ".git" / "refs").root == bench.folder


def test_one_stands_in_the_job_of_the_branch_or_of_the_folder(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    (bench.folder / "jobs" / "mug" / "sources").mkdir(parents=True)
    (bench.folder / "jobs" / "templates").mkdir()
    assert bench.open().worktrees.current_job() is None
    assert bench.open(bench.folder / "jobs" / "mug" / "sources").worktrees.current_job() == "mug"
    assert bench.open(bench.folder / "jobs" / "templates").worktrees.current_job() is None
    for branch in ("job/cup", "approved/cup", "review/cup/approve"):
        bench.git("checkout", "-q", "-B", branch)
        assert bench.open().worktrees.current_job() == "cup"


def test_the_base_is_main_and_then_the_branch_that_one_is_on(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("checkout", "-q", "-b", "topic")
    assert bench.ledger.base().name == "main"
    bench.git("branch", "-D", "main")
    assert bench.ledger.base().name == "topic"


def test_a_jobs_branch_is_never_the_base(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("checkout", "-q", "-b", "job/mug")
    bench.git("branch", "-D", "main")
    told = refusal(bench.folder, bench.environ)
    assert told == "there is no base branch\nhint: git config orchestrator.base <branch>"


def test_the_base_may_be_named(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("branch", "trunk")
    bench.git("config", "orchestrator.base", "trunk")
    assert bench.open().base().name == "trunk"
    bench.git("config", "orchestrator.base", "nowhere")
    told = refusal(bench.folder, bench.environ)
    hint = "hint: git config orchestrator.base <branch>"
    assert told == f"orchestrator.base names 'nowhere', and there is no such branch\n{hint}"


def test_with_a_remote_the_base_is_the_copy_of_the_remotes_branch(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = Bench(tmp_path / "clone", bench.environ)
    theirs = clone.git("rev-parse", "HEAD")
    clone.write("local.txt", "only here")
    clone.save("not pushed")
    assert (clone.open().base().name, clone.open().base().commit) == ("origin/main", theirs)
    clone.git("config", "orchestrator.base", "main")
    assert (clone.open().base().name, clone.open().base().commit) == ("origin/main", theirs)


def test_a_remote_that_was_never_fetched_leaves_the_local_branch(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("remote", "add", "origin", str(tmp_path / "nowhere"))
    assert bench.open().base().name == "main"


def test_a_folder_of_somebody_else_is_opened_when_the_user_trusts_it(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    with (tmp_path / "home" / ".gitconfig").open("a") as file:
        file.write("[safe]\n\tdirectory = /elsewhere\n\tdirectory = *\n")
    ledger = bench.open(GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert ledger._repository.git.safe == ("/elsewhere", "*")


def test_a_repository_may_not_declare_itself_trusted(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    bench.git("config", "safe.directory", "*")
    assert bench.open()._repository.git.safe == ()


def test_a_bad_source_date_epoch_is_a_usage_error(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    with pytest.raises(UsageError) as caught:
        bench.open(SOURCE_DATE_EPOCH="yesterday")
    assert str(caught.value).split("\n")[0] == "SOURCE_DATE_EPOCH is no Unix time: 'yesterday'"


def test_two_repositories_with_one_date_have_one_history(tmp_path: Path) -> None:
    tips = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        bench = Bench.make(tmp_path / name)
        bench.environ["SOURCE_DATE_EPOCH"] = "1600000000"
        tree = bench.git("rev-parse", "HEAD^{tree}")
        base = bench.ledger.commit_on(None, {"README.md": b"a shop\n"}, message="begin", author=ADA)
        assert base.tree == tree
        bench.ledger.write(base)
        bench.git("update-ref", "refs/heads/main", base.id)
        bench.ledger = bench.open()
        bench.new_job()
        tips.append(bench.entry(listing_md="a listing"))
    assert tips[0] == tips[1]
    assert bench.ledger.commit(tips[0]).date == 1_600_000_000


def test_the_ledger_goes_on_when_its_reader_was_killed(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    blob = bench.ledger.files(tip)["README.md"]
    bench.git("gc", "-q")
    assert bench.ledger.blob(blob) == b"a shop\n"
    process = bench.ledger._reader._child._process
    assert process is not None
    process.kill()
    process.wait()
    assert bench.ledger.blob(blob) == b"a shop\n"
    bench.ledger.close()
    assert bench.ledger.size(blob) == 7


def test_a_gc_beside_the_open_ledger_changes_nothing(tmp_path: Path) -> None:
    bench = Bench.make(tmp_path)
    tip = bench.new_job()
    before = {path: bench.ledger.blob(oid) for path, oid in bench.ledger.files(tip).items()}
    bench.git("gc", "-q", "--prune=now")
    shutil.rmtree(bench.folder / ".git" / "orchestrator", ignore_errors=True)
    later = bench.entry(listing_md="a listing")
    after = {path: bench.ledger.blob(oid) for path, oid in bench.ledger.files(later).items()}
    assert after == before | {
        "jobs/mug/listing.md": b"a listing",
        "jobs/mug/state.yaml": b"schema: 1\nseq: 2\n",
    }
    assert (bench.ledger.tip("mug"), bench.ledger.recorded_tip("mug")) == (later, later)
