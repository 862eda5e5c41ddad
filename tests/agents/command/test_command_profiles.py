"""Each program that has a profile: how it is asked, what its output says, and what it cannot make us believe.

The outputs are ours, in the fields that the programs document or were seen to print (Claude Code 2.1, Codex 0.169,
Gemini CLI 0.61, OpenCode 1.18, Aider 0.86, llm 0.36).
"""

import json
from dataclasses import replace

import pytest
from command_cases import NOW, answered, ends, faulted, played, request
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.agents.command import PROFILES
from orchestrator.agents.command.asking import Asked, model_name
from orchestrator.agents.command.discretion import Discretion
from orchestrator.agents.command.listening import Listener
from orchestrator.agents.command.output import Printed
from orchestrator.agents.interface import Underway
from orchestrator.model.action import Basis, Trouble, Usage
from orchestrator.model.outside import ScratchEnd
from orchestrator.model.settings import Command, Model, Price

LISTING = {"listing.md": b"# Mug\n"}
SONNET = Model(name="anthropic:claude-sonnet-4-5")


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


# --- how each is asked -----------------------------------------------------------------------------------------------


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
        " workspace.\nWrite `listing.md` there, whole, and change nothing else. What you say is not read: the files as"
        " they stand when\nyou end are your work. Nobody answers questions."
    )


def test_a_role_too_long_for_an_argument_stands_before_the_task() -> None:
    asked = request(system="x" * 120_000)
    call = Asked("pen", Command(argv=("claude",)), PROFILES["claude"], asked, {}).call(lambda _: None)
    assert call.stdin.startswith(b"xxx")
    assert not any(word.startswith("--append-system-prompt") for word in call.argv)


# --- what each says --------------------------------------------------------------------------------------------------

CLAUDE = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "result": "The listing is written.",
    "stop_reason": "end_turn",
    "num_turns": 3,
    "total_cost_usd": 0.0421,
    "usage": {
        "input_tokens": 12,
        "cache_creation_input_tokens": 2_000,
        "cache_read_input_tokens": 9_000,
        "output_tokens": 340,
        "service_tier": "standard",
    },
    "permission_denials": [],
    "a_field_of_tomorrow": {"x": [1]},
}
CLAUDE_USAGE = Usage(11_012, 340, 0.0421, 0, Basis.REPORTED, 9_000, 2_000)
CODEX = lines(
    {"type": "thread.started", "thread_id": "0199"},
    {"type": "turn.started"},
    {"type": "error", "message": "Reconnecting... 1/5"},
    {"type": "item.completed", "item": {"id": "1", "type": "file_change", "changes": [{"path": "listing.md"}]}},
    {"type": "an.event.of.tomorrow", "x": 1},
    {"type": "item.completed", "item": {"id": "2", "type": "agent_message", "text": "All done."}},
    {"type": "turn.completed", "usage": {"input_tokens": 900, "cached_input_tokens": 600, "output_tokens": 50}},
)
GEMINI = {
    "session_id": "7c27",
    "response": "Written.",
    "stats": {
        "models": {
            "gemini-3-flash": {"tokens": {"prompt": 1_000, "candidates": 20, "cached": 400, "thoughts": 5, "tool": 0}},
            "gemini-3-pro": {"tokens": {"prompt": 500, "candidates": 100, "cached": 0, "thoughts": 30, "tool": 7}},
        },
        "tools": {"totalCalls": 1},
    },
}
STEP = {"type": "step_finish", "sessionID": "s"}
OPENCODE = lines(
    {"type": "step_start", "sessionID": "s", "part": {"type": "step-start"}},
    {"type": "tool_use", "sessionID": "s", "part": {"type": "tool", "tool": "write"}},
    {
        **STEP,
        "part": {
            "id": "1",
            "reason": "tool-calls",
            "cost": 0.01,
            "tokens": {"input": 100, "output": 10, "reasoning": 4, "cache": {"read": 50, "write": 20}},
        },
    },
    {"type": "text", "sessionID": "s", "part": {"type": "text", "text": "Written."}},
    {
        **STEP,
        "part": {
            "id": "2",
            "reason": "stop",
            "cost": 0.02,
            "tokens": {"input": 200, "output": 30, "reasoning": 0, "cache": {"read": 0, "write": 0}},
        },
    },
)
AIDER = b"""Aider v0.86.2
> Tokens: 9k sent, 900 received. is what a file may say

Tokens: 1.2k sent, 300 cache write, 2.0k cache hit, 300 received.
Cost: $0.01 message, $0.01 session.
Applied edit to listing.md
Tokens: 2k sent, 41 received. Cost: $0.0023 message, $0.0123 session.
"""


