import pytest

from orchestrator.documents.agents import parse_agent, read_agent, role_of
from orchestrator.errors import DocumentError
from orchestrator.model.agent import Agent, AgentExtras, BackendKind

OWN = """---
name: writer
description: Writes the listing.
model: fast                # a tier
tools: []
x-orchestrator:
  backend: command
  command: claude
  timeout: 120
---
You write product copy.

---
Rules follow.
"""


def test_an_agent_file_of_our_own_is_read() -> None:
    assert parse_agent(OWN, "agents/writer.md") == Agent(
        name="writer",
        description="Writes the listing.",
        model="fast",
        tools=(),
        extras=AgentExtras(backend=BackendKind.COMMAND, command="claude", timeout=120),
        system="You write product copy.\n\n---\nRules follow.\n",
    )


def test_a_subagent_of_claude_code_drops_in_unchanged() -> None:
    text = (
        "---\r\nname: code-reviewer\r\n"
        'description: Use when code was written. Examples: <example>user: "x"</example>\r\n'
        "tools: Read, Grep\r\nmodel: sonnet\r\ncolor: blue\r\npermissionMode: bypassPermissions\r\n"
        "hooks:\r\n  PreToolUse: []\r\n---\r\n\r\nYou review.\r\n"
    )
    found = read_agent(text, "agents/code-reviewer.md")
    assert found.faults == ()
    assert found.agent is not None
    assert found.agent.model_dump(exclude={"extras"}) == {
        "name": "code-reviewer",
        "description": 'Use when code was written. Examples: <example>user: "x"</example>',
        "model": "sonnet",
        "tools": "Read, Grep",
        "color": "blue",
        "system": "You review.\n",
    }
    assert [str(warning) for warning in found.warnings] == [
        "agents/code-reviewer.md:3: a text with ': ' in it stands without quotes; it was taken as it is\n"
        "hint: put it in quotes",
        "agents/code-reviewer.md:7:1: permissionMode grants rights, and is ignored\n"
        "hint: what an agent may do is said in orchestrator.yaml and pipeline.yaml",
        "agents/code-reviewer.md:8:1: hooks grants rights, and is ignored\n"
        "hint: what an agent may do is said in orchestrator.yaml and pipeline.yaml",
    ]


def test_a_custom_agent_of_github_drops_in_unchanged() -> None:
    keys = "description: Plans.\ntools: ['read', 'search']\nmodel: [gpt-5.2, o9]\nmcp-servers: {a: {b: 1}}\n"
    text = f"---\n{keys}---\nPlan.\n"
    found = read_agent(text, "agents/planner.agent.md")
    assert (found.faults, found.warnings) == ((), ())
    assert found.agent is not None
    assert found.agent.model_dump(exclude={"extras"}) == {
        "name": "planner",
        "description": "Plans.",
        "model": "gpt-5.2",
        "tools": ("read", "search"),
        "mcp-servers": {"a": {"b": 1}},
        "system": "Plan.\n",
    }


def test_tools_left_out_or_empty_mean_none() -> None:
    assert parse_agent("---\nname: a\ntools:\nmodel:\n---\n", "agents/a.md") == Agent(name="a", system="\n")


@pytest.mark.parametrize(
    "key",
    [
        "dangerouslySkipPermissions",
        "allow-dangerously",
        "bypassPermissions",
        "permission_mode",
        "Hooks",
        "auto-approve",
    ],
)
def test_a_key_that_grants_rights_is_ignored_in_every_spelling(key: str) -> None:
    found = read_agent(f"---\nname: a\n{key}: true\n---\n", "agents/a.md")
    assert found.agent is not None
    assert found.agent.model_extra == {}
    assert [str(warning.place) for warning in found.warnings] == ["agents/a.md:3:1"]


def test_front_matter_speaks_for_neither_the_prompt_nor_our_keys() -> None:
    found = parse_agent("---\nname: a\nsystem: x\nextras: {backend: python}\n---\nReal.\n", "agents/a.md")
    assert (found.system, found.extras) == ("Real.\n", AgentExtras())


def test_a_key_that_is_nearly_ours_is_warned_of() -> None:
    found = read_agent("---\nname: a\nmodle: x\n---\n", "agents/a.md")
    assert [str(warning) for warning in found.warnings] == [
        'agents/a.md:3:1: modle: not a key that means anything here\nhint: did you mean "model"?'
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "You write.\n",
            "agents/a.md:1:1: an agent file begins with front matter\n"
            "hint: begin the file with '---', 'name: …', 'description: …', '---'; the system prompt follows",
        ),
        ("---\n[]\n---\n", "agents/a.md:2:1: the front matter must be a mapping of keys\nhint: name: …"),
        (
            "---\nname: a\nx-orchestrator: {backend: modell, timeot: 3}\n---\n",
            "agents/a.md:3:27: x-orchestrator.backend: must be one of model, command, python, builtin, person, "
            "not 'modell'\n"
            'hint: did you mean "model"?\n'
            "agents/a.md:3:35: x-orchestrator.timeot: unknown key\n"
            'hint: did you mean "timeout"?',
        ),
        (
            "---\nname: a\nname: b\n---\n",
            "agents/a.md:3:1: name: this key stands twice\nhint: the first one is in line 2; keep one of them",
        ),
        (
            "---\nname: a\n---\n<<<<<<< HEAD\nx\n",
            "agents/a.md:4:1: a conflict marker of a merge (<<<<<<<)\n"
            "hint: choose between the two sides, delete the marker lines, and commit",
        ),
        (
            "---\nname: &a x\n---\n",
            "agents/a.md:2:7: an anchor (&) is not allowed\nhint: write the value out, or put the text in quotes",
        ),
    ],
)
def test_a_mistake_in_an_agent_file_is_located(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_agent(text, "agents/a.md")
    assert str(caught.value) == message


def test_the_role_is_the_files_name() -> None:
    assert [role_of(path) for path in ("agents/writer.md", "agents/planner.agent.md")] == ["writer", "planner"]


def test_who_names_a_command_and_no_backend_is_played_by_it() -> None:
    text = "---\nname: writer\nx-orchestrator:\n  command: claude\n---\nYou write.\n"
    assert parse_agent(text, "agents/writer.md").extras.backend is BackendKind.COMMAND
    called = text.replace("command: claude", "call: tidy")
    assert parse_agent(called, "agents/writer.md").extras.backend is BackendKind.PYTHON
    said = text.replace("command: claude", "command: claude\n  backend: model")
    assert parse_agent(said, "agents/writer.md").extras.backend is BackendKind.MODEL
