"""The reasons for which a model stops: those alone that end a whole answer make one."""

import json

import pytest
from loopback import Loopback
from loopback_wires import Reply
from model_cases import answered, backend, failed, request

from orchestrator.model.action import Fault, Trouble
from orchestrator.model.agent import AgentExtras

STREAM = "text/event-stream"
CHUNK = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def openai(*chunks: tuple[str, str | None]) -> Reply:
    """Return a stream of texts, each with the reason for which it stops."""
    events = [
        {**CHUNK, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": stop}]} for text, stop in chunks
    ]
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return Reply(raw="".join([*lines, "data: [DONE]\n\n"]).encode(), content_type=STREAM)


def anthropic(stop: str) -> Reply:
    usage = {"input_tokens": 1, "output_tokens": 1}
    message: dict[str, object] = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": []}
    message |= {"stop_reason": None, "stop_sequence": None, "usage": usage}
    events: list[dict[str, object]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "# A"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
    lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
    return Reply(raw="".join(lines).encode(), content_type=STREAM)


def fault(wire: str, reply: Reply, extras: AgentExtras | None = None) -> Fault:
    with Loopback(reply) as server, backend(wire) as asking:
        return failed(asking.run(request(wire, server.address, extras=extras)))


@pytest.mark.parametrize("stop", ["end_turn", "stop_sequence"])
def test_what_ends_an_answer_makes_one(stop: str) -> None:
    with Loopback(anthropic(stop)) as server, backend("anthropic") as asking:
        assert answered(asking.run(request("anthropic", server.address))).files == {"listing.md": b"# A\n"}


@pytest.mark.parametrize("stop", ["compaction", "pause_turn", "tool_use", "weird\x1b[31m"])
def test_what_ends_no_answer_of_anthropics_makes_none(stop: str) -> None:
    found = fault("anthropic", anthropic(stop))
    assert found.message == f"anthropic:claude-haiku-4-5 stopped for {stop!r}, which ends no answer"
    assert found.trouble is Trouble.WORK


@pytest.mark.parametrize("stop", ["tool_calls", "function_call", "weird"])
def test_what_ends_no_answer_of_openais_makes_none(stop: str) -> None:
    found = fault("openai", openai(("# A", None), ("", stop)))
    assert found.message == f"openai:gpt-5.2 stopped for {stop!r}, which ends no answer"
    assert found.trouble is Trouble.WORK


def test_an_answer_that_was_cut_short_does_not_get_whole_by_going_on() -> None:
    found = fault("openai", openai(("half", "length"), (" x", "stop")))
    assert found.message == "openai:gpt-5.2 was cut short at 4096 tokens (max_output_tokens); its end: 'half x'"
    assert found.trouble is Trouble.WORK


def test_half_a_surrogate_pair_is_not_sent_back() -> None:
    found = fault("openai", openai(("half \ud800", "stop")))
    assert found.message == (
        "openai:gpt-5.2: the answer does not fit: there is half a surrogate pair in it, U+D800; it says 'half \\ud800'"
    )
    assert found.trouble is Trouble.WORK


def test_lines_are_bounded_by_what_the_model_may_write() -> None:
    endless = Reply(raw=b": ping\n\n" * 15_000, content_type=STREAM)
    found = fault("openai", endless, AgentExtras(max_output_tokens=100))
    assert found.message == "openai:gpt-5.2: it answered with more than 20,800 lines"