def ended(stdout: bytes, stderr: bytes = b"", status: int = 0) -> ScratchEnd:
    return ScratchEnd(status, stdout, stderr, LISTING)


def spent(name: str, stdout: bytes, stderr: bytes = b"", **granted: object) -> Usage:
    return answered(played(ends(ended(stdout, stderr)), (name,), profile=name, granted=granted)).usage


PRICE = Price(input=1.0, output=10.0, cache_read=0.1)


@pytest.mark.parametrize(
    ("name", "stdout", "stderr", "usage"),
    [
        ("claude", json.dumps(CLAUDE).encode(), b"", CLAUDE_USAGE),
        ("claude", json.dumps([{"type": "system", "subtype": "init"}, CLAUDE]).encode(), b"", CLAUDE_USAGE),
        ("claude", b"a notice\n" + lines({"type": "assistant", "message": {}}, CLAUDE), b"", CLAUDE_USAGE),
        ("claude", b"a notice\n" + json.dumps(CLAUDE, indent=2).encode() + b"\nbye\n", b"", CLAUDE_USAGE),
        ("codex", CODEX, b"warning: x", Usage(900, 50, 0.25, 0, Basis.UNKNOWN, 600)),
        ("gemini", json.dumps(GEMINI, indent=2).encode(), b"", Usage(1_507, 155, 0.25, 0, Basis.UNKNOWN, 400)),
        (
            "gemini",
            lines(
                {"type": "init", "model": "gemini-3-pro"},
                {"type": "message", "role": "assistant", "content": "Hm", "delta": True},
                {
                    "type": "result",
                    "status": "success",
                    "stats": {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10, "cached": 5},
                },
            ),
            b"",
            Usage(20, 10, 0.25, 0, Basis.UNKNOWN, 5),
        ),
        ("opencode", OPENCODE, b"", Usage(370, 44, 0.03, 0, Basis.REPORTED, 50, 20)),
        ("aider", AIDER, b"", Usage(3_200, 341, 0.0123, 0, Basis.REPORTED, 2_000, 300)),
        ("llm", b"# Mug\n", b"Token usage: 1,234 input, 56 output, {}\n", Usage(1_234, 56, 0.25, 0, Basis.UNKNOWN)),
    ],
)
def test_tokens_and_cost_are_those_that_it_reports(name: str, stdout: bytes, stderr: bytes, usage: Usage) -> None:
    assert spent(name, stdout, stderr) == usage


def test_tokens_without_a_cost_are_priced_by_the_settings() -> None:
    found = spent("codex", CODEX, price=PRICE.model_dump())
    assert found == Usage(900, 50, (300 * 1.0 + 600 * 0.1 + 50 * 10.0) / 1e6, 0, Basis.PRICED, 600)


def test_tokens_without_a_cost_are_priced_by_the_model_that_was_routed_to() -> None:
    routed = Model(name="openai:gpt-5.2", price=PRICE)
    found = answered(played(ends(ended(CODEX)), ("codex",), request(routed=routed), profile="codex"))
    assert (found.usage.basis, found.usage.cost_usd) == (Basis.PRICED, 0.00086)


@pytest.mark.parametrize("name", ["claude", "codex", "gemini", "aider", "llm", "opencode"])
@pytest.mark.parametrize("stdout", [b"", b"garbage", b"\xff\x00", b"[]", b"null", b'"x"', b"{}", b'{"usage": 7}'])
def test_empty_garbage_or_wrong_schema_on_stdout_says_no_figure_and_what_is_missing_is_unknown_and_not_0(
    name: str, stdout: bytes
) -> None:
    assert spent(name, stdout) == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)


@pytest.mark.parametrize("cost", [-1, "0.1", True, None, 1e300, float("nan"), float("inf"), 10**400])
def test_a_cost_that_is_none_is_not_believed(cost: object) -> None:
    event = {**CLAUDE, "total_cost_usd": cost, "usage": {"input_tokens": cost}}
    assert spent("claude", json.dumps(event).encode()) == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)


