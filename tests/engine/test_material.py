"""`material` in job.yaml: what `new` fetches once, pins, and never asks for again."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import histories
import pytest
from places import Scripted, commit_files, finish, git, workspace, world_of

from orchestrator.cli import entry
from orchestrator.documents import models
from orchestrator.documents.schema import schema
from orchestrator.engine.back import find_entry, fork
from orchestrator.engine.create import Order, create
from orchestrator.engine.lint import judge
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError, OrchestratorError, UsageError
from orchestrator.model.action import Done
from orchestrator.model.job import JobFile, MaterialKind

JOB = """\
version: 1
title: What came
params:
  repo: .            # where the history is
  range: ""
  count: 3
material:
  sources/history.jsonl: git-history
"""
PIPELINE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md, sources/]
    writes: [text.md]
    gate: [words: {min: 2}]
"""
HISTORY = "sources/history.jsonl"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a workspace whose template `t` wants a history, and beside it `prefixes.git`."""
    histories.make(tmp_path, "prefixes")
    return prepared(tmp_path / "workspace")


def prepared(folder: Path, job: str = JOB) -> Path:
    folder.mkdir()
    workspace(folder, pipeline=PIPELINE)
    commit_files(folder, {"jobs/templates/t/job.yaml": job, "jobs/templates/t/sources/notes.md": "Notes.\n"})
    return folder


def order(job: str = "j", sources: Mapping[str, bytes] | None = None, **params: str) -> Order:
    return Order("t", job, params={"repo": "../prefixes.git", **params}, sources=sources or {})


def file(world: World, path: str, job: str = "j") -> str:
    tip = world.ledger.tip(job) or ""
    return world.ledger.blob(world.ledger.files(tip)[f"jobs/{job}/{path}"]).decode()


def lines(world: World, job: str = "j") -> list[dict[str, object]]:
    return [json.loads(line) for line in file(world, HISTORY, job).split("\n")[:-1]]


def commit_id(place: Path, name: str) -> str:
    return git(place.parent / "prefixes.git", "rev-parse", f"{name}^{{commit}}")


def test_new_fetches_a_range_and_pins_it(place: Path) -> None:
    world = world_of(place)
    create(world, order(range="v1.0.0..v1.1.0"))
    first, last = commit_id(place, "v1.0.0"), commit_id(place, "v1.1.0")
    assert (
        file(world, "job.yaml")
        == f"""\
version: 1
title: What came
params:
  repo: "../prefixes.git"            # where the history is
  range: v1.0.0..v1.1.0
  count: 3
  from: {first}
  to: {last}
material:
  sources/history.jsonl: git-history
