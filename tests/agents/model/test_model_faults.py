"""What models do that goes wrong (RELIABILITY §4), through the real SDKs over real sockets: each row, on both wires."""

import socket
from collections.abc import Sequence

import pytest
from loopback import Loopback
from loopback_wires import Call, Reply
from model_cases import KEYS, NAMES, NOW, PRICE, SCORED, answered, asking_by_wire, backend, each_wire, failed, request

from orchestrator.agents.model import ModelBackend
from orchestrator.model.action import Basis, Fault, Trouble, Usage
from orchestrator.model.agent import AgentExtras
from orchestrator.model.settings import Provider

HALF = "word " * 100
wire, asking = each_wire, asking_by_wire


def fault(asking: ModelBackend, wire: str, replies: Reply | Sequence[Reply], **said: object) -> Fault:
    with Loopback(replies) as server:
        found = failed(asking.run(request(wire, server.address, **said)))  # type: ignore[arg-type]
        message = found.message.replace(server.address.removeprefix("http://"), "HOST")
    assert (found.agent, found.backend, found.now) == ("writer", "model", int(NOW))
    assert found.is_transient == (found.trouble in (Trouble.BUSY, Trouble.OUTAGE))
    return Fault(
        message.replace(NAMES[wire], "MODEL"),
        found.is_transient,
        found.usage,
        retry_after=found.retry_after,
        trouble=found.trouble,
        transcript=found.transcript,
    )


def spent(found: Fault) -> tuple[int, int, float]:
    return found.usage.tokens_in, found.usage.tokens_out, round(found.usage.cost_usd, 9)


# --- 429, 5xx, DNS, time-out, 200 with an error inside ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "message", "wait"),
    [
        ({"Retry-After": "7"}, "slow down", 7),
        ({"Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT"}, "slow down", 90),
        ({"retry-after-ms": "2500"}, "slow down", 3),
        ({}, "slow down", None),
        ({}, "Please try again in 6m0s.", 360),
    ],
)
def test_429_is_busy_and_retry_after_is_obeyed(
    asking: ModelBackend, wire: str, headers: dict[str, str], message: str, wait: int | None
) -> None:
    found = fault(asking, wire, Reply(status=429, headers=headers, message=message, kind="rate_limit_error"))
    assert (found.trouble, found.retry_after) == (Trouble.BUSY, wait)
    assert found.message == f"MODEL answered 429: '{message}'"
    assert found.usage == Usage(duration_ms=found.usage.duration_ms)


def test_a_usage_limit_with_a_reset_time_is_busy_until_then(asking: ModelBackend, wire: str) -> None:
    reply = Reply(status=429, kind="insufficient_quota", message="usage limit reached, resets at 2026-01-01T05:00:00Z")
    found = fault(asking, wire, reply)
    assert (found.trouble, found.retry_after) == (Trouble.BUSY, 18_000)


def test_money_that_is_used_up_is_denied_for_no_wait_brings_it_back() -> None:
    with backend("openai") as asking:
        found = fault(asking, "openai", Reply(status=429, kind="insufficient_quota", message="no quota"))
    assert found.trouble == Trouble.DENIED
    assert found.message == "MODEL answered 429: 'no quota'; the account there has nothing left to spend"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 408])
def test_5xx_is_an_outage_and_is_asked_once(asking: ModelBackend, wire: str, status: int) -> None:
    with Loopback(Reply(status=status, message="down")) as server:
        found = failed(asking.run(request(wire, server.address)))
        assert len(server.asked) == 1
    assert (found.trouble, found.message) == (Trouble.OUTAGE, f"{NAMES[wire]} answered {status}: 'down'")


def test_dns_that_knows_no_such_host_is_an_outage(asking: ModelBackend, wire: str) -> None:
    found = failed(asking.run(request(wire, "http://no-such-host.invalid")))
    assert (found.trouble, found.usage.cost_usd) == (Trouble.OUTAGE, 0.0)
    assert found.message.startswith(f"{NAMES[wire]} (no-such-host.invalid) cannot be reached: ")


