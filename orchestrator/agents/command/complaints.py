"""What kind of trouble a program's words or a provider's status tell of. Pure text."""

import re
from collections.abc import Collection

from orchestrator.agents.command import resets
from orchestrator.agents.command.output import words
from orchestrator.agents.command.profile import Complaint
from orchestrator.model.action import Trouble

_MOST_READ = 20_000

# A number alone is no status: it may be a line, a price, a port.
_STATUS = re.compile(
    r"(?:\bstatus(?:[ _]?code)?|\bhttp(?:/[\d.]+)?|\berror(?:[ _]code)?|\"code\")\W{0,4}(\d{3})\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"not logged in|/login\b|check your api key|insufficient credits"
    r"|invalid (?:x-)?api[ -]key|incorrect api key|api key not valid|no key found|no api key"
    r"|authentication[_ ](?:error|failed)|unauthori[sz]ed|set an auth method|permission[_ ](?:error|denied_error)"
    r"|credit balance is too low|insufficient_quota|check your plan and billing|spend limit|payment required"
    r"|model\b.{0,80}\b(?:not found|does not exist|not supported|not available)|unknown model|no such model"
    r"|model_not_found|prompt is too long|context_length_exceeded|maximum context length|context window",
    re.IGNORECASE,
)
_BUSY = re.compile(
    r"usage[ _]limit|hit your .{0,40}limit|limit reached|rate[ _-]?limit|too many requests|resource_?exhausted"
    r"|quota exceeded|exceeded your current quota",
    re.IGNORECASE,
)
_OUTAGE = re.compile(
    r"overloaded|at capacity|reconnecting|internal ?server ?error|bad gateway|service unavailable|gateway time-?out"
    r"|connection (?:error|refused|reset|failed|closed|aborted)|connection_failed|can't reach|fetch failed"
    r"|getaddrinfo|\beai_again\b|\benotfound\b|\beconn(?:refused|reset|aborted)\b|\betimedout\b|timed[ -]?out"
    r"|network (?:error|is unreachable)|stream disconnected|name or service not known|temporary failure in name"
    r"|failed to connect|could ?n.t connect",
    re.IGNORECASE,
)


def complaint(message: str, now: int | None, *, status: object = None) -> Complaint:
    """Return what a message says of why a program could not do its work; `status` is that of HTTP, where it is told."""
    text = message[:_MOST_READ]
    trouble = _by_status(status if isinstance(status, int) else _status_in(text), text) or _by_words(text)
    seconds = resets.wait(text, now) if trouble in (Trouble.BUSY, Trouble.OUTAGE) else None
    return Complaint(message, trouble, seconds)


def unfinished(stop: object, ends: Collection[str]) -> Complaint | None:
    """Return the complaint of a program that stopped for another reason than that it was done; none it need not say."""
    if stop in (None, "") or stop in ends:
        return None
    reason = words(stop) or "what is no text"
    return Complaint(f"stopped at {reason}, which is no end of its work")


def _status_in(text: str) -> int | None:
    found = _STATUS.search(text)
    return int(found[1]) if found else None


def _by_status(status: int | None, text: str) -> Trouble | None:
    """429 is also what some answer to an empty purse, and that does not fill by waiting."""
    if status == 429:
        return Trouble.DENIED if _DENIED.search(text) else Trouble.BUSY
    if status is not None and (status in (408, 409, 425) or 500 <= status <= 599):
        return Trouble.OUTAGE
    return Trouble.DENIED if status is not None and 400 <= status <= 499 else None


def _by_words(text: str) -> Trouble:
    ways = ((_DENIED, Trouble.DENIED), (_BUSY, Trouble.BUSY), (_OUTAGE, Trouble.OUTAGE))
    return next((trouble for pattern, trouble in ways if pattern.search(text)), Trouble.WORK)
