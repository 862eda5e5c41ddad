"""No budget is passed within an attempt: each further call is weighed, and what is no figure is not counted."""

import gc
import sys
from pathlib import Path
from types import AsyncGeneratorType

import pytest
from loopback import Loopback
from loopback_wires import Call, Reply
from model_cases import KEYS, NAMES, NOW, PRICE, SCORED, answered, backend, each_wire, failed, request

from orchestrator.agents.interface import Request
from orchestrator.agents.model import ModelBackend
from orchestrator.agents.model.spending import Tokens, figure, told, usage_of
from orchestrator.errors import WorkspaceError
from orchestrator.model.action import Trouble
from orchestrator.model.agent import AgentExtras
from orchestrator.model.settings import McpServer, Model, Price

PROGRAM = Path(__file__).with_name("mcp_server.py")
FIRST, SECOND = Reply(value={"score": "high"}, tokens_out=990), Reply(value={"score": 7}, tokens_out=990)
ONLY_OUTPUT = Price(input=0, output=100)
wire = each_wire


@pytest.fixture
def servers(tmp_path: Path) -> dict[str, McpServer]:
    return {"scales": McpServer(argv=(sys.executable, "-I", "-S", str(PROGRAM), str(tmp_path / "log")))}


def review(wire: str, address: str, *, reserved: float) -> Request:
    """Return a request for a scored review, of which only what comes out costs anything."""
    return request(
        wire,
        address,
        writes=("review.yaml",),
        schemas={"review.yaml": SCORED},
        extras=AgentExtras(max_output_tokens=1_000),
        price=ONLY_OUTPUT,
        reserved=reserved,
    )


# --- a further call --------------------------------------------------------------------------------------------------


def test_an_answer_that_does_not_fit_is_not_sent_back_where_that_is_not_paid_for(wire: str) -> None:
    with Loopback([FIRST, SECOND]) as server, backend(wire) as asking:
        found = failed(asking.run(review(wire, server.address, reserved=0.1)))
        assert len(server.asked) == 1
    assert (found.trouble, found.usage.cost_usd) == (Trouble.WORK, 0.099)
    assert found.message == (
        f"{NAMES[wire]}: the answer does not fit: score is to be a whole number, and is the text 'high'; it says"
        ' \'{"score": "high"}\'; it was not asked to mend it: it may cost $0.1000, and $0.0990 of the $0.1000'
        " reserved for the attempt is spent"
    )


def test_an_answer_that_does_not_fit_is_sent_back_where_what_is_reserved_pays_for_it(wire: str) -> None:
    with Loopback([FIRST, SECOND]) as server, backend(wire) as asking:
        answer = answered(asking.run(review(wire, server.address, reserved=0.199)))
    assert answer.usage.cost_usd == pytest.approx(0.198)


def test_what_a_tool_says_counts_before_the_next_call(wire: str, servers: dict[str, McpServer]) -> None:
    replies = [Reply(calls=(Call("mcp__scales__weigh", {"thing": "x" * 40_000}),)), Reply(text="never")]
    with Loopback(replies) as server, backend(wire, mcp=servers) as asking:
        said = request(
            wire,
            server.address,
            extras=AgentExtras(mcp=("scales",), max_output_tokens=1_000),
            price=Price(input=10, output=10),
            reserved=0.1,
        )
        found = failed(asking.run(said))
        assert len(server.asked) == 1
    assert (found.trouble, round(found.usage.cost_usd, 9)) == (Trouble.WORK, 0.0012)
    assert found.message.startswith("cost limit reached mid-step: stopped before the next call; it may cost $0.2")
    assert found.message.endswith(", and $0.0012 of the $0.1000 reserved for the attempt is spent")


def test_what_tools_say_of_themselves_counts_before_the_first_call(wire: str, servers: dict[str, McpServer]) -> None:
    with Loopback(Reply(text="never")) as server, backend(wire, mcp=servers) as asking:
        extras = AgentExtras(mcp=("scales",), max_output_tokens=100)
        found = failed(asking.run(request(wire, server.address, extras=extras, reserved=0.0011)))
        assert server.asked == []
    assert (found.trouble, found.usage.cost_usd) == (Trouble.DENIED, 0.0)
    assert found.message.startswith(
        f"{NAMES[wire]} was not asked: what its tools say of themselves counts too; it may cost $0.00"
    )
    assert found.message.endswith("is spent; grant fewer tools, or a larger budget")


def test_where_nobody_knows_the_price_the_turns_alone_bound_the_calls() -> None:
    with Loopback(Reply(calls=(Call("nothing"),))) as server, backend("openai") as asking:
        said = request("openai", server.address, extras=AgentExtras(max_turns=3), price=None, reserved=0.01)
        assert failed(asking.run(said)).usage.cost_usd == 0.01
        assert len(server.asked) == 3


# --- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        (7, 7),
        (0, 0),
        (10**12, 10**12),
        (10**12 + 1, 0),
        (-1, 0),
        (True, 0),
        (7.0, 0),
        (float("nan"), 0),
        (float("inf"), 0),
        ("7", 0),
        (None, 0),
    ],
)
def test_only_a_whole_number_within_belief_is_a_count_of_tokens(said: object, counted: int) -> None:
    assert figure(said) == counted


def test_more_cached_tokens_than_there_were_are_no_figure() -> None:
    assert told(100, 5, 60, 40) == Tokens(100, 5, 60, 40)
    assert told(100, 5, 60, 41) == Tokens(100, 5)


def test_no_sum_of_figures_is_beyond_belief_either() -> None:
    most = Tokens(10**12, 10**12, 10**12, 10**12)
    usage = usage_of(most + most, Model(name="a:b", price=PRICE), 0.0, 0.0)
    assert {usage.tokens_in, usage.tokens_out, usage.cache_read, usage.cache_write} == {10**12}


def test_a_figure_that_is_none_is_estimated_in_place_of_it(wire: str) -> None:
    with Loopback(Reply(text="word " * 80, tokens_in=10**13, tokens_out=10**13)) as server, backend(wire) as asking:
        usage = answered(asking.run(request(wire, server.address))).usage
    assert (usage.tokens_in, usage.tokens_out) == (66, 100)


# --- what is left open, and what cannot be opened --------------------------------------------------------------------


def test_an_answer_without_end_leaves_nothing_open_that_read_it() -> None:
    gc.collect()
    gc.disable()
    try:
        with Loopback(Reply(text="again " * 15_000, endless=True)) as server, backend("openai") as asking:
            found = failed(asking.run(request("openai", server.address)))
        left = [each.__qualname__ for each in gc.get_objects() if type(each) is AsyncGeneratorType and each.ag_frame]
    finally:
        gc.enable()
    assert found.message.endswith("went on past 1,000,000 characters: stopped")
    assert [name for name in left if name.startswith(("Response.", "_Bounded."))] == []


@pytest.mark.parametrize(
    ("address", "environ", "message"),
    [
        (
            "http://[::1",
            {},
            "'http://[::1/v1' is no address that can be asked\nhint: look at base_url in orchestrator.yaml",
        ),
        (
            "http://h:99999",
            {},
            "'http://h:99999/v1' is no address that can be asked\nhint: look at base_url in orchestrator.yaml",
        ),
        (
            "http://h.invalid",
            {"HTTP_PROXY": "nowhere"},
            "the proxy for 'http://h.invalid/v1' cannot be used\n"
            "hint: look at HTTPS_PROXY, HTTP_PROXY and ALL_PROXY: http://host:port",
        ),
        (
            "http://h.invalid",
            {"SSL_CERT_FILE": "/nowhere"},
            "the roots in SSL_CERT_FILE cannot be used: 'No such file or directory'\n"
            "hint: let it name a file of certificates, or set it no more",
        ),
    ],
)
def test_what_cannot_be_opened_is_known_before_anything_is_asked(
    wire: str, address: str, environ: dict[str, str], message: str
) -> None:
    base_url = f"{address}/v1"
    model = Model.model_construct(name=NAMES[wire], base_url=base_url, price=PRICE)
    asking = ModelBackend(wire, None, key=KEYS.get, environ=environ, clock=lambda: NOW)
    with pytest.raises(WorkspaceError) as caught:
        asking.check(model)
    assert str(caught.value) == message