def test_a_refused_connection_is_an_outage_that_costs_nothing(asking: ModelBackend, wire: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        found = failed(asking.run(request(wire, f"http://127.0.0.1:{port}")))
    assert (found.trouble, found.usage.cost_usd) == (Trouble.OUTAGE, 0.0)
    assert found.message.startswith(f"{NAMES[wire]} (127.0.0.1:{port}) cannot be reached: ")


def test_a_connection_that_is_reset_is_an_outage_whose_input_may_be_billed(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(is_dropped=True))
    assert found.trouble == Trouble.OUTAGE
    assert found.message == "MODEL (HOST) broke off: Server disconnected without sending a response."
    assert spent(found) == (66, 0, 66e-6)


def test_a_200_with_an_error_inside_is_an_outage_or_busy(asking: ModelBackend, wire: str) -> None:
    body = b'{"error": {"message": "the engine is on fire"}}'
    found = fault(asking, wire, Reply(raw=body, content_type="application/json"))
    assert found.trouble == Trouble.OUTAGE
    assert found.message == (
        "MODEL: it answered with application/json, not with a stream of events: 'the engine is on fire'"
    )
    busy = b'{"error": {"message": "usage limit reached; try again in 90s"}}'
    found = fault(asking, wire, Reply(raw=busy, content_type="application/json"))
    assert (found.trouble, found.retry_after) == (Trouble.BUSY, 90)


def test_a_stream_with_an_error_inside_is_an_outage_and_what_it_brought_is_counted(
    asking: ModelBackend, wire: str
) -> None:
    found = fault(asking, wire, Reply(text=HALF, fails_after=4, kind="overloaded_error", message="Overloaded"))
    assert (found.trouble, "Overloaded" in found.message) == (Trouble.OUTAGE, True)
    tokens_in, tokens_out, cost = spent(found)
    assert tokens_in == {"openai": 66, "anthropic": 100}[wire]
    assert tokens_out == {"openai": 60, "anthropic": 40}[wire]
    assert cost == round((tokens_in * PRICE.input + tokens_out * PRICE.output) / 1e6, 9)


# --- never returns ---------------------------------------------------------------------------------------------------


def test_never_returns_ends_at_the_idle_limit(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(text=HALF, silent_after=3), extras=AgentExtras(idle=1, timeout=60))
    assert (found.trouble, found.message) == (Trouble.OUTAGE, "MODEL said nothing for 1 s (idle)")
    assert found.usage.tokens_out > 0


def test_never_returns_ends_at_the_wall_clock_limit() -> None:
    with backend("openai") as asking:
        found = fault(asking, "openai", Reply(silent_after=0), extras=AgentExtras(timeout=1))
    assert (found.trouble, found.message) == (Trouble.OUTAGE, "MODEL was not done after 1 s (timeout)")
    assert spent(found) == (66, 0, 66e-6)


def test_100_mb_or_endless_output_is_stopped_at_a_cap(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(text="again " * 20_000, endless=True))
    assert (found.trouble, found.message) == (Trouble.WORK, "MODEL went on past 1,000,000 characters: stopped")
    assert found.usage.tokens_out >= 250_000


# --- truncated stream, max_tokens stop -------------------------------------------------------------------------------


def test_a_truncated_stream_is_never_accepted_as_complete(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(text=HALF, cut_after=4))
    assert (found.trouble, "broke off" in found.message) == (Trouble.OUTAGE, True)
    assert found.usage.tokens_out > 0


def test_a_truncated_stream_that_ends_as_if_it_were_whole_is_never_accepted(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(text=HALF, cut_after=4, is_clean_cut=True))
    assert found.trouble == Trouble.OUTAGE
    assert found.usage.tokens_out > 1


def test_a_max_tokens_stop_is_never_accepted_as_complete(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(text="# Half a", stop="length"), extras=AgentExtras(max_output_tokens=64))
    assert found.trouble == Trouble.WORK
    assert found.message == "MODEL was cut short at 64 tokens (max_output_tokens); its end: '# Half a'"
    assert spent(found) == (100, 20, 200e-6)


# --- empty, garbage, wrong schema, binary ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_answer_is_no_work(asking: ModelBackend, wire: str, text: str) -> None:
    found = fault(asking, wire, Reply(text=text))
    assert (found.trouble, found.message) == (Trouble.WORK, "MODEL: the answer is empty")
    assert spent(found) == (100, 20, 200e-6)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>hello", "text/html"),
        (b"data: {garbage\n\n", "text/event-stream"),
        (b'data: {"choices": 7}\n\ndata: [1]\n\n', "text/event-stream"),
        (b"event: message_start\ndata: {}\n\n", "text/event-stream"),
        (b"event: message_start\ndata: [\n\n", "text/event-stream"),
        (b"\xff\xfe\x00", "text/event-stream"),
        (b"", "text/event-stream"),
        (b"\x1b]52;c;QQ==\x07", "text/plain"),
    ],
)
def test_garbage_is_an_outage_told_with_an_excerpt_that_no_terminal_obeys(
    asking: ModelBackend, wire: str, body: bytes, kind: str
) -> None:
    found = fault(asking, wire, Reply(raw=body, content_type=kind))
    assert found.trouble == Trouble.OUTAGE
    assert found.message.isprintable()


def test_a_wrong_schema_is_asked_for_once_more_and_both_answers_are_paid_for(asking: ModelBackend, wire: str) -> None:
    with Loopback([Reply(value={"score": "high"}), Reply(value={"score": 7})]) as server:
        said = request(wire, server.address, writes=("review.yaml",), schemas={"review.yaml": SCORED})
        answer = answered(asking.run(said))
        assert "score is to be a whole number, and is the text 'high'" in server.asked[1].prompt
    assert answer.files == {"review.yaml": b"score: 7\n"}
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (200, 40)


def test_a_wrong_schema_twice_is_no_work(asking: ModelBackend, wire: str) -> None:
    said = {"writes": ("review.yaml",), "schemas": {"review.yaml": SCORED}}
    found = fault(asking, wire, Reply(value={"score": 7, "approved": True}), **said)
    assert found.trouble == Trouble.WORK
    assert found.message == (
        'MODEL: the answer does not fit: approved is not allowed here; it says \'{"score": 7, "approved": true}\''
    )
    assert spent(found) == (200, 40, 400e-6)


