"""A provider of models on loopback: OpenAI's chat completions and Anthropic's messages, streamed or not, as scripted.

`python loopback.py --port 0` prints its address and answers every call after half a second, for demos and the bench.
"""

import argparse
import asyncio
import json
import re
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import TracebackType

from loopback_wires import Asked, Reply, events_of, fault_of, whole_of

Script = Callable[[Asked], Reply]
"""What is answered to a call. It runs on the server's own thread."""

PATHS = {"/chat/completions": "openai", "/messages": "anthropic"}


class Loopback:
    """A server on 127.0.0.1 for as long as it is entered. `asked` holds every call, in order."""

    def __init__(self, script: Script | Reply | Sequence[Reply], *, port: int = 0) -> None:
        self._script = script if callable(script) else in_turn(script)
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._at_once = 0

    def __enter__(self) -> "Loopback":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loopback", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def address(self) -> str:
        """Return what goes before `/v1/…`."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def play(self, request: Mapping[str, object], wire: str = "openai") -> Reply:
        """Return what would be answered to the JSON of a request."""
        return self._script(Asked(wire, "", {}, request))

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._met, "127.0.0.1", self._port, backlog=512)

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._answered(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = await _read(reader)
        if asked is None:
            return False
        self.asked.append(asked)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await _send(self._script(asked), asked, reader, writer)
        finally:
            self._at_once -= 1


def in_turn(replies: Reply | Sequence[Reply]) -> Script:
    """Answer with one reply after the other; the last of them again and again."""
    left = [replies] if isinstance(replies, Reply) else list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def player(files: Mapping[str, object], *, delay: float = 0.0) -> Script:
    """Answer as a model does that was asked for files: with what `files` says of those that the request wants.

    A value is a text, the data of a file that is asked for with a schema, or a list of such: one for each time.
    """
    left = {path: list(said) if isinstance(said, list) else [said] for path, said in files.items()}
    lock = threading.Lock()

    def taken(path: str) -> object:
        with lock:
            return left[path].pop(0) if len(left[path]) > 1 else left[path][0]

    def script(asked: Asked) -> Reply:
        names = [path for path in left if _names(asked.note, path)] or [p for p in left if _names(asked.prompt, p)]
        if not names:
            return Reply(text="I was asked for no file that I know.", delay=delay)
        if asked.wants_files:
            names = [path for path in names if asked.paths is None or path in asked.paths]
            return Reply(value={"files": [{"path": path, "content": taken(path)} for path in names]}, delay=delay)
        said = taken(names[0])
        return Reply(text=said, delay=delay) if isinstance(said, str) else Reply(value=said, delay=delay)

    return script


def _names(text: str, path: str) -> bool:
    return re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w/-]|\.\w)", text) is not None


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    line = await reader.readline()
    if not line:
        return None
    _, path, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    wire = next((wire for end, wire in PATHS.items() if path.partition("?")[0].endswith(end)), "")
    return Asked(wire, path, headers, json.loads(body) if body else {})


async def _send(reply: Reply, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    if reply.delay:
        await asyncio.sleep(reply.delay)
    if reply.is_dropped:
        writer.transport.abort()
        return False
    if not asked.wire and reply.raw is None and reply.status == HTTPStatus.OK:
        reply = Reply(status=404, message="no such path")
    if reply.status != HTTPStatus.OK or reply.raw is not None or not asked.is_streamed:
        _send_whole(reply, asked, writer)
        await writer.drain()
        return True
    return await _send_stream(reply, asked, reader, writer)


def _send_whole(reply: Reply, asked: Asked, writer: asyncio.StreamWriter) -> None:
    if reply.raw is not None:
        body = reply.raw
    elif reply.status != HTTPStatus.OK:
        body = json.dumps(fault_of(reply, asked)).encode()
    else:
        body = json.dumps(whole_of(reply, asked)).encode()
    headers = {"content-type": reply.content_type or "application/json", "content-length": str(len(body))}
    writer.write(_head(reply, headers) + body)


def _head(reply: Reply, headers: Mapping[str, str]) -> bytes:
    phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Overloaded"
    lines = [f"{name}: {value}" for name, value in {**headers, **reply.headers}.items()]
    return "\r\n".join([f"HTTP/1.1 {reply.status} {phrase}", *lines, "", ""]).encode("latin-1")


async def _send_stream(reply: Reply, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    writer.write(_head(reply, {"content-type": "text/event-stream", "transfer-encoding": "chunked"}))
    for number, event in enumerate(events_of(reply, asked)):
        if number == reply.silent_after:
            await writer.drain()
            await reader.read()  # until the other side has had enough
            return False
        if number == reply.cut_after:
            break
        writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        if reply.endless:
            await writer.drain()  # as fast as it is read
    if reply.cut_after is not None and not reply.is_clean_cut:
        await writer.drain()
        writer.transport.abort()
        return False
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


def main(arguments: list[str]) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds before an answer")
    parser.add_argument("--files", help="a JSON file: path → text, for the files that are asked for")
    said = parser.parse_args(arguments)
    files: dict[str, object] = {}
    if said.files:
        with open(said.files, encoding="utf-8") as file:
            files = json.load(file)
    plain = Reply(text="# A page\n\nOne paragraph of a page.\n", delay=said.delay)
    with Loopback(player(files, delay=said.delay) if files else plain, port=said.port) as server:
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
