"""What the programs print when all goes well, and when it does not.

The outputs are ours, in the fields that the programs document or were seen to print (Claude Code 2.1, Codex 0.169,
Gemini CLI 0.61, OpenCode 1.18, Aider 0.86, llm 0.36).
"""

import json

from command_cases import answered, ends, played

from orchestrator.model.action import Basis, Usage
from orchestrator.model.outside import ScratchEnd

LISTING = {"listing.md": b"# Mug\n"}


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


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
