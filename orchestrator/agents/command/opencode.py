"""OpenCode (`opencode run --format json`): one event a line; each `step_finish` has its own tokens and cost."""

from orchestrator.agents.command.complaints import complaint, unfinished
from orchestrator.agents.command.output import Event, Printed, amount, count, member, total, words
from orchestrator.agents.command.profile import Complaint, Glimpse, Heard, Option, Profile

_ENDS = ("stop", "tool-calls")
"""Reasons of a step that is an answer, and of one that another step follows: as the last one, that is cut."""


def _read(printed: Printed) -> Heard:
    said = [event for event in printed.events if isinstance(event.get("type"), str)]
    steps = [_part(event) for event in said if event["type"] == "step_finish"]
    read, write = (_sum(steps, "cache", kind) for kind in ("read", "write"))
    tokens_in = total(_sum(steps, "input"), read, write)
    tokens_out = total(_sum(steps, "output"), _sum(steps, "reasoning"))
    is_told = bool(tokens_in or tokens_out)  # some versions say 0 for each: they do not know
    costs = [cost for step in steps if (cost := amount(member(step, "cost"))) is not None]
    stop = words(member(steps[-1], "reason")) if steps else ""
    found = _complaint(said, stop, printed.now)
    return Heard(
        text=next((words(member(_part(e), "text")) for e in reversed(said) if e["type"] == "text"), ""),
        tokens_in=tokens_in if is_told else None,
        tokens_out=tokens_out if is_told else None,
        cache_read=read or 0,
        cache_write=write or 0,
        cost_usd=sum(costs) or None,
        stop=stop,
        complaint=found,
        is_cut=bool(said) and found is None and (not steps or stop == "tool-calls"),
    )


def _part(event: Event) -> object:
    """Some versions put it into `part`, some into the event itself."""
    return event.get("part") or event


def _sum(steps: list[object], *keys: str) -> int | None:
    return total(*(count(member(step, "tokens", *keys)) for step in steps))


def _complaint(said: list[Event], stop: str, now: int | None) -> Complaint | None:
    """An error is the end, unless a step came after it."""
    if stop == "length":
        return Complaint("stopped at its limit of output tokens")
    last = next((event for event in reversed(said) if event["type"] in ("error", "step_finish")), None)
    if last is None or last["type"] != "error":
        return unfinished(stop, _ENDS)
    error = last.get("error")
    message = words(member(error, "data", "message")) or words(member(error, "message")) or words(member(error, "name"))
    return complaint(message or "an error", now, status=member(error, "data", "statusCode"))


def _glimpse(event: Event) -> Glimpse | None:
    part = _part(event)
    if event.get("type") == "step_finish":
        tokens = count(member(part, "tokens", "output")) or 0
        cost = amount(member(part, "cost")) or 0.0
        return Glimpse("", words(member(part, "id")) or words(event.get("timestamp")), tokens, cost)
    note = words(member(part, "tool")) or words(member(part, "text"))
    return Glimpse(note) if note else None


OPENCODE = Profile(
    name="opencode",
    plays="OpenCode",
    install="npm install -g opencode-ai",
    verb="run",
    options=(Option(("--format",), "json"),),
    model=("--model", "-m"),
    has_slashes=True,
    environ={"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_LSP_DOWNLOAD": "1"},
    read=_read,
    glimpse=_glimpse,
    figures="tokens, cost",
)
