"""A provider's limits: no minute holds more requests or tokens than it may; never more calls at a time; in turn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engine.throttle import LONGEST, LOOK_SECONDS, MINUTE, Call, Throttle, TooLong, Window, turn
from orchestrator.ledger.limits import MachineLimits
from orchestrator.model.settings import Provider

LIMITS = st.builds(
    Provider,
    requests_per_minute=st.none() | st.integers(1, 5),
    tokens_per_minute=st.none() | st.integers(1, 100),
)
ARRIVALS = st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 150)), max_size=30)
"""Milliseconds since the call before, and tokens."""
FOREVER = 30


@dataclass
class Hours:
    """A clock that stands still until it is waited on, and a note of every wait."""

    now: int = 0
    waits: list[float | None] = field(default_factory=list)

    def wait(self, condition: Condition, seconds: float | None) -> None:
        """Let the time pass; what somebody else has to bring is waited for."""
        self.waits.append(seconds)
        if seconds is None:
            assert condition.wait(FOREVER)
        else:
            self.now += round(seconds * 1000)


def throttle_of(hours: Hours) -> Throttle:
    return Throttle(lambda: hours.now, hours.wait)


def admitted(provider: Provider, arrivals: list[tuple[int, int]]) -> list[Call]:
    """Return when each call goes out that comes so long after the one before it went."""
    window, now, calls = Window(), 0, []
    for later, tokens in arrivals:
        now = window.admits_at(provider, tokens, now + later)
        window = window.with_call(Call(now, tokens))
        calls.append(window.calls[-1])
    return calls


def within(calls: list[Call], first: Call) -> list[Call]:
    """Return the calls of the minute that begins with one of them."""
    return [call for call in calls if first.at <= call.at < first.at + MINUTE]


@given(LIMITS, ARRIVALS)
def test_no_minute_holds_more_requests_or_tokens_than_it_may(
    provider: Provider, arrivals: list[tuple[int, int]]
) -> None:
    calls = admitted(provider, arrivals)
    for first in calls:
        minute = within(calls, first)
        assert provider.requests_per_minute is None or len(minute) <= provider.requests_per_minute
        tokens = sum(call.tokens for call in minute)
        assert provider.tokens_per_minute is None or tokens <= provider.tokens_per_minute or len(minute) == 1


@given(LIMITS, ARRIVALS)
def test_no_call_waits_more_than_a_minute_behind_the_one_before(
    provider: Provider, arrivals: list[tuple[int, int]]
) -> None:
    calls = admitted(provider, arrivals)
    for (later, _), before, call in zip(arrivals[1:], calls, calls[1:], strict=False):
        assert before.at + later <= call.at <= before.at + max(later, MINUTE)


@given(LIMITS, ARRIVALS)
def test_a_call_never_waits_without_need(provider: Provider, arrivals: list[tuple[int, int]]) -> None:
    calls, now = admitted(provider, arrivals), 0
    for place, (later, tokens) in enumerate(arrivals):
        now += later
        if calls[place].at > now:
            earlier = Call(calls[place].at - 1, tokens)
            minute = [call for call in calls[:place] if call.at > earlier.at - MINUTE]
            is_full = len(minute) == provider.requests_per_minute
            booked = sum(call.tokens for call in minute) + tokens
            is_spent = provider.tokens_per_minute is not None and booked > provider.tokens_per_minute
            assert minute
            assert is_full or is_spent
        now = calls[place].at


def test_a_call_of_more_tokens_than_a_minute_has_goes_out_alone() -> None:
    provider = Provider(tokens_per_minute=10)
    assert admitted(provider, [(0, 4), (0, 50), (0, 1)]) == [Call(0, 4), Call(MINUTE, 50), Call(2 * MINUTE, 1)]


def test_those_ahead_in_the_queue_count() -> None:
    provider = Provider(requests_per_minute=1)
    assert [turn(Window(), provider, ahead, 1, 7) for ahead in ([], [1], [1, 1])] == [7, 7 + MINUTE, 7 + 2 * MINUTE]


def test_what_no_longer_counts_is_forgotten() -> None:
    window = Window((Call(0, 1), Call(MINUTE, 1))).with_call(Call(MINUTE + 1, 1))
    assert window == Window((Call(MINUTE, 1), Call(MINUTE + 1, 1)))


def test_where_nothing_is_said_nobody_waits() -> None:
    hours = Hours()
    throttle = throttle_of(hours)
    for provider in (None, Provider()):
        with throttle.admitted("p", provider, 1_000_000), throttle.admitted("p", provider, 1):
            pass
    assert hours == Hours()


def test_a_full_minute_is_waited_out_and_each_provider_has_its_own() -> None:
    hours = Hours()
    throttle, provider = throttle_of(hours), Provider(requests_per_minute=2)
    for name in ("p", "p", "q", "p"):
        with throttle.admitted(name, provider, 1):
            hours.now += 1_000
    assert hours == Hours(61_000, [57.0])


def test_what_would_wait_longer_than_a_minute_is_told_at_once() -> None:
    hours = Hours()
    told: list[int] = []

    def third_comes(condition: Condition, seconds: float | None) -> None:  # while the second waits
        condition.release()
        with pytest.raises(TooLong, match="not before 120 s are over") as too_long:
            call()
        told.append(too_long.value.seconds)
        condition.acquire()
        hours.wait(condition, seconds)

    call = calling(Throttle(lambda: hours.now, third_comes), Provider(requests_per_minute=1))
    call()
    call()
    assert (hours, told) == (Hours(LONGEST, [60.0]), [120])


@dataclass
class Crowd:
    """Threads that all want to call; `most` were at it at the same time. Who may end is told one by one."""

    throttle: Throttle
    provider: Provider
    order: list[int] = field(default_factory=list)
    at_once: int = 0
    most: int = 0
    may_end: list[Event] = field(default_factory=list)
    began: list[Event] = field(default_factory=list)

    def call(self, number: int) -> None:
        with self.throttle.admitted("p", self.provider, 1):
            self.order.append(number)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            self.began[number].set()
            assert self.may_end[number].wait(FOREVER)
            self.at_once -= 1


def test_never_more_calls_at_a_time_and_first_come_first_served() -> None:
    queued = Event()

    def wait(condition: Condition, seconds: float | None) -> None:
        queued.set()
        assert condition.wait(FOREVER)
        assert seconds is None

    crowd = Crowd(Throttle(lambda: 0, wait), Provider(concurrent=2))
    threads: list[Thread] = []
    for number in range(6):
        crowd.may_end.append(Event())
        crowd.began.append(Event())
        queued.clear()
        threads.append(Thread(target=crowd.call, args=(number,)))
        threads[-1].start()
        # The next comes when this one is at it, or stands in the queue.
        assert (crowd.began[number] if number < 2 else queued).wait(FOREVER)
    for number in range(6):
        assert crowd.began[number].wait(FOREVER)
        crowd.may_end[number].set()
    for thread in threads:
        thread.join(FOREVER)
    assert (sorted(crowd.order[:2]), crowd.order[2:], crowd.most) == ([0, 1], [2, 3, 4, 5], 2)


def interrupting(condition: Condition, seconds: float | None) -> None:
    raise KeyboardInterrupt


def calling(throttle: Throttle, provider: Provider) -> Callable[[], None]:
    def call() -> None:
        with throttle.admitted("p", provider, 1):
            pass

    return call


def test_who_is_interrupted_in_the_queue_leaves_it() -> None:
    hours = Hours()
    waits = [interrupting, hours.wait]
    throttle = Throttle(lambda: hours.now, lambda condition, seconds: waits.pop(0)(condition, seconds))
    call = calling(throttle, Provider(requests_per_minute=1))
    call()
    with pytest.raises(KeyboardInterrupt):
        call()
    call()
    assert hours == Hours(60_000, [60.0])


# --- several processes -----------------------------------------------------------------------------------------------


def test_a_minute_is_shared_by_all_who_work_in_the_repository(tmp_path: Path) -> None:
    hours, provider = Hours(), Provider(requests_per_minute=2)
    throttles = [Throttle(lambda: hours.now, hours.wait, shared=MachineLimits(tmp_path)) for _ in range(2)]
    for number in (0, 1, 1, 0):
        calling(throttles[number], provider)()
        hours.now += 1_000
    assert hours == Hours(62_000, [58.0])


def test_who_finds_all_seats_taken_by_others_looks_again_until_one_is_free(tmp_path: Path) -> None:
    here, there = MachineLimits(tmp_path), MachineLimits(tmp_path)
    taken = there.seat("p", 1)
    assert taken is not None
    looks: list[float | None] = []

    def wait(condition: Condition, seconds: float | None) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            taken.leave()

    calling(Throttle(lambda: 0, wait, shared=here), Provider(concurrent=1))()
    assert looks == [LOOK_SECONDS] * 3


def test_a_seat_is_given_back_while_a_minute_is_waited_for(tmp_path: Path) -> None:
    hours, provider = Hours(), Provider(requests_per_minute=1, concurrent=1)
    limits = MachineLimits(tmp_path)

    def wait(condition: Condition, seconds: float | None) -> None:
        seat = limits.seat("p", 1)
        assert seat is not None
        seat.leave()
        hours.wait(condition, seconds)

    call = calling(Throttle(lambda: hours.now, wait, shared=limits), provider)
    call()
    call()
    assert hours == Hours(60_000, [60.0])


def test_calls_of_a_time_to_come_are_of_another_clock_and_do_not_count(tmp_path: Path) -> None:
    hours, limits = Hours(5), MachineLimits(tmp_path)
    with limits.calls("p") as calls:
        calls.append((9_000_000, 1))
    calling(Throttle(lambda: hours.now, hours.wait, shared=limits), Provider(requests_per_minute=1))()
    with limits.calls("p") as calls:
        assert (hours.waits, calls) == ([], [(5, 1)])
