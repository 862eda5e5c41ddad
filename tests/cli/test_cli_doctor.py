"""`doctor` on who plays the roles: the sandbox, extras, keys and programs that this machine has, or lacks."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from calling import FILES, call, workspace

from orchestrator.cli.doctor import on_models, on_programs, on_sandbox
from orchestrator.errors import MissingExtra
from orchestrator.ledger import Level, Remark
from orchestrator.model.settings import ProviderKind, Settings
from orchestrator.outside.scratch import Sandbox

BUBBLEWRAP = Sandbox("bubblewrap")
ALONE = Sandbox("landlock", is_apart=False, unheld=("UDP",))
HELD = ("command agents run under bubblewrap", None)
NONE = ("command agents run in no sandbox: they may read, write and reach what you may", "install bubblewrap")
PATH = {"PATH": "/usr/bin:/bin"}


def said(**settings: object) -> Settings:
    return Settings.model_validate({"version": 1, **settings})


def all_there(kind: ProviderKind) -> None:
    """Every library is installed."""


def none_there(kind: ProviderKind) -> None:
    raise MissingExtra(f"models of {kind} need libraries", hint=f"pip install 'git-orchestrator[{kind}]'")


def warned(message: str, hint: str | None = None) -> Remark:
    return Remark(Level.WARNING, message, hint)


def test_the_sandbox_of_this_machine_is_told_and_loudly_where_there_is_none() -> None:
    assert on_sandbox(HELD, (BUBBLEWRAP,), said()) == Remark(Level.INFO, HELD[0])
    assert on_sandbox(NONE, (), said()) == warned(*NONE)
    open_to = ("command agents run under landlock, which leaves open: UDP", "install bubblewrap")
    assert on_sandbox(open_to, (ALONE,), said()) == warned(*open_to)


@pytest.mark.parametrize("found", [(), (ALONE,)])
def test_a_sandbox_that_the_settings_require_and_nobody_has_is_an_error(found: tuple[Sandbox, ...]) -> None:
    message = "the settings require a sandbox, and none that holds files and network works here: no command agent runs"
    assert on_sandbox(NONE, found, said(sandbox="required")) == Remark(Level.ERROR, message, "install bubblewrap")
    assert on_sandbox(HELD, (BUBBLEWRAP, *found), said(sandbox="required")).level is Level.INFO


def test_keys_that_are_not_set_are_told_once_a_provider_by_name() -> None:
    models = [{"name": name} for name in ("builtin", "openai:a", "openai:b", "google:c", "shed:d", "ollama:e")]
    providers = {"shed": {"kind": "openai", "key": "SHED_KEY", "base_url": "http://127.0.0.1:9/v1"}}
    settings = said(models=models, providers=providers)

    def lacking(variable: str, provider: str) -> Remark:
        hint = f"set the environment variable {variable}, or name another under providers.{provider}.key"
        return warned(f"the key of {provider} is not set", hint)

    assert on_models(settings, {}, all_there) == (
        lacking("OPENAI_API_KEY", "openai"),
        lacking("GOOGLE_API_KEY", "google"),
        lacking("SHED_KEY", "shed"),
    )
    environ = {"OPENAI_API_KEY": "sk-secret", "GEMINI_API_KEY": "x", "SHED_KEY": "y"}
    assert on_models(settings, environ, all_there) == ()


def test_libraries_that_a_model_of_the_settings_needs_and_that_are_not_installed_are_told() -> None:
    settings = said(models=[{"name": "builtin"}, {"name": "openai:a"}, {"name": "openai:b"}])
    hint = "pip install 'git-orchestrator[openai]'"
    assert on_models(settings, {"OPENAI_API_KEY": "x"}, none_there) == (
        warned("models of openai need libraries", hint),
    )


def test_a_provider_that_nobody_knows_is_told() -> None:
    (remark,) = on_models(said(models=[{"name": "shed:a"}]), {}, all_there)
    assert (remark.level, remark.message) == (Level.WARNING, "nobody knows how to reach the provider 'shed'")


def test_programs_and_their_variables_that_are_not_there_are_told_by_name() -> None:
    settings = said(
        commands={
            "shell": {"argv": ["sh"], "env": ["SHOP_KEY"]},
            "gone": {"argv": ["no-such-program-here"], "env": ["A_KEY", "SHOP_KEY", "B_KEY"]},
        },
        mcp={"scales": {"argv": ["/no/such/scales"]}, "far": {"url": "https://tools.example.com/mcp"}},
    )
    unset = "set it in the environment, or take it out of orchestrator.yaml"
    gone = "'no-such-program-here' is not there, or is no program; install it, or mend commands.gone.argv in"
    scales = "'/no/such/scales' is not there, or is no program; install it, or mend mcp.scales.argv in"
    assert list(on_programs(settings, {**PATH, "SHOP_KEY": "sk-secret"})) == [
        warned(f"{gone} orchestrator.yaml"),
        warned("commands.gone.env names what is not set: A_KEY, B_KEY", unset),
        warned(f"{scales} orchestrator.yaml"),
    ]


def remarks(folder: Path, settings: Mapping[str, object], **environ: str) -> list[dict[str, str]]:
    text = json.dumps({"version": 1, "approvers": {"owner": "anyone"}, **settings})
    workspace(folder, {**FILES, "orchestrator.yaml": text})
    found: list[dict[str, str]] = json.loads(call(folder, "doctor", "--json", more=environ).out)
    return found


def test_the_whole_of_it_says_what_is_installed_and_names_no_value_of_a_variable(folder: Path) -> None:
    settings = {
        "models": [{"name": "openai:gpt-5.2"}, {"name": "anthropic:claude-haiku-4-5"}],
        "commands": {"pen": {"argv": ["sh"], "env": ["OPENAI_API_KEY", "PEN_KEY"]}},
        "publishers": {"shop": {"kind": "directory", "path": "published"}},
    }
    told = remarks(folder, settings, OPENAI_API_KEY="sk-secret", ANTHROPIC_API_KEY="", PEN_KEY="")
    messages = [remark["message"] for remark in told]
    assert any(message.startswith("extras: ") for message in messages)
    assert "models: openai:gpt-5.2, anthropic:claude-haiku-4-5" in messages
    assert any(message.startswith("command agents run ") for message in messages)
    assert "the key of anthropic is not set" in messages
    assert "commands.pen.env names what is not set: PEN_KEY" in messages
    assert "the key of openai is not set" not in messages
    assert "sk-secret" not in json.dumps(told)
