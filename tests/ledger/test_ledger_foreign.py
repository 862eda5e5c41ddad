"""Reading another repository: held against git's own words, and against repositories that mean harm."""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import histories
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_bench import NOW, hermetic, run

from orchestrator.errors import LedgerError, OrchestratorError, UsageError, WorkspaceError
from orchestrator.ledger import Person
from orchestrator.ledger.foreign import ForeignRepository, Landed
from orchestrator.ledger.foreign_commit import MOST_BODY, MOST_BREAKS, decode_foreign, text_of
from orchestrator.ledger.foreign_ranges import Range
from orchestrator.ledger.foreign_trees import folder_of
from orchestrator.ledger.mailmap import Mailmap
from orchestrator.model.breaks import breaks_in


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the made histories; nothing writes there."""
    folder = tmp_path_factory.mktemp("histories")
    for kind in histories.KINDS:
        histories.make(folder, kind)
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n")
    return hermetic(home)


def opened(folder: Path | str, environ: Mapping[str, str], here: Path = Path("/")) -> ForeignRepository:
    return ForeignRepository.open(str(folder), here=here, environ=environ, clock=lambda: NOW)


def read(folder: Path, environ: Mapping[str, str], asked: str = "") -> list[Landed]:
    repository = opened(folder, environ)
    return list(repository.history(repository.resolve(asked)).landed)


def begun(folder: Path, environ: Mapping[str, str], *options: str) -> Path:
    """Make a repository with one commit, tagged v1, and another one."""
    folder.mkdir()
    run(folder, environ, "init", "-q", "-b", "main", *options)
    saved(folder, environ, "One")
    run(folder, environ, "tag", "v1")
    saved(folder, environ, "Two")
    return folder


def saved(folder: Path, environ: Mapping[str, str], message: str) -> None:
    run(folder, environ, "commit", "-q", "--allow-empty", "-m", message)


def told(ask: Callable[[], object]) -> str:
    with pytest.raises(OrchestratorError) as caught:
        ask()
    return str(caught.value)


# --- ranges ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said", "text", "first", "last"),
    [
        ("prefixes", "v1.0.0..v2.0.0", "v1.0.0..v2.0.0", "v1.0.0", "v2.0.0"),
        ("prefixes", " refs/tags/v1.0.0..v1.1.0\n", "refs/tags/v1.0.0..v1.1.0", "v1.0.0", "v1.1.0"),
        ("prefixes", "v1.1.0", "v1.0.0..v1.1.0", "v1.0.0", "v1.1.0"),
        ("prefixes", "v1.0.0", "v1.0.0", None, "v1.0.0"),
        ("prefixes", "", "v2.0.0..HEAD", "v2.0.0", None),
        ("prefixes", "v2.0.0..", "v2.0.0..HEAD", "v2.0.0", None),
        ("prefixes", "main~2..main", "main~2..main", None, None),
        ("prefixes", "HEAD~1", "v1.1.0..HEAD~1", "v1.1.0", "v2.0.0"),
        ("merges", "latest", "1.0..latest", "1.0", "latest"),
        ("merges", "1.0..main", "1.0..main", "1.0", "1.1"),
        ("years", "v1.0.0", "v0.2.0..v1.0.0", "v0.2.0", "v1.0.0"),
    ],
)
def test_a_range_is_resolved_to_whole_ids(
    made: Path, environ: dict[str, str], kind: str, said: str, text: str, first: str | None, last: str | None
) -> None:
    folder = made / f"{kind}.git"
    begin, _, end = text.rpartition("..")
    ids = [run(folder, environ, "rev-parse", f"{word}^{{commit}}") if word else None for word in (begin, end)]
    assert ids[1] is not None
    assert opened(folder, environ).resolve(said) == Range(text, ids[0], ids[1], first, last)


def test_the_tag_before_a_release_is_of_its_series_and_no_candidate_of_its_own(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = begun(tmp_path / "r", environ)
    for tag in ("core-v1.0", "core-v1.1rc1", "docs-v9", "core-v1.1", "odd"):
        saved(folder, environ, tag)
        run(folder, environ, "tag", tag)
    repository = opened(folder, environ)
    assert [repository.resolve(tag).text for tag in ("core-v1.1", "core-v1.1rc1", "docs-v9", "odd")] == [
        "core-v1.0..core-v1.1",
        "core-v1.0..core-v1.1rc1",
        "core-v1.1rc1..docs-v9",
        "core-v1.1..odd",
    ]


def test_of_two_tags_that_a_merge_brings_together_the_nearer_one_counts(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = begun(tmp_path / "r", environ)
    run(folder, environ, "checkout", "-qb", "stable", "v1")
    for number in range(3):
        saved(folder, environ, f"mend {number}")
    run(folder, environ, "tag", "v1.0.3")
    run(folder, environ, "checkout", "-q", "main")
    run(folder, environ, "tag", "v2.0a")
    run(folder, environ, "merge", "-q", "--no-ff", "-m", "merge", "stable")
    assert opened(folder, environ).resolve("").text == "v1.0.3..HEAD"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("v1.0.0...v2.0.0", "the range 'v1.0.0...v2.0.0' has three dots\nhint: did you mean 'v1.0.0..v2.0.0'?"),
        (
            "v2.0.0..v1.0.0",
            "the range v2.0.0..v1.0.0 runs backwards: v2.0.0 has all of v1.0.0\nhint: did you mean v1.0.0..v2.0.0?",
        ),
        (
            "v2.0.0..v2.0.0",
            "nothing came since v2.0.0: v2.0.0 is the same commit\nhint: v2.0.0 alone means what that release brought",
        ),
        (
            "HEAD..main",
            "nothing came since HEAD: main is the same commit\nhint: its latest tags: v2.0.0, v1.1.0, v1.0.0",
        ),
        ("v1.2.0..", "prefixes has no tag, branch or commit 'v1.2.0'\nhint: did you mean \"v1.1.0\"?"),
        (
            "nonsense",
            "prefixes has no tag, branch or commit 'nonsense'\nhint: its latest tags: v2.0.0, v1.1.0, v1.0.0",
        ),
        (
            "--output=x",
            "prefixes has no tag, branch or commit '--output=x'\nhint: its latest tags: v2.0.0, v1.1.0, v1.0.0",
        ),
        ("^v1.0.0", "prefixes has no tag, branch or commit '^v1.0.0'\nhint: did you mean \"v1.0.0\"?"),
        ("v1.0.0 v1.1.0", "prefixes has no tag, branch or commit 'v1.0.0 v1.1.0'\nhint: did you mean \"v1.1.0\"?"),
        ("v1.0.0\0", "prefixes has no tag, branch or commit 'v1.0.0\\x00'\nhint: did you mean \"v1.0.0\"?"),
        (
            "a" * 5_000,
            f"prefixes has no tag, branch or commit '{'a' * 57}...'\nhint: its latest tags: v2.0.0, v1.1.0, v1.0.0",
        ),
    ],
)
def test_a_range_that_means_nothing_is_refused_with_what_to_say_instead(
    made: Path, environ: dict[str, str], said: str, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        opened(made / "prefixes.git", environ).resolve(said)
    assert str(caught.value) == message


def test_a_repository_at_its_latest_tag_has_nothing_new(made: Path, environ: dict[str, str]) -> None:
    assert told(lambda: opened(made / "merges.git", environ).resolve("")) == (
        "nothing came since 1.1: HEAD is the same commit\nhint: 1.1 alone means what that release brought"
    )


def test_a_repository_without_commits_is_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    run(tmp_path, environ, "init", "-q", "r")
    assert told(lambda: opened(tmp_path / "r", environ).resolve("")) == (
        "r has no commits yet\nhint: commit there first, or name another repository: --set repo=<folder of a clone>"
    )


def test_a_history_without_tags_is_read_from_its_root(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = begun(tmp_path / "r", environ)
    run(folder, environ, "tag", "-d", "v1")
    repository = opened(folder, environ)
    history = repository.history(repository.resolve(""))
    assert (history.range.text, history.range.first, history.since, history.count, history.people_before) == (
        *("HEAD", None, None),
        *(2, 0),
    )
    assert told(lambda: repository.resolve("v1")) == (
        "r has no tag, branch or commit 'v1'\nhint: it has no tags: name commits"
    )


# --- opening ---------------------------------------------------------------------------------------------------------


_NAME_A_FOLDER = "name the folder of a clone; a relative one is seen from where you stand"


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("no", "there is no folder 'no'", _NAME_A_FOLDER),
        ("n\0o", "there is no folder 'n\\x00o'", _NAME_A_FOLDER),
        ("n" * 9_999, f"there is no folder '{'n' * 57}...'", _NAME_A_FOLDER),
        (
            "https://host.example.com/a/b",
            "'https://host.example.com/a/b' is an address",
            "git clone it, and name the folder",
        ),
        ("git@example.com:a/b.git", "'git@example.com:a/b.git' is an address", "git clone it, and name the folder"),
    ],
)
def test_a_folder_that_is_none_is_refused(
    tmp_path: Path, environ: dict[str, str], said: str, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        opened(said, environ, tmp_path)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_folder_without_a_repository_is_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(WorkspaceError) as caught:
        opened(tmp_path, environ)
    assert str(caught.value) == (
        f"{tmp_path} is not in a git repository\n"
        "hint: name the folder of a clone; a relative one is seen from where you stand"
    )


@pytest.mark.parametrize("said", ["r", "./r", "r/inner", "../{top}/r", "~/r", "r/.git", "linked", "bare.git"])
def test_a_repository_is_found_from_any_place_in_it(tmp_path: Path, environ: dict[str, str], said: str) -> None:
    folder = begun(tmp_path / "r", environ)
    (folder / "inner").mkdir()
    run(folder, environ, "worktree", "add", "-q", "--detach", "../linked")
    run(tmp_path, environ, "clone", "-q", "--bare", "r", "bare.git")
    repository = opened(said.format(top=tmp_path.name), {**environ, "HOME": str(tmp_path)}, tmp_path)
    assert [landed.commit.subject for landed in repository.history(repository.resolve("")).landed] == ["Two"]


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_ids_are_of_the_repositorys_own_length(tmp_path: Path, environ: dict[str, str], form: str) -> None:
    folder = begun(tmp_path / "r", environ, f"--object-format={form}")
    (landed,) = read(folder, environ)
    assert landed.commit.id == run(folder, environ, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://host.example.com/team/beacon.git", "beacon"),
        ("https://someone:key@host.example.com/team/beacon/?key=1", "beacon"),
        ("https://someone:key@host.example.com", "r"),
        ("git@host.example.com:beacon.git", "beacon"),
        ("host:team/beacon", "beacon"),
        ("/srv/git/beacon.git", "beacon"),
        ("../beacon", "beacon"),
        ("", "r"),
    ],
)
def test_a_project_is_called_by_the_end_of_its_address_and_never_by_a_host(
    tmp_path: Path, environ: dict[str, str], origin: str, name: str
) -> None:
    folder = begun(tmp_path / "r", environ)
    if origin:
        run(folder, environ, "config", "remote.origin.url", origin)
    assert opened(folder, environ).name == name


def test_a_bare_repository_is_called_by_its_folder(made: Path, environ: dict[str, str]) -> None:
    assert opened(made / "years.git", environ).name == "years"


def test_a_shallow_clone_says_that_its_history_is_cut_off(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = begun(tmp_path / "r", environ)
    saved(folder, environ, "Three")
    run(tmp_path, environ, "clone", "-q", "--depth=2", f"file://{folder}", "shallow")
    repository = opened(tmp_path / "shallow", environ)
    assert told(lambda: repository.history(repository.resolve("HEAD~1.."))) == (
        f"the history of r is cut off: it is a shallow clone\nhint: git -C {tmp_path}/shallow fetch --unshallow"
    )


# --- the history, held against git -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("prefixes", "v1.0.0..main"), ("merges", "main"), ("merges", "1.0..main"), ("years", "v4.0.0..v5.0.0")],
)
def test_what_is_read_is_what_git_says(made: Path, environ: dict[str, str], kind: str, asked: str) -> None:
    folder = made / f"{kind}.git"
    repository = opened(folder, environ)
    resolved = repository.resolve(asked)
    ids = f"{resolved.first}..{resolved.last}" if resolved.first else resolved.last
    by_git = [_by_git(text) for text in _log(folder, environ, ids)]
    assert [_as_git(landed) for landed in repository.history(resolved).landed] == by_git


_FIELDS = "%x1e%H%x00%P%x00%aN%x00%aE%x00%at%x00%ad%x00%s%x00%b%x00"


def _log(folder: Path, environ: Mapping[str, str], ids: str) -> list[str]:
    # A bare repository has the mailmap of its HEAD read, which is that of `to` in each case.
    argv = ["git", "-c", "core.quotePath=false", "log", "--topo-order", "--reverse", "--root", "--no-renames"]
    argv += [
        "--use-mailmap",
        "--diff-merges=first-parent",
        "--name-only",
        "--date=format:%z",
        f"--format={_FIELDS}",
        ids,
    ]
    ran = subprocess.run(argv, cwd=folder, env=dict(environ), capture_output=True, check=True)
    return ran.stdout.decode().split("\x1e")[1:]


def _by_git(text: str) -> tuple[object, ...]:
    oid, parents, name, email, date, zone, subject, body, files = text.split("\0")
    minutes = int(zone[:3]) * 60 + int(zone[0] + zone[3:])
    touched = sorted(line for line in files.split("\n") if line)
    body = body.replace("\r", "").strip()
    return oid, parents.split(), Person(name, email), int(date), minutes, subject.strip(), body, touched


def _as_git(landed: Landed) -> tuple[object, ...]:
    commit, touched = landed.commit, landed.touched
    assert touched.count == sum(touched.folders.values())
    return (
        *(commit.id, list(commit.parents), commit.author, commit.date, commit.zone, commit.subject),
        *(commit.body.strip(), list(touched.files)),
    )


def test_new_people_are_those_whom_no_earlier_commit_knows_by_address_or_name(
    made: Path, environ: dict[str, str]
) -> None:
    repository = opened(made / "years.git", environ)
    history = repository.history(repository.resolve("v2.0.0..v3.0.0"))
    before = set(_people(made / "years.git", environ, "v2.0.0"))
    names, known = {name for name, _ in before}, {email for _, email in before}
    assert history.people_before == len(known)
    later = list(_people(made / "years.git", environ, "v2.0.0..v3.0.0"))
    known |= {email for name, email in later if name in names}
    expected = dict.fromkeys(email for _, email in later if email not in known)
    assert [email for landed in history.landed for email in landed.new_people] == list(expected)
    assert expected
    assert len(expected) > 5


def _people(folder: Path, environ: Mapping[str, str], ids: str) -> Iterator[tuple[str, str]]:
    """Yield name and address of authors and co-authors."""
    by = "Co-authored-by: "
    for line in run(folder, environ, "log", "--topo-order", "--reverse", f"--format={by}%an <%ae>%n%b", ids).split(
        "\n"
    ):
        if line.startswith(by):
            name, _, rest = line.removeprefix(by).partition(" <")
            yield name, rest.partition(">")[0]


def test_people_are_told_apart_through_the_mailmap(made: Path, environ: dict[str, str]) -> None:
    (*_, table) = read(made / "merges.git", environ, "1.0")
    landed = {each.commit.subject: each for each in read(made / "merges.git", environ, "main")}
    assert table.commit.author == Person("Zoë Ångström", "zoe@example.com")
    assert landed["Correct the hour"].commit.author == Person("José Muñoz", "jose@example.com")
    assert landed["Correct the hour"].new_people == ("jose@example.com",)
    assert landed["Ajoute l'été à la marée"].new_people == ()


def test_addresses_are_compared_without_regard_to_case_and_co_authors_are_people(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = begun(tmp_path / "r", environ)
    (folder / ".mailmap").write_text("Grace Hopper <grace@example.com> <g@example.com>\n")
    run(folder, environ, "add", ".mailmap")
    message = "Three\n\nco-authored-by:G <G@example.com>\nCo-Authored-By: Ada <ADA@example.com>\n"
    run(folder, environ, "commit", "-qm", message)
    _, three = read(folder, environ)
    assert three.new_people == ("grace@example.com",)
    assert three.commit.body == "co-authored-by:Grace Hopper <grace@example.com>\nCo-Authored-By: Ada <ADA@example.com>"


def test_what_a_commit_touches_is_what_git_says_of_odd_trees(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = begun(tmp_path / "r", environ)
    oid = run(folder, environ, "hash-object", "-w", "--stdin", stdin="x")
    commit = run(folder, environ, "rev-parse", "HEAD")
    turns = [
        ["100644,{b},a", "100644,{b},d/e/f", "100644,{b},d/g", "120000,{b},link", "160000,{c},sub"],
        ["100755,{b},a", "100644,{b},d/e/f", "100644,{b},d/g", "100644,{b},link", "160000,{c},sub"],
        ["100644,{b},a/now/a/folder", "100644,{b},d/e", "100644,{b},moved/g", "160000,{c},sub"],
        ["100644,{b},ünicode/ü", "100644,{b},d/e"],
        [],
    ]
    for turn in turns:
        run(folder, environ, "read-tree", "--empty")
        for line in turn:
            run(folder, environ, "update-index", "--add", "--cacheinfo", line.format(b=oid, c=commit))
        saved(folder, environ, "turn")
    assert [list(landed.touched.files) for landed in read(folder, environ)] == [
        sorted(line for line in text.split("\0")[-1].split("\n") if line) for text in _log(folder, environ, "v1..HEAD")
    ]


def test_of_many_files_the_first_are_named_and_all_are_counted(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = begun(tmp_path / "r", environ)
    for number in range(120):
        (folder / f"packages/p{number % 2}").mkdir(parents=True, exist_ok=True)
        (folder / f"packages/p{number % 2}/f{number:03}").write_text("x")
    (folder / "top").write_text("x")
    run(folder, environ, "add", ".")
    run(folder, environ, "commit", "-qm", "many")
    touched = read(folder, environ)[-1].touched
    assert touched.files == tuple(f"packages/p0/f{number:03}" for number in range(0, 100, 2))
    assert (touched.count, dict(touched.folders)) == (121, {"packages/p0": 60, "packages/p1": 60, "": 1})


@pytest.mark.parametrize(
    ("path", "folder"),
    [("a", ""), ("a/b", "a"), ("a/b/c", "a"), ("src/b", "src"), ("src/b/c/d", "src/b"), ("a/src/b/c", "a")],
)
def test_a_path_counts_for_its_top_folder_and_two_levels_of_one_that_holds_parts(path: str, folder: str) -> None:
    assert folder_of(path) == folder


# --- repositories that mean harm -------------------------------------------------------------------------------------


def _snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return all that stands below a folder: mode, time of change in nanoseconds, content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (stat.st_mode, stat.st_mtime_ns, content)
    return found


_TRAPS = """
[core]
	fsmonitor = {run}
	hooksPath = {hooks}
	pager = {run}
	editor = {run}
	askPass = {run}
	sshCommand = {run}
	gitProxy = {run}
	alternateRefsCommand = {run}
