"""Codex (`codex exec --json`): one event a line; `turn.completed` or `turn.failed` ends it.

Its own sandbox (`workspace-write`) does not start within ours: version 0.169 then says that all is done, with exit code
0, and has written nothing. So where ours is certain to hold it, its own is left off.
"""

from orchestrator.agents.command.complaints import complaint
from orchestrator.agents.command.output import Event, Printed, count, member, words
from orchestrator.agents.command.profile import Complaint, Glimpse, Heard, Option, Profile

_SANDBOX = ("--sandbox", "-s", "--approve-for-me", "--full-auto", "--dangerously-bypass-approvals-and-sandbox")
_ENDS = ("turn.completed", "turn.failed")


def _read(printed: Printed) -> Heard:
    said = [event for event in printed.events if isinstance(event.get("type"), str)]
    ends = [place for place, event in enumerate(said) if event["type"] in _ENDS]
    end, rest = (said[ends[-1]], said[ends[-1] + 1 :]) if ends else (None, said)
    usage = next((event.get("usage") for event in reversed(said) if event.get("usage")), None)
    found = _complaint(end, rest, printed.now)
    is_open = end is None or any(event["type"] == "turn.started" for event in rest)
    return Heard(
        text=next(filter(None, map(_message, reversed(said))), ""),
        tokens_in=count(member(usage, "input_tokens")),
        tokens_out=count(member(usage, "output_tokens")),
        cache_read=count(member(usage, "cached_input_tokens")) or 0,
        stop=words(member(end, "type")),
        complaint=found,
        is_cut=bool(said) and is_open and found is None,
    )


def _complaint(end: Event | None, rest: list[Event], now: int | None) -> Complaint | None:
    """An `error` that a completed turn comes after was a notice, such as that of a new try to connect."""
    if end is not None and end["type"] == "turn.failed":
        return complaint(words(member(end, "error", "message")) or "the turn failed", now)
    errors = [words(event.get("message")) for event in rest if event["type"] == "error"]
    return complaint(errors[-1] or "an error", now) if errors else None


def _message(event: Event) -> str:
    item = event.get("item")
    return words(member(item, "text")) if member(item, "type") == "agent_message" else ""


def _glimpse(event: Event) -> Glimpse | None:
    item = event.get("item")
    tokens = count(member(event, "usage", "output_tokens")) or 0
    note = words(member(item, "command")) or words(member(item, "text"))
    return Glimpse(note, "turn", tokens) if note or tokens else None


CODEX = Profile(
    name="codex",
    plays="OpenAI Codex",
    install="npm install -g @openai/codex",
    verb="exec",
    options=(
        Option(("--json",)),
        Option(_SANDBOX, "workspace-write"),
        Option(("--skip-git-repo-check",)),
        Option(("--color",), "never"),
    ),
    held=(Option(_SANDBOX, "danger-full-access"),),
    model=("--model", "-m"),
    read=_read,
    glimpse=_glimpse,
    advice="its own sandbox may not work within ours; with `sandbox: required` in orchestrator.yaml it is left off",
    figures="tokens",
)
