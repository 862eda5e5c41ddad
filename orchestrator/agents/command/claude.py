"""Claude Code (`claude -p`): one object of JSON, or one a line; the last of type `result` says how it went.

Its fields were read off version 2.1, and off what it printed without a key and without a network.
"""

from orchestrator.agents.command.complaints import complaint
from orchestrator.agents.command.output import Event, Printed, amount, count, member, members, total, words
from orchestrator.agents.command.profile import Complaint, Glimpse, Heard, Option, Profile
from orchestrator.model.action import Trouble

_LIMITS = {
    "error_max_turns": "stopped at its limit of turns (--max-turns)",
    "error_max_budget_usd": "stopped at its limit of cost (--max-budget-usd)",
}


def _read(printed: Printed) -> Heard:
    said = printed.events
    result = next((event for event in reversed(said) if event.get("type") == "result"), None)
    if result is None:
        return Heard(is_cut=any("type" in event for event in said))
    usage = result.get("usage")
    fresh, read, write = (
        count(member(usage, key)) for key in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    )
    return Heard(
        text=words(result.get("result")),
        tokens_in=total(fresh, read, write),
        tokens_out=count(member(usage, "output_tokens")),
        cache_read=read or 0,
        cache_write=write or 0,
        cost_usd=amount(result.get("total_cost_usd")),
        stop=words(result.get("stop_reason")),
        complaint=_complaint(result, printed.now),
    )


def _complaint(result: Event, now: int | None) -> Complaint | None:
    subtype, text = words(result.get("subtype")), words(result.get("result"))
    if subtype in _LIMITS:
        return Complaint(_LIMITS[subtype])
    if result.get("stop_reason") == "max_tokens":
        return Complaint("stopped at its limit of output tokens")
    if result.get("is_error") is not True and not subtype.startswith("error"):
        return None
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
