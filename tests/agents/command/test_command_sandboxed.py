"""A program as an agent in the sandbox that this machine has: the whole way, for what only a real process shows."""

import os
from dataclasses import replace
from pathlib import Path

from command_cases import agent, answered, failed, played, request

from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Fault
from orchestrator.model.agent import AgentExtras
from orchestrator.model.outside import ScratchCall, ScratchEnd
from orchestrator.outside.limits import Limits
from orchestrator.outside.scratch import run_in_scratch

LIMITS = Limits(grace=0.1, output=100_000)


def run(call: ScratchCall) -> ScratchEnd:
    return run_in_scratch(call, os.defpath, LIMITS, required=False)


def shell(script: str, asked: Request | None = None) -> Answer | Fault:
    return played(run, ("/bin/sh", "-c", script), asked)


def test_the_work_of_a_program_is_what_it_changed_of_what_the_step_writes() -> None:
    found = answered(shell("cat brief.md ../workspace/memory/style.md - >listing.md; echo x >notes.txt"))
    assert found.files == {"listing.md": b"A mug.\nShort.\nWrite the listing."}
    assert [each.message for each in found.refused] == ["written, and the step writes listing.md"]


def test_what_is_handed_is_found_beside_the_checkout_and_is_no_part_of_it() -> None:
    found = answered(shell('cat "$HANDED/prompt.md" /dev/stdin >listing.md'))
    assert (found.files, found.refused) == ({"listing.md": b"Write the listing." * 2}, ())


def test_a_link_in_the_place_of_the_work_is_refused_and_not_followed(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("secret")
    found = answered(shell(f"ln -s {canary} listing.md"))
    assert found.files == {}
    assert [each.message for each in found.refused] == ["a symbolic link"]


def test_an_agent_that_never_returns_is_ended() -> None:
    found = failed(shell("sleep 60", request(extras=AgentExtras(timeout=1))))
    assert (found.message, found.is_transient) == ("pen took more than 1 s", True)


def test_100_mb_or_endless_output_is_cut_off_and_the_program_ended() -> None:
    found = failed(shell("yes"))
    assert (found.message, found.is_transient) == ("pen wrote more than 0.1 MB", False)
    assert len(found.transcript) < 110_000


def test_one_that_leaves_children_behind_which_hold_stdout_does_not_hold_us() -> None:
    found = answered(shell("echo '# Mug' >listing.md; sleep 60 & exit 0"))
    assert found.files == {"listing.md": b"# Mug\n"}


def test_exit_137_of_the_kernel_is_killed_and_retryable() -> None:
    found = failed(played(run, agent("dies", "SIGKILL")))
    assert (found.message, found.is_transient) == ("pen was killed, perhaps out of memory", True)


def test_a_program_that_is_not_there_is_said_to_be() -> None:
    found = failed(played(run, ("claude-that-nobody-has",), profile="claude"))
    assert "claude-that-nobody-has" in found.message
    assert found.message.endswith("; to install Claude Code: npm install -g @anthropic-ai/claude-code")


def test_a_prompt_of_2_mb_that_nobody_reads_is_no_matter() -> None:
    found = answered(shell("echo '# Mug' >listing.md", replace(request(), prompt="x" * 2_000_000)))
    assert found.files == {"listing.md": b"# Mug\n"}
