"""A server of tools over stdio, by the Model Context Protocol: one JSON-RPC message a line. For tests; stdlib alone.

`python mcp_server.py LOG` notes in the file LOG what it sees of the environment, each call, and its end.
"""

import json
import os
import sys
from pathlib import Path

TOOLS = [
    {
        "name": "weigh",
        "description": "Return the weight of a thing in grams.",
        "inputSchema": {"type": "object", "properties": {"thing": {"type": "string"}}, "required": ["thing"]},
    },
    {"name": "burn", "description": "Fail.", "inputSchema": {"type": "object", "properties": {}}},
    {"name": "leave", "description": "End the server.", "inputSchema": {"type": "object", "properties": {}}},
]


def result(method: str, params: dict[str, object]) -> dict[str, object] | None:
    """Return what is answered to a request; None for one that is not known."""
    if method == "initialize":
        info = {"name": "scales", "version": "1"}
        return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": info}
    if method == "tools/list":
        return {"tools": TOOLS}
    if method != "tools/call":
        return None
    if params["name"] == "leave":
        os._exit(3)
    if params["name"] == "burn":
        return {"content": [{"type": "text", "text": "it burns"}], "isError": True}
    arguments = params["arguments"]
    assert isinstance(arguments, dict)
    return {"content": [{"type": "text", "text": f"{arguments['thing']}: {len(arguments['thing'])}00 g"}]}


def main(log: Path) -> None:
    with log.open("a") as file:
        file.write(f"sees {' '.join(sorted(os.environ))}\n")  # noqa: TID251  # what this is about
        file.flush()
        for line in sys.stdin:
            message = json.loads(line)
            if message["method"] == "tools/call":
                file.write(f"calls {message['params']['name']}\n")
                file.flush()
            if "id" not in message:
                continue
            found = result(message["method"], message.get("params") or {})
            said = {"result": found} if found is not None else {"error": {"code": -32601, "message": "no such method"}}
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **said}) + "\n")
            sys.stdout.flush()
        file.write("ends\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
