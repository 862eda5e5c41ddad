"""What the output of each program that has a profile says, and what it cannot make us believe."""

import json

import pytest
from command_cases import NOW, answered, ends, played, request
from command_samples import AIDER, CLAUDE, CLAUDE_USAGE, CODEX, GEMINI, LISTING, OPENCODE, STEP, ended, lines, spent
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.agents.command.asking import Asked
from orchestrator.agents.command.discretion import Discretion
from orchestrator.agents.command.listening import Listener
from orchestrator.agents.command.output import Printed
from orchestrator.agents.command.profiles import PROFILES
from orchestrator.agents.interface import Underway
from orchestrator.model.action import Basis, Usage
from orchestrator.model.outside import ScratchEnd
from orchestrator.model.settings import Command, Model, Price

PRICE = Price(input=1.0, output=10.0, cache_read=0.1)


@pytest.mark.parametrize(
    ("name", "stdout", "stderr", "usage"),
    [
        ("claude", json.dumps(CLAUDE).encode(), b"", CLAUDE_USAGE),
        ("claude", json.dumps([{"type": "system", "subtype": "init"}, CLAUDE]).encode(), b"", CLAUDE_USAGE),
        ("claude", b"a notice\n" + lines({"type": "assistant", "message": {}}, CLAUDE), b"", CLAUDE_USAGE),
        ("claude", b"a notice\n" + json.dumps(CLAUDE, indent=2).encode() + b"\nbye\n", b"", CLAUDE_USAGE),
        ("codex", CODEX, b"warning: x", Usage(900, 50, 0.25, 0, Basis.UNKNOWN, 600)),
        ("gemini", json.dumps(GEMINI, indent=2).encode(), b"", Usage(1_507, 155, 0.25, 0, Basis.UNKNOWN, 400)),
        (
            "gemini",
            lines(
                {"type": "init", "model": "gemini-3-pro"},
                {"type": "message", "role": "assistant", "content": "Hm", "delta": True},
                {
                    "type": "result",
                    "status": "success",
                    "stats": {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10, "cached": 5},
                },
            ),
            b"",
            Usage(20, 10, 0.25, 0, Basis.UNKNOWN, 5),
        ),
        ("opencode", OPENCODE, b"", Usage(370, 44, 0.03, 0, Basis.REPORTED, 50, 20)),
        ("aider", AIDER, b"", Usage(3_200, 341, 0.0123, 0, Basis.REPORTED, 2_000, 300)),
        ("llm", b"# Mug\n", b"Token usage: 1,234 input, 56 output, {}\n", Usage(1_234, 56, 0.25, 0, Basis.UNKNOWN)),
    ],
)
def test_tokens_and_cost_are_those_that_it_reports(name: str, stdout: bytes, stderr: bytes, usage: Usage) -> None:
    assert spent(name, stdout, stderr) == usage


def test_tokens_without_a_cost_are_priced_by_the_settings() -> None:
    found = spent("codex", CODEX, price=PRICE.model_dump())
    assert found == Usage(900, 50, (300 * 1.0 + 600 * 0.1 + 50 * 10.0) / 1e6, 0, Basis.PRICED, 600)


def test_tokens_without_a_cost_are_priced_by_the_model_that_was_routed_to() -> None:
    routed = Model(name="openai:gpt-5.2", price=PRICE)
    found = answered(played(ends(ended(CODEX)), ("codex",), request(routed=routed), profile="codex"))
    assert (found.usage.basis, found.usage.cost_usd) == (Basis.PRICED, 0.00086)


@pytest.mark.parametrize("name", ["claude", "codex", "gemini", "aider", "llm", "opencode"])
@pytest.mark.parametrize("stdout", [b"", b"garbage", b"\xff\x00", b"[]", b"null", b'"x"', b"{}", b'{"usage": 7}'])
def test_empty_garbage_or_wrong_schema_on_stdout_says_no_figure_and_what_is_missing_is_unknown_and_not_0(
    name: str, stdout: bytes
) -> None:
    assert spent(name, stdout) == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)


@pytest.mark.parametrize("cost", [-1, "0.1", True, None, 1e300, float("nan"), float("inf"), 10**400])
def test_a_cost_that_is_none_is_not_believed(cost: object) -> None:
    event = {**CLAUDE, "total_cost_usd": cost, "usage": {"input_tokens": cost}}
    assert spent("claude", json.dumps(event).encode()) == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)


def test_a_cost_of_0_beside_tokens_is_that_of_a_model_whose_price_the_program_does_not_know() -> None:
    found = spent("claude", json.dumps({**CLAUDE, "total_cost_usd": 0}).encode())
    assert (found.cost_usd, found.basis, found.tokens_in) == (0.25, Basis.UNKNOWN, 11_012)


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": 0, "output_tokens": 0}])
def test_a_cost_of_0_is_none_where_the_call_may_have_cost_something(usage: object) -> None:
    found = spent("claude", json.dumps({**CLAUDE, "total_cost_usd": 0, "usage": usage}).encode())
    assert found == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)


