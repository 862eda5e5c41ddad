"""Agents of Claude Code and a crew of CrewAI, as their own tools lay them down, taken in and run to the end."""

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from misbehaving import Asked, Loopback, player
from places import commit_files, git

from orchestrator.cli import entry

pytestmark = pytest.mark.real

AGENTS = {
    ".claude/agents/code-archaeologist.md": """\
---
name: code-archaeologist
description: "Use this agent when you need to know why something is as it is. Examples: <example>Context: A user
  meets an odd line. user: 'Why is this here?' assistant: 'I'll ask the code-archaeologist.'</example>"
tools: Glob, Grep, Read, WebFetch
model: haiku
color: orange
---

You dig up why things are as they are. You quote, and you never guess.

## How you work

1. Read what you are given, whole.
2. Say what it says, with the line.
""",
    ".claude/agents/docs/release-writer.md": """\
---
name: release-writer
description: Turns findings into a page. Use PROACTIVELY after code-archaeologist.
model: sonnet
---

You write one page. Short sentences, no adjectives.
""",
}
TEAM = {
    "jobs/templates/why/job.yaml": "version: 1\n",
    "jobs/templates/why/brief.md": "Why is the kettle blue?\n",
    "jobs/templates/why/pipeline.yaml": """\
version: 1
steps:
  dig: {agent: code-archaeologist, reads: [brief.md], writes: [finds.md], gate: [not_empty]}
  tell: {agent: release-writer, reads: [finds.md], writes: [page.md], gate: [words: {min: 4}]}
""",
    "prompts/dig.md.j2": "{{ files['brief.md'] | fence('brief.md') }}\nWrite finds.md.\n",
    "prompts/tell.md.j2": "{{ files['finds.md'] | fence('finds.md') }}\nWrite page.md.\n",
}
# As `crewai create crew` lays it down, with the keys of its documentation.
CREW = {
    "pyproject.toml": '[project]\nname = "latest_ai"\n[tool.crewai]\ntype = "crew"\n',
    "src/latest_ai/__init__.py": "",
    "src/latest_ai/main.py": "raise SystemExit('no Python of a crew is run')\n",
    "src/latest_ai/crew.py": "raise SystemExit('no Python of a crew is run')\n",
    "src/latest_ai/tools/custom_tool.py": "raise SystemExit('no Python of a crew is run')\n",
    "src/latest_ai/config/agents.yaml": """\
researcher:
  role: >
    {topic} Senior Data Researcher
  goal: >
    Uncover cutting-edge developments in {topic}
  backstory: >
    You're a seasoned researcher with a knack for uncovering the latest
    developments in {topic}.
  verbose: true

reporting_analyst:
  role: >
    {topic} Reporting Analyst
  goal: >
    Create detailed reports based on {topic} data analysis and research findings
  backstory: >
    You're a meticulous analyst with a keen eye for detail.
  allow_delegation: false
""",
    "src/latest_ai/config/tasks.yaml": """\
research_task:
  description: >
    Conduct a thorough research about {topic}
    Make sure you find any interesting and relevant information.
  expected_output: >
    A list with 10 bullet points of the most relevant information about {topic}
  agent: researcher

reporting_task:
  description: >
    Review the context you got and expand each topic into a full section for a report.
  expected_output: >
    A fully fledged report with the main topics, each with a full section of information.
    Formatted as markdown without '```'
  agent: reporting_analyst
  context:
    - research_task
  output_file: output/report.md
  markdown: true
""",
}


def lay(where: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text)
    return where


def call(where: Path, *args: str) -> str:
    """Return what the program said in all, having done what it was to."""
    said = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with redirect_stdout(said), redirect_stderr(said):
        code = entry.run(["orchestrator", "-C", str(where), *args], dict(os.environ))  # noqa: TID251  the hermetic one
    said.seek(0)
    told = said.read()
    assert code == 0, told
    return told


@pytest.fixture
def shop(folder: Path) -> Path:
    """Return a workspace as `init` makes it."""
    call(folder, "init")
    return folder


def grant(shop: Path, server: Loopback) -> None:
    """Put two models in the place of the builtin one in the settings."""
    text = (shop / "orchestrator.yaml").read_text()
    where = f'base_url: "{server.address}/v1"'
    lines = [
        f'  - {{name: "openai:{name}", tier: {tier}, price: {{input: {usd}, output: 9}}, {where}}}'
        for name, tier, usd in (("small", "fast", 1), ("middle", "standard", 3))
    ]
    builtin = next(line for line in text.splitlines() if "- name: builtin" in line)
    commit_files(shop, {"orchestrator.yaml": text.replace(builtin, "\n".join(lines))}, "models")


def of(asked: Asked) -> str:
    return str(asked.body["model"])


def made(shop: Path, job: str, path: str) -> str:
    return git(shop, "show", f"job/{job}:jobs/{job}/{path}")


def test_a_folder_of_claude_code_subagents_is_taken_in_and_run(shop: Path) -> None:
    team = lay(shop.parent / "team", AGENTS)
    with Loopback(player({"finds.md": "It was on sale.", "page.md": "It was on sale."})) as server:
        grant(shop, server)
        call(shop, "import", "agents", str(team))
        lay(shop, TEAM)
        commit_files(shop, TEAM, "a template that they play")
        call(shop, "lint")
        call(shop, "new", "why", "kettle")
        assert "every step is done" in call(shop, "run", "kettle")
        first, second = server.asked
    assert (of(first), of(second)) == ("small", "middle")
    assert "You dig up why things are as they are." in first.system
    assert (first.tools, "Why is the kettle blue?" in first.prompt) == ({}, True)
    assert "You write one page." in second.system
    assert (made(shop, "kettle", "finds.md"), made(shop, "kettle", "page.md")) == ("It was on sale.", "It was on sale.")
    assert git(shop, "log", "--format=%an", "--reverse", "-2", "job/kettle").split() == [
        "code-archaeologist",
        "release-writer",
    ]


def test_a_crew_of_crewai_is_taken_in_and_run_and_its_outputs_are_in_the_job(shop: Path) -> None:
    crew = lay(shop.parent / "latest_ai", CREW)
    answers = {"research-task.md": "- Kettles whistle.", "output/report.md": "# Kettles\n\nKettles whistle."}
    with Loopback(player(answers)) as server:
        grant(shop, server)
        call(shop, "import", "crew", str(crew))
        assert call(shop, "lint") == "no mistakes found\n"
        call(shop, "new", "latest-ai", "kettles", "--set", "topic=kettles")
        assert "every step is done" in call(shop, "run", "kettles")
        first, second = server.asked
    assert "Uncover cutting-edge developments in" in first.system
    assert "Conduct a thorough research about kettles" in first.prompt
    assert "You're a meticulous analyst" in second.system
    assert "- Kettles whistle." in second.prompt
    assert made(shop, "kettles", "research-task.md") == "- Kettles whistle."
    assert made(shop, "kettles", "output/report.md") == "# Kettles\n\nKettles whistle."
    assert git(shop, "status", "--porcelain") == ""
