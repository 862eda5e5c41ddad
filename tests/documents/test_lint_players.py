"""Lint of what plays roles: what is asked for and not there is told at its place, with what to do."""

import pytest

from orchestrator.documents.lint import LintInput, lint

SETTINGS = "version: 1\nmodels: [{name: builtin}]\n"
AGENT = "---\nname: writer\nx-orchestrator: {}\n---\nYou write.\n"
PIPELINE = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [text.md], gate: [words: {min: 2}]}
  judge: {agent: reviewer, reads: [text.md], writes: [review.yaml], gate: [review_file: review.yaml]}
"""
FOLDER = "jobs/templates/t"


def told(settings: str = SETTINGS, writer: str = AGENT, pipeline: str = PIPELINE) -> list[str]:
    texts: dict[str, str | bytes] = {
        "orchestrator.yaml": settings,
        "agents/writer.md": writer,
        "agents/reviewer.md": AGENT.replace("writer", "reviewer"),
        f"{FOLDER}/pipeline.yaml": pipeline,
        f"{FOLDER}/job.yaml": "version: 1\n",
    }
    files = frozenset({*texts, "prompts/draft.md.j2", "prompts/judge.md.j2", f"{FOLDER}/brief.md"})
    known = {"words": lambda _: (), "review_file": lambda _: ()}
    found = lint(LintInput(texts, files, known, profiles=frozenset({"claude", "script"})))
    return [f"{p.severity} {p.path}:{p.line}: {p.message}\n{p.hint or ''}" for p in found]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("models: []\n", "error orchestrator.yaml:2: models: nothing is there that could play a role\n- name: builtin"),
        (
            "models: [{name: 'opnai:x'}]\n",
            "warning orchestrator.yaml:2: models[0].name: opnai:x names no provider that is known: opnai\n"
            'did you mean "openai"?; or say how to ask it: providers: {opnai: {kind: openai, base_url: …}}',
        ),
        (
            "models: [{name: 'openai:x'}]\nproviders: {openia: {concurrent: 2}}\n",
            "warning orchestrator.yaml:3: providers.openia: no model of the settings is called openia:…\n"
            'did you mean "openai"?',
        ),
        (
            "models: [{name: builtin}]\ncommands: {c: {argv: [c], profile: cluade}}\n",
            'error orchestrator.yaml:3: commands.c.profile: unknown profile cluade\ndid you mean "claude"?',
        ),
    ],
)
def test_what_is_wrong_with_models_providers_and_commands_is_told(settings: str, said: str) -> None:
    assert told(f"version: 1\n{settings}") == [said]


@pytest.mark.parametrize("url", ["http://localhost:abc/v1", "http://[::::]", "http://localhost:99999", "https://"])
def test_an_address_that_nobody_could_ask_is_refused(url: str) -> None:
    (said,) = told(f"version: 1\nmodels: [{{name: 'openai:x', base_url: '{url}'}}]\n")
    assert said.startswith("error orchestrator.yaml:2: models[0].base_url: ")


@pytest.mark.parametrize("usd", ["true", "-1", "1e308", ".nan", ".inf"])
def test_an_amount_that_is_none_is_refused(usd: str) -> None:
    (said,) = told(f"version: 1\nmodels: [{{name: builtin}}]\nbudget: {{job: {usd}}}\n")
    assert said.startswith("error orchestrator.yaml:3: budget.job: ")


@pytest.mark.parametrize(
    ("extras", "said"),
    [
        (
            "{mcp: [web]}",
            "error agents/writer.md:3: x-orchestrator.mcp: web is not among the mcp of orchestrator.yaml\n"
            "add it there: mcp: {web: {argv: [...]}}",
        ),
        (
            "{renders: {a.jpg: a.svg}}",
            "error agents/writer.md:3: x-orchestrator.renders: a.jpg is drawn from a.svg, and only a PNG is, "
            "from an SVG\nrenders: {design.png: design.svg}",
        ),
    ],
)
def test_what_an_agent_asks_for_and_does_not_get_is_told(extras: str, said: str) -> None:
    assert told(writer=AGENT.replace("{}", extras)) == [said]


def test_a_tool_of_a_server_that_nobody_grants_is_told() -> None:
    assert told(writer=AGENT.replace("x-orchestrator", "tools: [Read, mcp__scale__weigh]\nx-orchestrator")) == [
        "error agents/writer.md:3: tools: mcp__scale__weigh: scale is not among the mcp of orchestrator.yaml\n"
        "add it there: mcp: {scale: {argv: [...]}}"
    ]


def test_an_agent_that_asks_for_the_network_where_its_command_has_none_is_warned_of() -> None:
    settings = f"{SETTINGS}commands: {{c: {{argv: [c]}}}}\n"
    (said,) = told(settings, AGENT.replace("{}", "{command: c, network: true}"))
    assert said == (
        "warning agents/writer.md:3: x-orchestrator.network: commands.c of orchestrator.yaml names no host to reach\n"
        "network: [host:443] there"
    )


def test_other_model_than_names_a_step_of_an_agent_before_it() -> None:
    other = "writes: [review.yaml], other_model_than: [draf],"
    (said,) = told(pipeline=PIPELINE.replace("writes: [review.yaml],", other))
    assert said.split("\n")[0] == (
        f"error {FOLDER}/pipeline.yaml:4: steps.judge.other_model_than: draf is no agent's step before judge"
    )


def test_programs_are_not_told_apart_by_model() -> None:
    settings = f"{SETTINGS}commands: {{c: {{argv: [c]}}}}\n"
    pipeline = PIPELINE.replace("writes: [review.yaml],", "writes: [review.yaml], other_model_than: [draft],")
    (said,) = told(settings, AGENT.replace("{}", "{command: c}"), pipeline)
    assert said.startswith(
        f"warning {FOLDER}/pipeline.yaml:4: steps.judge.other_model_than: draft is played by a command, no model"
    )
