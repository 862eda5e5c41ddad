"""How the tools of MCP servers are named in an agent's file."""

import pytest

from orchestrator.model.mcp_names import McpName, mcp_name


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("mcp__srv", McpName("srv", None)),
        (" mcp__srv ", McpName("srv", None)),
        ("mcp__srv__*", McpName("srv", None)),
        ("mcp__srv__do", McpName("srv", "do")),
        ("mcp__srv__a/b.c-d", McpName("srv", "a/b.c-d")),
        ("mcp__a_b__c__d", McpName("a_b", "c__d")),
        ("mcp__a__b__c", McpName("a", "b__c")),
        ("mcp__srv___odd", McpName("srv", "_odd")),
    ],
)
def test_a_server_is_named_and_all_of_its_tools_or_one(word: str, meant: McpName) -> None:
    assert mcp_name(word) == meant


@pytest.mark.parametrize(
    "word",
    [
        "",
        "Read",
        "mcp__",
        "mcp__srv__",
        "mcp__srv_",
        "mcp___srv",
        "mcp__my.srv__x",
        "mcp__srv__do it",
        "mcp__srv__get_*",
    ],
)
def test_a_word_of_another_form_names_no_tool(word: str) -> None:
    assert mcp_name(word) is None
