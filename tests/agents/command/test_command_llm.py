"""`llm` from PyPI, installed by the test, against a provider of our own on loopback: a real program, the whole way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_cases import answered, failed, played, request

from orchestrator.model.action import Basis, Trouble
from orchestrator.model.agent import AgentExtras
from orchestrator.model.outside import ScratchCall, ScratchEnd
from orchestrator.outside.limits import Limits
from orchestrator.outside.scratch import run_in_scratch

pytestmark = pytest.mark.real

PRICE = {"input": 1.0, "output": 10.0}


@pytest.fixture(scope="module")
def llm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of `llm` in an environment of its own."""
    folder = tmp_path_factory.mktemp("llm") / "venv"
    python = str(folder / "bin/python")
    for argv in ([sys.executable, "-m", "venv", str(folder)], [python, "-m", "pip", "install", "-q", "llm"]):
        subprocess.run(argv, check=True, timeout=300, capture_output=True)
    return str(folder / "bin/llm")


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server of the model's tests be imported."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "model"))


def run(call: ScratchCall) -> ScratchEnd:
    return run_in_scratch(call, os.defpath, Limits(), required=False)


def test_llm_writes_a_file_through_the_sandbox_and_its_tokens_are_priced(llm: str, loopback: None) -> None:
    from loopback import Loopback
    from loopback_wires import Reply

    with Loopback(Reply(text="# Mug\n", tokens_in=100, tokens_out=20)) as server:
        environ = {"OPENAI_API_KEY": "sk-of-a-test", "OPENAI_BASE_URL": f"{server.address}/v1"}
        granted = {"env": tuple(environ), "network": (server.address.removeprefix("http://"),), "price": PRICE}
        asked = request(model="gpt-4o", system="You write.", extras=AgentExtras(network=True, timeout=60))
        found = answered(played(run, (llm,), asked, environ=environ, granted=granted, profile="llm"))
        said = server.asked[0]
    assert found.files == {"listing.md": b"# Mug\n\n"}
    assert (said.body["model"], said.system, said.prompt) == ("gpt-4o", "You write.", "Write the listing.")
    assert (found.usage.tokens_in, found.usage.tokens_out) == (100, 20)
    assert (found.usage.basis, found.usage.cost_usd) == (Basis.PRICED, 0.0003)


def test_llm_whose_agent_does_not_ask_for_the_network_reaches_nobody(llm: str, loopback: None) -> None:
    from loopback import Loopback
    from loopback_wires import Reply

    with Loopback(Reply(text="# Mug\n")) as server:
        environ = {"OPENAI_API_KEY": "sk-of-a-test", "OPENAI_BASE_URL": f"{server.address}/v1"}
        granted = {"env": tuple(environ), "network": (server.address.removeprefix("http://"),)}
        asked = request(model="gpt-4o", extras=AgentExtras(timeout=60))
        found = failed(played(run, (llm,), asked, environ=environ, granted=granted, profile="llm"))
        assert server.asked == []
    assert (found.message, found.trouble) == ("pen ended with exit code 1: Error: Connection error.", Trouble.OUTAGE)


def test_llm_without_a_key_is_denied(llm: str) -> None:
    asked = request(model="gpt-4o", extras=AgentExtras(timeout=60))
    found = failed(played(run, (llm,), asked, profile="llm"))
    assert found.trouble is Trouble.DENIED
    assert found.message.startswith("pen ended with exit code 1: Error: No key found")
