"""The circuit breaker: a provider that failed several times running is not asked for a while.

It lives in the process, and is only a saving: what a job needs to go on from stands in its state. Another machine
learns of an outage by one call that fails.
"""

from collections.abc import Mapping
from threading import Lock

FAILURES = 3
"""Failures running, of any jobs, that open it."""
OPEN_SECONDS = 60


class Breaker:
    """Providers that are out, and until when; after that time one call tries it again."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._until: dict[str, int] = {}
        self._lock = Lock()

    def heard(self, provider: str, now: int, *, is_out: bool) -> None:
        """Take note of a call's end. One that failed while it was being tried again opens it at once."""
        with self._lock:
            if not is_out:
                self._failures.pop(provider, None)
                self._until.pop(provider, None)
                return
            self._failures[provider] = self._failures.get(provider, 0) + 1
            if self._failures[provider] >= FAILURES:
                self._until[provider] = now + OPEN_SECONDS

    def open(self, now: int) -> Mapping[str, int]:
        """Return provider → Unix time until which it is not asked."""
        with self._lock:
            return {provider: until for provider, until in self._until.items() if until > now}
