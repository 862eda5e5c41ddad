"""Gemini CLI (`gemini -p`): one object of JSON, or one event a line. Errors are an object on stderr."""

from orchestrator.agents.command.complaints import complaint, unfinished
from orchestrator.agents.command.output import Event, Printed, count, member, members, total, words
from orchestrator.agents.command.profile import Complaint, Glimpse, Heard, Option, Profile
from orchestrator.model.action import Trouble

_DENIED, _TURNS = (41, 52), 53
"""Exit codes, and the `code` of errors: no key or a broken configuration; a run that has used up its turns."""


def _read(printed: Printed) -> Heard:
    said = printed.events
    last = next((event for event in reversed(said) if _is_last(event)), None)
    if last is None:
        return Heard(is_cut=any("type" in event for event in said))
    tokens_in, tokens_out, cached = _tokens(last.get("stats"))
    return Heard(
        text=words(last.get("response")),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cache_read=cached or 0,
        stop=words(last.get("status")),
        complaint=_complaint(last, printed.now),
    )


def _is_last(event: Event) -> bool:
    return event.get("type") == "result" or "response" in event or isinstance(event.get("error"), dict)


def _complaint(last: Event, now: int | None) -> Complaint | None:
    error = last.get("error")
    if error is None and last.get("status") != "error":
        return unfinished(last.get("status"), ("success",))
    code = member(error, "code")
    if code == _TURNS:
        return Complaint("stopped at its limit of turns")
    message = words(member(error, "message")) or "an error"
    if code in _DENIED:
        return Complaint(message, Trouble.DENIED)
    return complaint(message, now, status=code if isinstance(code, int) and code >= 400 else None)


def _tokens(stats: object) -> tuple[int | None, int | None, int | None]:
    """Of one object, the tokens of each model; of a stream, their sums as it gives them."""
    by_model = [tokens for each in members(member(stats, "models")) if (tokens := member(each, "tokens"))]
    if by_model:
        return (
            total(*(count(member(each, key)) for each in by_model for key in ("prompt", "tool"))),
            total(*(count(member(each, key)) for each in by_model for key in ("candidates", "thoughts"))),
            total(*(count(member(each, "cached")) for each in by_model)),
        )
    given = (count(member(stats, key)) for key in ("input_tokens", "output_tokens", "cached"))
    tokens_in, tokens_out, cached = given
    return tokens_in, tokens_out, cached


def _glimpse(event: Event) -> Glimpse | None:
    note = words(event.get("tool_name")) or (words(event.get("content")) if event.get("role") == "assistant" else "")
    return Glimpse(note) if note else None


GEMINI = Profile(
    name="gemini",
    plays="Gemini CLI",
    install="npm install -g @google/gemini-cli",
    options=(
        Option(("--output-format", "-o"), "json"),
        Option(("--approval-mode", "--yolo", "-y"), "auto_edit"),
    ),
    model=("--model", "-m"),
    # Without this it asks whether the folder is to be trusted, and until then approves nothing by itself.
    environ={"GEMINI_CLI_TRUST_WORKSPACE": "true"},
    read=_read,
    glimpse=_glimpse,
    figures="tokens",
)
