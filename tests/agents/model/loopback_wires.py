"""What OpenAI's and Anthropic's wires look like: requests read, replies written. No socket."""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A call of a tool."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What is answered. Without more: a text, whole, and its end."""

    text: str = ""
    value: object = None
    """Structured output: as JSON text, or as the call of the tool that was asked for."""
    calls: tuple[Call, ...] = ()
    stop: str = ""
    """`length`, `refusal` or `filter`; else what follows from the answer."""
    tokens_in: int = 100
    tokens_out: int = 20
    cache_read: int = 0
    cache_write: int = 0
    has_usage: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "something is wrong"
    kind: str = ""
    """The type of the error, in the wire's word."""
    raw: bytes | None = None
    """Sent as it is."""
    content_type: str = ""
    delay: float = 0.0
    """Seconds before the first byte."""
    is_dropped: bool = False
    """The connection is reset before any answer."""
    cut_after: int | None = None
    """Events of the stream after which it breaks off."""
    is_clean_cut: bool = False
    """It breaks off as if it were whole."""
    silent_after: int | None = None
    """Events after which nothing comes any more."""
    fails_after: int | None = None
    """Events after which an error stands in the stream."""
    endless: bool = False
    """The text again and again, without end."""
    piece: int = 80
    """Characters of the text in one event of a stream."""


@dataclass(frozen=True)
class Asked:
    """A request. `wire` is `openai`, `anthropic`, or empty for a path that is neither's."""

    wire: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def is_streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def system(self) -> str:
        """Return the system prompt."""
        if self.wire == "anthropic":
            return _text(self.body.get("system") or "")
        return "\n".join(_text(m["content"]) for m in self.body["messages"] if m["role"] in ("system", "developer"))

    @property
    def note(self) -> str:
        """Return the last paragraph of the system prompt: what form the answer has."""
        return self.system.rstrip().rpartition("\n\n")[2]

    @property
    def prompt(self) -> str:
        """Return what the user's messages say."""
        return "\n".join(_text(each.get("content") or "") for each in self.messages if each["role"] == "user")

    @property
    def messages(self) -> list[Mapping[str, Any]]:
        return list(self.body["messages"])

    @property
    def tools(self) -> dict[str, Mapping[str, Any]]:
        """Return the schema of each tool's arguments by the tool's name."""
        tools: list[Any] = self.body.get("tools") or []
        if self.wire == "anthropic":
            return {each["name"]: each["input_schema"] for each in tools}
        return {each["function"]["name"]: each["function"]["parameters"] for each in tools}

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """Return the schema that the answer is to fit, where one was given."""
        if (form := self.body.get("response_format")) and form["type"] == "json_schema":
            found: Mapping[str, Any] = form["json_schema"]["schema"]
            return found
        if form := (self.body.get("output_config") or {}).get("format") or self.body.get("output_format"):
            return dict(form["schema"])
        return self.tools.get("final_result")

    @property
    def wants_files(self) -> bool:
        return self.schema is not None and "files" in self.schema.get("properties", {})

    @property
    def paths(self) -> list[str] | None:
        """Return the paths that a list of files may have, None where they are patterns."""
        schema: Mapping[str, Any] = self.schema or {}
        found: list[str] | None = schema["properties"]["files"]["items"]["properties"]["path"].get("enum")
        return found

    @property
    def is_by_tool(self) -> bool:
        return "final_result" in self.tools


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    assert isinstance(content, list)
    return "".join(_text(part.get("text") or part.get("content") or "") for part in content)


def _filled(reply: Reply, asked: Asked) -> tuple[str, tuple[Call, ...]]:
    """The text and the calls of a reply, its structured output in the form that was asked for."""
    if reply.value is None:
        return reply.text, reply.calls
    if asked.is_by_tool:
        assert isinstance(reply.value, Mapping)
        return reply.text, (*reply.calls, Call("final_result", reply.value))
    return json.dumps(reply.value), reply.calls


def whole_of(reply: Reply, asked: Asked) -> object:
    """Return the body of an answer that is not streamed."""
    text, calls = _filled(reply, asked)
    return _openai_whole(reply, text, calls) if asked.wire == "openai" else _anthropic_whole(reply, text, calls)


def events_of(reply: Reply, asked: Asked) -> Iterator[bytes]:
    """Return the events of an answer that is streamed."""
    text, calls = _filled(reply, asked)
    events = _openai_events(reply, text, calls) if asked.wire == "openai" else _anthropic_events(reply, text, calls)
    for number, event in enumerate(events):
        if number == reply.fails_after:
            yield _event(fault_of(reply, asked), "error" if asked.wire == "anthropic" else "")
            return
        yield event


def fault_of(reply: Reply, asked: Asked) -> object:
    """Return the JSON of an error."""
    if asked.wire == "anthropic":
        return {"type": "error", "error": {"type": reply.kind or "api_error", "message": reply.message}}
    return {"error": {"message": reply.message, "type": reply.kind or "server_error", "code": reply.kind or None}}


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _event(value: object, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(value)}\n\n".encode()


# --- OpenAI's chat completions ---------------------------------------------------------------------------------------


