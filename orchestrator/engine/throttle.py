"""A provider's limits: calls at a time, requests and tokens a minute. Who comes first goes first.

The rule is a value: what the last minute's calls come to, and how long another has to wait. Around it stands a lock.
It holds for all processes of the machine that work in the repository. Of two machines each asks as much as the settings
allow, and what is too much for a provider comes back as its own refusal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from threading import Condition, Lock
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from orchestrator.model.settings import Provider


MINUTE = 60_000
"""Milliseconds; a call counts for so long after it began."""
LONGEST = 60_000
"""Milliseconds that a thread is held for a minute's limits; what takes longer is put off."""

LOOK_SECONDS = 0.1
"""How often who stands first looks whether another process has given a seat back."""

Wait = Callable[[Condition, float | None], object]


class Seat(Protocol):
    """A place among the calls that may be under way at a time."""

    def leave(self) -> None:
        """Give it back."""
        ...


class Shared(Protocol):
    """What the processes of a machine know together of the calls to a provider."""

    def calls(self, provider: str) -> AbstractContextManager[list[tuple[int, int]]]:
        """Hold its calls, as (milliseconds, tokens), oldest first: what is changed in the list is kept."""
        ...

    def seat(self, provider: str, most: int) -> Seat | None:
        """Take one of so many seats; None where all of them are taken."""
        ...


class Alone:
    """There are no other processes; its threads are counted by who asks."""

    def __init__(self) -> None:
        self._calls: dict[str, list[tuple[int, int]]] = {}

    @contextmanager
    def calls(self, provider: str) -> Iterator[list[tuple[int, int]]]:
        """Hold its calls."""
        yield self._calls.setdefault(provider, [])

    def seat(self, provider: str, most: int) -> Seat | None:  # noqa: ARG002  the form of all
        """Take a seat: there always is one."""
        return self

    def leave(self) -> None:
        """Give it back."""


class TooLong(Exception):
    """The call cannot be made before so many seconds are over: more than a thread is held for."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"not before {seconds} s are over")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was admitted: when (milliseconds), and for how many tokens at most."""

    at: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Window:
    """The calls to a provider within the last minute, oldest first. Any 60 s hold no more of them than its limits say.

    A call that alone has more tokens than a minute allows goes out when no other stands in the minute before it.
    """

    calls: tuple[Call, ...] = ()

    def admits_at(self, provider: Provider, tokens: int, now: int) -> int:
        """Return the earliest time, `now` or later (milliseconds), at which a call of so many tokens may begin."""
        return max(now, self._free_of_requests(provider), self._free_of_tokens(provider, tokens))

    def with_call(self, call: Call) -> Window:
        """Return the window with one more call, and without those that no longer count."""
        return replace(self, calls=(*(each for each in self.calls if each.at + MINUTE > call.at), call))

    def _free_of_requests(self, provider: Provider) -> int:
        most = provider.requests_per_minute
        return self.calls[-most].at + MINUTE if most is not None and len(self.calls) >= most else 0

    def _free_of_tokens(self, provider: Provider, tokens: int) -> int:
        most = provider.tokens_per_minute
        if most is None:
            return 0
        booked = tokens
        for call in reversed(self.calls):
            booked += call.tokens
            if booked > most:
                return call.at + MINUTE
        return 0


def turn(window: Window, provider: Provider, ahead: Iterable[int], tokens: int, now: int) -> int:
    """Return when a call may begin (milliseconds), if those ahead of it, by their tokens, begin as soon as they may."""
    for before in ahead:
        now = window.admits_at(provider, before, now)
        window = window.with_call(Call(now, before))
    return window.admits_at(provider, tokens, now)


