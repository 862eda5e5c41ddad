"""The one way out of a sandbox: an HTTP proxy that reaches the addresses that were named, and no other.

It listens on a socket that was made inside the sandbox's network and handed out, so nothing else of the network is
reached from there. It understands CONNECT and requests for a whole address (RFC 9110 §9.3.6, RFC 9112 §3.2.2), follows
no redirect, reads no body, and keeps nothing.
"""

import re
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Lock, Thread
from types import TracebackType
from typing import Self

PORT = 3128
"""Where it is found in a network of the sandbox's own."""

_MOST_HEAD = 65_536
_MOST_AT_A_TIME = 64
_PATIENCE = 30.0
"""Seconds for a request's head, and for the other side to take a call."""
_HEAD_LINE = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]")
_WHOLE = re.compile(rb"http://([^/?#\s@]+)((?:[/?][^\s#]*)?)", re.IGNORECASE)
_OURS = (b"host:", b"connection:", b"keep-alive:", b"proxy-")

Address = tuple[str, int]


def addresses(named: Iterable[str]) -> frozenset[Address]:
    """Return `host:port`s as values; a host in brackets is an IPv6 number. What is none of those is left out."""
    found = (_address(each.encode(), None) for each in named)
    return frozenset(each for each in found if each)


def _address(text: bytes, port: int | None) -> Address | None:
    host, _, digits = text.rpartition(b":") if re.search(rb":\d+$", text) else (text, b"", b"")
    number = int(digits) if digits else port
    if not host or number is None or not 0 < number < 65_536:
        return None
    return host.strip(b"[]").decode("ascii", "replace").lower(), number


class Proxy:
    """Serves until it is left; then every line is cut."""

    def __init__(self, named: Iterable[str]) -> None:
        self._allowed = addresses(named)
        self._lock = Lock()
        self._is_over = False
        self._lines: set[socket.socket] = set()
        self._ours, self._theirs = socket.socketpair()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._theirs.close()
        with self._lock:
            self._is_over = True
            lines = [*self._lines, self._ours]
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    @property
    def channel(self) -> int:
        """Return the descriptor over which the sandbox hands its listening socket out."""
        return self._theirs.fileno()

    def expect(self) -> None:
        """Serve on the socket that will be handed out."""
        _start(self._take)

    def listen(self) -> int:
        """Serve on this machine's own loopback, for want of a network of the sandbox's own. Return the port."""
        listening = socket.create_server(("127.0.0.1", 0))
        _start(self._serve, listening)
        return int(listening.getsockname()[1])

    def _take(self) -> None:
        with suppress(OSError):
            _, descriptors, _, _ = socket.recv_fds(self._ours, 1, 1)
            for descriptor in descriptors:
                self._serve(socket.socket(fileno=descriptor))

    def _serve(self, listening: socket.socket) -> None:
        if not self._know(listening):
            return
        with suppress(OSError):  # cut
            while True:
                line, _ = listening.accept()
                if self._know(line):
                    _start(self._answer, line)

    def _know(self, line: socket.socket) -> bool:
        """Remember a line, so that it can be cut. Say whether there may be one more."""
        with self._lock:
            is_welcome = not self._is_over and len(self._lines) < 2 * _MOST_AT_A_TIME
            if is_welcome:
                self._lines.add(line)
        if not is_welcome:
            line.close()
        return is_welcome

    def _forget(self, line: socket.socket) -> None:
        with self._lock:
            self._lines.discard(line)
        line.close()

    def _answer(self, line: socket.socket) -> None:
        try:
            self._forward(line)
        except OSError:  # either side hung up
            return
        finally:
            self._forget(line)

    def _forward(self, line: socket.socket) -> None:
        line.settimeout(_PATIENCE)
        head, rest = _head(line)
        request = _understood(head)
        if request is None:
            _refuse(line, b"400 Bad Request", b"this proxy takes CONNECT and http://HOST/PATH\n")
            return
        address, opening = request
        if address not in self._allowed:
            _refuse(line, b"403 Forbidden", b"this address is not among those that the command's network names\n")
            return
        try:
            other = socket.create_connection(address, _PATIENCE)
        except OSError:
            _refuse(line, b"502 Bad Gateway", b"this address does not answer\n")
            return
        if self._know(other):
            try:
                _join(line, other, opening, rest)
            finally:
                self._forget(other)


def _head(line: socket.socket) -> tuple[bytes, bytes]:
    """Return a request's head, and what came of the body with it. Raises OSError where there is no end of it."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = line.recv(_MOST_HEAD)
        if not piece or len(received) > _MOST_HEAD:
            raise OSError("no request")
        received += piece
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest


def _understood(head: bytes) -> tuple[Address, bytes] | None:
    """Return whom a request is for, and what is said to them first (nothing, for CONNECT); None for what is none."""
    first, *fields = head.split(b"\r\n")
    line = _HEAD_LINE.fullmatch(first)
    if line is None:
        return None
    method, target = line.groups()
    if method == b"CONNECT":
        address = _address(target, None)
        return (address, b"") if address else None
    whole = _WHOLE.fullmatch(target)
    address = _address(whole[1], 80) if whole else None
    if whole is None or address is None:
        return None
    kept = [each for each in fields if not each.lower().startswith(_OURS)]
    path = whole[2] if whole[2].startswith(b"/") else b"/" + whole[2]
    # One request a line: another might be for another host.
    opening = [b"%s %s HTTP/1.1" % (method, path), b"Host: " + whole[1], *kept, b"Connection: close", b"", b""]
    return address, b"\r\n".join(opening)


def _join(line: socket.socket, other: socket.socket, opening: bytes, rest: bytes) -> None:
    for each in (line, other):
        each.settimeout(None)
    if not opening:
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    other.sendall(opening + rest)
    back = _start(_pump, other, line)
    _pump(line, other)
    back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes, to its end; then the other may still say its last."""
    with suppress(OSError):
        while piece := source.recv(_MOST_HEAD):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _refuse(line: socket.socket, status: bytes, why: bytes) -> None:
    head = b"HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    line.sendall(head % (status, len(why)) + why)


def _start(work: Callable[..., None], *arguments: socket.socket) -> Thread:
    thread = Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread
