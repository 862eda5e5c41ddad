"""The model backend, through the real SDKs over real sockets: what is asked, what comes out, and what it costs."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from loopback import Loopback, player
from loopback_wires import Asked, Call, Reply
from model_cases import (
    KEYS,
    NAMES,
    NOW,
    PRICE,
    Heard,
    answered,
    asking_by_wire,
    backend,
    each_wire,
    failed,
    request,
)

from orchestrator.agents.model import ModelBackend
from orchestrator.agents.model.background import Background
from orchestrator.errors import WorkspaceError
from orchestrator.model.action import Basis, Trouble, Usage
from orchestrator.model.agent import AgentExtras
from orchestrator.model.settings import Model, Price, Provider, ProviderKind

NOTE = (
    "The text of your answer becomes the file listing.md, as it stands: write the whole of the file, nothing before it"
    " and nothing after it, and put no fence around it."
)
OPEN_SCHEMA = {"type": "object", "properties": {"by": {"type": "object", "additionalProperties": {"type": "integer"}}}}
LIST_SCHEMA = {"type": "array", "items": {"type": "string"}, "minItems": 1}
wire, asking = each_wire, asking_by_wire


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_text_of_the_answer_is_the_file(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="# A mug\n\nFor slow mornings.")) as server:
        answer = answered(asking.run(request(wire, server.address)))
        (asked,) = server.asked
    assert answer.files == {"listing.md": b"# A mug\n\nFor slow mornings.\n"}
    assert answer.stop == "stop"
    assert asked.system == f"You write product copy.\n\n{NOTE}"
    assert asked.prompt == "Write the listing.\n\nAnswer with the whole of listing.md and nothing else."
    assert asked.is_streamed
    assert asked.tools == {}
    assert asked.body["model"] == NAMES[wire].partition(":")[2]


def test_a_fence_around_the_whole_answer_is_taken_off(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="```markdown\n# A mug\n```\n")) as server:
        answer = answered(asking.run(request(wire, server.address)))
    assert answer.files == {"listing.md": b"# A mug\n"}


def test_data_with_a_schema_is_written_by_the_one_emitter(asking: ModelBackend, wire: str) -> None:
    said = {"by": {"no": 1, "größe": 2}}
    with Loopback(Reply(value=said)) as server:
        for path, content in (
            ("tally.yaml", 'by:\n  "no": 1\n  "größe": 2\n'),
            ("tally.json", '{\n  "by": {\n    "no": 1,\n    "größe": 2\n  }\n}\n'),
        ):
            asked = request(wire, server.address, writes=(path,), schemas={path: OPEN_SCHEMA})
            assert answered(asking.run(asked)).files == {path: content.encode()}
        assert server.asked[0].is_by_tool  # a schema that leaves keys open is no native output
        assert server.asked[0].schema is not None


def test_data_that_is_no_mapping_is_asked_for_under_a_key(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(value={"value": ["a", "b"]})) as server:
        asked = request(wire, server.address, writes=("tags.yaml",), schemas={"tags.yaml": LIST_SCHEMA})
        assert answered(asking.run(asked)).files == {"tags.yaml": b"- a\n- b\n"}


def test_several_files_come_as_a_list_and_pictures_drawn_afterwards_are_not_asked_for(
    asking: ModelBackend, wire: str
) -> None:
    files = {"listing.md": "# A mug\n", "design.svg": "<svg/>", "design.png": "never", "notes/a.md": "one"}
    with Loopback(player(files)) as server:
        asked = request(
            wire,
            server.address,
            writes=("listing.md", "design.svg", "design.png"),
            extras=AgentExtras(renders={"design.png": "design.svg"}),
        )
        answer = answered(asking.run(asked))
        (seen,) = server.asked
    assert seen.note == (
        "Your answer is a list of files, for each its path and the whole of its content. You may write: listing.md,"
        " design.svg. Leave out a file that is to stay as it is. design.png is drawn from design.svg afterwards; do not"
        " write it."
    )
    assert answer.files == {"listing.md": b"# A mug\n", "design.svg": b"<svg/>\n"}


def test_a_file_that_the_step_does_not_write_is_not_taken(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(value={"files": [{"path": "../x.md", "content": "x"}]})) as server:
        found = failed(asking.run(request(wire, server.address, writes=("notes/*.md",))))
    assert found.trouble == Trouble.WORK
    assert "'../x.md' is none of the files to write: notes/*.md" in found.message


def test_a_number_that_is_none_is_no_data(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(value={"by": {"a": float("nan")}})) as server:
        asked = request(wire, server.address, writes=("tally.yaml",), schemas={"tally.yaml": {"type": "object"}})
        found = failed(asking.run(asked))
    assert found.trouble == Trouble.WORK
    assert "the answer does not fit: the answer:1:" in found.message


def test_a_text_is_not_handed_in_by_a_tool_that_nobody_offered(asking: ModelBackend, wire: str) -> None:
    with Loopback([Reply(calls=(Call("final_result", {"a": 1}),)), Reply(text="# A mug")]) as server:
        assert answered(asking.run(request(wire, server.address))).files == {"listing.md": b"# A mug\n"}


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_tokens_are_priced_and_cached_ones_at_their_own_price(asking: ModelBackend, wire: str) -> None:
    reply = Reply(text="x", tokens_in=1_000, tokens_out=200, cache_read=600, cache_write=100)
    with Loopback(reply) as server:
        usage = answered(asking.run(request(wire, server.address))).usage
    written = {"openai": 0, "anthropic": 100}[wire]
    cost = ((400 - written) * 1.0 + 600 * 0.1 + written * 1.25 + 200 * 5.0) / 1e6
    assert usage == Usage(1_000, 200, cost, usage.duration_ms, Basis.PRICED, 600, written)


def test_a_price_that_nobody_knows_costs_what_was_reserved(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="x")) as server:
        usage = answered(asking.run(request(wire, server.address, price=None, reserved=0.3))).usage
    assert usage == Usage(100, 20, 0.3, usage.duration_ms, Basis.UNKNOWN)


def test_tokens_that_a_server_does_not_report_are_estimated(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="word " * 80, has_usage=False)) as server:
        usage = answered(asking.run(request(wire, server.address))).usage
    assert (usage.tokens_in, usage.tokens_out) == (66, 100)


def test_a_free_model_costs_nothing(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="x")) as server:
        usage = answered(asking.run(request(wire, server.address, price=Price(input=0, output=0)))).usage
    assert (usage.cost_usd, usage.basis) == (0.0, Basis.PRICED)


def test_progress_is_told_while_the_answer_comes_in(asking: ModelBackend, wire: str) -> None:
    heard: Heard = []
    with Loopback(Reply(text="word " * 2_000)) as server:
        answered(asking.run(request(wire, server.address, heard=heard)))
    assert heard
    assert all(each.cost_usd >= each.tokens_out * PRICE.output / 1e6 - 1e-12 for each in heard)
    assert [each.tokens_out for each in heard] == sorted(each.tokens_out for each in heard)


def test_the_transcript_is_lines_of_json(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="# A mug")) as server:
        answer = answered(asking.run(request(wire, server.address)))
    assert [json.loads(line) for line in answer.transcript.splitlines()] == [
        {"system": f"You write product copy.\n\n{NOTE}"},
        {"prompt": "Write the listing.\n\nAnswer with the whole of listing.md and nothing else."},
        {"answer": "# A mug", "stop": "stop", "usage": {"in": 100, "out": 20, "cache_read": 0, "cache_write": 0}},
    ]


def test_no_more_tokens_are_asked_for_than_the_agent_and_the_model_allow(asking: ModelBackend, wire: str) -> None:
    with Loopback(Reply(text="x")) as server:
        answered(asking.run(request(wire, server.address, extras=AgentExtras(max_output_tokens=77))))
        body = server.asked[0].body
    assert body.get("max_completion_tokens", body.get("max_tokens")) == 77


# --- keys and addresses ----------------------------------------------------------------------------------------------


def test_nothing_of_the_environment_reaches_the_wire_but_the_key_that_is_named(
    wire: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaks = {
        "OPENAI_API_KEY": "leak-1",
        "OPENAI_ORG_ID": "leak-2",
        "OPENAI_PROJECT_ID": "leak-3",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/leak-4",
        "OPENAI_CUSTOM_HEADERS": "x-leak: leak-5",
        "ANTHROPIC_API_KEY": "leak-6",
        "ANTHROPIC_AUTH_TOKEN": "leak-7",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/leak-8",
        "ANTHROPIC_CUSTOM_HEADERS": "x-leak: leak-9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    for name, value in leaks.items():
        monkeypatch.setenv(name, value)
    provider = Provider(key="OUR_KEY")
    with Loopback(Reply(text="x")) as server, backend(wire, provider=provider, keys={"OUR_KEY": "sk-ours"}) as asking:
        answered(asking.run(request(wire, server.address)))
        (asked,) = server.asked
    assert "sk-ours" in (asked.headers.get("authorization", "") + asked.headers.get("x-api-key", ""))
    assert "leak" not in json.dumps([dict(asked.headers), dict(asked.body)])


def test_a_server_of_ones_own_is_never_sent_the_key_that_is_meant_for_the_provider(
    asking: ModelBackend, wire: str
) -> None:
    with Loopback(Reply(text="x")) as server:
        answered(asking.run(request(wire, server.address)))
        (asked,) = server.asked
    assert not any(secret in value for secret in KEYS.values() for value in asked.headers.values())


def test_a_proxy_is_asked_where_the_environment_that_is_handed_in_names_one(wire: str) -> None:
    with Loopback(Reply(text="x")) as server:
        environ = {"HTTP_PROXY": server.address, "NO_PROXY": "localhost, .inside.invalid"}
        with backend(wire, environ=environ) as asking:
            answered(asking.run(request(wire, "http://models.invalid")))
            found = failed(asking.run(request(wire, "http://shed.inside.invalid")))
        (asked,) = server.asked
    assert asked.path.startswith("http://models.invalid/v1/")
    assert "(shed.inside.invalid) cannot be reached" in found.message


def test_an_address_of_the_model_goes_before_that_of_its_provider(wire: str) -> None:
    provider = Provider(base_url="http://127.0.0.1:9/v1")
    with Loopback(Reply(text="x")) as server, backend(wire, provider=provider) as asking:
        answered(asking.run(request(wire, server.address)))


def test_a_provider_of_any_name_speaks_the_wire_that_the_settings_say() -> None:
    with Loopback(Reply(text="x")) as server:
        provider = Provider(kind=ProviderKind.OPENAI, base_url=f"{server.address}/v1")
        with ModelBackend("shed", provider, key=lambda _: None, environ={}, clock=lambda: NOW) as asking:
            said = request("openai", "http://unused.invalid")
            model = Model(name="shed:llama3:8b", price=PRICE)
            answered(asking.run(replace(said, model=model)))
        assert server.asked[0].body["model"] == "llama3:8b"


def test_a_provider_that_nobody_knows_is_refused_with_what_to_write() -> None:
    with pytest.raises(WorkspaceError) as caught:
        ModelBackend("opnai", None, key=lambda _: None, environ={}, clock=lambda: NOW)
    assert str(caught.value) == (
        "nobody knows how to reach the provider 'opnai'\nhint: did you mean \"openai\"?; or say what it speaks, in"
        " orchestrator.yaml: providers: {opnai: {kind: openai, base_url: 'https://…/v1'}}"
    )


def test_a_key_that_is_not_set_is_known_before_anything_is_asked(wire: str) -> None:
    asking = backend(wire, keys={})
    with pytest.raises(WorkspaceError) as caught:
        asking.check(Model(name=NAMES[wire]))
    name = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}[wire]
    assert str(caught.value) == (
        f"the key of {wire} is not set\nhint: set the environment variable {name}, or name another under"
        f" providers.{wire}.key"
    )


# --- many at once ----------------------------------------------------------------------------------------------------


def test_many_threads_ask_at_once_over_one_backend(asking: ModelBackend, wire: str) -> None:
    together = threading.Barrier(16)

    def ask(number: int) -> bytes:
        together.wait(10)
        said = request(wire, server.address, prompt=f"Number {number}.")
        return answered(asking.run(said)).files["listing.md"]

    def script(asked: Asked) -> Reply:
        return Reply(text=asked.prompt)

    with Loopback(script) as server, ThreadPoolExecutor(16) as pool:
        said = list(pool.map(ask, range(16)))
    assert said == [f"Number {number}.\n".encode() for number in range(16)]


def test_an_interrupt_ends_the_call_and_goes_on_to_whoever_called() -> None:
    ended = threading.Event()

    async def work() -> None:
        caller = threading.main_thread().ident or 0
        while sys._current_frames()[caller].f_code.co_name != "wait":
            await asyncio.sleep(0)
        signal.pthread_kill(caller, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        Background().run(work())
    assert ended.wait(10)


def test_importing_the_backend_and_the_cli_imports_no_sdk() -> None:
    heavy = ("pydantic_ai", "openai", "anthropic", "httpx2", "mcp", "jsonschema")
    program = (
        "import orchestrator.agents.model, orchestrator.cli.root, sys;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout == "[]\n"
