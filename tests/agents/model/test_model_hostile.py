"""What a provider that means harm sends: texts that are slow to read, waits without end, bytes that grow."""

import asyncio
import gzip
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback
from loopback_wires import Reply
from model_cases import NOW, backend, failed, request
from pydantic_ai import exceptions as theirs

from orchestrator.agents.model import wire
from orchestrator.agents.model.faults import Misanswered, Source, excerpt, one_line
from orchestrator.agents.model.forms import unfenced
from orchestrator.agents.model.translate import broken
from orchestrator.agents.model.waits import wait_of
from orchestrator.model.action import Fault, Trouble

MONTH = 31 * 86_400
SOURCE = Source("openai:gpt-5.2", "host")


def fault(reply: Reply) -> Fault:
    with Loopback(reply) as server, backend("openai") as asking:
        return failed(asking.run(request("openai", server.address)))


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


# --- bytes that grow -------------------------------------------------------------------------------------------------

BOMB = gzip.compress(b'{"error":{"message":"' + b"a" * 2_000_000 + b'"}}')
STREAM = "text/event-stream"
PACKED = {"content-encoding": "gzip"}
REFUSED = "openai:gpt-5.2: it answered with content-encoding gzip, which was not asked for"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=BOMB, content_type=STREAM, headers=PACKED),
        Reply(raw=BOMB, content_type="text/html", headers=PACKED),
        Reply(raw=BOMB, status=500, headers=PACKED),
        Reply(raw=BOMB, status=500, headers={"content-encoding": "identity, gzip"}),
    ],
)
def test_a_packed_answer_is_never_unpacked(reply: Reply) -> None:
    said = reply.headers["content-encoding"]
    assert fault(reply).message == REFUSED.replace("gzip", said if said == "gzip" else f"'{said}'")


def test_a_packed_answer_is_never_unpacked_for_a_server_of_tools_either() -> None:
    with Loopback(Reply(raw=BOMB, headers=PACKED)) as server, pytest.raises(Misanswered, match="content-encoding gzip"):
        asyncio.run(_read(server.address))


def test_an_error_of_a_server_of_tools_is_read_to_its_first_hundred_thousand_bytes() -> None:
    with Loopback(Reply(raw=b"a" * 300_000, status=500)) as server:
        assert asyncio.run(_read(server.address)) == 100_000


async def _read(address: str) -> int:
    async with wire.plain_client({}, address) as client:
        return len((await client.get(f"{address}/v1/messages")).content)


def test_an_error_without_end_is_read_to_its_first_hundred_thousand_bytes() -> None:
    found = fault(Reply(raw=b"{" + b"a" * 300_000 + b"}", status=401))
    assert (found.trouble, found.message[:60]) == (Trouble.DENIED, "openai:gpt-5.2 answered 401: '{" + "a" * 29)
    assert found.message.endswith("aaa…'; name its key, under providers in orchestrator.yaml")


@pytest.mark.parametrize("line", [b": ping\n\n", b": ping\r\n\r\n", b"\r"])
def test_events_without_end_are_not_read_to_it(line: bytes) -> None:
    found = fault(Reply(raw=line * 60_000, content_type=STREAM))
    assert found.message == "openai:gpt-5.2: it answered with more than 52,768 lines"


# --- messages that are none ------------------------------------------------------------------------------------------


@given(st.text())
def test_what_stands_in_a_message_is_short_and_can_be_printed(said: str) -> None:
    assert one_line(said).isprintable()
    assert excerpt(said).isprintable()
    assert len(one_line(said)) <= 2_000


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("text/html", "text/html"),
        ("application/vnd.a+json; charset=utf-8", "application/vnd.a+json"),
        ("text/html\x1b[31m", "'text/html\\x1b[31m'"),
        ("a" * 9_000, "'" + "a" * 199 + "…'"),
    ],
)
def test_a_kind_of_answer_is_told_as_one_short_line(kind: str, told: str) -> None:
    found = fault(Reply(raw=b"x", content_type=kind))
    assert found.message == f"openai:gpt-5.2: it answered with {told}, not with a stream of events: 'x'"


def test_a_header_that_is_none_is_told_as_one_short_line() -> None:
    found = fault(Reply(raw=b"x", headers={"a": "b\r\n" + "c\x1b[2J" * 500}))
    assert found.message.partition(" broke off: ")[2][:40] == "illegal header line: bytearray(b'c\\x1b[2"
    assert len(found.message) < 300