def test_binary_files_are_not_asked_of_a_model(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(text="x"), writes=("design.png",))
    assert (found.trouble, found.message) == (Trouble.DENIED, "a model writes text, and draft writes design.png")


@pytest.mark.parametrize("stop", ["refusal", "filter"])
def test_a_refusal_is_no_work(asking: ModelBackend, wire: str, stop: str) -> None:
    found = fault(asking, wire, Reply(text="I will not.", stop=stop))
    assert (found.trouble, found.message) == (Trouble.WORK, "MODEL declined: 'I will not.'")
    assert spent(found) == (100, 20, 200e-6)


# --- cost limit reached mid-step -------------------------------------------------------------------------------------


def test_cost_limit_reached_mid_step_stops_before_the_next_call(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(calls=(Call("mcp__a__b"),), tokens_out=60)) as server:
        found = failed(asking.run(request(wire, server.address, reserved=0.022)))
        assert len(server.asked) == 2
    assert found.trouble == Trouble.WORK
    assert found.message.startswith("cost limit reached mid-step: stopped before the next call; it may cost $0.02")
    assert found.message.endswith(", and $0.0008 of the $0.0220 reserved for the attempt is spent")
    assert spent(found) == (200, 120, 800e-6)


def test_calls_without_end_stop_at_max_turns(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(calls=(Call("nothing"),)), extras=AgentExtras(max_turns=3))
    assert (found.trouble, found.message) == (Trouble.WORK, "MODEL came to no end in 3 answers (max_turns)")
    assert spent(found) == (300, 60, 600e-6)


# --- what will never go well -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "message", "hint"),
    [
        (401, "authentication_error", "bad key", "look at the key in OUR_KEY"),
        (403, "permission_error", "not yours", "look at the key in OUR_KEY"),
        (404, "not_found_error", "no such model", "look at the model's name, and at base_url (HOST)"),
        (
            400,
            "invalid_request_error",
            "prompt is too long: 9 > 8 maximum context length",
            "let the step read less, or give the model's `context` so that a larger one is chosen",
        ),
        (
            400,
            "invalid_request_error",
            "no such setting",
            "the request itself was refused: look at the model's name and the agent's limits",
        ),
        (
            413,
            "request_too_large",
            "too large",
            "let the step read less, or give the model's `context` so that a larger one is chosen",
        ),
    ],
)
def test_what_asking_again_does_not_help_is_denied_with_what_to_mend(
    wire: str, status: int, kind: str, message: str, hint: str
) -> None:
    with backend(wire, provider=Provider(key="OUR_KEY"), keys={"OUR_KEY": "sk-of-ours"}) as asking:
        found = fault(asking, wire, Reply(status=status, kind=kind, message=message))
    assert (found.trouble, found.usage.cost_usd) == (Trouble.DENIED, 0.0)
    assert found.message == f"MODEL answered {status}: '{message}'; {hint}"


def test_a_redirect_is_not_followed(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="never")) as other:
        found = fault(asking, wire, Reply(status=307, headers={"Location": f"{other.address}/v1/chat/completions"}))
        assert other.asked == []
    assert found.trouble == Trouble.DENIED
    assert found.message == (
        "MODEL: it answered with a redirect (HOST); put the address that it has moved to into base_url"
    )


def test_no_key_stands_in_a_message_or_a_transcript_even_where_the_provider_repeats_it(wire: str) -> None:
    with backend(wire, provider=Provider(key="OUR_KEY"), keys={"OUR_KEY": "sk-of-ours"}) as asking:
        found = fault(asking, wire, Reply(status=401, message="no such key: sk-of-ours", kind="authentication_error"))
    assert found.message == "MODEL answered 401: 'no such key: [key]'; look at the key in OUR_KEY"
    assert b"sk-of-ours" not in found.transcript


def test_a_key_that_is_not_set_is_denied_before_anything_is_sent(wire: str) -> None:
    with backend(wire, keys={}, provider=Provider(key="OUR_KEY")) as asking:
        found = fault(asking, wire, Reply(text="x"))
    assert (found.trouble, found.message) == (
        Trouble.DENIED,
        f"the key of {wire} is not set; set the environment variable OUR_KEY, or name another under"
        f" providers.{wire}.key",
    )


def test_a_failed_call_of_a_model_whose_price_nobody_knows_books_what_was_reserved(
    asking: ModelBackend, wire: str
) -> None:
    found = fault(asking, wire, Reply(text=HALF, cut_after=4), price=None, reserved=0.25)
    assert (found.usage.cost_usd, found.usage.basis) == (0.25, Basis.UNKNOWN)
    found = fault(asking, wire, Reply(status=500), price=None, reserved=0.25)
    assert (found.usage.cost_usd, found.usage.basis) == (0.0, Basis.FREE)


def test_no_secret_of_the_environment_is_in_any_fault(asking: ModelBackend, wire: str) -> None:
    found = fault(asking, wire, Reply(status=500, message="down"))
    assert not any(secret in f"{found.message}{found.transcript!r}" for secret in KEYS.values())
