"""`import`: what it writes, commits and says; what stops it; and that then nothing is changed."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from calling import FILES, Called, call, git, workspace

from orchestrator.engine.taking_in import Import, carry_out
from orchestrator.errors import WorkspaceError

AGENT = "---\nname: {0}\ndescription: Does {0}.\ntools: []\n---\nDo it.\n"
MODEL = FILES["orchestrator.yaml"].replace("[{name: builtin}]", '[{name: "openai:gpt-5.2"}]')
CREW = {
    "config/agents.yaml": "scout:\n  role: Scout for {topic}\n  goal: Find it\n  backstory: You walk.\n",
    "config/tasks.yaml": (
        "walk:\n  description: Look for {topic}.\n  expected_output: Notes\n  agent: scout\n"
        "tell:\n  description: Tell it. {{ config }}\n  expected_output: A page\n  agent: scout\n"
        "  output_file: page.md\n  human_input: true\n  callback: ring\n"
    ),
}
WROTE = (
    "wrote agents/scout.md\n"
    "wrote prompts/town-walk.md.j2\n"
    "wrote prompts/town-tell.md.j2\n"
    "wrote jobs/templates/town/pipeline.yaml\n"
    "wrote jobs/templates/town/job.yaml\n"
    "wrote jobs/templates/town/brief.md\n"
)
NOTES = (
    "../town/config/agents.yaml:1:1: warning: scout: topic stands in braces in its file, which is no template\n"
    "hint: the prompts of its tasks say what is meant\n"
    "../town/config/tasks.yaml:10:3: warning: tell.human_input: is the step approve-tell, for owner\n"
    "hint: orchestrator approve, reject, or edit the file before\n"
    "../town/config/tasks.yaml:11:3: warning: tell: not carried over: callback\n"
    "hint: a step may call what the settings name: a python agent, or the check `callable`\n"
)


def lay(where: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text)
    return where


@pytest.fixture
def shop(folder: Path) -> Path:
    """Return a workspace with a model that could play a role."""
    return workspace(folder, {**FILES, "orchestrator.yaml": MODEL})


@pytest.fixture
def team(shop: Path) -> Path:
    """Return a folder of two agents beside the workspace."""
    return lay(shop.parent / "team", {"scout.md": AGENT.format("scout"), "deep/teller.md": AGENT.format("teller")})


@pytest.fixture
def town(shop: Path) -> Path:
    """Return a crew beside the workspace."""
    return lay(shop.parent / "town", CREW)


def state(where: Path) -> tuple[str, str, str]:
    """Return the commit, what git says has changed, and every file there is."""
    files = sorted(str(path) for path in where.rglob("*") if ".git" not in path.parts)
    return git(where, "rev-parse", "HEAD"), git(where, "status", "--porcelain", "-uall"), "\n".join(files)


def refused(where: Path, *args: str) -> Called:
    """Return what an import said that must have changed nothing."""
    before = state(where)
    called = call(where, "import", *args)
    assert state(where) == before
    assert called.out == ""
    return called


# --- agents ----------------------------------------------------------------------------------------------------------


def test_agents_are_taken_in_with_one_commit_of_the_persons(shop: Path, team: Path) -> None:
    assert call(shop, "import", "agents", "../team/") == Called(
        0,
        "",
        "wrote agents/teller.md\n"
        "wrote agents/scout.md\n"
        "imported 2 agents: 2 files, committed\n"
        "next: orchestrator lint\n",
    )
    said = git(shop, "log", "-1", "--format=%an <%ae> | %cn | %s", "--name-status").split("\n")
    assert said == [
        "Ada Lovelace <ada@example.com> | Ada Lovelace | Import 2 agents from ../team",
        "",
        "A\tagents/scout.md",
        "A\tagents/teller.md",
    ]
    assert (shop / "agents/scout.md").read_bytes() == (team / "scout.md").read_bytes()
    assert call(shop, "lint") == Called(0, "", "no mistakes found\n")


def test_what_else_is_staged_or_dirty_stays_as_it_is(shop: Path, team: Path) -> None:
    (shop / "agents/author.md").write_text("dirty")
    (shop / "staged.txt").write_text("staged")
    git(shop, "add", "staged.txt")
    (shop / "loose.txt").write_text("loose")
    before = git(shop, "status", "--porcelain")
    assert call(shop, "import", "agents", str(team)).code == 0
    assert git(shop, "status", "--porcelain") == before
    assert git(shop, "show", "--name-only", "--format=", "HEAD").split() == ["agents/scout.md", "agents/teller.md"]


def test_taken_in_twice_it_is_there_already(shop: Path, team: Path) -> None:
    assert call(shop, "import", "agents", "../team").code == 0
    called = refused(shop, "agents", "../team")
    assert called == Called(
        0, "", "agents/teller.md is there already\nagents/scout.md is there already\nnothing to do\n"
    )


def test_what_stands_there_uncommitted_is_told(shop: Path, team: Path) -> None:
    (shop / "agents/scout.md").write_bytes((team / "scout.md").read_bytes())
    called = call(shop, "import", "agents", "../team")
    assert called.err.startswith(
        "agents/scout.md: warning: stands here already, not committed\n"
        "hint: commit it\n"
        "agents/scout.md is there already\n"
    )
    assert git(shop, "status", "--porcelain") == "?? agents/scout.md"


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(shop: Path, team: Path) -> None:
    (shop / "agents/scout.md").write_bytes((team / "scout.md").read_bytes())
    git(shop, "add", ".")
    git(shop, "commit", "-qm", "scout")
    before = state(shop)
    assert call(shop, "import", "agents", "../team", "--dry-run") == Called(
        0, "new      agents/teller.md\nsame     agents/scout.md\n", "nothing was written\n"
    )
    assert state(shop) == before


def test_with_json_it_is_one_document(shop: Path, team: Path) -> None:
    lay(team, {"README.md": "# Us\n"})
    called = call(shop, "import", "agents", "../team", "--json")
    assert (called.code, called.err) == (0, "")
    assert json.loads(called.out) == {
        "new": ["agents/teller.md", "agents/scout.md"],
        "same": [],
        "replaced": [],
        "template": None,
        "params": [],
        "written": True,
        "committed": True,
        "notes": [
            {
                "path": "../team/README.md",
                "line": None,
                "column": None,
                "severity": "warning",
                "message": "begins with no front matter, so it is no agent: left out",
                "hint": None,
            }
        ],
    }


def test_of_a_project_the_folders_of_its_tools_are_meant(shop: Path) -> None:
    lay(
        shop.parent / "project",
        {
            ".claude/agents/a.md": AGENT.format("a"),
            ".claude/commands/c.md": AGENT.format("c"),
            ".github/agents/b.agent.md": AGENT.format("b"),
            "docs/d.md": AGENT.format("d"),
        },
    )
    for said in ("../project", "../project/.claude"):
        assert call(shop, "import", "agents", said).code == 0
    assert sorted(path.name for path in (shop / "agents").iterdir()) == ["a.md", "author.md", "b.md"]


def test_another_file_in_the_way_stops_all_of_it(shop: Path, team: Path) -> None:
    lay(team, {"author.md": AGENT.format("author")})
    assert refused(shop, "agents", "../team") == Called(
        1,
        "",
        "error: agents/author.md: another file stands here already\n"
        "hint: look at both, then: --force puts the imported one in its place; or rename yours\n",
    )


def test_with_force_a_committed_file_is_replaced_in_the_same_commit(shop: Path, team: Path) -> None:
    lay(team, {"author.md": AGENT.format("author")})
    (shop / "agents/author.md").chmod(0o755)
    git(shop, "commit", "-qam", "a program")
    called = call(shop, "import", "agents", "../team", "--force")
    assert called == Called(
        0,
        "",
        "wrote agents/teller.md\n"
        "wrote agents/scout.md\n"
        "wrote agents/author.md\n"
        "imported 3 agents: 3 files, committed\n"
        "look at it: git show\n"
        "next: orchestrator lint\n",
    )
    assert (shop / "agents/author.md").read_text() == AGENT.format("author")
    assert git(shop, "status", "--porcelain") == ""
    assert git(shop, "show", "--format=%s", "--name-status", "--summary").split("\n") == [
        "Import 3 agents from ../team",
        "",
        "M\tagents/author.md",
        "A\tagents/scout.md",
        "A\tagents/teller.md",
    ]


def test_not_even_with_force_is_a_staged_change_lost(shop: Path, team: Path) -> None:
    lay(team, {"author.md": AGENT.format("author")})
    former = (shop / "agents/author.md").read_text()
    lay(shop, {"agents/author.md": "mine\n"})
    git(shop, "add", ".")
    lay(shop, {"agents/author.md": former})
    assert refused(shop, "agents", "../team", "--force") == Called(
        1,
        "",
        "error: agents/author.md: has changes that are not committed\nhint: commit them, or take them back\n",
    )
    assert git(shop, "show", ":agents/author.md") == "mine"


def test_not_even_with_force_is_an_uncommitted_change_lost(shop: Path, team: Path) -> None:
    lay(team, {"author.md": AGENT.format("author")})
    lay(shop, {"agents/author.md": "mine\n", "agents/scout.md": "mine too\n"})
    called = refused(shop, "agents", "../team", "--force")
    assert called.code == 1
    assert called.err == (
        "error: agents/author.md: has changes that are not committed\nhint: commit them, or take them back\n"
        "error: agents/scout.md: has changes that are not committed\nhint: commit them, or take them back\n"
    )


def test_a_file_that_the_person_deleted_does_not_come_back(shop: Path, team: Path) -> None:
    lay(team, {"author.md": AGENT.format("author")})
    (shop / "agents/author.md").unlink()
    assert refused(shop, "agents", "../team").err == (
        "error: agents/author.md: was deleted here, and that is not committed\n"
        "hint: commit that, or bring it back: git restore agents/author.md\n"
    )


@pytest.mark.parametrize("odd", ["link", "folder", "parent"])
def test_what_is_no_file_in_the_way_stops_it(shop: Path, team: Path, odd: str) -> None:
    outside = shop.parent / "outside"
    outside.mkdir()
    if odd == "link":
        (shop / "agents/scout.md").symlink_to(outside / "x")
    elif odd == "folder":
        (shop / "agents/scout.md").mkdir()
    else:
        (shop / "agents").rename(shop.parent / "away")
        (shop / "agents").symlink_to(outside)
    called = refused(shop, "agents", "../team")
    assert called.code == 1
    assert " stands here\nhint: move it away\n" in called.err
    assert list(outside.iterdir()) == []


def test_links_pipes_and_the_like_are_refused_by_name(shop: Path, team: Path) -> None:
    (team / "link.md").symlink_to("scout.md")
    assert refused(shop, "agents", "../team") == Called(
        1, "", "error: ../team/link.md: is a link, and is not followed\nhint: copy the file here\n"
    )
    (team / "link.md").unlink()
    os.mkfifo(team / "pipe.md")
    assert refused(shop, "agents", "../team").err == (
        "error: ../team/pipe.md: is no regular file\nhint: move it away\n"
    )


def test_a_link_to_a_folder_is_not_gone_into(shop: Path, team: Path) -> None:
    (team / "up").symlink_to("..")
    assert json.loads(call(shop, "import", "agents", "../team", "--json").out)["new"] == [
        "agents/teller.md",
        "agents/scout.md",
    ]


def test_names_that_steer_a_terminal_or_are_no_text_are_refused_and_shown_harmlessly(shop: Path, team: Path) -> None:
    names = ["a\x1b]0;owned\x07b.md", "a\nerror: gone.md", os.fsdecode(b"caf\xe9.md")]
    for name in names:
        (team / name).write_text(AGENT.format("a"))
    why = "its name has a character that cannot be seen\nhint: rename the file\n"
    assert refused(shop, "agents", "../team").err == (
        f"error: ../team/a?error: gone.md: {why}error: ../team/a?]0;owned?b.md: {why}error: ../team/caf?.md: {why}"
    )


def test_a_folder_whose_name_steers_a_terminal_is_written_down_harmlessly(shop: Path, team: Path) -> None:
    team.rename(shop.parent / "te\x1b[31m\nam")
    assert call(shop, "import", "agents", "../te\x1b[31m\nam").code == 0
    assert git(shop, "log", "-1", "--format=%B") == "Import 2 agents from ../te?[31m?am"


def test_a_tools_folder_that_is_a_link_out_of_the_project_is_refused(shop: Path, team: Path) -> None:
    (shop.parent / "project/.claude").mkdir(parents=True)
    (shop.parent / "project/.claude/agents").symlink_to(team)
    assert refused(shop, "agents", "../project").err == (
        "error: ../project/.claude/agents: a link leads out of the folder\nhint: name the folder itself\n"
    )


def test_what_cannot_be_written_leaves_nothing_behind(shop: Path) -> None:
    (shop / "agents/empty").mkdir()
    before, former = state(shop), (shop / "agents/author.md").read_bytes()
    new = {"agents/a.md": b"a", "agents/empty/deep/x.md": b"x", "agents/zz.md": b"z", "agents/zz.md/b.md": b"b"}
    plan = Import("2 agents", "x", new, (), {"agents/author.md": b"c"}, ())
    for each in (plan, replace(plan, replaced={})):
        with pytest.raises(WorkspaceError) as raised:
            carry_out(shop, each, date=0)
        assert str(raised.value) == "zz.md cannot be written: File exists\nhint: nothing was changed"
        assert state(shop) == before
        assert (shop / "agents/author.md").read_bytes() == former


def test_an_agent_that_lint_would_refuse_is_refused_at_its_own_place(shop: Path, team: Path) -> None:
    lay(team, {"x.md": "---\nname: x\ndescription: X.\nx-orchestrator: {backend: command, command: deploy}\n---\n"})
    called = refused(shop, "agents", "../team")
    assert called.code == 1
    assert called.err.startswith(
        "error: ../team/x.md:4:45: x-orchestrator.command: deploy is not among the commands of orchestrator.yaml\n"
    )


def test_more_files_than_anybody_has_agents_are_refused_before_one_is_read(shop: Path) -> None:
    many = shop.parent / "many"
    many.mkdir()
    for number in range(501):
        os.mkfifo(many / f"{number}.md")
    assert refused(shop, "agents", "../many") == Called(
        2, "", "error: more than 500 Markdown files\nhint: name a folder further down\n"
    )


# --- where, and what is no folder ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["agents", "../nowhere"], "is not there\nhint: name a folder\n"),
        (["agents", "orchestrator.yaml"], "is no folder\nhint: name the folder that it is in\n"),
        (["agents", "prompts"], "has no agents\nhint: an agent is a Markdown file with front matter: *.md\n"),
        (["crew", "prompts"], "has no agents.yaml beside a tasks.yaml\n"
                              "hint: name the project of the crew, or its folder config/ with agents.yaml and "
                              "tasks.yaml\n"),
        (["crews", "x"], "'crews' is not one of 'agents', 'crew'\nhint: orchestrator import --help\n"),
        (["agents"], "missing argument 'DIR'\nhint: orchestrator import --help\n"),
    ],
)  # fmt: skip
def test_a_folder_that_has_none_is_told(shop: Path, args: list[str], says: str) -> None:
    called = refused(shop, *args)
    assert called.code == 2
    assert called.err.endswith(says)


def test_agents_belong_to_the_base(shop: Path, team: Path) -> None:
    assert call(shop, "new", "note", "j").code == 0
    git(shop, "switch", "-q", "job/j")
    assert refused(shop, "agents", str(team)) == Called(
        1, "", "error: you stand in the job j; agents and templates belong to the base\nhint: git switch main\n"
    )
    git(shop, "switch", "-q", "main")
    git(shop, "worktree", "add", "-q", "../beside", "-b", "beside")
    assert call(shop.parent / "beside", "import", "agents", str(team)).err == (
        f"error: this is not the main worktree\nhint: cd {shop}\n"
    )
    git(shop.parent, "clone", "-q", "--bare", str(shop), "bare")
    assert call(shop.parent / "bare", "import", "agents", str(team)).err == (
        "error: a bare repository has no folder to write into\nhint: do it in a clone, and push\n"
    )
    assert call(shop.parent, "import", "agents", "team").code == 1


@pytest.mark.parametrize("more", [[], ["--force"]])
def test_a_commit_that_git_refuses_leaves_all_as_it_was(shop: Path, team: Path, more: list[str]) -> None:
    if more:
        lay(team, {"author.md": AGENT.format("author")})
    lay(shop, {"staged.txt": "staged"})
    git(shop, "add", "staged.txt")
    former = (shop / "agents/author.md").read_bytes()
    hook = shop / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    count = "3" if more else "2"
    assert refused(shop, "agents", "../team", *more) == Called(
        1,
        "",
        f"error: git did not commit {count} agents: 'not today'\n"
        "hint: nothing was kept; mend what git names, then run it again\n",
    )
    assert (shop / "agents/author.md").read_bytes() == former


def test_on_no_branch_nothing_is_taken_in(shop: Path, team: Path) -> None:
    git(shop, "switch", "-q", "--detach")
    assert refused(shop, "agents", "../team") == Called(
        1, "", "error: HEAD is detached, so that no branch would get 2 agents\nhint: git switch main\n"
    )


# --- a crew ----------------------------------------------------------------------------------------------------------


def test_a_crew_becomes_a_template_of_which_jobs_are_made(shop: Path, town: Path) -> None:
    assert call(shop, "import", "crew", "../town") == Called(
        0,
        "",
        f"{NOTES}{WROTE}imported the crew town: 6 files, committed\nnext: orchestrator new town first --set topic=…\n",
    )
    assert git(shop, "log", "-1", "--format=%s") == "Import the crew town from ../town"
    assert git(shop, "status", "--porcelain") == ""
    assert call(shop, "lint") == Called(0, "", "no mistakes found\n")
    assert call(shop, "new", "town", "first", "--set", "topic=mugs").code == 0
    assert call(shop, "lint", "first") == Called(0, "", "no mistakes found\n")
    assert "params:\n  topic: mugs\n" in call(shop, "show", "first", "job.yaml").out


@pytest.mark.parametrize("said", ["../town", "../town/config", "../project", "../project/src/town"])
def test_a_crew_is_found_in_its_project_and_in_its_folder(shop: Path, town: Path, said: str) -> None:
    lay(shop.parent / "project/src/town", CREW)
    called = call(shop, "import", "crew", said, "--json")
    assert (called.code, json.loads(called.out)["template"], json.loads(called.out)["params"]) == (0, "town", ["topic"])


def test_of_several_crews_one_is_to_be_named(shop: Path) -> None:
    for name in ("north", "south"):
        lay(shop.parent / f"flow/src/flow/crews/{name}", CREW)
    assert refused(shop, "crew", "../flow") == Called(
        2,
        "",
        "error: '../flow' has 2 crews\n"
        "hint: name one: ../flow/src/flow/crews/north/config, ../flow/src/flow/crews/south/config\n",
    )


def test_a_crew_leaves_another_agent_of_that_name_alone(shop: Path, town: Path, team: Path) -> None:
    assert call(shop, "import", "agents", "../team").code == 0
    called = call(shop, "import", "crew", "../town", "--json")
    assert json.loads(called.out)["new"][0] == "agents/town-scout.md"
    assert call(shop, "import", "crew", "../town").err.endswith("nothing to do\n")
    assert call(shop, "lint").code == 0


def test_a_template_that_a_person_changed_is_not_written_over(shop: Path, town: Path) -> None:
    assert call(shop, "import", "crew", "../town").code == 0
    pipeline = shop / "jobs/templates/town/pipeline.yaml"
    pipeline.write_text(pipeline.read_text().replace("not_empty", "words: {min: 9}"))
    git(shop, "commit", "-qam", "a gate")
    called = refused(shop, "crew", "../town")
    assert called.err.endswith(
        "error: jobs/templates/town/pipeline.yaml: another file stands here already\n"
        "hint: look at both, then: --force puts the imported one in its place; or rename yours\n"
    )


@pytest.mark.parametrize("name", ["config/agents.yaml", "config/tasks.yaml"])
def test_a_crew_with_a_mistake_is_refused_and_nothing_is_written(shop: Path, town: Path, name: str) -> None:
    (town / name).write_text("a: &a [*a]\n")
    called = refused(shop, "crew", "../town")
    assert called.code == 1
    assert called.err.startswith(f"error: ../town/{name}:1:4: an anchor (&) is not allowed\n")


def test_a_crew_behind_links_is_refused(shop: Path, town: Path) -> None:
    (town / "config").rename(town.parent / "elsewhere")
    (town / "config").symlink_to("../elsewhere")
    assert refused(shop, "crew", "../town").err == (
        "error: ../town/config: a link leads out of the folder\nhint: name the folder itself\n"
    )
    (town / "config").unlink()
    (town / "config").mkdir()
    for name in ("agents.yaml", "tasks.yaml"):
        (town / "config" / name).symlink_to(f"../../elsewhere/{name}")
    assert refused(shop, "crew", "../town").err == (
        "error: ../town/config/agents.yaml: is a link, and is not followed\nhint: copy the file here\n"
        "error: ../town/config/tasks.yaml: is a link, and is not followed\nhint: copy the file here\n"
    )


def test_a_crew_in_a_folder_whose_name_is_none_is_told(shop: Path, town: Path) -> None:
    town.rename(shop.parent / "日本")
    called = refused(shop, "crew", "../日本")
    assert called.code == 2
    assert called.err.startswith("error: a template would be called '日本', which is no name: lower-case letters")


def test_a_text_too_long_for_a_prompt_is_refused(shop: Path, town: Path) -> None:
    path = town / "config/tasks.yaml"
    path.write_text(path.read_text().replace("Tell it.", "x" * 250_000))
    called = refused(shop, "crew", "../town")
    assert called.code == 1
    assert called.err.startswith("error: prompts/town-tell.md.j2: longer than 200,000 characters\n")
