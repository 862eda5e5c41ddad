"""Tools of MCP servers, with a real one over stdio: granted by name, called, failing, and gone at the end."""

import os
import sys
from pathlib import Path

import pytest
from loopback import Loopback
from loopback_wires import Call, Reply
from model_cases import WIRES, answered, backend, failed, request

from orchestrator.agents.model.tools import Grant, granted
from orchestrator.errors import WorkspaceError
from orchestrator.model.action import Trouble
from orchestrator.model.agent import Agent, AgentExtras
from orchestrator.model.settings import McpServer

PROGRAM = Path(__file__).with_name("mcp_server.py")
ENVIRON = {"PATH": os.defpath, "SCALES_TOKEN": "t0ken", "AWS_SECRET_ACCESS_KEY": "never"}
HARMLESS = {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def servers(log: Path) -> dict[str, McpServer]:
    argv = (sys.executable, "-I", "-S", str(PROGRAM), str(log))
    return {"scales": McpServer(argv=argv, env=("SCALES_TOKEN",))}


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_agent_calls_the_tools_of_the_servers_that_it_names(
    wire: str, servers: dict[str, McpServer], log: Path
) -> None:
    replies = [
        Reply(calls=(Call("mcp__scales__weigh", {"thing": "mug"}),)),
        Reply(calls=(Call("mcp__scales__burn"), Call("mcp__scales__nothing"))),
        Reply(text="It weighs 300 g."),
    ]
    with Loopback(replies) as server, backend(wire, mcp=servers, environ=ENVIRON) as asking:
        answer = answered(asking.run(request(wire, server.address, extras=AgentExtras(mcp=("scales",)))))
        told = str(server.asked[2].body["messages"])
    assert answer.files == {"listing.md": b"It weighs 300 g.\n"}
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (300, 60)
    assert set(server.asked[0].tools) == {"mcp__scales__weigh", "mcp__scales__burn", "mcp__scales__leave"}
    assert "mug: 300 g" in told
    assert "The tool failed: it burns" in told
    assert "There is no tool" in told
    first, *rest = log.read_text().splitlines()
    assert rest == ["calls weigh", "calls burn", "ends"]
    assert "SCALES_TOKEN" in first
    assert set(first.split()) - {"sees", "SCALES_TOKEN", "LC_CTYPE"} <= HARMLESS


def test_a_server_that_ends_in_mid_call_is_a_tool_that_failed(wire: str, servers: dict[str, McpServer]) -> None:
    with (
        Loopback([Reply(calls=(Call("mcp__scales__leave"),)), Reply(text="# A mug")]) as server,
        backend(wire, mcp=servers, environ=ENVIRON) as asking,
    ):
        answer = answered(asking.run(request(wire, server.address, tools=("mcp__scales__leave",))))
        assert list(server.asked[0].tools) == ["mcp__scales__leave"]
        assert "The tool failed: 'Connection closed'" in str(server.asked[1].body["messages"])
    assert answer.files == {"listing.md": b"# A mug\n"}


def test_a_server_is_gone_when_the_attempt_fails(servers: dict[str, McpServer], log: Path) -> None:
    with Loopback(Reply(status=500)) as server, backend("openai", mcp=servers, environ=ENVIRON) as asking:
        found = failed(asking.run(request("openai", server.address, tools=("mcp__scales",))))
    assert (found.trouble, found.message) == (Trouble.OUTAGE, "openai:gpt-5.2 answered 500: 'something is wrong'")
    assert log.read_text().splitlines()[-1] == "ends"


def test_a_server_is_gone_when_the_time_is_over(servers: dict[str, McpServer], log: Path) -> None:
    extras = AgentExtras(mcp=("scales",), timeout=1)
    with Loopback(Reply(silent_after=0)) as server, backend("openai", mcp=servers, environ=ENVIRON) as asking:
        found = failed(asking.run(request("openai", server.address, extras=extras)))
    assert (found.trouble, found.message) == (Trouble.OUTAGE, "openai:gpt-5.2 was not done after 1 s (timeout)")
    assert log.read_text().splitlines()[-1] == "ends"


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (McpServer(argv=("/nowhere/scales",)), "cannot be had: 'No such file or directory'; look at mcp in"),
        (McpServer(argv=("/bin/false",)), "cannot be had: 'Connection closed'; look at mcp in"),
        (McpServer(argv=("/bin/cat",), env=("NOT_SET",)), "is to see NOT_SET, which is not set; set it, or take it"),
        (McpServer(url="http://127.0.0.1:9/mcp"), "cannot be had: "),
    ],
)
def test_a_server_that_cannot_be_had_is_denied_before_any_money_is_spent(server: McpServer, message: str) -> None:
    with (
        Loopback(Reply(text="x")) as provider,
        backend("openai", mcp={"scales": server}, environ=ENVIRON) as asking,
    ):
        found = failed(asking.run(request("openai", provider.address, tools=("mcp__scales",))))
        assert provider.asked == []
    assert (found.trouble, found.usage.cost_usd) == (Trouble.DENIED, 0.0)
    assert found.message.startswith(f"the MCP server scales {message}")


def test_a_server_that_the_settings_do_not_know_is_denied() -> None:
    with Loopback(Reply(text="x")) as server, backend("openai") as asking:
        found = failed(asking.run(request("openai", server.address, tools=("mcp__scales",))))
    assert (
        found.message
        == "no MCP server 'scales' in orchestrator.yaml on the base; add it under mcp in orchestrator.yaml"
    )


@pytest.mark.parametrize(
    ("tools", "own", "settings", "taken"),
    [
        ((), ("a",), None, None),
        (("mcp__a",), (), None, None),
        (("Read", "mcp__a__x"), (), None, {"x"}),
        ("Read, mcp__a__x, mcp__a__y", (), None, {"x", "y"}),
        (("mcp__a__x", "mcp__a"), (), None, None),
        (("mcp__a__*",), (), ("y",), {"y"}),
        (("mcp__a__x",), ("a",), ("x", "y"), {"x", "y"}),
        (("mcp__a__x", "mcp__a__z"), (), ("x", "y"), {"x"}),
    ],
)
def test_an_agent_file_asks_for_tools_and_the_settings_bound_them(
    tools: tuple[str, ...] | str, own: tuple[str, ...], settings: tuple[str, ...] | None, taken: set[str] | None
) -> None:
    server = McpServer(argv=("a",), tools=settings)
    agent = Agent(name="writer", tools=tools, extras=AgentExtras(mcp=own))
    assert granted(agent, {"a": server}) == (Grant("a", server, None if taken is None else frozenset(taken)),)


def test_tools_left_out_mean_none() -> None:
    assert granted(Agent(name="writer", tools=("Read", "Write", "mcpx")), {}) == ()


def test_a_server_whose_name_is_nearly_right_is_named() -> None:
    with pytest.raises(WorkspaceError) as caught:
        granted(Agent(name="writer", tools=("mcp__scale",)), {"scales": McpServer(argv=("a",))})
    assert "scales" in str(caught.value.hint)