def test_a_cost_of_0_beside_tokens_is_that_of_a_model_whose_price_the_program_does_not_know() -> None:
    found = spent("claude", json.dumps({**CLAUDE, "total_cost_usd": 0}).encode())
    assert (found.cost_usd, found.basis, found.tokens_in) == (0.25, Basis.UNKNOWN, 11_012)


def test_a_step_that_says_0_of_everything_does_not_know() -> None:
    tokens = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}
    found = spent("opencode", lines({**STEP, "part": {"reason": "stop", "cost": 0, "tokens": tokens}}))
    assert found == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)


def test_a_hundred_thousand_brackets_are_no_event() -> None:
    assert (
        spent("claude", b"[" * 100_000)
        == spent("claude", b'{"a":' * 100_000)
        == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)
    )


# --- how each fails --------------------------------------------------------------------------------------------------


def claude_error(result: str, **more: object) -> bytes:
    """As it was seen without a key and without a network: `success`, and an error all the same."""
    error = {"is_error": True, "result": result, "total_cost_usd": 0, "usage": {"input_tokens": 0, "output_tokens": 0}}
    return json.dumps({**CLAUDE, **error, "stop_reason": "stop_sequence", **more}).encode()


def codex_error(message: str) -> bytes:
    return lines({"type": "thread.started"}, {"type": "turn.failed", "error": {"message": message}})


def opencode_error(message: str, status: int | None = None) -> bytes:
    return lines({"type": "error", "error": {"name": "APIError", "data": {"message": message, "statusCode": status}}})


def gemini_error(message: str, code: int = 1) -> bytes:
    return json.dumps({"session_id": "7", "error": {"type": "Error", "message": message, "code": code}}).encode()


def aider_error(kind: str, words: str) -> bytes:
    return f"Aider\nlitellm.{kind}: x\nThe API provider {words}\n".encode()


NOT_LOGGED_IN = claude_error("Not logged in · Please run /login")
AWAY = claude_error("API Error: Can't reach the API server (EAI_AGAIN)", api_error="connection_failed")
BUSY, OUTAGE, DENIED, WORK = Trouble.BUSY, Trouble.OUTAGE, Trouble.DENIED, Trouble.WORK


@pytest.mark.parametrize(
    ("name", "stdout", "stderr", "status", "trouble", "retry_after"),
    [
        ("claude", NOT_LOGGED_IN, b"", 1, DENIED, None),
        ("claude", claude_error("Invalid API key · Fix external API key"), b"", 1, DENIED, None),
        ("claude", claude_error("Credit balance is too low"), b"", 1, DENIED, None),
        ("claude", AWAY, b"", 1, OUTAGE, None),
        ("claude", claude_error(f"Claude AI usage limit reached|{NOW + 3600}"), b"", 1, BUSY, 3600),
        ("claude", claude_error("You've hit your limit · resets 1:30am (Asia/Dhaka)"), b"", 1, BUSY, 70_200),
        ("claude", claude_error("You've hit your limit · resets Jan 5 at 9pm (US/Eastern)"), b"", 1, BUSY, 439_200),
        ("claude", claude_error("API Error: overloaded", api_error_status=529), b"", 1, OUTAGE, None),
        ("claude", claude_error("slow down", api_error_status=429), b"", 0, BUSY, None),
        ("claude", claude_error("no", api_error_status=401), b"", 0, DENIED, None),
        ("codex", codex_error("hit your usage limit. Try again in 2 days 17 hours 14 minutes."), b"", 1, BUSY, 234_840),
        ("codex", codex_error("You've hit your usage limit. Try again at 3:05 AM."), b"", 1, BUSY, 11_100),
        ("codex", codex_error("exceeded retry limit, last status: 429 Too Many Requests"), b"", 1, BUSY, None),
        ("codex", codex_error("unexpected status 401 Unauthorized: Incorrect API key provided"), b"", 1, DENIED, None),
        ("codex", codex_error("stream disconnected before completion"), b"", 1, OUTAGE, None),
        ("codex", lines({"type": "error", "message": "Check your plan and billing details."}), b"", 1, DENIED, None),
        ("codex", lines({"type": "error", "message": "Reconnecting... 1/5"}), b"", 1, OUTAGE, None),
        ("codex", b"", b"Error loading config.toml: x", 1, WORK, None),
        ("gemini", b"", b"notice\n" + gemini_error("Invalid auth method selected.", 41), 41, DENIED, None),
        ("gemini", b"", gemini_error("RESOURCE_EXHAUSTED: Please retry in 34.2s.", 429), 1, BUSY, 34),
        ("gemini", b"", b"Error: fetch failed sending request", 1, OUTAGE, None),
        ("opencode", opencode_error("Unauthorized", 401), b"", 1, DENIED, None),
        ("opencode", opencode_error("Bad Gateway", 502), b"", 1, OUTAGE, None),
        ("opencode", opencode_error("rate limited", 429), b"", 0, BUSY, None),
        ("aider", aider_error("RateLimitError", "has rate limited you."), b"", 0, BUSY, None),
        ("aider", aider_error("AuthenticationError", "knows you not. Check your API key."), b"", 0, DENIED, None),
        ("aider", aider_error("InternalServerError", "is away."), b"", 0, OUTAGE, None),
        ("llm", b"", b"Error: No key found - add one using 'llm keys set openai'", 1, DENIED, None),
        ("llm", b"", b"Error: Connection error.", 1, OUTAGE, None),
        ("llm", b"", b"Error code: 500 - {}", 1, OUTAGE, None),
        ("llm", b"", b"Error: Request timed out.", 1, OUTAGE, None),
    ],
)  # fmt: skip
def test_429_5xx_dns_time_out_or_200_with_an_error_inside_is_the_trouble_that_it_is(
    name: str, stdout: bytes, stderr: bytes, status: int, trouble: Trouble, retry_after: int | None
) -> None:
    found = faulted(played(ends(ended(stdout, stderr, status)), (name,), profile=name))
    assert (found.trouble, found.is_transient, found.retry_after) == (trouble, trouble in (BUSY, OUTAGE), retry_after)


