"""What can go wrong with a call of a model, in our words: the kind of trouble, and what to do. It asks nobody."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.model.action import Trouble
from orchestrator.model.excerpts import beginning

_MOST_SHOWN = 200
_SHORTEST_SECRET = 4
"""Characters: a variable that a server of tools is to see may be as harmless as `1`, which stands everywhere."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who was asked, as messages name them. `key` is the name of an environment variable, never its value."""

    model: str
    host: str = ""
    key: str | None = None
    secrets: tuple[str, ...] = ()

    def without_secrets(self, text: str) -> str:
        """Return a text in which no key stands, as it is or as a text of JSON."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            for form in (secret, json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(secret)[1:-1]):
                text = text.replace(form, "[key]") if len(form) >= _SHORTEST_SECRET else text
        return text


class Broken(Exception):
    """The attempt cannot go on. `is_billed`: the provider may have done work for it that it bills."""

    def __init__(
        self,
        message: str,
        trouble: Trouble,
        *,
        is_transient: bool | None = None,
        retry_after: int | None = None,
        is_billed: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.trouble = trouble
        self.is_transient = trouble in (Trouble.BUSY, Trouble.OUTAGE) if is_transient is None else is_transient
        self.retry_after = retry_after
        self.is_billed = is_billed


class Misanswered(Exception):
    """What came over the wire is no stream of events. `body` is its beginning."""

    def __init__(self, message: str, *, status: int = 200, body: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.body = body


def excerpt(text: str) -> str:
    """Return the beginning of a text for a message: quoted, on one line, control characters escaped."""
    return repr(_beginning(text))


def one_line(text: str) -> str:
    """Return the beginning of a text for a message, as `excerpt` does, without quotes."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in _beginning(text))


def _beginning(text: str) -> str:
    # Nothing that is unseen is taken out: it may part a key, which would stand there whole then.
    return beginning(" ".join(text.split()), _MOST_SHOWN)


def chain(exc: BaseException) -> Iterator[BaseException]:
    """Return an exception and those that it came from, the innermost last."""
    seen: list[BaseException] = []
    current: BaseException | None = exc
    while current is not None and current not in seen:
        seen.append(current)
        yield current
        if isinstance(current, BaseExceptionGroup):
            current = current.exceptions[0]
        else:
            current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
