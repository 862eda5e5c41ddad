"""Bad input of every kind: a located error, a hint, the right exit code, and nothing written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from calling import Called, call, copied, git, process

T = "jobs/templates/product-listing"
PIPELINE = f"{T}/pipeline.yaml"
Spoil = Callable[[Path], None]


@pytest.fixture
def shop(folder: Path, kept: Path) -> Path:
    """Return a fresh workspace of the starter."""
    return copied(kept / "shop", folder, founded)


def founded(where: Path) -> None:
    assert call(where, "init").code == 0


def put(path: str, old: str, new: str) -> Spoil:
    """Return what replaces the first `old` in a file by `new`."""

    def spoil(where: Path) -> None:
        text = (where / path).read_text()
        assert old in text
        (where / path).write_text(text.replace(old, new, 1))

    return spoil


def write(path: str, text: str) -> Spoil:
    def spoil(where: Path) -> None:
        (where / path).write_text(text)

    return spoil


def gone(path: str) -> Spoil:
    return lambda where: (where / path).unlink()


def all_of(*spoils: Spoil) -> Spoil:
    def spoil(where: Path) -> None:
        for each in spoils:
            each(where)

    return spoil


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\n"

BROKEN: dict[str, tuple[Spoil, list[str]]] = {
    "broken YAML": (
        write(PIPELINE, "version: 1\nsteps:\n  draft: [unclosed\n"),
        [
            f"{PIPELINE}:4:1: not YAML: did not find expected ',' or ']' while parsing a flow sequence of line 3",
            "hint: a bracket [ was left open",
        ],
    ),
    "an unknown key": (
        put(PIPELINE, "    writes: [listing.md]", "    wrtes: [listing.md]"),
        [f"{PIPELINE}:18:5: steps.draft.wrtes: unknown key", 'hint: did you mean "writes"?'],
    ),
    "a missing key": (
        put(PIPELINE, "{to: storefront, files:", "{files:"),
        [f"{PIPELINE}:77:5: steps.publish.publish.to: missing key", 'hint: add "to: …"'],
    ),
    "a duplicate key": (
        put(PIPELINE, "    agent: reviewer", "    agent: reviewer\n    agent: editor"),
        [f"{PIPELINE}:42:5: agent: this key stands twice", "hint: the first one is in line 41; keep one of them"],
    ),
    "a step that reads what nothing writes": (
        put(PIPELINE, "reads: [brief.md, listing.md]", "reads: [brief.md, listng.md]"),
        [
            f"{PIPELINE}:31:23: steps.design.reads: nothing writes listng.md, and there is no such file",
            'hint: did you mean "listing.md"?',
        ],
    ),
    "two unordered steps that write one file": (
        all_of(
            put(PIPELINE, "    agent: designer", "    needs: [research]\n    agent: designer"),
            put(PIPELINE, "    reads: [brief.md, listing.md]", "    reads: [brief.md]"),
            put(PIPELINE, "writes: [design.svg, design.png]", "writes: [listing.md, design.svg, design.png]"),
            put(PIPELINE, "    agent: reviewer", "    needs: [draft, design]\n    agent: reviewer"),
        ),
        [
            f"{PIPELINE}:33:14: steps.design.writes: draft writes listing.md too, and neither stands before the other",
            "hint: let one need the other: needs: [draft]",
        ],
    ),
    "a cycle": (
        put(PIPELINE, "    agent: researcher", "    needs: [draft]\n    agent: researcher"),
        [
            f"{PIPELINE}:6:3: steps.research: these steps wait for one another: research → draft → research",
            "hint: drop one of the needs",
        ],
    ),
    "a goto forward": (
        put(PIPELINE, "goto: polish", "goto: publish"),
        [
            f"{PIPELINE}:71:21: steps.revalidate.on_fail.goto: publish does not stand before revalidate",
            "hint: steps before it: design, draft, polish, research, validate",
        ],
    ),
    "an unknown agent": (
        put(PIPELINE, "agent: writer", "agent: writr"),
        [f"{PIPELINE}:16:12: steps.draft.agent: there is no agents/writr.md", 'hint: did you mean "writer"?'],
    ),
    "a missing prompt": (
        gone("prompts/polish.md.j2"),
        [
            f"{PIPELINE}:46:3: steps.polish: there is no prompts/polish.md.j2",
            'hint: did you mean "release-polish"?',
        ],
    ),
    "an unknown check": (
        put(PIPELINE, "- words: {min: 150}", "- wrods: {min: 150}"),
        [f"{PIPELINE}:12:9: steps.research.gate[1]: unknown check wrods", 'hint: did you mean "words"?'],
    ),
    "an unknown publisher": (
        put(PIPELINE, "to: storefront", "to: shopfront"),
        [
            f"{PIPELINE}:77:19: steps.publish.publish.to: unknown publisher shopfront",
            'hint: did you mean "storefront"?',
        ],
    ),
    "a prompt that names what is not there": (
        put("prompts/draft.md.j2", "{{ title }}", "{{ titel }}"),
        ["prompts/draft.md.j2:1:28: there is no 'titel'", 'hint: did you mean "title"?'],
    ),
    "a prompt that does not parse": (
        write("prompts/draft.md.j2", "one\ntwo {% for x in %}\n"),
        [
            "prompts/draft.md.j2:2: Expected an expression, got 'end of statement block'",
            "hint: a value stands in {{ }}, if / for / set in {% %}, and if and for end with endif and endfor",
        ],
    ),
    "a YAML bomb": (
        write(f"{T}/job.yaml", BOMB),
        [
            f"{T}/job.yaml:1:4: an anchor (&) is not allowed",
            "hint: write the value out, or put the text in quotes",
        ],
    ),
    "a step name against the rule": (
        put(PIPELINE, "  draft:", "  Draft 1:"),
        [
            f"{PIPELINE}:15:3: steps.Draft 1: 'Draft 1' is no step name: "
            "lower-case letters, digits and '-', at most 40, beginning with a letter"
        ],
    ),
}


def refs(where: Path) -> str:
    return git(where, "for-each-ref")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_workspace_is_told_by_lint_and_makes_no_job(shop: Path, name: str) -> None:
    spoil, said = BROKEN[name]
    spoil(shop)
    head, *rest = said
    place, _, message = head.partition(": ")
    linted = call(shop, "lint")
    assert linted.code == 1
    assert "\n".join([f"{place}: error: {message}", *rest]) in linted.out
    git(shop, "commit", "-qam", "broken")
    before = refs(shop)
    assert call(shop, "new", "product-listing", "mug") == Called(1, "", "\n".join([f"error: {head}", *rest, ""]))
    assert refs(shop) == before


@pytest.mark.parametrize("job", ["-x", "../x", "a.lock", "HEAD", "CON", "é", "a" * 300, "", "a b", "a/b"])
def test_a_job_id_against_the_rule_is_a_usage_error(shop: Path, job: str) -> None:
    before = refs(shop)
    called = call(shop, "new", "product-listing", "--", job)
    assert called.code == 2
    assert "is no job id: lower-case letters, digits and '-', at most 63" in called.err
    assert refs(shop) == before


def test_templates_is_no_job_id(shop: Path) -> None:
    called = call(shop, "new", "product-listing", "templates")
    assert called == Called(2, "", "error: 'templates' is a reserved name\nhint: for example: blue-mug\n")


def test_a_job_that_exists_is_not_made_again(shop: Path) -> None:
    assert call(shop, "new", "product-listing", "mug").code == 0
    before = refs(shop)
    called = call(shop, "new", "product-listing", "mug")
    hint = "orchestrator status mug, or choose another name"
    assert called == Called(1, "", f"error: there is a job mug already\nhint: {hint}\n")
    assert refs(shop) == before


@pytest.mark.parametrize("args", [["status"], ["new", "product-listing", "mug"], ["run", "--all"]])
def test_a_repository_that_is_no_workspace_says_how_to_make_one(folder: Path, args: list[str]) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "empty")
    said = "error: there is no orchestrator.yaml on the base branch, so this is no workspace yet\n"
    assert call(folder, *args) == Called(1, "", f"{said}hint: orchestrator init\n")


def test_a_folder_without_a_repository_says_so(folder: Path) -> None:
    called = call(folder, "status")
    assert called.code == 1
    assert called.err == f"error: {folder} is not in a git repository\nhint: git init, then orchestrator init\n"


def test_a_repository_without_commits_says_so(folder: Path) -> None:
    git(folder, "init", "-q")
    said = "error: the repository has no commits yet\nhint: run `orchestrator init`, or commit once\n"
    assert call(folder, "status") == Called(1, "", said)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo git version 2.30.1", "error: git is too old: 2.30.1, and 2.39 is needed\nhint: install git 2.39\n"),
        ("exit 127", "error: git does not say its version: ''\nhint: install git 2.39 or newer\n"),
    ],
)
def test_git_that_is_too_old_or_none_at_all_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    assert process(folder, "status") == Called(1, "", said)


def test_a_user_without_a_name_makes_no_job(shop: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    before = refs(shop)
    said = 'error: git has no user.name\nhint: git config --global user.name "Ada Lovelace"\n'
    assert call(shop, "new", "product-listing", "mug") == Called(1, "", said)
    assert refs(shop) == before


def test_a_user_without_a_name_makes_no_workspace(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert call(folder, "init").code == 1
    assert list(folder.iterdir()) == []


def test_a_detached_head_and_a_dirty_checkout_are_no_matter_and_are_not_touched(shop: Path) -> None:
    call(shop, "new", "product-listing", "mug")
    git(shop, "switch", "-q", "--detach")
    (shop / "orchestrator.yaml").write_text("half a thought")
    before = git(shop, "status", "--porcelain"), (shop / ".git/HEAD").read_text(), (shop / ".git/index").read_bytes()
    assert call(shop, "run", "mug").code == 0
    after = git(shop, "status", "--porcelain"), (shop / ".git/HEAD").read_text(), (shop / ".git/index").read_bytes()
    assert after == before
    assert (shop / "orchestrator.yaml").read_text() == "half a thought"


def test_an_empty_brief_makes_no_job(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "brief.md").write_text(" \n")
    hint = "write what is wanted, and for whom, in a few lines of Markdown"
    called = call(shop, "new", "product-listing", "mug", "--brief", str(tmp_path / "brief.md"))
    assert called == Called(2, "", f"error: the brief is empty\nhint: {hint}\n")


def test_a_source_of_100_megabytes_makes_no_job(shop: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(100_000_000)
    before = refs(shop)
    called = call(shop, "new", "product-listing", "mug", "--source", str(big))
    assert called.code == 2
    assert called.err == (
        f"error: {big} has 100 MB, and a file may have 5 MB\nhint: cut it to the part that the job needs\n"
    )
    assert refs(shop) == before


def test_sources_that_are_binary_headless_or_of_mixed_encoding_are_read_as_far_as_they_can_be_and_said_so(
    shop: Path, tmp_path: Path
) -> None:
    (tmp_path / "photo.bin").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "headless.csv").write_text("1;2;3\n4;5;6\n")
    (tmp_path / "mixed.csv").write_bytes(b"date,item,units\n2026-01-01,Caf\xe9,3\n2026-02-01,Th\xc3\xa9,5\n")
    sources = [arg for name in ("photo.bin", "headless.csv", "mixed.csv") for arg in ("--source", str(tmp_path / name))]
    assert call(shop, "new", "product-listing", "mug", *sources).code == 0
    assert call(shop, "run", "mug").code == 0
    said = call(shop, "show", "mug", "research.md").out
    assert "photo.bin: it is no text file, so nothing was read from it." in said
    assert "headless.csv: a table without a header" in said
    assert "mixed.csv: a table with the columns date, item, units; some of it is no Unicode" in said


def test_init_in_a_fresh_clone_whose_base_is_the_remotes_branch_lays_the_workspace_down(
    folder: Path, tmp_path: Path
) -> None:
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "empty")
    git(tmp_path, "clone", "-q", str(folder), "clone")
    assert call(tmp_path / "clone", "init").code == 0
    assert git(tmp_path / "clone", "status", "--porcelain") == ""
    said = "error: there is no orchestrator.yaml on the base branch, so this is no workspace yet\n"
    assert call(tmp_path / "clone", "status") == Called(1, "", f"{said}hint: orchestrator init\n")