def test_it_is_told_in_its_own_words() -> None:
    found = faulted(played(ends(ended(NOT_LOGGED_IN, b"", 1)), ("claude",), profile="claude"))
    assert found.message == "pen could not do it: Not logged in · Please run /login"
    assert found.usage == Usage(basis=Basis.REPORTED)


OPEN_STEP = lines({**STEP, "part": {"reason": "tool-calls", "tokens": {"input": 5, "output": 5}}})


@pytest.mark.parametrize(
    ("name", "stdout", "message"),
    [
        ("claude", lines({**CLAUDE, "stop_reason": "max_tokens"}), "stopped at its limit of output tokens"),
        ("claude", lines({**CLAUDE, "subtype": "error_max_turns"}), "stopped at its limit of turns (--max-turns)"),
        ("claude", lines({"type": "system"}, {"type": "assistant", "message": {}}), "broke off: its output has no end"),
        ("codex", lines({"type": "turn.started"}), "broke off: its output has no end"),
        ("gemini", lines({"type": "init"}), "broke off: its output has no end"),
        ("gemini", gemini_error("no more", 53), "stopped at its limit of turns"),
        ("opencode", OPEN_STEP, "broke off: its output has no end"),
        ("opencode", lines({**STEP, "part": {"reason": "length"}}), "stopped at its limit of output tokens"),
        ("aider", b"\nModel gpt-4o has hit a token limit!\n", "stopped at its limit of tokens"),
    ],
)  # fmt: skip
def test_a_truncated_stream_or_a_max_tokens_stop_is_never_accepted_as_complete(
    name: str, stdout: bytes, message: str
) -> None:
    found = faulted(played(ends(ended(stdout)), (name,), profile=name))
    assert (found.message, found.trouble) == (f"pen {message}", Trouble.WORK)


def test_a_cost_limit_reached_mid_step_is_a_fault_and_what_it_cost_is_counted() -> None:
    stdout = json.dumps({**CLAUDE, "subtype": "error_max_budget_usd"}).encode()
    found = faulted(played(ends(ended(stdout, b"", 1)), ("claude",), profile="claude"))
    assert found.message == "pen stopped at its limit of cost (--max-budget-usd)"
    assert found.usage == CLAUDE_USAGE


def test_codex_says_all_done_with_exit_0_but_wrote_nothing() -> None:
    found = faulted(played(ends(ScratchEnd(0, CODEX, b"", {})), ("codex",), profile="codex"))
    assert found.message == (
        "pen said it was done, and wrote nothing of listing.md; it said: All done.; its own sandbox may not work within"
        " ours; with `sandbox: required` in orchestrator.yaml it is left off"
    )
    assert found.usage.tokens_in == 900


