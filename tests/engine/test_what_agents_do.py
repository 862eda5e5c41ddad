"""What agents and models do: every row of the table (RELIABILITY §4), through the whole engine and real git."""

from pathlib import Path

import misbehaving
from misbehaving import FACTS, models, place, program

import pytest
from loopback import Loopback
from loopback_wires import Reply
from orchestrator.engine.run import exit_code


@pytest.mark.parametrize("script", [": >facts.yaml", "echo '{{{ never' >facts.yaml", "echo 'score: high' >facts.yaml", "printf 'a\\0b' >facts.yaml"])
def test_a(folder: Path, script) -> None:
    here = place(folder, program(script), step=FACTS)
    r = here.run()
    print(r, here.attempts, here.said, here.record)
    assert 0

@pytest.mark.parametrize("reply", [Reply(text=""), Reply(text="{{{ never"), Reply(value={"score": "high"}), Reply(text="\x00\x01")])
def test_b(folder: Path, reply) -> None:
    with Loopback(reply) as s:
        here = place(folder, models(("openai:small", s.address), ("openai:large", s.address)), step=FACTS)
        r = here.run()
        print(r, here.attempts, here.said, here.record)
    assert 0
