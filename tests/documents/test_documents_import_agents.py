"""Subagents of Claude Code and custom agents of GitHub, taken in: their bytes, and all that is said of them."""

import pytest

from orchestrator.documents.agents import parse_agent
from orchestrator.documents.importing.agents import take_agents
from orchestrator.documents.importing.taken import listed
from orchestrator.errors import DocumentError
from orchestrator.model.settings import McpServer, Model, Settings, Tier

HAVING = Settings(
    version=1,
    models=(Model(name="anthropic:claude-haiku-4-5"), Model(name="openai:gpt-5.2", tier=Tier.STRONG)),
)
BARE = Settings(version=1)
CLAUDE = """\
---
name: test-writer
description: Use after a change. It says: what is untested?
tools: Read, Grep, mcp__tickets__find, mcp__tickets__close
model: sonnet   # the usual one
permissionMode: bypassPermissions
color: cyan
background: true
maxTurns: 8
hooks:
  Stop: [{command: rm}]
---
You write tests.
"""
GITHUB = """\
---
description: Plans a release.
tools: ['read', 'search/code', 'tickets/find']
model: [GPT-5.2 (copilot), Claude]
mcp-servers: {tickets: {command: t, env: {TOKEN: hush-hush}}}
---
Plan.
"""


def said(files: dict[str, str], settings: Settings = HAVING) -> list[str]:
    given = {path: text.encode() for path, text in files.items()}
    return [str(each) for each in take_agents(given, settings).notes]


def test_what_a_subagent_of_claude_code_has_and_we_have_not_is_told_line_by_line() -> None:
    assert said({"team/test-writer.md": CLAUDE}) == [
        "team/test-writer.md:3: warning: a text with ': ' in it stands without quotes; it was taken as it is\n"
        "hint: put it in quotes",
        "team/test-writer.md:4:1: warning: tools: Read, Grep: nothing here answers to that\n"
        "hint: what it is to see, its steps name in reads; a program that works on files itself: backend: command",
        "team/test-writer.md:4:1: warning: tools: orchestrator.yaml has no server tickets, and without it no step of "
        "this agent runs\n"
        "hint: add it there: mcp: {tickets: {argv: […]}}; or take it out of tools",
        "team/test-writer.md:5:8: warning: model: 'sonnet' is standard here; that one line was changed",
        "team/test-writer.md:6:1: warning: permissionMode grants rights, and is ignored\n"
        "hint: what an agent may do is said in orchestrator.yaml and pipeline.yaml",
        "team/test-writer.md:7:1: warning: kept, and without meaning here: color, background",
        "team/test-writer.md:9:1: warning: kept, and without meaning here: maxTurns\n"
        "hint: how often an agent with tools may answer: x-orchestrator: {max_turns: 20}",
        "team/test-writer.md:10:1: warning: hooks grants rights, and is ignored\n"
        "hint: what an agent may do is said in orchestrator.yaml and pipeline.yaml",
    ]


def test_only_the_line_of_the_model_changes() -> None:
    for text in (CLAUDE, CLAUDE.replace("\n", "\r\n"), "\ufeff" + CLAUDE):
        taken = take_agents({"t/test-writer.md": text.encode()}, HAVING)
        assert taken.files == {
            "agents/test-writer.md": text.replace("model: sonnet ", "model: standard ").encode(),
        }