[log]
	showSignature = true
[gpg]
	program = {run}
[gpg "ssh"]
	program = {run}
[diff]
	external = {run}
[diff "trap"]
	textconv = {run}
	command = {run}
[filter "trap"]
	clean = {run}
	smudge = {run}
	process = {run}
[merge "trap"]
	driver = {run}
[credential]
	helper = "!{run}"
[alias]
	rev-list = "!{run}"
	cat-file = "!{run}"
	rev-parse = "!{run}"
	for-each-ref = "!{run}"
[mailmap]
	file = {run}
[uploadpack]
	packObjectsHook = {run}
[gc]
	auto = 1
[protocol "ext"]
	allow = always
[protocol "file"]
	allow = always
[remote "trap"]
	url = {remote}
	uploadpack = {run}
	promisor = true
	vcs = trap
[extensions]
	partialClone = trap
[include]
	path = {included}
"""


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """Return a program that leaves a mark when it is run, and where that mark would be."""
    program, mark = tmp_path / "trap", tmp_path / "sprung"
    program.write_text(f'#!/bin/sh\necho "$0 $@" >> {mark}\n')
    program.chmod(0o755)
    return program, mark


@pytest.mark.parametrize(
    "remote", ["/nowhere", "ssh://host.invalid/x", "ext::{run}", "git://host.invalid/x", "trap::x"]
)
def test_no_program_of_a_hostile_repository_runs_and_no_byte_of_it_changes(
    tmp_path: Path, environ: dict[str, str], trap: tuple[Path, Path], remote: str
) -> None:
    program, mark = trap
    folder = begun(tmp_path / "r", environ)
    (folder / ".gitattributes").write_text("* filter=trap diff=trap merge=trap\n")
    (folder / "f").write_text("x")
    run(folder, environ, "add", ".")
    saved(folder, environ, "Three")
    (tmp_path / "included").write_text(f"[core]\n\tsshCommand = {program}\n")
    for hook in ("reference-transaction", "post-checkout", "pre-auto-gc", "post-index-change"):
        (folder / f".git/hooks/{hook}").write_bytes(program.read_bytes())
        (folder / f".git/hooks/{hook}").chmod(0o755)
    (tmp_path / "git-remote-trap").symlink_to(program)
    spelled = _TRAPS.format(
        run=program,
        hooks=folder / ".git/hooks",
        remote=remote.format(run=program),
        included=tmp_path / "included",
    )
    with (folder / ".git/config").open("a") as config:
        config.write(spelled.replace("\tvcs = trap\n", "" if remote != "/nowhere" else "\tvcs = trap\n"))
    (folder / ".git/info/attributes").write_text("* filter=trap diff=trap\n")
    environ["PATH"] = f"{tmp_path}:{environ['PATH']}"
    tree = run(folder, environ, "rev-parse", "HEAD^{tree}")
    before = _snapshot(folder)
    assert [landed.commit.subject for landed in read(folder, environ, "v1..HEAD")] == ["Two", "Three"]
    assert _snapshot(folder) == before
    # A tree that is not there: a partial clone would be asked for it.
    (folder / f".git/objects/{tree[:2]}/{tree[2:]}").unlink()
    before = _snapshot(folder)
    message = told(lambda: read(folder, environ, "v1..HEAD"))
    assert message.startswith("r is a partial clone and lacks a part of its history: ")
    assert message.endswith(f"\nhint: git -C {folder} fetch --refetch --no-filter")
    assert _snapshot(folder) == before
    assert not mark.exists()


def test_the_trap_would_have_sprung(tmp_path: Path, environ: dict[str, str], trap: tuple[Path, Path]) -> None:
    program, mark = trap
    folder = begun(tmp_path / "r", environ)
    for key, value in {
        "remote.trap.url": "/nowhere",
        "remote.trap.uploadpack": str(program),
        "remote.trap.promisor": "true",
        "extensions.partialClone": "trap",
        "core.repositoryFormatVersion": "1",
    }.items():
        run(folder, environ, "config", key, value)
    subprocess.run(["git", "cat-file", "-p", "1" * 40], cwd=folder, env=environ, capture_output=True, check=False)
    assert mark.exists()


def test_neither_replacements_nor_grafts_nor_a_commit_graph_are_believed(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = begun(tmp_path / "r", environ)
    saved(folder, environ, "Three")
    expected = read(folder, environ)
    two, one = run(folder, environ, "rev-parse", "HEAD~1"), run(folder, environ, "rev-parse", "v1")
    forged = run(folder, environ, "commit-tree", "-m", "Forged", f"{two}^{{tree}}")
    run(folder, environ, "commit-graph", "write", "--reachable")
    run(folder, environ, "replace", two, forged)
    (folder / ".git/info/grafts").write_text(f"{two}\n{run(folder, environ, 'rev-parse', 'HEAD')} {one}\n")
    assert read(folder, environ) == expected
    assert [landed.commit.subject for landed in expected] == ["Two", "Three"]


def _tree(folder: Path, environ: Mapping[str, str], entries: list[tuple[str, str, str]]) -> str:
    text = "".join(f"{mode} {'tree' if mode == '040000' else 'blob'} {oid}\t{name}\n" for mode, oid, name in entries)
    return run(folder, environ, "mktree", stdin=text)


def _with_tree(folder: Path, environ: Mapping[str, str], tree: str) -> None:
    run(folder, environ, "reset", "-q", "--soft", run(folder, environ, "commit-tree", "-p", "HEAD", "-m", "x", tree))


@pytest.mark.parametrize("leaf", ["100644", "040000"])
def test_a_tree_of_billions_of_paths_is_refused_and_not_walked(
    tmp_path: Path, environ: dict[str, str], leaf: str
) -> None:
    folder = begun(tmp_path / "r", environ)
    oid = run(folder, environ, "hash-object", "-w", "--stdin")
    tree = _tree(folder, environ, [("100644", oid, "f")] if leaf == "100644" else [])
    for _ in range(10):
        tree = _tree(folder, environ, [("040000", tree, f"d{number}") for number in range(10)])
    _with_tree(folder, environ, tree)
    with pytest.raises(LedgerError) as caught:
        read(folder, environ)
    assert caught.value.message == f"tree {tree} differs from the one before it in more than 250,000 paths"


def test_a_tree_deeper_than_any_path_is_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = begun(tmp_path / "r", environ)
    head = run(folder, environ, "rev-parse", "HEAD")
    stream = f"commit refs/heads/main\ncommitter A <a@example.com> 1 +0000\ndata 1\nx\nfrom {head}\n"
    stream += f"M 100644 inline {'d/' * 2_100}f\ndata 0\n\n"
    run(folder, environ, "fast-import", "--quiet", stdin=stream)
    assert re.match(r"tree [0-9a-f]{40} has a path of more than 4,096 bytes\n", told(lambda: read(folder, environ)))


def test_a_tree_of_old_modes_is_read_as_git_reads_it(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = begun(tmp_path / "r", environ)
    oid = run(folder, environ, "hash-object", "-w", "--stdin")
    raw = bytes.fromhex(oid)
    for mode in (b"100664", b"100644"):
        ran = subprocess.run(
            ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
            cwd=folder, env=environ, input=mode + b" f\0" + raw, capture_output=True, check=True,
        )  # fmt: skip
        _with_tree(folder, environ, ran.stdout.decode().strip())
    assert [landed.touched.files for landed in read(folder, environ)] == [(), ("f",), ()]


def test_a_broken_tree_is_said_to_be_broken(tmp_path: Path, environ: dict[str, str]) -> None:
    folder = begun(tmp_path / "r", environ)
    argv = ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"]
    ran = subprocess.run(argv, cwd=folder, env=environ, input=b"100644 f\0short", capture_output=True, check=True)
    tree = ran.stdout.decode().strip()
    commit = f"tree {tree}\nparent {run(folder, environ, 'rev-parse', 'HEAD')}\nauthor A <a@example.com> 1 +0000\n"
    commit += "committer A <a@example.com> 1 +0000\n\nx\n"
    oid = run(folder, environ, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=commit)
    run(folder, environ, "update-ref", "refs/heads/main", oid)
    assert told(lambda: read(folder, environ)) == f"tree {tree} is cut short\nhint: run `git fsck`"


# --- commits as text -------------------------------------------------------------------------------------------------


def decoded(raw: bytes, mailmap: Mailmap = Mailmap()) -> tuple[object, ...]:  # noqa: B008  it is frozen
    commit = decode_foreign("1" * 40, raw, mailmap)
    return commit.author, commit.date, commit.zone, commit.subject, commit.body


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"A B <a@example.com> 1700000000 +0530", (Person("A B", "a@example.com"), 1_700_000_000, 330)),
        (b"A <a@example.com> 1700000000 -0800", (Person("A", "a@example.com"), 1_700_000_000, -480)),
        (b" <a@example.com> 1 +0000", (Person("", "a@example.com"), 1, 0)),
        (b"<> 1 +0000", (Person("", ""), 1, 0)),
        (b"A <a@example.com> 1", (Person("A", "a@example.com"), 1, 0)),
        (b"A <a@example.com>", (Person("A", "a@example.com"), 0, 0)),
        (b"A <a@example.com> -5 +0000", (Person("A", "a@example.com"), 0, 0)),
        (b"A <a@example.com> 999999999999999999 +9999", (Person("A", "a@example.com"), 0, 0)),
        (b"A <b <a@example.com> 1 +0000", (Person("A", "b <a@example.com"), 1, 0)),
        (b"nobody", (Person("", ""), 0, 0)),
        (b"", (Person("", ""), 0, 0)),
    ],
)
def test_an_author_line_is_read_as_far_as_it_can_be(line: bytes, expected: tuple[object, ...]) -> None:
    assert decoded(b"tree x\nauthor " + line + b"\ncommitter x\n\nm")[:3] == expected


@pytest.mark.parametrize(
    ("message", "subject", "body"),
    [
        (b"one\n", "one", ""),
        (b"", "", ""),
        (b"\n\n", "", ""),
        (b"one\ntwo\n\nbody\n\nmore\n\n", "one two", "body\n\nmore"),
        (b"\r\none\r\ntwo\r\n \r\nbody\r\nmore\r\n", "one two", "body\nmore"),
        (b"one\n\n  indented\n", "one", "  indented"),
        (b"a\0b\n", "a\0b", ""),
        (b"x" * 2_000, "x" * 999 + "…", ""),
    ],
)
def test_a_message_is_a_subject_and_a_body(message: bytes, subject: str, body: str) -> None:
    assert decoded(b"author A <a> 1 +0000\n\n" + message)[3:] == (subject, body)


def test_a_signature_is_no_part_of_the_message() -> None:
    head = b"tree x\nauthor A <a> 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n author B <b> 2 +0000\n -----END\n"
    assert decoded(head + b"\nsubject\n") == (Person("A", "a"), 1, 0, "subject", "")


@pytest.mark.parametrize(
    ("raw", "encoding", "text"),
    [
        ("für".encode(), "", "für"),
        ("für".encode("latin-1"), "", "für"),
        ("für".encode("latin-1"), "ISO-8859-1", "für"),
        ("für".encode(), "ISO-8859-1", "für"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
        ("Привет".encode("cp1251"), "windows-1251", "Привет"),
        ("日本語".encode("iso-2022-jp"), "ISO-2022-JP", "日本語"),
        ("日本語".encode("euc-jp"), "EUC-JP", "日本語"),
        (b"\xff\xfe", "UTF-8", "ÿþ"),
        (b"\xff\xfe", "latin-99", "ÿþ"),
        (b"x\x9c\xff", "zlib", "x\x9cÿ"),
        (b"\xffa-b", "punycode", "ÿa-b"),
        (b"\xff", "no such thing", "ÿ"),
    ],
)
def test_bytes_become_text_by_the_encoding_that_they_have(raw: bytes, encoding: str, text: str) -> None:
    assert text_of(raw, encoding) == text


def test_a_long_body_keeps_what_breaks_and_who_helped() -> None:
    between = "BREAKING CHANGE: all of it\nCo-authored-by: Z <z@example.com>\n"
    body = "begin\n" + "word\n" * 1_000 + between + "word\n" * 1_000 + "Closes #1"
    kept = decode_foreign("1" * 40, f"author A <a> 1 +0000\n\nsubject\n\n{body}".encode(), Mailmap())
    assert len(kept.body) <= MOST_BODY
    assert kept.body.startswith("begin\nword\n")
    assert "\n\n[…]\n\nBREAKING CHANGE: all of it\n\nCo-authored-by: Z <z@example.com>\n\n[…]\n\nword\n" in kept.body
    assert kept.body.endswith("word\nCloses #1")
    assert kept.people == ("a", "z@example.com")


BREAKS = [
    "BREAKING CHANGE: the old API is gone",
    "- BREAKING CHANGE: the old API is gone",
    "**BREAKING CHANGE:** the old API is gone",
    "> BREAKING CHANGE: the old API\n> is gone",
    "  BREAKING CHANGE: the old API\n  is gone",
    "* feat(api)!: drop the old API",
    "* feat!(api): drop the old API",
    "api!: drop the old API",
    "Backwards-incompatible: the old API is gone",
    "BREAKING CHANGES\n\nthe old API is gone",
    "## Breaking changes\n\n- the old API is gone\n- the new one\n  is another\n\nMore of it.\n\n## Notes\n",
    "BREAKING CHANGES:\n\n* the old API is gone\n\n* the new one is another",
    "BREAKING CHANGE: these are gone:\n- the old API\n- the new one",
    "- [x] Breaking change",
]


@pytest.mark.parametrize("passage", BREAKS)
@pytest.mark.parametrize("before", [0, 33, 100, 700])
def test_a_passage_that_says_what_breaks_outlives_a_long_body(passage: str, before: int) -> None:
    small = "* fix: something small\n\n"
    body = small * before + passage + "\n\n" + small * (700 - before)
    kept = body_of(body)
    assert len(kept) <= MOST_BODY
    assert breaks(kept) == breaks(body) != []


@pytest.mark.parametrize(
    ("passages", "kept_of_each"),
    [
        ([f"BREAKING CHANGE: {number} is gone,\nand what it held" for number in range(300)], 2),
        ([f"BREAKING CHANGE: {number} {'is gone ' * 100}\n{'too ' * 100}" for number in range(30)], 1),
    ],
)
def test_of_very_many_breaks_each_is_named(passages: list[str], kept_of_each: int) -> None:
    kept = body_of("\n\n".join(passages))
    assert len(kept) <= MOST_BODY + MOST_BREAKS
    for passage in passages:
        assert all(line[:300] in kept for line in passage.split("\n")[:kept_of_each])


def test_what_breaks_goes_before_who_helped() -> None:
    people = "".join(f"Co-authored-by: {number} <{number}@example.com>\n" for number in range(200))
    passage = "BREAKING CHANGE: it is gone"
    kept = body_of("word\n" * 500 + people + passage + "\n\n" + "word\n" * 500)
    assert passage in kept
    assert 10 < kept.count("Co-authored-by:") < 50


def test_a_line_without_end_is_cut_in_its_middle() -> None:
    kept = body_of(f"BREAKING CHANGE: it is gone {'word ' * 2_000}(#1)")
    assert re.fullmatch(r"BREAKING CHANGE: it is gone (word )+wo \[…\] +(word )+\(#1\)", kept)
    assert len(kept) < 2_000


def test_a_break_right_below_the_subject_is_no_part_of_it() -> None:
    raw = b"author A <a> 1 +0000\n\nfeat: one parser\nfor all\nBREAKING CHANGE: it returns a list\n\nMore.\n"
    assert decoded(raw)[3:] == ("feat: one parser for all", "BREAKING CHANGE: it returns a list\n\nMore.")


LINES = st.sampled_from(
    [
        *("", "", "word", "word " * 20, "- item", "  - item", "  deeper", "## Heading", "## Breaking changes", "---"),
        *("BREAKING CHANGE: gone", "BREAKING CHANGES:", "- BREAKING: these:", "* feat(a)!: drop it", "* fix: it"),
        *("> BREAKING CHANGE: quoted", "> more", "Closes #1", "Co-authored-by: Z <z@example.com>", "x" * 1_200),
    ]
)


@settings(max_examples=75, deadline=None)
@given(st.lists(LINES, max_size=60), st.integers(0, 200), st.integers(0, 200))
def test_whatever_stands_in_a_long_body_the_same_breaks_stand_in_what_is_kept(
    lines: list[str], before: int, after: int
) -> None:
    body = "word\n" * before * 10 + "\n".join(lines) + "\n\n" + "word\n" * after * 10
    assert breaks(body_of(body)) == breaks(body)


def body_of(body: str) -> str:
    return decode_foreign("1" * 40, f"author A <a> 1 +0000\n\nsubject\n\n{body}".encode(), Mailmap()).body


def breaks(body: str) -> list[str]:
    """Return what a body says of breaks, as far as notes tell it; one that says nothing of it is an empty text."""
    return [note[:400] for each in breaks_in(body.split("\n")) for note in each.notes or ("",)]


@settings(max_examples=150)
@given(st.binary(max_size=300), st.binary(max_size=40), st.binary(max_size=200))
def test_no_bytes_are_too_odd_for_a_commit(author: bytes, encoding: bytes, message: bytes) -> None:
    raw = b"author " + author + b"\nencoding " + encoding + b"\n\n" + message
    commit = decode_foreign("1" * 40, raw, Mailmap())
    assert f"{commit.author}{commit.subject}{commit.body}".encode()
    assert 0 <= commit.date < 2**38
    assert abs(commit.zone) <= 14 * 60


# --- the mailmap, held against git -----------------------------------------------------------------------------------

_WORDS = st.sampled_from(["Ada", "ada L", "Böb", "", " ", "#", "x y"])
_MAILS = st.sampled_from(["<a@x>", "<A@X>", "<b@x>", "<c@x>", "<>", "< a@x>", "a@x", "<b@x", ""])
_LINES = st.tuples(_WORDS, _MAILS, _WORDS, _MAILS, st.sampled_from(["", " # rest", "\r"])).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(_LINES, max_size=8))
def test_the_mailmap_says_what_git_says(place: Path, lines: list[str]) -> None:
    (place / ".mailmap").write_text("\n".join(lines), newline="")
    people = [(name, email) for name in ("Ada", "ADA L", "böb", "Böb") for email in ("a@x", "B@x", "c@X", "d@x")]
    asked = "".join(f"{name} <{email}>\n" for name, email in people)
    ran = subprocess.run(
        ["git", "check-mailmap", "--stdin"], cwd=place, input=asked.encode(), capture_output=True, check=True
    )
    by_git = [
        Person(line[: line.rindex(" <")], line[line.rindex("<") + 1 : -1])
        for line in ran.stdout.decode().split("\n")[:-1]
    ]
    assert [Mailmap.parse("\n".join(lines)).person(*each) for each in people] == by_git


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty repository, whose .mailmap git reads."""
    folder = tmp_path_factory.mktemp("mailmap")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


# --- the made histories ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "tip", "commits", "shapes"),
    [
        ("prefixes", "842ee81d1f2d616f664c79e0772849be160303d0", 22, {1}),
        ("merges", "4dde58c9088652f3b1cc0bf282552305f99881b2", 29, {1, 2, 4}),
        ("years", "26c252a2fd86d91835879a17f16a624284b56c33", 5_000, {1, 2}),
    ],
)
def test_a_made_history_is_the_same_everywhere(
    made: Path, environ: dict[str, str], kind: str, tip: str, commits: int, shapes: set[int]
) -> None:
    folder = made / f"{kind}.git"
    listed = run(folder, environ, "rev-list", "--parents", "main").split("\n")
    assert (listed[0].split()[0], len(listed)) == (tip, commits)
    assert {len(line.split()) - 1 for line in listed if " " in line} == shapes
    assert run(folder, environ, "fsck", "--strict") == ""
