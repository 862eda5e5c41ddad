"""The network of a sandbox: none, or the addresses that were named, through the proxy; and the proxy on its own."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from scratching import ALONE, HELD, python

from orchestrator.model.outside import ScratchCall
from orchestrator.outside.proxy import PORT, Proxy, addresses

pytestmark = pytest.mark.real


class _Model(BaseHTTPRequestHandler):
    """A model's endpoint: says what it was asked; moves whoever asks for `/moved` to another port."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        asked = [self.command, self.path, self.headers["Host"], self.rfile.read(length).decode()]
        odd = [name for name in self.headers if name.lower().startswith("proxy")]
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps([*asked, odd]).encode())

    do_POST = do_GET  # noqa: N815  # the library's name

    def log_message(self, format: str, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def model() -> Iterator[int]:
    """Return the port of a server on this machine's loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


ASK = """
import json, os, socket, sys, urllib.error, urllib.request
port, other = int(os.environ["MODEL"]), int(os.environ["OTHER"])
def asked(port, path="/v1", **more):
    try: return json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20, **more).read())[:2]
    except urllib.error.HTTPError as exc: return exc.code
    except OSError as exc: return "held"
def direct(port):
    try: socket.create_connection(("127.0.0.1", port), 20).close(); return "connected"
    except OSError: return "held"
def tunnel(port):
    proxy = os.environ["HTTPS_PROXY"].rpartition(":")[2]
    with socket.create_connection(("127.0.0.1", int(proxy)), 20) as line:
        line.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\\r\\n\\r\\n" % port)
        said = line.recv(1000).split(b"\\r\\n")[0].decode()
        if " 200 " not in said: return said
        line.sendall(b"GET /tunnel HTTP/1.0\\r\\n\\r\\n")
        return b"".join(iter(lambda: line.recv(1000), b"")).split(b"\\r\\n")[0].decode()
names = sorted(name for name in os.environ if "proxy" in name.lower())
print(json.dumps({
    "ask": asked(port), "post": asked(port, data=b"x" * 300_000), "moved": asked(port, "/moved"), "other": asked(other),
    "tunnel": tunnel(port), "tunnel to another": tunnel(other), "direct": direct(port), "names": names,
}))
"""


def silent() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@pytest.mark.parametrize("name", [*HELD, ALONE, "none"])
def test_it_reaches_the_address_that_is_named_and_no_other(name: str, model: int) -> None:
    with silent() as other:
        port = other.getsockname()[1]
        environ = {"MODEL": str(model), "OTHER": str(port)}
        call = ScratchCall((), {}, environ=environ, network=(f"127.0.0.1:{model}",), timeout=20)
        end = python(name, ASK, call)
    assert end.stderr == b""
    assert json.loads(end.stdout) == {
        "ask": ["GET", "/v1"],
        "post": ["POST", "/v1"],
        "moved": 403,
        "other": 403,
        "tunnel": "HTTP/1.0 200 OK",
        "tunnel to another": "HTTP/1.1 403 Forbidden",
        "direct": "connected" if name == "none" else "held",
        "names": ["HTTPS_PROXY", "HTTP_PROXY", "http_proxy", "https_proxy"],
    }


@pytest.mark.parametrize("name", HELD)
def test_without_an_address_there_is_a_loopback_of_its_own_and_nothing_else(name: str, model: int) -> None:
    script = f"""
import socket
with socket.create_server(("127.0.0.1", 0)) as own:
    socket.create_connection(own.getsockname()).close()
for port in ({model}, {PORT}):
    try: socket.create_connection(("127.0.0.1", port), 20); print("connected")
    except ConnectionRefusedError: print("refused")
try: socket.create_connection(("192.0.2.1", 80), 20)
except OSError as exc: print(exc.strerror)
"""
    end = python(name, script)
    assert (end.stdout, end.stderr) == (b"refused\nrefused\nNetwork is unreachable\n", b"")


# --- the proxy -------------------------------------------------------------------------------------------------------


@contextmanager
def through(*named: str) -> Iterator[socket.socket]:
    with Proxy(named) as proxy, socket.create_connection(("127.0.0.1", proxy.listen()), 20) as line:
        yield line


def answered(line: socket.socket, request: bytes) -> bytes:
    line.sendall(request)
    line.shutdown(socket.SHUT_WR)
    return b"".join(iter(lambda: line.recv(10_000), b""))


def test_a_request_is_passed_on_without_what_was_for_the_proxy(model: int) -> None:
    host = f"127.0.0.1:{model}"
    fields = "Host: elsewhere.example\r\nProxy-Authorization: Basic eA==\r\nContent-Length: 2\r\n"
    with through(host) as line:
        answer = answered(line, f"POST http://{host}/a?b=c HTTP/1.1\r\n{fields}\r\nhi".encode())
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == ["POST", "/a?b=c", host, "hi", []]


def test_a_head_that_comes_byte_by_byte_is_understood(model: int) -> None:
    with through(f"127.0.0.1:{model}") as line:
        for byte in f"GET http://127.0.0.1:{model} HTTP/1.1\r\n\r".encode():
            line.sendall(bytes([byte]))
        answer = answered(line, b"\n")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])[:2] == ["GET", "/"]


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET / HTTP/1.1",
        b"GET https://127.0.0.1/ HTTP/1.1",
        b"GET http://user:word@127.0.0.1:1/ HTTP/1.1",
        b"CONNECT 127.0.0.1 HTTP/1.1",
        b"CONNECT 127.0.0.1:99999 HTTP/1.1",
        b"CONNECT :80 HTTP/1.1",
        b"GET http:// HTTP/1.1",
        b"\x16\x03\x01\x02",
        b"",
    ],
)
def test_what_is_no_request_for_a_proxy_is_refused(request_line: bytes) -> None:
    with through("127.0.0.1:1") as line:
        answer = answered(line, request_line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")


@pytest.mark.parametrize("target", ["127.0.0.1:2", "localhost:1", "127.0.0.1.example:1", "[::1]:1", "127.1:1"])
def test_an_address_is_the_one_that_is_named_to_the_letter(target: str) -> None:
    with through("127.0.0.1:1") as line:
        answer = answered(line, f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")


def test_an_address_that_does_not_answer_is_said() -> None:
    with silent() as free:
        port = free.getsockname()[1]
    with through(f"127.0.0.1:{port}") as line:
        answer = answered(line, f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")


def test_a_head_without_end_is_not_kept() -> None:
    with through("127.0.0.1:1") as line, pytest.raises(ConnectionError):
        line.sendall(b"x" * 100_000_000)


def test_when_it_is_left_every_line_is_cut() -> None:
    with silent() as other:
        named = f"127.0.0.1:{other.getsockname()[1]}"
        with Proxy([named]) as proxy:
            line = socket.create_connection(("127.0.0.1", proxy.listen()), 20)
            line.sendall(f"CONNECT {named} HTTP/1.1\r\n\r\n".encode())
            assert line.recv(1000) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        with line:
            assert line.recv(1000) == b""


def test_addresses_are_read_as_they_are_written() -> None:
    named = ["API.Example.com:443", "127.0.0.1:11434", "[::1]:80", "no-port", "host:0", ":1", "host:x"]
    assert addresses(named) == {("api.example.com", 443), ("127.0.0.1", 11434), ("::1", 80)}