def test_where_a_price_is_known_the_greater_figure_is_taken() -> None:
    def of(cost: float) -> Usage:
        event = {**CLAUDE, "total_cost_usd": cost, "usage": {"input_tokens": 10**9, "output_tokens": 10**9}}
        return spent("claude", json.dumps(event).encode(), price=PRICE.model_dump())

    assert of(1e-9) == Usage(10**9, 10**9, 11_000.0, 0, Basis.PRICED)
    assert of(12_000.0) == Usage(10**9, 10**9, 12_000.0, 0, Basis.REPORTED)


def test_what_several_results_cost_is_added_up() -> None:
    first = {**CLAUDE, "subtype": "error_during_execution", "is_error": True, "total_cost_usd": 5}
    found = spent("claude", lines(first, {**CLAUDE, "total_cost_usd": 0.25}))
    assert found == Usage(22_024, 680, 5.25, 0, Basis.REPORTED, 18_000, 4_000)


def test_a_step_that_says_0_of_everything_does_not_know() -> None:
    tokens = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}
    found = spent("opencode", lines({**STEP, "part": {"reason": "stop", "cost": 0, "tokens": tokens}}))
    assert found == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)


def test_a_hundred_thousand_brackets_are_no_event() -> None:
    assert (
        spent("claude", b"[" * 100_000)
        == spent("claude", b'{"a":' * 100_000)
        == Usage(cost_usd=0.25, basis=Basis.UNKNOWN)
    )


def heard(name: str, stdout: bytes, piece: int) -> list[Underway]:
    told: list[Underway] = []
    call = Asked("pen", Command(argv=(name,)), PROFILES[name], request(tell=told.append), {})
    listener = Listener(call.profile, told.append, Discretion({}))
    for start in range(0, len(stdout), piece):
        listener.hear(stdout[start : start + piece])
    return told


@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_progress_is_told_event_by_event_however_the_pieces_fall(piece: int) -> None:
    message = {"id": "m1", "usage": {"output_tokens": 12}}
    stream = lines(
        {"type": "system", "subtype": "init"},
        {"type": "assistant", "message": {**message, "content": [{"type": "text", "text": "I write\nit now."}]}},
        {"type": "assistant", "message": {**message, "content": [{"type": "tool_use", "name": "Write"}]}},
        {"type": "assistant", "message": {"id": "m2", "usage": {"output_tokens": 3}, "content": [{"text": "Done."}]}},
    )
    last = slice(0 if piece < 10_000 else -1, None)  # of one piece the last is told
    assert (
        heard("claude", stream, piece)
        == [
            Underway(12, 0.0, "it now."),
            Underway(12, 0.0, "Write"),
            Underway(15, 0.0, "Done."),
        ][last]
    )
    assert (
        heard("opencode", OPENCODE, piece)
        == [
            Underway(0, 0.0, "write"),
            Underway(10, 0.01, ""),
            Underway(10, 0.01, "Written."),
            Underway(40, 0.03, ""),
        ][last]
    )
    assert heard("codex", CODEX, piece) == [Underway(0, 0.0, "All done."), Underway(50, 0.0, "")][last]


def test_a_line_without_an_end_is_forgotten() -> None:
    assert heard("claude", b"x" * 3_000_000 + b"\nshort\n", 65_536)[-1] == Underway(note="short")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["type", "subtype", "result", "usage", "item", "part", "tokens", "error", "message", "stats", "models",
             "content", "data", "cost", "cache", "input", "input_tokens", "reason", "stop_reason", "is_error", "errors"]
        ),
        inner | st.sampled_from(["result", "turn.completed", "turn.failed", "error", "step_finish", "assistant"]),
        max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(PROFILES))
@settings(max_examples=40, deadline=None)
@given(
    stdout=st.binary(max_size=200) | st.lists(ANY, max_size=4).map(lambda each: lines(*each)), status=st.integers(0, 2)
)
def test_whatever_bytes_a_program_prints_nothing_raises_and_every_figure_is_sound(
    name: str, stdout: bytes, status: int
) -> None:
    told: list[Underway] = []
    PROFILES[name].read(Printed(stdout, stdout, NOW))
    heard(name, stdout + b"\n", 64)
    end = ScratchEnd(status, stdout, stdout, LISTING)
    found = played(ends(end), (name,), request(tell=told.append), profile=name)
    assert found.usage.cost_usd >= 0
    assert min(found.usage.tokens_in, found.usage.tokens_out, found.usage.cache_read, found.usage.cache_write) >= 0
