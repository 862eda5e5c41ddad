"""`mcp__server__tool`: how an agent's file names the tools of an MCP server. Pure text; the one reader of that form.

As Claude Code's agent files have it (code.claude.com/docs/en/mcp): `mcp__server` and `mcp__server__*` are all tools of
a server, `mcp__server__tool` is one. A server's name has no `__` in it, and `_` neither first nor last, so that there
is one way alone to read it. A tool's name is of the characters that the MCP specification names, and `/`.
"""

import re
from dataclasses import dataclass

_SERVER = r"[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*"
_NAMED = re.compile(rf"mcp__(?P<server>{_SERVER})(?:__(?P<tool>\*|[A-Za-z0-9_./-]{{1,128}}))?")


@dataclass(frozen=True, slots=True)
class McpName:
    """A server, and one tool of it; None for all of them."""

    server: str
    tool: str | None


def mcp_name(word: str) -> McpName | None:
    """Return what a word of an agent's `tools` names; None where it is of another form, and so names no such tool."""
    found = _NAMED.fullmatch(word.strip())
    if found is None:
        return None
    return McpName(found["server"], None if found["tool"] == "*" else found["tool"])
