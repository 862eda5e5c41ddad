"""What a provider that means harm sends: texts that are slow to read, waits without end, bytes that grow."""

import gzip
import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback
from loopback_wires import Reply
from model_cases import NOW, backend, failed, request
from pydantic_ai import exceptions as theirs

from orchestrator.agents.model.faults import Source, excerpt, one_line
from orchestrator.agents.model.forms import unfenced
from orchestrator.agents.model.translate import broken
from orchestrator.agents.model.waits import wait_of
from orchestrator.model.action import Fault, Trouble

MONTH = 31 * 86_400
SOURCE = Source("openai:gpt-5.2", "host")


def fault(reply: Reply) -> Fault:
    with Loopback(reply) as server, backend("openai") as asking:
        found = failed(asking.run(request("openai", server.address)))
    return found


# --- texts that are slow to read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        "reset",
        "reset ",
        "retry in 1",
        "retry in 1s",
        "again",
        "2026-01-01 00:00:00.0",
        "try again in ",
        "1.",
        "|1",
        "1",
    ],
)
def test_a_text_of_any_length_is_looked_through_at_once(piece: str) -> None:
    many = piece * (1_000_000 // len(piece))
    assert _seconds(lambda: wait_of({}, many, NOW)) < 1
    assert _seconds(lambda: wait_of({"retry-after": many, "x-ratelimit-reset-requests": many}, "", NOW)) < 1


@pytest.mark.parametrize("opening", ["```" + " " * 100_000 + "`", "~" * 100_000 + "`", "`" * 100_000 + "a`"])
def test_a_line_that_is_almost_a_fence_is_looked_through_at_once(opening: str) -> None:
    said = f"{opening}\na\n{opening}"
    assert _seconds(lambda: unfenced(said)) < 1
    assert unfenced(said) == said


def _seconds(work: Callable[[], object]) -> float:
    """Of this thread's own work, whatever else the machine does."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


# --- waits without end -----------------------------------------------------------------------------------------------

WAITS = st.one_of(
    st.text(max_size=40),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["1e99", "1e308", "nan", "inf", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT", "31d", "9999-12-31"]),
)
NAMES = st.sampled_from(
    ["retry-after", "retry-after-ms", "x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"]
)


@given(st.dictionaries(NAMES, WAITS), WAITS, st.none() | st.floats())
def test_whatever_a_refusal_says_a_fault_asks_for_a_month_at_most(
    headers: dict[str, str], said: str, retry_after: float | None
) -> None:
    body = {"error": {"message": f"try again in {said}"}}
    refused = theirs.ModelHTTPError(503, "gpt-5.2", body, headers=headers, retry_after=retry_after)
    found = broken(refused, SOURCE, NOW)
    assert found.retry_after is None or 1 <= found.retry_after <= MONTH


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, None),
        ({"retry-after-ms": "1e99"}, None),
        ({"retry-after": "60"}, 60),
    ],
)
def test_a_wait_past_a_month_is_not_believed(headers: dict[str, str], wait: int | None) -> None:
    assert fault(Reply(status=429, headers=headers)).retry_after == wait


def test_a_wait_that_the_sdk_alone_knows_of_is_taken() -> None:
    refused = theirs.ModelHTTPError(503, "gpt-5.2", None, headers={}, retry_after=1.2)
    assert broken(refused, SOURCE, NOW).retry_after == 2
