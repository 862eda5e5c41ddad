"""The HTTP client that the SDKs are handed: it reads no environment, follows no redirect, and takes no end of bytes.

What comes back is to be a stream of events. A page, an error with status 200, a redirect: each is told as what it is.
Nothing is unpacked: what is packed grows a thousandfold after it was counted.
Imported late: it needs httpx2.
"""

import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

import httpx2

from orchestrator.agents.model.faults import Misanswered, excerpt
from orchestrator.errors import WorkspaceError

MOST_BYTES = 100_000_000
"""Of one answer on the wire: a token takes some hundred bytes there."""
MOST_LINES = ContextVar("most lines", default=600_000)
"""Of one answer on the wire; an event has two to four. An SDK takes a quarter of a millisecond for each event."""
_MOST_BODY = 100_000
"""Bytes of an answer that is an error, or no stream of events. What follows is not read."""
IS_CUT = ContextVar("IS_CUT", default=False)
"""Set by a task that has read enough: the body ends, and so does all that reads it, as it would not by giving up."""
_CONNECT = 10.0
"""Seconds until a connection stands. All other waits are bounded by the attempt's own limits."""
_PLAIN = re.compile(r"[a-z0-9./+-]{1,80}")
_STREAMS = ("text/event-stream", "application/vnd.amazon.eventstream")


def timeout() -> httpx2.Timeout:
    """Return the limits of one request, in seconds: only connecting has one of its own."""
    return httpx2.Timeout(None, connect=_CONNECT)


def check(environ: Mapping[str, str], base_url: str) -> None:
    """Raise WorkspaceError where no client can be made for that address: of itself, its proxy or its roots."""
    try:
        is_whole = bool(httpx2.URL(base_url).host and urlsplit(base_url).port != 0)
    except (httpx2.InvalidURL, ValueError):
        is_whole = False
    if not is_whole:
        raise WorkspaceError(
            f"{excerpt(base_url)} is no address that can be asked", hint="look at base_url in orchestrator.yaml"
        )
    try:
        plain_client(environ, base_url)
    except (httpx2.InvalidURL, ValueError, ImportError) as exc:
        said = f"the proxy for {excerpt(base_url)} cannot be used"
        raise WorkspaceError(said, hint="look at HTTPS_PROXY, HTTP_PROXY and ALL_PROXY: http://host:port") from exc
    except OSError as exc:
        said = f"the roots in SSL_CERT_FILE cannot be used: {excerpt(exc.strerror or str(exc))}"
        raise WorkspaceError(said, hint="let it name a file of certificates, or set it no more") from exc


def client(environ: Mapping[str, str], base_url: str) -> httpx2.AsyncClient:
    """Return a client for one address whose answers are streams of events.

    Of the environment that is handed in it takes a proxy and a bundle of roots, and nothing of the process's own.
    """
    made = plain_client(environ, base_url)
    made.event_hooks = {"response": [_looked_at]}
    return made


def plain_client(environ: Mapping[str, str], base_url: str) -> httpx2.AsyncClient:
    """Return a client for one address, whatever it answers with: bounded, and never packed."""
    return httpx2.AsyncClient(
        timeout=timeout(),
        limits=httpx2.Limits(max_connections=1_000, max_keepalive_connections=100),
        proxy=proxy(environ, base_url),
        verify=_roots(environ.get("SSL_CERT_FILE")),
        trust_env=False,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [_bounded]},
    )


@lru_cache(maxsize=8)
def _roots(path: str | None) -> ssl.SSLContext:
    """Loading them takes as long as some calls, and one context does for all clients."""
    return ssl.create_default_context(cafile=path) if path else httpx2.create_ssl_context(trust_env=False)


def proxy(environ: Mapping[str, str], base_url: str) -> str | None:
    """Return the proxy over which an address is asked, None for none."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    if is_loopback(host) or any(_covers(each.strip(), host) for each in _said(environ, "no_proxy").split(",")):
        return None
    return _said(environ, f"{address.scheme}_proxy") or _said(environ, "all_proxy") or None


def _said(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _covers(entry: str, host: str) -> bool:
    plain = entry.removeprefix("*").removeprefix(".")
    return entry == "*" or (plain != "" and (host == plain or host.endswith(f".{plain}")))


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


async def _looked_at(response: httpx2.Response) -> None:
    """Let a stream of events through, bounded, and errors that the SDK tells apart. Raises Misanswered for all else."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if 300 <= response.status_code < 400:
        await response.aclose()
        raise Misanswered("it answered with a redirect", status=response.status_code)
    await _bounded(response)
    if response.is_success and kind and kind not in _STREAMS:
        body = await _beginning(response)
        raise Misanswered(f"it answered with {_named(kind)}, not with a stream of events", body=body)


async def _bounded(response: httpx2.Response) -> None:
    """Have no more read of an answer than is taken. Raises Misanswered where it is packed."""
    packed = response.headers.get("content-encoding", "").strip().lower()
    if packed not in ("", "identity"):
        await response.aclose()
        raise Misanswered(f"it answered with content-encoding {_named(packed)}, which was not asked for")
    body = cast(httpx2.AsyncByteStream, response.stream)
    response.stream = _Bounded(body) if response.is_success else _Cut(body)


def _named(word: str) -> str:
    return word if _PLAIN.fullmatch(word) else excerpt(word)


async def _beginning(response: httpx2.Response) -> str:
    read = b""
    async with aclosing(response.aiter_raw()) as pieces:
        async for piece in pieces:
            read += piece
            if len(read) >= _MOST_BODY:
                break
    await response.aclose()
    return read[:_MOST_BODY].decode("utf-8", "replace")


class _Body(httpx2.AsyncByteStream):
    """A body that is closed with what it is read from."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def aclose(self) -> None:
        await self._body.aclose()


class _Bounded(_Body):
    """A body, to at most so many bytes and lines: one that has more is none."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        most = MOST_LINES.get()
        read = lines = 0
        async with _pieces(self._body) as pieces:
            async for piece in pieces:
                read += len(piece)
                lines += max(piece.count(b"\n"), piece.count(b"\r"))
                if read > MOST_BYTES:
                    raise Misanswered(f"it answered with more than {MOST_BYTES // 1_000_000} MB")
                if lines > most:
                    raise Misanswered(f"it answered with more than {most:,} lines")
                if IS_CUT.get():
                    raise Misanswered("it was cut short")
                yield piece


class _Cut(_Body):
    """The beginning of a body."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _MOST_BODY
        async with _pieces(self._body) as pieces:
            async for piece in pieces:
                yield piece[:left]
                left -= len(piece)
                if left <= 0:
                    return


def _pieces(body: httpx2.AsyncByteStream) -> "aclosing[AsyncGenerator[bytes]]":
    return aclosing(cast(AsyncGenerator[bytes], aiter(body)))