class Throttle:
    """Lets calls out as the limits of their providers allow.

    `clock` counts milliseconds, from the same beginning in all processes, and must not stand still. `wait` waits on a
    condition, at most so many seconds.
    """

    def __init__(self, clock: Callable[[], int], wait: Wait = Condition.wait, *, shared: Shared | None = None) -> None:
        self._clock = clock
        self._wait = wait
        self._shared: Shared = Alone() if shared is None else shared
        self._lock = Lock()
        self._lanes: dict[str, _Lane] = {}

    @contextmanager
    def admitted(self, name: str, provider: Provider | None, tokens: int) -> Iterator[None]:
        """Hold a call's place while it is made, having waited for it behind those that came before.

        `tokens`: the most that it may come to. Raises TooLong, at once, where a minute's limits would hold it for more
        than 60 s; while as many calls as may be at a time are under way it waits for one of them, however long.
        """
        if provider is None or not _limits(provider):
            yield
            return
        lane, seat = self._enter(name, provider, tokens)
        try:
            yield
        finally:
            seat.leave()
            with self._lock:
                lane.leave()

    def _enter(self, name: str, provider: Provider, tokens: int) -> tuple[_Lane, Seat]:
        with self._lock:
            lane = self._lanes.setdefault(name, _Lane())
            with self._window(name) as (window, now, _):
                late = turn(window, provider, [ticket.tokens for ticket in lane.queue], tokens, now) - now
            if late > LONGEST:
                raise TooLong(-(-late // 1000))
            ticket = lane.queue_up(self._lock, tokens)
            try:
                while not isinstance(came := self._tried(lane, ticket, name, provider), _Begun):
                    self._wait(ticket.called, came)
            except BaseException:
                lane.give_up(ticket)
                raise
            lane.begin(ticket)
            return lane, came.seat

    def _tried(self, lane: _Lane, ticket: _Ticket, name: str, provider: Provider) -> _Begun | float | None:
        """Begin the call if it may begin; else return the seconds to wait, None where a call here has to end first."""
        if lane.queue[0] is not ticket or lane.under_way >= (provider.concurrent or lane.under_way + 1):
            return None
        seat = self._shared.seat(name, provider.concurrent) if provider.concurrent else _FREE
        if seat is None:
            return LOOK_SECONDS
        is_taken = False
        try:
            with self._window(name) as (window, now, calls):
                at = window.admits_at(provider, ticket.tokens, now)
                if at > now:
                    return (at - now) / 1000
                calls[:] = [(call.at, call.tokens) for call in window.with_call(Call(now, ticket.tokens)).calls]
            is_taken = True
            return _Begun(seat)
        finally:
            if not is_taken:
                seat.leave()

    @contextmanager
    def _window(self, name: str) -> Iterator[tuple[Window, int, list[tuple[int, int]]]]:
        """Hold the calls of the last minute, and what time it is. Those of a time to come are of another clock."""
        with self._shared.calls(name) as calls:
            now = self._clock()
            yield Window(tuple(Call(at, tokens) for at, tokens in calls if at <= now)), now, calls


_FREE = Alone()
"""The seat of a call of which any number may be under way."""


def _limits(provider: Provider) -> tuple[int, ...]:
    said = (provider.requests_per_minute, provider.tokens_per_minute, provider.concurrent)
    return tuple(limit for limit in said if limit is not None)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A call that may be made, on this seat."""

    seat: Seat


@dataclass(slots=True, eq=False)
class _Ticket:
    """A place in the queue."""

    tokens: int
    called: Condition


@dataclass(slots=True)
class _Lane:
    """One provider's queue here, and how many are under way. It belongs to who holds the throttle's lock."""

    under_way: int = 0
    queue: deque[_Ticket] = field(default_factory=deque)

    def queue_up(self, lock: Lock, tokens: int) -> _Ticket:
        ticket = _Ticket(tokens, Condition(lock))
        self.queue.append(ticket)
        return ticket

    def begin(self, ticket: _Ticket) -> None:
        self.under_way += 1
        self.give_up(ticket)

    def give_up(self, ticket: _Ticket) -> None:
        self.queue.remove(ticket)
        self._call_next()

    def leave(self) -> None:
        self.under_way -= 1
        self._call_next()

    def _call_next(self) -> None:
        if self.queue:
            self.queue[0].called.notify()
