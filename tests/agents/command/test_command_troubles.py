"""How each program that has a profile fails, as its output says it."""

import json

import pytest
from command_cases import NOW, answered, ends, failed, played
from command_samples import (
    AIDER,
    CLAUDE,
    CLAUDE_USAGE,
    CODEX,
    LISTING,
    STEP,
    aider_error,
    claude_error,
    codex_error,
    ended,
    gemini_error,
    lines,
    opencode_error,
    spent,
)

from orchestrator.model.action import Basis, Trouble, Usage
from orchestrator.model.outside import ScratchEnd

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
    found = failed(played(ends(ended(stdout, stderr, status)), (name,), profile=name))
    assert (found.trouble, found.is_transient, found.retry_after) == (trouble, trouble in (BUSY, OUTAGE), retry_after)


def test_it_is_told_in_its_own_words() -> None:
    found = failed(played(ends(ended(NOT_LOGGED_IN, b"", 1)), ("claude",), profile="claude"))
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
    found = failed(played(ends(ended(stdout)), (name,), profile=name))
    assert (found.message, found.trouble) == (f"pen {message}", Trouble.WORK)


REASONS = ["refusal", "model_context_window_exceeded", "pause_turn", "tool_use", "of_tomorrow"]
STARTED = lines({"type": "turn.started"})


@pytest.mark.parametrize("reason", REASONS)
def test_a_stop_of_claude_that_is_no_end_of_a_turn_is_never_accepted_as_complete(reason: str) -> None:
    found = failed(played(ends(ended(lines({**CLAUDE, "stop_reason": reason}))), ("claude",), profile="claude"))
    assert found.message == f"pen stopped at {reason}, which is no end of its work"
    assert (found.trouble, found.usage) == (Trouble.WORK, CLAUDE_USAGE)


@pytest.mark.parametrize("reason", ["content-filter", "error", "other", "unknown", "of-tomorrow"])
def test_a_stop_of_opencode_that_is_no_end_is_never_accepted_as_complete(reason: str) -> None:
    stdout = lines({**STEP, "part": {"reason": reason, "tokens": {"input": 5, "output": 5}}})
    found = failed(played(ends(ended(stdout)), ("opencode",), profile="opencode"))
    assert found.message == f"pen stopped at {reason}, which is no end of its work"
    assert found.trouble is Trouble.WORK


@pytest.mark.parametrize(
    ("name", "stdout"),
    [
        ("claude", lines({**CLAUDE, "stop_reason": None})),
        ("claude", lines({**CLAUDE, "stop_reason": "stop_sequence"})),
        ("claude", lines({key: value for key, value in CLAUDE.items() if key != "stop_reason"})),
        ("opencode", lines({**STEP, "part": {"tokens": {"input": 5, "output": 5}}})),
        ("opencode", lines({**STEP, "part": {"reason": ""}})),
    ],
)
def test_a_version_that_says_no_reason_is_taken_at_its_files(name: str, stdout: bytes) -> None:
    assert answered(played(ends(ended(stdout)), (name,), profile=name)).files == LISTING


@pytest.mark.parametrize(
    ("more", "message", "trouble"),
    [
        (STARTED, "broke off: its output has no end", WORK),
        (lines({"type": "error", "message": "stream disconnected"}), "could not do it: stream disconnected", OUTAGE),
        (STARTED + lines({"type": "error", "message": "no"}), "could not do it: no", WORK),
    ],
)
def test_what_codex_begins_after_a_completed_turn_is_to_be_ended_too(
    more: bytes, message: str, trouble: Trouble
) -> None:
    found = failed(played(ends(ended(CODEX + more)), ("codex",), profile="codex"))
    assert (found.message, found.trouble) == (f"pen {message}", trouble)
    assert answered(played(ends(ended(CODEX + more + CODEX)), ("codex",), profile="codex")).files == LISTING


def test_a_cost_limit_reached_mid_step_is_a_fault_and_what_it_cost_is_counted() -> None:
    stdout = json.dumps({**CLAUDE, "subtype": "error_max_budget_usd"}).encode()
    found = failed(played(ends(ended(stdout, b"", 1)), ("claude",), profile="claude"))
    assert found.message == "pen stopped at its limit of cost (--max-budget-usd)"
    assert found.usage == CLAUDE_USAGE


def test_codex_says_all_done_with_exit_0_but_wrote_nothing() -> None:
    found = failed(played(ends(ScratchEnd(0, CODEX, b"", {})), ("codex",), profile="codex"))
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
    found = failed(
        played(ends(ended(codex_error("usage limit: try again in 900 days"), b"", 1)), ("x",), profile="codex")
    )
    assert (found.trouble, found.retry_after) == (Trouble.BUSY, None)
