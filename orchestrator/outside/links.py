"""Whether a web address is there: asked politely, and never of a machine that only this one can reach.

The addresses stand in texts that agents wrote. So each host is resolved first, refused where any of its numbers is
private, and the connection goes to a number that was looked at: no second answer of a name server can move it. The same
holds for each redirect. Nothing of a body is read, no cookie and no secret is sent, and no proxy is asked.
"""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from orchestrator.content import addresses
from orchestrator.model.outside import Answered

MOST_REDIRECTS = 5
MOVED = 301
"""What is answered for an address that has moved for good, and is there; `why` is where."""

_HEADERS = {"User-Agent": "git-orchestrator (looks whether a link works)", "Accept": "*/*"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_PORTS = {"http": 80, "https": 443}
_SAFE = "%/:=&?~+!$,;'@()*[]"

Admits = Callable[[str], bool]
"""Says whether an IP number may be asked."""


class _Refused(Exception):
    """The address is not asked. Its text says why."""


@dataclass
class _Call:
    """One look-up: how long it may take, whom it may ask, and the connection that it has open."""

    ends_at: float
    """By the monotonic clock, in seconds."""
    admits: Admits
    line: socket.socket | None = None
    is_over: bool = False

    def remaining(self) -> float:
        """Return the seconds that are left. Raises TimeoutError where none are."""
        left = self.ends_at - monotonic()
        if left <= 0 or self.is_over:
            raise TimeoutError
        return left

    def hang_up(self) -> None:
        """End the connection, so that one who answers a byte at a time holds nobody."""
        self.is_over = True
        if self.line is not None:
            self.line.close()


@dataclass
class _Outcome:
    answer: Answered | None = None
    faults: list[BaseException] = field(default_factory=list)


def look_up(address: str, timeout: float, admits: Admits = addresses.is_public) -> Answered:
    """Return what a web address answers within `timeout` seconds, redirects followed; MOVED where it moved for good.

    Where nobody answers, or it may not be asked, the status is None and `why` says it.
    """
    call, outcome = _Call(monotonic() + timeout, admits), _Outcome()
    thread = Thread(target=_keep, args=(address, call, outcome), daemon=True)  # a name server may take its own time
    thread.start()
    thread.join(timeout)
    if outcome.faults:
        raise outcome.faults[0]
    if outcome.answer is None:
        call.hang_up()
        return Answered(None, f"has not answered within {timeout:g} s")
    return outcome.answer


def _keep(address: str, call: _Call, outcome: _Outcome) -> None:
    try:
        outcome.answer = _answer(address, call)
    except Exception as exc:  # noqa: BLE001  # it is raised again where somebody sees it
        outcome.faults.append(exc)


def _answer(address: str, call: _Call) -> Answered:
    try:
        return _follow(address, call)
    except _Refused as exc:
        return Answered(None, str(exc))
    except TimeoutError:
        return Answered(None, "does not answer in time")
    except (OSError, HTTPException, ValueError) as exc:
        return Answered(None, f"does not answer: {_reason(exc)}")


def _follow(address: str, call: _Call) -> Answered:
    here = home = address
    is_for_good = True
    for _ in range(MOST_REDIRECTS + 1):
        status, location = _asked(here, call)
        if status not in _REDIRECTS or not location:
            has_moved = home != address and status < 400
            return Answered(MOVED, home) if has_moved else Answered(status)
        here = urljoin(here, location).partition("#")[0]
        is_for_good = is_for_good and status in _FOR_GOOD
        home = here if is_for_good else home
    raise _Refused(f"redirects more than {MOST_REDIRECTS} times")


def _asked(address: str, call: _Call) -> tuple[int, str | None]:
    """Ask for the head; where that is answered by a fault, for the whole, since many know only that."""
    try:
        answer = _request("HEAD", address, call)
    except (ConnectionError, HTTPException):
        return _request("GET", address, call)
    return answer if answer[0] < 400 else _request("GET", address, call)


def _request(method: str, address: str, call: _Call) -> tuple[int, str | None]:
    parts = urlsplit(address)
    connection = _connected(parts, call)
    try:
        path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        connection.request(method, path, headers=_HEADERS)
        response = connection.getresponse()
        response.close()
        return response.status, response.headers.get("Location")
    finally:
        connection.close()


def _connected(parts: SplitResult, call: _Call) -> HTTPConnection:
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _Refused("leads to no web address")
    if parts.username or parts.password:
        raise _Refused("carries a name or password")
    host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    line = _line(host, port, call)
    if parts.scheme == "http":
        connection = HTTPConnection(host, port)
    else:
        line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
        connection = HTTPSConnection(host, port)
    connection.sock = call.line = line
    return connection


def _line(host: str, port: int, call: _Call) -> socket.socket:
    numbers = _numbers(host, port, call)
    last: OSError = OSError("the host has no address")
    for number in numbers:
        try:
            call.line = socket.create_connection((number, port), timeout=call.remaining())
            return call.line
        except TimeoutError:
            raise
        except OSError as exc:
            last = exc
    raise last


def _numbers(host: str, port: int, call: _Call) -> list[str]:
    """Return the IP numbers of a host. Raises _Refused where one of them may not be asked."""
    call.remaining()
    found = dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    for number in found:
        if not call.admits(number):
            raise _Refused("is no public address")
    return list(found)


def _reason(exc: Exception) -> str:
    said = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
    return said[:200] or type(exc).__name__
