"""The loopback server itself: what it plays, and that it runs as a program."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

from loopback import Loopback, player
from loopback_wires import Reply
from model_cases import answered, backend, request

PROGRAM = Path(__file__).with_name("loopback.py")


def test_it_plays_the_agent_that_was_asked_for_a_file() -> None:
    script = player({"research.md": "# R", "listing.md": ["# first", "# second"]})
    asked = {"messages": [{"role": "user", "content": "From brief.md: answer with the whole of listing.md."}]}
    server = Loopback(script)
    assert [server.play(asked).text for _ in range(3)] == ["# first", "# second", "# second"]


def test_it_goes_by_the_form_that_is_asked_for_and_not_by_the_files_that_are_read() -> None:
    script = player({"listing.md": "# listing", "review.yaml": "findings: []\n"})
    with Loopback(script) as server, backend("openai") as asking:
        said = request("openai", server.address, writes=("review.yaml",), prompt="Data (listing.md): …")
        assert answered(asking.run(said)).files == {"review.yaml": b"findings: []\n"}


def test_it_answers_without_a_stream_too() -> None:
    with Loopback(Reply(text="whole")) as server:
        for path in ("/v1/chat/completions", "/v1/messages"):
            body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "x"}]}).encode()
            with urllib.request.urlopen(f"{server.address}{path}", body, timeout=10) as said:
                assert "whole" in str(json.load(said))


def test_it_runs_as_a_program_and_says_where() -> None:
    argv = [sys.executable, str(PROGRAM), "--port", "0", "--delay", "0"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            with backend("anthropic") as asking:
                answer = answered(asking.run(request("anthropic", address)))
        finally:
            process.terminate()
    assert answer.files == {"listing.md": b"# A page\n\nOne paragraph of a page.\n"}