def test_a_custom_agent_of_github_keeps_its_bytes_and_no_secret_of_it_is_said() -> None:
    files = {"p/.github/agents/Release Planner.agent.md": GITHUB}
    assert take_agents({path: text.encode() for path, text in files.items()}, HAVING).files == {
        "agents/release-planner.md": GITHUB.encode(),
    }
    place = "p/.github/agents/Release Planner.agent.md"
    servers = "hint: define the servers under mcp in orchestrator.yaml, and name them in x-orchestrator: {mcp: [NAME]}"
    assert said(files) == [
        f"{place}: warning: is agents/release-planner.md here\nhint: a step names it so: agent: release-planner",
        f"{place}:3:1: warning: tools: read, search/code: nothing here answers to that\n"
        "hint: what it is to see, its steps name in reads; a program that works on files itself: backend: command",
        f"{place}:3:1: warning: tools: those of the server tickets are had by naming it alone\n"
        "hint: define it under mcp in orchestrator.yaml; x-orchestrator: {mcp: [tickets]} in the agent's file",
        f"{place}:4:9: warning: model: 'GPT-5.2 (copilot)' is no model of orchestrator.yaml\n"
        "hint: name one of those, as provider:model; or write model: fast, standard or strong",
        f"{place}:5:1: warning: kept, and without meaning here: mcp-servers\n{servers}",
    ]


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("model: haiku", "model: fast"),
        ("model: 'opus'", "model: strong"),
        ("model: opus[1m]", "model: strong"),
        ("model: claude-haiku-4-5", "model: anthropic:claude-haiku-4-5"),
        ("model:   gpt-5.2  # strong", "model:   openai:gpt-5.2  # strong"),
        ("model: inherit", "model: inherit"),
        ("model: fast", "model: fast"),
        ("model: anthropic:claude-haiku-4-5", "model: anthropic:claude-haiku-4-5"),
        ("model: gpt-9", "model: gpt-9"),
        ("model: [sonnet]", "model: [sonnet]"),
        ("model:\n  sonnet", "model:\n  sonnet"),
        ("color: red", "color: red"),
    ],
)
def test_a_model_is_called_here_what_the_settings_call_it(written: str, becomes: str) -> None:
    text = f"---\nname: a\ndescription: A.\ntools: []\n{written}\n---\nmodel: sonnet\n"
    taken = take_agents({"a.md": text.encode()}, HAVING)
    assert taken.files["agents/a.md"].decode() == text.replace(written, becomes)


def test_a_model_that_is_not_there_is_offered_as_the_settings_would_name_it() -> None:
    text = "---\nname: a\ndescription: A.\ntools: []\nmodel: {}\n---\n"
    head = "a.md:5:8: warning: model: "
    tail = "or write model: fast, standard or strong"
    assert said({"a.md": text.format("gpt-9")}) == [
        f"{head}'gpt-9' is no model of orchestrator.yaml\n"
        f"hint: add it under models: - name: openai:gpt-9, and write model: openai:gpt-9 in the agent's file; {tail}"
    ]
    weak = Settings(version=1, models=(Model(name="openai:gpt-5.2-nano"),))
    assert said({"a.md": text.format("opus")}, weak) == [
        f"{head}'opus' is strong here; that one line was changed\n"
        "hint: none of the models in orchestrator.yaml is that strong: add one with tier: strong"
    ]


def test_tools_of_a_server_that_is_there_are_given_and_that_is_told() -> None:
    settings = HAVING.model_copy(update={"mcp": {"tickets": McpServer(argv=("tickets",))}})
    text = "---\nname: a\ndescription: A.\ntools: mcp__tickets__find, mcp__tickets, mcp__my_wiki\n---\n"
    assert said({"a.md": text}, settings) == [
        "a.md:4:1: warning: tools: it is given tools of the server tickets\n"
        "hint: see that you mean it before you run it",
        "a.md:4:1: warning: tools: orchestrator.yaml has no server my_wiki, and without it no step of this agent runs\n"
        "hint: add it there: mcp: {my_wiki: {argv: […]}}; or take it out of tools",
    ]


@pytest.mark.parametrize("word", ["mcp__tickets__", "mcp__tickets_", "mcp__tickets__find it", "mcp___tickets"])
def test_a_tool_that_is_none_of_a_server_by_its_form_is_said_to_be_nothing(word: str) -> None:
    settings = HAVING.model_copy(update={"mcp": {"tickets": McpServer(argv=("tickets",))}})
    text = f"---\nname: a\ndescription: A.\ntools: [{word}, mcp__tickets__a/b]\n---\n"
    assert said({"a.md": text}, settings) == [
        f"a.md:4:1: warning: tools: {listed([word])}: nothing here answers to that\n"
        "hint: what it is to see, its steps name in reads; a program that works on files itself: backend: command",
        "a.md:4:1: warning: tools: it is given tools of the server tickets\n"
        "hint: see that you mean it before you run it",
    ]


