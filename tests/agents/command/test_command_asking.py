"""How each program that has a profile is asked: which arguments, which model, where the role stands."""

from dataclasses import replace

import pytest
from command_cases import request

from orchestrator.agents.command.asking import Asked, model_name
from orchestrator.agents.command.profiles import PROFILES
from orchestrator.model.settings import Command, Model

SONNET = Model(name="anthropic:claude-sonnet-4-5")


def argv(name: str, *said: str, model: Model | None = SONNET, system: str = "You write.") -> tuple[str, ...]:
    """Return what is added to an argv of the settings."""
    asked = request(files={"brief.md": b"x", "/memory/style.md": b"y"}, routed=model, system=system)
    call = Asked("pen", Command(argv=said), PROFILES[name], asked, {}).call(lambda _: None)
    return call.argv[len(said) :]


@pytest.mark.parametrize(
    ("name", "said", "added"),
    [
        ("script", ("./pen",), ()),
        ("text", ("tr", "a-z", "A-Z"), ()),
        (
            "llm",
            ("llm",),
            ("--usage", "--no-log", "--no-stream", "--model=claude-sonnet-4-5", "--system=You write."),
        ),
        (
            "claude",
            ("claude", "-p", "--bare", "--output-format", "json"),
            (
                "--permission-mode=acceptEdits",
                "--no-session-persistence",
                "--model=claude-sonnet-4-5",
                "--append-system-prompt=You write.",
            ),
        ),
        (
            "claude",
            ("claude", "--model=opus", "--system-prompt", "x", "-p", "--permission-mode", "plan"),
            ("--output-format=json", "--no-session-persistence"),
        ),
        (
            "codex",
            ("codex",),
            (
                "exec",
                "--json",
                "--sandbox=workspace-write",
                "--skip-git-repo-check",
                "--color=never",
                "--model=claude-sonnet-4-5",
            ),
        ),
        (
            "codex",
            ("codex", "exec", "-s", "read-only", "--json"),
            ("--skip-git-repo-check", "--color=never", "--model=claude-sonnet-4-5"),
        ),
        (
            "gemini",
            ("gemini",),
            ("--output-format=json", "--approval-mode=auto_edit", "--model=claude-sonnet-4-5"),
        ),
        ("opencode", ("opencode",), ("run", "--format=json", "--model=anthropic/claude-sonnet-4-5")),
        (
            "aider",
            ("aider",),
            (
                "--message-file=/dev/stdin",
                "--yes-always",
                "--no-git",
                "--no-pretty",
                "--no-stream",
                "--no-check-update",
                "--no-detect-urls",
                "--no-suggest-shell-commands",
                "--no-show-model-warnings",
                "--no-show-release-notes",
                "--map-tokens=0",
                "--model=anthropic/claude-sonnet-4-5",
                "--file=listing.md",
                "--read=brief.md",
                "--read=../workspace/memory/style.md",
            ),
        ),
    ],
)
def test_a_profile_adds_what_the_settings_do_not_say_themselves(
    name: str, said: tuple[str, ...], added: tuple[str, ...]
) -> None:
    assert argv(name, *said) == added


def test_no_profile_adds_an_option_that_bypasses_permissions_where_no_sandbox_is_certain() -> None:
    added = [word for name in PROFILES for word in argv(name, name)]
    for bypass in ("danger", "bypass", "yolo", "skip-permissions", "--auto=", "full-auto"):
        assert [word for word in added if bypass in word] == []


def test_codex_leaves_its_own_sandbox_off_where_ours_is_certain_to_hold_it() -> None:
    asked = Asked("pen", Command(argv=("codex",)), PROFILES["codex"], request(), {}, is_held=True)
    assert asked.call(lambda _: None).argv == (
        "codex",
        "exec",
        "--sandbox=danger-full-access",
        "--json",
        "--skip-git-repo-check",
        "--color=never",
    )
    said = replace(asked, command=Command(argv=("codex", "exec", "-s", "read-only")))
    assert said.call(lambda _: None).argv[4:] == ("--json", "--skip-git-repo-check", "--color=never")


@pytest.mark.parametrize(
    ("name", "routed", "model", "named"),
    [
        ("claude", None, "inherit", None),
        ("claude", None, "fast", None),
        ("claude", None, "haiku", "haiku"),
        ("claude", None, "anthropic:claude-haiku-4-5", "claude-haiku-4-5"),
        ("claude", SONNET, "haiku", "claude-sonnet-4-5"),
        ("aider", Model(name="google:gemini-3-pro"), "inherit", "gemini/gemini-3-pro"),
        ("opencode", Model(name="openai:gpt-5.2"), "inherit", "openai/gpt-5.2"),
        ("opencode", None, "openai/gpt-5.2", "openai/gpt-5.2"),
    ],
)
def test_the_model_that_the_route_or_the_agent_names_is_named_as_the_program_does(
    name: str, routed: Model | None, model: str, named: str | None
) -> None:
    assert model_name(request(routed=routed, model=model), PROFILES[name]) == named


def test_where_a_program_has_no_place_for_the_role_it_stands_before_the_task() -> None:
    asked = request(system="You write.")
    call = Asked("pen", Command(argv=("codex",)), PROFILES["codex"], asked, {}).call(lambda _: None)
    assert call.stdin.decode() == (
        "You write.\n\nWrite the listing.\n\n## Where you work\n\n"
        "You stand in a folder that holds just the files of this task, and `../workspace/` has those of the"
        " workspace.\nWrite `listing.md` there, whole, and change nothing else. What you say is not read:\nthe files as"
        " they stand when you end are your work. Nobody answers questions."
    )


def test_a_role_too_long_for_an_argument_stands_before_the_task() -> None:
    asked = request(system="x" * 120_000)
    call = Asked("pen", Command(argv=("claude",)), PROFILES["claude"], asked, {}).call(lambda _: None)
    assert call.stdin.startswith(b"xxx")
    assert not any(word.startswith("--append-system-prompt") for word in call.argv)