def _openai_stop(reply: Reply, calls: tuple[Call, ...]) -> str:
    stops = {"length": "length", "filter": "content_filter", "refusal": "stop"}
    return stops.get(reply.stop) or ("tool_calls" if calls else "stop")


def _openai_usage(reply: Reply) -> object:
    return {
        "prompt_tokens": reply.tokens_in,
        "completion_tokens": reply.tokens_out,
        "total_tokens": reply.tokens_in + reply.tokens_out,
        "prompt_tokens_details": {"cached_tokens": reply.cache_read},
    }


def _openai_whole(reply: Reply, text: str, calls: tuple[Call, ...]) -> object:
    message = {"role": "assistant", "content": text or None, "tool_calls": list(_openai_calls(calls)) or None}
    choice = {"index": 0, "message": message, "finish_reason": _openai_stop(reply, calls)}
    return _openai_chunk("chat.completion", [choice]) | {"usage": _openai_usage(reply)}


def _openai_calls(calls: tuple[Call, ...]) -> Iterator[dict[str, object]]:
    for index, call in enumerate(calls):
        function = {"name": call.name, "arguments": json.dumps(dict(call.arguments))}
        yield {"index": index, "id": f"call_{index}", "type": "function", "function": function}


def _openai_chunk(kind: str, choices: list[object]) -> dict[str, object]:
    return {"id": "c1", "object": kind, "created": 1767225600, "model": "loopback", "choices": choices}


def _openai_events(reply: Reply, text: str, calls: tuple[Call, ...]) -> Iterator[bytes]:
    def chunk(delta: Mapping[str, object], stop: str | None = None) -> bytes:
        return _event(_openai_chunk("chat.completion.chunk", [{"index": 0, "delta": delta, "finish_reason": stop}]))

    yield chunk({"role": "assistant", "content": ""})
    if reply.stop == "refusal":
        yield chunk({"refusal": text})
    else:
        for piece in itertools.cycle([text]) if reply.endless else _pieces(text, reply.piece):
            yield chunk({"content": piece})
    for call in _openai_calls(calls):
        yield chunk({"tool_calls": [call]})
    yield chunk({}, _openai_stop(reply, calls))
    if reply.has_usage:
        yield _event(_openai_chunk("chat.completion.chunk", []) | {"usage": _openai_usage(reply)})
    yield b"data: [DONE]\n\n"


# --- Anthropic's messages --------------------------------------------------------------------------------------------


def _anthropic_stop(reply: Reply, calls: tuple[Call, ...]) -> str:
    stops = {"length": "max_tokens", "filter": "refusal", "refusal": "refusal"}
    return stops.get(reply.stop) or ("tool_use" if calls else "end_turn")


def _anthropic_usage(reply: Reply) -> dict[str, int]:
    """Its `input_tokens` are those that no cache had to do with."""
    return {
        "input_tokens": reply.tokens_in - reply.cache_read - reply.cache_write,
        "cache_read_input_tokens": reply.cache_read,
        "cache_creation_input_tokens": reply.cache_write,
        "output_tokens": reply.tokens_out,
    }


def _anthropic_blocks(text: str, calls: tuple[Call, ...]) -> list[dict[str, object]]:
    blocks: list[dict[str, object]] = [{"type": "text", "text": text}] if text else []
    for index, call in enumerate(calls):
        blocks.append({"type": "tool_use", "id": f"toolu_{index}", "name": call.name, "input": dict(call.arguments)})
    return blocks


def _anthropic_message(blocks: list[dict[str, object]], stop: str | None, usage: object) -> dict[str, object]:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "loopback", "stop_sequence": None}
    return {**head, "content": blocks, "stop_reason": stop, "usage": usage}


def _anthropic_whole(reply: Reply, text: str, calls: tuple[Call, ...]) -> object:
    return _anthropic_message(_anthropic_blocks(text, calls), _anthropic_stop(reply, calls), _anthropic_usage(reply))


def _anthropic_events(reply: Reply, text: str, calls: tuple[Call, ...]) -> Iterator[bytes]:
    usage = _anthropic_usage(reply) if reply.has_usage else {"input_tokens": 0, "output_tokens": 0}
    yield _named("message_start", message=_anthropic_message([], None, usage | {"output_tokens": 1}))
    for index, block in enumerate(_anthropic_blocks(text, calls)):
        empty: dict[str, object] = {"text": ""} if block["type"] == "text" else {"input": {}}
        yield _named("content_block_start", index=index, content_block=block | empty)
        for delta in _anthropic_deltas(block, reply):
            yield _named("content_block_delta", index=index, delta=delta)
        yield _named("content_block_stop", index=index)
    delta = {"stop_reason": _anthropic_stop(reply, calls), "stop_sequence": None}
    yield _named("message_delta", delta=delta, usage={"output_tokens": usage["output_tokens"]})
    yield _named("message_stop")


def _anthropic_deltas(block: Mapping[str, object], reply: Reply) -> Iterator[dict[str, object]]:
    if block["type"] == "tool_use":
        yield {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        return
    text = str(block["text"])
    for piece in itertools.cycle([text]) if reply.endless else _pieces(text, reply.piece):
        yield {"type": "text_delta", "text": piece}


def _named(name: str, **fields: object) -> bytes:
    return _event({"type": name, **fields}, name)
