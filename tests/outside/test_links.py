"""Asking a web address, against a server on this machine that each test opens to itself alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from socket import create_server, socket
from threading import Event, Thread

import pytest

from orchestrator.model.outside import Answered
from orchestrator.outside.links import MOST_REDIRECTS, look_up


def anywhere(number: str) -> bool:
    return True


class Site(BaseHTTPRequestHandler):
    """`/301/x` redirects to `/x`, `/404` answers 404, `/get-only` and `/drop-head` know no HEAD, `/drop` hangs up."""

    def do_HEAD(self) -> None:
        self.answer({"get-only": "405", "drop-head": "drop"})

    def do_GET(self) -> None:
        self.answer({"get-only": "200", "drop-head": "200"})

    def answer(self, meant: dict[str, str]) -> None:
        _, first, *rest = self.path.split("/", 2)
        first = meant.get(first, first)
        if first == "drop":
            return
        self.send_response(int(first))
        if first.startswith("3") and rest:
            self.send_header("Location", rest[0] if ":" in rest[0] else f"/{rest[0]}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(server: HTTPServer) -> Iterator[str]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(ThreadingHTTPServer(("127.0.0.1", 0), Site)) as address:
        yield address


@pytest.mark.parametrize("path", ["200", "204", "get-only", "drop-head", "302/200", "307/302/303/200"])
def test_what_is_there_answers_so_and_so(site: str, path: str) -> None:
    assert look_up(f"{site}/{path}", 5, anywhere) == Answered(204 if path == "204" else 200)


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500, 503])
def test_a_refusal_is_told_by_its_status(site: str, status: int) -> None:
    assert look_up(f"{site}/{status}", 5, anywhere) == Answered(status)
    assert look_up(f"{site}/301/{status}", 5, anywhere) == Answered(status)


@pytest.mark.parametrize(
    ("path", "now"), [("301/200", "200"), ("308/200", "200"), ("301/308/200", "200"), ("301/302/200", "302/200")]
)
def test_what_has_moved_for_good_says_where(site: str, path: str, now: str) -> None:
    assert look_up(f"{site}/{path}", 5, anywhere) == Answered(301, f"{site}/{now}")


def test_what_moved_for_a_while_has_not_moved_for_good(site: str) -> None:
    assert look_up(f"{site}/302/301/200", 5, anywhere) == Answered(200)


def test_a_redirect_without_a_target_is_an_answer(site: str) -> None:
    assert look_up(f"{site}/302", 5, anywhere) == Answered(302)


def test_five_redirects_are_followed_and_six_are_not(site: str) -> None:
    five, six = ("302/" * count + "200" for count in (MOST_REDIRECTS, MOST_REDIRECTS + 1))
    assert look_up(f"{site}/{five}", 5, anywhere) == Answered(200)
    assert look_up(f"{site}/{six}", 5, anywhere) == Answered(None, "redirects more than 5 times")


def test_this_machine_is_not_asked_unless_a_policy_admits_it(site: str) -> None:
    assert look_up(f"{site}/200", 5) == Answered(None, "is no public address")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "0.0.0.0",
     "224.0.0.1", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "100.64.0.1", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_no_private_number_is_asked_however_it_is_written(host: str) -> None:
    assert look_up(f"http://{host}/", 5) == Answered(None, "is no public address")


def test_a_redirect_to_a_number_that_is_not_admitted_is_not_followed() -> None:
    asked: list[str] = []

    def first_only(number: str) -> bool:
        asked.append(number)
        return len(asked) == 1

    with served(ThreadingHTTPServer(("127.0.0.1", 0), Site)) as site:
        assert look_up(f"{site}/302/200", 5, first_only) == Answered(None, "is no public address")
    assert asked == ["127.0.0.1", "127.0.0.1"]


@pytest.mark.parametrize("target", ["ftp://x.example/", "file:///etc/passwd", "javascript:alert(1)"])
def test_a_redirect_out_of_the_web_is_not_followed(site: str, target: str) -> None:
    assert look_up(f"{site}/302/{target}", 5, anywhere) == Answered(None, "leads to no web address")


def test_an_address_with_a_password_is_not_asked() -> None:
    assert look_up("http://ann:secret@127.0.0.1/", 5, anywhere) == Answered(None, "carries a name or password")


@pytest.mark.parametrize("address", ["http://", "http://[::1", "http://127.0.0.1:x/", "nothing", "http://a..b/"])
def test_an_address_that_is_none_is_no_answer_and_no_fault(address: str) -> None:
    assert look_up(address, 5, anywhere).status is None


def test_nobody_at_the_port_is_no_answer() -> None:
    with create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    answer = look_up(f"http://127.0.0.1:{port}/", 5, anywhere)
    assert answer == Answered(None, "does not answer: Connection refused")


def test_one_who_hangs_up_is_no_answer(site: str) -> None:
    answer = look_up(f"{site}/drop", 5, anywhere)
    assert answer.status is None
    assert str(answer.why).startswith("does not answer: ")


def test_one_who_never_answers_is_given_up_in_time() -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        answer = look_up(f"http://127.0.0.1:{silent.getsockname()[1]}/", 0.2, anywhere)
    assert answer.status is None
    assert answer.why in ("has not answered within 0.2 s", "does not answer in time")


def test_one_who_answers_a_byte_at_a_time_is_given_up_in_time() -> None:
    is_done = Event()
    with create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=drip, args=(server, is_done))
        thread.start()
        answer = look_up(f"http://127.0.0.1:{server.getsockname()[1]}/", 0.3, anywhere)
        is_done.set()
        thread.join()
    assert answer == Answered(None, "has not answered within 0.3 s")


def drip(server: socket, is_done: Event) -> None:
    line, _ = server.accept()
    with line:
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        while not is_done.wait(0.02):
            try:
                line.sendall(b"X")
            except OSError:
                return


def test_an_encrypted_line_that_is_none_is_no_answer(site: str) -> None:
    assert look_up(site.replace("http:", "https:") + "/200", 5, anywhere).status is None
