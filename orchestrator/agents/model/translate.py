"""Exceptions of pydantic-ai, of the SDKs and of the wire, told as faults of ours. It asks nobody.

Imported late: it needs pydantic-ai. Whatever else an SDK raises over an answer is an answer that it cannot read.
"""

import json
from collections.abc import Mapping

from pydantic_ai import exceptions as theirs

from orchestrator.agents.model.faults import Broken, Misanswered, Source, chain, excerpt, one_line
from orchestrator.agents.model.waits import believed, wait_of
from orchestrator.model.action import Trouble

_BUSY_WORDS = ("rate limit", "rate_limit", "too many requests", "usage limit", "overloaded", "quota")


def broken(exc: Exception, source: Source, now: float) -> Broken:
    """Return the fault that an exception stands for. `now` is Unix time, against which dates are held."""
    if isinstance(exc, Broken):
        return exc
    for each in chain(exc):
        if isinstance(each, Misanswered):
            return _misanswered(each, source, now)
    if isinstance(exc, theirs.ModelAPIError):
        return _of_provider(exc, source, now)
    if isinstance(exc, theirs.ContentFilterError):
        return Broken(f"{source.model} declined: {_said(exc, source)}", Trouble.WORK)
    if isinstance(exc, theirs.UserError):
        return Broken(
            f"{source.model} cannot do what is asked of it: {_said(exc, source)}", Trouble.DENIED, is_billed=False
        )
    if isinstance(exc, OSError):
        return _unreached(exc, source, is_billed=True)
    return Broken(f"{source.model} answered what cannot be read: {_said(exc, source)}", Trouble.OUTAGE)


def _said(exc: BaseException, source: Source) -> str:
    return excerpt(source.without_secrets(str(exc) or type(exc).__name__))


def _misanswered(exc: Misanswered, source: Source, now: float) -> Broken:
    told = _told(exc.body)
    said = f"{source.model}: {source.without_secrets(exc.message)}" + (
        f": {excerpt(source.without_secrets(told))}" if told else ""
    )
    if 300 <= exc.status < 400:
        hint = "put the address that it has moved to into base_url"
        return Broken(f"{said} ({source.host}); {hint}", Trouble.DENIED, is_billed=False)
    if any(word in told.lower() for word in _BUSY_WORDS):
        return Broken(said, Trouble.BUSY, retry_after=wait_of({}, told, now), is_billed=False)
    return Broken(said, Trouble.OUTAGE)


def _told(body: str) -> str:
    """The message in the JSON of an error, else the text."""
    try:
        return _message(json.loads(body)) or body
    except (ValueError, RecursionError):
        return body


def _message(body: object) -> str:
    if not isinstance(body, Mapping):
        return ""
    inner = body.get("error", body)
    if isinstance(inner, Mapping):
        found = inner.get("message") or inner.get("detail") or inner.get("type")
        return found if isinstance(found, str) else ""
    return inner if isinstance(inner, str) else ""


# --- what a provider says --------------------------------------------------------------------------------------------


def _of_provider(exc: theirs.ModelAPIError, source: Source, now: float) -> Broken:
    if isinstance(exc, theirs.ModelConnectionError):
        return _unreached(exc, source, is_billed=exc.phase not in ("connect", "pool"))
    status = getattr(exc, "status_code", None)
    text = _told(exc.body) if isinstance(exc.body, str) else _message(exc.body)
    if not text and status is None:
        text = exc.message
    head = f"{source.model} answered {status}" if status is not None else f"{source.model} answered with an error"
    said = f"{head}: {excerpt(source.without_secrets(text))}" if text else head
    wait = wait_of(getattr(exc, "headers", None) or {}, text, now)
    if wait is None:
        wait = believed(exc.retry_after)
    return _judged(exc, source, said, wait)


def _judged(exc: theirs.ModelAPIError, source: Source, said: str, wait: int | None) -> Broken:
    is_billed = exc.in_stream or not isinstance(exc, theirs.ModelHTTPError)
    if isinstance(exc, theirs.ModelRateLimitError):
        return Broken(said, Trouble.BUSY, retry_after=wait, is_billed=is_billed)
    if isinstance(exc, theirs.ModelQuotaExceededError):
        if wait is not None:
            return Broken(said, Trouble.BUSY, retry_after=wait, is_billed=is_billed)
        return Broken(f"{said}; the account there has nothing left to spend", Trouble.DENIED, is_billed=is_billed)
    hint = _hint(exc, source)
    if hint is not None:
        return Broken(f"{said}; {hint}", Trouble.DENIED, is_billed=is_billed)
    return Broken(said, Trouble.OUTAGE, retry_after=wait, is_billed=is_billed)


_TRANSIENT = frozenset({408, 409, 423, 425})


def _hint(exc: theirs.ModelAPIError, source: Source) -> str | None:
    """What to mend, where asking again would not help; None where it may."""
    if isinstance(exc, theirs.ModelAuthenticationError):
        return (
            f"look at the key in {source.key}" if source.key else "name its key, under providers in orchestrator.yaml"
        )
    if isinstance(exc, theirs.ModelNotFoundError):
        return f"look at the model's name, and at base_url ({source.host})"
    status = getattr(exc, "status_code", None)
    if isinstance(exc, theirs.ModelContextWindowExceededError) or status == 413:
        return "let the step read less, or give the model's `context` so that a larger one is chosen"
    if isinstance(exc, theirs.ModelRequestRejectedError):
        return "the request itself was refused: look at the model's name and the agent's limits"
    if isinstance(status, int) and 400 <= status < 500 and status not in _TRANSIENT:
        return "the request itself was refused"
    return None


def _unreached(exc: BaseException, source: Source, *, is_billed: bool) -> Broken:
    *_, innermost = chain(exc)
    why = getattr(innermost, "strerror", None) or str(innermost) or type(innermost).__name__
    verb = "broke off" if is_billed else "cannot be reached"
    return Broken(
        f"{source.model} ({source.host}) {verb}: {one_line(source.without_secrets(why))}",
        Trouble.OUTAGE,
        is_billed=is_billed,
    )
