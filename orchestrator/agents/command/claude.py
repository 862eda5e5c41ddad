"""Claude Code (`claude -p`): one object of JSON, or one a line; the last of type `result` says how it went.

Its fields were read off version 2.1, and off what it printed without a key and without a network.
"""

from orchestrator.agents.command.complaints import complaint, unfinished
from orchestrator.agents.command.output import Event, Printed, amount, count, member, members, total, words
from orchestrator.agents.command.profile import Complaint, Glimpse, Heard, Option, Profile
from orchestrator.model.action import Trouble

_LIMITS = {
    "error_max_turns": "stopped at its limit of turns (--max-turns)",
    "error_max_budget_usd": "stopped at its limit of cost (--max-budget-usd)",
}

_ENDS = ("end_turn", "stop_sequence")
"""Reasons to stop that are the end of an answer. A refusal is none, nor a turn that would go on."""


def _read(printed: Printed) -> Heard:
    said = printed.events
    results = [event for event in said if event.get("type") == "result"]
    if not results:
        return Heard(is_cut=any("type" in event for event in said))
    result = results[-1]
    fresh, read, write = (
        _tokens(results, key) for key in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    )
    costs = [cost for each in results if (cost := amount(each.get("total_cost_usd"))) is not None]
    return Heard(
        text=words(result.get("result")),
        tokens_in=total(fresh, read, write),
        tokens_out=_tokens(results, "output_tokens"),
        cache_read=read or 0,
        cache_write=write or 0,
        cost_usd=sum(costs) if costs else None,
        stop=words(result.get("stop_reason")),
        complaint=_complaint(result, printed.now),
    )


def _tokens(results: list[Event], key: str) -> int | None:
    return total(*(count(member(each, "usage", key)) for each in results))


def _complaint(result: Event, now: int | None) -> Complaint | None:
    subtype, text = words(result.get("subtype")), words(result.get("result"))
    if subtype in _LIMITS:
        return Complaint(_LIMITS[subtype])
    if result.get("stop_reason") == "max_tokens":
        return Complaint("stopped at its limit of output tokens")
    if result.get("is_error") is not True and not subtype.startswith("error"):
        return unfinished(result.get("stop_reason"), _ENDS)
    errors = ", ".join(filter(None, map(words, members(result.get("errors")))))
    found = complaint(text or errors or subtype, now, status=result.get("api_error_status"))
    is_away = result.get("api_error") == "connection_failed"
    return Complaint(found.message, Trouble.OUTAGE, found.retry_after) if is_away else found


def _glimpse(event: Event) -> Glimpse | None:
    if event.get("type") != "assistant":
        return None
    message = event.get("message")
    notes = [words(member(part, "name")) or words(member(part, "text")) for part in members(member(message, "content"))]
    tokens = count(member(message, "usage", "output_tokens")) or 0
    return Glimpse(next(filter(None, reversed(notes)), ""), words(member(message, "id")), tokens)


CLAUDE = Profile(
    name="claude",
    plays="Claude Code",
    install="npm install -g @anthropic-ai/claude-code",
    options=(
        Option(("-p", "--print")),
        Option(("--output-format",), "json"),
        Option(("--permission-mode", "--dangerously-skip-permissions"), "acceptEdits"),
        Option(("--no-session-persistence",)),
    ),
    model=("--model",),
    system=("--append-system-prompt", "--system-prompt", "--append-system-prompt-file", "--system-prompt-file"),
    environ={"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", "DISABLE_TELEMETRY": "1"},
    read=_read,
    glimpse=_glimpse,
    figures="tokens, cost",
)