def test_tools_left_out_mean_all_of_them_there_and_none_here() -> None:
    assert said({"a.md": "---\nname: a\ndescription: A.\n---\nDo it.\n"}) == [
        "a.md:1: warning: tools are left out: that means all of them there, and none here\n"
        "hint: what it is to see, its steps name in reads; a program that works on files itself: backend: command"
    ]


def test_a_file_that_asks_for_a_program_of_ours_is_told_of() -> None:
    text = (
        "---\nname: a\ndescription: A.\ntools: []\nx-orchestrator: {backend: command, command: c, network: true}\n---\n"
    )
    assert said({"a.md": text}) == [
        "a.md:5:1: warning: x-orchestrator: it asks for backend: command; network: true\n"
        "hint: see that you mean it before you run it"
    ]


def test_a_settings_file_without_a_model_is_told_of_once() -> None:
    text = "---\nname: {}\ndescription: A.\ntools: []\n---\n"
    assert said({f"{name}.md": text.format(name) for name in "ab"}, BARE) == [
        "orchestrator.yaml: warning: there is no model yet that could play these agents\n"
        "hint: add one under models: - name: anthropic:claude-haiku-4-5; or let a program play them: backend: command"
    ]


def test_what_is_no_agent_is_left_out_and_told() -> None:
    assert said({"README.md": "# Agents\n", "page.md": "---\ntitle: A page\n---\nText.\n"}) == [
        "README.md: warning: begins with no front matter, so it is no agent: left out",
        "page.md: warning: has no description, so it is no agent: left out\nhint: give it a description: …",
    ]


def test_all_mistakes_are_told_and_nothing_is_taken() -> None:
    agent = b"---\nname: a\ndescription: A.\n---\n"
    given = {
        "fine.md": agent,
        "a/Twice.md": agent,
        "b/twice.agent.md": agent,
        "CLAUDE.md": agent,
        "日本.md": agent,
        "open.md": b"---\nname: a\n",
        "latin.md": b"---\nname: caf\xe9\n---\n",
        "large.md": agent + b"x" * 1_000_000,
        "bomb.md": b"---\na: &a [x]\nb: *a\n---\n",
        "person.md": b"---\nname: ada@example.com\ndescription: A.\n---\n",
    }
    with pytest.raises(DocumentError) as raised:
        take_agents(given, HAVING)
    told = [raised.value, *raised.value.others]
    assert sorted(f"{each.place}: {each.message}" for each in told) == [
        "CLAUDE.md: agents/CLAUDE.md would be some program's configuration",
        "b/twice.agent.md: would be agents/twice.md, as 'a/Twice.md' would",
        "bomb.md:2:4: an anchor (&) is not allowed",
        "large.md: larger than 1,000,000 bytes",
        "latin.md:2:10: not UTF-8: byte 0xe9",
        "open.md:1:1: an agent file begins with front matter",
        "person.md:2:7: name: string should match pattern '^[^@:<>\\x00-\\x1f\\x7f]+$'",
        "日本.md: '日本' can be no agent's name",
    ]


def test_what_was_taken_in_is_read_as_an_agent() -> None:
    taken = take_agents({"t/test-writer.md": CLAUDE.encode(), "r.agent.md": GITHUB.encode()}, HAVING)
    assert [(parse_agent(text, path).name, parse_agent(text, path).model) for path, text in taken.files.items()] == [
        ("r", "GPT-5.2 (copilot)"),
        ("test-writer", "standard"),
    ]
    assert taken.origins == {"agents/r.md": "r.agent.md", "agents/test-writer.md": "t/test-writer.md"}