template: t
"""
    )
    header, listed, *others = lines(world)
    assert header == {
        "version": 1,
        "repository": "prefixes",
        "range": "v1.0.0..v1.1.0",
        "from": first,
        "to": last,
        "from_name": "v1.0.0",
        "to_name": "v1.1.0",
        "since": histories.BEGAN + 3 * histories.HOUR,
        "since_zone": 60,
        "until": histories.BEGAN + 8 * histories.HOUR,
        "until_zone": 60,
        "commits": 5,
        "people_before": 2,
    }
    assert listed == {
        "hash": commit_id(place, "v1.1.0~4"),
        "parents": [first],
        "author": {"name": "Zoë Ångström", "email": "zoe@example.com"},
        "date": histories.BEGAN + 4 * histories.HOUR,
        "zone": 60,
        "subject": "feat(api): list the jobs of a day (#12)",
        "body": "Closes #9",
        "files": ["src/app/api.py", "tests/test_api.py"],
        "file_count": 2,
        "folders": {"src/app": 1, "tests": 1},
        "new_people": ["zoe@example.com"],
    }
    assert [each["new_people"] for each in others] == [
        ["nina@example.com", "li@example.com"],
        ["49699333+dependabot[bot]@users.noreply.example.com"],
        ["66853113+pre-commit-ci[bot]@users.noreply.example.com"],
        [],
    ]


def test_the_lines_are_json_with_their_keys_in_order_and_letters_as_they_are(place: Path) -> None:
    world = world_of(place)
    create(world, order(range="v1.1.0"))
    header, first, *_ = file(world, HISTORY).split("\n")
    assert header.startswith('{"version": 1, "repository": "prefixes", "range": "v1.0.0..v1.1.0", "from": "')
    assert '"author": {"name": "Zoë Ångström", "email": "zoe@example.com"}, "date": ' in first


def test_a_range_from_the_root_pins_its_end_alone(place: Path) -> None:
    world = world_of(place)
    create(world, order(range="v1.0.0"))
    assert "  from:" not in file(world, "job.yaml")
    header, *commits = lines(world)
    assert (header["from"], header["from_name"], header["since"]) == (None, None, None)
    assert [commit["parents"] == [] for commit in commits] == [True, False, False]


def test_the_workspaces_own_history_is_what_is_read_unless_a_repository_is_named(place: Path) -> None:
    world = world_of(place)
    create(world, Order("t", "j"))
    assert [commit["subject"] for commit in lines(world)[1:]] == ["workspace", "change"]
    assert lines(world)[0]["repository"] == "workspace"


def test_a_relative_repository_is_seen_from_where_one_stands(place: Path) -> None:
    (place / "deep/er").mkdir(parents=True)
    world = world_of(place / "deep/er")
    create(world, replace(order(range="v1.0.0"), params={"repo": "../../../prefixes.git", "range": "v1.0.0"}))
    assert lines(world)[0]["repository"] == "prefixes"


def test_a_job_runs_on_where_the_repository_is_no_more(place: Path, tmp_path: Path) -> None:
    create(world_of(place), order(range="v1.0.0..v2.0.0"))
    shutil.rmtree(tmp_path / "prefixes.git")
    elsewhere = tmp_path / "elsewhere"
    git(tmp_path, "clone", "-q", str(place), str(elsewhere))
    backend = Scripted()
    world = world_of(elsewhere, backend)
    assert isinstance(finish(world).action, Done)
    assert backend.asked[0].files[HISTORY].decode() == file(world, HISTORY)
    assert lines(world)[0]["range"] == "v1.0.0..v2.0.0"


def test_sources_given_stand_beside_what_is_fetched(place: Path) -> None:
    world = world_of(place)
    create(world, order(sources={"mine.md": b"Mine.\n"}, range="v1.1.0"))
    assert sorted(path for path in world.ledger.files(world.ledger.tip("j") or "", "jobs/j/sources")) == [
        "jobs/j/sources/history.jsonl",
        "jobs/j/sources/mine.md",
    ]


def test_a_param_stays_a_text_where_the_template_has_one(place: Path) -> None:
    repository = place.parent / "prefixes.git"
    for tag, commit in (("1.0", "v1.0.0"), ("1.10", "v1.1.0")):
        git(repository, "tag", tag, commit)
    world = world_of(place)
    create(world, order(range="1.10", count="1.50"))
    read = models.parse(file(world, "job.yaml"), "job.yaml", JobFile)
    assert (read.params["range"], read.params["count"], lines(world)[0]["range"]) == ("1.10", 1.5, "1.0..1.10")


@pytest.mark.parametrize("said", ["1.0", "8.1.0..8.2.0", "007", "1e3", "true", "null", "0x10"])
def test_any_tag_can_be_named_on_the_command_line(place: Path, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    repository = place.parent / "prefixes.git"
    tags = said.split("..")
    for tag, commit in zip(tags, ("v1.0.0", "v1.1.0"), strict=False):
        git(repository, "tag", tag, commit)
    argv = [
        "orchestrator",
        "-C",
        str(place),
        "new",
        "t",
        "j",
        "--set",
        "repo=../prefixes.git",
        "--set",
        f"range={said}",
    ]
    assert entry.run(argv, dict(os.environ)) == 0, capsys.readouterr().err  # noqa: TID251  the hermetic one
    world = world_of(place)
    assert models.parse(file(world, "job.yaml"), "job.yaml", JobFile).params["range"] == said
    assert lines(world)[0]["to"] == commit_id(place, tags[-1])


@pytest.mark.parametrize(
    ("asked", "kind", "message"),
    [
        (order(range="v1.0.0..v9"), UsageError, "prefixes has no tag, branch or commit 'v9'"),
        (order(range="v1.1.0..v1.0.0"), UsageError, "the range v1.1.0..v1.0.0 runs backwards"),
        (order(repo="../nowhere"), UsageError, "there is no folder '../nowhere'"),
        (order(to="x"), UsageError, "the param to is what `new` finds\nhint: say what to find: --set range=a..b"),
        (
            order(sources={"history.jsonl": b"{}\n"}),
            UsageError,
            "sources/history.jsonl is what `new` fetches, and a source is called so too\nhint: rename the source",
        ),
        (replace(order(), job="TEMPLATES"), UsageError, "'TEMPLATES' is no job id"),
    ],
)
def test_nothing_is_made_where_something_cannot_be_fetched(
    place: Path, asked: Order, kind: type[OrchestratorError], message: str
) -> None:
    before = git(place, "for-each-ref"), git(place, "status", "--porcelain")
    with pytest.raises(kind) as caught:
        create(world_of(place), asked)
    assert str(caught.value).startswith(message)
    assert (git(place, "for-each-ref"), git(place, "status", "--porcelain")) == before


def test_a_range_too_large_for_an_agent_is_refused_with_its_size(tmp_path: Path) -> None:
    place = prepared(tmp_path / "workspace")
    large = tmp_path / "large.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(large))
    body = "word " * 780
    commits = [
        f"commit refs/heads/main\nmark :{number}\ncommitter A <a@example.com> {number} +0000\n"
        f"data {len(body) + 8}\n{number:06}\n\n{body}\n"
        for number in range(1, 1_501)
    ]
    argv = ["git", f"--git-dir={large}", "fast-import", "--quiet"]
    subprocess.run(argv, input="".join(commits).encode(), check=True)
    with pytest.raises(UsageError) as caught:
        create(world_of(place), order(repo="../large.git"))
    assert str(caught.value) == (
        "HEAD has 1,500 commits, and 1,197 of them alone come to 5 MB, which is the most that an agent reads\n"
        "hint: take a shorter range: --set range=a..b"
    )


def test_a_fork_and_a_job_whose_template_changed_keep_their_material(place: Path) -> None:
    world = world_of(place)
    create(world, order(range="v1.0.0..v1.1.0"))
    commit_files(place, {"jobs/templates/t/job.yaml": "version: 1\n"})
    shutil.rmtree(place.parent / "prefixes.git")
    world = world_of(place)
    fork(world, "j", "k", find_entry(world, "j", "1"))
    assert file(world, HISTORY, "k") == file(world, HISTORY, "j")
    assert isinstance(finish(world, "k").action, Done)


# --- what is said of job.yaml ----------------------------------------------------------------------------------------


NO_PATH = (
    "a path must be a plain relative path, with no empty part, '.' or '..'\n"
    "hint: a path is seen from the job's folder, and with a leading / from the workspace's top"
)
BELOW_SOURCES = "material is a file below sources/\nhint: write it as sources/history.jsonl: git-history"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "git-history",
            "git-histroy",
            "8:26: material.sources/history.jsonl: must be git-history, not 'git-histroy'\n"
            'hint: did you mean "git-history"?',
        ),
        ("sources/history", "history", f"8:3: material.history.jsonl: {BELOW_SOURCES}"),
        ("sources/history", "sources/../history", f"8:3: material.sources/../history.jsonl: {NO_PATH}"),
        ("sources/history.jsonl", "sources/*", f"8:3: material.sources/*: {BELOW_SOURCES}"),
        (
            '  range: ""\n',
            "",
            "7:26: material.sources/history.jsonl: git-history needs the param range\n"
            'hint: add it under params: range: ""',
        ),
        ('range: ""', "range: 1.10", "5:10: params.range: must be a text for git-history\nhint: write it in quotes"),
        (
            "  sources/history.jsonl: git",
            "  - git",
            "8:3: material: must be a mapping of keys, not a list\n"
            "hint: write lines of the form `key: value`, without the dashes",
        ),
    ],
)
def test_lint_says_what_is_wrong_with_material(old: str, new: str, problem: str) -> None:
    path = "jobs/templates/t/job.yaml"
    texts = {
        "orchestrator.yaml": b"version: 1\n",
        "agents/writer.md": b"---\nname: writer\nx-orchestrator: {backend: person}\n---\nWrite.\n",
        "jobs/templates/t/pipeline.yaml": b"version: 1\nsteps: {draft: {agent: writer, writes: [a.md]}}\n",
        path: JOB.encode(),
    }
    assert judge(texts, texts) == ()
    texts[path] = JOB.replace(old, new).encode()
    assert [str(found) for found in judge(texts, texts)] == [f"{path}:{problem}"]


def test_a_template_that_lint_refuses_makes_no_job(place: Path) -> None:
    commit_files(place, {"jobs/templates/t/job.yaml": JOB.replace('  range: ""\n', "")})
    with pytest.raises(DocumentError) as caught:
        create(world_of(place), order())
    assert str(caught.value.place) == "jobs/templates/t/job.yaml:7:26"


def test_a_step_may_read_a_file_that_new_fetches(tmp_path: Path) -> None:
    pipeline = PIPELINE.replace("sources/", HISTORY)
    texts = {
        "orchestrator.yaml": b"version: 1\n",
        "agents/writer.md": b"---\nname: writer\n---\nWrite.\n",
        "prompts/draft.md.j2": b"x",
        "jobs/templates/t/job.yaml": JOB.encode(),
        "jobs/templates/t/pipeline.yaml": pipeline.encode(),
    }
    assert judge(texts, texts) == ()
    texts["jobs/templates/t/job.yaml"] = b"version: 1\n"
    assert [problem.message for problem in judge(texts, texts)] == [
        f"steps.draft.reads: nothing writes {HISTORY}, and there is no such file"
    ]


def test_the_schema_knows_material() -> None:
    found = schema("job")
    assert found["properties"]["material"]["propertyNames"] == {"pattern": "^sources/."}
    assert "git-history" in json.dumps(found)
    assert JobFile(version=1, material={"sources/x": MaterialKind.GIT_HISTORY}).material == {"sources/x": "git-history"}