def test_errors_that_a_later_answer_of_aider_comes_after_are_over() -> None:
    assert spent("aider", b"litellm.RateLimitError: 429\nRetrying in 0.2 seconds...\n" + AIDER).basis is Basis.REPORTED


def test_what_aider_leaves_for_itself_is_neither_work_nor_offence() -> None:
    files = {**LISTING, ".aider.chat.history.md": b"x", ".aider.tags.cache.v4/cache.db": b"x"}
    found = answered(played(ends(ScratchEnd(0, AIDER, b"", files)), ("aider",), profile="aider"))
    assert (found.files, found.refused) == (LISTING, ())


def test_a_wait_that_nobody_has_to_wait_is_not_believed() -> None:
    found = faulted(
        played(ends(ended(codex_error("usage limit: try again in 900 days"), b"", 1)), ("x",), profile="codex")
    )
    assert (found.trouble, found.retry_after) == (Trouble.BUSY, None)


# --- as it goes ------------------------------------------------------------------------------------------------------


def heard(name: str, stdout: bytes, piece: int) -> list[Underway]:
    told: list[Underway] = []
    call = Asked("pen", Command(argv=(name,)), PROFILES[name], request(tell=told.append), {})
    listener = Listener(call.profile, told.append, Discretion({}))
    for start in range(0, len(stdout), piece):
        listener.hear(stdout[start : start + piece])
    return told


@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_progress_is_told_event_by_event_however_the_pieces_fall(piece: int) -> None:
    message = {"id": "m1", "usage": {"output_tokens": 12}}
    stream = lines(
        {"type": "system", "subtype": "init"},
        {"type": "assistant", "message": {**message, "content": [{"type": "text", "text": "I write\nit now."}]}},
        {"type": "assistant", "message": {**message, "content": [{"type": "tool_use", "name": "Write"}]}},
        {"type": "assistant", "message": {"id": "m2", "usage": {"output_tokens": 3}, "content": [{"text": "Done."}]}},
    )
    last = slice(0 if piece < 10_000 else -1, None)  # of one piece the last is told
    assert (
        heard("claude", stream, piece)
        == [
            Underway(12, 0.0, "it now."),
            Underway(12, 0.0, "Write"),
            Underway(15, 0.0, "Done."),
        ][last]
    )
    assert (
        heard("opencode", OPENCODE, piece)
        == [
            Underway(0, 0.0, "write"),
            Underway(10, 0.01, ""),
            Underway(10, 0.01, "Written."),
            Underway(40, 0.03, ""),
        ][last]
    )
    assert heard("codex", CODEX, piece) == [Underway(0, 0.0, "All done."), Underway(50, 0.0, "")][last]


def test_a_line_without_an_end_is_forgotten() -> None:
    assert heard("claude", b"x" * 3_000_000 + b"\nshort\n", 65_536)[-1] == Underway(note="short")


# --- whatever it prints ----------------------------------------------------------------------------------------------

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["type", "subtype", "result", "usage", "item", "part", "tokens", "error", "message", "stats", "models",
             "content", "data", "cost", "cache", "input", "input_tokens", "reason", "stop_reason", "is_error", "errors"]
        ),
        inner | st.sampled_from(["result", "turn.completed", "turn.failed", "error", "step_finish", "assistant"]),
        max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(PROFILES))
@settings(max_examples=40, deadline=None)
@given(
    stdout=st.binary(max_size=200) | st.lists(ANY, max_size=4).map(lambda each: lines(*each)), status=st.integers(0, 2)
)
def test_whatever_bytes_a_program_prints_nothing_raises_and_every_figure_is_sound(
    name: str, stdout: bytes, status: int
) -> None:
    told: list[Underway] = []
    PROFILES[name].read(Printed(stdout, stdout, NOW))
    heard(name, stdout + b"\n", 64)
    end = ScratchEnd(status, stdout, stdout, LISTING)
    found = played(ends(end), (name,), request(tell=told.append), profile=name)
    assert found.usage.cost_usd >= 0
    assert min(found.usage.tokens_in, found.usage.tokens_out, found.usage.cache_read, found.usage.cache_write) >= 0
